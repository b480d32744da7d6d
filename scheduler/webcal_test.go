package scheduler

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheAddressOfACalendarIsReadAsPeoplePasteIt(t *testing.T) {
	for given, want := range map[string]string{
		"https://calendar.example.com/dana.ics":         "https://calendar.example.com/dana.ics",
		" \thttp://calendar.example.com:8080/a?b=c#d\n": "http://calendar.example.com:8080/a?b=c",
		"webcal://calendar.example.com/dana.ics":        "https://calendar.example.com/dana.ics",
		"WEBCALS://calendar.example.com/dana.ics":       "https://calendar.example.com/dana.ics",
		"https://dana:word@calendar.example.com/":       "https://dana:word@calendar.example.com/",
	} {
		if u, err := ParseWebcal(given); err != nil || u.String() != want {
			t.Errorf("%q is %v, %v, want %s", given, u, err, want)
		}
	}
	for _, given := range []string{
		"", "dana.ics", "calendar.example.com/dana.ics", "//calendar.example.com/", "ftp://calendar.example.com/", "javascript:alert(1)", "https://",
		"https:///dana.ics", "https://:443/", "https:calendar.example.com", "http://[::1/", "https://calendar.example.com/\x7f",
		"https://calendar.example.com/" + strings.Repeat("x", maxWebcal),
	} {
		u, err := ParseWebcal(given)
		var wrong *WebcalError
		if !errors.As(err, &wrong) || !errors.Is(err, ErrInvalid) {
			t.Errorf("%.60q is %v, %v", given, u, err)
		}
	}
}

// webcalDay is a day of the tests, at an hour.
func webcalDay(day, hour int) Moment {
	return Moment{Wall: time.Date(2026, 12, day, hour, 0, 0, 0, time.UTC), Zone: time.UTC}
}

// webcalChanges reads events as from a calendar elsewhere, all that did not end before 1 December.
func webcalChanges(events ...Event) Changes {
	read := WebcalRead{Events: events, Token: "token", Zone: "Europe/Berlin"}
	return read.Changes(webcalDay(1, 0).Wall)
}

func TestEventsElsewhereHaveIDsThatStay(t *testing.T) {
	rule, err := ParseRule("FREQ=WEEKLY")
	if err != nil {
		t.Fatal(err)
	}
	original, date := webcalDay(8, 9), Moment{Wall: webcalDay(8, 0).Wall, DateOnly: true}
	series := Event{UID: "series", Start: webcalDay(1, 9), End: webcalDay(1, 10), Rules: []Rule{rule}}
	override := Event{UID: "series", Start: webcalDay(8, 11), End: webcalDay(8, 12), RecurrenceID: &original}
	orphan := Event{UID: "alone", Start: date, End: date, RecurrenceID: &date}
	c := webcalChanges(series, override, orphan)
	if len(c.Events) != 3 || !c.Full || c.BusyOnly || c.Token != "token" || c.Zone != "Europe/Berlin" {
		t.Fatalf("changes %+v", c)
	}
	if c.Events[1].Series != c.Events[0].ID || c.Events[0].Series != "" || c.Events[2].Series != "" {
		t.Errorf("of the series %q are %q and %q", c.Events[0].ID, c.Events[1].Series, c.Events[2].Series)
	}
	ids := func(c Changes) (ids []string) {
		for _, e := range c.Events {
			ids = append(ids, e.ID)
		}
		slices.Sort(ids)
		return slices.Compact(ids)
	}
	override.Start, override.Summary = webcalDay(9, 15), "moved"
	if diff := cmp.Diff(ids(c), ids(webcalChanges(orphan, override, series))); diff != "" || len(ids(c)) != 3 {
		t.Errorf("ids once something moved (-first +then):\n%s", diff)
	}
}

func TestOfTwoCopiesElsewhereTheLaterOneCounts(t *testing.T) {
	older := Event{UID: "x", Sequence: 1, Summary: "older", Start: webcalDay(2, 9), End: webcalDay(2, 10)}
	newer := older
	newer.Sequence, newer.Summary = 2, "newer"
	for _, both := range [][]Event{{older, newer}, {newer, older}} {
		if c := webcalChanges(both...); len(c.Events) != 1 || c.Events[0].Event.Summary != "newer" {
			t.Errorf("changes %+v", c)
		}
	}
}

func TestWhatIsLongOverElsewhereIsLeftOutButForSeries(t *testing.T) {
	rule, err := ParseRule("FREQ=WEEKLY;COUNT=2")
	if err != nil {
		t.Fatal(err)
	}
	original := Moment{Wall: webcalDay(1, 9).Wall.AddDate(0, -6, 0), Zone: time.UTC}
	past := func(uid string, change func(*Event)) Event {
		e := Event{UID: uid, Start: original, End: original}
		change(&e)
		return e
	}
	c := webcalChanges(
		past("single", func(*Event) {}),
		past("series", func(e *Event) { e.Rules = []Rule{rule} }),
		past("series", func(e *Event) { e.RecurrenceID = &original }),
		past("alone", func(e *Event) { e.RecurrenceID = &original }),
		past("long", func(e *Event) { e.End = webcalDay(1, 1) }),
	)
	var kept []string
	for _, e := range c.Events {
		kept = append(kept, e.Event.UID)
	}
	if diff := cmp.Diff([]string{"series", "series", "long"}, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

// A hold would move away from its own copy, and the copy would follow it.
func TestHoldsAreNotReadBackFromElsewhere(t *testing.T) {
	event := func(uid string, kind Kind, guests ...string) Event {
		e := Event{UID: uid, Kind: kind, Start: webcalDay(2, 9), End: webcalDay(2, 10)}
		for _, g := range guests {
			e.Attendees = append(e.Attendees, Attendee{Address: g})
		}
		return e
	}
	ours := EventID("install", "rep", "row", 1) + "@google.com"
	c := webcalChanges(
		event("a@holdfast", KindHold), event("b@holdfast", KindWrapUp), event("c@holdfast", KindOffer), event(ours, ""),
		event("busy@holdfast", ""),
		event("review@holdfast", KindReview, "ana@acme.com"), event(EventID("install", "rep", "other", 1)+"@google.com", "", "ana@acme.com"),
		event("hfshort@google.com", ""), event(strings.Replace(ours, "@google.com", "@example.com", 1), ""), event("person@google.com", ""),
	)
	if len(c.Events) != 5 {
		t.Errorf("%d events are kept: %+v", len(c.Events), c.Events)
	}
	for _, e := range c.Events {
		if e.Event.Kind != "" && e.Event.Kind != KindReview || e.Event.UID == ours || e.Event.UID == "busy@holdfast" {
			t.Errorf("%s is read back", e.Event.UID)
		}
	}
}
