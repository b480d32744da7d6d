package scheduler

import (
	"slices"
	"time"
)

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

// drafts returns the proposals that events to come tell of and that are not known yet:
// one for each event, a series being one.
func (p *planner) drafts(contacts []KnownContact) []Proposal {
	if p.Incomplete {
		return nil
	}
	reader := newTitleReader(p.Settings.Review.Languages, contacts)
	seen := make(map[string]bool)
	for i := range p.Proposals {
		seen[p.Proposals[i].Source.UID] = true
	}
	silent := make(map[*Event]bool) // those that tell of none
	var all []Proposal
	for i := range p.view.instances {
		inst := &p.view.instances[i]
		if inst.span.end <= p.Now.Unix() || silent[inst.Event] || seen[inst.Event.UID] {
			continue
		}
		who, ok := reader.read(inst.Event.Summary)
		if !ok || !p.isTask(inst.Event) {
			silent[inst.Event] = true
			continue
		}
		if ahead := int64(p.Settings.Horizon / time.Second); inst.span.start > p.Now.Unix()+ahead {
			p.alarm.add(inst.span.start - ahead)
			break
		}
		seen[inst.Event.UID] = true
		p.alarm.add(inst.span.end)
		all = append(all, p.draft(inst, who))
	}
	return all
}

// draft returns the proposal to who that inst tells of.
func (p *planner) draft(inst *Instance, who KnownContact) Proposal {
	limits := p.Settings.Review
	return Proposal{
		Prospect: who.Prospect, Contact: who.Contact, Title: "Proposal for " + who.Prospect,
		SendOn: p.board.date(inst.span.start), Length: limits.Length,
		FirstDay: limits.FirstDay, LastDay: limits.LastDay,
		State: ProposalDraft, Source: MeetingRef{UID: inst.Event.UID},
	}
}
