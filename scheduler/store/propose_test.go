package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// task puts an event on the calendar that the rep made for themselves.
func (d *desk) task(id, title string, start time.Time) { d.busy(id, title, start, 30*time.Minute) }

func (d *desk) busy(id, title string, start time.Time, length time.Duration) {
	d.put(scheduler.RemoteEvent{ID: id, Event: scheduler.Event{
		UID: id + "@google.com", Summary: title, Start: moment(start, d.zone), End: moment(start.Add(length), d.zone),
		Ref: scheduler.Ref{Calendar: d.calendar(), ID: id},
	}})
}

func (d *desk) proposals(state string) []Proposal {
	d.t.Helper()
	page, err := d.s.Proposals(d.t.Context(), d.rep, Query{State: state})
	d.must(err)
	return page.Items
}

func TestAnEventThatTellsOfAProposalIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		d.flagged()
		d.task("todo", "Send proposal to Acme", c.Now().Add(24*time.Hour))
		d.rest()
		drafts := d.proposals("draft")
		if len(drafts) != 1 || !drafts[0].FromCalendar || drafts[0].Prospect != "acme.com" || drafts[0].SendOn != "2026-11-24" || len(drafts[0].Offers) > 0 || drafts[0].BookingURL != "" {
			t.Fatalf("drafts %+v", drafts)
		}
		d.edit("todo", func(e *scheduler.RemoteEvent) {
			e.Event.Start, e.Event.End = moment(c.Now().Add(48*time.Hour), d.zone), moment(c.Now().Add(49*time.Hour), d.zone)
		})
		d.rest()
		if draft := d.proposed(drafts[0].ID); draft.SendOn != "2026-11-25" {
			t.Errorf("after the event was moved it is sent on %s", draft.SendOn)
		}
		_, err := s.UpdateProposal(ctx, d.rep, drafts[0].ID, NewProposal{SendOn: "2026-11-27"})
		if diff := cmp.Diff([]string{"send_on"}, wrongFields(err)); diff != "" {
			t.Errorf("a send date that would follow the event again (-want +got):\n%s", diff)
		}
		named, err := s.UpdateProposal(ctx, d.rep, drafts[0].ID, NewProposal{Title: "Rollout", SendOn: "2026-11-25"})
		if d.must(err); named.Title != "Rollout" || !named.FromCalendar {
			t.Errorf("renamed it is %+v", named)
		}
		_, err = s.Withdraw(ctx, d.rep, drafts[0].ID)
		d.must(err)
		d.task("second", "Send proposal to Acme", c.Now().Add(72*time.Hour))
		d.rest()
		d.commit()
		if all := d.proposals(""); len(all) != 2 {
			t.Errorf("%d proposals: the one that was withdrawn is asked about again", len(all))
		}
		offered, err := s.Offer(ctx, d.rep, d.proposals("draft")[0].ID)
		d.must(err)
		if offered.State != scheduler.ProposalOffered || offered.FromCalendar || offered.BookingURL == "" || len(offered.Offers) != 3 {
			t.Errorf("once it was confirmed it is %+v", offered)
		}
		d.remove("second")
		d.rest()
		if p := d.proposed(offered.ID); p.State != scheduler.ProposalOffered {
			t.Errorf("without its event the confirmed one is %s", p.State)
		}
	})
}

func TestADraftWhoseEventIsGoneIsWithdrawn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.task("todo", "Send proposal to Acme", c.Now().Add(24*time.Hour))
		d.rest()
		d.remove("todo")
		d.rest()
		if all := d.proposals("withdrawn"); len(all) != 1 || all[0].Clearance.Reason != scheduler.ProposalOff {
			t.Errorf("proposals %+v", all)
		}
	})
}

