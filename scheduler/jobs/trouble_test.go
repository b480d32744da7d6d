package jobs

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func TestARevokedConsentIsTriedOnceAndParksTheRepUntilTheySignInAgain(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.google.Revoke(dana.Email())
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.clock.Advance(2 * time.Hour)
	tokens := w.google.Count("", "oauth.token")
	if _, err := w.runner.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(24 * time.Hour)
	w.settleDown()
	rep, err := w.store.Rep(t.Context(), dana.rep)
	if err != nil || rep.State != store.Reconnect || rep.Reason == "" {
		t.Errorf("the rep is %s (%q), %v", rep.State, rep.Reason, err)
	}
	if n := w.google.Count("", "oauth.token") - tokens; n > 1 {
		t.Errorf("%d attempts at a token that is revoked", n)
	}
	if n := len(dana.holds()); n != 3 {
		t.Errorf("%d holds are kept, want 3", n)
	}
	if err := dana.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds after signing in again, want 6", n)
	}
}

func TestAConsentThatLacksABoxParksTheRepAndSaysWhichOne(t *testing.T) {
	w := newWorld(t, "")
	dana, err := w.newPerson("dana@northwind.example")
	if err != nil {
		t.Fatal(err)
	}
	ticked := slices.DeleteFunc(google.Scopes(), func(s string) bool { return strings.HasSuffix(s, "calendar.events.owned") })
	if err := dana.signIn(t.Context(), ticked...); err != nil {
		t.Fatal(err)
	}
	if _, err := w.runner.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	rep, err := w.store.Rep(t.Context(), dana.rep)
	if err != nil || rep.State != store.Reconnect || !strings.Contains(rep.Reason, "see and change events") {
		t.Errorf("the rep is %s: %q (%v)", rep.State, rep.Reason, err)
	}
}

func TestWhereGoogleRefusesWritesForHoursReadingGoesOn(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.google.Fault(emulator.Fault{Writes: true, Status: http.StatusForbidden, Reason: "quotaExceeded", Times: -1})
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.clock.Advance(10 * time.Second)
	w.flush()
	failed, err := w.runner.drain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var snooze *river.JobSnoozeError
	for _, err := range failed {
		if !errors.As(err, &snooze) || snooze.Duration < 30*time.Minute {
			t.Errorf("a write that is refused for hours: %v", err)
		}
	}
	attempts := w.google.Count(dana.Email(), "calendar.events.insert")
	reads := w.google.Count(dana.Email(), "calendar.events.list")
	dana.meets("cy@initech.example", "Chat", monday.Add(-2*time.Hour), 30*time.Minute)
	w.later(20 * time.Minute)
	if n := w.google.Count(dana.Email(), "calendar.events.insert") - attempts; n != 0 {
		t.Errorf("%d more writes were tried", n)
	}
	if w.google.Count(dana.Email(), "calendar.events.list") == reads {
		t.Error("reading stopped, too")
	}
	w.google.ClearFaults()
	w.later(2 * time.Hour)
	if n := len(dana.holds()); n != 9 {
		t.Errorf("%d holds in the end, want those of three meetings, 9", n)
	}
}

func TestWhereGoogleAsksForPatienceItGetsIt(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.later(time.Minute)
	w.google.Fault(emulator.Fault{Method: "calendar.events.list", Status: http.StatusTooManyRequests, RetryAfter: 90 * time.Second})
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.flush()
	w.clock.Advance(10 * time.Second)
	failed, err := w.runner.drain(t.Context())
	var snooze *river.JobSnoozeError
	if err != nil || len(failed) != 1 || !errors.As(failed[0], &snooze) || snooze.Duration != 90*time.Second {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	calls := len(w.google.Calls())
	w.later(80 * time.Second)
	if n := len(w.google.Calls()) - calls; n != 0 {
		t.Errorf("%d calls before the time", n)
	}
	w.later(15 * time.Second)
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds in the end, want 6", n)
	}
}

