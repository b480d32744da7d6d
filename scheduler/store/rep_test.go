package store

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

var dana = Identity{Subject: "1001", Email: "Dana@Northwind.example", Name: "Dana Reyes"}

func danasGrant(c *clock) scheduler.Grant {
	return scheduler.Grant{
		Access: "canary-access", Refresh: "canary-refresh", Expires: c.Now().Add(time.Hour), Scopes: []string{"openid", "email"},
	}
}

func signIn(t *testing.T, s *Store, c *clock) Rep {
	t.Helper()
	rep, err := s.SignIn(t.Context(), dana, danasGrant(c))
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestSigningInAgainIsTheSameRep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		first := signIn(t, s, c)
		if first.Email != "dana@northwind.example" || first.Company != "northwind.example" || first.State != Connected ||
			first.Backlog != scheduler.BacklogFirst {
			t.Errorf("a new rep is %+v", first)
		}
		if err := s.NeedReconnect(ctx, first.ID, s.Now(), "consent was revoked"); err != nil {
			t.Fatal(err)
		}
		if rep, err := s.Rep(ctx, first.ID); err != nil || rep.State != Reconnect || rep.Reason != "consent was revoked" {
			t.Errorf("without consent the rep is %s (%s), %v", rep.State, rep.Reason, err)
		}
		// Google gives a refresh token with the first consent only; people marry.
		again, err := s.SignIn(ctx, Identity{dana.Subject, "dana@contoso.example", "Dana Roth"},
			scheduler.Grant{Access: "second", Expires: c.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if again.ID != first.ID || again.State != Connected || again.Reason != "" || again.Name != "Dana Roth" {
			t.Errorf("signed in again: %+v", again)
		}
		if grant, err := s.Grant(ctx, first.ID); err != nil || grant.Access != "second" || grant.Refresh != "canary-refresh" {
			t.Errorf("the grant is %+v, %v", grant, err)
		}
	})
}

func TestSigningInAgainReadsTheChosenCalendars(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1"})
		c.move(time.Minute)
		signIn(t, s, c)
		calendars, err := s.Calendars(ctx, rep.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, cal := range calendars {
			if read := cal.SyncAt != nil && cal.SyncAt.Equal(c.Now()); read != cal.Primary {
				t.Errorf("%s is read next at %v", cal.ID, cal.SyncAt)
			}
		}
	})
}

func TestSigningInTwiceAtOnceMakesOneRep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ids, failures := make(chan string, 2), make(chan error, 2)
		for range 2 {
			go func() {
				rep, err := s.SignIn(t.Context(), dana, danasGrant(c))
				ids <- rep.ID
				failures <- err
			}()
		}
		a, b := <-ids, <-ids
		if err := errors.Join(<-failures, <-failures); err != nil || a != b {
			t.Errorf("reps %q and %q, %v", a, b, err)
		}
	})
}

func TestSigningInNeedsASubjectAndAnAddress(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		for _, who := range []Identity{{Subject: "1"}, {Email: dana.Email}, {Subject: "1", Email: "no address"}} {
			if _, err := s.SignIn(t.Context(), who, danasGrant(c)); !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("%+v may sign in: %v", who, err)
			}
		}
	})
}

func TestGrantsAreSealedInTheDatabase(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		rep := signIn(t, s, c)
		grant, err := s.Grant(ctx, rep.ID)
		want := danasGrant(c)
		want.Kept = c.Now()
		if diff := cmp.Diff(want, grant); err != nil || diff != "" {
			t.Errorf("the grant does not come back (-want +got):\n%s%v", diff, err)
		}
		var row grantRow
		if err := s.db.Take(&row).Error; err != nil {
			t.Fatal(err)
		}
		if strings.Contains(row.Access+row.Refresh, "canary") {
			t.Errorf("a token can be read in the database: %+v", row)
		}
		if err := s.db.Model(&row).Updates(map[string]any{"access": row.Refresh, "refresh": row.Access}).Error; err != nil {
			t.Fatal(err)
		}
		if _, err := s.Grant(ctx, rep.ID); !errors.Is(err, ErrSealed) {
			t.Errorf("swapped columns open: %v", err)
		}
	})
}

