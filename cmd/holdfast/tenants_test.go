package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler/store"
	"holdfast/web"
)

// operation is one thing that the JSON API can do.
type operation struct{ method, path string }

// operations are all that the description of the API names, but for what prospects do:
// that is elsewhere.
func (b *client) operations(t *testing.T) []operation {
	t.Helper()
	var described struct {
		Paths map[string]map[string]struct{ Servers []any }
	}
	b.do("GET", "/openapi.json", "").into(t, &described)
	var all []operation
	for path, methods := range described.Paths {
		for method, described := range methods {
			if described.Servers == nil {
				all = append(all, operation{strings.ToUpper(method), path})
			}
		}
	}
	if len(all) < 40 {
		t.Fatalf("the API describes %d operations", len(all))
	}
	return all
}

// pageRoutes are all the routes of the pages, as the router has them: but for the booking
// page, which is one of the API's operations.
func pageRoutes(t *testing.T) []operation {
	t.Helper()
	site, err := web.New(web.Config{})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	site.Routes(engine)
	var all []operation
	for _, r := range engine.Routes() {
		all = append(all, operation{r.Method, r.Path})
	}
	if len(all) < 40 {
		t.Fatalf("there are %d pages", len(all))
	}
	return all
}

// openPages are those that somebody who is not signed in may see.
var openPages = []string{"/", "/static/:name", "/favicon.ico", "/robots.txt", "/act/:token"}

// subject returns what the path of an operation on one thing is about: "flags" of
// /flags/{id}/waive. It is "" where the path names no thing.
func (o operation) subject() string {
	parts := strings.Split(o.path, "/")
	at := slices.IndexFunc(parts, func(part string) bool { return part == "{id}" || part == ":id" })
	if at < 0 {
		return ""
	}
	return parts[at-1]
}

var pathID = regexp.MustCompile(`\{id\}|:id\b`)

// on returns the operation on the thing with an id.
func (o operation) on(id string) operation {
	return operation{o.method, pathID.ReplaceAllLiteralString(o.path, id)}
}

// everyOperation are those of the API and of the pages, with their whole paths.
func (b *client) everyOperation(t *testing.T) []operation {
	t.Helper()
	all := pageRoutes(t)
	for _, o := range b.operations(t) {
		all = append(all, operation{o.method, "/api/v1" + o.path})
	}
	return all
}

// forms are inputs that are valid, for the pages that need one.
var forms = map[string]string{
	"POST /flags/:id/waive": "reason=lost",
}

// attempt does an operation on the thing with an id, with an input that is valid: a form
// where it is a page's.
func (b *client) attempt(o operation, id string) reply {
	at := o.on(id).path
	if path, isAPI := strings.CutPrefix(o.path, "/api/v1"); isAPI {
		return b.do(o.method, at, bodies[o.method+" "+path])
	}
	b.header.Set("Content-Type", "application/x-www-form-urlencoded")
	defer b.header.Del("Content-Type")
	return b.do(o.method, at, forms[o.method+" "+o.path])
}

// bodies are inputs that are valid, for the operations that need one.
var bodies = map[string]string{
	"PATCH /settings":         `{}`,
	"PATCH /calendars/{id}":   `{"blocks": false}`,
	"POST /flags/{id}/waive":  `{"reason": "lost"}`,
	"POST /calendars":         `{"address": "https://calendar.invalid/"}`,
	"POST /tokens":            `{"name": "mine"}`,
	"POST /feeds":             `{"name": "mine"}`,
	"POST /holds/{id}/snooze": `{"days": 2}`,
	"POST /proposals":         `{"title": "Fleet renewal", "send_on": "2026-12-01"}`,
	"PATCH /proposals/{id}":   `{"title": "Another"}`,
	"PATCH /contacts/{id}":    `{"name": "Another"}`,
}

// withBacklog returns a rep's browser once the first look at a calendar with one
// meeting to follow up is over.
func (w *rig) withBacklog(email, guest string) *client {
	w.t.Helper()
	u := w.addRep(email)
	w.meet(u, "Demo", guest, -50*time.Hour, time.Hour)
	b := w.signIn(email)
	w.eventually("the first look is over", func() bool {
		var backlog store.Backlog
		b.api(http.StatusOK, "GET", "backlog", "").into(w.t, &backlog)
		return backlog.State == "pending"
	})
	return b
}

