package api

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/integrations/google"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// noon is when the tests of this package take place.
var noon = time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)

// desk is an API with an empty store, and what it logged.
type desk struct {
	*API
	log     bytes.Buffer
	handler http.Handler
}

// newDesk makes a desk; change may change its configuration.
func newDesk(t testing.TB, pages Pages, change ...func(*Config)) *desk {
	t.Helper()
	keys, err := store.NewKeyring(bytes.Repeat([]byte{7}, store.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	s, err := store.Open(t.Context(), store.Config{
		URL: "file:" + filepath.Join(t.TempDir(), "api.db"), Keys: keys, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := new(desk)
	c := Config{
		Store: s, Google: google.New(google.Config{Now: now}), Propose: s.CreateProposal, Update: s.UpdateProposal, Offer: s.Offer, Book: s.Book, FindSlots: s.Slots, PublicURL: "https://holdfast.example", Version: "test",
		Now: now, Log: slog.New(slog.NewJSONHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&c)
	}
	if d.API, err = New(c); err != nil {
		t.Fatal(err)
	}
	if d.handler, err = d.Handler(pages); err != nil {
		t.Fatal(err)
	}
	return d
}

// request returns one as a server sees it, from an address on the net.
func request(method, path, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.9:4000"
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (d *desk) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

// token connects a rep and returns a token of theirs.
func (d *desk) token(t testing.TB, email string) (store.Rep, string) {
	t.Helper()
	rep, err := d.Store.SignIn(t.Context(), store.Identity{Subject: "sub-" + email, Email: email},
		scheduler.Grant{Access: "a", Refresh: "r", Expires: noon.Add(time.Hour), Scopes: google.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := d.Store.CreateToken(t.Context(), rep.ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	return rep, secret
}

// channel gives a rep a calendar with a live push channel.
func (d *desk) channel(t testing.TB, repID string, c scheduler.PushChannel) {
	t.Helper()
	list := []scheduler.RemoteCalendar{{ID: c.Calendar, Name: "c", Zone: "UTC", Primary: true, Owned: true}}
	if err := d.Store.SaveCalendars(t.Context(), repID, list); err != nil {
		t.Fatal(err)
	}
	if err := d.Store.AddChannel(t.Context(), repID, c); err != nil {
		t.Fatal(err)
	}
	if err := d.Store.PromoteChannel(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("no problem: %v in %q", err, w.Body)
	}
	if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" || p.Status != w.Code || p.Code == "" || p.Title == "" {
		t.Errorf("status %d, content type %q, problem %+v", w.Code, ct, p)
	}
	return p
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	d := newDesk(t, Pages{})
	for _, path := range []string{"/healthz", "/openapi.json", "/api/v1/me", "/nothing/here"} {
		h := d.answer(request("GET", path, "")).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
			"Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// What another site has a browser send is refused. Old browsers name no site on the pages
// that give no referrer.
func TestAFormIsTakenFromWhereItMayComeFrom(t *testing.T) {
	took := func(c *gin.Context) { c.Status(http.StatusNoContent) }
	d := newDesk(t, Pages{DoBooking: took, Routes: func(r gin.IRouter) { r.POST("/form", took) }})
	const cookie = "__Host-holdfast=some-session"
	for _, c := range []struct {
		path    string
		headers []string
		taken   bool
	}{
		{"/form", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Origin", "null"}, true},
		{"/form", []string{"Cookie", cookie, "Origin", "https://holdfast.example"}, true},
		{"/form", []string{"Cookie", cookie, "Origin", "https://evil.example"}, false},
		{"/form", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, false},
		{"/form", []string{"Cookie", cookie, "Origin", "null"}, false},
		{"/form", []string{"Authorization", "Bearer hf_token"}, true},
		{"/book/token", []string{"Origin", "null"}, true},
		{"/book/token", []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, false},
		{"/book/token", []string{"Origin", "https://evil.example"}, false},
	} {
		w := d.answer(request("POST", c.path, "", c.headers...))
		if want := map[bool]int{true: http.StatusNoContent, false: http.StatusForbidden}[c.taken]; w.Code != want {
			t.Errorf("%s with %q: %d, want %d; %s", c.path, c.headers, w.Code, want, w.Body)
		}
	}
}

func TestAPanicIsAnAnswerWithoutItsWords(t *testing.T) {
	d := newDesk(t, Pages{Routes: func(r gin.IRouter) {
		r.GET("/panic/:secret", func(c *gin.Context) { panic("canary-" + c.Param("secret")) })
	}})
	w := d.answer(request("GET", "/panic/canary-path?q=canary-query", "", "Authorization", "Bearer hf_canary-token", "Cookie", "__Host-holdfast=canary-cookie"))
	if p := problemIn(t, w); p.Status != http.StatusInternalServerError || p.Code != "internal" {
		t.Errorf("problem %+v", p)
	}
	if log := d.log.String(); strings.Contains(log, "canary") || !strings.Contains(log, "/panic/:secret") {
		t.Errorf("the log holds a secret, or not the route:\n%s", log)
	}
}

func TestBrokenInputIsToldFieldByField(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	for _, c := range []struct {
		method, path, body string
		want               FieldError
	}{
		{"PATCH", "settings", `{"colour": "red"}`, FieldError{"colour", "unexpected property"}},
		{"PATCH", "settings", `{"hours": {"start": "09:00", "end": "17:00", "lunch": "12:00"}}`, FieldError{"hours.lunch", "unexpected property"}},
		{"PATCH", "settings", `{"touches": "many"}`, FieldError{"touches", "expected integer"}},
		{"PATCH", "settings", `{"lead": "soon"}`, FieldError{"lead", `"soon" is no duration such as 15m or 30d`}},
		{"PATCH", "settings", `{"timezone": null}`, FieldError{"timezone", "must not be null"}},
		{"PATCH", "settings", `{"hours": {"start": "09:00"}}`, FieldError{"hours.end", "is required"}},
		{"PATCH", "settings", "", FieldError{"body", "request body is required"}},
		{"POST", "tokens", `{bad`, FieldError{"body", ""}},
		{"POST", "holds/x/done", `{"when": "now"}`, FieldError{"when", "unexpected property"}},
		{"DELETE", "tokens/x", `[]`, FieldError{"body", "expected none"}},
		{"GET", "flags?cursor=x", "", FieldError{"cursor", "is none of this list's"}},
		{"GET", "tokens?cursor=x", "", FieldError{"cursor", "is none of this list's"}},
		{"GET", "calendars?limit=0", "", FieldError{"limit", "expected number >= 1"}},
		{"PATCH", "settings", `{"timezone": "Mars/Olympus"}`, FieldError{"timezone", ""}},
		{"POST", "flags/x/waive", `{}`, FieldError{"reason", "is required"}},
		{"POST", "flags/x/waive", `{"reason": "lost", "resume_on": "2026-11-30"}`, FieldError{"resume_on", "must be a day to come"}},
		{"POST", "holds/x/snooze", `{"days": 0}`, FieldError{"days", "expected number >= 1"}},
		{"POST", "holds/x/snooze", `{"until": "2026-11-30T16:00:00Z"}`, FieldError{"until", "must be a time to come"}},
		{"GET", "flags?state=shut", "", FieldError{"state", ""}},
		{"GET", "flags?limit=201", "", FieldError{"limit", "expected number <= 200"}},
		{"GET", "flags?order=by", "", FieldError{"order", "unknown query parameter"}},
	} {
		w := d.answer(request(c.method, prefix+"/"+c.path, c.body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		p := problemIn(t, w)
		if p.Status != http.StatusBadRequest || p.Code != "invalid" || len(p.Errors) != 1 {
			t.Errorf("%s %s %s: %+v", c.method, c.path, c.body, p)
			continue
		}
		if got := p.Errors[0]; got.Field != c.want.Field || c.want.Message != "" && got.Message != c.want.Message {
			t.Errorf("%s %s %s: %+v, want %+v", c.method, c.path, c.body, got, c.want)
		}
	}
}

func TestABodyThatIsNoJSONIsRefused(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	for body, status := range map[string]int{
		"{": http.StatusBadRequest, "[]": http.StatusBadRequest, "": http.StatusBadRequest, "null": http.StatusBadRequest,
		`{"x":"` + strings.Repeat("x", 70<<10) + `"}`: http.StatusRequestEntityTooLarge,
	} {
		w := d.answer(request("PATCH", prefix+"/settings", body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		if p := problemIn(t, w); p.Status != status {
			t.Errorf("%.20q: %+v", body, p)
		}
	}
}

func TestSettingsThatAreNotNamedStay(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, secret := d.token(t, "dana@northwind.example")
	w := d.answer(request("PATCH", prefix+"/settings", `{"hours": {"start": "08:00", "end": "16:00"}, "ignored": ["Partner.example"], "lead": "20m"}`,
		"Authorization", "Bearer "+secret))
	want := rep.Settings
	want.Hours.Start, want.Hours.End, want.Ignored, want.Lead = "08:00", "16:00", []string{"partner.example"}, store.Duration(20*time.Minute)
	wanted, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != string(wanted) {
		t.Errorf("%d\n%s\nwant\n%s", w.Code, got, wanted)
	}
}

func TestWhoGuessesTokensIsSlowedDown(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	statuses := make(map[int]int)
	var last *httptest.ResponseRecorder
	for range 65 {
		last = d.answer(request("GET", prefix+"/me", "", "Authorization", "Bearer hf_guess"))
		statuses[last.Code]++
	}
	if statuses[http.StatusUnauthorized] != 60 || statuses[http.StatusTooManyRequests] != 5 {
		t.Errorf("statuses %v", statuses)
	}
	if p := problemIn(t, last); p.Code != "slow_down" || last.Header().Get("Retry-After") != "1" {
		t.Errorf("problem %+v, retry after %q", p, last.Header().Get("Retry-After"))
	}
	// A colleague behind the same address has a token that is good.
	if w := d.answer(request("GET", prefix+"/me", "", "Authorization", "Bearer "+secret)); w.Code != http.StatusOK {
		t.Errorf("who has a token: %d %s", w.Code, w.Body)
	}
}

func TestForwardedAddressesAreBelievedFromTrustedProxiesOnly(t *testing.T) {
	trust := func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")} }
	for name, c := range map[string]struct {
		change []func(*Config)
		want   int // how many of 70 guesses, each from another address, are slowed down
	}{"none": {nil, 10}, "trusted": {[]func(*Config){trust}, 0}} {
		d := newDesk(t, Pages{}, c.change...)
		slowed := 0
		for i := range 70 {
			r := request("GET", prefix+"/me", "", "Authorization", "Bearer hf_guess", "X-Forwarded-For", netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}).String())
			if d.answer(r).Code == http.StatusTooManyRequests {
				slowed++
			}
		}
		if slowed != c.want {
			t.Errorf("%s: %d slowed down, want %d", name, slowed, c.want)
		}
	}
}

func TestFiguresAreForTheOperatorOnly(t *testing.T) {
	d := newDesk(t, Pages{})
	d.answer(request("GET", "/healthz", ""))
	for _, c := range []struct {
		from   string
		header []string
		want   int
	}{
		{"127.0.0.1:1", nil, http.StatusOK},
		{"[::1]:1", nil, http.StatusOK},
		{"10.1.2.3:1", nil, http.StatusOK},
		{"203.0.113.9:1", nil, http.StatusNotFound},
		{"127.0.0.1:1", []string{"X-Forwarded-For", "127.0.0.1"}, http.StatusNotFound},
		{"127.0.0.1:1", []string{"Forwarded", "for=10.0.0.1"}, http.StatusNotFound},
		{"127.0.0.1:1", []string{"Host", "holdfast.example"}, http.StatusNotFound}, // of a proxy that says nothing
		{"127.0.0.1:1", []string{"Host", "Holdfast.Example:443"}, http.StatusNotFound},
		{"127.0.0.1:1", []string{"Host", "localhost:8080"}, http.StatusOK},
	} {
		r := request("GET", "/metrics", "", c.header...)
		r.RemoteAddr, r.Host = c.from, r.Header.Get("Host")
		w := d.answer(r)
		if w.Code != c.want {
			t.Errorf("%s %v: %d, want %d", c.from, c.header, w.Code, c.want)
		}
		if w.Code == http.StatusOK && !strings.Contains(w.Body.String(), `holdfast_http_request_seconds_count{method="GET",route="/healthz",status="200"} 1`) {
			t.Errorf("the request was not counted:\n%s", w.Body)
		}
	}
}

func TestPushesThatAreNobodysAreTurnedAway(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, _ := d.token(t, "dana@northwind.example")
	d.channel(t, rep.ID, scheduler.PushChannel{ID: "live", Resource: "res", Calendar: "c", Token: "right", Expires: noon.Add(time.Hour)})
	d.channel(t, rep.ID, scheduler.PushChannel{ID: "old", Resource: "res", Calendar: "c", Token: "right", Expires: noon.Add(-time.Hour)})
	for _, c := range []struct {
		name, id, token, resource, body string
		want                            int
	}{
		{"the channel's own", "live", "right", "res", "", http.StatusNoContent},
		{"with a short body", "live", "right", "res", "{not json", http.StatusNoContent},
		{"with a long body", "live", "right", "res", strings.Repeat("x", 4097), http.StatusRequestEntityTooLarge},
		{"without token", "live", "", "res", "", http.StatusUnauthorized},
		{"without channel", "", "right", "res", "", http.StatusUnauthorized},
		{"forged token", "live", "wrong", "res", "", http.StatusNotFound},
		{"another resource", "live", "right", "other", "", http.StatusNotFound},
		{"unknown channel", "none", "right", "res", "", http.StatusNotFound},
		{"expired", "old", "right", "res", "", http.StatusNotFound},
	} {
		r := request("POST", "/hooks/google", c.body, "X-Goog-Channel-Token", c.token, "X-Goog-Resource-ID", c.resource, "X-Goog-Resource-State", "sync")
		r.Header.Set("X-Goog-Channel-ID", c.id)
		if w := d.answer(r); w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, w.Code, w.Body, c.want)
		}
	}
	if log := d.log.String(); strings.Contains(log, "right") || strings.Contains(log, "wrong") {
		t.Errorf("a token is in the log:\n%s", log)
	}
}

func TestManyForgedPushesKeepNoneOfGooglesAway(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, _ := d.token(t, "dana@northwind.example")
	d.channel(t, rep.ID, scheduler.PushChannel{ID: "live", Resource: "res", Calendar: "c", Token: "right", Expires: noon.Add(time.Hour)})
	push := func(token string) *httptest.ResponseRecorder {
		return d.answer(request("POST", "/hooks/google", "", "X-Goog-Channel-ID", "live", "X-Goog-Channel-Token", token, "X-Goog-Resource-ID", "res"))
	}
	var last *httptest.ResponseRecorder
	for range 200 {
		last = push("forged")
	}
	if last.Code != http.StatusTooManyRequests || last.Header().Get("Retry-After") == "" {
		t.Errorf("the last forged one: %d, retry after %q", last.Code, last.Header().Get("Retry-After"))
	}
	// A proxy that is not trusted gives all the same address.
	if w := push("right"); w.Code != http.StatusNoContent {
		t.Errorf("the channel's own: %d %s", w.Code, w.Body)
	}
}

func TestWhileTheDatabaseIsAwayAnswersSaySo(t *testing.T) {
	away := newDesk(t, Pages{}, func(c *Config) { c.Store = closedStore(t) })
	for path, header := range map[string][]string{
		"/readyz":       nil,
		"/api/v1/flags": {"Cookie", "__Host-holdfast=some-session"},
	} {
		w := away.answer(request("GET", path, "", header...))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s, retry after %q", path, w.Code, w.Body, w.Header().Get("Retry-After"))
		}
	}
	if w := away.answer(request("GET", "/healthz", "")); w.Code != http.StatusOK {
		t.Errorf("healthz: %d", w.Code)
	}
}

// closedStore is a store whose database is gone.
func closedStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: filepath.Join(t.TempDir(), "gone.db"), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPeopleGetPagesAndProgramsGetProblems(t *testing.T) {
	d := newDesk(t, Pages{Error: func(w http.ResponseWriter, _ *http.Request, status int, text string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "page "+text)
	}})
	if w := d.answer(request("GET", "/nothing", "")); w.Code != http.StatusNotFound || w.Body.String() != "page " {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := d.answer(request("POST", "/auth/sign-out", "", "Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden || w.Body.String() != "page The request came from another site." {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	problemIn(t, d.answer(request("GET", prefix+"/nothing", "")))
}
