package scheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var anaRuiz = Contact{Address: "ana@acme.com", Name: "Ana Ruiz"}

// proposed is a proposal to Ana that is to be sent on Friday 2026-11-20, whose first
// round began at testNow. Business days 2 to 5 are the 24th, the 25th, the 27th
// (Thanksgiving is off) and the 30th; unanswered offers go on Monday the 23rd at 17:00.
func proposed(changes ...func(*Proposal)) Proposal {
	q := Proposal{
		Row: "p", Prospect: "acme.com", Contact: anaRuiz, Title: "CRM rollout", SendOn: dateOf("2026-11-20"),
		Length: 30 * time.Minute, FirstDay: 2, LastDay: 5, State: ProposalDraft, CreatedAt: at(testNow),
	}
	q.Begin(at(testNow))
	for _, c := range changes {
		c(&q)
	}
	return q
}

// proposing is a snapshot with proposals, of a rep who has not answered the backlog.
func proposing(proposals []Proposal, events ...Event) Snapshot {
	s := serviceSnapshot(events...)
	s.Backlog, s.Proposals = BacklogPending, proposals
	return s
}

// heldAt returns an offer of the given round that is on the calendar.
func heldAt(round int, start string) Offer {
	return Offer{Row: start, Round: round, Start: at(start), End: at(start).Add(30 * time.Minute), State: OfferHeld, Written: true}
}

func offering(starts ...string) func(*Proposal) {
	return func(q *Proposal) {
		for _, start := range starts {
			q.Offers = append(q.Offers, heldAt(q.Round, start))
		}
		q.State = ProposalOffered
	}
}

// booked has the proposal's review booked for the 24th at 9:00.
func booked(changes ...func(*BookedReview)) func(*Proposal) {
	return func(q *Proposal) {
		r := BookedReview{
			Row: "r", Event: Ref{Calendar: "c", ID: "review"}, Written: true,
			Start: at("2026-11-24 09:00"), End: at("2026-11-24 09:30"),
		}
		for _, c := range changes {
			c(&r)
		}
		picked := heldAt(q.Round, "2026-11-24 09:00")
		picked.State = OfferPicked
		q.Review, q.Offers, q.State = &r, append(q.Offers, picked), ProposalCleared
	}
}

// reviewEvent is the review as it is on the calendar.
func reviewEvent(guests string, changes ...tweak) Event {
	e := meeting("review", "2026-11-24 09:00", guests, append(changes, lasting(30*time.Minute))...)
	e.Kind, e.Ref = KindReview, Ref{Calendar: "c", ID: "review"}
	return e
}

// proposalLines says how far q is and what became of its offers.
func proposalLines(q Proposal) []string {
	lines := []string{string(q.State)}
	if q.Offering {
		lines[0] += fmt.Sprintf(", offering in round %d", q.Round)
	}
	if q.Review != nil {
		lines = append(lines, "review "+q.Review.Start.In(newYork).Format("Mon 2 Jan 15:04"))
	}
	for _, o := range q.Offers {
		line := fmt.Sprintf("%s %s", o.State, o.Start.In(newYork).Format("Mon 2 Jan 15:04"))
		if o.Reason != "" {
			line += ": " + o.Reason
		}
		lines = append(lines, line)
	}
	for _, words := range []string{q.Widened, q.Trouble} {
		if words != "" {
			lines = append(lines, words)
		}
	}
	return lines
}

