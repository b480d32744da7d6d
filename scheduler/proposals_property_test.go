package scheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anyProposal draws a proposal that was just made.
func anyProposal(t *rapid.T, row string, now time.Time) Proposal {
	prospect := fmt.Sprintf("p%d.com", rapid.IntRange(0, 8).Draw(t, "proposed to"))
	first := rapid.IntRange(0, 3).Draw(t, "first day")
	q := Proposal{
		Row: row, Prospect: prospect, Contact: Contact{Address: "a@" + prospect}, Title: "Offer", CreatedAt: now,
		SendOn:   DateOf(now.In(newYork)) + Date(rapid.IntRange(-3, 20).Draw(t, "send in")),
		Length:   time.Duration(rapid.SampledFrom([]int{15, 30, 30, 50, 90, 480}).Draw(t, "review")) * time.Minute,
		FirstDay: first, LastDay: first + rapid.IntRange(0, 5).Draw(t, "window"),
		State: ProposalDraft,
	}
	for range rapid.IntRange(0, 3).Draw(t, "their busy times") {
		start := now.Add(time.Duration(rapid.IntRange(-24, 30*24).Draw(t, "they are busy in")) * time.Hour)
		q.TheirBusy = append(q.TheirBusy, Span{start, start.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "for")) * time.Hour)})
	}
	if rapid.IntRange(0, 5).Draw(t, "asked for slots") > 0 {
		q.Begin(now)
	}
	return q
}

// anyProposing draws the snapshot of a rep with proposals and little else, so that
// what they wait for is what the plan waits for.
func anyProposing(t *rapid.T) Snapshot {
	s := serviceSnapshot()
	s.Now = at("2026-11-16 00:00").Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "now")) * time.Minute)
	s.Settings.Review.Widenings = rapid.IntRange(0, 3).Draw(t, "widenings")
	for i := range rapid.IntRange(0, 3).Draw(t, "busy times") {
		start := s.Now.Truncate(15 * time.Minute).Add(time.Duration(rapid.IntRange(-24, 14*24).Draw(t, "busy in")) * time.Hour)
		e := busyEvent(fmt.Sprint("b", i), testNow, testNow)
		e.Start.Wall, e.End.Wall = start, start.Add(time.Duration(rapid.IntRange(0, 30*24).Draw(t, "busy for"))*time.Hour)
		s.Events = append(s.Events, e)
	}
	for i := range rapid.IntRange(1, 2).Draw(t, "proposals") {
		s.Proposals = append(s.Proposals, anyProposal(t, fmt.Sprint("p", i), s.Now))
	}
	for range rapid.IntRange(0, 3).Draw(t, "rounds") {
		s = lived(t, s, Decide(s))
		anyWord(t, &s)
		s.Now = s.Now.Add(time.Duration(rapid.IntRange(0, 2*24*60).Draw(t, "minutes")) * time.Minute)
	}
	return s
}

func anyOf(generators ...func(*rapid.T) Snapshot) *rapid.Generator[Snapshot] {
	var all []*rapid.Generator[Snapshot]
	for _, g := range generators {
		all = append(all, rapid.Custom(g))
	}
	return rapid.OneOf(all...)
}

// anyEventThatTells draws an event that says that a proposal is to be sent.
func anyEventThatTells(t *rapid.T, i int, now time.Time) Event {
	start := now.Truncate(time.Hour).Add(time.Duration(rapid.IntRange(-48, 40*24).Draw(t, "tells of")) * time.Hour)
	e := toSend(fmt.Sprint("tell", i), start.In(newYork).Format("2006-01-02 15:04"), titled(fmt.Sprintf("Send proposal to P%d", rapid.IntRange(0, 8).Draw(t, "told of"))))
	if rapid.IntRange(0, 3).Draw(t, "weekly") == 0 {
		recurs("FREQ=WEEKLY;COUNT=4")(&e)
	}
	return e
}

// livedProposals returns the proposals of p after it was carried out.
func livedProposals(s Snapshot, p Plan, writes bool) []Proposal {
	all := cloneProposals(p.Proposals)
	for _, d := range p.Drafts {
		d.Row, d.CreatedAt = "of "+d.Source.UID, s.Now
		all = append(all, d)
	}
	for i := range all {
		q := &all[i]
		for j := range q.Offers {
			o := &q.Offers[j]
			if o.Row == "" {
				o.Row = fmt.Sprintf("%s %d %v", q.Row, o.Round, o.Start.Unix())
			}
			o.Written = o.Written || writes && o.State == OfferHeld
		}
	}
	return cloneProposals(all)
}

