package ics

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// localTime is how the clocks of a zone go for some time: a "local time type"
// of RFC 8536.
type localTime struct {
	offset   int // seconds east of UTC
	daylight bool
	name     string // such as CEST
}

// maxLocalTimes is the most that one zone may have; no zone there ever was has
// a dozen. With maxZoneName their names fit the one octet that TZif has for them.
const (
	maxLocalTimes = 20
	maxZoneName   = 10
)

// encodeZone returns changes, in order of time and at least one, as a TZif file
// of version 2 (RFC 8536), which is the only form in which time takes a zone.
func encodeZone(changes []zoneChange) ([]byte, error) {
	// Type 0, which no change leads to, is in force before the first.
	types := []localTime{{offset: changes[0].before}}
	indices := make([]byte, len(changes))
	for i, change := range changes {
		after := change.after
		after.name = abbreviation(after.name)
		n := slices.Index(types[1:], after) + 1
		if n == 0 {
			n = len(types)
			types = append(types, after)
		}
		if n > maxLocalTimes {
			return nil, fmt.Errorf("more than %d different offsets and names", maxLocalTimes)
		}
		indices[i] = byte(n)
	}
	names, places := zoneNames(types)

	data := appendZoneHeader(nil, 0, 0, 0) // the part for version 1: nothing
	data = appendZoneHeader(data, len(changes), len(types), len(names))
	for _, change := range changes {
		data = binary.BigEndian.AppendUint64(data, uint64(change.at))
	}
	data = append(data, indices...)
	for i, t := range types {
		data = binary.BigEndian.AppendUint32(data, uint32(int32(t.offset)))
		data = append(data, flag(t.daylight), places[i])
	}
	data = append(data, names...)
	return append(data, "\n\n"...), nil // no rule for the time after the last change
}

func appendZoneHeader(data []byte, changes, types, names int) []byte {
	data = append(data, "TZif2"...)
	data = append(data, make([]byte, 15)...)
	for _, n := range []int{0, 0, 0, changes, types, names} {
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	return data
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// zoneNames returns the names of types, each ended by a zero, and where they begin.
func zoneNames(types []localTime) (names, places []byte) {
	for _, t := range types {
		places = append(places, byte(len(names)))
		names = append(names, t.name...)
		names = append(names, 0)
	}
	return names, places
}

// abbreviation returns a TZNAME as it can stand in a TZif file: short, and without
// what would end it. A name that is neither is dropped; it is only shown.
func abbreviation(name string) string {
	plain := func(r rune) bool {
		return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '-'
	}
	if len(name) > maxZoneName || slices.ContainsFunc([]rune(name), func(r rune) bool { return !plain(r) }) {
		return ""
	}
	return name
}
