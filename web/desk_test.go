package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// desk is a rep in front of a browser, with a calendar of their own. The test plays
// their provider.
type desk struct {
	t       *testing.T
	store   *store.Store
	now     time.Time
	rep     string
	server  *httptest.Server
	notices []Notice
	signed  bool
	token   string // sync token
	events  []scheduler.RemoteEvent
	// unreadable: the provider does not let the calendar be read right before a booking.
	unreadable bool
}

var errUnreadable = errors.New("backend error")

const deskAddress = "dana@northwind.example"

// newDesk signs a rep in, whose calendar has not been read yet.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 18, 15, 0, 0, 0, time.UTC), signed: true}
	keys, err := store.NewKeyring([]byte(strings.Repeat("k", 32)))
	d.must(err)
	d.store, err = store.Open(t.Context(), store.Config{
		URL: filepath.Join(t.TempDir(), "web.db"), PublicURL: "http://holdfast.example", Keys: keys, Now: func() time.Time { return d.now },
	})
	d.must(err)
	t.Cleanup(func() { d.must(d.store.Close()) })
	_, err = d.store.Migrate(t.Context())
	d.must(err)
	d.rep = d.signIn(deskAddress)
	d.serve()
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// signIn connects a rep with one calendar and returns their id.
func (d *desk) signIn(address string) string {
	d.t.Helper()
	rep, err := d.store.SignIn(d.t.Context(), store.Identity{Subject: address, Email: address, Name: "Dana"}, scheduler.Grant{
		Access: "canary-access", Refresh: "canary-refresh", Expires: d.now.Add(time.Hour),
	})
	d.must(err)
	d.must(d.store.SaveCalendars(d.t.Context(), rep.ID, []scheduler.RemoteCalendar{
		{ID: address, Name: "My calendar", Zone: "America/New_York", Primary: true, Owned: true},
	}))
	return rep.ID
}

// watch watches a calendar elsewhere that has no events; what is at "/page" is none.
func (d *desk) watch(ctx context.Context, repID string, w store.NewWebcal) (store.Calendar, error) {
	if strings.HasSuffix(w.Address, "/page") {
		return store.Calendar{}, &scheduler.WebcalError{Words: "The address answers with a web page.", Kind: scheduler.ErrInvalid}
	}
	read := scheduler.WebcalRead{Token: "f1"}
	return d.store.AddWebcal(ctx, repID, w, "Side project", d.now, read.Changes(d.now), d.now.Add(hour))
}

// serve serves the pages to the rep.
func (d *desk) serve() {
	site := testSite(d.t, Config{
		Store: d.store,
		Book: func(ctx context.Context, token string, p store.Pick) (store.Booking, error) {
			if d.unreadable {
				return store.Booking{}, errUnreadable
			}
			return d.store.Book(ctx, token, p)
		},
		Propose: d.store.CreateProposal,
		Update:  d.store.UpdateProposal,
		Offer:   d.store.Offer,
		Watch:   d.watch,
		Rep:     func(*http.Request) (string, bool) { return d.rep, d.signed },
		Say:     func(_ *http.Request, n Notice) { d.notices = append(d.notices, n) },
		Said: func(*http.Request) (Notice, bool) {
			if len(d.notices) == 0 {
				return Notice{}, false
			}
			n := d.notices[0]
			d.notices = d.notices[1:]
			return n, true
		},
		SignOut: func(*http.Request) error { d.signed = false; return nil },
		OAuth:   OAuth{Ready: true},
	})
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	site.Routes(engine)
	engine.GET("/book/:token", site.ShowBooking)
	engine.POST("/book/:token", site.DoBooking)
	engine.NoRoute(func(c *gin.Context) { site.Error(c.Writer, c.Request, http.StatusNotFound, "") })
	d.server = httptest.NewServer(engine)
	d.t.Cleanup(d.server.Close)
}

// meeting puts a meeting with somebody on the calendar.
func (d *desk) meeting(title, with string, from time.Duration) {
	start := d.now.Add(from).UTC()
	at := func(t time.Time) scheduler.Moment { return scheduler.Moment{Wall: t, Zone: time.UTC} }
	id := fmt.Sprintf("event%d", len(d.events))
	d.events = append(d.events, scheduler.RemoteEvent{ID: id, ETag: id, Event: scheduler.Event{
		UID: id + "@google.com", Summary: title, Start: at(start), End: at(start.Add(30 * time.Minute)),
		Attendees: []scheduler.Attendee{{Address: deskAddress, Response: scheduler.Accepted}, {Address: with, Response: scheduler.Accepted}},
		Ref:       scheduler.Ref{Calendar: deskAddress, ID: id, Link: "https://calendar.google.com/event?eid=" + id},
	}})
}

// task puts an entry without guests on the calendar.
func (d *desk) task(title string, from time.Duration) {
	d.meeting(title, deskAddress, from)
	d.events[len(d.events)-1].Event.Attendees = nil
}

// read has the calendar read.
func (d *desk) read() {
	d.t.Helper()
	next := fmt.Sprintf("token %d", len(d.events))
	_, err := d.store.SaveChanges(d.t.Context(), d.rep, deskAddress, d.token, d.now, scheduler.Changes{
		Events: d.events, Zone: "America/New_York", Token: next, Full: d.token == "",
	}, d.now.Add(time.Hour))
	d.must(err)
	d.token = next
}

// page is what the browser shows in the end.
type page struct {
	status int
	path   string
	text   string
}

// get opens a page.
func (d *desk) get(path string) page {
	d.t.Helper()
	return d.shown(http.Get(d.server.URL + path))
}

// post sends a form, and follows to where it leads.
func (d *desk) post(path string, form ...string) page {
	d.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	return d.shown(http.PostForm(d.server.URL+path, values))
}

func (d *desk) shown(response *http.Response, err error) page {
	d.t.Helper()
	d.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	d.must(err)
	return page{response.StatusCode, response.Request.URL.Path, string(body)}
}

// want fails the test unless the page is at path and says each of the texts.
func (d *desk) want(p page, path string, texts ...string) {
	d.t.Helper()
	if p.status != http.StatusOK || p.path != path {
		d.t.Fatalf("status %d at %s, want 200 at %s: %s", p.status, p.path, path, p.text)
	}
	for _, text := range texts {
		if !strings.Contains(p.text, text) {
			d.t.Errorf("%s lacks %q:\n%s", path, text, p.text)
		}
	}
}

// link finds the first match of a pattern in a page.
func (d *desk) link(p page, pattern string) string {
	d.t.Helper()
	found := regexp.MustCompile(pattern).FindString(p.text)
	if found == "" {
		d.t.Fatalf("%s has no %s:\n%s", p.path, pattern, p.text)
	}
	return found
}