func TestAnOldKeyCanBeGivenUpAfterRewrapping(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		rep := signIn(t, s, c)
		elsewhere := watch(t, s, rep, blocking, elsewhere("f1"))
		s.keys = ringOf(t, 9, testKey[0])
		if n, err := s.Rewrap(ctx); err != nil || n != 2 {
			t.Fatalf("rewrapped %d rows, %v", n, err)
		}
		if n, err := s.Rewrap(ctx); err != nil || n != 0 {
			t.Errorf("rewrapping again changed %d rows, %v", n, err)
		}
		s.keys = ringOf(t, 9)
		if grant, err := s.Grant(ctx, rep.ID); err != nil || grant.Refresh != "canary-refresh" {
			t.Errorf("with the new key alone the grant is %+v, %v", grant, err)
		}
		if address, err := s.WebcalAddress(ctx, rep.ID, elsewhere.ID); err != nil || address != webcalAddress {
			t.Errorf("with the new key alone the address is %q, %v", address, err)
		}
	})
}

func TestManyWhoNeedAFreshTokenCauseOneRefresh(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		ctx, c := t.Context(), newClock()
		first := openStore(t, url, c)
		if _, err := first.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		stores := []*Store{first}
		if first.Dialect() == dialectPostgres { // a second replica
			stores = append(stores, openStore(t, url, c))
		}
		rep := signIn(t, first, c)
		var calls atomic.Int64
		renew := func(g scheduler.Grant) (scheduler.Grant, error) {
			calls.Add(1)
			if g.Refresh != "canary-refresh" {
				t.Errorf("renewed with %q", g.Refresh)
			}
			return scheduler.Grant{Access: "fresh", Expires: c.Now().Add(time.Hour)}, nil
		}
		const workers = 12
		fresh, failures := make(chan scheduler.Grant, workers), make(chan error, workers)
		for i := range workers {
			go func() {
				g, err := stores[i%len(stores)].RefreshGrant(ctx, rep.ID, "canary-access", renew)
				fresh <- g
				failures <- err
			}()
		}
		for range workers {
			if g, err := <-fresh, <-failures; err != nil || g.Access != "fresh" || g.Refresh != "canary-refresh" || len(g.Scopes) != 2 {
				t.Errorf("got %+v, %v", g, err)
			}
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("there were %d refreshes, want 1", n)
		}
	})
}

func TestARefreshThatFailsLeavesTheGrant(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := signIn(t, s, c)
		_, err := s.RefreshGrant(t.Context(), rep.ID, "canary-access", func(scheduler.Grant) (scheduler.Grant, error) {
			return scheduler.Grant{}, scheduler.ErrSignedOut
		})
		if !errors.Is(err, scheduler.ErrSignedOut) {
			t.Errorf("error %v", err)
		}
		if g, err := s.Grant(t.Context(), rep.ID); err != nil || g.Access != "canary-access" {
			t.Errorf("the grant is %+v, %v", g, err)
		}
	})
}