// anyWord lets the rep and the prospect do something about the proposals of s.
func anyWord(t *rapid.T, s *Snapshot) {
	if rapid.IntRange(0, 3).Draw(t, "another proposal") == 0 {
		s.Proposals = append(s.Proposals, anyProposal(t, fmt.Sprint("q", len(s.Proposals)), s.Now))
	}
	for i := range s.Proposals {
		q := &s.Proposals[i]
		for j := range q.Offers {
			if o := &q.Offers[j]; o.State == OfferHeld {
				anyWordOnOffer(t, s, q, o)
			}
		}
		if q.Review != nil {
			anyWordOnReview(t, s, q)
		}
		if off := q.CalledOff; off != nil && off.Written && rapid.IntRange(0, 2).Draw(t, "accepted after all") == 0 {
			putReview(s, q, off, "=accepted")
		}
		switch rapid.IntRange(0, 14).Draw(t, "said of it") {
		case 0:
			q.State = ProposalWithdrawn
		case 1:
			q.SentUncleared, q.State = q.State != ProposalCleared, ProposalSent
		case 2, 3:
			if q.State != ProposalWithdrawn { // fresh slots, or other times to move the review to
				q.Begin(s.Now)
			}
		case 4: // they say when it suits them instead
			q.Begin(s.Now)
			q.Offering = false
		}
	}
}

func anyWordOnOffer(t *rapid.T, s *Snapshot, q *Proposal, o *Offer) {
	switch rapid.IntRange(0, 9).Draw(t, "done to an offer") {
	case 0:
		by := time.Duration(rapid.IntRange(-40, 100).Draw(t, "moved by")) * 15 * time.Minute
		o.Moved, o.Start, o.End = true, o.Start.Add(by), o.End.Add(by)
	case 1:
		o.Deleted = true
	case 2:
		o.State = OfferPicked
		q.Review = &BookedReview{Row: "r" + q.Row, Start: o.Start, End: o.End}
	}
}

func anyWordOnReview(t *rapid.T, s *Snapshot, q *Proposal) {
	r := q.Review
	if !r.Written {
		r.Written, r.Event = true, Ref{Calendar: "c", ID: fmt.Sprintf("%s-%d", q.Row, q.Round)}
	}
	answers := rapid.SampledFrom([]string{"", "=accepted", "=declined"})
	switch rapid.IntRange(0, 5).Draw(t, "done to a review") {
	case 0:
		r.Deleted = true
		return
	case 1:
		by := time.Duration(rapid.IntRange(-40, 100).Draw(t, "moved by")) * 15 * time.Minute
		r.Moved, r.Start, r.End = true, r.Start.Add(by), r.End.Add(by)
	case 2: // not read yet
		return
	}
	putReview(s, q, r, answers.Draw(t, "answer"))
}

// putReview puts the review r of q on the calendar, with the contact's answer.
func putReview(s *Snapshot, q *Proposal, r *BookedReview, answer string) {
	e := meeting(r.Event.ID, r.Start.In(newYork).Format("2006-01-02 15:04"), q.Contact.Address+answer, lasting(r.End.Sub(r.Start)))
	e.Kind, e.Ref = KindReview, r.Event
	s.Events = slices.DeleteFunc(slices.Clone(s.Events), func(other Event) bool { return other.UID == e.UID })
	s.Events = append(s.Events, e)
}

// proposalChanges says how the plan p of s, with which nothing should change, differs
// from s and from the contacts before. Contacts may have left the window.
func proposalChanges(s Snapshot, p, before Plan) string {
	diff := cmp.Diff(s.Proposals, p.Proposals, cmpopts.EquateEmpty()) + cmp.Diff([]Proposal(nil), p.Drafts)
	for _, c := range p.Contacts {
		if !slices.Contains(before.Contacts, c) {
			diff += fmt.Sprintf("contact %+v is new\n", c)
		}
	}
	return diff
}

// Every slot that a plan newly offers is one that both sides can make.
func TestEveryNewOfferIsFreeAndInBothSidesHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyOf(anyService, anyProposing).Draw(t, "snapshot")
		p := Decide(s)
		for _, q := range p.Proposals {
			for _, o := range q.Offers {
				if o.Row == "" {
					checkNewOffer(t, s, p, q, o)
				}
			}
			inRound := q.count(func(o *Offer) bool { return o.Round == q.Round && o.State == OfferHeld })
			if inRound != q.held() || inRound > s.Settings.Review.Count {
				t.Fatalf("%d on offer, %d of them in this round", q.held(), inRound)
			}
		}
	})
}

