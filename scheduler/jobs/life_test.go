package jobs

import (
	"net/http"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// withHolds is a rep who met somebody, signed in and let the holds be placed.
func withHolds(t *testing.T, w *world) *person {
	t.Helper()
	dana, err := w.newPerson("dana@northwind.example")
	if err != nil {
		t.Fatal(err)
	}
	dana.meets("ana@acme.com", "Demo", monday.Add(-3*time.Hour), 30*time.Minute)
	if err := dana.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if written := dana.written(); len(written) != 0 {
		t.Fatalf("%d events were written unasked", len(written))
	}
	if err := w.store.AcceptBacklog(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if holds := dana.holds(); len(holds) != 3 {
		t.Fatalf("%d holds were written, want the cadence's 3", len(holds))
	}
	return dana
}

// holds returns the holds on the person's calendar.
func (p *person) holds() []emulator.Event {
	var holds []emulator.Event
	for _, e := range p.written() {
		if private(e, "hfKind") == "hold" {
			holds = append(holds, e)
		}
	}
	return holds
}

// later lets time pass, pushes arrive and what is due be done.
func (w *world) later(d time.Duration) {
	w.tb.Helper()
	w.flush()
	w.clock.Advance(d)
	w.settleDown()
	w.flush()
}

func TestHoldsAppearOnceTheRepSaidSoAndGoWhenTheNextStepIsBooked(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	dana.meets("ana@acme.com", "Follow-on", monday.Add(48*time.Hour), 30*time.Minute)
	w.later(10 * time.Second)
	for _, e := range dana.holds() {
		t.Errorf("%q stayed though the next step is booked", e.Summary)
	}
	if mails := w.google.Mails(); len(mails) != 0 {
		t.Errorf("mails: %v", mails)
	}
}

func TestAPushBringsAHoldAndALostOneIsMadeGoodByTheSafetyPoll(t *testing.T) {
	for name, c := range map[string]struct {
		fate emulator.Fate
		wait time.Duration
	}{
		"push":      {emulator.Deliver, 10 * time.Second},
		"lost push": {emulator.Drop, PollWithPush + PollWithPush/10},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			dana := withHolds(t, w)
			w.later(10 * time.Second)
			w.google.SetFate(func(emulator.Notification) emulator.Fate { return c.fate })
			dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
			w.later(c.wait)
			if n := len(dana.holds()); n != 6 {
				t.Errorf("%d holds, want those of both meetings, 6", n)
			}
		})
	}
}

func TestTheEchoOfOurOwnWritesCausesNoWrite(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	writes := len(w.google.Writes(""))
	reads := w.google.Count(dana.Email(), "calendar.events.list")
	w.later(10 * time.Second) // the pushes that our writes caused
	w.later(10 * time.Second)
	if w.google.Count(dana.Email(), "calendar.events.list") == reads {
		t.Error("the echo was not read")
	}
	if more := w.google.Writes("")[writes:]; len(more) != 0 {
		t.Errorf("the echo caused %v", more)
	}
}

func TestForgedAndRepeatedPushesCauseAtMostOneReading(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.later(time.Minute)
	pushes := w.google.Pushes()
	last := pushes[len(pushes)-1]
	reads := w.google.Count(dana.Email(), "calendar.events.list")
	for token, resource := range map[string]string{"guess": last.ResourceID, last.Token: "other", "": ""} {
		if err := w.store.Pushed(t.Context(), last.Channel, token, resource); err == nil {
			t.Errorf("a push with token %q and resource %q was taken", token, resource)
		}
	}
	w.later(10 * time.Second)
	if n := w.google.Count(dana.Email(), "calendar.events.list"); n != reads {
		t.Errorf("forged pushes caused %d readings", n-reads)
	}
	for range 1000 {
		if err := w.store.Pushed(t.Context(), last.Channel, last.Token, last.ResourceID); err != nil {
			t.Fatal(err)
		}
	}
	w.later(10 * time.Second)
	if n := w.google.Count(dana.Email(), "calendar.events.list"); n != reads+1 {
		t.Errorf("a push that came 1000 times caused %d readings", n-reads)
	}
}

