package google

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// FuzzConvert holds that whatever Google's JSON says of an event, it is read without
// a panic into what the rest of the program can work with.
func FuzzConvert(f *testing.F) {
	for _, seed := range []string{
		`{` + timed + `}`,
		`{` + timed + `,"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=TU","EXDATE;TZID=Europe/Zurich:20261201T090000","RDATE;VALUE=PERIOD:20261226T080000Z/20261226T120000Z"]}`,
		`{"id":"e1","status":"cancelled"}`,
		`{"id":"s_1","status":"cancelled","recurringEventId":"s","originalStartTime":{"date":"2026-11-24"}}`,
		`{"id":"e1","start":{"date":"2026-11-24"},"end":{"dateTime":"2026-11-24T09:00:00+23:59"},"sequence":-1,"eventType":"birthday"}`,
		`{"id":"e1","summary":"\u0000\ud800","attendees":[null,{"email":"x"},{"self":true}],"organizer":{},"extendedProperties":{"private":{"hfInstall":"i","hfKind":"hold","hfGen":"9999999999999999999"}}}`,
		`{"id":"e1","start":{"dateTime":"0000-01-01T00:00:00Z","timeZone":"../../etc/localtime"},"end":{"dateTime":"9999-12-31T23:59:59-23:59"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var from calendar.Event
		if json.Unmarshal([]byte(text), &from) != nil {
			return
		}
		r := newReader(owner)
		r.inZone("Europe/Zurich")
		events := r.events(nil, []*calendar.Event{&from})
		for _, e := range events {
			checkReadable(t, &e.Event)
		}
		if len(events) == 1 {
			// Overrides alone have no series: they are expanded with one of their own.
			scheduler.Expand([]scheduler.Event{events[0].Event}, time.UTC,
				time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
		}
	})
}

func checkReadable(t *testing.T, e *scheduler.Event) {
	t.Helper()
	for _, s := range []string{e.UID, e.Summary, e.Ref.ID, e.Ref.Link} {
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			t.Errorf("text that no database takes: %q", s)
		}
	}
	if e.Start.Wall.IsZero() && e.Status != scheduler.Cancelled {
		t.Error("it takes place, and has no start")
	}
	if e.Start.DateOnly != e.End.DateOnly || e.End.In(time.UTC).Before(e.Start.In(time.UTC)) {
		t.Errorf("from %+v to %+v", e.Start, e.End)
	}
	if !e.Start.Wall.IsZero() && (e.Start.Zone == nil) != e.Start.DateOnly {
		t.Errorf("a time without a zone: %+v", e.Start)
	}
}
