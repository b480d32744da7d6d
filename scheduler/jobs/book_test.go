package jobs

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func TestWhatCameOverASlotWithoutAPushIsSeenBeforeItIsBooked(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		p := dana.proposes("Renewal", ana)
		w.google.SetFate(func(emulator.Notification) emulator.Fate { return emulator.Drop })
		slot := open(p)[0]
		dana.meets("bo@globex.io", "Talk", slot.Start, 30*time.Minute)
		b, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: slot.ID, Key: "click"})
		if !errors.Is(err, scheduler.ErrTaken) || b.Review != nil || len(b.Open) != 3 || startsOf(b.Open)[slot.Start.UTC()] {
			t.Errorf("booked over a meeting: %+v, %v", b, err)
		}
		w.settleDown()
		if n := len(dana.kind(scheduler.KindReview)); n != 0 {
			t.Errorf("%d reviews are on the calendar", n)
		}
		dana.agrees(p.ID)
		w.mailed()
	})
}

func TestWhatTheContactsCalendarShowsIsSeenBeforeASlotIsOfferedAndBooked(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	contact, err := w.google.AddUser(emulator.Profile{Email: ana})
	if err != nil {
		t.Fatal(err)
	}
	if err := contact.Share(ana, dana.Email(), emulator.FreeBusyReader); err != nil {
		t.Fatal(err)
	}
	busy := func(from, to time.Time) {
		t.Helper()
		if _, err := contact.Insert(ana, emulator.Event{Summary: "Secret", Start: emulator.At(from, ""), End: emulator.At(to, "")}); err != nil {
			t.Fatal(err)
		}
	}
	first := time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC) // business day 2 after the send date
	busy(first, first.Add(48*time.Hour))
	p := dana.proposes("Renewal", ana)
	for _, o := range p.Offers {
		if o.Start.Before(first.Add(48 * time.Hour)) {
			t.Errorf("%s is offered, when the contact is busy", o.Start)
		}
	}
	asked := store.SlotsQuery{Contact: ana, After: time.Date(2026, 12, 1, 0, 0, 0, 0, newYork), Count: 20}
	found, err := w.runner.Slots(t.Context(), dana.rep, asked)
	if err != nil || len(found.Slots) == 0 {
		t.Fatalf("slots %+v, %v", found, err)
	}
	for _, s := range found.Slots {
		if s.Start.Before(first.Add(48 * time.Hour)) {
			t.Errorf("%s is found, when the contact is busy", s.Start)
		}
	}
	asked.Contact = ""
	if found, err = w.runner.Slots(t.Context(), dana.rep, asked); err != nil || !found.Slots[0].Start.Before(first.Add(48*time.Hour)) {
		t.Errorf("for nobody in particular: %+v, %v", found, err)
	}
	later := time.Date(2026, 12, 17, 0, 0, 0, 0, time.UTC) // business day 2 after another send date
	busy(later, later.Add(48*time.Hour))
	p, err = w.runner.Update(t.Context(), dana.rep, p.ID, store.NewProposal{SendOn: "2026-12-15"})
	if err != nil || len(open(p)) == 0 {
		t.Fatalf("moved %+v, %v", p, err)
	}
	for _, o := range open(p) {
		if o.Start.Before(later.Add(48 * time.Hour)) {
			t.Errorf("%s is offered once the send date moved, when the contact is busy", o.Start)
		}
	}
	w.settleDown()
	slot := open(dana.agrees(p.ID))[0]
	busy(slot.Start, slot.End)
	b, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: slot.ID, Key: "click"})
	if !errors.Is(err, scheduler.ErrTaken) || startsOf(b.Open)[slot.Start.UTC()] {
		t.Errorf("booked when the contact is busy: %+v, %v", b, err)
	}
	w.settleDown()
	p = dana.agrees(p.ID)
	dana.books(p, open(p)[0])
	dana.review()
}

