package google

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

const owner = "dana@northwind.example"

// cmpZones compares zones by name, and rules by what they say.
var cmpZones = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.String() == b.String()
	}),
	cmp.Comparer(func(a, b scheduler.Rule) bool { return a.String() == b.String() }),
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// wall is a clock time in a zone.
func wall(text, in string) scheduler.Moment {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return scheduler.Moment{Wall: at, Zone: zone(in)}
}

func day(text string) scheduler.Moment {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return scheduler.Moment{Wall: at, DateOnly: true}
}

// convert reads Google's JSON of one event on Dana's calendar in Zurich.
func convert(t *testing.T, text string) (scheduler.RemoteEvent, []string) {
	t.Helper()
	var from calendar.Event
	if err := json.Unmarshal([]byte(text), &from); err != nil {
		t.Fatal(err)
	}
	r := newReader(owner)
	r.inZone("Europe/Zurich")
	e := r.event(&from)
	var warnings []string
	for _, w := range r.warnings {
		warnings = append(warnings, w.Message)
	}
	return e, warnings
}

func TestAMeetingIsReadWhole(t *testing.T) {
	got, warnings := convert(t, `{
		"id": "e1", "etag": "\"3\"", "status": "tentative", "htmlLink": "https://www.google.com/calendar/event?eid=x",
		"created": "2026-11-01T08:00:00.000Z", "updated": "2026-11-02T08:00:00.500Z", "summary": "Demo\r\nfor ACME",
		"description": "Somebody's words", "iCalUID": "e1@google.com", "sequence": 4, "visibility": "private",
		"organizer": {"email": "Ana@ACME.com", "displayName": "Ana Ruiz"},
		"start": {"dateTime": "2026-11-24T09:00:00+01:00", "timeZone": "Europe/Zurich"},
		"end": {"dateTime": "2026-11-24T09:30:00+01:00", "timeZone": "Europe/Zurich"},
		"attendees": [
			{"email": "ana+cal@acme.com", "displayName": "Ana Ruiz", "organizer": true, "responseStatus": "accepted"},
			{"email": "dana.alias@northwind.example", "self": true, "responseStatus": "declined"},
			{"email": "bo@acme.com", "displayName": "bo@acme.com", "responseStatus": "tentative"},
			{"email": "c@acme.com", "responseStatus": "needsAction"},
			{"email": "room-4@resource.calendar.google.com", "displayName": "Room 4", "resource": true, "responseStatus": "accepted"},
			{"displayName": "No address"}],
		"eventType": "default"}`)
	want := scheduler.RemoteEvent{
		ID: "e1", ETag: `"3"`,
		Event: scheduler.Event{
			UID: "e1@google.com", Sequence: 4, Created: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC),
			LastModified: time.Date(2026, 11, 2, 8, 0, 0, 500e6, time.UTC),
			Summary:      "Demo  for ACME", Status: scheduler.Tentative, Private: true,
			Organizer: &scheduler.Attendee{Address: "ana@acme.com", Name: "Ana Ruiz", Response: scheduler.Accepted},
			Attendees: []scheduler.Attendee{
				{Address: "ana@acme.com", Name: "Ana Ruiz", Response: scheduler.Accepted},
				{Address: owner, Response: scheduler.Declined}, // invited by an alias
				{Address: "bo@acme.com", Response: scheduler.TentativelyAccepted},
				{Address: "c@acme.com"},
				{Address: "room-4@resource.calendar.google.com", Name: "Room 4", Response: scheduler.Accepted, NotAPerson: true},
				{Name: "No address"},
			},
			Start: wall("2026-11-24 09:00", "Europe/Zurich"), End: wall("2026-11-24 09:30", "Europe/Zurich"),
			Ref: scheduler.Ref{Calendar: owner, ID: "e1", Link: "https://www.google.com/calendar/event?eid=x"},
		},
	}
	if diff := cmp.Diff(want, got, cmpZones); diff != "" || len(warnings) > 0 {
		t.Errorf("the meeting (-want +got):\n%s%q", diff, warnings)
	}
}