// mine is one thing of each kind that a rep has.
func (b *client) mine(t *testing.T) map[string]string {
	t.Helper()
	var flags store.Page[store.Flag]
	var holds store.Page[store.Hold]
	var calendars, tokens, feeds store.Page[struct{ ID string }]
	var contacts store.Page[store.Contact]
	var proposal store.Proposal
	b.api(http.StatusCreated, "POST", "tokens", `{"name": "laptop"}`)
	b.api(http.StatusCreated, "POST", "feeds", `{"name": "phone"}`)
	b.api(http.StatusOK, "GET", "flags?state=open", "").into(t, &flags)
	b.api(http.StatusOK, "GET", "holds", "").into(t, &holds)
	b.api(http.StatusOK, "GET", "calendars", "").into(t, &calendars)
	b.api(http.StatusOK, "GET", "tokens", "").into(t, &tokens)
	b.api(http.StatusOK, "GET", "feeds", "").into(t, &feeds)
	b.api(http.StatusOK, "GET", "contacts", "").into(t, &contacts)
	if len(flags.Items) == 0 || len(holds.Items) == 0 || len(calendars.Items) == 0 || len(tokens.Items) == 0 || len(feeds.Items) == 0 || len(contacts.Items) == 0 {
		t.Fatalf("%d flags, %d holds, %d calendars, %d tokens, %d feeds, %d contacts",
			len(flags.Items), len(holds.Items), len(calendars.Items), len(tokens.Items), len(feeds.Items), len(contacts.Items))
	}
	b.api(http.StatusCreated, "POST", "proposals", `{"contact": {"address": "`+contacts.Items[0].Address+`"}, "title": "Fleet renewal", "send_on": "2026-12-01"}`).into(t, &proposal)
	return map[string]string{
		"flags": flags.Items[0].ID, "holds": holds.Items[0].ID, "calendars": calendars.Items[0].ID, "tokens": tokens.Items[0].ID,
		"contacts": contacts.Items[0].ID, "proposals": proposal.ID,
		"feeds": feeds.Items[0].ID,
	}
}

// What is somebody else's looks exactly like what does not exist, whatever is asked
// of it, by whichever way in that there is, and nothing is done to it.
func TestWhatIsSomebodyElsesDoesNotExist(t *testing.T) {
	databases(t, func(t *testing.T, address string) {
		w := newRig(t, address, func(s *serviceSettings) { s.FeedNetworks = networkList{netip.MustParsePrefix("127.0.0.1/32")} })
		eve, danas := w.withBacklog("eve@northwind.example", "ana@acme.com"), w.withBacklog(dana, "bob@globex.io")
		theirs := danas.mine(t)
		var elsewhere struct{ ID string }
		danas.api(http.StatusCreated, "POST", "calendars", fmt.Sprintf(`{"address": %q}`, w.publish())).into(t, &elsewhere)
		theirs["webcal"] = elsewhere.ID
		w.rest()
		before := danas.everything(t)
		for _, o := range eve.everyOperation(t) {
			kind := o.subject()
			if kind == "" {
				continue
			}
			if theirs[kind] == "" {
				t.Errorf("%s %s: the test has none of somebody else's", o.method, o.path)
			}
			if o.method == http.MethodGet && danas.attempt(o, theirs[kind]).StatusCode != http.StatusOK {
				t.Errorf("%s %s: it is not its owner's", o.method, o.path)
			}
			none := eve.attempt(o, "none")
			for what, id := range map[string]string{"somebody else's": theirs[kind], "a NUL": "%00", "what is no text": "%FF"} {
				other := eve.attempt(o, id)
				if other.StatusCode != http.StatusNotFound || other.body != none.body || other.StatusCode != none.StatusCode {
					t.Errorf("%s %s: %s is %d %s, what does not exist %d %s", o.method, o.path, what, other.StatusCode, other.body, none.StatusCode, none.body)
				}
			}
		}
		if after := danas.everything(t); after != before {
			t.Errorf("something was done to it:\n%s\nwas\n%s", after, before)
		}
		lists := []string{"flags", "holds", "activity", "calendars", "tokens", "feeds", "backlog", "me", "stats", "connection", "proposals", "contacts", "slots"}
		for _, list := range lists {
			r := eve.api(http.StatusOK, "GET", list, "")
			for _, canary := range []string{"globex", "dana@", theirs["flags"], theirs["holds"], theirs["tokens"], theirs["feeds"], theirs["contacts"], theirs["proposals"]} {
				if strings.Contains(r.body, canary) {
					t.Errorf("GET %s shows %q of somebody else: %s", list, canary, r.body)
				}
			}
		}
	})
}

