package ics

import (
	"strings"
	"time"
)

// The years in which two zones must agree to be taken for one.
const (
	likeFrom = 2025
	likeTo   = 2037
)

// Named returns the zone of IANA's that changes its offset exactly as zone does in the
// years that matter to plans: zone itself where it is one, else the first by name. It is
// false where there is none. What a file's own VTIMEZONE describes has no name by which
// it could be known outside of the file.
func Named(zone *time.Location) (*time.Location, bool) {
	if name, ok := ianaZone(zone.String()); ok {
		if known, err := time.LoadLocation(name); err == nil && sameChanges(zone, known) {
			return known, true
		}
	}
	for name := range strings.Lines(ianaZones) {
		known, err := time.LoadLocation(strings.TrimSuffix(name, "\n"))
		if err == nil && sameChanges(zone, known) {
			return known, true
		}
	}
	return nil, false
}

// sameChanges reports whether two zones have the same offsets at all times from likeFrom
// to likeTo.
func sameChanges(a, b *time.Location) bool {
	end := time.Date(likeTo+1, time.January, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Date(likeFrom, time.January, 1, 0, 0, 0, 0, time.UTC); at.Before(end); {
		_, inA := at.In(a).Zone()
		_, inB := at.In(b).Zone()
		if inA != inB {
			return false
		}
		next := end
		for _, zone := range []*time.Location{a, b} {
			if _, until := at.In(zone).ZoneBounds(); !until.IsZero() && until.Before(next) {
				next = until
			}
		}
		at = next
	}
	return true
}