func TestTimesAreReadAsTheCalendarShowsThem(t *testing.T) {
	for name, test := range map[string]struct {
		times      string
		start, end scheduler.Moment
	}{
		"zone named": {
			`"start":{"dateTime":"2026-11-24T15:00:00+01:00","timeZone":"America/New_York"},"end":{"dateTime":"2026-11-24T10:00:00-05:00","timeZone":"America/New_York"}`,
			wall("2026-11-24 09:00", "America/New_York"), wall("2026-11-24 10:00", "America/New_York"),
		},
		"offset alone": {
			`"start":{"dateTime":"2026-11-24T08:00:00Z"},"end":{"dateTime":"2026-11-24T12:30:00+03:30"}`,
			wall("2026-11-24 09:00", "Europe/Zurich"), wall("2026-11-24 10:00", "Europe/Zurich"),
		},
		"zone named and no offset": {
			`"start":{"dateTime":"2026-11-24T09:00:00","timeZone":"America/New_York"},"end":{"dateTime":"2026-11-24T10:00:00","timeZone":"America/New_York"}`,
			wall("2026-11-24 09:00", "America/New_York"), wall("2026-11-24 10:00", "America/New_York"),
		},
		"clock time alone": {
			`"start":{"dateTime":"2026-11-24T09:00:00"},"end":{"dateTime":"2026-11-24T10:00:00"}`,
			wall("2026-11-24 09:00", "Europe/Zurich"), wall("2026-11-24 10:00", "Europe/Zurich"),
		},
		"zone unknown": {
			`"start":{"dateTime":"2026-11-24T08:00:00Z","timeZone":"Middle/Earth"},"end":{"dateTime":"2026-11-24T09:00:00Z","timeZone":"../etc/passwd"}`,
			wall("2026-11-24 09:00", "Europe/Zurich"), wall("2026-11-24 10:00", "Europe/Zurich"),
		},
		"zone of the machine": {
			`"start":{"dateTime":"2026-11-24T08:00:00Z","timeZone":"Local"},"end":{"dateTime":"2026-11-24T09:00:00Z","timeZone":"Local"}`,
			wall("2026-11-24 09:00", "Europe/Zurich"), wall("2026-11-24 10:00", "Europe/Zurich"),
		},
		"fractions": {
			`"start":{"dateTime":"2026-11-24T09:00:00.999+01:00"},"end":{"dateTime":"2026-11-24T10:00:00.001+01:00"}`,
			wall("2026-11-24 09:00", "Europe/Zurich"), wall("2026-11-24 10:00", "Europe/Zurich"),
		},
		"second of two equal clock times": {
			`"start":{"dateTime":"2026-10-25T02:30:00+02:00"},"end":{"dateTime":"2026-10-25T02:30:00+01:00"}`,
			wall("2026-10-25 02:30", "Europe/Zurich"), wall("2026-10-25 01:30", "UTC"),
		},
		"all day":                   {`"start":{"date":"2026-11-24"},"end":{"date":"2026-11-26"}`, day("2026-11-24"), day("2026-11-26")},
		"all day, ends as it began": {`"start":{"date":"2026-11-24"},"end":{"date":"2026-11-24"}`, day("2026-11-24"), day("2026-11-25")},
		"all day without an end":    {`"start":{"date":"2026-11-24"}`, day("2026-11-24"), day("2026-11-25")},
		"end not specified": {
			`"start":{"dateTime":"2026-11-24T08:00:00Z"},"end":{"dateTime":"2026-11-24T09:00:00Z"},"endTimeUnspecified":true`,
			wall("2026-11-24 09:00", "Europe/Zurich"), wall("2026-11-24 09:00", "Europe/Zurich"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, warnings := convert(t, `{"id":"e1","status":"confirmed",`+test.times+`}`)
			want := []scheduler.Moment{test.start, test.end}
			if diff := cmp.Diff(want, []scheduler.Moment{got.Event.Start, got.Event.End}, cmpZones); diff != "" || len(warnings) > 0 {
				t.Errorf("start and end (-want +got):\n%s%q", diff, warnings)
			}
		})
	}
}

const timed = `"id":"e1","status":"confirmed","start":{"dateTime":"2026-11-24T09:00:00+01:00","timeZone":"Europe/Zurich"},` +
	`"end":{"dateTime":"2026-11-24T10:00:00+01:00","timeZone":"Europe/Zurich"}`

