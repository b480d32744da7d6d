package google_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

const eventsScope = "https://www.googleapis.com/auth/calendar.events.owned"

func TestTheConsentPageIsAskedForWhatHoldfastNeedsAndNoMore(t *testing.T) {
	w := newWorld(t)
	address, attempt, err := w.client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name := range u.Query() {
		got[name] = u.Query().Get(name)
	}
	challenge := got["code_challenge"]
	delete(got, "code_challenge")
	want := map[string]string{
		"client_id": "client", "redirect_uri": callback, "response_type": "code", "access_type": "offline", "prompt": "consent",
		"state": attempt.State, "nonce": attempt.Nonce, "code_challenge_method": "S256",
		"scope": "openid email " + eventsScope + " https://www.googleapis.com/auth/calendar.freebusy" +
			" https://www.googleapis.com/auth/calendar.calendarlist.readonly",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the address of the consent page (-want +got):\n%s", diff)
	}
	if challenge == "" || challenge == attempt.Verifier || strings.Contains(address, attempt.Verifier) {
		t.Error("the address gives the verifier away")
	}
	if _, again, err := w.client.Begin(t.Context()); err != nil || again.State == attempt.State || again.Nonce == attempt.Nonce || again.Verifier == attempt.Verifier {
		t.Errorf("a second attempt shares a secret with the first (%v)", err)
	}
}

func TestASignInSaysWhoItIsAndGivesAGrant(t *testing.T) {
	w := newWorld(t)
	who, grant := w.signIn(t)
	if diff := cmp.Diff(google.Identity{Subject: w.dana.Sub(), Email: dana, Name: "Dana Reyes"}, who, cmp.FilterPath(func(p cmp.Path) bool {
		return p.String() == "Name" // Google tells it with the scope profile, which is not asked for
	}, cmp.Ignore())); diff != "" {
		t.Errorf("who signed in (-want +got):\n%s", diff)
	}
	if grant.Access == "" || grant.Refresh == "" || !grant.Expires.Equal(w.clock.now().Add(3599*time.Second)) {
		t.Errorf("the grant lasts until %v by a clock that shows %v", grant.Expires, w.clock.now())
	}
	if missing := google.Missing(grant.Scopes); len(missing) > 0 {
		t.Errorf("missing after full consent: %q", missing)
	}
	if _, err := w.client.With("dana", grant).Calendars(t.Context()); err != nil {
		t.Errorf("the grant does not open the calendars: %v", err)
	}
}

func TestAnUntickedBoxIsToldInWords(t *testing.T) {
	for name, test := range map[string]struct {
		ticked, missing []string
	}{
		"events":    {without(google.Scopes(), eventsScope), []string{"see and change events on calendars you own"}},
		"free/busy": {without(google.Scopes(), "https://www.googleapis.com/auth/calendar.freebusy"), []string{"see your free and busy times"}},
		"all": {[]string{"openid", "email"}, []string{
			"see and change events on calendars you own", "see your free and busy times", "see the list of your calendars",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, grant := newWorld(t).signIn(t, test.ticked...)
			if diff := cmp.Diff(test.missing, google.Missing(grant.Scopes)); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

func without(all []string, one string) []string {
	var rest []string
	for _, s := range all {
		if s != one {
			rest = append(rest, s)
		}
	}
	return rest
}

func TestAnAnswerThatDoesNotFitTheAttemptSignsNobodyIn(t *testing.T) {
	for name, spoil := range map[string]func(w *world, code *string, a *google.Attempt){
		"code of nobody":      func(_ *world, code *string, _ *google.Attempt) { *code = "4/forged" },
		"no code":             func(_ *world, code *string, _ *google.Attempt) { *code = "" },
		"verifier of another": func(_ *world, _ *string, a *google.Attempt) { a.Verifier = strings.Repeat("v", 43) },
		"nonce of another":    func(_ *world, _ *string, a *google.Attempt) { a.Nonce = "another" },
		"no nonce":            func(_ *world, _ *string, a *google.Attempt) { a.Nonce = "" },
		"code too old":        func(w *world, _ *string, _ *google.Attempt) { w.clock.move(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			address, attempt, err := w.client.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			code := w.code(t, address)
			spoil(w, &code, &attempt)
			who, grant, err := w.client.Finish(t.Context(), code, attempt)
			if !errors.Is(err, google.ErrAnswer) || who != (google.Identity{}) || grant.Access != "" {
				t.Errorf("got %v, %v, want ErrAnswer and nothing else", who, err)
			}
			if err != nil && code != "" && strings.Contains(err.Error(), code) {
				t.Errorf("the error holds the code: %v", err)
			}
		})
	}
}

func TestACodeIsGoodForOneSignIn(t *testing.T) {
	w := newWorld(t)
	address, attempt, err := w.client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code := w.code(t, address)
	if _, _, err := w.client.Finish(t.Context(), code, attempt); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.client.Finish(t.Context(), code, attempt); !errors.Is(err, google.ErrAnswer) {
		t.Errorf("the second time: %v, want ErrAnswer", err)
	}
}

func TestAnAnswerForAnotherClientSignsNobodyIn(t *testing.T) {
	w := newWorld(t)
	config := w.config
	config.ClientSecret = "wrong"
	_, attempt, err := google.New(config).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = google.New(config).Finish(t.Context(), "4/code", attempt)
	if err == nil || errors.Is(err, google.ErrAnswer) {
		t.Errorf("a wrong client secret is %v, want an error that is not the answer's", err)
	}
	if err != nil && strings.Contains(err.Error(), "wrong") {
		t.Errorf("the error holds the client secret: %v", err)
	}
}

func TestNothingIsAskedOfGoogleBeforeTheFirstSignIn(t *testing.T) {
	client := google.New(google.Config{Issuer: "http://127.0.0.1:1", API: "http://127.0.0.1:1/", ClientID: "c", ClientSecret: "s"})
	if !client.Configured() {
		t.Error("not configured")
	}
	if _, _, err := client.Begin(t.Context()); err == nil {
		t.Error("no error while the issuer cannot be reached")
	}
}

func TestDiscoveryIsTriedAnewAfterAFailureAndThenKept(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := w.client.Begin(ctx); err == nil {
		t.Fatal("no error with a context that ended")
	}
	if _, _, err := w.client.Begin(t.Context()); err != nil {
		t.Fatalf("the next time: %v", err)
	}
	// A context that ended is no trouble any more: nothing is left to ask for.
	if _, _, err := w.client.Begin(ctx); err != nil {
		t.Errorf("discovered again: %v", err)
	}
}

func TestARevokedGrantIsOverAndRevokingItAgainIsNoError(t *testing.T) {
	w := newWorld(t)
	_, grant := w.signIn(t)
	for range 2 {
		if err := w.client.Revoke(t.Context(), grant); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.move(2 * time.Hour)
	if _, err := w.client.With("dana", grant).Calendars(t.Context()); !errors.Is(err, scheduler.ErrSignedOut) {
		t.Errorf("after it: %v, want ErrSignedOut", err)
	}
}

func TestAGrantIsNotRevokedWhileGoogleIsDown(t *testing.T) {
	w := newWorld(t)
	_, grant := w.signIn(t)
	w.Fault(emulator.Fault{Method: "oauth.revoke", Status: 503})
	if err := w.client.Revoke(t.Context(), grant); err == nil {
		t.Error("no error, so nobody would try again")
	} else if strings.Contains(err.Error(), grant.Refresh) {
		t.Errorf("the error holds the token: %v", err)
	}
}
