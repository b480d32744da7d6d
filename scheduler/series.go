package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// series is one recurring event made ready for expansion.
type series struct {
	event     *Event
	zone      *time.Location // in which its wall-clock times are read
	length    time.Duration  // exact, of an instance
	days      int            // wall-clock days that begin an instance (Event.NominalDays)
	rest      time.Duration  // exact, after those
	overrides []override     // of single instances and of all from one on, by original start
	replaced  map[int64]bool // original starts with an override of their own
	exInstant map[int64]bool // EXDATE as date-times
	exDate    map[Date]bool  // EXDATE as dates
}

type override struct {
	event    *Event
	original Moment
	at       int64   // original as an instant
	later    *series // how long the instances after it are; nil: it is for one only
}

// seriesStart is one original start of a series: its wall-clock time, and the end
// where an RDATE gives one.
type seriesStart struct {
	wall time.Time
	end  *Moment // nil: as long as the others
}

func newSeries(f family, local *time.Location) *series {
	e := f.event
	s := &series{event: e, zone: e.Start.Zone, length: e.endIn(local).Sub(e.Start.In(local))}
	if s.zone == nil {
		s.zone = local
	}
	if e.NominalDays > 0 {
		s.days = e.NominalDays
		s.rest = e.endIn(s.zone).Sub(Resolve(e.Start.Wall.AddDate(0, 0, s.days), s.zone))
	}
	for _, ex := range e.ExDates {
		s.exclude(ex)
	}
	if len(f.overrides) == 0 {
		return s
	}
	s.replaced = make(map[int64]bool, len(f.overrides))
	for _, o := range f.overrides {
		original := s.original(*o.RecurrenceID)
		at := original.In(s.zone).Unix()
		s.replaced[at] = true
		s.overrides = append(s.overrides, override{event: o, original: original, at: at})
	}
	slices.SortStableFunc(s.overrides, func(a, b override) int { return cmp.Compare(a.at, b.at) })
	for i := range s.overrides {
		s.complete(&s.overrides[i])
	}
	return s
}

// original reads a RECURRENCE-ID or EXDATE in the terms of the series: a date for
// an all-day series; a date on a timed one means that day's instance; a floating
// time is in the series' zone.
func (s *series) original(m Moment) Moment {
	start := s.event.Start
	switch {
	case start.DateOnly:
		return Moment{Wall: DateOf(m.Wall).Wall(), DateOnly: true}
	case m.DateOnly:
		return Moment{Wall: m.Wall.Add(start.Wall.Sub(DateOf(start.Wall).Wall())), Zone: start.Zone}
	case m.Zone == nil:
		m.Zone = s.zone
	}
	return m
}

func (s *series) exclude(ex Moment) {
	if ex.DateOnly || s.event.AllDay() {
		if s.exDate == nil {
			s.exDate = make(map[Date]bool, len(s.event.ExDates))
		}
		s.exDate[DateOf(ex.Wall)] = true
		return
	}
	if s.exInstant == nil {
		s.exInstant = make(map[int64]bool, len(s.event.ExDates))
	}
	s.exInstant[s.original(ex).In(s.zone).Unix()] = true
}

// excluded reports whether the original start at wall, the instant at, is removed
// by an EXDATE or replaced by an override.
func (s *series) excluded(wall time.Time, at int64) bool {
	return s.exInstant[at] || s.replaced[at] || s.exDate != nil && s.exDate[DateOf(wall)]
}

// complete gives a cancelled override what it lacks of its series' instance: its
// title, guests and times. The overrides before it must be complete.
func (s *series) complete(o *override) {
	if o.event.Status == Cancelled {
		s.fill(o)
	}
	if o.event.ThisAndFuture {
		length := *o.event
		length.ExDates = nil
		o.later = newSeries(family{event: &length}, s.zone)
	}
}

func (s *series) fill(o *override) {
	wall := inZone(o.original, s.zone)
	instance := s.instance(seriesStart{wall: wall}, time.Unix(o.at-1, 0)) // as it was before o
	full := *o.event
	if full.Summary == "" {
		full.Summary = instance.Event.Summary
	}
	if full.Organizer == nil && len(full.Attendees) == 0 {
		full.Organizer, full.Attendees = instance.Event.Organizer, instance.Event.Attendees
	}
	if full.Start.Wall.IsZero() {
		full.Start, full.End = o.original, s.endOf(wall)
		if instance.Event != s.event {
			full.Start = Moment{Wall: instance.Start(), Zone: time.UTC}
			full.End = Moment{Wall: instance.End(), Zone: time.UTC}
		}
	}
	o.event = &full
}

// endOf returns the end of an instance that starts at wall. The length is exact,
// save for all-day events and for days of a DURATION, which are wall-clock days and
// come first (RFC 5545 §3.3.6, §3.8.5.3).
func (s *series) endOf(wall time.Time) Moment {
	switch {
	case s.event.AllDay():
		return Moment{Wall: wall.Add(s.event.End.Wall.Sub(s.event.Start.Wall)), DateOnly: true}
	case s.days > 0:
		return Moment{Wall: Resolve(wall.AddDate(0, 0, s.days), s.zone).Add(s.rest), Zone: time.UTC}
	}
	return Moment{Wall: Resolve(wall, s.zone).Add(s.length), Zone: time.UTC}
}

