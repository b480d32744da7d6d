package web

import (
	_ "embed" // for the table
	"html/template"
	"strings"
	"time"
)

// zoneNames are the time zones to choose from, one a line: those of zone.tab in the
// time zone database, and UTC.
//
//go:embed zones.txt
var zoneNames string

// zoneOptions are the zones as options, in groups. It is the same on every page, and
// long, so it is made once.
func zoneOptions() template.HTML {
	var b strings.Builder
	group := ""
	for name := range strings.Lines(zoneNames) {
		name = strings.TrimSpace(name)
		area, place, found := strings.Cut(name, "/")
		if !found {
			area, place = "Other", name
		}
		if area != group {
			if group != "" {
				b.WriteString("</optgroup>")
			}
			b.WriteString(`<optgroup label="` + area + `">`)
			group = area
		}
		b.WriteString(`<option value="` + name + `">` + placeName(place) + `</option>`)
	}
	b.WriteString("</optgroup>")
	return template.HTML(b.String()) // the table is ours
}

// placeName is how a zone's place is read: "Argentina/Buenos_Aires" is Buenos Aires, Argentina.
func placeName(place string) string {
	place = strings.ReplaceAll(place, "_", " ")
	if area, city, found := strings.Cut(place, "/"); found {
		return city + ", " + area
	}
	return place
}

// zoneNamed returns the zone with the given name; ok is false where there is none.
func zoneNamed(name string) (zone *time.Location, ok bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

func isZone(name string) bool {
	_, ok := zoneNamed(name)
	return ok
}
