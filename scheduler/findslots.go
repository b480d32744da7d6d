package scheduler

import (
	"slices"
	"time"
)

// SlotQuery asks for times at which a rep can go through a proposal with somebody.
type SlotQuery struct {
	Contact   string // whose wishes count, by address; "": nobody's
	TheirBusy []Span // when they are busy, as far as it is known
	After     time.Time
	Length    time.Duration
	Count     int
}

// Slots finds review slots for a rep of the service: around what is on their calendars,
// their holds and what they have on offer. Nothing is held.
func Slots(s Snapshot, q SlotQuery) ReviewSlots {
	c, _ := s.view()
	p := newPlanner(newJudging(&s), c)
	p.settle()
	r := p.slotRequest(DateOf(q.After.In(s.Settings.Zone)), s.Preferences[q.Contact], q.TheirBusy)
	r.Length, r.Count = q.Length, q.Count
	kept := Plan{Keep: slices.DeleteFunc(slices.Clone(s.Holds), func(h Hold) bool { return !h.State.occupies() })}
	r.Rep.Busy = slices.Concat(r.Rep.Busy, kept.places())
	for i := range p.proposals {
		r.Rep.Busy = append(r.Rep.Busy, p.proposals[i].places()...)
	}
	return Review(r)
}
