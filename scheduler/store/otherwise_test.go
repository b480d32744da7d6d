package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// booked has Ana pick the slot of the given number, and the review written.
func (d *desk) booked(slot int) Proposal {
	d.t.Helper()
	p := d.propose()
	d.pick(p, slot)
	d.mails = nil
	return d.proposed(p.ID)
}

func (d *desk) pick(p Proposal, slot int) {
	d.t.Helper()
	_, err := d.s.Book(d.t.Context(), p.token(), Pick{Offer: p.Offers[slot].ID})
	d.must(err)
	d.rest()
}

// cleared wants p to be clear to be sent, or not, for a reason.
func (d *desk) cleared(id string, want bool, reason scheduler.ClearanceReason) Proposal {
	d.t.Helper()
	p := d.proposed(id)
	if p.Clearance.Cleared != want || p.Clearance.Reason != reason {
		d.t.Errorf("the clearance is %+v, want %t for %s", p.Clearance, want, reason)
	}
	return p
}

// promises returns how many promises stand.
func (d *desk) promises() int64 {
	d.t.Helper()
	var n int64
	d.must(d.s.db.Model(&bookingRow{}).Where("active").Count(&n).Error)
	return n
}

func TestAProspectWhoCancelsIsTold(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		for range 2 { // the second click changes nothing
			b, err := s.CancelReview(t.Context(), p.token())
			d.must(err)
			if b.Review != nil || len(b.Open) != 3 {
				t.Errorf("after it was cancelled the page shows %+v", b)
			}
		}
		d.rest()
		if diff := cmp.Diff([]string{"cancelled ana+crm@acme.com"}, d.mails); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
		if n := len(d.of(scheduler.KindReview)); n > 0 || d.promises() > 0 {
			t.Errorf("%d reviews are on the calendar, %d are promised", n, d.promises())
		}
		after := d.cleared(p.ID, false, scheduler.ReviewCancelled)
		if after.State != scheduler.ProposalOffered || after.Review != nil {
			t.Errorf("the proposal is %s with %+v", after.State, after.Review)
		}
		for _, o := range after.Offers {
			if slices.ContainsFunc(p.Offers, func(before Offer) bool { return before.Start.Equal(o.Start) }) {
				t.Errorf("%v is offered again", o.Start)
			}
		}
		if notes := d.notes(); !slices.Contains(notes, "review_cancelled") || !slices.Contains(notes, "clearance_taken_back") {
			t.Errorf("activity: %v", notes)
		}
		d.pick(after, 0)
		d.cleared(p.ID, true, scheduler.ClearedByReview)
		if _, err := s.CancelReview(t.Context(), "wrong"); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("with a wrong token: %v", err)
		}
	})
}

func TestNothingIsCancelledOnceItHasBegun(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		c.move(p.Review.Start.Sub(c.Now()))
		b, err := s.Booking(t.Context(), p.token())
		if err != nil || b.Changes || b.Review == nil {
			t.Errorf("the page shows %+v, %v", b, err)
		}
		if _, err := s.CancelReview(t.Context(), p.token()); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("cancelled: %v", err)
		}
		if _, err := s.OtherTimes(t.Context(), p.token(), "", false); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("other times: %v", err)
		}
	})
}

func TestAReviewIsMovedToAnotherSlot(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		b, err := s.OtherTimes(t.Context(), p.token(), "The week after, please", false)
		d.must(err)
		if len(b.Open) != 3 || b.Review == nil {
			t.Fatalf("asked for other times the page shows %+v", b)
		}
		d.rest()
		asked := d.cleared(p.ID, true, scheduler.ClearedByReview)
		if !strings.Contains(asked.Note, "The week after, please") {
			t.Errorf("the rep is told %q", asked.Note)
		}
		d.pick(asked, 1)
		moved := d.cleared(p.ID, true, scheduler.ClearedByReview)
		if !moved.Review.Start.Equal(asked.Offers[1].Start) || moved.Review.EventID != p.Review.EventID {
			t.Errorf("the review is %+v, was %+v", moved.Review, p.Review)
		}
		if e := d.remote[moved.Review.EventID]; !e.Event.Start.In(d.zone).Equal(moved.Review.Start) {
			t.Errorf("its event is at %v, want %v", e.Event.Start.In(d.zone), moved.Review.Start)
		}
		if diff := cmp.Diff([]string{"moved ana+crm@acme.com"}, d.mails); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
		if d.oneBooking(); len(d.of(scheduler.KindOffer)) > 0 {
			t.Error("offers are left on the calendar")
		}
	})
}