func TestASeriesIsReadWithItsDates(t *testing.T) {
	got, warnings := convert(t, `{`+timed+`,"recurrence":[
		"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101T000000Z",
		"EXDATE;TZID=Europe/Zurich:20261201T090000,20261208T090000",
		"EXDATE:20261215T080000Z",
		"EXDATE;VALUE=DATE:20261222",
		"RDATE;TZID=\"America/New_York\":20261225T030000",
		"RDATE;VALUE=PERIOD:20261226T080000Z/20261226T120000Z"]}`)
	rule, err := scheduler.ParseRule("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101T000000Z")
	if err != nil {
		t.Fatal(err)
	}
	want := scheduler.Event{
		Rules: []scheduler.Rule{rule},
		ExDates: []scheduler.Moment{
			wall("2026-12-01 09:00", "Europe/Zurich"), wall("2026-12-08 09:00", "Europe/Zurich"), wall("2026-12-15 08:00", "UTC"), day("2026-12-22"),
		},
		RDates: []scheduler.Period{
			{Start: wall("2026-12-25 03:00", "America/New_York")},
			{Start: wall("2026-12-26 08:00", "UTC"), End: wall("2026-12-26 12:00", "UTC")},
		},
	}
	recurrence := scheduler.Event{Rules: got.Event.Rules, ExDates: got.Event.ExDates, RDates: got.Event.RDates}
	if diff := cmp.Diff(want, recurrence, cmpZones); diff != "" || len(warnings) > 0 {
		t.Errorf("recurrence (-want +got):\n%s%q", diff, warnings)
	}
}