// starts returns the original starts that an instance in the window can come
// from, in order, each once: those of the rules, the RDATEs and DTSTART itself. More
// than most are errTooMany.
func (s *series) starts(window span, steps *int, most int) ([]seriesStart, error) {
	from, to := s.reach(window)
	var walls []time.Time
	for i := range s.event.Rules {
		var err error
		if walls, err = s.event.Rules[i].Append(walls, s.event.Start, from, to, steps); err != nil {
			return nil, err
		}
	}
	if len(walls)+len(s.event.RDates) >= most {
		return nil, errTooMany
	}
	starts := make([]seriesStart, 0, len(walls)+1+len(s.event.RDates))
	if !s.overAtStart() {
		starts = append(starts, seriesStart{wall: s.event.Start.Wall})
	}
	for _, wall := range walls {
		starts = append(starts, seriesStart{wall: wall})
	}
	for i := range s.event.RDates {
		r := &s.event.RDates[i]
		start := seriesStart{wall: inZone(s.original(r.Start), s.zone)}
		if !r.End.Wall.IsZero() {
			start.end = &r.End
		}
		starts = append(starts, start)
	}
	slices.SortStableFunc(starts, compareStartsOfSeries)
	return slices.CompactFunc(starts, func(a, b seriesStart) bool { return a.wall.Equal(b.wall) }), nil
}

// compareStartsOfSeries orders by time. Of the same start a period's, which has an
// end of its own, comes first and so wins.
func compareStartsOfSeries(a, b seriesStart) int {
	switch c := a.wall.Compare(b.wall); {
	case c != 0 || (a.end == nil) == (b.end == nil):
		return c
	case a.end != nil:
		return -1
	}
	return 1
}

// overAtStart reports whether every rule ends before DTSTART. Programs leave such a
// series when it was cut off at its first instance; it has none then but RDATEs.
func (s *series) overAtStart() bool {
	for i := range s.event.Rules {
		if !s.event.Rules[i].endsBefore(s.event.Start) {
			return false
		}
	}
	return len(s.event.Rules) > 0
}

// inZone returns the wall-clock time that m shows in zone.
func inZone(m Moment, zone *time.Location) time.Time {
	if m.DateOnly || m.Zone == zone || m.Zone == nil {
		return m.Wall
	}
	t := m.In(zone).In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// reach returns the wall-clock range of original starts whose instances can lie
// in the window: wider by an instance's length, by how far overrides of all later
// instances move them, and by a day on either side for the zone.
func (s *series) reach(window span) (from, to time.Time) {
	before, after := s.length, time.Duration(0)
	for _, o := range s.overrides {
		if !o.event.ThisAndFuture {
			continue
		}
		shift := o.event.Start.In(s.zone).Sub(time.Unix(o.at, 0))
		length := o.event.endIn(s.zone).Sub(o.event.Start.In(s.zone))
		before = max(before, shift+length)
		after = max(after, -shift)
	}
	const day = 24 * time.Hour
	from = time.Unix(window.start, 0).UTC().Add(-before - 2*day)
	return from, time.Unix(window.end, 0).UTC().Add(after + 2*day)
}

// instance returns the instance that originally starts at start, the instant at.
func (s *series) instance(start seriesStart, at time.Time) Instance {
	i := Instance{Event: s.event, recurs: true, original: at.Unix(), dated: s.event.AllDay()}
	if i.dated {
		i.original = start.wall.Unix()
	}
	if o := s.future(at.Unix()); o != nil {
		i.Event = o.event
		i.span = s.moved(o, start.wall)
		return i
	}
	end := s.endOf(start.wall)
	if start.end != nil {
		end = *start.end
	}
	i.span = span{at.Unix(), end.In(s.zone).Unix()}
	return i
}

// future returns the last override of all later instances that began by at.
func (s *series) future(at int64) *override {
	for i := len(s.overrides) - 1; i >= 0; i-- {
		if o := &s.overrides[i]; o.at <= at && o.event.ThisAndFuture {
			return o
		}
	}
	return nil
}

// moved returns where o puts the instance that originally starts at wall: moved by
// as much, on the clock, as o moved its own, and as long as o.
func (s *series) moved(o *override, wall time.Time) span {
	zone := o.event.Start.Zone
	if zone == nil {
		zone = s.zone
	}
	shift := o.event.Start.Wall.Sub(inZone(o.original, zone))
	start := inZone(Moment{Wall: wall, Zone: s.zone, DateOnly: s.event.AllDay()}, zone).Add(shift)
	end := o.later.endOf(start)
	return span{Resolve(start, zone).Unix(), end.In(s.zone).Unix()}
}