func TestSlotsThatAreTurnedDownAreNotOfferedAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		b, err := s.OtherTimes(t.Context(), p.token(), "", false)
		d.must(err)
		again, err := s.OtherTimes(t.Context(), p.token(), "", false)
		d.must(err)
		if diff := cmp.Diff(b, again); diff != "" {
			t.Errorf("a second click turned down what nobody had seen (-first +second):\n%s", diff)
		}
		for _, o := range b.Open {
			if slices.ContainsFunc(p.Offers, func(before Offer) bool { return before.Start.Equal(o.Start) }) {
				t.Errorf("%v is offered again", o.Start)
			}
		}
		c.move(time.Minute)
		b, err = s.OtherTimes(t.Context(), p.token(), "Call me in spring", true)
		d.must(err)
		d.rest()
		if len(b.Open) != 0 || b.Closed == "" || len(d.of(scheduler.KindOffer)) != 0 {
			t.Errorf("where it suits them at no time the page shows %+v, and %d are on the calendar", b, len(d.of(scheduler.KindOffer)))
		}
		if p := d.cleared(p.ID, false, scheduler.NotOffered); !strings.Contains(p.Note, "Call me in spring") {
			t.Errorf("the rep is told %q", p.Note)
		}
		if _, err := s.OtherTimes(t.Context(), p.token(), strings.Repeat("x", 1001), false); !cmp.Equal(wrongFields(err), []string{"message"}) {
			t.Errorf("with an endless message: %v", err)
		}
	})
}

// A word that follows at once, as from a page that has no other times, is no second click.
func TestAWordRightAfterAClickIsHeard(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		_, err := s.OtherTimes(ctx, p.token(), "", false)
		d.must(err)
		for range 2 { // the second click changes nothing
			b, err := s.OtherTimes(ctx, p.token(), "Tuesday at ten", true)
			d.must(err)
			if now := d.proposed(p.ID); len(b.Open) > 0 || now.Note != "They wrote: “Tuesday at ten”" {
				t.Errorf("%d slots are open, and the rep is told %q", len(b.Open), now.Note)
			}
		}
		log, err := s.ActivityOf(ctx, d.rep, p.ID)
		d.must(err)
		heard := slices.DeleteFunc(log, func(a Activity) bool { return !strings.Contains(a.Summary, "Tuesday at ten") })
		if len(heard) != 1 {
			t.Errorf("it is in the log %d times", len(heard))
		}
		if _, err := s.OtherTimes(ctx, p.token(), "Tuesday\x00", true); !cmp.Equal(wrongFields(err), []string{"message"}) {
			t.Errorf("with what is no text: %v", err)
		}
	})
}

func TestAReviewThatSomebodyCallsOffClearsNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*desk, Proposal)
		want   scheduler.ClearanceReason
		onCal  int
	}{
		{"the prospect declines", func(d *desk, p Proposal) { d.answer(p.Review.EventID, scheduler.Declined) }, scheduler.ReviewDeclined, 1},
		{"the rep deletes it", func(d *desk, p Proposal) { d.remove(p.Review.EventID) }, scheduler.ReviewCancelled, 0},
		{"the rep invites somebody else", func(d *desk, p Proposal) {
			d.edit(p.Review.EventID, func(e *scheduler.RemoteEvent) {
				e.Event.Attendees = []scheduler.Attendee{{Address: "bo@acme.com"}}
			})
		}, scheduler.ReviewCancelled, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
				d := newDesk(t, s, c)
				p := d.booked(0)
				tt.change(d, p)
				d.rest()
				after := d.cleared(p.ID, false, tt.want)
				if after.State != scheduler.ProposalOffered || len(d.of(scheduler.KindOffer)) != 3 || d.promises() != 0 {
					t.Errorf("the proposal is %s with %d slots on the calendar, %d promised", after.State, len(d.of(scheduler.KindOffer)), d.promises())
				}
				if n := len(d.of(scheduler.KindReview)); n != tt.onCal || len(d.mails) > 0 {
					t.Errorf("%d reviews are on the calendar, want %d; mails %v", n, tt.onCal, d.mails)
				}
				d.pick(after, 0)
				d.cleared(p.ID, true, scheduler.ClearedByReview)
			})
		})
	}
}

