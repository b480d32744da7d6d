package ics

import (
	"cmp"
	"slices"
	"time"

	"holdfast/scheduler"
)

// calendarState is what belongs to one VCALENDAR only: its METHOD, its zones, and
// the events that wait for them.
type calendarState struct {
	first     int  // index of its first event in Calendar.Events
	cancelled bool // METHOD:CANCEL
	// zone is X-WR-TIMEZONE, which stands in for unknown TZIDs; nil: none, and
	// their times float.
	zone *time.Location
	own  map[string]ownZone // VTIMEZONEs that name no zone known anyway, by zoneKey
	// found holds the zones by TZID as it stands in a parameter.
	found map[string]*time.Location
	// waiting holds events that name a zone not known when they were read: its
	// VTIMEZONE, or X-WR-TIMEZONE, may stand after them.
	waiting []*kept
}

// beginCalendar starts the next VCALENDAR.
func (r *reader) beginCalendar() {
	r.warnedOutside = false
	r.vcal = calendarState{
		first: len(r.cal.Events),
		own:   map[string]ownZone{},
		found: map[string]*time.Location{},
	}
}

// endCalendar reads the events that waited and applies METHOD.
func (r *reader) endCalendar() {
	for i, k := range r.vcal.waiting {
		r.add(k)
		r.vcal.waiting[i] = nil // what was read needs no memory
	}
	events := r.cal.Events[r.vcal.first:]
	if len(r.vcal.waiting) > 0 {
		slices.SortStableFunc(events, func(a, b scheduler.Event) int { return cmp.Compare(a.Source.Line, b.Source.Line) })
	}
	if r.vcal.cancelled {
		for i := range events {
			events[i].Status = scheduler.Cancelled
		}
	}
	r.vcal = calendarState{}
}