// A weekly 09:00 stays at 09:00 over the change of offset, and a moved instance
// takes the place of its own.
func TestASeriesExpandsAsGoogleShowsIt(t *testing.T) {
	series, _ := convert(t, `{"id":"s","iCalUID":"s@google.com","start":{"dateTime":"2026-10-20T09:00:00+02:00","timeZone":"Europe/Zurich"},
		"end":{"dateTime":"2026-10-20T10:00:00+02:00","timeZone":"Europe/Zurich"},"recurrence":["RRULE:FREQ=WEEKLY;COUNT=3"]}`)
	moved, _ := convert(t, `{"id":"s_20261103T080000Z","iCalUID":"s@google.com","recurringEventId":"s",
		"originalStartTime":{"dateTime":"2026-11-03T09:00:00+01:00","timeZone":"Europe/Zurich"},
		"start":{"dateTime":"2026-11-04T14:00:00+01:00"},"end":{"dateTime":"2026-11-04T15:00:00+01:00"}}`)
	instances, _ := scheduler.Expand([]scheduler.Event{series.Event, moved.Event}, time.UTC,
		time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	var starts []string
	for _, i := range instances {
		starts = append(starts, i.Start().UTC().Format("01-02 15:04"))
	}
	if diff := cmp.Diff([]string{"10-20 07:00", "10-27 08:00", "11-04 13:00"}, starts); diff != "" {
		t.Errorf("starts (-want +got):\n%s", diff)
	}
}

func TestAnEventWithoutAUIDHasTheOneThatGoogleMakesOfItsId(t *testing.T) {
	for text, want := range map[string]string{
		`{` + timed + `}`:                 "e1@google.com",
		`{` + timed + `,"iCalUID":"a@b"}`: "a@b",
		`{` + timed + `,"recurringEventId":"s","originalStartTime":{"dateTime":"2026-11-24T09:00:00+01:00"}}`: "", // its series'
	} {
		if got, _ := convert(t, text); got.Event.UID != want {
			t.Errorf("UID %q, want %q, of %s", got.Event.UID, want, text)
		}
	}
}

func TestWhatIsGoneIsToldFromWhatIsCancelled(t *testing.T) {
	original := wall("2026-11-24 09:00", "Europe/Zurich")
	for name, test := range map[string]struct {
		text     string
		deleted  bool
		series   string
		original *scheduler.Moment
	}{
		"deleted event":      {`{"id":"e1","status":"cancelled"}`, true, "", nil},
		"cancelled instance": {`{"id":"s_1","status":"cancelled","recurringEventId":"s","originalStartTime":{"dateTime":"2026-11-24T09:00:00+01:00","timeZone":"Europe/Zurich"}}`, false, "s", &original},
		"without its place":  {`{"id":"s_1","status":"cancelled","recurringEventId":"s"}`, false, "s", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, warnings := convert(t, test.text)
			if got.Deleted != test.deleted || got.Series != test.series || got.Event.Status != scheduler.Cancelled || len(warnings) > 0 {
				t.Errorf("deleted %v, series %q, %v, warnings %q", got.Deleted, got.Series, got.Event.Status, warnings)
			}
			if diff := cmp.Diff(test.original, got.Event.RecurrenceID, cmpZones); diff != "" {
				t.Errorf("original start (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEventThatCannotBeReadCountsForNothingAndIsToldOf(t *testing.T) {
	for name, text := range map[string]string{
		"no start":                   `{"id":"e1","status":"confirmed"}`,
		"empty start":                `{"id":"e1","start":{},"end":{}}`,
		"date that is none":          `{"id":"e1","start":{"date":"2026-02-30"},"end":{"date":"2026-03-01"}}`,
		"time that is none":          `{"id":"e1","start":{"dateTime":"soon"},"end":{"dateTime":"later"}}`,
		"year 9999":                  `{"id":"e1","start":{"date":"9999-12-31"},"end":{"date":"9999-12-31"}}`,
		"rule that is none":          `{` + timed + `,"recurrence":["RRULE:FREQ=SOMETIMES"]}`,
		"rule that RFC 5545 dropped": `{` + timed + `,"recurrence":["RRULE:FREQ=DAILY","EXRULE:FREQ=WEEKLY"]}`,
		"line without a value":       `{` + timed + `,"recurrence":["RRULE"]}`,
		"too many rules":             `{` + timed + `,"recurrence":["RRULE:FREQ=DAILY"` + strings.Repeat(`,"RRULE:FREQ=DAILY"`, maxRules) + `]}`,
		"too many dates":             `{` + timed + `,"recurrence":["EXDATE:20261201T090000Z` + strings.Repeat(",20261201T090000Z", maxDates) + `"]}`,
		"override of nothing":        `{` + timed + `,"recurringEventId":"s"}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, warnings := convert(t, text)
			e := got.Event
			if e.Status != scheduler.Cancelled || got.Deleted || len(e.Rules)+len(e.ExDates)+len(e.RDates) > 0 {
				t.Errorf("status %v, deleted %v, %d rules", e.Status, got.Deleted, len(e.Rules))
			}
			if len(warnings) != 1 || !strings.Contains(warnings[0], "e1") {
				t.Errorf("warnings %q, want one that names the event", warnings)
			}
		})
	}
}

func TestADateThatCannotBeReadLeavesTheRest(t *testing.T) {
	got, warnings := convert(t, `{`+timed+`,"recurrence":["RRULE:FREQ=DAILY","EXDATE:20261201T080000Z,soon","RDATE:later"]}`)
	if len(got.Event.Rules) != 1 || len(got.Event.ExDates) != 1 || len(got.Event.RDates) != 0 || got.Event.Status != scheduler.Confirmed || len(warnings) != 2 {
		t.Errorf("%d rules, %d EXDATEs, %d RDATEs, %v, warnings %q", len(got.Event.Rules), len(got.Event.ExDates), len(got.Event.RDates), got.Event.Status, warnings)
	}
	for name, end := range map[string]string{
		"before the start":  `{"dateTime":"2026-11-23T09:00:00+01:00"}`,
		"a date":            `{"date":"2026-11-25"}`,
		"nothing that is a": `{}`,
	} {
		got, warnings := convert(t, `{"id":"e1","start":{"dateTime":"2026-11-24T09:00:00+01:00"},"end":`+end+`}`)
		if got.Event.Status != scheduler.Confirmed || !got.Event.End.Wall.Equal(got.Event.Start.Wall) || len(warnings) != 1 {
			t.Errorf("an end %s: ends %v, warnings %q", name, got.Event.End.Wall, warnings)
		}
	}
}

func TestOneBadEventLeavesThePageReadable(t *testing.T) {
	var page calendar.Events
	text := `{"items":[{"summary":"without an id"},null,{"id":"bad","start":{"date":"?"}},{` + timed + `},{"id":"a\u0000b"}]}`
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	r := newReader(owner)
	events := r.events(nil, page.Items)
	if len(events) != 2 || events[0].ID != "bad" || events[1].ID != "e1" || len(r.warnings) != 4 {
		t.Errorf("%d events, warnings %v", len(events), r.warnings)
	}
}
