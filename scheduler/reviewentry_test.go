package scheduler

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAnOffersEntryIsBusyTentativeAndWithoutGuests(t *testing.T) {
	o := heldAt(1, "2026-11-24 09:00")
	want := Entry{
		Title: "Offered: review of “CRM rollout” with Ana Ruiz (acme.com)",
		Description: "This time is held for Ana Ruiz (acme.com), who can pick it to go through “CRM rollout” with you before it is sent.\n" +
			"It goes by itself when another time is picked, 24 hours before it starts, and when nobody has answered for 3 business days.\n" +
			"Move it, and it is offered at its new time. Delete it, and it is not offered any more.\n",
		Start: o.Start, End: o.End, Zone: newYork, Busy: true, Tentative: true,
		Tags: Tags{Kind: KindOffer, Key: "acme.com"},
	}
	sameZone := cmpopts.IgnoreFields(Entry{}, "Zone")
	if diff := cmp.Diff(want, OfferEntry(proposed(), o, testSettings()), sameZone); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	o.Edited = &Content{Title: "Ana?", Description: "Perhaps"}
	want.Title, want.Description, want.Busy = "Ana?", "Perhaps", false
	if diff := cmp.Diff(want, OfferEntry(proposed(), o, testSettings()), sameZone); diff != "" {
		t.Errorf("edited by the rep (-want +got):\n%s", diff)
	}
}

func TestAReviewsEntryInvitesTheContactWithAnAgenda(t *testing.T) {
	q := proposed(booked())
	want := Entry{
		Title: "Review: CRM rollout",
		Description: "We go through “CRM rollout” together, before it is sent: 30 minutes.\n\n" +
			"1. What it is to solve, and what has changed since we spoke\n" +
			"2. What it contains, what it costs, and what is still open\n" +
			"3. Who decides, by when, and our next step\n\n" +
			"Move or cancel: https://h/book/token\n",
		Start: q.Review.Start, End: q.Review.End, Zone: newYork, Busy: true,
		Guests: []Contact{anaRuiz},
		Tags:   Tags{Kind: KindReview, Key: "acme.com"},
	}
	sameZone := cmpopts.IgnoreFields(Entry{}, "Zone")
	s := testSettings()
	if diff := cmp.Diff(want, ReviewEntry(q, *q.Review, s, "https://h/book/token"), sameZone); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	if s.Review.Meet = true; !ReviewEntry(q, *q.Review, s, "").Meet {
		t.Error("no Meet link where the settings want one")
	}
	q.Review.Edited = &Content{Title: "Ours", Description: "As agreed", Busy: true}
	if e := ReviewEntry(q, *q.Review, s, "https://h/book/token"); e.Title != "Ours" || e.Description != "As agreed" || len(e.Guests) != 1 {
		t.Errorf("edited by the rep: %+v", e)
	}
}

func TestClearance(t *testing.T) {
	as := func(state ProposalState) func(*Proposal) { return func(q *Proposal) { q.State = state } }
	cases := []struct {
		rule     string
		proposal Proposal
		want     Clearance
	}{
		{"new: nothing is on offer", proposed(), Clearance{false, NotOffered}},
		{"offered: it waits for a pick", proposed(offering("2026-11-24 09:00")), Clearance{false, NotPicked}},
		{"booked: the review is not on the calendar yet", proposed(booked(func(r *BookedReview) { r.Written = false })), Clearance{false, NotWritten}},
		{"cleared: the review is on both calendars", proposed(booked()), Clearance{true, ClearedByReview}},
		{"a review that was just deleted clears nothing", proposed(booked(func(r *BookedReview) { r.Deleted = true })), Clearance{false, ReviewCancelled}},
		{"nor one that was just declined", proposed(booked(func(r *BookedReview) { r.Response = Declined })), Clearance{false, ReviewDeclined}},
		{"withdrawn", proposed(booked(), as(ProposalWithdrawn)), Clearance{false, ProposalOff}},
		{"sent", proposed(booked(), as(ProposalSent)), Clearance{false, ProposalWasSent}},
		{"sent while it was not clear", proposed(as(ProposalSent), func(q *Proposal) { q.SentUncleared = true }), Clearance{false, SentWithoutClear}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, c.proposal.Clearance()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.rule, diff)
		}
	}
}
