package google

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// The years in which an event may be; those of files (package ics). Birthdays without
// a known year are dated 1601 and 1604.
const (
	minYear = 1600
	maxYear = 2200
)

var errYear = fmt.Errorf("not in the years %d to %d", minYear, maxYear)

// readTimes reads start, end, recurrence and which instance is overridden.
func (r *reader) readTimes(e *scheduler.Event, from *calendar.Event) {
	if err := r.readOriginal(e, from); err != nil {
		r.quarantine(e, from.Id, "original start", err)
		return
	}
	if from.Start == nil && from.Status == cancelled {
		return // a tombstone says only what is gone
	}
	start, err := r.moment(from.Start)
	if err != nil {
		r.quarantine(e, from.Id, "start", err)
		return
	}
	e.Start, e.End = start, leastEnd(start)
	if from.End != nil && !from.EndTimeUnspecified {
		r.readEnd(e, from)
	}
	if err := r.readRecurrence(e, from); err != nil {
		r.quarantine(e, from.Id, "recurrence", err)
	}
}

// quarantine makes e an event that counts for nothing: it cannot be known when it is.
func (r *reader) quarantine(e *scheduler.Event, id, part string, err error) {
	r.warn(id, "%s: %v: left out", part, err)
	e.Status = scheduler.Cancelled
	e.Start, e.End = scheduler.Moment{}, scheduler.Moment{}
	e.Rules, e.RDates, e.ExDates = nil, nil, nil
}

func (r *reader) readOriginal(e *scheduler.Event, from *calendar.Event) error {
	switch {
	case from.RecurringEventId == "":
		return nil
	case from.OriginalStartTime == nil && from.Status == cancelled:
		return nil // its series is gone as well
	}
	m, err := r.moment(from.OriginalStartTime)
	if err != nil {
		return err
	}
	e.RecurrenceID = &m
	return nil
}

// readEnd reads the end. Where one of start and end is a date and the other a time,
// or the end comes first, the start is what counts.
func (r *reader) readEnd(e *scheduler.Event, from *calendar.Event) {
	end, err := r.moment(from.End)
	switch {
	case err != nil:
		r.warn(from.Id, "end: %v: read as the start", err)
	case end.DateOnly != e.Start.DateOnly:
		r.warn(from.Id, "one of start and end is a date: read as the start")
	case end.In(time.UTC).Before(e.Start.In(time.UTC)):
		r.warn(from.Id, "the end is before the start: read as the start")
	case end.DateOnly && end.Wall.Equal(e.Start.Wall):
		// common, and means the one day
	default:
		e.End = end
	}
}

// leastEnd is the end of an event that starts at start and says no more.
func leastEnd(start scheduler.Moment) scheduler.Moment {
	if start.DateOnly {
		start.Wall = start.Wall.AddDate(0, 0, 1)
	}
	return start
}

// moment reads Google's date or date-time. A time with a zone's name keeps its wall
// clock, so that a series stays at 09:00 over a change of offset; one with an offset
// alone is read in the calendar's zone. The offset may be missing: then the zone says
// what the clock time means.
func (r *reader) moment(t *calendar.EventDateTime) (scheduler.Moment, error) {
	if t == nil {
		return scheduler.Moment{}, errors.New("missing")
	}
	m := scheduler.Moment{DateOnly: true}
	zone, ok := r.zoneNamed(t.TimeZone)
	if !ok {
		zone = r.zone
	}
	at, err := time.Parse(time.DateOnly, t.Date)
	if t.Date != "" {
		m.Wall = at
	} else if at, err = time.Parse(time.RFC3339, t.DateTime); err == nil {
		m = momentAt(at, zone)
	} else if at, err = time.Parse("2006-01-02T15:04:05", t.DateTime); err == nil {
		m = scheduler.Moment{Wall: at.Truncate(time.Second), Zone: zone}
	}
	switch {
	case err != nil:
		return scheduler.Moment{}, errors.New("neither a date nor a time")
	case m.Wall.Year() < minYear || m.Wall.Year() > maxYear:
		return scheduler.Moment{}, errYear
	}
	return m, nil
}

// momentAt returns the moment of an instant on the clocks of zone. The second of two
// equal clock times cannot be said in a zone: that one is given in UTC.
func momentAt(at time.Time, zone *time.Location) scheduler.Moment {
	at = at.Truncate(time.Second)
	local := at.In(zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	m := scheduler.Moment{Wall: wall, Zone: zone}
	if !m.In(zone).Equal(at) {
		return scheduler.Moment{Wall: at.UTC(), Zone: time.UTC}
	}
	return m
}
