package scheduler

import "slices"

// sources returns the instances of the events that the unconfirmed drafts were read
// from, by UID and by start.
func (p *planner) sources() map[string][]*Instance {
	sources := make(map[string][]*Instance)
	for i := range p.proposals {
		if q := &p.proposals[i]; q.unconfirmed() {
			sources[q.Source.UID] = nil
		}
	}
	if len(sources) == 0 {
		return sources
	}
	for i := range p.view.instances {
		inst := &p.view.instances[i]
		if found, wanted := sources[inst.Event.UID]; wanted && p.isTask(inst.Event) {
			sources[inst.Event.UID] = append(found, inst)
		}
	}
	return sources
}

// isTask reports whether e is on the calendar by the rep's own will: nothing that
// Holdfast wrote, nor cancelled, nor declined.
func (p *planner) isTask(e *Event) bool {
	g := p.view.lists.of(e)
	return e.Kind == "" && !g.cancelled && !g.declined
}

// follow has q, if the rep did not confirm it yet, follow the event that it was read
// from: it is sent when that is, and withdrawn when that is gone.
func (p *planner) follow(q *Proposal, sources map[string][]*Instance) {
	if !q.unconfirmed() || p.Incomplete {
		return
	}
	if next := p.next(sources[q.Source.UID]); next != nil {
		q.SendOn = p.board.date(next.span.start)
		return
	}
	isLive := func(e Event) bool { return e.UID == q.Source.UID && p.isTask(&e) }
	if q.SendOn >= p.board.date(p.Now.Unix()) && !slices.ContainsFunc(p.Events, isLive) {
		q.State = ProposalWithdrawn
	}
}

// next returns the first of instances, which are by start, that has not ended; nil:
// there is none. It looks again when that one ends.
func (p *planner) next(instances []*Instance) *Instance {
	for _, inst := range instances {
		if inst.span.end > p.Now.Unix() {
			p.alarm.add(inst.span.end)
			return inst
		}
	}
	return nil
}
