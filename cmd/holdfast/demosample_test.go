package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/integrations/ics"
)

// demoStart is a Wednesday in a working week.
var demoStart = time.Date(2026, 11, 18, 16, 0, 0, 0, time.UTC)

func sampleCalendar(t *testing.T, now time.Time) (*emulator.Server, *demoCalendar) {
	t.Helper()
	clock := func() time.Time { return now }
	google := emulator.New(emulator.Config{URL: "http://google.example", ClientID: "demo", ClientSecret: "demo", Now: clock})
	t.Cleanup(google.Close)
	if err := addSample(google, now); err != nil {
		t.Fatal(err)
	}
	zone, err := sampleZone(now)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := newDemoCalendar(google, zone, clock, "http://holdfast.example/", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return google, calendar
}

func TestTheSampleCalendarCanBeMadeAtAnyTime(t *testing.T) {
	for hour := range 8 * 24 {
		now := demoStart.Add(time.Duration(hour)*time.Hour + 17*time.Minute)
		google, _ := sampleCalendar(t, now)
		events := google.User(sampleRep).Events("")
		if len(events) != len(sampleEvents) {
			t.Fatalf("%v: %d events, want %d", now, len(events), len(sampleEvents))
		}
		left := -time.Minute
		for _, e := range events {
			if e.Summary == "Needs analysis" {
				left = e.End.Time.Sub(now)
			}
		}
		if left <= 0 || left > 10*time.Minute {
			t.Errorf("%v: the meeting under way has %v left, want at most 10 minutes", now, left)
		}
	}
}

func TestTheOwnersHandChangesTheSampleCalendar(t *testing.T) {
	google, calendar := sampleCalendar(t, demoStart)
	server := httptest.NewServer(calendar.handler())
	defer server.Close()
	owner := google.User(sampleRep)
	find := func(title string) emulator.Event {
		for _, e := range owner.Events("") {
			if e.Summary == title {
				return e
			}
		}
		return emulator.Event{}
	}
	post := func(path string, form url.Values) {
		t.Helper()
		response, err := http.PostForm(server.URL+demoCalendarPath+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v %s", path, response.Status, err, body)
		}
	}
	id := find("Proposal review").ID
	post("move", url.Values{"id": {id}, "start": {"2026-11-24T13:00"}})
	if got := find("Proposal review").Start.Time.In(calendar.zone).Format("2 15:04"); got != "24 13:00" {
		t.Errorf("moved to %s", got)
	}
	post("edit", url.Values{"id": {id}, "title": {"Proposal, again"}})
	if find("Proposal, again").ID != id {
		t.Error("not renamed")
	}
	post("delete", url.Values{"id": {id}})
	if got := find("Proposal, again").Status; got != "cancelled" {
		t.Errorf("deleted: status %s", got)
	}
	post("book", url.Values{"guest": {"Ana Ruiz <ana@bluepeak.example>"}, "start": {"2026-11-24T15:00"}})
	if got := find("Next step"); len(got.Attendees) != 2 || got.End.Time.Sub(got.Start.Time) != demoMeeting {
		t.Errorf("booked %+v", got)
	}
}

func TestTheSampleCalendarMarksWhatHoldfastWrote(t *testing.T) {
	google, calendar := sampleCalendar(t, demoStart)
	_, err := google.User(sampleRep).Insert("", emulator.Event{
		Summary: "Call <b>Ana</b>", Start: emulator.At(demoStart, ""), End: emulator.At(demoStart.Add(time.Hour), ""),
		ExtendedProperties: &emulator.Properties{Private: map[string]string{"hfInstall": "x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	calendar.handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, demoCalendarPath, nil))
	page := recorder.Body.String()
	if strings.Count(page, `<li class="hold`) != 1 || strings.Contains(page, "<b>Ana") {
		t.Errorf("the page does not mark one hold, or shows markup of a title: %d", strings.Count(page, `<li class="hold`))
	}
	for _, want := range []string{"Stand-up", fmt.Sprint(calendar.zone), "Day off"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if v := google.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestNoOtherSiteMovesTheOwnersHand(t *testing.T) {
	_, calendar := sampleCalendar(t, demoStart)
	request := httptest.NewRequest(http.MethodPost, demoCalendarPath+"delete", strings.NewReader("id=x"))
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	recorder := httptest.NewRecorder()
	calendar.handler().ServeHTTP(recorder, request)
	if recorder.Code != http.StatusForbidden {
		t.Errorf("status %d, want 403", recorder.Code)
	}
}

func TestTheSampleCalendarIsShownAlsoAfterEveryGrantEnded(t *testing.T) {
	google, calendar := sampleCalendar(t, demoStart)
	for range 2 {
		recorder := httptest.NewRecorder()
		calendar.handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, demoCalendarPath, nil))
		if recorder.Code != http.StatusOK {
			t.Errorf("status %d", recorder.Code)
		}
		google.Revoke(sampleRep)
	}
}

func TestTheCalendarElsewhereIsStillToCome(t *testing.T) {
	for day := range 8 {
		now := demoStart.AddDate(0, 0, day)
		_, calendar := sampleCalendar(t, now)
		recorder := httptest.NewRecorder()
		calendar.handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, demoElsewherePath, nil))
		read, err := ics.Read(recorder.Body, "family.ics")
		if err != nil || len(read.Events) != 3 || len(read.Warnings) > 0 {
			t.Fatalf("%v: %+v, %v", now, read, err)
		}
		for _, e := range read.Events {
			if start := e.Start.In(time.UTC); !start.After(now) || start.Weekday() == time.Saturday || start.Weekday() == time.Sunday {
				t.Errorf("%v: %s is at %v", now, e.Summary, start)
			}
		}
	}
}
