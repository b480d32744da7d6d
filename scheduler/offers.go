package scheduler

import (
	"fmt"
	"slices"
	"time"
)

// toAnswer is how long before it is taken back a slot is on offer at least.
const toAnswer = time.Hour

// knownDays is how many whole days from today on busy times are known.
const knownDays = Date(busyAhead/(24*time.Hour)) - 1

// held returns how many slots of q can be picked.
func (q *Proposal) held() int { return q.count(func(o *Offer) bool { return o.State == OfferHeld }) }

func (q *Proposal) count(is func(*Offer) bool) int {
	n := 0
	for i := range q.Offers {
		if is(&q.Offers[i]) {
			n++
		}
	}
	return n
}

// settleOffers decides what became of the offers of q, and whether its round is over.
func (p *planner) settleOffers(q *Proposal) {
	picked := func(o *Offer) bool { return o.Round == q.Round && o.State == OfferPicked }
	if !p.offers(q) || q.Review.Stands() && (q.count(picked) > 0 || !p.Now.Before(q.Review.Start)) {
		q.Offering = false
	}
	lapsed := q.Round > 0 && !p.Now.Before(p.lapseAt(q))
	for i := range q.Offers {
		if o := &q.Offers[i]; o.State == OfferHeld {
			o.State, o.Reason = p.fate(q, o, lapsed)
		}
	}
	p.endRound(q, lapsed)
}

// offers reports whether q can have slots on offer, as far as the rep is concerned. Once
// it was sent with its review booked, they are times that the contact asked for, to move
// that to or, where it was called off since, to have another.
func (p *planner) offers(q *Proposal) bool {
	if q.State == ProposalSent && !q.SentUncleared {
		return q.Offering
	}
	return q.Round > 0 && q.State != ProposalWithdrawn
}

// offersAnew reports whether f is of a review that was called off, for which fresh slots
// are on offer: the contact is asked for a new time already.
func (p *planner) offersAnew(f *Flag) bool {
	return slices.ContainsFunc(p.proposals, func(q Proposal) bool {
		return q.CalledOff != nil && q.CalledOff.Event.place() == f.Ref.place() && (q.Offering || q.held() > 0)
	})
}

// fate returns what becomes of o, which is held, and why.
func (p *planner) fate(q *Proposal, o *Offer, lapsed bool) (OfferState, string) {
	switch {
	case o.Deleted:
		return OfferReleased, "you took it back"
	case q.State == ProposalWithdrawn:
		return OfferReleased, "the proposal was withdrawn"
	case !p.offers(q):
		return OfferReleased, "the proposal was sent"
	case q.Review.Stands() && !q.Offering:
		return OfferReleased, "the review is booked"
	case o.Round != q.Round:
		return OfferReleased, "other times took its place"
	case lapsed:
		return OfferReleased, "nobody answered"
	case !p.Now.Before(p.releaseAt(o)):
		return OfferReleased, "nobody picked it in time"
	case p.overlapped(q, toSpan(Span{o.Start, o.End})):
		return OfferLost, "something else is at this time"
	case q.theyAreBusy(o):
		return OfferLost, "the contact is busy at this time"
	}
	return OfferHeld, ""
}

// theyAreBusy reports whether the contact's calendar shows that they cannot make o.
func (q *Proposal) theyAreBusy(o *Offer) bool {
	slot := toSpan(Span{o.Start, o.End})
	return slices.ContainsFunc(q.TheirBusy, func(b Span) bool {
		busy := toSpan(b)
		return busy.start < busy.end && busy.overlaps(slot) // an instant blocks nothing, as when slots are looked for
	})
}

// releaseAt is when o goes unless it was picked.
func (p *planner) releaseAt(o *Offer) time.Time { return o.Start.Add(-p.Settings.Review.Notice) }

// overlapped reports whether something busy is in s, or the review of another proposal.
// That of q itself does not count: it may be moved to s.
func (p *planner) overlapped(q *Proposal, s span) bool {
	for i := range p.proposals {
		other := &p.proposals[i]
		if other != q && other.Review.Stands() && s.overlaps(toSpan(Span{other.Review.Start, other.Review.End})) {
			return true
		}
	}
	i := firstEndingAfter(p.calendar, s.start)
	if i == len(p.calendar) || p.calendar[i].start >= s.end {
		return false
	}
	return q.Review == nil || p.view.isBusy(s, q.Review.Event)
}

// isBusy reports whether an event other than the one at except takes time in s.
func (c *calendarView) isBusy(s span, except Ref) bool {
	return slices.ContainsFunc(c.instances, func(i Instance) bool {
		return i.span.start < i.span.end && i.span.overlaps(s) && c.takesPlace(i.Event) && i.ref().place() != except.place()
	})
}

// endRound ends the round of q where time is up, or where nothing is on offer any more
// and nothing is to take its place.
func (p *planner) endRound(q *Proposal, lapsed bool) {
	inRound := func(o *Offer) bool { return o.Round == q.Round }
	lost := func(o *Offer) bool { return inRound(o) && o.State == OfferLost }
	deleted := func(o *Offer) bool { return inRound(o) && o.Deleted }
	all := q.count(inRound) - q.count(lost)
	allDeleted := all > 0 && q.count(deleted) == all
	isOver := q.Offering && (lapsed || q.held() == 0 && (p.wanted(q) <= 0 || allDeleted))
	q.Offering = q.Offering && !isOver
	switch {
	case q.Review.Stands() && !q.Offering:
		q.Trouble, q.Widened = "", ""
	case !isOver:
	case allDeleted:
		q.Trouble = troubleDeleted
	case q.count(inRound) > 0:
		q.Trouble = troubleUnanswered
	}
}

