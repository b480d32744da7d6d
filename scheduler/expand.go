package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Limits of one Expand. They are far above what people's calendars hold, and low
// enough that a megabyte made to be slow ends within a second and 64 MB.
const (
	// baseSteps and stepsPerEvent bound the work spent on recurrence rules.
	baseSteps     = 2_000_000
	stepsPerEvent = 300
	// The instances of all series together are bounded by baseInstances, and by
	// instancesPerDay and one for every eventsPerInstance events on each day of
	// the window: more than 200 recurring meetings a day are nobody's calendar.
	baseInstances     = 20_000
	instancesPerDay   = 200
	eventsPerInstance = 20
	// An instance counts once more for every guestsPerInstance guests.
	guestsPerInstance = 20
	// maxWarnings is how many series that were left out are named.
	maxWarnings = 100
)

// Expand returns the instances of events that overlap [from, to), or that take no
// time and lie in it, in order of start. Recurrence rules, RDATE, EXDATE and
// overrides are applied, and copies of an event merged; cancelled instances are
// included. Floating times and dates are read in local.
//
// A series that cannot be expanded within the limits is left out, with a warning.
func Expand(events []Event, local *time.Location, from, to time.Time) ([]Instance, []Warning) {
	x := expander{
		local:  local,
		window: span{from.Unix(), to.Unix()},
		steps:  baseSteps + stepsPerEvent*len(events),
		limit:  baseInstances + windowDays(from, to)*(instancesPerDay+len(events)/eventsPerInstance),
	}
	for _, f := range families(events, local) {
		x.family(f)
	}
	slices.SortFunc(x.instances, compareInstances)
	if x.leftOut > maxWarnings {
		x.warnings = append(x.warnings, Warning{Message: fmt.Sprintf("%d more series left out", x.leftOut-maxWarnings)})
	}
	return x.instances, x.warnings
}

// windowDays returns how many days the window has, at most those of 400 years.
func windowDays(from, to time.Time) int {
	return int(min(to.Sub(from)/(24*time.Hour), 146_097)) + 1
}

// expander is one Expand under way.
type expander struct {
	local     *time.Location
	window    span
	steps     int // work left
	limit     int // most instances of series
	recurring int // instances of series so far
	instances []Instance
	warnings  []Warning
	leftOut   int // series
}

var errTooMany = errors.New("its instances are too many")

func (x *expander) family(f family) {
	if f.event == nil || !recurring(f) {
		x.single(f)
		return
	}
	before := len(x.instances)
	if err := x.series(f); err != nil {
		x.instances = x.instances[:before]
		x.leaveOut(f.event, err)
	}
	x.recurring += (len(x.instances) - before) * weight(f.event)
}

// weight is how much an instance of e counts: whoever prints it prints its guests.
func weight(e *Event) int { return 1 + len(e.Attendees)/guestsPerInstance }

// leaveOut warns that the series e is not in the result.
func (x *expander) leaveOut(e *Event, err error) {
	if x.leftOut++; x.leftOut > maxWarnings {
		return
	}
	x.warnings = append(x.warnings, Warning{
		Source:  e.Source,
		Message: fmt.Sprintf("series %q left out: %v", shorten(e.Summary), err),
	})
}

// recurring reports whether the family is a series; a lone event with overrides
// is one whose only instance they replace.
func recurring(f family) bool {
	return len(f.event.Rules) > 0 || len(f.event.RDates) > 0 || len(f.overrides) > 0
}

// single adds the events of a family that has no series: the event itself, or
// overrides whose series is not at hand.
func (x *expander) single(f family) {
	if e := f.event; e != nil {
		if len(e.ExDates) > 0 && newSeries(f, x.local).excluded(e.Start.Wall, e.Start.In(x.local).Unix()) {
			return
		}
		x.add(Instance{Event: e, span: x.spanOf(e)})
		return
	}
	for _, o := range f.overrides {
		if o.Start.Wall.IsZero() { // a cancellation that says only what it cancels
			o = withTimes(o, *o.RecurrenceID)
		}
		x.add(x.override(o, *o.RecurrenceID))
	}
}

// withTimes returns a copy of the cancelled override o that starts at the moment it
// cancels, and lasts no time, or that day.
func withTimes(o *Event, at Moment) *Event {
	full := *o
	full.Start, full.End = at, at
	if at.DateOnly {
		full.End.Wall = at.Wall.AddDate(0, 0, 1)
	}
	return &full
}

func (x *expander) spanOf(e *Event) span {
	return span{e.Start.In(x.local).Unix(), e.endIn(x.local).Unix()}
}

// override returns the instance that o makes of the one that started at original.
func (x *expander) override(o *Event, original Moment) Instance {
	i := Instance{Event: o, span: x.spanOf(o), recurs: true, dated: original.DateOnly}
	if i.dated {
		i.original = original.Wall.Unix()
	} else {
		i.original = original.In(x.local).Unix()
	}
	return i
}

// add keeps i where it lies in the window.
func (x *expander) add(i Instance) {
	i.span.end = max(i.span.end, i.span.start)
	if i.span.start >= x.window.end {
		return
	}
	if i.span.end > x.window.start || i.span.start == i.span.end && i.span.start == x.window.start {
		x.instances = append(x.instances, i)
	}
}

// series adds the instances of a series and of its overrides.
func (x *expander) series(f family) error {
	s := newSeries(f, x.local)
	for _, o := range s.overrides {
		x.add(x.override(o.event, o.original))
	}
	starts, err := s.starts(x.window, &x.steps, (x.limit-x.recurring)/weight(f.event))
	if err != nil {
		return err
	}
	cursor := zoneCursor{zone: s.zone}
	for _, start := range starts {
		at := cursor.resolve(start.wall)
		if s.excluded(start.wall, at.Unix()) || repeats(starts, start.wall, wall(at.Unix()+cursor.offset)) {
			continue
		}
		x.add(s.instance(start, at))
	}
	return nil
}

// repeats reports whether clocks skip the start at wall and show another time for
// it, at which the series has a start too: the two are one instant.
func repeats(starts []seriesStart, wall, shown time.Time) bool {
	if shown.Equal(wall) {
		return false
	}
	_, found := slices.BinarySearchFunc(starts, shown, func(s seriesStart, t time.Time) int { return s.wall.Compare(t) })
	return found
}

// shorten cuts a title to what fits in a message.
func shorten(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
