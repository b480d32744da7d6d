package scheduler

import "time"

// calendarView is a rep's expanded calendar with its guest lists read.
type calendarView struct {
	settings  Settings
	instances []Instance // by start
	lists     *GuestLists

	meetings int
	unknown  []Unknown
}

// keyThings are the things with one prospect key, by start.
type keyThings struct {
	key    string
	things []thing
}

func newCalendarView(s Settings, instances []Instance) *calendarView {
	return &calendarView{settings: s, instances: instances, lists: NewGuestLists(s)}
}

// things returns the things that start in the window, both ends included, by
// prospect key in order of first appearance. It counts the meetings among them.
func (c *calendarView) things(window span) []keyThings {
	var keys []keyThings
	index := make(map[string]int)
	for i := range c.instances {
		inst := &c.instances[i]
		if inst.span.start < window.start || inst.span.start > window.end {
			continue
		}
		g := c.lists.of(inst.Event)
		if inst.Event.GuestsHidden && !g.cancelled && !g.declined {
			c.unknown = append(c.unknown, Unknown{inst.Event.UID, "guest list hidden"})
		}
		if !g.meets {
			continue
		}
		if !g.cancelled {
			c.meetings++
		}
		for j := range g.sides {
			s := &g.sides[j]
			at, seen := index[s.key]
			if !seen {
				at = len(keys)
				index[s.key] = at
				keys = append(keys, keyThings{key: s.key})
			}
			keys[at].things = append(keys[at].things, thing{Instance: inst, side: s, cancelled: g.cancelled})
		}
	}
	return keys
}

// busy returns the times at which the rep is busy, merged.
func (c *calendarView) busy() []span {
	spans := make([]span, 0, len(c.instances))
	for i := range c.instances {
		if c.takesPlace(c.instances[i].Event) {
			spans = append(spans, c.instances[i].span)
		}
	}
	return mergeSpans(spans)
}

// takesPlace reports whether nothing else can be where e is.
func (c *calendarView) takesPlace(e *Event) bool { return c.lists.TakesTime(e) || c.holds(e) }

// holds reports whether e is a hold or an offer of Holdfast's, which take their
// place even while they show as free.
func (c *calendarView) holds(e *Event) bool {
	return (e.Kind == KindHold || e.Kind == KindOffer) && !c.lists.of(e).cancelled
}

// spans returns busy as Spans.
func (c *calendarView) spans() []Span {
	return spansOf(c.busy())
}

func spansOf(spans []span) []Span {
	var all []Span
	for _, s := range spans {
		all = append(all, Span{time.Unix(s.start, 0).UTC(), time.Unix(s.end, 0).UTC()})
	}
	return all
}

// daysOff returns the days whose whole working hours are covered by out-of-office
// events and opaque all-day events, within the window.
func (c *calendarView) daysOff(window span) []Date {
	var spans []span
	for i := range c.instances {
		e := c.instances[i].Event
		if !e.OutOfOffice && !(e.AllDay() && !e.Transparent) {
			continue
		}
		if g := c.lists.of(e); !g.cancelled && !g.declined {
			s := c.instances[i].span
			spans = append(spans, span{max(s.start, window.start), min(s.end, window.end)})
		}
	}
	var off []Date
	for _, s := range mergeSpans(spans) {
		first := DateOf(time.Unix(s.start, 0).In(c.settings.Zone))
		last := DateOf(time.Unix(s.end-1, 0).In(c.settings.Zone))
		for d := first; d <= last; d++ {
			if hours := c.settings.Hours.on(d, c.settings.Zone); s.start <= hours.start && hours.end <= s.end {
				off = append(off, d)
			}
		}
	}
	return off
}
