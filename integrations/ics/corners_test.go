package ics

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// readOne reads the one event that lines make, beside a UID.
func readOne(t *testing.T, lines ...string) (scheduler.Event, []string) {
	t.Helper()
	cal := mustRead(t, inEvent(lines...))
	if len(cal.Events) != 1 {
		t.Fatalf("%d events, warnings %q", len(cal.Events), messages(cal))
	}
	return cal.Events[0], messages(cal)
}

func TestReadsTimes(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	tests := []struct {
		name       string
		lines      []string
		start, end scheduler.Moment
		nominal    int
		warnings   []string
	}{
		{"UTC", []string{"DTSTART:20261118T150000Z", "DTEND:20261118T153000Z"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:30"), 0, nil},
		{"zone in quotes with spaces", []string{`DTSTART;TZID=" Europe/Berlin ":20261118T150000`},
			at(berlin, "2026-11-18 15:00"), at(berlin, "2026-11-18 15:00"), 0, nil},
		{"Z wins over TZID", []string{"DTSTART;TZID=Europe/Berlin:20261118T150000Z"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00"), 0, nil},
		{"floating", []string{"DTSTART:20261118T150000", "DTEND:20261118T160000"},
			at(nil, "2026-11-18 15:00"), at(nil, "2026-11-18 16:00"), 0, nil},
		{"timed without an end is an instant", []string{"DTSTART:20261118T150000Z"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00"), 0, nil},
		{"date without VALUE=DATE, without an end, is a day", []string{"DTSTART:20261118"},
			on("2026-11-18"), on("2026-11-19"), 0, nil},
		{"VALUE=DATE makes a date of a time", []string{"DTSTART;VALUE=DATE:20261118T150000Z"},
			on("2026-11-18"), on("2026-11-19"), 0, nil},
		{"a date that ends on itself is a day", []string{"DTSTART:20261118", "DTEND:20261118"},
			on("2026-11-18"), on("2026-11-19"), 0, nil},
		{"lower case, no seconds, outer space", []string{"DTSTART: 20261118t1500z "},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00"), 0, nil},
		{"24:00 is midnight", []string{"DTSTART:20261118T230000Z", "DTEND:20261118T240000Z"},
			at(time.UTC, "2026-11-18 23:00"), at(time.UTC, "2026-11-19 00:00"), 0, nil},
		{"end in another zone", []string{"DTSTART;TZID=Europe/Berlin:20261118T150000", "DTEND:20261118T143000Z"},
			at(berlin, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 14:30"), 0, nil},
		{"end before the start", []string{"DTSTART:20261118T150000Z", "DTEND:20261118T140000Z"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00"), 0,
			[]string{"5: DTEND is before DTSTART: read as the start"}},
		{"end before the start by its zone", []string{"DTSTART:20261118T150000Z", "DTEND;TZID=Europe/Berlin:20261118T153000"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00"), 0,
			[]string{"5: DTEND is before DTSTART: read as the start"}},
		{"date that ends before it starts", []string{"DTSTART:20261118", "DTEND:20261101"},
			on("2026-11-18"), on("2026-11-19"), 0, []string{"5: DTEND is before DTSTART: read as the start"}},
		{"time that ends on a date", []string{"DTSTART;TZID=Europe/Berlin:20261118T150000", "DTEND;VALUE=DATE:20261120"},
			at(berlin, "2026-11-18 15:00"), at(berlin, "2026-11-20 00:00"), 0,
			[]string{"5: DTEND is a date and DTSTART a time: read as the midnight that day begins with"}},
		{"date that ends at a time", []string{"DTSTART:20261118", "DTEND:20261119T093000Z"},
			on("2026-11-18"), on("2026-11-20"), 0,
			[]string{"5: DTEND is a time and DTSTART a date: read as the end of that day"}},
		{"date that ends at a midnight", []string{"DTSTART:20261118", "DTEND:20261119T000000"},
			on("2026-11-18"), on("2026-11-19"), 0,
			[]string{"5: DTEND is a time and DTSTART a date: read as the end of that day"}},
		{"DTEND wins over DURATION", []string{"DTSTART:20261118T150000Z", "DURATION:PT3H", "DTEND:20261118T160000Z"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 16:00"), 0, nil},
		{"duration of hours is exact over a change of offset", []string{"DTSTART;TZID=Europe/Berlin:20261024T180000", "DURATION:PT24H"},
			at(berlin, "2026-10-24 18:00"), at(berlin, "2026-10-25 17:00"), 0, nil},
		{"duration of days is by the calendar", []string{"DTSTART;TZID=Europe/Berlin:20261024T180000", "DURATION:P1D"},
			at(berlin, "2026-10-24 18:00"), at(berlin, "2026-10-25 18:00"), 1, nil},
		{"duration of weeks", []string{"DTSTART:20261118", "DURATION:P2W"},
			on("2026-11-18"), on("2026-12-02"), 14, nil},
		{"duration into the hour that comes twice, the second time",
			[]string{"DTSTART;TZID=Europe/Berlin:20261025T013000", "DURATION:PT2H"},
			at(berlin, "2026-10-25 01:30"), at(time.UTC, "2026-10-25 01:30"), 0, nil},
		{"duration of hours on a date", []string{"DTSTART:20261118", "DURATION:PT36H"},
			on("2026-11-18"), on("2026-11-20"), 0, nil},
		{"no duration on a date", []string{"DTSTART:20261118", "DURATION:PT0S"},
			on("2026-11-18"), on("2026-11-19"), 0, nil},
		{"negative duration", []string{"DTSTART:20261118T150000Z", "DURATION:-P1DT1H"},
			at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00"), 0,
			[]string{"5: DURATION is negative: read as none"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, warnings := readOne(t, tt.lines...)
			got := []any{e.Start, e.End, e.NominalDays, warnings}
			want := []any{tt.start, tt.end, tt.nominal, tt.warnings}
			if diff := cmp.Diff(want, got, sameMeaning); diff != "" {
				t.Errorf("start, end, nominal days, warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadsALeapSecondAsTheOneBefore(t *testing.T) {
	e, _ := readOne(t, "DTSTART:20161231T235960Z")
	if want := utc("2016-12-31 23:59").Add(59 * time.Second); !e.Start.Wall.Equal(want) {
		t.Errorf("Start = %v, want %v", e.Start.Wall, want)
	}
}

func TestReadsWhatTheEventSays(t *testing.T) {
	tests := []struct {
		name string
		line string
		want scheduler.Event
	}{
		{"cancelled", "STATUS:CANCELLED", scheduler.Event{Status: scheduler.Cancelled}},
		{"cancelled, misspelt", "status:Canceled", scheduler.Event{Status: scheduler.Cancelled}},
		{"status of something else", "STATUS:COMPLETED", scheduler.Event{}},
		{"confidential", "CLASS:CONFIDENTIAL", scheduler.Event{Private: true}},
		{"public", "CLASS:PUBLIC", scheduler.Event{}},
		{"transparent", "TRANSP:TRANSPARENT", scheduler.Event{Transparent: true}},
		{"free in Outlook", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", scheduler.Event{Transparent: true}},
		{"working elsewhere in Outlook", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", scheduler.Event{Transparent: true}},
		{"free in Outlook, busy by the standard", "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\nTRANSP:OPAQUE", scheduler.Event{}},
		{"out of office", "X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\nTRANSP:OPAQUE", scheduler.Event{OutOfOffice: true}},
		{"version", "SEQUENCE:12", scheduler.Event{Sequence: 12}},
		{"title with escapes", `SUMMARY:a\, b\; c\\d\ne\:f\x`, scheduler.Event{Summary: `a, b; c\d e:f\x`}},
		{"title with control characters", "SUMMARY:a\x1b[31m\u2028b\tc ", scheduler.Event{Summary: "a [31m b c"}},
		{"title in Windows-1252", "SUMMARY:\x80 50 \x96 M\xfcller", scheduler.Event{Summary: "€ 50 – Müller"}},
		{"title in UTF-8, another line not", "LOCATION:M\xfcnchen\r\nSUMMARY:Müller", scheduler.Event{Summary: "Müller"}},
		{"name folded inside a character", "SUMM\r\n ARY:M\xc3\r\n \xbcller", scheduler.Event{Summary: "Müller"}},
		{"fold with blank lines in it", "SUMMARY:one\r\n\r\n  two\r\n\t three", scheduler.Event{Summary: "one two three"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, warnings := readOne(t, "DTSTART:20261118T150000Z", tt.line)
			tt.want.UID, tt.want.Start, tt.want.End = "u", at(time.UTC, "2026-11-18 15:00"), at(time.UTC, "2026-11-18 15:00")
			tt.want.Source = scheduler.Source{File: "a.ics", Line: 2}
			if diff := cmp.Diff(tt.want, got, sameMeaning); diff != "" || len(warnings) > 0 {
				t.Errorf("warnings %q, event (-want +got):\n%s", warnings, diff)
			}
		})
	}
}

func TestReadsPeople(t *testing.T) {
	tests := []struct {
		name, line string
		want       scheduler.Attendee
	}{
		{"quoted colon, semicolon and comma", `ATTENDEE;CN="a: b; c, d";PARTSTAT=ACCEPTED:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: "a: b; c, d", Response: scheduler.Accepted}},
		{"caret escapes", `ATTENDEE;CN="George ^'Babe^' Ruth^n^^":mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: `George "Babe" Ruth ^`}},
		{"comma that should be quoted", `ATTENDEE;CN=Ruiz, Ana:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: "Ruiz, Ana"}},
		{"quotes inside a value", `ATTENDEE;CN=Ana "A:B" Ruiz;PARTSTAT=DECLINED:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: "Ana A:B Ruiz", Response: scheduler.Declined}},
		{"quote that is not closed", `ATTENDEE;CN="Ana;PARTSTAT=DECLINED:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: "Ana", Response: scheduler.Declined}},
		{"parameter without a value", `ATTENDEE;RSVP;CN=Ana:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: "Ana"}},
		{"name that repeats the address", `ATTENDEE;CN=X+tag@y.example:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example"}},
		{"name that is another address", `ATTENDEE;CN=z@y.example:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: "z@y.example"}},
		{"address in the EMAIL parameter", `ATTENDEE;EMAIL=X@Y.example:urn:uuid:2b0a`,
			scheduler.Attendee{Address: "x@y.example"}},
		{"nobody", `ATTENDEE;CN=Ana:invalid:nomail`, scheduler.Attendee{Name: "Ana"}},
		{"tentative", `ATTENDEE;PARTSTAT=tentative:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Response: scheduler.TentativelyAccepted}},
		{"answer that is not known", `ATTENDEE;PARTSTAT=X-MAYBE:mailto:x@y.example`, scheduler.Attendee{Address: "x@y.example"}},
		{"room", `ATTENDEE;CUTYPE=ROOM:mailto:x@y.example`, scheduler.Attendee{Address: "x@y.example", NotAPerson: true}},
		{"long name", `ATTENDEE;CN=` + strings.Repeat("ü", 200) + `:mailto:x@y.example`,
			scheduler.Attendee{Address: "x@y.example", Name: strings.Repeat("ü", 128)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, warnings := readOne(t, "DTSTART:20261118T150000Z", tt.line, strings.Replace(tt.line, "ATTENDEE", "ORGANIZER", 1))
			want := scheduler.Event{Organizer: &tt.want, Attendees: []scheduler.Attendee{tt.want}}
			got := scheduler.Event{Organizer: e.Organizer, Attendees: e.Attendees}
			if diff := cmp.Diff(want, got, sameMeaning); diff != "" || len(warnings) > 0 {
				t.Errorf("warnings %q, people (-want +got):\n%s", warnings, diff)
			}
		})
	}
}

func TestReadsRecurrence(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	e, warnings := readOne(t, "DTSTART;TZID=Europe/Berlin:20261118T150000",
		"RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=MONTHLY;COUNT=2", "RRULE:",
		"EXDATE;TZID=Europe/Berlin:20261125T150000,20261202T150000", "EXDATE;VALUE=DATE:20261203", "EXDATE:",
		"EXDATE;TZID=Europe/Berlin:20261209T150000",
		"RDATE;VALUE=DATE:20261205, 20261206", "RDATE;TZID=Europe/Berlin;VALUE=PERIOD:20261207T090000/P1DT1H,20261208T090000/20261208T100000",
		"RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261118")
	want := scheduler.Event{
		Rules: []scheduler.Rule{rule(t, "FREQ=WEEKLY;COUNT=3"), rule(t, "FREQ=MONTHLY;COUNT=2")},
		ExDates: []scheduler.Moment{
			at(berlin, "2026-11-25 15:00"), at(berlin, "2026-12-02 15:00"), on("2026-12-03"), at(berlin, "2026-12-09 15:00"),
		},
		RDates: []scheduler.Period{
			{Start: on("2026-12-05")}, {Start: on("2026-12-06")},
			{Start: at(berlin, "2026-12-07 09:00"), End: at(berlin, "2026-12-08 10:00")},
			{Start: at(berlin, "2026-12-08 09:00"), End: at(berlin, "2026-12-08 10:00")},
		},
		RecurrenceID: new(on("2026-11-18")), ThisAndFuture: true,
	}
	got := scheduler.Event{Rules: e.Rules, ExDates: e.ExDates, RDates: e.RDates, RecurrenceID: e.RecurrenceID, ThisAndFuture: e.ThisAndFuture}
	if diff := cmp.Diff(want, got, sameMeaning); diff != "" || len(warnings) > 0 {
		t.Errorf("warnings %q, recurrence (-want +got):\n%s", warnings, diff)
	}
}

// The last midnight that can be written is one of the year 10000, which cannot be kept.
func TestReadsNoTimeAfterTheYear9999(t *testing.T) {
	e, warnings := readOne(t, "DTSTART:20261118T150000Z", "RRULE:FREQ=DAILY", "EXDATE:99991231T240000Z,20261119T150000Z", "LAST-MODIFIED:99991231T240000Z")
	if len(e.ExDates) != 1 || !e.LastModified.IsZero() || len(warnings) != 2 {
		t.Errorf("exceptions %v, modified %v, warnings %q", e.ExDates, e.LastModified, warnings)
	}
}

func TestMakesTheSameUIDForTheSameEvent(t *testing.T) {
	text := inCalendar(
		"BEGIN:VEVENT", "DTSTART:20261118", "SUMMARY:a", "END:VEVENT",
		"BEGIN:VEVENT", "DTSTART:20261118", "SUMMARY:a", "END:VEVENT",
		"BEGIN:VEVENT", "DTSTART:20261118", "SUMMARY:b", "UID:", "END:VEVENT")
	cal := mustRead(t, text)
	if len(cal.Events) != 3 || cal.Events[0].UID != cal.Events[1].UID || cal.Events[0].UID == cal.Events[2].UID {
		t.Fatalf("UIDs of the events: %v", cal.Events)
	}
	if want := "2: event without a UID: it is known as " + cal.Events[0].UID; messages(cal)[0] != want {
		t.Errorf("warning %q, want %q", messages(cal)[0], want)
	}
}

// In a file whose lines end in CR an LF is no line end, and must not become one.
func TestALineFeedInsideAValueStartsNoProperty(t *testing.T) {
	text := strings.ReplaceAll(inEvent("DTSTART:20261118", "SUMMARY:one\x00RRULE:FREQ=DAILY\x00two"), "\r\n", "\r")
	cal := mustRead(t, strings.ReplaceAll(text, "\x00", "\n"))
	if len(cal.Events) != 1 || len(cal.Events[0].Rules) > 0 || !strings.Contains(cal.Events[0].Summary, "RRULE") {
		t.Errorf("events %+v, warnings %q", cal.Events, messages(cal))
	}
}
