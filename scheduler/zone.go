package scheduler

import "time"

// maxOffset is more than any zone is ahead of UTC. The widest in use are -12 and
// +14 hours, the widest on record Manila's -15:56 before 1844.
const maxOffset = 24 * time.Hour

// Resolve returns the instant, in UTC, at which clocks in zone show wall (a
// wall-clock time written as if it were UTC). A time that happens twice is the
// first of the two; one that does not exist is read with the offset in force
// before the gap (RFC 5545 §3.3.5).
//
// It does not rest on time.Date, which may give either of two instants.
func Resolve(wall time.Time, zone *time.Location) time.Time {
	if zone == time.UTC {
		return wall
	}
	// Walk the periods of one offset in order, from one that clocks reach before
	// they show wall. Nearly always the first is the right one.
	var before, skipping time.Duration
	skipped := false
	for at := wall.Add(-maxOffset).In(zone); ; {
		_, seconds := at.Zone()
		offset := time.Duration(seconds) * time.Second
		start, end := at.ZoneBounds() // zero: unbounded
		// Years past a zone's table have 365 days for ZoneBounds, so on the last
		// of a leap year the period seems to have ended; it goes on.
		last := end.IsZero() || !end.After(at)
		instant := wall.Add(-offset)
		late := !start.IsZero() && instant.Before(start) // clocks begin the period after wall
		if !late && (last || instant.Before(end)) {
			return instant
		}
		if late && !skipped {
			skipped, skipping = true, before
		}
		if late && (last || end.Sub(wall) > maxOffset) {
			return wall.Add(-skipping) // and no later change puts them back before it
		}
		before, at = offset, end
	}
}
