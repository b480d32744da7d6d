package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.booked(0)
		_, err := s.OtherTimes(ctx, p.token(), "", false)
		d.must(err)
		c.move(2 * time.Hour)
		before := dump(t, s)
		b, err := s.Booking(ctx, p.token())
		d.must(err)
		live, err := s.Live(ctx, p.token(), Pick{Offer: b.Open[0].ID})
		d.must(err)
		if want := (Live{RepID: d.rep, ProposalID: p.ID, Open: true, Booking: b}); !cmp.Equal(want, live) {
			t.Errorf("to look at (-want +got):\n%s", cmp.Diff(want, live))
		}
		if live, err := s.Live(ctx, p.token(), Pick{Offer: p.Offers[1].ID}); err != nil || live.Open {
			t.Errorf("an offer of before: %+v, %v", live, err)
		}
		for _, look := range []func() error{
			func() error { _, err := s.Proposals(ctx, d.rep, Query{}); return err },
			func() error { _, err := s.Proposal(ctx, d.rep, p.ID); return err },
			func() error { _, err := s.Contacts(ctx, d.rep, ContactQuery{Search: "ana"}); return err },
			func() error { _, err := s.Contact(ctx, d.rep, d.ana().ID); return err },
			func() error { _, err := s.Slots(ctx, d.rep, SlotsQuery{Contact: "ana@acme.com"}); return err },
			func() error { _, err := s.Snapshot(ctx, d.rep); return err },
		} {
			d.must(look())
		}
		if _, err := s.Booking(ctx, "wrong"); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("a wrong token: %v", err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("looking changed (-before +after):\n%s", diff)
		}
	})
}

func TestLookingAgainAtTheSameWritesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.booked(0)
		n := d.proposal()
		n.Contact = scheduler.Contact{Address: "bo@globex.com"}
		_, err := s.CreateProposal(t.Context(), d.rep, n)
		d.must(err)
		d.rest()
		before := dump(t, s)
		c.move(time.Minute)
		d.commit()
		if diff := cmp.Diff(activityless(before), activityless(dump(t, s))); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

func TestADumpRevealsNoLink(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		d.edit(p.Review.EventID, func(e *scheduler.RemoteEvent) { e.Event.Summary = "Mine"; e.Description += "\nBring Bo." })
		d.rest()
		url, err := s.AskContact(t.Context(), d.rep, d.ana().ID)
		d.must(err)
		for _, token := range []string{p.token(), Proposal{BookingURL: url}.token()} {
			if len(token) != 43 {
				t.Errorf("the token %s has not 32 bytes", token)
			}
			for _, line := range dump(t, s) {
				if strings.Contains(line, token) {
					t.Errorf("a token is in %s", line)
				}
			}
		}
		if got := d.remote[p.Review.EventID].Description; !strings.Contains(got, p.BookingURL) || !strings.Contains(got, "Bring Bo.") {
			t.Errorf("the event says %q", got)
		}
	})
}

func TestALinkOutlivesAReviewThatTheRepMovesFarAway(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		d.move(p.Review.EventID, p.Review.Start.Add(80*day))
		d.rest()
		c.move(79 * day)
		if b, err := s.Booking(t.Context(), p.token()); err != nil || !b.Changes {
			t.Errorf("the day before the review: %+v, %v", b, err)
		}
	})
}

func TestALinkExpiresAMonthAfterAllIsOver(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.booked(2)
		token := p.token()
		c.move(p.Review.End.Add(30*day - time.Hour).Sub(c.Now()))
		if _, err := s.Booking(ctx, token); err != nil {
			t.Errorf("a month later: %v", err)
		}
		c.move(5 * day)
		if _, err := s.Booking(ctx, token); !errors.Is(err, scheduler.ErrGone) {
			t.Errorf("later: %v", err)
		}
		if _, err := s.Book(ctx, token, Pick{Offer: p.Offers[0].ID}); !errors.Is(err, scheduler.ErrGone) {
			t.Errorf("booking later: %v", err)
		}
		if url := d.proposed(p.ID).BookingURL; url != "" {
			t.Errorf("the rep is shown %s", url)
		}
	})
}

func TestLinksOutliveANewKey(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		next := []byte(strings.Repeat("n", KeySize))
		both, err := NewKeyring(next, testKey)
		d.must(err)
		s.keys = both
		changed, err := s.Rewrap(ctx)
		d.must(err)
		if changed != 2 { // the grant and the link
			t.Errorf("%d rows were sealed again", changed)
		}
		s.keys, err = NewKeyring(next)
		d.must(err)
		if got := d.proposed(p.ID).BookingURL; got != p.BookingURL {
			t.Errorf("the link is %q, was %q", got, p.BookingURL)
		}
		if _, err := s.Booking(ctx, p.token()); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoLeavesTakesTheirLinksAlong(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.booked(0)
		d.must(s.SaveTheirBusy(ctx, d.rep, p.ID, []scheduler.Span{{Start: c.Now(), End: c.Now().Add(time.Hour)}}))
		d.must(s.Disconnect(ctx, d.rep, false))
		if _, err := s.Booking(ctx, p.token()); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("the page of who left: %v", err)
		}
		if _, err := s.CreateProposal(ctx, d.rep, d.proposal()); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("proposing: %v", err)
		}
		if left := d.proposed(p.ID); left.Title != p.Title {
			t.Errorf("their history is %+v", left)
		}
		if busy := rowsOf(t, s, "proposals", "their_busy"); !cmp.Equal(busy, []string{"proposals their_busy="}) {
			t.Errorf("kept of the contact's calendar: %v", busy)
		}
		d.must(s.Disconnect(ctx, d.rep, true))
		for _, table := range []string{"proposals", "holds", "bookings", "contacts", "links", "activity"} {
			if rows := rowsOf(t, s, table, "*"); len(rows) > 0 {
				t.Errorf("left in %s: %v", table, rows)
			}
		}
	})
}