func TestPausingStopsWritingUntilResumed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		rep := signIn(t, s, c)
		state := func(change error) RepState {
			t.Helper()
			got, err := s.Rep(ctx, rep.ID)
			if err := errors.Join(change, err); err != nil {
				t.Fatal(err)
			}
			return got.State
		}
		if got := state(s.Pause(ctx, rep.ID)); got != Paused {
			t.Errorf("after a pause the rep is %s", got)
		}
		if _, err := s.SignIn(ctx, dana, danasGrant(c)); state(err) != Paused {
			t.Error("signing in ends a pause")
		}
		if got := state(s.Resume(ctx, rep.ID)); got != Connected {
			t.Errorf("after resuming the rep is %s", got)
		}
		state(s.NeedReconnect(ctx, rep.ID, s.Now(), "gone"))
		if got := state(s.Resume(ctx, rep.ID)); got != Reconnect {
			t.Errorf("resuming brings a consent back: the rep is %s", got)
		}
		if _, err := s.SignIn(ctx, dana, danasGrant(c)); state(err) != Connected {
			t.Error("signing in again does not connect the rep")
		}
		state(s.Pause(ctx, rep.ID))
		state(s.NeedReconnect(ctx, rep.ID, s.Now(), "gone"))
		if _, err := s.SignIn(ctx, dana, danasGrant(c)); state(err) != Paused {
			t.Error("a pause is over because the consent was lost and given again")
		}
	})
}

func TestSlowingDownNeverShortensAWait(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), signIn(t, s, c)
		late, soon := c.Now().Add(time.Hour), c.Now().Add(time.Minute)
		err := errors.Join(s.SlowDown(ctx, rep.ID, late, false), s.SlowDown(ctx, rep.ID, soon, false), s.SlowDown(ctx, rep.ID, soon, true))
		got, load := s.Rep(ctx, rep.ID)
		if err := errors.Join(err, load); err != nil {
			t.Fatal(err)
		}
		if !got.SlowUntil.Equal(late) || !got.WritesAfter.Equal(soon) {
			t.Errorf("slow until %v, no writes before %v", got.SlowUntil, got.WritesAfter)
		}
	})
}

func TestNobodyIsNotFound(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		ctx := t.Context()
		_, rep := s.Rep(ctx, "nobody")
		_, grant := s.Grant(ctx, "nobody")
		_, calendar := s.Calendar(ctx, "nobody", "primary")
		_, settings := s.UpdateSettings(ctx, "nobody", func(*RepSettings) error { return nil })
		for name, err := range map[string]error{
			"rep": rep, "grant": grant, "calendar": calendar, "settings": settings,
			"token": s.DeleteToken(ctx, "nobody", "t"), "failed sync": s.SyncFailed(ctx, "nobody", "c", "", time.Time{}),
		} {
			if !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
	})
}

func TestAFailureOfTheOldConsentSaysNothingOfTheNewOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), signIn(t, s, c)
		begun := s.Now()
		c.move(time.Second)
		if _, err := s.SignIn(ctx, dana, danasGrant(c)); err != nil {
			t.Fatal(err)
		}
		if err := s.NeedReconnect(ctx, rep.ID, begun, "gone"); err != nil {
			t.Fatal(err)
		}
		if rep, err := s.Rep(ctx, rep.ID); err != nil || rep.State != Connected {
			t.Errorf("who has just signed in is %s, %v", rep.State, err)
		}
		if err := s.NeedReconnect(ctx, rep.ID, s.Now(), "gone"); err != nil {
			t.Fatal(err)
		}
		if rep, err := s.Rep(ctx, rep.ID); err != nil || rep.State != Reconnect {
			t.Errorf("whose new consent is gone is %s, %v", rep.State, err)
		}
	})
}

func TestProspectsReadTheNameThatTheRepGivesElseWhatIsKnown(t *testing.T) {
	for _, test := range []struct {
		given, provider, address, want string
	}{
		{"Dana R.", "Dana Reyes", "dana@northwind.example", "Dana R."},
		{"", "Dana Reyes", "dana@northwind.example", "Dana Reyes"},
		{"", "", "dana.reyes@northwind.example", "Dana Reyes"},
		{"", "", "élodie_k@northwind.example", "Élodie K"},
	} {
		r := Rep{Name: test.provider, Email: test.address, Settings: RepSettings{Name: test.given}}
		if got := r.calledName(); got != test.want {
			t.Errorf("%+v is called %q", test, got)
		}
	}
}
