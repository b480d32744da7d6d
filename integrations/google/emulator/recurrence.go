package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// maxInstances is how many instances of a series without an end are told of.
const maxInstances = 730

// series expands a recurring event by the wall clock of its zone.
type series struct {
	master   *Event
	zone     *time.Location // of the start; UTC for all-day series
	calendar *time.Location // what all-day instances are placed in
	rules    []*rrule.RRule
	added    []time.Time // RDATE, wall clock
	removed  []time.Time // EXDATE, wall clock
}

// newSeries reads a recurring event's rules, strictly.
func newSeries(master *Event, startZone, calendarZone *time.Location) (*series, error) {
	q := &series{master: master, zone: startZone, calendar: calendarZone}
	if master.allDay() {
		q.zone = time.UTC
	}
	for _, line := range master.Recurrence {
		head, value, found := strings.Cut(line, ":")
		name, parameters, _ := strings.Cut(head, ";")
		var err error
		switch {
		case !found:
			err = fmt.Errorf("no value in %q", line)
		case name == "RRULE":
			err = q.addRule(value)
		case name == "RDATE":
			q.added, err = q.appendDates(q.added, parameters, value)
		case name == "EXDATE":
			q.removed, err = q.appendDates(q.removed, parameters, value)
		default:
			err = fmt.Errorf("%s is not allowed in recurrence", name)
		}
		if err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (q *series) addRule(value string) error {
	option, err := rrule.StrToROption(value)
	if err != nil {
		return err
	}
	if option.Freq >= rrule.HOURLY {
		return fmt.Errorf("unsupported frequency in %q", value)
	}
	if !option.Until.IsZero() {
		option.Until = q.until(value, option.Until)
	}
	option.Dtstart = q.wall(q.master.Start)
	rule, err := rrule.NewRRule(*option)
	if err == nil {
		q.rules = append(q.rules, rule)
	}
	return err
}

// until is the last wall clock time that UNTIL, an instant or a whole day, lets in.
func (q *series) until(rule string, t time.Time) time.Time {
	_, text, _ := strings.Cut(rule, "UNTIL=")
	text, _, _ = strings.Cut(text, ";")
	if !strings.Contains(text, "T") {
		return t.Add(24*time.Hour - time.Second)
	}
	return wallOf(t, q.zone)
}

func (q *series) appendDates(dates []time.Time, parameters, value string) ([]time.Time, error) {
	zone := q.zone
	if id, found := strings.CutPrefix(parameters, "TZID="); found {
		loc, err := time.LoadLocation(id)
		if err != nil {
			return nil, err
		}
		zone = loc
	}
	for text := range strings.SplitSeq(value, ",") {
		wall, err := q.date(text, zone)
		if err != nil {
			return nil, err
		}
		dates = append(dates, wall)
	}
	return dates, nil
}

func (q *series) date(text string, zone *time.Location) (time.Time, error) {
	switch {
	case strings.HasSuffix(text, "Z"):
		t, err := time.Parse("20060102T150405Z", text)
		return wallOf(t, q.zone), err
	case strings.Contains(text, "T"):
		wall, err := time.Parse("20060102T150405", text)
		return wallOf(wallInstant(wall, zone), q.zone), err
	}
	return time.Parse("20060102", text)
}

func (q *series) wall(w *When) time.Time {
	if w.Date != "" {
		return w.instant(time.UTC)
	}
	return wallOf(w.Time, q.zone)
}

// instances calls visit with each instance that overlaps [from, to), in order of
// its original start, as if nobody had touched one. A zero bound is open; at most
// maxInstances are told of.
func (q *series) instances(from, to time.Time, visit func(*Event) bool) {
	walls := q.walls(from, to)
	for n, wall := range walls {
		if n >= maxInstances && to.IsZero() {
			return
		}
		e := q.instance(wall)
		start, end := e.Start.instant(q.calendar), e.End.instant(q.calendar)
		if !to.IsZero() && !start.Before(to) {
			continue
		}
		if !from.IsZero() && !end.After(from) && !start.Equal(from) {
			continue
		}
		if !visit(e) {
			return
		}
	}
}

// walls lists the starts by the wall clock that may overlap the window.
func (q *series) walls(from, to time.Time) []time.Time {
	last := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	if !to.IsZero() {
		last = wallOf(to, q.calendar).Add(48 * time.Hour)
	}
	var first time.Time
	if !from.IsZero() {
		long := q.wall(q.master.End).Sub(q.wall(q.master.Start))
		first = wallOf(from, q.calendar).Add(-long - 48*time.Hour)
	}
	var all []time.Time
	for _, rule := range q.rules {
		next := rule.Iterator()
		for n := 0; n < maxInstances || !to.IsZero(); {
			wall, more := next()
			if !more || wall.After(last) {
				break
			}
			if !wall.Before(first) {
				all, n = append(all, wall), n+1
			}
		}
	}
	all = append(all, q.added...)
	slices.SortFunc(all, time.Time.Compare)
	all = slices.CompactFunc(all, time.Time.Equal)
	return slices.DeleteFunc(all, func(t time.Time) bool { return slices.ContainsFunc(q.removed, t.Equal) })
}

// instance is the untouched instance that starts at a wall clock time.
func (q *series) instance(wall time.Time) *Event {
	e := q.master.clone()
	e.Recurrence, e.RecurringEventID = nil, q.master.ID
	if q.master.allDay() {
		days := q.wall(q.master.End).Sub(q.wall(q.master.Start))
		e.Start = On(wall.Format(time.DateOnly))
		e.End = On(wall.Add(days).Format(time.DateOnly))
		e.ID += "_" + wall.Format("20060102")
	} else {
		start := wallInstant(wall, q.zone)
		e.Start = At(start, q.master.Start.Zone)
		e.End = At(start.Add(q.master.End.Time.Sub(q.master.Start.Time)), q.master.End.Zone)
		e.ID += "_" + start.Format("20060102T150405Z")
	}
	e.OriginalStartTime = copyOf(e.Start)
	return e
}

// find is the untouched instance with an id, or nil.
func (q *series) find(id string) *Event {
	suffix, found := strings.CutPrefix(id, q.master.ID+"_")
	if !found {
		return nil
	}
	at, err := q.date(suffix, time.UTC)
	if err != nil {
		return nil
	}
	for _, wall := range q.walls(at.Add(-72*time.Hour), at.Add(72*time.Hour)) {
		if e := q.instance(wall); e.ID == id {
			return e
		}
	}
	return nil
}