func TestWhatIsSentIsKeptAsItWas(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		sent, err := s.MarkSent(ctx, d.rep, p.ID)
		d.must(err)
		if !sent.SentUncleared || sent.SentAt == nil || sent.Clearance.Reason != scheduler.SentWithoutClear {
			t.Errorf("sent without a review it is %+v", sent)
		}
		d.pick(sent, 0) // the prospect may still pick
		c.move(time.Hour)
		again, err := s.MarkSent(ctx, d.rep, p.ID)
		d.must(err)
		if !again.SentAt.Equal(*sent.SentAt) || !again.SentUncleared || again.Review == nil {
			t.Errorf("sent again it is %+v", again)
		}
		for name, err := range map[string]error{
			"withdraw": errOf(s.Withdraw(ctx, d.rep, p.ID)), "update": errOf(s.UpdateProposal(ctx, d.rep, p.ID, NewProposal{Title: "New"})),
			"offer": errOf(s.Offer(ctx, d.rep, p.ID)),
		} {
			if !errors.Is(err, scheduler.ErrNotPossible) {
				t.Errorf("%s after it was sent: %v", name, err)
			}
		}
	})
}

func errOf[T any](_ T, err error) error { return err }

func TestAProposalThatWasClearWhenItWasSentSaysSo(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.booked(0)
		sent, err := s.MarkSent(t.Context(), d.rep, p.ID)
		d.must(err)
		d.rest()
		if d.cleared(p.ID, false, scheduler.ProposalWasSent); sent.SentUncleared || len(d.of(scheduler.KindReview)) != 1 {
			t.Errorf("sent it is %+v", sent)
		}
	})
}

func TestAWithdrawnProposalOffersNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		for range 2 {
			_, err := s.Withdraw(ctx, d.rep, p.ID)
			d.must(err)
		}
		d.rest()
		if n := len(d.of(scheduler.KindOffer)); n > 0 {
			t.Errorf("%d offers are left on the calendar", n)
		}
		if b, err := s.Booking(ctx, p.token()); err != nil || !b.Over || b.Closed == "" {
			t.Errorf("the page shows %+v, %v", b, err)
		}
		if _, err := s.Book(ctx, p.token(), Pick{Offer: p.Offers[0].ID}); !errors.Is(err, scheduler.ErrGone) {
			t.Errorf("booking: %v", err)
		}
		if _, err := s.Offer(ctx, d.rep, p.ID); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("offering: %v", err)
		}
	})
}

func TestAnotherSendDateHasFreshSlotsOffered(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		renamed, err := s.UpdateProposal(ctx, d.rep, p.ID, NewProposal{Title: "Rollout 2"})
		d.must(err)
		if !slices.Equal(ids(renamed.Offers), ids(p.Offers)) || renamed.Title != "Rollout 2" || renamed.Contact != p.Contact {
			t.Errorf("another title: %+v", renamed)
		}
		d.rest()
		for _, e := range d.of(scheduler.KindOffer) {
			if e.Event.Summary != "Offered: review of “Rollout 2” with Ana Ruiz (acme.com)" {
				t.Errorf("on the calendar is %q", e.Event.Summary)
			}
		}
		later, err := s.UpdateProposal(ctx, d.rep, p.ID, NewProposal{SendOn: "2026-12-01", Duration: Duration(time.Hour)})
		d.must(err)
		d.rest()
		if slices.Equal(ids(later.Offers), ids(p.Offers)) || len(d.of(scheduler.KindOffer)) != 3 {
			t.Errorf("another send date: %+v", later)
		}
		for _, o := range later.Offers {
			if o.Start.Before(time.Date(2026, 12, 3, 0, 0, 0, 0, d.zone)) || o.End.Sub(o.Start) != time.Hour {
				t.Errorf("offered is %v to %v", o.Start, o.End)
			}
		}
		bo, err := s.UpdateProposal(ctx, d.rep, p.ID, NewProposal{Contact: scheduler.Contact{Address: "bo@globex.com"}})
		d.must(err)
		if _, err := s.Booking(ctx, p.token()); !errors.Is(err, scheduler.ErrNotFound) || bo.Prospect != "globex.com" || len(bo.Offers) != 3 {
			t.Errorf("for somebody else: %+v, and the page of before: %v", bo, err)
		}
		d.rest()
		d.pick(bo, 0)
		_, err = s.UpdateProposal(ctx, d.rep, p.ID, NewProposal{Contact: scheduler.Contact{Address: "ana@acme.com"}})
		if !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("somebody else, with the review booked: %v", err)
		}
		if _, err := s.UpdateProposal(ctx, d.rep, "none", NewProposal{}); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("no proposal: %v", err)
		}
	})
}