func checkNewOffer(t *rapid.T, s Snapshot, p Plan, q Proposal, o Offer) {
	place := toSpan(Span{o.Start, o.End})
	local := o.Start.In(newYork)
	day := s.Settings.Hours.on(DateOf(local), newYork)
	_, isHoliday := Region("us").Holiday(DateOf(local))
	weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
	switch wishes := s.Preferences[q.Contact.Address]; {
	case s.Incomplete:
		t.Fatalf("%v is offered though the calendar is not complete", o.Start)
	case weekend || isHoliday || dayOff(s, DateOf(local)):
		t.Fatalf("%v is on no business day", local)
	case place.start < day.start || place.end > day.end || o.End.Sub(o.Start) != q.Length:
		t.Fatalf("%v to %v is outside working hours, or not %v long", local, o.End, q.Length)
	case o.Start.Before(s.Now.Add(25*time.Hour)) && o.Start.Before(s.Now.Add(25*time.Hour).Truncate(time.Second)):
		t.Fatalf("%v is too soon, at %v", o.Start, s.Now)
	case o.Start.Before(wishes.NotBefore.Truncate(time.Second)):
		t.Fatalf("%v is before %v", o.Start, wishes.NotBefore)
	case wishes.Zone != nil && !(&Party{wishes.Zone, s.Settings.CallHours.with(wishes.Hours), NewBusinessDays(nil, nil), nil}).works(place):
		t.Fatalf("%v is outside their hours", o.Start.In(wishes.Zone))
	}
	checkFree(t, s, p, q, o)
}

// checkFree checks that nothing is at the time of o, nor within the buffer of what is
// busy.
func checkFree(t *rapid.T, s Snapshot, p Plan, q Proposal, o Offer) {
	place, wide := toSpan(Span{o.Start, o.End}), toSpan(Span{o.Start.Add(-s.Settings.Review.Buffer), o.End.Add(s.Settings.Review.Buffer)})
	instances, _ := Expand(s.Events, newYork, s.Now.Add(-24*time.Hour), s.Now.Add(busyAhead))
	lists := NewGuestLists(s.Settings)
	for _, i := range instances {
		if lists.TakesTime(i.Event) && i.span.start < i.span.end && wide.overlaps(i.span) {
			t.Fatalf("%v is over %s", o.Start, i.Event.UID)
		}
	}
	for _, busy := range slices.Concat(q.TheirBusy, p.places()) {
		if b := toSpan(busy); b.start < b.end && wide.overlaps(b) {
			t.Fatalf("%v is over %v", o.Start, busy)
		}
	}
	for _, other := range p.Proposals {
		near := wide
		if other.Row == q.Row {
			near = place
		}
		for _, there := range other.Offers {
			was := other.Row == q.Row && (there.Round < q.Round || there.State == OfferReleased)
			if there != o && (was || there.State == OfferHeld) && near.overlaps(toSpan(Span{there.Start, there.End})) {
				t.Fatalf("%v is over %+v of %s", o.Start, there, other.Row)
			}
		}
	}
}

func TestNoTwoOffersOverlapUnlessTheRepMovedOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Offer
		for _, q := range Decide(anyOf(anyService, anyProposing).Draw(t, "snapshot")).Proposals {
			for _, o := range q.Offers {
				if o.State != OfferHeld {
					continue
				}
				for _, other := range all {
					if !o.Moved && !other.Moved && toSpan(Span{o.Start, o.End}).overlaps(toSpan(Span{other.Start, other.End})) {
						t.Fatalf("%+v overlaps %+v", o, other)
					}
				}
				all = append(all, o)
			}
		}
	})
}

func TestAProposalIsClearOnlyWhileItsReviewStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range Decide(anyOf(anyService, anyProposing).Draw(t, "snapshot")).Proposals {
			stands := q.Review.Stands() && q.Review.Written
			isOpen := q.State != ProposalSent && q.State != ProposalWithdrawn
			if q.Clearance().Cleared != (stands && isOpen) || isOpen && (q.State == ProposalCleared) != stands {
				t.Fatalf("%+v: %+v", q, q.Clearance())
			}
			if isOpen && q.State == ProposalOffered != (q.held() > 0 && !q.Review.Stands()) {
				t.Fatalf("%d slots are on offer, and it is %s", q.held(), q.State)
			}
		}
	})
}

func TestNoNewHoldIsOverAnOfferOrAReview(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Decide(anyService(t))
		for _, h := range allHolds(p) {
			for _, q := range p.Proposals {
				for _, place := range q.places() {
					if toSpan(place).overlaps(toSpan(Span{h.Start, h.End})) {
						t.Fatalf("%s at %v is over %v", h.Title, h.Start, place)
					}
				}
			}
		}
	})
}

func TestDecidingLeavesTheSnapshotAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyProposing(t)
		was := cloneProposals(s.Proposals)
		Decide(s)
		byRow := cmpopts.SortSlices(func(a, b Proposal) bool { return a.Row < b.Row })
		if diff := cmp.Diff(was, s.Proposals, byRow, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("proposals (-was +is):\n%s", diff)
		}
	})
}
