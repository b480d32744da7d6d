package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Limits of one Expand. They are far above what people's calendars hold, and low
// enough that a file made to be slow ends within a second.
const (
	// baseSteps and stepsPerEvent bound the work spent on recurrence rules.
	baseSteps     = 2_000_000
	stepsPerEvent = 300
	// baseInstances and instancesPerEvent bound the instances, at 48 bytes each.
	baseInstances     = 200_000
	instancesPerEvent = 20
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
		limit:  baseInstances + instancesPerEvent*len(events),
	}
	for _, f := range families(events, local) {
		x.family(f)
	}
	slices.SortFunc(x.instances, compareInstances)
	return x.instances, x.warnings
}

// expander is one Expand under way.
type expander struct {
	local     *time.Location
	window    span
	steps     int // work left
	limit     int // most instances
	instances []Instance
	warnings  []Warning
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
		x.warnings = append(x.warnings, Warning{
			Source:  f.event.Source,
			Message: fmt.Sprintf("series %q left out: %v", shorten(f.event.Summary), err),
		})
	}
}

// recurring reports whether the family is a series; a lone event with overrides
// is one whose only instance they replace.
func recurring(f family) bool {
	return len(f.event.Rules) > 0 || len(f.event.RDates) > 0 || len(f.overrides) > 0
}

// single adds the events of a family that has no series: the event itself, or
// overrides whose series is not at hand.
func (x *expander) single(f family) {
	if f.event != nil {
		x.add(Instance{Event: f.event, span: x.spanOf(f.event)})
		return
	}
	for _, o := range f.overrides {
		if o.Start.Wall.IsZero() { // a cancellation that says only what it cancels
			o = withTimes(o, *o.RecurrenceID)
		}
		x.add(x.override(o, *o.RecurrenceID))
	}
}

// withTimes returns a copy of the cancelled override o that starts, for no time,
// at the moment it cancels.
func withTimes(o *Event, at Moment) *Event {
	full := *o
	full.Start, full.End = at, at
	return &full
}

func (x *expander) spanOf(e *Event) span {
	return span{e.Start.In(x.local).Unix(), e.End.In(x.local).Unix()}
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
	starts, err := s.starts(x.window, &x.steps)
	if err != nil {
		return err
	}
	if len(x.instances)+len(starts) > x.limit {
		return errTooMany
	}
	cursor := zoneCursor{zone: s.zone}
	for _, start := range starts {
		at := cursor.resolve(start.wall)
		if !s.excluded(start.wall, at.Unix()) {
			x.add(s.instance(start, at))
		}
	}
	return nil
}

// shorten cuts a title to what fits in a message.
func shorten(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
