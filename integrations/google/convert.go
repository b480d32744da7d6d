package google

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// The private extended properties of what Holdfast writes.
const (
	tagInstall = "hfInstall"
	tagKind    = "hfKind"
	tagID      = "hfId"
	tagKey     = "hfKey"
	tagCadence = "hfCadence"
	tagStep    = "hfStep"
	tagGen     = "hfGen"
	tagHash    = "hfHash"
)

// What is kept of an event's words. Google itself cuts below both.
const (
	maxTitle       = 1024
	maxDescription = 16 << 10
)

const cancelled = "cancelled"

// reader says in the scheduler's words what Google says of the events of one
// calendar. An event that cannot be read as it stands is warned about; the others
// are read all the same. It is for one goroutine.
type reader struct {
	calendar string
	owner    string         // address of the rep whose calendar it is; "": it has none
	zone     *time.Location // the calendar's
	zones    map[string]*time.Location
	warnings []scheduler.Warning
}

func newReader(calendarID string) *reader {
	r := &reader{calendar: calendarID, zone: time.UTC, zones: make(map[string]*time.Location)}
	// The id of a primary calendar is its owner's address; others' ids look like
	// one, at calendar.google.com.
	if address, ok := scheduler.ParseAddress(calendarID); ok && !strings.HasSuffix(address, "calendar.google.com") {
		r.owner = address
	}
	return r
}

// inZone sets the zone of the calendar, where it has one that is known.
func (r *reader) inZone(name string) {
	if zone, ok := r.zoneNamed(name); ok {
		r.zone = zone
	}
}

// zoneNamed returns the zone of an IANA name. Thousands of events share a few, so
// each is loaded once.
func (r *reader) zoneNamed(name string) (*time.Location, bool) {
	if zone, ok := r.zones[name]; ok {
		return zone, zone != nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		zone = nil
	}
	r.zones[name] = zone
	return zone, zone != nil
}

func (r *reader) warn(id, format string, args ...any) {
	message := fmt.Sprintf("event %s: %s", id, fmt.Sprintf(format, args...))
	r.warnings = append(r.warnings, scheduler.Warning{Source: scheduler.Source{File: r.calendar}, Message: message})
}

// events reads a page of events. One without an id is nothing that could be kept.
func (r *reader) events(into []scheduler.RemoteEvent, page []*calendar.Event) []scheduler.RemoteEvent {
	for _, e := range page {
		if e == nil || e.Id == "" || e.Id != clean(e.Id) {
			r.warn("without an id", "left out")
			continue
		}
		into = append(into, r.event(e))
	}
	return into
}

// event reads one event. One whose times or recurrence cannot be read is a cancelled
// one, which counts for nothing, rather than one at a wrong time.
func (r *reader) event(from *calendar.Event) scheduler.RemoteEvent {
	e := scheduler.RemoteEvent{ID: from.Id, ETag: clean(from.Etag), Series: clean(from.RecurringEventId)}
	e.Deleted = from.Status == cancelled && e.Series == ""
	e.Event = scheduler.Event{
		UID:          clean(from.ICalUID),
		Sequence:     int(min(max(from.Sequence, 0), math.MaxInt32)),
		Created:      instant(from.Created),
		LastModified: instant(from.Updated),
		Summary:      oneLine(from.Summary),
		Status:       status(from.Status),
		Transparent:  from.Transparency == "transparent",
		Private:      from.Visibility == "private" || from.Visibility == "confidential",
		Ref:          scheduler.Ref{Calendar: r.calendar, ID: from.Id, Link: clean(from.HtmlLink)},
	}
	if e.Event.UID == "" && e.Series == "" { // an override is named by its series
		e.Event.UID = from.Id + "@google.com" // what Google itself makes of an id
	}
	readType(&e.Event, from.EventType)
	r.readGuests(&e.Event, from)
	r.readTimes(&e.Event, from)
	if t, ok := tags(from.ExtendedProperties); ok {
		e.Tags, e.Event.Kind = t, t.Kind
		// Of what Holdfast wrote the words are compared with what it wrote, so they
		// are taken as they are.
		e.Event.Summary, e.Description = clean(from.Summary), cut(clean(from.Description), maxDescription)
	}
	return e
}

func status(s string) scheduler.Status {
	switch s {
	case cancelled:
		return scheduler.Cancelled
	case "tentative":
		return scheduler.Tentative
	}
	return scheduler.Confirmed
}

// instant reads an RFC 3339 time; the zero time where it is none. Google writes years
// before there were calendars for unknown.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1970 {
		return time.Time{}
	}
	return t.UTC()
}

// readType tells appointments from what only says how the rep's day is.
func readType(e *scheduler.Event, eventType string) {
	switch eventType {
	case "", "default", "fromGmail":
	case "outOfOffice":
		e.OutOfOffice, e.StatusOnly = true, true
	case "workingLocation", "birthday":
		e.StatusOnly, e.Transparent = true, true // it takes no time
	default: // focusTime, and what Google may add
		e.StatusOnly = true
	}
}

// tags reads the tags of an event that Holdfast wrote, here or at another install.
func tags(properties *calendar.EventExtendedProperties) (scheduler.Tags, bool) {
	if properties == nil || properties.Private[tagInstall] == "" {
		return scheduler.Tags{}, false
	}
	get := func(name string) string { return clean(properties.Private[name]) }
	kind := scheduler.Kind(get(tagKind))
	switch kind {
	case scheduler.KindHold, scheduler.KindWrapUp, scheduler.KindOffer, scheduler.KindReview:
	default:
		return scheduler.Tags{}, false
	}
	generation, err := strconv.Atoi(get(tagGen))
	if err != nil {
		generation = 0 // it equals no row's
	}
	return scheduler.Tags{
		Install: get(tagInstall),
		Kind:    kind,
		ID:      get(tagID),
		Key:     get(tagKey),
		Cadence: get(tagCadence),
		Step:    get(tagStep),
		Gen:     generation,
		Hash:    get(tagHash),
	}, true
}

// clean drops what no database keeps as text.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// oneLine is s as a title or a name: control characters, line breaks too, are spaces.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '\u2028' || c == '\u2029' {
			return ' '
		}
		return c
	}, clean(s))
	return strings.TrimSpace(cut(s, maxTitle))
}

// cut returns the first octets of s, whole characters only.
func cut(s string, octets int) string {
	if len(s) <= octets {
		return s
	}
	return strings.ToValidUTF8(s[:octets], "")
}
