package google_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

func TestAnAccessTokenIsRefreshedFiveMinutesBeforeItEnds(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	for _, step := range []struct {
		move      time.Duration
		refreshed int
	}{{54 * time.Minute, 0}, {2 * time.Minute, 1}, {50 * time.Minute, 1}, {5 * time.Minute, 2}} {
		w.clock.move(step.move)
		if _, err := calendar.Calendars(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.Count("", "oauth.token"); n != step.refreshed {
			t.Errorf("at %v: %d refreshes, want %d", w.clock.now(), n, step.refreshed)
		}
	}
}

func TestAnAccessTokenOfAMinuteIsGoodForMoreThanOneCall(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	g := w.grants.grant
	g.Kept, g.Expires = w.clock.now(), w.clock.now().Add(time.Minute)
	w.grants.set(g)
	for _, step := range []struct {
		move      time.Duration
		refreshed int
	}{{0, 0}, {29 * time.Second, 0}, {time.Second, 1}} {
		w.clock.move(step.move)
		if _, err := calendar.Calendars(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.Count("", "oauth.token"); n != step.refreshed {
			t.Errorf("at %v: %d refreshes, want %d", w.clock.now(), n, step.refreshed)
		}
	}
}

func TestTheRefreshTokenIsKeptForGoogleSendsItOnce(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	before := w.grants.grant
	w.clock.move(time.Hour)
	if _, err := calendar.Calendars(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := w.grants.grant
	if after.Refresh != before.Refresh || after.Access == before.Access || !after.Expires.After(w.clock.now()) {
		t.Error("the refreshed grant is not the old one with a new access token")
	}
	if missing := google.Missing(after.Scopes); len(missing) > 0 {
		t.Errorf("the refreshed grant lacks %q", missing)
	}
}

func TestARefusedAccessTokenIsRefreshedOnce(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	w.ExpireAccessTokens()
	if _, err := calendar.Calendars(t.Context()); err != nil {
		t.Fatal(err)
	}
	if tokens, lists := w.Count("", "oauth.token"), w.Count(dana, "calendar.calendarList.list"); tokens != 1 {
		t.Errorf("%d refreshes and %d lists answered, want 1 refresh", tokens, lists)
	}
}

func TestAFreshTokenThatIsRefusedTooMeansSignedOut(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	w.Fault(emulator.Fault{Method: "calendar.calendarList.list", Times: -1, Status: 401})
	if _, err := calendar.Calendars(t.Context()); !errors.Is(err, scheduler.ErrSignedOut) {
		t.Errorf("got %v, want ErrSignedOut", err)
	}
	if n := w.Count("", "oauth.token"); n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}
}

func TestARevokedGrantIsTriedOnce(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	w.Revoke(dana)
	w.clock.move(time.Hour)
	if _, err := calendar.Calendars(t.Context()); !errors.Is(err, scheduler.ErrSignedOut) {
		t.Errorf("got %v, want ErrSignedOut", err)
	}
	if n := w.Count("", "oauth.token"); n != 1 {
		t.Errorf("%d attempts to refresh, want 1", n)
	}
}

func TestTroubleOfTheTokenEndpointSignsNobodyOut(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"500":     {Method: "oauth.token", Status: 500},
		"503":     {Method: "oauth.token", Status: 503},
		"dropped": {Method: "oauth.token"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			calendar := w.calendar(t)
			w.clock.move(time.Hour)
			w.Fault(fault)
			if _, err := calendar.Calendars(t.Context()); err == nil || errors.Is(err, scheduler.ErrSignedOut) {
				t.Errorf("got %v, want an error that passes", err)
			}
			if _, err := calendar.Calendars(t.Context()); err != nil {
				t.Errorf("the next time: %v", err)
			}
		})
	}
}

func TestAGrantWithoutARefreshTokenEndsWithItsAccessToken(t *testing.T) {
	w := newWorld(t)
	calendar := w.calendar(t)
	g := w.grants.grant
	g.Refresh = ""
	w.grants.set(g)
	w.clock.move(time.Hour)
	if _, err := calendar.Calendars(t.Context()); !errors.Is(err, scheduler.ErrSignedOut) {
		t.Errorf("got %v, want ErrSignedOut", err)
	}
}

func TestEightCallersRefreshOnce(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"expired": func(w *world) { w.clock.move(time.Hour) },
		"refused": func(w *world) { w.ExpireAccessTokens() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			calendar := w.calendar(t)
			spoil(w)
			var wait sync.WaitGroup
			for range 8 {
				wait.Go(func() {
					if _, err := calendar.Calendars(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if n := w.Count("", "oauth.token"); n != 1 || w.grants.renewals != 1 {
				t.Errorf("%d refreshes, want 1", n)
			}
		})
	}
}

// Whoever controls what a request is answered with must not get the token sent to
// another host.
func TestATokenGoesNowhereByARedirect(t *testing.T) {
	var elsewhere []string
	var mu sync.Mutex
	calendar := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			mu.Lock()
			defer mu.Unlock()
			elsewhere = append(elsewhere, r.Header.Get("Authorization"))
			return
		}
		if got := r.Header.Get("Authorization"); got != "Bearer access" {
			t.Errorf("Authorization is %q", got)
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	if _, err := calendar.Calendars(t.Context()); err == nil || strings.Contains(err.Error(), "access") {
		t.Errorf("got %v, want an error without the token", err)
	}
	if len(elsewhere) > 0 {
		t.Errorf("sent elsewhere: %q", elsewhere)
	}
}

func TestWhatARefreshDoesNotSayStaysAsItWas(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		issuer := "http://" + r.Host
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/token":
			fmt.Fprint(w, `{"access_token":"new","expires_in":3600,"token_type":"Bearer"}`)
		case "/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer":%q,"token_endpoint":%q,"jwks_uri":%q}`, issuer, issuer+"/token", issuer+"/keys")
		default:
			fmt.Fprint(w, `{}`)
		}
	}))
	defer server.Close()
	client := google.New(google.Config{
		Issuer: server.URL, API: server.URL + "/", ClientID: "client", ClientSecret: "secret", Now: func() time.Time { return nine },
	})
	grants := &memory{grant: scheduler.Grant{Access: "old", Refresh: "refresh", Expires: nine, Scopes: []string{"a", "b"}}}
	must(client.For("dana", grants).Calendars(t.Context()))(t)
	want := scheduler.Grant{Access: "new", Refresh: "refresh", Expires: nine.Add(time.Hour), Scopes: []string{"a", "b"}}
	if diff := cmp.Diff(want, grants.grant); diff != "" {
		t.Errorf("the refreshed grant (-want +got):\n%s", diff)
	}
}