func TestACalendarThatGoogleRefusesIsToldToTheRepAndNotAskedForAgainAndAgain(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.later(time.Minute)
	w.google.Fault(emulator.Fault{Method: "calendar.events.list", Status: http.StatusForbidden, Reason: "forbidden", Times: -1})
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.later(10 * time.Second)
	reads := w.google.Count(dana.Email(), "calendar.events.list")
	w.later(10 * time.Hour)
	if n := w.google.Count(dana.Email(), "calendar.events.list") - reads; n != 0 {
		t.Errorf("%d more readings of a calendar that is refused", n)
	}
	c, err := w.store.Calendar(t.Context(), dana.rep, dana.Email())
	if err != nil || c.Error == "" {
		t.Errorf("the rep is told %q, %v", c.Error, err)
	}
	w.google.ClearFaults()
	w.later(2 * lookAgain)
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds once it is given again, want 6", n)
	}
}

func TestEightJobsAtOnceRefreshATokenOnce(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.clock.Advance(2 * time.Hour)
	before := w.google.Count("", "oauth.token")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.remote(dana.rep).Calendars(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.google.Count("", "oauth.token") - before; n != 1 {
		t.Errorf("the token was refreshed %d times", n)
	}
}

func TestEightJobsAtOnceTryARevokedConsentOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		w := newWorld(t, address)
		dana := withHolds(t, w)
		w.google.Revoke(dana.Email())
		w.clock.Advance(2 * time.Hour)
		before := w.google.Count("", "oauth.token")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := w.remote(dana.rep).Calendars(t.Context()); !errors.Is(err, scheduler.ErrSignedOut) {
					t.Errorf("got %v, want signed out", err)
				}
			})
		}
		all.Wait()
		if n := w.google.Count("", "oauth.token") - before; n != 1 {
			t.Errorf("%d attempts at a token that is revoked", n)
		}
	})
}

func TestWhatIsLeftOfARepWhoDisconnectedIsClearedUpWhenGoogleIsBack(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	w.google.Fault(emulator.Fault{Method: "calendar.events.list", Status: http.StatusServiceUnavailable, Times: -1})
	if err := w.store.Disconnect(t.Context(), dana.rep, true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Rep(t.Context(), dana.rep); !errors.Is(err, scheduler.ErrNotFound) {
		t.Errorf("the rep's row is still there: %v", err)
	}
	w.settleDown()
	if n := len(dana.written()); n == 0 {
		t.Fatal("Google was not down")
	}
	w.google.ClearFaults()
	w.later(20 * time.Minute)
	for _, e := range dana.written() {
		t.Errorf("%q stayed", e.Summary)
	}
	if n := w.google.Count("", "oauth.revoke"); n > 1 {
		t.Errorf("revoked %d times", n)
	}
	calls := len(w.google.Calls())
	w.later(24 * time.Hour)
	if n := len(w.google.Calls()) - calls; n != 0 {
		t.Errorf("%d calls for a rep who left", n)
	}
}

func TestAHoldWhoseIdSomebodyElseHasGetsAnother(t *testing.T) {
	w := newWorld(t, "")
	w.wrap = func(r Remote) Remote { return &firstTaken{Remote: r} }
	dana := withHolds(t, w)
	for _, e := range dana.holds() {
		if private(e, "hfGen") == "1" {
			t.Errorf("%q took an id that was somebody else's", e.Summary)
		}
	}
}

// firstTaken is a Google where the first generation of every id belongs to somebody
// else.
type firstTaken struct{ Remote }

func (r *firstTaken) Insert(ctx context.Context, e scheduler.Entry) (string, error) {
	if e.Tags.Gen == 1 {
		return "", scheduler.ErrTaken
	}
	return r.Remote.Insert(ctx, e)
}

func (r *firstTaken) Event(ctx context.Context, calendar, id string) (scheduler.RemoteEvent, error) {
	e, err := r.Remote.Event(ctx, calendar, id)
	if errors.Is(err, scheduler.ErrNotFound) {
		return scheduler.RemoteEvent{ID: id, ETag: `"1"`}, nil
	}
	return e, err
}