func TestNothingIsBookedWhileTheCalendarCannotBeRead(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	pick := store.Pick{Offer: open(p)[0].ID, Key: "click"}
	for name, fault := range map[string]emulator.Fault{
		"down":          {Method: "calendar.events.list", Status: http.StatusServiceUnavailable},
		"silent":        {Method: "calendar.events.list"},
		"refused":       {Method: "calendar.events.list", Status: http.StatusForbidden, Reason: "forbidden"},
		"contact: down": {Method: freeBusyQuery, Status: http.StatusInternalServerError},
	} {
		w.google.Fault(fault)
		b, err := w.runner.Book(t.Context(), token(p), pick)
		if !errors.Is(err, scheduler.ErrUnavailable) || errors.Is(err, scheduler.ErrForbidden) || b.Review != nil {
			t.Errorf("%s: booked %+v, %v", name, b, err)
		}
		w.google.ClearFaults()
	}
	if err := w.store.Pause(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	if b, err := w.runner.Book(t.Context(), token(p), pick); !errors.Is(err, scheduler.ErrNotPossible) || b.Review != nil {
		t.Errorf("paused: booked %+v, %v", b, err)
	}
	if err := w.store.Resume(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	w.later(time.Minute)
	dana.books(p, open(p)[0])
	dana.review()
	w.mailed("invitation " + ana)
}

func TestProposingAndOfferingGoOnWhileGoogleIsDown(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.clock.Advance(time.Minute)
	w.google.Fault(emulator.Fault{Status: http.StatusInternalServerError, Times: -1})
	p, err := w.runner.Propose(t.Context(), dana.rep, store.NewProposal{Contact: scheduler.Contact{Address: ana}, Title: "Renewal", SendOn: "2026-12-01"})
	if err != nil || len(open(p)) != 3 {
		t.Fatalf("proposed: %+v, %v", p, err)
	}
	again, err := w.runner.Offer(t.Context(), dana.rep, p.ID)
	if err != nil || len(open(again)) != 3 {
		t.Errorf("offered: %+v, %v", again, err)
	}
	if _, err := w.runner.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.google.ClearFaults()
	w.later(11 * time.Minute)
	dana.agrees(p.ID)
}

func TestADoubleClickBooksOnce(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	first := dana.books(p, open(p)[0])
	calls := len(w.google.Calls())
	second, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: open(p)[0].ID, Key: "click"})
	if err != nil || second.Review == nil || !second.Review.Start.Equal(first.Review.Start) {
		t.Errorf("the second click: %+v, %v", second.Review, err)
	}
	if n := len(w.google.Calls()) - calls; n != 0 {
		t.Errorf("the second click asked Google %d times", n)
	}
	if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: open(p)[1].ID, Key: "other"}); !errors.Is(err, scheduler.ErrTaken) {
		t.Errorf("another pick: %v", err)
	}
	w.settleDown()
	dana.review()
	w.mailed("invitation " + ana)
}

func TestARepIsToldThatAnOfferOrAReviewCannotBeWritten(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	refuse := func() {
		w.google.Fault(emulator.Fault{Method: "calendar.events.insert", Status: http.StatusForbidden, Reason: "forbidden", Times: -1})
	}
	p := dana.proposes("Renewal", ana)
	refuse()
	if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: open(p)[0].ID, Key: "click"}); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	p = dana.proposal(p.ID)
	if want := "Google does not allow Holdfast to use this calendar."; p.Clearance.Cleared || !strings.HasSuffix(p.Clearance.Detail, want) {
		t.Errorf("the rep is told %q, want that %q", p.Clearance.Detail, want)
	}
	other := dana.proposes("Extension", "bo@globex.io")
	for _, o := range open(other) {
		if o.Reason == "" {
			t.Errorf("the rep is not told that the slot at %s cannot be written", o.Start)
		}
	}
	inserts := w.google.Count(dana.Email(), "calendar.events.insert")
	w.later(5 * time.Hour)
	if n := w.google.Count(dana.Email(), "calendar.events.insert") - inserts; n != 0 {
		t.Errorf("what is refused was tried %d times more within hours", n)
	}
	w.google.ClearFaults()
	w.later(2 * time.Hour)
	w.later(time.Minute)
	dana.review()
	if p = dana.proposal(p.ID); !p.Clearance.Cleared {
		t.Errorf("allowed again: %+v", p.Clearance)
	}
	dana.agrees(other.ID)
	w.mailed("invitation " + ana)
}

func TestNothingIsBookedWhileHalfACalendarSeemsToBeGone(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	for i := range 12 {
		dana.meets("bo@globex.io", "Talk", monday.Add(time.Duration(240+i)*time.Hour), 30*time.Minute)
	}
	w.later(10 * time.Second)
	p := dana.proposes("Renewal", ana)
	for _, e := range dana.Events(dana.Email()) {
		if e.Summary == "Talk" {
			if err := dana.Delete(dana.Email(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.google.ExpireSyncTokens(dana.Email(), dana.Email()); err != nil {
		t.Fatal(err)
	}
	reads := w.google.Count(dana.Email(), "calendar.events.list")
	for range 3 {
		b, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: open(p)[0].ID, Key: "click"})
		if err == nil || b.Review != nil {
			t.Errorf("booked: %+v, %v", b, err)
		}
	}
	if n := w.google.Count(dana.Email(), "calendar.events.list") - reads; n > 2 { // one with the old token, one in full
		t.Errorf("read %d times at once", n)
	}
	w.later(time.Minute)
	dana.books(p, open(p)[0])
	dana.review()
}