func TestChannelsAreReplacedAtFourFifthsOfTheirLifeAndTheOldOnesStopped(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	before, err := w.store.Channels(t.Context(), dana.rep)
	if err != nil || len(before) != 1 || before[0].State != channelLive {
		t.Fatalf("channels: %+v, %v", before, err)
	}
	life := before[0].ExpiresAt.Sub(monday)
	if at := before[0].RenewAt.Sub(monday); at < life*70/100 || at > life*90/100 {
		t.Errorf("renewal after %s of %s", at, life)
	}
	w.clock.Advance(life * 9 / 10)
	w.settleDown()
	after, err := w.store.Channels(t.Context(), dana.rep)
	if err != nil || len(after) != 1 || after[0].ID == before[0].ID || after[0].State != channelLive {
		t.Fatalf("channels after renewal: %+v, %v", after, err)
	}
	if n := w.google.Count(dana.Email(), "calendar.channels.stop"); n != 1 {
		t.Errorf("%d channels were stopped, want the old one", n)
	}
}

func TestAChannelWhoseMakingWasCutOffIsMadeAgain(t *testing.T) {
	w := newWorld(t, "")
	dana := w.join("dana@northwind.example")
	w.google.Fault(emulator.Fault{Method: "calendar.events.watch", AfterApply: true})
	if failed, err := w.runner.drain(t.Context()); err != nil || len(failed) == 0 {
		t.Fatalf("nothing failed: %v", err)
	}
	w.later(2 * time.Minute)
	channels, err := w.store.Channels(t.Context(), dana.rep)
	if err != nil || len(channels) != 1 || channels[0].State != channelLive {
		t.Errorf("channels: %+v, %v", channels, err)
	}
	if n := w.google.Count(dana.Email(), "calendar.channels.stop"); n != 1 {
		t.Errorf("%d channels were stopped, want the first, of which a push told", n)
	}
}

// A clock that was wrong and is put right may go back by hours.
func TestWhatWasReadBeforeTheClockWasSetBackIsReadAnewBeforeAHoldIsWritten(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	for _, step := range []struct {
		by   time.Duration
		read bool
	}{{0, false}, {-time.Hour, true}, {0, false}} {
		w.clock.Advance(step.by)
		if read, err := w.runner.refresh(t.Context(), dana.rep); err != nil || read != step.read {
			t.Errorf("moved by %v: read %t, %v", step.by, read, err)
		}
	}
}

func TestWherePushIsRefusedTheCalendarIsPolled(t *testing.T) {
	w := newWorld(t, "")
	w.google.Fault(emulator.Fault{Method: "calendar.events.watch", Status: http.StatusBadRequest, Reason: "push.webhookUrlUnauthorized", Times: -1})
	dana := withHolds(t, w)
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.later(PollWithoutPush + PollWithoutPush/10)
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds, want those of both meetings, 6", n)
	}
}

func TestAForgottenSyncTokenHasTheCalendarReadAnewAndNothingLost(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.later(time.Minute)
	holds := dana.holds()
	if err := dana.Delete(dana.Email(), holds[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := w.google.ExpireSyncTokens(dana.Email(), dana.Email()); err != nil {
		t.Fatal(err)
	}
	w.later(time.Minute)
	row, err := w.store.Hold(t.Context(), dana.rep, private(holds[0], "hfId"))
	if err != nil || row.State != scheduler.Skipped {
		t.Errorf("the hold that the rep deleted is %s, %v", row.State, err)
	}
	if n := len(dana.holds()); n != 2 {
		t.Errorf("%d holds are on the calendar, want the other 2", n)
	}
}

func TestHalfACalendarGoneIsBelievedOnlyWhenReadTwice(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	for i := range 6 {
		dana.meets("bo@globex.io", "Talk", monday.Add(time.Duration(24+i)*time.Hour), 30*time.Minute)
	}
	w.later(time.Minute)
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
	known := func() int {
		t.Helper()
		snapshot, err := w.store.Snapshot(t.Context(), dana.rep)
		if err != nil {
			t.Fatal(err)
		}
		return len(snapshot.Events)
	}
	w.later(time.Minute)
	if n := known(); n != 7 {
		t.Errorf("after one reading %d events are known, want all 7", n)
	}
	w.later(10 * time.Second)
	if n := known(); n != 7 {
		t.Errorf("10 s later %d events are known, want all 7", n)
	}
	w.later(30 * time.Second)
	if n := known(); n != 1 {
		t.Errorf("after two readings %d events are known, want the 1 that is left", n)
	}
}

func TestAPausedRepIsReadAndNotWritten(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	if err := w.store.Pause(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.later(10 * time.Second)
	flags, err := w.store.Flags(t.Context(), dana.rep, store.Query{State: "open"})
	if err != nil || len(flags.Items) != 2 {
		t.Errorf("%d flags are open, want 2 (%v)", len(flags.Items), err)
	}
	if n := len(dana.holds()); n != 3 {
		t.Errorf("%d holds while paused, want the 3 from before", n)
	}
	if err := w.store.Resume(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds after the pause, want 6", n)
	}
}