func ids(offers []Offer) []string {
	var all []string
	for _, o := range offers {
		all = append(all, o.ID)
	}
	return all
}

func TestOffersFollowTheRepsHand(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		when := p.Offers[0].Start.Add(time.Hour)
		d.move(d.eventOf(p.Offers[0]), when)
		d.remove(d.eventOf(p.Offers[1]))
		d.meeting("sudden", "bo@globex.com", p.Offers[2].Start, time.Hour)
		d.rest()
		after := d.proposed(p.ID)
		got := make(map[string]scheduler.OfferState)
		for _, o := range after.Offers {
			got[o.ID] = o.State
			if o.ID == p.Offers[0].ID && !o.Start.Equal(when) {
				t.Errorf("the one that was moved is offered at %v", o.Start)
			}
		}
		if len(got) != 4 || got[p.Offers[0].ID] != scheduler.OfferHeld || got[p.Offers[1].ID] != scheduler.OfferReleased || got[p.Offers[2].ID] != scheduler.OfferLost {
			t.Errorf("offers %+v", after.Offers)
		}
		if n := len(d.of(scheduler.KindOffer)); n != 2 {
			t.Errorf("%d offers are on the calendar, want the one that was moved and the new one", n)
		}
		for _, kind := range []string{"offer_deleted", "offer_moved_by_you", "offer_released"} {
			if !slices.Contains(d.notes(), kind) {
				t.Errorf("nothing is said of %s: %v", kind, d.notes())
			}
		}
	})
}

func TestNobodyAnswersInTime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		c.move(4 * day)
		d.commit()
		d.rest()
		late := d.cleared(p.ID, false, scheduler.NotOffered)
		if late.State != scheduler.ProposalDraft || late.Note == "" || len(d.of(scheduler.KindOffer)) != 0 || !slices.Contains(d.notes(), "proposal_trouble") {
			t.Errorf("nobody answered: %+v, %v", late, d.notes())
		}
		fresh, err := s.Offer(t.Context(), d.rep, p.ID)
		d.must(err)
		if len(fresh.Offers) != 3 || fresh.State != scheduler.ProposalOffered {
			t.Errorf("one click later: %+v", fresh)
		}
	})
}

func TestNothingIsBookedForARepWhoPaused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		d.must(s.Pause(ctx, d.rep))
		before := dump(t, s)
		if _, err := s.Book(ctx, p.token(), Pick{Offer: p.Offers[0].ID}); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("booking: %v", err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("it changed (-before +after):\n%s", diff)
		}
		if b, err := s.Booking(ctx, p.token()); err != nil || b.Closed == "" || len(b.Open) > 0 {
			t.Errorf("the page shows %+v, %v", b, err)
		}
	})
}

func TestSlotsAreFoundAroundWhatIsOnOffer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		found, err := s.Slots(ctx, d.rep, SlotsQuery{Count: 20})
		d.must(err)
		if len(found.Slots) != 20 {
			t.Errorf("%d slots are found", len(found.Slots))
		}
		for _, slot := range found.Slots {
			for _, o := range p.Offers {
				if slot.Start.Before(o.End) && o.Start.Before(slot.End) {
					t.Errorf("%v overlaps what is on offer at %v", slot.Start, o.Start)
				}
			}
		}
		_, err = s.Slots(ctx, d.rep, SlotsQuery{Contact: "ana", After: c.Now().Add(121 * day), Duration: time.Second, Count: 21})
		if diff := cmp.Diff([]string{"contact", "after", "duration", "count"}, wrongFields(err)); diff != "" {
			t.Errorf("wrong fields (-want +got):\n%s", diff)
		}
	})
}

