package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// What a proposal's Trouble can be: sentences for the rep. Clearance tells by them why a
// review is no more.
const (
	troubleDeclined   = "The contact declined the review."
	troubleCancelled  = "The review was taken off the calendar."
	troubleUninvited  = "The contact is not invited to the review any more."
	troubleUnwritten  = "The review could not be put on the calendar before it was over."
	troubleUnanswered = "Nobody picked one of the times, so they were taken back."
	troubleDeleted    = "You deleted all the times that were on offer."
	troubleNoSlot     = "No time was found that both sides can make."
)

// settle takes over the proposals of the snapshot as they are now: what became of their
// reviews and offers. What they hold takes its place.
func (p *planner) settle() {
	p.proposals = cloneProposals(p.Proposals)
	events, sources := p.reviewEvents(), p.sources()
	for i := range p.proposals {
		q := &p.proposals[i]
		p.follow(q, sources)
		p.review(q, events)
	}
	for i := range p.proposals {
		p.settleOffers(&p.proposals[i])
	}
	var places []span
	for i := range p.proposals {
		for _, s := range p.proposals[i].places() {
			places = append(places, toSpan(s))
		}
	}
	p.board.block(places)
}

// cloneProposals returns proposals in the order in which they were made, to be changed
// without changing them.
func cloneProposals(proposals []Proposal) []Proposal {
	all := slices.Clone(proposals)
	for i := range all {
		q := &all[i]
		q.Offers = slices.Clone(q.Offers)
		q.Review, q.CalledOff = q.Review.clone(), q.CalledOff.clone()
	}
	slices.SortStableFunc(all, func(a, b Proposal) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Row, b.Row))
	})
	return all
}

func (r *BookedReview) clone() *BookedReview {
	if r == nil {
		return nil
	}
	c := *r
	return &c
}

// places are the times that q takes on the rep's calendar: its review and what it has
// on offer.
func (q *Proposal) places() []Span {
	var all []Span
	if q.Review.Stands() {
		all = append(all, Span{q.Review.Start, q.Review.End})
	}
	for i := range q.Offers {
		if o := &q.Offers[i]; o.State == OfferHeld {
			all = append(all, Span{o.Start, o.End})
		}
	}
	return all
}

// reviewEvents returns the events of the booked reviews, by where they live.
func (p *planner) reviewEvents() map[Ref]*Event {
	events := make(map[Ref]*Event)
	for i := range p.proposals {
		for _, r := range []*BookedReview{p.proposals[i].Review, p.proposals[i].CalledOff} {
			if r != nil && r.Event.ID != "" {
				events[r.Event.place()] = nil
			}
		}
	}
	if len(events) == 0 {
		return events
	}
	for i := range p.Events {
		if _, wanted := events[p.Events[i].Ref.place()]; wanted {
			events[p.Events[i].Ref.place()] = &p.Events[i]
		}
	}
	return events
}

// place is r without the link: what names an event.
func (r Ref) place() Ref { return Ref{Calendar: r.Calendar, ID: r.ID} }

// review follows the booked review of q. One that does not stand any more is none; where
// it was to come and the proposal was not sent yet, a new round begins. Once it was sent,
// or withdrawn, the review is a meeting like others: only one that never got onto the
// calendar is none.
func (p *planner) review(q *Proposal, events map[Ref]*Event) {
	if q.Review == nil {
		p.bookAgain(q, events)
		return
	}
	why := p.see(q, events[q.Review.Event.place()])
	q.CalledOff = nil
	if why == "" || q.State.Settled() && why != troubleUnwritten {
		return
	}
	isOver := !p.Now.Before(q.Review.End)
	if !q.Review.Deleted {
		q.CalledOff = q.Review
	}
	q.Review = nil
	switch {
	case isOver:
		q.Offering = false
	case !q.Offering || q.held() == 0: // else other times that were asked for stay on offer
		q.Begin(p.Now)
	}
	q.Trouble = why
}

