package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"holdfast/integrations/google/emulator"
)

// The secrets that pass through the service are in no line of its log, nor, as they
// are, in its database; not when things go wrong either.
func TestSecretsAreInNoLogAndNoDatabase(t *testing.T) {
	w := newRig(t, sqliteFile(t), func(s *serviceSettings) { s.Log = -4 })
	b := w.withBacklog(dana, "ana@acme.com")
	canaries := map[string]string{"client secret": clientSecret, "session": b.cookie()}
	b.api(http.StatusOK, "POST", "backlog/accept", "")
	u := w.google.User(dana)
	w.eventually("the holds are written", func() bool { return len(w.holdsFor(u, "acme.com")) > 0 && w.settled(b) })
	for _, act := range regexp.MustCompile(`/act/([^\s"<]+)`).FindAllStringSubmatch(w.holdsFor(u, "acme.com")[0].Description, -1) {
		canaries["act link "+act[1]] = act[1]
		b.do("GET", "/act/"+act[1], "")
	}
	var token struct{ Secret string }
	b.api(http.StatusCreated, "POST", "tokens", `{"name": "laptop"}`).into(t, &token)
	canaries["token"] = token.Secret
	feed := b.feed(`{"name": "phone"}`)
	canaries["feed"] = strings.TrimSuffix(feed[strings.LastIndex(feed, "/")+1:], ".ics")
	w.newClient().do("GET", feed, "")
	for _, p := range w.google.Pushes() {
		canaries["channel token"] = p.Token
	}
	booked := w.booked(t, b, b.proposal(t, u, "Fleet renewal"))
	w.eventually("the other offers are off the calendar", func() bool { return len(w.written(u, "offer")) == 0 && w.settled(b) })
	canaries["booking token"] = strings.TrimPrefix(booked, "/book/")
	b.do("GET", booked, "")
	b.do("GET", booked+"/review.ics", "")
	b.do("GET", booked+"?canary-parameter=1", "")
	w.grantSecrets(t, b, canaries)
	w.wrongTurns(t, b, canaries)

	key, err := os.ReadFile(filepath.Join(w.data, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	canaries["key"] = strings.TrimSpace(string(key))
	log, rows := w.log.String(), strings.Builder{}
	for _, table := range w.dump(t) {
		rows.WriteString(table)
	}
	for _, secret := range []string{"/act/:token", "/book/:token", "/feeds/:file"} {
		if !strings.Contains(log, secret) {
			t.Fatalf("the test sees no request for %s in the log:\n%s", secret, log)
		}
	}
	if len(canaries) < 12 {
		t.Fatalf("the test sees too little: %d canaries, log:\n%s", len(canaries), log)
	}
	for name, canary := range canaries {
		if len(canary) < 8 {
			t.Errorf("%s is %q: no secret", name, canary)
		}
		if strings.Contains(log, canary) || strings.Contains(log, url.QueryEscape(canary)) {
			t.Errorf("the log holds the %s", name)
		}
		kept := strings.HasPrefix(name, "act link") // the hold's own text
		if !kept && strings.Contains(rows.String(), canary) {
			t.Errorf("the database holds the %s", name)
		}
	}
}

// grantSecrets adds what Google gave for the rep's consent.
func (w *rig) grantSecrets(t *testing.T, b *client, canaries map[string]string) {
	t.Helper()
	var me struct{ ID string }
	b.api(http.StatusOK, "GET", "me", "").into(t, &me)
	grant, err := w.store.Grant(t.Context(), me.ID)
	if err != nil {
		t.Fatal(err)
	}
	canaries["access token"], canaries["refresh token"] = grant.Access, grant.Refresh
}

// wrongTurns goes wrong in many ways, each with a secret in hand.
func (w *rig) wrongTurns(t *testing.T, b *client, canaries map[string]string) {
	t.Helper()
	stranger := w.newClient()
	callback := stranger.consent(dana)
	q, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	canaries["code"], canaries["state"] = q.Query().Get("code"), q.Query().Get("state")
	w.newClient().do("GET", callback, "") // not its own
	w.google.Fault(emulator.Fault{Method: "oauth.token", Status: http.StatusInternalServerError})
	stranger.do("GET", callback, "") // Google fails

	guess := w.newClient()
	guess.header.Set("Authorization", "Bearer hf_canary-guess")
	guess.api(http.StatusUnauthorized, "GET", "me", "")
	canaries["guess"] = "hf_canary-guess"
	hook := w.newClient()
	hook.header = http.Header{"X-Goog-Channel-Id": {"canary-channel"}, "X-Goog-Channel-Token": {"canary-forged"}}
	hook.do("POST", "/hooks/google?canary-query=1", "canary-body")
	canaries["forged channel"], canaries["forged token"], canaries["query"], canaries["body"] = "canary-channel", "canary-forged", "canary-query", "canary-body"
	b.do("PATCH", "/api/v1/settings", `{"canary-field": "canary-value"}`)
	canaries["value"] = "canary-value"
	b.do("GET", "/act/canary-act", "")
	canaries["path"] = "canary-act"

	const eve = "eve@northwind.example"
	w.addRep(eve)
	w.google.Fault(emulator.Fault{User: eve, Method: "calendar.events.list", Status: http.StatusInternalServerError})
	w.signIn(eve)
	w.eventually("the failing call was made", func() bool { return strings.Contains(w.log.String(), "calendar.events.list") })
	w.google.Revoke(dana)
	b.api(http.StatusAccepted, "POST", "connection/sync", "")
	w.eventually("the rep is asked to sign in again", func() bool {
		return strings.Contains(b.api(http.StatusOK, "GET", "connection", "").body, `"state":"reconnect"`)
	})
}