// bookingLink is the path of the link of a proposal.
func (b *client) bookingLink(t *testing.T, id string) string {
	t.Helper()
	var p store.Proposal
	b.api(http.StatusOK, "GET", "proposals/"+id, "").into(t, &p)
	return b.w.link(p.BookingURL)
}

// everything is what a rep sees of what they have.
func (b *client) everything(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, list := range []string{"flags", "holds", "settings", "tokens", "feeds", "backlog", "proposals", "contacts"} {
		fmt.Fprintln(&all, b.api(http.StatusOK, "GET", list, "").body)
	}
	return all.String()
}

// Without a session or a token nothing is told or done.
func TestStrangersAreToldNothing(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	stranger := w.newClient()
	for _, o := range stranger.operations(t) {
		for _, authorization := range []string{"", "Bearer hf_wrong", "Basic aGY6aGY=", "Bearer"} {
			if authorization != "" && o.path != "/me" {
				continue // guesses are slowed down
			}
			stranger.header.Set("Authorization", authorization)
			r := stranger.attempt(operation{o.method, "/api/v1" + o.path}, "none")
			if r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.body, `"code":"signed_out"`) {
				t.Errorf("%s %s with %q: %d %s", o.method, o.path, authorization, r.StatusCode, r.body)
			}
		}
	}
	for _, o := range pageRoutes(t) {
		if slices.Contains(openPages, o.path) {
			continue
		}
		if r := stranger.attempt(o, "none"); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/" {
			t.Errorf("%s %s: %d to %q", o.method, o.path, r.StatusCode, r.Header.Get("Location"))
		}
	}
}

// A page of another site can have a browser send a request with the rep's cookie, but
// not one that does anything.
func TestAnotherSiteCanDoNothing(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b := w.withBacklog(dana, "ana@acme.com")
	ids := b.mine(t)
	w.rest()
	before := b.everything(t)
	forged := []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"https://evil.example"}}}
	all := []operation{{"POST", "/auth/sign-out"}, {"POST", b.bookingLink(t, ids["proposals"])}}
	for _, o := range b.everyOperation(t) {
		all = append(all, o.on(ids[o.subject()]))
	}
	for _, o := range all {
		if o.method == http.MethodGet {
			continue
		}
		for _, b.header = range forged {
			if r := b.do(o.method, o.path, "{}"); r.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s with %v: %d %s", o.method, o.path, b.header, r.StatusCode, r.body)
			}
		}
	}
	b.header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {w.url}}
	if after := b.everything(t); after != before {
		t.Errorf("something was done:\n%s\nwas\n%s", after, before)
	}
	b.api(http.StatusOK, "POST", "connection/pause", "") // the site itself can
}

func TestTokensActForTheirRepAndMakeNoOthers(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b := w.withBacklog(dana, "ana@acme.com")
	var made struct{ ID, Secret string }
	b.api(http.StatusCreated, "POST", "tokens", `{"name": "laptop"}`).into(t, &made)
	if !strings.HasPrefix(made.Secret, "hf_") || len(made.Secret) < 26 {
		t.Fatalf("secret %q", made.Secret)
	}
	program := w.newClient()
	program.header.Set("Authorization", "Bearer "+made.Secret)
	if r := program.api(http.StatusOK, "GET", "me", ""); !strings.Contains(r.body, dana) {
		t.Errorf("me: %s", r.body)
	}
	program.api(http.StatusOK, "POST", "backlog/dismiss", "")
	program.api(http.StatusForbidden, "POST", "tokens", `{"name": "another"}`)
	program.api(http.StatusForbidden, "DELETE", "tokens/"+made.ID, "")
	if len(program.http.Jar.Cookies(program.do("GET", "/api/v1/me", "").Request.URL)) > 0 {
		t.Error("a token begins a session")
	}
	if r := b.api(http.StatusOK, "GET", "tokens", ""); strings.Contains(r.body, made.Secret) {
		t.Error("the secret is shown again")
	}
	b.api(http.StatusNoContent, "DELETE", "tokens/"+made.ID, "")
	program.api(http.StatusUnauthorized, "GET", "me", "")
}
