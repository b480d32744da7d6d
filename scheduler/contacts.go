package scheduler

import (
	"cmp"
	"maps"
	"slices"
)

// contacts returns the prospects' people of the meetings in the window, also of those
// that did not take place. By address.
func (p *planner) contacts() []KnownContact {
	known := make(map[string]KnownContact)
	from, to := p.Now.Add(-p.Settings.Lookback).Unix(), p.Now.Add(p.Settings.Horizon).Unix()
	for i := range p.view.instances { // by start: the latest counts
		inst := &p.view.instances[i]
		g := p.view.lists.of(inst.Event)
		if inst.span.start < from || inst.span.start > to || !g.meets {
			continue
		}
		people, _ := p.view.lists.people.prospects(attending(inst.Event))
		for _, a := range people {
			known[a.Address] = p.meet(known[a.Address], inst, a, g.cancelled)
		}
	}
	return slices.SortedFunc(maps.Values(known), func(a, b KnownContact) int { return cmp.Compare(a.Address, b.Address) })
}

// meet adds to k what inst says of a, who was invited to it.
func (p *planner) meet(k KnownContact, inst *Instance, a prospect, isCancelled bool) KnownContact {
	name := contactOf(a.Attendee, inst.Event.Organizer).Name
	if name == "" {
		name = k.Name
	}
	k.Contact, k.Prospect = Contact{a.Address, name}, a.key
	happened := !isCancelled && a.Response != Declined && !p.noShows[Key{a.key, inst.meeting()}.id()]
	if happened && inst.span.start <= p.Now.Unix() {
		k.MetAt = inst.Start()
	}
	return k
}