// bookAgain has the review of q that was called off stand again where it is to come and
// the contact accepted it since: as long as none else was booked, both sides agree on it.
func (p *planner) bookAgain(q *Proposal, events map[Ref]*Event) {
	off := q.CalledOff
	if off == nil || !p.Now.Before(off.Start) || q.State.Settled() {
		return
	}
	q.Review = off
	if e := events[off.Event.place()]; e == nil || p.see(q, e) != "" || off.Response != Accepted {
		q.Review = nil
		return
	}
	q.CalledOff, q.Offering, q.Trouble = nil, false, ""
}

// see takes over what the contact answered to e, the event of the review of q, and
// returns why the review does not stand any more; "": it does. A nil e was not read yet,
// or its calendar is not.
func (p *planner) see(q *Proposal, e *Event) string {
	r, isOff, isInvited := q.Review, q.Review.Deleted, true
	if e != nil {
		g := p.view.lists.of(e)
		isOff = isOff || g.cancelled || g.declined
		address := q.Contact.Compared()
		i := slices.IndexFunc(e.Attendees, func(a Attendee) bool { return a.Address == address })
		if isInvited = i >= 0 || e.GuestsHidden; i >= 0 {
			r.Response = e.Attendees[i].Response
		}
	}
	switch {
	case isOff:
		return troubleCancelled
	case !isInvited:
		return troubleUninvited
	case r.Response == Declined:
		return troubleDeclined
	case !r.Written && !p.Now.Before(r.End):
		return troubleUnwritten
	}
	return ""
}

// Compared is the address of c in the form in which addresses are compared; see
// ParseAddress.
func (c Contact) Compared() string {
	if address, ok := ParseAddress(c.Address); ok {
		return address
	}
	return c.Address
}

// Progress returns how far q is, by its review and its offers: its State, once that was
// decided anew. What the rep said stays.
func (q *Proposal) Progress() ProposalState {
	switch {
	case q.State.Settled():
		return q.State
	case q.Review.Stands() && q.Review.Written:
		return ProposalCleared
	case q.Review.Stands():
		return ProposalBooked
	case q.held() > 0:
		return ProposalOffered
	}
	return ProposalDraft
}

// propose adds the proposals to the plan, with fresh offers where some are wanted.
func (p *planner) propose(plan *Plan) {
	var places []span
	for i := range p.proposals {
		q := &p.proposals[i]
		if !p.Incomplete && p.offers(q) {
			places = append(places, p.fill(q, plan)...)
		}
		q.State = q.Progress()
		slices.SortStableFunc(q.Offers, func(a, b Offer) int {
			return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Round, b.Round))
		})
		p.watchProposal(q)
	}
	p.board.block(places)
	plan.Proposals = p.proposals
}

// watchProposal counts the moments at which offers of q go by themselves and at which
// its review begins and ends.
func (p *planner) watchProposal(q *Proposal) {
	for i := range q.Offers {
		if o := &q.Offers[i]; o.State == OfferHeld {
			p.alarm.addTime(p.releaseAt(o))
		}
	}
	if q.Offering || q.held() > 0 {
		p.alarm.addTime(p.lapseAt(q))
	}
	if q.Review != nil {
		p.alarm.addTime(q.Review.Start)
		p.alarm.addTime(q.Review.End)
	}
}

// watchTomorrow counts the next midnight.
func (p *planner) watchTomorrow() {
	tomorrow := DateOf(p.Now.In(p.Settings.Zone)) + 1
	p.alarm.add(Resolve(tomorrow.Wall(), p.Settings.Zone).Unix())
}

// preferences are the wishes of the contact of q.
func (p *planner) preferences(q *Proposal) Preferences { return p.Preferences[q.Contact.Compared()] }

// lapseAt is when offers of the current round that nobody answered go: the end of the
// last business day on which one could have.
func (p *planner) lapseAt(q *Proposal) time.Time {
	days := p.businessDays(p.preferences(q).Region)
	last := days.Add(DateOf(q.RoundAt.In(p.Settings.Zone)), p.Settings.Review.Answer)
	return time.Unix(p.hours(last).end, 0).UTC()
}
