package scheduler

import "time"

// Resolve returns the instant, in UTC, at which clocks in zone show wall (a
// wall-clock time written as if it were UTC). A time that happens twice is the
// first of the two; one that does not exist is read with the offset in force
// before the gap (RFC 5545 §3.3.5).
func Resolve(wall time.Time, zone *time.Location) time.Time {
	if zone == time.UTC {
		return wall
	}
	return time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone).UTC()
}