// wanted is how many slots are to be offered besides those of the round: only lost ones
// are replaced.
func (p *planner) wanted(q *Proposal) int {
	return p.Settings.Review.Count - q.count(func(o *Offer) bool { return o.Round == q.Round && o.State != OfferLost })
}

// fill offers as many slots of q as are wanted, and returns them. Where its window has
// too few of them it is widened, step by step.
func (p *planner) fill(q *Proposal, plan *Plan) (places []span) {
	wanted := p.wanted(q)
	if !q.Offering || wanted <= 0 {
		return nil
	}
	r := p.request(q, plan)
	window := r.Limits.LastDay
	for i := 0; i <= p.Settings.Review.Widenings; i++ {
		r.Limits.LastDay = window + i*p.Settings.Review.Widen
		r.Count = wanted
		for _, start := range choose(r, r.free(r.days())) {
			place := Span{start, start.Add(q.Length)}
			q.Offers = append(q.Offers, Offer{Round: q.Round, Start: place.Start, End: place.End, State: OfferHeld})
			r.Taken, places = append(r.Taken, place), append(places, toSpan(place))
			wanted--
		}
		if wanted == 0 {
			break
		}
	}
	p.tellFill(q, window, r.Limits.LastDay, wanted)
	return places
}

// tellFill says how far slots of q were looked for and whether some are still missing.
// Then it looks again on the next day, as the window may begin with today.
func (p *planner) tellFill(q *Proposal, window, last, missing int) {
	switch {
	case missing > 0:
		q.Widened = fmt.Sprintf("Up to business day %d after it is sent, fewer than %d times are free.", last, p.Settings.Review.Count)
		p.watchTomorrow()
	case last > window:
		q.Widened = fmt.Sprintf("Times were looked for up to business day %d after it is sent, as fewer than %d are free up to business day %d.", last, p.Settings.Review.Count, window)
	}
	switch {
	case q.held() == 0 && q.Trouble == "":
		q.Trouble = troubleNoSlot
	case q.held() > 0 && q.Trouble == troubleNoSlot:
		q.Trouble = ""
	}
}

// request asks for slots of q: beside those on offer, and never those of earlier rounds,
// those that went or those that the rep moved away.
func (p *planner) request(q *Proposal, plan *Plan) ReviewRequest {
	wishes := p.preferences(q)
	r := p.slotRequest(max(q.SendOn, p.board.date(p.Now.Unix())), wishes, q.TheirBusy)
	r.Length = q.Length
	r.Limits.FirstDay, r.Limits.LastDay = q.FirstDay, q.LastDay
	r.Limits.Notice += toAnswer
	r.Rep.Busy = slices.Concat(r.Rep.Busy, plan.places())
	for i := range p.proposals {
		if other := &p.proposals[i]; other != q {
			r.Rep.Busy = append(r.Rep.Busy, other.places()...)
		}
	}
	if q.Review.Stands() { // the time that does not suit them
		r.Never = append(r.Never, Span{q.Review.Start, q.Review.End})
	}
	for i := range q.Offers {
		switch o := &q.Offers[i]; {
		case o.State == OfferHeld:
			r.Taken = append(r.Taken, Span{o.Start, o.End})
		case o.State != OfferLost || o.Round != q.Round:
			r.Never = append(r.Never, Span{o.Start, o.End})
		}
		if from := q.Offers[i].From; !from.IsZero() {
			r.Never = append(r.Never, Span{from, from.Add(q.Length)})
		}
	}
	return r
}

// slotRequest asks for slots on the days after send, around what is on the rep's
// calendars.
func (p *planner) slotRequest(send Date, wishes Preferences, theirBusy []Span) ReviewRequest {
	s := p.Settings
	days := p.businessDays(wishes.Region)
	r := ReviewRequest{
		Now: p.Now, SendAt: Resolve(send.Wall(), s.Zone), Limits: s.Review, Wishes: wishes,
		Rep:      Party{s.Zone, s.Hours, days, spansOf(p.calendar)},
		Prospect: Party{s.Zone, s.Hours, days, theirBusy},
		Until:    Resolve((p.board.date(p.Now.Unix()) + knownDays).Wall(), s.Zone),
	}
	if wishes.Zone != nil {
		r.Prospect.Zone, r.Prospect.Hours = wishes.Zone, s.CallHours.with(wishes.Hours)
	}
	return r
}

// with returns the hours from the earlier start to the later end of h and more, which
// may be zero.
func (h Hours) with(more Hours) Hours {
	if more == (Hours{}) {
		return h
	}
	return Hours{min(h.Start, more.Start), max(h.End, more.End)}
}

// places are the times that the holds of p take.
func (p *Plan) places() []Span {
	var all []Span
	add := func(holds []Hold) {
		for i := range holds {
			all = append(all, Span{holds[i].Start, holds[i].End})
		}
	}
	add(p.Keep)
	for i := range p.Flags {
		add(p.Flags[i].Holds)
	}
	return all
}
