package scheduler

import "time"

// Moment is a calendar's DATE or DATE-TIME value (RFC 5545 §3.3.4, §3.3.5): a
// wall-clock time and the zone it is read in. Recurrence works on Wall, so that
// a weekly 09:00 stays at 09:00 over a change of offset.
type Moment struct {
	// Wall is the wall-clock time written as if it were UTC.
	Wall time.Time
	// Zone is the zone Wall is read in; nil is floating, the reader's own zone.
	Zone *time.Location
	// DateOnly marks a DATE: Wall is midnight, and Zone is nil.
	DateOnly bool
}

// In returns the instant of m in UTC, reading floating times and dates in local.
// Wall-clock times that happen twice or never are resolved by Resolve.
func (m Moment) In(local *time.Location) time.Time {
	if m.Zone != nil {
		local = m.Zone
	}
	return Resolve(m.Wall, local)
}
