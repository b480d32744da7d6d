package ics

import (
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxTZID = 255 // octets of a TZID that is looked at
	// maxSpellings bounds the TZIDs that are remembered as they were written. A
	// file that has more of them pays a search for each use.
	maxSpellings = 1024
)

// zones says which zone a TZID means (rules, section 8). It loads each zone once,
// so that equal zones are one pointer. It is not for several goroutines.
type zones struct {
	loaded map[string]*time.Location // by IANA name, and by TZID as written
}

func newZones() *zones {
	return &zones{loaded: map[string]*time.Location{}}
}

// find returns the zone that tzid means, and whether there is one: the IANA zone
// of that name, also behind a vendor's prefix; else the one that Windows calls so.
// The machine's own zone, leap-second zones and paths have no names. A name that
// is in no table never reaches the file system.
func (z *zones) find(tzid string) (*time.Location, bool) {
	if loc, ok := z.loaded[tzid]; ok {
		return loc, true
	}
	name, ok := knownZone(tzid)
	if !ok {
		return nil, false
	}
	loc, ok := z.load(name)
	if ok && len(z.loaded) < maxSpellings {
		z.loaded[strings.Clone(tzid)] = loc
	}
	return loc, ok
}

// load returns the zone with the IANA name, spelled as in the table. It fails for
// one that the machine's older database does not have.
func (z *zones) load(name string) (*time.Location, bool) {
	if isUTC(name) {
		return time.UTC, true
	}
	if loc, ok := z.loaded[name]; ok {
		return loc, true
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	z.loaded[name] = loc
	return loc, true
}

// isUTC reports whether the IANA name is one of UTC's.
func isUTC(name string) bool {
	switch strings.TrimPrefix(name, "Etc/") {
	case "UTC", "UCT", "Universal", "Zulu":
		return true
	}
	return false
}

// trimTZID removes the spaces and quotes that programs put around a TZID.
func trimTZID(tzid string) string { return strings.Trim(tzid, "\"' \t\r\n") }

// knownZone returns the IANA name of the zone that tzid means by itself, without
// the file that it stands in.
func knownZone(tzid string) (name string, ok bool) {
	if tzid = trimTZID(tzid); tzid == "" || len(tzid) > maxTZID || strings.ContainsFunc(tzid, notASCII) {
		return "", false
	}
	if strings.EqualFold(tzid, "Z") {
		return "UTC", true
	}
	if name, ok = ianaZone(tzid); ok {
		return name, true
	}
	if path, vendor := vendorPath(tzid); vendor {
		return zoneBehind(path)
	}
	if name, ok = windowsZone(tzid); ok {
		return name, true
	}
	return ianaZone(strings.ReplaceAll(tzid, " ", "_")) // "America/New York"
}

// notASCII reports whether r is in no known name. Some such letters are ASCII in
// lower case.
func notASCII(r rune) bool { return r >= utf8.RuneSelf }

// vendorPath returns what follows the start of a TZID that only one program gives
// out: a slash (RFC 5545 §3.2.19) or, with Microsoft, a scheme.
func vendorPath(tzid string) (path string, ok bool) {
	if _, path, ok = strings.Cut(tzid, "://"); ok {
		return path, true
	}
	return strings.CutPrefix(tzid, "/")
}

// zoneBehind returns the IANA name at the end of path, which starts with a
// vendor's name and version: freeassociation.sourceforge.net/Tzfile/Europe/Berlin.
func zoneBehind(path string) (name string, ok bool) {
	for path != "" {
		if name, ok = ianaZone(path); ok {
			return name, true
		}
		var part string
		part, path, _ = strings.Cut(path, "/")
		switch strings.ToLower(part) {
		case "", ".", "..": // a path on somebody's disk, and an odd one
			return "", false
		case "posix", "right": // the same names, for zones that count leap seconds
			return "", false
		}
	}
	return "", false
}
