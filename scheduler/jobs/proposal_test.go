package jobs

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
	"holdfast/scheduler/store/storetest"
)

const ana = "ana@acme.com"

// onBoth runs a test in a world on either database.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newWorld(t, "")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, newWorld(t, storetest.Postgres(t))) })
}

// proposes has the rep propose something to somebody, and its offers held.
func (p *person) proposes(title, contact string) store.Proposal {
	p.world.tb.Helper()
	made, err := p.world.runner.Propose(p.world.tb.Context(), p.rep, store.NewProposal{
		Contact: scheduler.Contact{Address: contact, Name: "Ana Ruiz"}, Title: title, SendOn: "2026-12-01",
	})
	if err != nil {
		p.world.tb.Fatal(err)
	}
	p.world.settleDown()
	return p.proposal(made.ID)
}

// proposal returns a proposal as it is now.
func (p *person) proposal(id string) store.Proposal {
	p.world.tb.Helper()
	now, err := p.world.store.Proposal(p.world.tb.Context(), p.rep, id)
	if err != nil {
		p.world.tb.Fatal(err)
	}
	return now
}

// token is what the link to the booking page carries.
func token(p store.Proposal) string { return p.BookingURL[strings.LastIndex(p.BookingURL, "/")+1:] }

// open returns the offers that can be picked.
func open(p store.Proposal) (held []store.Offer) {
	for _, o := range p.Offers {
		if o.State == scheduler.OfferHeld {
			held = append(held, o)
		}
	}
	return held
}

// kind returns the live events of a kind on the person's calendar, by start.
func (p *person) kind(kind scheduler.Kind) (events []emulator.Event) {
	for _, e := range p.written() {
		if private(e, "hfKind") == string(kind) {
			events = append(events, e)
		}
	}
	return events
}

// offered returns when the person's calendar holds offers.
func (p *person) offered() map[time.Time]bool { return starts(p.kind(scheduler.KindOffer)) }

func starts(events []emulator.Event) map[time.Time]bool {
	all := make(map[time.Time]bool)
	for _, e := range events {
		all[e.Start.Time.UTC()] = true
	}
	return all
}

func startsOf(offers []store.Offer) map[time.Time]bool {
	all := make(map[time.Time]bool)
	for _, o := range offers {
		all[o.Start.UTC()] = true
	}
	return all
}

// agrees wants the calendar to hold what is open of a proposal, and nothing else.
func (p *person) agrees(id string) store.Proposal {
	p.world.tb.Helper()
	now := p.proposal(id)
	if diff := cmp.Diff(startsOf(open(now)), p.offered()); diff != "" {
		p.world.tb.Errorf("offers (-database +calendar):\n%s", diff)
	}
	return now
}

// books picks an offer, and has it written.
func (p *person) books(of store.Proposal, offer store.Offer) store.Booking {
	p.world.tb.Helper()
	b, err := p.world.runner.Book(p.world.tb.Context(), token(of), store.Pick{Offer: offer.ID, Key: "click"})
	if err != nil {
		p.world.tb.Fatal(err)
	}
	p.world.settleDown()
	return b
}

// review returns the one review on the person's calendar.
func (p *person) review() emulator.Event {
	p.world.tb.Helper()
	reviews := p.kind(scheduler.KindReview)
	if len(reviews) != 1 {
		p.world.tb.Fatalf("%d reviews are on the calendar, want 1", len(reviews))
	}
	return reviews[0]
}

// mailed wants guests to have got these mails, and to have missed none.
func (w *world) mailed(want ...string) {
	w.tb.Helper()
	var got []string
	for _, m := range w.google.Mails() {
		got = append(got, m.Kind+" "+m.To)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.tb.Errorf("mails (-want +got):\n%s", diff)
	}
	for _, m := range w.google.Untold() {
		w.tb.Errorf("not mailed: %+v", m)
	}
	for _, v := range w.google.Violations() {
		w.tb.Errorf("violation: %s", v)
	}
}