func TestWhatBecomesOfAProposalsOffers(t *testing.T) {
	three := offering("2026-11-24 09:00", "2026-11-25 11:00", "2026-11-27 14:00")
	state := func(s ProposalState) func(*Proposal) { return func(q *Proposal) { q.State = s } }
	over := busyEvent("b", "2026-11-25 10:45", "2026-11-25 11:15")
	cases := []struct {
		rule     string
		now      string
		proposal Proposal
		events   []Event
		want     []string
	}{
		{"three slots are offered, on different days and at different times of day", testNow, proposed(), nil,
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "held Wed 25 Nov 11:00", "held Fri 27 Nov 14:00"}},
		{"none before slots were asked for", testNow, proposed(func(q *Proposal) { q.Round, q.Offering = 0, false }), nil, []string{"draft"}},
		{"what is on offer stays", testNow, proposed(three), nil,
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "held Wed 25 Nov 11:00", "held Fri 27 Nov 14:00"}},
		{"one that something busy took is lost, and replaced on another day at another time", testNow, proposed(three), []Event{over},
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "lost Wed 25 Nov 11:00: something else is at this time", "held Wed 25 Nov 11:30", "held Fri 27 Nov 14:00"}},
		{"one that was not picked 24 hours before goes, and is not replaced", "2026-11-23 09:00", proposed(three), nil,
			[]string{"offered, offering in round 1", "released Tue 24 Nov 09:00: nobody picked it in time", "held Wed 25 Nov 11:00", "held Fri 27 Nov 14:00"}},
		{"a second before it is held still", "2026-11-23 08:59", proposed(three), nil,
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "held Wed 25 Nov 11:00", "held Fri 27 Nov 14:00"}},
		{"at the end of business day 3 without an answer all of them go", "2026-11-23 17:00", proposed(offering("2026-11-25 11:00", "2026-11-27 14:00")), nil,
			[]string{"draft", "released Wed 25 Nov 11:00: nobody answered", "released Fri 27 Nov 14:00: nobody answered", troubleUnanswered}},
		{"one that the rep deleted goes, and is not replaced", testNow, proposed(three, func(q *Proposal) { q.Offers[1].Deleted = true }), nil,
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "released Wed 25 Nov 11:00: you took it back", "held Fri 27 Nov 14:00"}},
		{"when the rep has deleted all of them the round is over", testNow, proposed(offering("2026-11-24 09:00", "2026-11-25 11:00"), func(q *Proposal) { q.Offers[0].Deleted, q.Offers[1].Deleted = true, true }), nil,
			[]string{"draft", "released Tue 24 Nov 09:00: you took it back", "released Wed 25 Nov 11:00: you took it back", troubleDeleted}},
		{"one that the rep moved is offered where they put it, even after hours", testNow, proposed(three, func(q *Proposal) {
			o := &q.Offers[1]
			o.Moved, o.Start, o.End = true, at("2026-11-25 18:00"), at("2026-11-25 18:45")
		}), nil,
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "held Wed 25 Nov 18:00", "held Fri 27 Nov 14:00"}},
		{"an instant at which the contact is busy takes none", testNow, proposed(three, func(q *Proposal) {
			q.TheirBusy = []Span{{at("2026-11-25 11:15"), at("2026-11-25 11:15")}, {at("2026-11-27 14:00"), at("2026-11-27 14:15")}}
		}), nil,
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "held Wed 25 Nov 11:00",
				"lost Fri 27 Nov 14:00: the contact is busy at this time", "held Fri 27 Nov 14:30"}},
		{"withdrawn: all of them go", testNow, proposed(three, state(ProposalWithdrawn)), nil,
			[]string{"withdrawn", "released Tue 24 Nov 09:00: the proposal was withdrawn", "released Wed 25 Nov 11:00: the proposal was withdrawn", "released Fri 27 Nov 14:00: the proposal was withdrawn"}},
		{"sent while it was clear: all of them go", testNow, proposed(three, booked(), state(ProposalSent)), []Event{reviewEvent("ana@acme.com")},
			[]string{"sent", "review Tue 24 Nov 09:00", "released Tue 24 Nov 09:00: the proposal was sent", "picked Tue 24 Nov 09:00", "released Wed 25 Nov 11:00: the proposal was sent", "released Fri 27 Nov 14:00: the proposal was sent"}},
		{"sent while it was not clear: they live on", testNow, proposed(three, state(ProposalSent), func(q *Proposal) { q.SentUncleared = true }), nil,
			[]string{"sent, offering in round 1", "held Tue 24 Nov 09:00", "held Wed 25 Nov 11:00", "held Fri 27 Nov 14:00"}},
		{"one was picked: the others go", testNow, proposed(offering("2026-11-25 11:00"), booked(func(r *BookedReview) { r.Written = false })), nil,
			[]string{"booked", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00", "released Wed 25 Nov 11:00: the review is booked"}},
		{"asked for anew: others are offered, never the same times again", testNow, proposed(three, func(q *Proposal) { q.Begin(at(testNow)) }), nil,
			[]string{"offered, offering in round 2",
				"released Tue 24 Nov 09:00: other times took its place", "held Tue 24 Nov 11:00", "released Wed 25 Nov 11:00: other times took its place",
				"held Wed 25 Nov 14:00", "held Fri 27 Nov 09:00", "released Fri 27 Nov 14:00: other times took its place"}},
		{"slots start late enough to be answered at all, 25 hours from now", "2026-11-22 10:01", proposed(func(q *Proposal) { q.FirstDay = 1 }), []Event{busyEvent("b", "2026-11-23 12:00", "2026-11-23 17:00")},
			[]string{"offered, offering in round 1", "held Mon 23 Nov 11:15", "held Tue 24 Nov 09:00", "held Wed 25 Nov 14:00"}},
		{"past its send date, the window is counted from today", "2026-11-25 09:00", proposed(func(q *Proposal) { q.RoundAt = at("2026-11-25 09:00") }), nil,
			[]string{"offered, offering in round 1", "held Mon 30 Nov 09:00", "held Tue 1 Dec 11:00", "held Wed 2 Dec 14:00"}},
		{"where fewer than three are free the window is widened, and the rep is told", testNow, proposed(), []Event{busyEvent("b", "2026-11-24 10:00", "2026-12-01 12:00")},
			[]string{"offered, offering in round 1", "held Tue 24 Nov 09:00", "held Tue 1 Dec 14:00", "held Wed 2 Dec 11:00",
				"Times were looked for up to business day 10 after it is sent, as fewer than 3 are free up to business day 5."}},
		{"where none is free at all the rep is told", testNow, proposed(), []Event{busyEvent("b", "2026-11-20 00:00", "2027-02-01 00:00")},
			[]string{"draft, offering in round 1", "Up to business day 20 after it is sent, fewer than 3 times are free.", troubleNoSlot}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := proposing([]Proposal{c.proposal}, c.events...)
			s.Now = at(c.now)
			p := decide(t, s)
			if diff := cmp.Diff(c.want, proposalLines(p.Proposals[0])); diff != "" {
				t.Errorf("proposal (-want +got):\n%s", diff)
			}
			s.Proposals = p.Proposals
			if diff := cmp.Diff(p.Proposals, decide(t, s).Proposals); diff != "" {
				t.Errorf("decided again it changes (-first +again):\n%s", diff)
			}
		})
	}
}