func TestASlotThatWasLostAndIsFreeAgainIsOfferedInItsRow(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
		d.busy("before", "Busy", c.Now(), noon.Add(-10*time.Minute).Sub(c.Now())) // nothing else is free for weeks
		d.busy("after", "Busy", noon.Add(40*time.Minute), 60*day)
		d.sync()
		p, err := s.CreateProposal(t.Context(), d.rep, d.proposal())
		d.must(err)
		d.rest()
		p = d.proposed(p.ID)
		if len(p.Offers) != 1 || !p.Offers[0].Start.Equal(noon) {
			t.Fatalf("offers %+v", p.Offers)
		}
		event := d.eventOf(p.Offers[0])
		d.task("sudden", "Busy", noon)
		d.rest()
		if got := states(d.proposed(p.ID)); !slices.Equal(got, []scheduler.OfferState{scheduler.OfferLost}) {
			t.Errorf("offers %v", got)
		}
		d.remove("sudden")
		d.rest()
		again := d.proposed(p.ID)
		if len(again.Offers) != 1 || again.Offers[0].State != scheduler.OfferHeld || again.Offers[0].ID != p.Offers[0].ID || d.eventOf(again.Offers[0]) == event {
			t.Errorf("offers %+v", again.Offers)
		}
		for _, e := range d.of(scheduler.KindOffer) {
			if row := d.row(e.Tags.ID); row.EventID != e.ID || !row.stands() {
				t.Errorf("%s stands for a row that is %s with %s", e.ID, row.State, row.EventID)
			}
		}
	})
}

func TestATimeThatTheRepMovedASlotAwayFromIsNotOfferedAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		last := time.Date(2026, 11, 26, 16, 30, 0, 0, time.UTC) // of the working day
		d.busy("before", "Busy", c.Now(), last.Add(-10*time.Minute).Sub(c.Now()))
		d.busy("after", "Busy", last.Add(6*time.Hour), 60*day)
		d.sync()
		p, err := s.CreateProposal(t.Context(), d.rep, d.proposal())
		d.must(err)
		d.rest()
		p = d.proposed(p.ID)
		if len(p.Offers) != 1 || !p.Offers[0].Start.Equal(last) {
			t.Fatalf("offers %+v", p.Offers)
		}
		event := d.eventOf(p.Offers[0])
		evening := last.Add(2 * time.Hour)
		d.move(event, evening)
		d.rest()
		moved := d.proposed(p.ID)
		if len(moved.Offers) != 1 || moved.Offers[0].State != scheduler.OfferHeld || !moved.Offers[0].Start.Equal(evening) || d.eventOf(moved.Offers[0]) != event {
			t.Errorf("once it was moved to the evening, offers are %+v", moved.Offers)
		}
		d.task("dinner", "Busy", evening)
		d.rest()
		if got := states(d.proposed(p.ID)); !slices.Equal(got, []scheduler.OfferState{scheduler.OfferLost}) {
			t.Errorf("once something else is in the evening, offers are %v", got)
		}
	})
}

func TestAProposalThatIsSentTwiceIsOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		d.flagged()
		create := func(change func(*NewProposal)) Proposal {
			n := d.proposal()
			n.Key = "crm-17"
			change(&n)
			p, err := s.CreateProposal(ctx, d.rep, n)
			d.must(err)
			return p
		}
		same := func(*NewProposal) {}
		first := create(same)
		d.rest()
		if again := create(same); again.ID != first.ID || !slices.Equal(ids(again.Offers), ids(first.Offers)) {
			t.Errorf("sent again it is %+v, was %+v", again, first)
		}
		if d.rest(); len(d.proposals("")) != 1 || len(d.of(scheduler.KindOffer)) != 3 {
			t.Errorf("%d proposals, %d offers on the calendar", len(d.proposals("")), len(d.of(scheduler.KindOffer)))
		}
		create(func(n *NewProposal) { n.Title = "Another" }) // the form of before, filled in anew
		create(func(n *NewProposal) { n.Key = "crm-18" })
		create(func(n *NewProposal) { n.Key = "" })
		create(func(n *NewProposal) { n.Key = "" })
		if n := len(d.proposals("")); n != 5 {
			t.Errorf("%d proposals, want 5", n)
		}
	})
}
