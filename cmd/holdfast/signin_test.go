package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google"
)

const dana = "dana@northwind.example"

// signedIn reports whether the API knows who this is.
func (b *client) signedIn() bool { return b.do("GET", "/api/v1/me", "").StatusCode == http.StatusOK }

// altered returns callback with one of its parameters set; "" removes it.
func altered(t *testing.T, callback, name, value string) string {
	t.Helper()
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func TestAnAnswerThatDoesNotFitIsRefusedAndConnectsNobody(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	for name, answer := range map[string]func(b *client) string{
		"no sign-in under way": func(*client) string { return w.newClient().consent(dana) },
		"without state":        func(b *client) string { return altered(t, b.consent(dana), "state", "") },
		"with another state":   func(b *client) string { return altered(t, b.consent(dana), "state", strings.Repeat("A", 26)) },
		"with a state of another browser": func(b *client) string {
			b.consent(dana)
			return w.newClient().consent(dana)
		},
		"with a code of another sign-in": func(b *client) string {
			stolen, err := url.Parse(w.newClient().consent(dana))
			if err != nil {
				t.Fatal(err)
			}
			return altered(t, b.consent(dana), "code", stolen.Query().Get("code"))
		},
		"without code":      func(b *client) string { return altered(t, b.consent(dana), "code", "") },
		"with a wrong code": func(b *client) string { return altered(t, b.consent(dana), "code", "4/wrong") },
		"after ten minutes": func(b *client) string {
			callback := b.consent(dana)
			w.clock.advance(11 * time.Minute)
			return callback
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, asked := w.newClient(), w.google.Count("", "oauth.token")
			if r := b.do("GET", answer(b), ""); r.StatusCode != http.StatusBadRequest {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			// Only codes are Google's to judge.
			if !strings.Contains(name, "code") && w.google.Count("", "oauth.token") != asked {
				t.Error("Google was asked about an answer that nobody waits for")
			}
			if b.signedIn() {
				t.Error("somebody is signed in")
			}
		})
	}
	if calls := w.google.Count(dana, "calendar.calendarList.list"); calls != 0 {
		t.Errorf("the calendar was read: %d calls", calls)
	}
}

func TestAnAnswerIsGoodForOnce(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	b := w.newClient()
	callback := b.consent(dana)
	if r := b.do("GET", callback, ""); r.StatusCode != http.StatusFound {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	asked := w.google.Count("", "oauth.token")
	if r := b.do("GET", callback, ""); r.StatusCode != http.StatusBadRequest {
		t.Errorf("the second time: %d %s", r.StatusCode, r.body)
	}
	if again := w.google.Count("", "oauth.token"); again != asked || asked == 0 {
		t.Errorf("Google was asked %d times, and then %d", asked, again)
	}
	if !b.signedIn() {
		t.Error("the second time signed the rep out")
	}
}

func TestWhoDoesNotAgreeIsToldAndNotConnected(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	b := w.newClient()
	start := b.do("GET", "/auth/google/start", "")
	denied, err := w.google.Deny(start.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	b.isTold(t, denied, "You did not agree")
}

// isTold follows an answer that connects nobody to the page that says why, and offers
// to try again.
func (b *client) isTold(t *testing.T, callback string, why string) {
	t.Helper()
	r := b.do("GET", callback, "")
	if r.StatusCode != http.StatusFound || r.Header.Get("Location") != "/" {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	page := b.do("GET", "/", "")
	if !strings.Contains(page.body, why) || !strings.Contains(page.body, "/auth/google/start") {
		t.Errorf("the page does not say %q, or has no way to try again:\n%s", why, page.body)
	}
	if b.signedIn() {
		t.Error("somebody is signed in")
	}
}

func TestAConsentThatIsNotWholeIsToldBoxByBox(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	all := google.Scopes()
	for i, scope := range all {
		if !strings.Contains(scope, "/calendar") {
			continue
		}
		ticked := append(append([]string{}, all[:i]...), all[i+1:]...)
		missing := google.Missing(ticked)
		if len(missing) != 1 {
			t.Fatalf("%s: missing %v", scope, missing)
		}
		b := w.newClient()
		b.isTold(t, b.consent(dana, ticked...), missing[0])
	}
	if calls := w.google.Count(dana, "calendar.calendarList.list"); calls != 0 {
		t.Errorf("the calendar was read: %d calls", calls)
	}
	w.signIn(dana) // and trying again helps
}

func TestOnlyAllowedDomainsConnect(t *testing.T) {
	w := newRig(t, sqliteFile(t), func(s *serviceSettings) { s.AllowedDomains = domainList{"northwind.example"} })
	w.addRep(dana)
	w.addRep("eve@northwind.example.evil.example")
	b := w.newClient()
	if r := b.do("GET", b.consent("eve@northwind.example.evil.example"), ""); r.StatusCode != http.StatusForbidden || b.signedIn() {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	w.signIn(dana)
}

func TestTheSessionIsNewAtSignInAndDeadAtSignOut(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	b := w.newClient()
	callback := b.consent(dana)
	before := b.cookie()
	b.do("GET", callback, "")
	after := b.cookie()
	if before == "" || after == "" || before == after {
		t.Fatalf("session %q before, %q after signing in", before, after)
	}
	fixed := w.newClient() // somebody who planted the session before
	fixed.header.Set("Cookie", "holdfast="+before)
	if fixed.signedIn() {
		t.Error("the session from before the sign-in is signed in")
	}
	kept := w.newClient() // somebody who kept it after signing out
	kept.header.Set("Cookie", "holdfast="+after)
	if !kept.signedIn() {
		t.Fatal("the cookie alone does not sign in: the test proves nothing")
	}
	if r := b.do("POST", "/auth/sign-out", ""); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if kept.signedIn() || b.signedIn() {
		t.Error("still signed in after signing out")
	}
}

func TestTheSessionCookieIsForTheServerAlone(t *testing.T) {
	for public, want := range map[string]string{"": "holdfast", "https://holdfast.example": "__Host-holdfast"} {
		w := newRig(t, sqliteFile(t), func(s *serviceSettings) {
			if public != "" {
				s.PublicURL, s.Push = webAddress(public), "off"
			}
		})
		cookies := w.newClient().do("GET", "/auth/google/start", "").Cookies()
		if len(cookies) != 1 {
			t.Fatalf("cookies %v", cookies)
		}
		c := cookies[0]
		if c.Name != want || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != (public != "") {
			t.Errorf("%s: cookie %v", public, c)
		}
	}
}

// The identity is Google's subject: an address may come to belong to somebody else.
func TestAnAccountIsItsSubjectNotItsAddress(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	b := w.signIn(dana)
	var first, second struct{ ID string }
	b.api(http.StatusOK, "GET", "me", "").into(t, &first)
	w.signIn(dana).api(http.StatusOK, "GET", "me", "").into(t, &second)
	if first.ID != second.ID {
		t.Error("signing in again made another rep")
	}
}

func TestSignInGoesBackToAPlaceOnThisSiteOnly(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	for next, want := range map[string]string{"/settings": "/settings", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/"} {
		b := w.newClient()
		start := b.do("GET", "/auth/google/start?next="+url.QueryEscape(next), "")
		if strings.Contains(start.Header.Get("Location"), "evil") {
			t.Errorf("%s: sent to %s", next, start.Header.Get("Location"))
		}
		callback, err := w.google.Consent(start.Header.Get("Location"), dana)
		if err != nil {
			t.Fatal(err)
		}
		if r := b.do("GET", callback, ""); r.Header.Get("Location") != want {
			t.Errorf("%s: %d to %s, want %s", next, r.StatusCode, r.Header.Get("Location"), want)
		}
	}
}

// Links are built from the public URL, never from what a request says.
func TestAForgedHostIsInNoLink(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	w.addRep(dana)
	request, err := http.NewRequestWithContext(t.Context(), "GET", w.url+"/auth/google/start", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example"
	request.Header.Set("X-Forwarded-Host", "evil.example")
	response, err := w.newClient().http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if to := response.Header.Get("Location"); response.StatusCode != http.StatusFound || strings.Contains(to, "evil") {
		t.Errorf("%d to %s", response.StatusCode, to)
	}
}