// answer has the contact answer an invitation.
func (d *desk) answer(event string, response scheduler.Response) {
	d.t.Helper()
	d.edit(event, func(e *scheduler.RemoteEvent) {
		e.Event.Attendees = slices.Clone(e.Event.Attendees)
		e.Event.Attendees[0].Response = response
	})
}

func TestAReviewThatIsAcceptedAfterAllStandsWhereItIs(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		d.answer(p.Review.EventID, scheduler.Declined)
		d.rest()
		when := p.Review.Start.Add(26 * time.Hour)
		d.move(p.Review.EventID, when) // the rep and Ana spoke
		d.rest()
		d.cleared(p.ID, false, scheduler.ReviewDeclined)
		d.answer(p.Review.EventID, scheduler.Accepted)
		d.rest()
		after := d.cleared(p.ID, true, scheduler.ClearedByReview)
		if after.State != scheduler.ProposalCleared || !after.Review.Start.Equal(when) || len(d.of(scheduler.KindOffer)) > 0 {
			t.Errorf("accepted after all: %+v, %+v", after, after.Review)
		}
		if e := d.remote[p.Review.EventID]; !e.Event.Start.In(d.zone).Equal(when) || len(d.mails) > 0 {
			t.Errorf("its event is at %v, want %v; mails %v", e.Event.Start.In(d.zone), when, d.mails)
		}
		_, err := s.CancelReview(t.Context(), p.token())
		d.must(err)
		d.rest()
		if n := len(d.of(scheduler.KindReview)); n > 0 || !slices.Equal(d.mails, []string{"cancelled ana+crm@acme.com"}) {
			t.Errorf("%d reviews are left, mails %v", n, d.mails)
		}
	})
}

func TestTheRepMovesAReviewByHand(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		when := p.Review.Start.Add(26 * time.Hour)
		d.move(p.Review.EventID, when)
		d.rest()
		after := d.cleared(p.ID, true, scheduler.ClearedByReview)
		if !after.Review.Start.Equal(when) || d.promises() != 0 || len(d.mails) > 0 {
			t.Errorf("the review is at %v, %d promised, mails %v", after.Review.Start, d.promises(), d.mails)
		}
		b, err := s.OtherTimes(t.Context(), p.token(), "", false)
		if err != nil || len(b.Open) == 0 {
			t.Fatalf("other times: %+v, %v", b, err)
		}
		d.rest()
		d.pick(d.proposed(p.ID), 0)
		if e := d.remote[p.Review.EventID]; !e.Event.Start.In(d.zone).Equal(b.Open[0].Start) {
			t.Errorf("its event is at %v, want %v", e.Event.Start.In(d.zone), b.Open[0].Start)
		}
		d.oneBooking()
	})
}

// Somebody's edit of the text, seen before a move by the prospect is written, does not
// undo the move.
func TestAMoveThatIsNotWrittenYetOutlivesAnEditOfTheText(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		_, err := s.OtherTimes(t.Context(), p.token(), "", false)
		d.must(err)
		d.rest()
		asked := d.proposed(p.ID)
		_, err = s.Book(t.Context(), p.token(), Pick{Offer: asked.Offers[0].ID})
		d.must(err)
		d.edit(p.Review.EventID, func(e *scheduler.RemoteEvent) { e.Event.Summary = "Walk through the rollout" })
		d.rest()
		e := d.remote[p.Review.EventID]
		if !e.Event.Start.In(d.zone).Equal(asked.Offers[0].Start) || e.Event.Summary != "Walk through the rollout" {
			t.Errorf("the event is %q at %v, want %v", e.Event.Summary, e.Event.Start.In(d.zone), asked.Offers[0].Start)
		}
		if diff := cmp.Diff([]string{"moved ana+crm@acme.com"}, d.mails); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
		d.oneBooking()
	})
}

func TestAnotherTitleMailsNobody(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		_, err := s.UpdateProposal(t.Context(), d.rep, p.ID, NewProposal{Title: "Rollout 2"})
		d.must(err)
		d.rest()
		if e := d.remote[p.Review.EventID]; e.Event.Summary != "Review: Rollout 2" || len(e.Event.Attendees) != 1 || len(d.mails) > 0 {
			t.Errorf("the review is %+v, mails %v", e.Event, d.mails)
		}
	})
}

