package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// publish serves a calendar in which the rep met somebody an hour ago, and has something
// on tomorrow from 14:00 to 22:00 UTC.
func (w *rig) publish() (address string) {
	w.t.Helper()
	const layout = "20060102T150405Z"
	met := w.clock.Now().UTC().Add(-2 * time.Hour)
	busy := time.Date(met.Year(), met.Month(), met.Day()+1, 14, 0, 0, 0, time.UTC)
	text := "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Side project\r\n" +
		"BEGIN:VEVENT\r\nUID:met\r\nDTSTART:" + met.Format(layout) + "\r\nDTEND:" + met.Add(time.Hour).Format(layout) + "\r\nSUMMARY:Intro\r\n" +
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:" + dana + "\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@globex.io\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:busy\r\nDTSTART:" + busy.Format(layout) + "\r\nDTEND:" + busy.Add(8*time.Hour).Format(layout) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/secret-canary.ics" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, text)
	}))
	w.t.Cleanup(server.Close)
	return server.URL + "/secret-canary.ics"
}

func TestACalendarElsewhereIsWatchedByTheWholeService(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		w := newRig(t, database, func(s *serviceSettings) {
			s.FeedNetworks, s.Log = networkList{netip.MustParsePrefix("127.0.0.1/32")}, -4
		})
		b := w.withBacklog(dana, "ana@acme.com")
		b.api(http.StatusOK, "POST", "backlog/accept", "")
		u := w.google.User(dana)
		w.eventually("the holds are written", func() bool { return len(w.holdsFor(u, "acme.com")) == 3 && w.settled(b) })
		w.clock.stop()
		address := w.publish()
		var added struct{ ID, Kind, Name string }
		b.api(http.StatusCreated, "POST", "calendars", fmt.Sprintf(`{"address": %q, "counts": true}`, address)).into(t, &added)
		w.eventually("the meeting elsewhere is followed up", func() bool { return len(w.holdsFor(u, "globex.io")) == 3 && w.settled(b) })
		if added.Kind != "webcal" || added.Name != "Side project" {
			t.Errorf("added %+v", added)
		}
		for _, e := range append(w.holdsFor(u, "globex.io"), w.holdsFor(u, "acme.com")...) {
			if start := e.Start.Time.UTC(); start.Day() == 1 && start.Hour() >= 14 && start.Hour() < 22 {
				t.Errorf("%s at %s is on the time elsewhere", e.Summary, start)
			}
		}

		eve := w.withBacklog("eve@northwind.example", "carl@initech.example")
		for _, path := range []string{"calendars", "connection", "activity"} {
			if r := eve.api(http.StatusOK, "GET", path, ""); strings.Contains(r.body, "Side project") || strings.Contains(r.body, added.ID) {
				t.Errorf("GET %s shows somebody else's calendar: %s", path, r.body)
			}
		}
		for method, body := range map[string]string{"PATCH": `{"blocks": false}`, "DELETE": ""} {
			other, none := eve.do(method, "/api/v1/calendars/"+added.ID, body), eve.do(method, "/api/v1/calendars/none", body)
			if other.StatusCode != http.StatusNotFound || other.body != none.body {
				t.Errorf("%s: somebody else's is %d %s, what does not exist %d %s", method, other.StatusCode, other.body, none.StatusCode, none.body)
			}
		}
		eve.api(http.StatusCreated, "POST", "calendars", fmt.Sprintf(`{"address": %q}`, address)) // hers now, too

		b.api(http.StatusBadRequest, "POST", "calendars", fmt.Sprintf(`{"address": %q}`, strings.Replace(address, ".ics", "-not-there", 1)))
		w.rest()
		w.keepsToItself(t, b)
		b.api(http.StatusNoContent, "DELETE", "calendars/"+added.ID, "")
		if r := b.api(http.StatusOK, "GET", "calendars", ""); strings.Contains(r.body, added.ID) {
			t.Errorf("removed it is listed: %s", r.body)
		}
	})
}

// keepsToItself wants the address that the calendar was added by nowhere but, sealed, in
// its row.
func (w *rig) keepsToItself(t *testing.T, b *client) {
	t.Helper()
	shown := w.log.String()
	for _, path := range []string{"/api/v1/calendars", "/api/v1/connection", "/api/v1/activity", "/connection", "/activity"} {
		shown += b.do("GET", path, "").body
	}
	rows := strings.Join(column(t, w.db, "SELECT * FROM calendars"), "\n") + strings.Join(column(t, w.db, "SELECT * FROM activity"), "\n") +
		strings.Join(column(t, w.db, "SELECT args FROM river_job"), "\n")
	if strings.Contains(shown, "secret-canary") || strings.Contains(rows, "secret-canary") {
		t.Errorf("the address is told: %t in a row", strings.Contains(rows, "secret-canary"))
	}
	if !strings.Contains(shown, "Side project") || !strings.Contains(rows, "webcal-") || !strings.Contains(shown, "POST") {
		t.Error("the test sees too little")
	}
}

func TestNothingOnThisMachineIsReadUnlessTheOperatorSaysSo(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b := w.withBacklog(dana, "ana@acme.com")
	for _, address := range []string{w.publish(), w.url + "/healthz", "http://169.254.169.254/latest/meta-data"} {
		r := b.api(http.StatusBadRequest, "POST", "calendars", fmt.Sprintf(`{"address": %q}`, address))
		if !strings.Contains(r.body, "private network") {
			t.Errorf("%s: %s", address, r.body)
		}
	}
}
