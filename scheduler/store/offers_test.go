package store

import (
	"slices"
	"testing"

	"holdfast/scheduler"
)

func TestSlotsAreOfferedAfterAProposalWasSentWithoutItsReview(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		_, err := s.MarkSent(ctx, d.rep, p.ID)
		d.must(err)
		c.move(4 * day) // nobody answers
		d.commit()
		d.rest()
		offered, err := s.Offer(ctx, d.rep, p.ID)
		d.must(err)
		if n := len(offered.Offers); n != 3 {
			t.Errorf("%d slots are on offer: %+v", n, offered)
		}
	})
}

func TestAnOfferThatTheRepMakesLastAllDayIsTakenBack(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		d.edit(d.eventOf(p.Offers[0]), func(e *scheduler.RemoteEvent) {
			day := scheduler.DateOf(p.Offers[0].Start)
			e.Event.Start = scheduler.Moment{Wall: day.Wall(), DateOnly: true}
			e.Event.End = scheduler.Moment{Wall: (day + 1).Wall(), DateOnly: true}
		})
		d.rest()
		after := d.proposed(p.ID)
		if want := []scheduler.OfferState{scheduler.OfferReleased, scheduler.OfferHeld, scheduler.OfferHeld}; !slices.Equal(states(after), want) {
			t.Errorf("offers %+v", after.Offers)
		}
		if n := len(d.of(scheduler.KindOffer)); n != 2 || !slices.Contains(d.notes(), "offer_deleted") {
			t.Errorf("%d offers are on the calendar; activity %v", n, d.notes())
		}
	})
}