func TestAReviewIsMovedAfterTheProposalWasSent(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		_, err := s.MarkSent(t.Context(), d.rep, p.ID)
		d.must(err)
		d.rest()
		b, err := s.OtherTimes(t.Context(), p.token(), "", false)
		if err != nil || len(b.Open) != 3 {
			t.Fatalf("other times: %+v, %v", b, err)
		}
		d.rest()
		d.pick(d.proposed(p.ID), 0)
		after := d.cleared(p.ID, false, scheduler.ProposalWasSent)
		if after.Review == nil || !after.Review.Start.Equal(b.Open[0].Start) || len(d.of(scheduler.KindOffer)) != 0 {
			t.Errorf("the review is %+v, want it at %v", after.Review, b.Open[0].Start)
		}
		if diff := cmp.Diff([]string{"moved ana+crm@acme.com"}, d.mails); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
}

// The page says that another time can be booked afterwards.
func TestAnotherReviewIsBookedAfterTheOneOfASentProposalWasCalledOff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		callOff func(*desk, Proposal) error
		onCal   int // reviews, after all
	}{
		{"by the prospect", func(d *desk, p Proposal) error { _, err := d.s.CancelReview(d.t.Context(), p.token()); return err }, 1},
		{"by the rep", func(d *desk, p Proposal) error { d.remove(p.Review.EventID); return nil }, 1},
		{"by an answer to the invitation", func(d *desk, p Proposal) error { d.answer(p.Review.EventID, scheduler.Declined); return nil }, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
				d := newDesk(t, s, c)
				p := d.booked(0)
				_, err := s.MarkSent(t.Context(), d.rep, p.ID)
				d.must(err)
				d.must(tt.callOff(d, p))
				d.rest()
				if len(d.of(scheduler.KindOffer)) > 0 {
					t.Error("slots are on offer that nobody asked for")
				}
				d.mails = nil
				b, err := s.OtherTimes(t.Context(), p.token(), "", false)
				if err != nil || len(b.Open) != 3 {
					t.Fatalf("other times: %+v, %v", b, err)
				}
				d.rest()
				d.pick(d.proposed(p.ID), 0)
				after := d.cleared(p.ID, false, scheduler.ProposalWasSent)
				if r := after.Review; r == nil || !r.Start.Equal(b.Open[0].Start) || r.Response != "needs_action" || d.promises() != 1 {
					t.Errorf("the review is %+v, want it at %v; %d promised", r, b.Open[0].Start, d.promises())
				}
				if n := len(d.of(scheduler.KindReview)); n != tt.onCal || len(d.of(scheduler.KindOffer)) > 0 || !slices.Equal(d.mails, []string{"invited ana+crm@acme.com"}) {
					t.Errorf("%d reviews are on the calendar, want %d; mails %v", n, tt.onCal, d.mails)
				}
			})
		})
	}
}

func TestALinkIsOfUseSoManyTimesADay(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		token := d.propose().token()
		ask := func(instead bool) error {
			c.move(time.Minute)
			_, err := s.OtherTimes(ctx, token, "Later", instead)
			return err
		}
		for range roundsADay {
			d.must(ask(false))
		}
		before := d.proposals("")[0]
		if err := ask(false); !errors.Is(err, scheduler.ErrTooOften) || !slices.Equal(ids(d.proposals("")[0].Offers), ids(before.Offers)) {
			t.Errorf("once more: %v, %+v", err, d.proposals(""))
		}
		for range wordsADay - roundsADay {
			d.must(ask(true))
		}
		if err := ask(true); !errors.Is(err, scheduler.ErrTooOften) {
			t.Errorf("one word more: %v", err)
		}
		c.move(day)
		d.must(ask(false))
		for range bookingsADay {
			d.rest()
			p := d.proposals("")[0]
			if len(p.Offers) == 0 {
				t.Fatalf("%+v", p)
			}
			d.pick(p, 0)
			_, err := s.CancelReview(ctx, token)
			d.must(err)
		}
		d.rest()
		p, mails := d.proposals("")[0], len(d.mails)
		if _, err := s.Live(ctx, token, Pick{Offer: p.Offers[0].ID}); !errors.Is(err, scheduler.ErrTooOften) {
			t.Errorf("calendars are looked at to book once more: %v", err)
		}
		_, err := s.Book(ctx, token, Pick{Offer: p.Offers[0].ID})
		if d.rest(); !errors.Is(err, scheduler.ErrTooOften) || len(d.mails) != mails {
			t.Errorf("booked once more: %v, mails %v", err, d.mails[mails:])
		}
	})
}
