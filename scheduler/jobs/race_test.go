package jobs

import (
	"context"
	"net/http"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// overtaken does something else first, the first time it is to insert or to read.
type overtaken struct {
	Remote
	insert func()
	read   func() error
}

func (o *overtaken) Insert(ctx context.Context, e scheduler.Entry) (string, error) {
	if f := o.insert; f != nil {
		o.insert = nil
		f()
	}
	return o.Remote.Insert(ctx, e)
}

func (o *overtaken) Changes(ctx context.Context, calendar, token string, since time.Time) (scheduler.Changes, error) {
	if f := o.read; f != nil {
		o.read = nil
		return scheduler.Changes{}, f()
	}
	return o.Remote.Changes(ctx, calendar, token, since)
}

func TestAnInsertThatArrivesAfterItsHoldWasReleasedLeavesNothingBehind(t *testing.T) {
	w := newWorld(t, "")
	dana, err := w.newPerson("dana@northwind.example")
	if err != nil {
		t.Fatal(err)
	}
	dana.meets("ana@acme.com", "Demo", monday.Add(-3*time.Hour), 30*time.Minute)
	if err := dana.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	late := &overtaken{insert: func() { // while the request is on its way another replica reads and releases
		dana.meets("ana@acme.com", "Demo II", monday.Add(48*time.Hour), 30*time.Minute)
		w.later(10 * time.Second)
	}}
	w.wrap = func(r Remote) Remote { late.Remote = r; return late }
	if err := w.store.AcceptBacklog(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	w.later(time.Minute)
	if holds := dana.holds(); len(holds) != 0 {
		t.Errorf("%d holds are on the calendar that no row knows", len(holds))
	}
}

func TestAReadingThatFailsOnTheOldConsentDoesNotUndoASignIn(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	late := &overtaken{read: func() error { // the rep signs in again while the request is on its way
		w.clock.Advance(time.Second)
		if err := dana.signIn(t.Context()); err != nil {
			t.Error(err)
		}
		return scheduler.ErrSignedOut
	}}
	w.wrap = func(r Remote) Remote { late.Remote = r; return late }
	w.clock.Advance(7 * time.Hour)
	if _, err := w.runner.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err := w.store.Rep(t.Context(), dana.rep); err != nil || rep.State != store.Connected || late.read != nil {
		t.Errorf("who has just signed in is %s, %v", rep.State, err)
	}
}

func TestARenewalThatIsRefusedIsNotTriedEachSecond(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	channels, err := w.store.Channels(t.Context(), dana.rep)
	if err != nil || len(channels) != 1 {
		t.Fatalf("channels: %+v, %v", channels, err)
	}
	w.google.Fault(emulator.Fault{Method: "calendar.events.watch", Status: http.StatusBadRequest, Reason: "push.webhookUrlUnauthorized", Times: -1})
	before := w.google.Count(dana.Email(), "calendar.events.watch")
	life := channels[0].ExpiresAt.Sub(monday)
	w.clock.Advance(life * 9 / 10)
	w.settleDown()
	w.later(time.Second)
	if n := w.google.Count(dana.Email(), "calendar.events.watch") - before; n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	if left, err := w.store.Channels(t.Context(), dana.rep); err != nil || len(left) != 1 || left[0].ID != channels[0].ID {
		t.Errorf("the channel that still lives is gone: %+v, %v", left, err)
	}
	w.later(life/10 + time.Minute)
	if left, err := w.store.Channels(t.Context(), dana.rep); err != nil || len(left) != 0 {
		t.Errorf("channels after the end: %+v, %v", left, err)
	}
}

// A channel whose renewal fails ends: from then on the calendar is polled as one without.
func TestACalendarWhoseChannelEndsIsPolledFromThenOn(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	channels, err := w.store.Channels(t.Context(), dana.rep)
	if err != nil || len(channels) != 1 {
		t.Fatalf("channels: %+v, %v", channels, err)
	}
	w.google.Fault(emulator.Fault{Method: "calendar.events.watch", Status: http.StatusInternalServerError, Times: -1})
	end := *channels[0].ExpiresAt
	w.clock.Advance(end.Sub(monday) - time.Hour)
	for range 2 { // what is written then is told by a push, which is read next
		if _, err := w.runner.drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.flush()
		w.clock.Advance(10 * time.Second)
	}
	if c, err := w.store.Calendar(t.Context(), dana.rep, dana.Email()); err != nil || !c.SyncAt.Equal(end) {
		t.Errorf("an hour before its end, at %v, it is read next at %v, %v", end, c.SyncAt, err)
	}
}

func TestChannelsOfBeforePushWasSwitchedOffAreClosed(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.runner = w.newRunner(func(c *Config) { c.Callback = "" })
	w.clock.Advance(30 * 24 * time.Hour)
	w.settleDown()
	if left, err := w.store.Channels(t.Context(), dana.rep); err != nil || len(left) != 0 {
		t.Errorf("channels: %+v, %v", left, err)
	}
}

// returning has somebody sign in again while what they left is being removed.
type returning struct {
	Remote
	back func()
}

func (r *returning) Tagged(ctx context.Context, calendar, install string) ([]scheduler.RemoteEvent, error) {
	if f := r.back; f != nil {
		r.back = nil
		f()
	}
	return r.Remote.Tagged(ctx, calendar, install)
}

func TestWhoSignsInAgainWhileTheirLeavingIsCarriedOutKeepsTheNewConsent(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	back := &returning{back: func() {
		if err := dana.signIn(t.Context()); err != nil {
			t.Error(err)
		}
	}}
	w.runner = w.newRunner(func(c *Config) {
		plain := c.RemoteFor
		c.RemoteFor = func(g scheduler.Grant) Remote { back.Remote = plain(g); return back }
	})
	if err := w.store.Disconnect(t.Context(), dana.rep, true); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	w.later(7 * time.Hour)
	if rep, err := w.store.Rep(t.Context(), dana.rep); err != nil || rep.State != store.Connected || back.back != nil {
		t.Errorf("who came back is %s, %v", rep.State, err)
	}
	if n := w.google.Count("", "oauth.revoke"); n != 0 {
		t.Errorf("revoked %d times", n)
	}
}

func TestLeavingWithAConsentThatLacksABoxComesToAnEnd(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	for _, method := range []string{"calendar.events.list", "calendar.channels.stop"} {
		w.google.Fault(emulator.Fault{Method: method, Status: http.StatusForbidden, Reason: "insufficientPermissions", Times: -1})
	}
	if err := w.store.Disconnect(t.Context(), dana.rep, true); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	calls := len(w.google.Calls())
	w.later(24 * time.Hour)
	if n := len(w.google.Calls()) - calls; n != 0 {
		t.Errorf("%d calls for a rep who left", n)
	}
}
