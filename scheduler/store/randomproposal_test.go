package store

import (
	"errors"
	"fmt"
	"slices"

	"holdfast/scheduler"
)

// propose is the rep's: they propose something new, or go on with what they proposed.
func (st *story) propose() {
	st.t.Helper()
	ctx, all := st.t.Context(), st.proposals("")
	var err error
	what := "propose"
	n := st.random.IntN(8)
	if len(all) == 0 || n < 3 {
		_, err = st.s.CreateProposal(ctx, st.rep, NewProposal{
			Contact: scheduler.Contact{Address: fmt.Sprintf("ana@prospect%d.com", st.random.IntN(3))}, Title: fmt.Sprint("Plan ", st.edits),
			SendOn: scheduler.DateOf(st.clock.Now()).String(),
		})
	} else {
		id := all[st.random.IntN(len(all))].ID
		switch n {
		case 3:
			what = "withdraw"
			_, err = st.s.Withdraw(ctx, st.rep, id)
		case 4:
			what = "sent"
			_, err = st.s.MarkSent(ctx, st.rep, id)
		case 5:
			what = "another title"
			_, err = st.s.UpdateProposal(ctx, st.rep, id, NewProposal{Title: fmt.Sprint("Plan ", st.edits)})
		default:
			what = "offer anew"
			_, err = st.s.Offer(ctx, st.rep, id)
		}
	}
	st.possible(err)
	st.say("%s: %v", what, err)
}

// possible wants err to be none, or to say that the state of things forbids it.
func (st *story) possible(err error) {
	st.t.Helper()
	if err != nil && !errors.Is(err, scheduler.ErrNotPossible) && !errors.Is(err, scheduler.ErrTaken) && !errors.Is(err, scheduler.ErrGone) {
		st.t.Errorf("%v", err)
	}
}

// prospect is somebody with a link, or with an invitation.
func (st *story) prospect() {
	st.t.Helper()
	all := slices.DeleteFunc(st.proposals(""), func(p Proposal) bool { return p.BookingURL == "" })
	if len(all) == 0 {
		return
	}
	ctx, p := st.t.Context(), all[st.random.IntN(len(all))]
	var err error
	what := "pick"
	switch n := st.random.IntN(8); {
	case n < 4 && len(p.Offers) > 0:
		var b Booking
		b, err = st.s.Book(ctx, p.token(), Pick{Offer: p.Offers[st.random.IntN(len(p.Offers))].ID, Zone: "Asia/Tokyo"})
		if err == nil && b.Review == nil {
			st.t.Error("booked, and there is no review")
		}
	case n == 4:
		what = "cancel"
		_, err = st.s.CancelReview(ctx, p.token())
	case n == 5 && st.invitation(p) != "":
		what = "answer"
		answer := []scheduler.Response{scheduler.Declined, scheduler.Accepted}[st.random.IntN(2)]
		st.answer(st.invitation(p), answer)
	default:
		what = "other times"
		_, err = st.s.OtherTimes(ctx, p.token(), "later", n == 6)
	}
	if st.possible(err); err == nil && (what == "pick" || what == "cancel" && p.Review != nil) {
		st.clicks++
	}
	st.say("the prospect of %s, which is %s: %s: %v", p.ID, p.State, what, err)
}

// invitation returns the id of an event of a review of p that is on the calendar, whatever
// was answered to it; "": there is none.
func (st *story) invitation(p Proposal) string {
	for _, e := range st.of(scheduler.KindReview) {
		if row := st.row(e.Tags.ID); *row.ProposalID == p.ID && len(e.Event.Attendees) > 0 {
			return e.ID
		}
	}
	return ""
}

// checkProposals looks for promises that are not kept, and for mail that nobody caused.
func (st *story) checkProposals(rows map[string]holdRow) {
	st.t.Helper()
	if len(st.mails) > st.clicks {
		st.t.Errorf("%d mails were sent for %d clicks: %v", len(st.mails), st.clicks, st.mails)
	}
	var bookings []bookingRow
	st.must(st.s.db.Order("starts_at").Find(&bookings, "rep_id = ? AND active", st.rep).Error)
	for _, b := range bookings {
		review := rows[b.HoldID]
		e := st.remote[review.EventID]
		if !review.stands() || review.over() || !review.StartsAt.Equal(b.StartsAt) || e.Deleted || !e.Event.Start.In(st.zone).Equal(b.StartsAt) {
			st.t.Errorf("promised is %v, the review %s at %v, its event at %v", b.StartsAt, review.State, review.StartsAt, e.Event.Start.Wall)
		}
	}
	for _, p := range st.proposals("") {
		st.checkProposal(p, rows)
	}
}

func (st *story) checkProposal(p Proposal, rows map[string]holdRow) {
	st.t.Helper()
	standing, held := 0, 0
	for _, row := range rows {
		if row.ProposalID == nil || *row.ProposalID != p.ID || !row.stands() {
			continue
		}
		if row.Kind == string(scheduler.KindReview) {
			standing++
		} else {
			held++
		}
	}
	switch isOpen := p.State != scheduler.ProposalSent && p.State != scheduler.ProposalWithdrawn; {
	case standing > 1:
		st.t.Errorf("%d reviews of %s stand", standing, p.ID)
	case isOpen && p.Clearance.Cleared != (standing == 1):
		st.t.Errorf("%s is %s with %d reviews", p.ID, p.State, standing)
	case p.State == scheduler.ProposalWithdrawn && held > 0:
		st.t.Errorf("%s is withdrawn and offers %d slots", p.ID, held)
	case held > 10:
		st.t.Errorf("%s offers %d slots", p.ID, held)
	}
	if isOffered := p.State == scheduler.ProposalOffered; isOffered && held == 0 {
		st.t.Errorf("%s is on offer without slots", p.ID)
	}
}