func TestAProposalIsOfferedBookedClearedAndSent(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		p := dana.proposes("Renewal", ana)
		if p.State != scheduler.ProposalOffered || p.Clearance.Cleared || p.Clearance.Reason != scheduler.NotPicked || len(open(p)) != 3 {
			t.Fatalf("proposed: %+v", p)
		}
		dana.agrees(p.ID)
		for _, e := range dana.kind(scheduler.KindOffer) {
			if e.Status != "tentative" || e.Visibility != "private" || e.Transparency == "transparent" || len(e.Attendees) != 0 || e.Reminders.UseDefault || len(e.Reminders.Overrides) != 0 {
				t.Errorf("offered as %+v", e)
			}
		}
		w.mailed()

		picked := open(p)[1]
		b := dana.books(p, picked)
		if b.Review == nil || !b.Review.Start.Equal(picked.Start) {
			t.Errorf("booked: %+v", b.Review)
		}
		e := dana.review()
		if !e.Start.Time.Equal(picked.Start) || len(e.Attendees) != 1 || e.Attendees[0].Email != ana || e.Visibility != "" || e.Status != "confirmed" || !e.Reminders.UseDefault {
			t.Errorf("the review is %+v", e)
		}
		w.mailed("invitation " + ana)
		if n := len(dana.offered()); n != 0 {
			t.Errorf("%d offers are left", n)
		}
		if p = dana.proposal(p.ID); p.State != scheduler.ProposalCleared || !p.Clearance.Cleared || p.Clearance.Reason != scheduler.ClearedByReview {
			t.Errorf("booked: %s, %+v", p.State, p.Clearance)
		}

		w.later(10 * time.Second) // the echo of it all
		writes := len(w.google.Writes(""))
		if _, err := w.store.MarkSent(t.Context(), dana.rep, p.ID); err != nil {
			t.Fatal(err)
		}
		w.later(time.Minute)
		if p = dana.proposal(p.ID); p.State != scheduler.ProposalSent || p.SentUncleared {
			t.Errorf("sent: %s, uncleared %t", p.State, p.SentUncleared)
		}
		if more := w.google.Writes("")[writes:]; len(more) != 0 {
			t.Errorf("at rest, and written: %v", more)
		}
		w.mailed("invitation " + ana)
	})
}

func TestAReviewHasAMeetLinkWhereTheSettingSaysSo(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	if _, err := w.store.UpdateSettings(t.Context(), dana.rep, func(s *store.RepSettings) error { s.ReviewMeet = true; return nil }); err != nil {
		t.Fatal(err)
	}
	p := dana.proposes("Renewal", ana)
	dana.books(p, open(p)[0])
	if e := dana.review(); e.HangoutLink == "" {
		t.Errorf("the review has no link: %s", e.ConferenceData)
	}
}

func TestAnOfferThatTheRepMovesOrDeletesChangesOrGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		p := dana.proposes("Renewal", ana)
		events := dana.kind(scheduler.KindOffer)
		moved := events[0].Start.Time.Add(15 * time.Minute)
		if _, err := dana.Move(dana.Email(), events[0].ID, moved, moved.Add(30*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := dana.Delete(dana.Email(), events[1].ID); err != nil {
			t.Fatal(err)
		}
		w.later(10 * time.Second)
		want := map[time.Time]bool{moved.UTC(): true, events[2].Start.Time.UTC(): true}
		p = dana.agrees(p.ID)
		if diff := cmp.Diff(want, startsOf(open(p))); diff != "" {
			t.Errorf("offers (-want +got):\n%s", diff)
		}
		i := 0
		for i < len(p.Offers) && !p.Offers[i].Start.Equal(moved) {
			i++
		}
		dana.books(p, p.Offers[i])
		if e := dana.review(); !e.Start.Time.Equal(moved) {
			t.Errorf("the review is at %s, want where the rep moved its offer, %s", e.Start.Time, moved)
		}
		w.mailed("invitation " + ana)
	})
}

func TestAMeetingThatIsAcceptedOverAnOfferTakesItsPlaceAndAnotherIsOffered(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	lost := open(p)[0]
	dana.meets("bo@globex.io", "Talk", lost.Start, 30*time.Minute)
	w.later(10 * time.Second)
	p = dana.agrees(p.ID)
	if n := len(open(p)); n != 3 || startsOf(open(p))[lost.Start.UTC()] {
		t.Errorf("%d offers are open: %v", n, startsOf(open(p)))
	}
	w.mailed()
}

func TestOffersThatNobodyAnswersAreReleased(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	first := open(p)[0]
	w.clock.Advance(first.Start.Add(-24*time.Hour - time.Minute).Sub(w.clock.Now()))
	w.settleDown()
	if !startsOf(open(dana.agrees(p.ID)))[first.Start.UTC()] {
		t.Errorf("the offer at %s went early", first.Start)
	}
	w.clock.Advance(2 * time.Minute)
	w.settleDown()
	if p = dana.agrees(p.ID); startsOf(open(p))[first.Start.UTC()] {
		t.Errorf("the offer at %s stayed", first.Start)
	}
	thursday := time.Date(2026, 12, 3, 22, 1, 0, 0, time.UTC) // the third business day after Monday is over
	w.clock.Advance(thursday.Sub(w.clock.Now()))
	w.settleDown()
	if p = dana.agrees(p.ID); len(open(p)) != 0 || p.State != scheduler.ProposalDraft || p.Note == "" {
		t.Errorf("unanswered: %s, %d offers, note %q", p.State, len(open(p)), p.Note)
	}
	again, err := w.runner.Offer(t.Context(), dana.rep, p.ID)
	if err != nil || len(open(again)) != 3 {
		t.Errorf("asked again: %d offers, %v", len(open(again)), err)
	}
	w.settleDown()
	dana.agrees(p.ID)
	w.mailed()
}
