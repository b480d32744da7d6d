package scheduler

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// offeredAt returns when the slots start that q has on offer.
func offeredAt(q Proposal) []string {
	var all []string
	for _, o := range q.Offers {
		if o.State == OfferHeld {
			all = append(all, o.Start.In(newYork).Format("Mon 2 Jan 15:04"))
		}
	}
	return all
}

func TestWhatIsOfferedToTheContact(t *testing.T) {
	berlin := mustZone("Europe/Berlin")
	cases := []struct {
		rule     string
		wishes   Preferences
		proposal Proposal
		want     []string
	}{
		{"where their zone is known, in their working hours too", Preferences{Zone: berlin}, proposed(),
			[]string{"Tue 24 Nov 09:00", "Wed 25 Nov 09:15", "Fri 27 Nov 09:30"}},
		{"first of all what they asked for", Preferences{Zone: newYork, Hours: Hours{14 * time.Hour, 17 * time.Hour}, Days: []time.Weekday{time.Friday}}, proposed(),
			[]string{"Fri 27 Nov 14:00", "Fri 27 Nov 14:30", "Fri 27 Nov 15:00"}},
		{"their hours give way before their days", Preferences{Zone: newYork, Hours: Hours{16*time.Hour + 30*time.Minute, 17 * time.Hour}, Days: []time.Weekday{time.Friday}}, proposed(),
			[]string{"Fri 27 Nov 09:00", "Fri 27 Nov 11:00", "Fri 27 Nov 16:30"}},
		{"hours that they asked for are theirs, however late", Preferences{Zone: berlin, Hours: Hours{19 * time.Hour, 21 * time.Hour}}, proposed(),
			[]string{"Tue 24 Nov 13:00", "Wed 25 Nov 13:15", "Fri 27 Nov 13:30"}},
		{"never before the day that they named", Preferences{NotBefore: at("2026-11-30 12:00")}, proposed(),
			[]string{"Mon 30 Nov 12:00", "Mon 30 Nov 12:30", "Mon 30 Nov 14:00"}},
		{"not on their public holidays", Preferences{Region: "it"}, proposed(func(q *Proposal) { q.SendOn, q.RoundAt = dateOf("2026-12-04"), at("2026-12-03 09:00") }), // the 8th
			[]string{"Wed 9 Dec 09:00", "Thu 10 Dec 11:00", "Fri 11 Dec 14:00"}},
		{"not while they are busy, where that is shown", Preferences{}, proposed(func(q *Proposal) {
			q.TheirBusy = []Span{{at("2026-11-24 00:00"), at("2026-11-24 13:00")}, {at("2026-11-25 00:00"), at("2026-11-30 00:00")}}
		}), []string{"Tue 24 Nov 13:15", "Tue 24 Nov 14:00", "Mon 30 Nov 09:00"}},
		{"for as long as the proposal says", Preferences{}, proposed(func(q *Proposal) { q.Length = 7*time.Hour + 30*time.Minute }),
			[]string{"Tue 24 Nov 09:00", "Wed 25 Nov 09:15", "Fri 27 Nov 09:30"}},
		{"what replaces a lost one is on another day and at another time of day", Preferences{}, proposed(offering("2026-11-24 09:00", "2026-11-25 14:00", "2026-11-27 09:30"), func(q *Proposal) {
			q.Offers[2].State = OfferLost
		}), []string{"Tue 24 Nov 09:00", "Wed 25 Nov 14:00", "Fri 27 Nov 11:00"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := proposing([]Proposal{c.proposal})
			s.Now = c.proposal.RoundAt
			s.Preferences = map[string]Preferences{"ana@acme.com": c.wishes}
			if diff := cmp.Diff(c.want, offeredAt(decide(t, s).Proposals[0])); diff != "" {
				t.Errorf("offers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherTimesToMoveABookedReviewTo(t *testing.T) {
	asked := func(q *Proposal) { q.Begin(at(testNow)) }
	s := proposing([]Proposal{proposed(booked(), asked)}, reviewEvent(ana))
	p := decide(t, s)
	want := []string{"cleared, offering in round 2", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00", "held Tue 24 Nov 11:00", "held Wed 25 Nov 09:00", "held Fri 27 Nov 14:00"}
	if diff := cmp.Diff(want, proposalLines(p.Proposals[0])); diff != "" {
		t.Fatalf("proposal (-want +got):\n%s", diff)
	}
	s.Proposals = p.Proposals
	s.Events[0] = reviewEvent(ana + "=declined")
	want = []string{"offered, offering in round 2", "picked Tue 24 Nov 09:00", "held Tue 24 Nov 11:00", "held Wed 25 Nov 09:00", "held Fri 27 Nov 14:00", troubleDeclined}
	if diff := cmp.Diff(want, proposalLines(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("they decline the review before they pick another time: what is on offer stays (-want +got):\n%s", diff)
	}
	s.Events[0] = reviewEvent(ana)
	moved := s.Proposals[0]
	moved.Review = &BookedReview{Event: Ref{Calendar: "c", ID: "review"}, Written: true, Moved: true, Start: at("2026-11-25 09:15"), End: at("2026-11-25 09:45")}
	over := s
	over.Proposals, over.Events = []Proposal{moved}, []Event{reviewEvent(ana, func(e *Event) { e.Start.Wall = at("2026-11-25 09:15") })}
	if o := decide(t, over).Proposals[0].Offers[2]; o.State != OfferHeld {
		t.Errorf("an offer that the rep moved the review itself onto is %s", o.State)
	}
	over.Events = append(over.Events, busyEvent("b", "2026-11-25 09:20", "2026-11-25 09:25"))
	if o := decide(t, over).Proposals[0].Offers[2]; o.State != OfferLost {
		t.Errorf("and with a meeting there besides, %s", o.State)
	}
	s.Now = at("2026-11-24 08:00")
	if p := decide(t, s); !p.WakeAt.Equal(at("2026-11-24 09:00")) {
		t.Errorf("it wakes at %v, not when the review begins", p.WakeAt)
	}
	s.Now = at("2026-11-24 09:00")
	want = []string{"cleared", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00", "released Tue 24 Nov 11:00: the review is booked", "released Wed 25 Nov 09:00: the review is booked", "released Fri 27 Nov 14:00: the review is booked"}
	if diff := cmp.Diff(want, proposalLines(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("once it has begun it cannot be moved (-want +got):\n%s", diff)
	}
}

// The contact may ask for another review once that of a proposal that was sent was called
// off. Nobody else asks for them.
func TestAfterItWasSentOtherTimesAreOfferedWhereTheContactAsked(t *testing.T) {
	sent := func(q *Proposal) { q.State, q.Offering, q.Review.Deleted = ProposalSent, false, true }
	s := proposing([]Proposal{proposed(booked(), sent)})
	want := []string{"sent", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00"}
	if diff := cmp.Diff(want, proposalLines(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("called off (-want +got):\n%s", diff)
	}
	s.Proposals[0].Begin(at(testNow))
	want = []string{"sent, offering in round 2", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00", "held Tue 24 Nov 11:00", "held Wed 25 Nov 09:00", "held Fri 27 Nov 14:00"}
	p := decide(t, s).Proposals
	if diff := cmp.Diff(want, proposalLines(p[0])); diff != "" {
		t.Errorf("asked for anew (-want +got):\n%s", diff)
	}
	s.Proposals, s.Now = p, at("2026-11-23 17:00")
	want = []string{"sent", "review Tue 24 Nov 09:00", "picked Tue 24 Nov 09:00", "released Tue 24 Nov 11:00: nobody answered",
		"released Wed 25 Nov 09:00: nobody answered", "released Fri 27 Nov 14:00: nobody answered", troubleUnanswered}
	if diff := cmp.Diff(want, proposalLines(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("nobody answered (-want +got):\n%s", diff)
	}
}

func TestAReviewThatIsOverIsNotOfferedAgain(t *testing.T) {
	s := proposing([]Proposal{proposed(booked(func(r *BookedReview) { r.Deleted = true }))})
	s.Now = at("2026-11-24 09:30")
	want := []string{"draft", "picked Tue 24 Nov 09:00", troubleCancelled}
	if diff := cmp.Diff(want, proposalLines(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("proposal (-want +got):\n%s", diff)
	}
}

func TestHoldsAndOffersKeepOutOfEachOthersWay(t *testing.T) {
	met := meeting("m", "2026-11-17 14:00", "bo@globex.io")
	s := serviceSnapshot(met)
	s = carriedOut(s, decide(t, s)) // the second contact is on the 20th at 9:00
	asked := proposed(func(q *Proposal) {
		q.SendOn, q.RoundAt, q.FirstDay, q.LastDay = dateOf("2026-11-19"), at(testNow), 1, 1
	})
	s.Proposals = []Proposal{asked}
	p := decide(t, s)
	if diff := cmp.Diff([]string{"Fri 20 Nov 09:30", "Fri 20 Nov 11:00", "Fri 20 Nov 14:00"}, offeredAt(p.Proposals[0])); diff != "" {
		t.Errorf("offers beside a hold that exists (-want +got):\n%s", diff)
	}

	s.Proposals = p.Proposals
	o := &s.Proposals[0].Offers[0]
	o.Moved, o.Start, o.End = true, at("2026-11-20 09:00"), at("2026-11-20 09:30")
	if got := stateLines(decide(t, s)); !slices.Contains(got, "keep second-contact written Fri 20 Nov 09:30 on calendar") {
		t.Errorf("the rep moved an offer over a hold: %v", got)
	}

	s.Holds = nil
	if got := stateLines(decide(t, s)); !slices.Contains(got, "plan second-contact planned Fri 20 Nov 09:30 on calendar") {
		t.Errorf("a new hold beside an offer: %v", got)
	}
	s.Proposals[0] = proposed(booked(func(r *BookedReview) {
		r.Written, r.Start, r.End = false, at("2026-11-20 09:00"), at("2026-11-20 11:00")
	}))
	if got := stateLines(decide(t, s)); !slices.Contains(got, "plan second-contact planned Fri 20 Nov 11:00 on calendar") {
		t.Errorf("a new hold beside a review that is not on the calendar yet: %v", got)
	}
}

func TestOffersOfSeveralProposalsKeepOutOfEachOthersWay(t *testing.T) {
	second := proposed(func(q *Proposal) {
		q.Row, q.Prospect, q.Contact = "q", "globex.io", Contact{Address: "bo@globex.io"}
		q.CreatedAt = q.CreatedAt.Add(time.Minute)
	})
	p := decide(t, proposing([]Proposal{second, proposed()}))
	if p.Proposals[0].Row != "p" {
		t.Error("not in the order in which they were made")
	}
	want := []string{"Tue 24 Nov 11:00", "Wed 25 Nov 14:00", "Fri 27 Nov 09:00"}
	if diff := cmp.Diff(want, offeredAt(p.Proposals[1])); diff != "" {
		t.Errorf("offers of the second (-want +got):\n%s", diff)
	}
	taken := proposed(booked(func(r *BookedReview) {
		r.Written, r.Moved, r.Start, r.End = true, true, at("2026-11-25 10:00"), at("2026-11-25 10:30")
	}))
	other := second
	other.Offers = []Offer{heldAt(1, "2026-11-24 09:00"), heldAt(1, "2026-11-25 10:15"), heldAt(1, "2026-11-27 14:00")}
	p = decide(t, proposing([]Proposal{taken, other}))
	if o := p.Proposals[1].Offers[1]; o.State != OfferLost {
		t.Errorf("under the review of another proposal an offer is %s", o.State)
	}
}

func TestNothingIsOfferedWhileTheCalendarIsNotComplete(t *testing.T) {
	s := proposing([]Proposal{proposed(offering("2026-11-24 09:00", "2026-11-25 11:00"))})
	s.Incomplete = true
	if diff := cmp.Diff([]string{"Tue 24 Nov 09:00", "Wed 25 Nov 11:00"}, offeredAt(decide(t, s).Proposals[0])); diff != "" {
		t.Errorf("offers (-want +got):\n%s", diff)
	}
}

func TestARoundWithoutASlotLooksAgainTheNextDay(t *testing.T) {
	s := proposing([]Proposal{proposed(func(q *Proposal) { q.RoundAt = at("2026-11-20 18:00") })}, busyEvent("b", "2026-11-18 00:00", "2026-12-21 16:50"))
	s.Now = at("2026-11-20 18:00")
	p := decide(t, s)
	if want := at("2026-11-21 00:00"); !p.WakeAt.Equal(want) || p.Proposals[0].Trouble != troubleNoSlot {
		t.Fatalf("it wakes at %v, want %v: %q", p.WakeAt, want, p.Proposals[0].Trouble)
	}
	s.Proposals, s.Now = p.Proposals, at("2026-11-23 00:00") // its 20th business day is the 22nd of December
	p = decide(t, s)
	if len(offeredAt(p.Proposals[0])) != 3 || p.Proposals[0].Trouble != "" {
		t.Errorf("with days free: %v", proposalLines(p.Proposals[0]))
	}
}

func TestItWakesWhenOffersGoByThemselves(t *testing.T) {
	s := proposing([]Proposal{proposed(offering("2026-11-19 11:00", "2026-11-24 09:00", "2026-11-27 14:00"))})
	want := []time.Time{at("2026-11-18 11:00"), at("2026-11-23 09:00"), at("2026-11-23 17:00")}
	for _, at := range want {
		p := decide(t, s)
		for p.WakeAt.Before(at) {
			s.Now, s.Proposals = p.WakeAt, p.Proposals
			p = decide(t, s)
		}
		if !p.WakeAt.Equal(at) {
			t.Fatalf("it wakes at %v, want %v", p.WakeAt, at)
		}
		s.Now, s.Proposals = p.WakeAt, p.Proposals
	}
	if got := decide(t, s).Proposals[0]; got.State != ProposalDraft {
		t.Errorf("in the end it is %v", proposalLines(got))
	}
}

// A hold was written before its contact said not to hear of the rep until later.
func TestAHoldBeforeItsContactWantsToHearOfTheRepMoves(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Preferences = map[string]Preferences{"ana@acme.com": {NotBefore: at("2026-11-25 00:00")}}
	want := []string{
		"keep thank-you written Wed 25 Nov 09:00 on calendar",
		"keep second-contact written Fri 27 Nov 09:00 on calendar",
		"keep third-contact written Fri 11 Dec 09:00 on calendar",
	}
	if diff := cmp.Diff(want, stateLines(decide(t, s))); diff != "" {
		t.Errorf("holds (-want +got):\n%s", diff)
	}
	s.Preferences = map[string]Preferences{"ana@acme.com": {NotBefore: at("2027-03-01 00:00")}}
	p := decide(t, s)
	want = []string{"release thank-you released Wed 18 Nov 10:15", "release second-contact released Fri 20 Nov 09:00", "release third-contact released Fri 11 Dec 09:00"}
	got := stateLines(p)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || len(p.Flags[0].Unplaced) != 3 {
		t.Errorf("with no later place they go, and %d of 3 are unplaced (-want +got):\n%s", len(p.Flags[0].Unplaced), diff)
	}
}

func TestSlotsAreFoundAroundAllThatIsThere(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", "bo@globex.io"), busyEvent("b", "2026-11-24 09:00", "2026-11-24 16:30"))
	s.Proposals = []Proposal{proposed(offering("2026-11-25 09:00", "2026-11-25 10:00"))}
	s.Holds = []Hold{
		{State: Written, Start: at("2026-11-25 11:00"), End: at("2026-11-25 15:00")},
		{State: Released, Start: at("2026-11-25 15:00"), End: at("2026-11-25 16:00")},
	}
	s.Preferences = map[string]Preferences{"ana@acme.com": {NotBefore: at("2026-11-25 00:00")}}
	q := SlotQuery{
		Contact: "ana@acme.com", After: at("2026-11-20 15:00"), Length: 30 * time.Minute, Count: 20,
		TheirBusy: []Span{{at("2026-11-27 00:00"), at("2026-12-01 00:00")}},
	}
	want := []string{"Wed 25 Nov 15:15", "Wed 25 Nov 15:45", "Wed 25 Nov 16:15"}
	if diff := cmp.Diff(want, starts(Slots(s, q))); diff != "" {
		t.Errorf("slots (-want +got):\n%s", diff)
	}
}
