package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"holdfast/integrations/ics"
	"holdfast/integrations/ics/icstest"
	"holdfast/scheduler"
)

// feed makes a feed of the rep, and returns the path that it is read at.
func (b *client) feed(choice string) (path string) {
	b.w.t.Helper()
	var made struct{ Addresses struct{ HTTPS string } }
	b.api(http.StatusCreated, "POST", "feeds", choice).into(b.w.t, &made)
	_, path, found := strings.Cut(made.Addresses.HTTPS, "://")
	if !found {
		b.w.t.Fatalf("the address is %q", made.Addresses.HTTPS)
	}
	return path[strings.Index(path, "/"):]
}

// events reads a feed with a client of its own, and what is in it.
func (w *rig) events(path string) (reply, []scheduler.Event) {
	w.t.Helper()
	r := w.newClient().do("GET", path, "")
	if r.StatusCode != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", path, r.StatusCode, r.body)
	}
	if wrong := icstest.Lint(r.body); len(wrong) > 0 {
		w.t.Errorf("lint: %q\n%s", wrong, r.body)
	}
	cal, err := ics.Read(strings.NewReader(r.body), "feed.ics")
	if err != nil {
		w.t.Fatal(err)
	}
	return r, cal.Events
}

// What the rep does in their calendar is in the feed on the next reading after the sync.
func TestAMovedHoldIsInTheFeed(t *testing.T) {
	databases(t, func(t *testing.T, address string) {
		w := newRig(t, address)
		b := w.withBacklog(dana, "ana@acme.com")
		path := b.feed(`{"name": "Phone"}`)
		b.api(http.StatusOK, "POST", "backlog/accept", "")
		u := w.google.User(dana)
		w.eventually("the holds are written", func() bool { return len(w.holdsFor(u, "acme.com")) > 0 && w.settled(b) })
		w.rest()

		first, before := w.events(path)
		hold := w.holdsFor(u, "acme.com")[0]
		if !hasStart(before, hold.Summary, hold.Start.Time) {
			t.Fatalf("%q at %v is not in %+v", hold.Summary, hold.Start.Time, before)
		}
		again := w.newClient()
		again.header.Set("If-None-Match", first.Header.Get("ETag"))
		if r := again.do("GET", path, ""); r.StatusCode != http.StatusNotModified || r.body != "" {
			t.Errorf("nothing happened, and the answer is %d %s", r.StatusCode, r.body)
		}

		start := hold.Start.Time.Add(15 * time.Minute)
		if _, err := u.Move("primary", hold.ID, start, start.Add(15*time.Minute)); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(time.Minute)
		w.settle()
		r := again.do("GET", path, "")
		if r.StatusCode != http.StatusOK || r.Header.Get("ETag") == first.Header.Get("ETag") || r.Header.Get("Last-Modified") == first.Header.Get("Last-Modified") {
			t.Errorf("after the move: %d %v", r.StatusCode, r.Header)
		}
		_, after := w.events(path)
		if !hasStart(after, hold.Summary, start) {
			t.Errorf("%q at %v is not in %+v", hold.Summary, start, after)
		}
		for i := range before {
			same := before[i].UID == after[i].UID && before[i].Sequence == after[i].Sequence && before[i].LastModified.Equal(after[i].LastModified)
			if moved := after[i].Summary == hold.Summary; same == moved {
				t.Errorf("%+v was %+v", after[i], before[i])
			}
		}
	})
}

func hasStart(events []scheduler.Event, title string, start time.Time) bool {
	for _, e := range events {
		if e.Summary == title && e.Start.In(time.UTC).Equal(start) {
			return true
		}
	}
	return false
}

// A rep makes a feed on the page, reads it, and revokes it.
func TestFeedsOnThePage(t *testing.T) {
	s := newScreen(t)
	address := startDemo(t)
	s.do(chromedp.Navigate(address))
	s.press("Sign in with Google")
	s.press(sampleName)
	s.until("Nothing is on your calendar yet")
	s.do(chromedp.Navigate(address + "/settings/feeds"))
	s.usable()
	s.press("Make the feed")
	s.until("It is shown this once")
	s.usable()
	s.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	s.usable()
	s.do(chromedp.EmulateViewport(screenWidth, screenHeight))
	at := read[string](s, `document.getElementById("address").textContent`)
	get := func() int {
		r, err := http.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	if status := get(); status != http.StatusOK {
		t.Fatalf("GET %s: %d", at, status)
	}
	s.press("New address")
	s.press("Give it a new address")
	s.untilTrue(`document.getElementById("address")?.textContent !== ` + "`" + at + "`")
	if status := get(); status != http.StatusNotFound {
		t.Errorf("the old address: %d", status)
	}
	at = read[string](s, `document.getElementById("address").textContent`)
	s.press("Revoke")
	s.press("Revoke it for good")
	s.until("No feed yet")
	if status := get(); status != http.StatusNotFound {
		t.Errorf("a revoked feed: %d", status)
	}
}