func TestWhatBecomesOfABookedReview(t *testing.T) {
	fresh := []string{"offered, offering in round 2", "picked Tue 24 Nov 09:00", "held Tue 24 Nov 11:00", "held Wed 25 Nov 09:00", "held Fri 27 Nov 14:00"}
	cases := []struct {
		rule   string
		review func(*BookedReview)
		event  *Event
		want   []string
		reason ClearanceReason
	}{
		{"on both calendars it clears the proposal", nil, ptr(reviewEvent(ana)), []string{"cleared", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00"}, ClearedByReview},
		{"accepted, too", nil, ptr(reviewEvent(ana + "=accepted")), []string{"cleared", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00"}, ClearedByReview},
		{"not before it is written", func(r *BookedReview) { r.Written, r.Event = false, Ref{} }, nil, []string{"booked", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00"}, NotWritten},
		{"written and not read yet, it clears", nil, nil, []string{"cleared", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00"}, ClearedByReview},
		{"moved by the rep, it clears at its new time", func(r *BookedReview) { r.Moved, r.Start, r.End = true, at("2026-11-30 16:00"), at("2026-11-30 16:30") },
			ptr(reviewEvent(ana, func(e *Event) { e.Start.Wall = at("2026-11-30 16:00") })), []string{"cleared", "review Mon 30 Nov 16:00", "picked Tue 24 Nov 09:00"}, ClearedByReview},
		{"declined by the contact, the clearance is taken back, and fresh slots are ready", nil, ptr(reviewEvent(ana + "=declined")), append(slices.Clone(fresh), troubleDeclined), ReviewDeclined},
		{"declined by somebody else, it stands", nil, ptr(reviewEvent(ana + " bo@acme.com=declined")), []string{"cleared", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00"}, ClearedByReview},
		{"declined by the rep", nil, ptr(reviewEvent(ana, repAnswers(Declined))), append(slices.Clone(fresh), troubleCancelled), ReviewCancelled},
		{"cancelled on the calendar", nil, ptr(reviewEvent(ana, cancelled)), append(slices.Clone(fresh), troubleCancelled), ReviewCancelled},
		{"deleted by the rep", func(r *BookedReview) { r.Deleted = true }, nil, append(slices.Clone(fresh), troubleCancelled), ReviewCancelled},
		{"never written, once it is over", func(r *BookedReview) {
			r.Written, r.Event, r.Start, r.End = false, Ref{}, at(testNow).Add(-time.Hour), at(testNow)
		}, nil, []string{"draft", "picked Tue 24 Nov 09:00", troubleUnwritten}, NotOffered},
		{"with the contact taken off the guest list", nil, ptr(reviewEvent("bo@acme.com")), append(slices.Clone(fresh), troubleUninvited), ReviewCancelled},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if c.review == nil {
				c.review = func(*BookedReview) {}
			}
			s := proposing([]Proposal{proposed(booked(c.review))})
			if c.event != nil {
				s.Events = []Event{*c.event}
			}
			q := decide(t, s).Proposals[0]
			if diff := cmp.Diff(c.want, proposalLines(q)); diff != "" {
				t.Errorf("proposal (-want +got):\n%s", diff)
			}
			if got := q.Clearance(); got.Reason != c.reason || got.Cleared != (c.reason == ClearedByReview) {
				t.Errorf("clearance %+v, want %s", got, c.reason)
			}
		})
	}
}

func TestAReviewThatIsAcceptedAfterItWasDeclinedStandsAgain(t *testing.T) {
	s := proposing([]Proposal{proposed(booked())}, reviewEvent(ana+"=declined"))
	s.Proposals = decide(t, s).Proposals
	for _, answer := range []string{"declined", "tentative"} {
		s.Events[0] = reviewEvent(ana + "=" + answer)
		if diff := cmp.Diff(s.Proposals[0].Trouble, decide(t, s).Proposals[0].Trouble); diff != "" {
			t.Errorf("%s (-before +after):\n%s", answer, diff)
		}
	}
	s.Events[0] = reviewEvent(ana + "=accepted")
	want := []string{"cleared", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00", "released Tue 24 Nov 11:00: the review is booked",
		"released Wed 25 Nov 09:00: the review is booked", "released Fri 27 Nov 14:00: the review is booked"}
	if diff := cmp.Diff(want, proposalLines(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("accepted (-want +got):\n%s", diff)
	}
	s.Proposals[0].Review = &BookedReview{Row: "another", Start: at("2026-11-30 16:00"), End: at("2026-11-30 16:30"), Written: true}
	if got := decide(t, s).Proposals[0]; got.Review.Row != "another" || got.CalledOff != nil {
		t.Errorf("accepted after another one was booked: %v", proposalLines(got))
	}
	s.Proposals[0].Review, s.Now = nil, at("2026-11-24 09:00")
	if got := decide(t, s).Proposals[0]; got.Review != nil {
		t.Errorf("accepted once it has begun: %v", proposalLines(got))
	}
}

// Fresh slots are on offer: until that is over nobody is to be called for a new time.
func TestADeclinedReviewHasNoHoldsWhileSlotsAreOnOffer(t *testing.T) {
	s := proposing([]Proposal{proposed(booked())}, reviewEvent(ana+"=declined"))
	s.Backlog = BacklogAccepted
	p := decide(t, s)
	if len(p.Flags) != 1 || len(p.Flags[0].Holds) > 0 || len(p.Flags[0].Unplaced) > 0 {
		t.Fatalf("flags %+v", p.Flags)
	}
	s.Proposals, s.Now = p.Proposals, p.WakeAt
	for s.Proposals[0].held() > 0 {
		p = decide(t, s)
		s.Proposals, s.Now = p.Proposals, p.WakeAt
	}
	if len(p.Flags) != 1 || len(p.Flags[0].Holds) == 0 {
		t.Errorf("once nobody answered: %+v", p.Flags)
	}
}

// What Holdfast invites by an address as it was typed answers by it as it is compared.
func TestAContactIsFoundOnTheGuestListHoweverTheirAddressIsSpelled(t *testing.T) {
	q := proposed(booked())
	q.Contact.Address = "Ana+crm@Acme.com"
	if got := decide(t, proposing([]Proposal{q}, reviewEvent(ana))).Proposals[0]; got.State != ProposalCleared {
		t.Errorf("%v", proposalLines(got))
	}
}

// What was sent stays sent, and its review is the rep's.
func TestAReviewOfASentProposalIsOnlyWatched(t *testing.T) {
	q := proposed(booked(), func(q *Proposal) { q.State, q.Offering = ProposalSent, false })
	got := decide(t, proposing([]Proposal{q}, reviewEvent(ana+"=declined", cancelled))).Proposals[0]
	if got.State != ProposalSent || got.Review == nil || got.Review.Response != Declined || got.Review.Deleted || got.held() > 0 {
		t.Errorf("%v, review %+v", proposalLines(got), got.Review)
	}
}

func ptr(e Event) *Event { return &e }
