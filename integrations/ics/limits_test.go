package ics

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeavesOutEventsThatBreakALimit(t *testing.T) {
	tests := []struct {
		name, lines, want string
	}{
		{"a line", "SUMMARY:" + strings.Repeat("x", maxLine), "4: SUMMARY is longer than 262144 octets: event left out"},
		{"parameters", "ATTENDEE" + strings.Repeat(";X=1", maxParams+1) + ":a@b.example", "4: ATTENDEE has more than 50 parameters: event left out"},
		{"rules", strings.TrimSpace(strings.Repeat("RRULE:FREQ=DAILY\r\n", maxRules+1)), "20: more than 16 RRULEs: event left out"},
		{"dates", "EXDATE:20261118" + strings.Repeat(",20261118", maxDates), "2: more than 10000 RDATEs and EXDATEs: event left out"},
		{"everything", strings.TrimSpace(strings.Repeat("RDATE:"+strings.Repeat(",", maxLine/2)+"\r\n", 9)), "11: more than can be read of one VEVENT: event left out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cal := mustRead(t, inEvent(tt.lines, "DTSTART:20261118"))
			if diff := cmp.Diff([]string{tt.want}, messages(cal)); diff != "" || len(cal.Events) > 0 {
				t.Errorf("%d events, warnings (-want +got):\n%s", len(cal.Events), diff)
			}
		})
	}
}

func TestReadsEventsUpToTheLimits(t *testing.T) {
	cal := mustRead(t, inEvent("DTSTART:20261118",
		"SUMMARY:"+strings.Repeat("x", maxSummary),
		"ATTENDEE"+strings.Repeat(";X=1", maxParams)+":a@b.example",
		strings.Repeat("RRULE:FREQ=DAILY\r\n", maxRules)+"EXDATE:20261118"+strings.Repeat(",20261118", maxDates-1),
		"X-FOO:"+strings.Repeat("x", 2*maxLine)))
	if len(cal.Events) != 1 || len(cal.Warnings) > 0 || len(cal.Events[0].ExDates) != maxDates {
		t.Errorf("%d events, warnings %q", len(cal.Events), messages(cal))
	}
}

func TestLeavesOutAnEventWithAnEndlessUID(t *testing.T) {
	for length, want := range map[int]int{maxUID: 1, maxUID + 1: 0} {
		text := strings.Replace(inEvent("DTSTART:20261118"), "UID:", "UID:"+strings.Repeat("x", length-len(eventUID(t))), 1)
		if cal := mustRead(t, text); len(cal.Events) != want || len(cal.Warnings) != 1-want {
			t.Errorf("UID of %d octets: %d events, warnings %q", length, len(cal.Events), messages(cal))
		}
	}
}

// eventUID returns the UID that inEvent gives.
func eventUID(t *testing.T) string { return mustRead(t, inEvent("DTSTART:20261118")).Events[0].UID }

func TestCutsTitlesAtTheLimit(t *testing.T) {
	cal := mustRead(t, inEvent("DTSTART:20261118", "SUMMARY:"+strings.Repeat("é", maxSummary)))
	if diff := cmp.Diff([]string{"5: SUMMARY is longer than 1000 octets: cut"}, messages(cal)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if got := cal.Events[0].Summary; got != strings.Repeat("é", maxSummary/2) {
		t.Errorf("%d octets of the title are kept, want %d", len(got), maxSummary)
	}
}

func TestCutsGuestListsAtTheLimit(t *testing.T) {
	cal := mustRead(t, inEvent("DTSTART:20261118", strings.Repeat("ATTENDEE:a@b.example\r\n", maxAttendees+5)))
	if diff := cmp.Diff([]string{"2005: more than 2000 attendees: the rest ignored"}, messages(cal)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if len(cal.Events) != 1 || len(cal.Events[0].Attendees) != maxAttendees {
		t.Errorf("events %v", cal.Events)
	}
}

func TestTellsOnlySoManyWarnings(t *testing.T) {
	lines := []string{"DTSTART:20261118"}
	for i := range maxWarnings + 50 {
		lines = append(lines, fmt.Sprint("text ", i))
	}
	got := messages(mustRead(t, inEvent(lines...)))
	if len(got) != maxWarnings+1 || got[maxWarnings] != "0: 50 more warnings are not shown" {
		t.Errorf("%d warnings, the last %q", len(got), got[len(got)-1])
	}
}

// ownZoneAndEvent is a VTIMEZONE that only the file knows and an event in it.
func ownZoneAndEvent(tzid string) string {
	return strings.Join([]string{"BEGIN:VTIMEZONE", "TZID:" + tzid, "BEGIN:STANDARD", "DTSTART:19700101T000000",
		"TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE",
		"BEGIN:VEVENT", "UID:u", "DTSTART;TZID=" + tzid + ":20261118T090000", "END:VEVENT"}, "\r\n")
}

func TestReadsOnlySoManyZones(t *testing.T) {
	var lines, calendars []string
	for i := range maxZones + 1 {
		lines = append(lines, ownZoneAndEvent(fmt.Sprint("own", i)))
		calendars = append(calendars, inCalendar(ownZoneAndEvent(fmt.Sprint("own", i))))
	}
	// In one calendar the last zone is not kept, in many it is not compiled.
	want := []string{
		"1202: more than 100 VTIMEZONEs: ignored",
		`1212: TZID "own100" is no known zone: its times are read as local times`,
	}
	if diff := cmp.Diff(want, messages(mustRead(t, inCalendar(lines...)))); diff != "" {
		t.Errorf("in one calendar: warnings (-want +got):\n%s", diff)
	}
	want = []string{`1412: TZID "own100" is no known zone: its times are read as local times`}
	if diff := cmp.Diff(want, messages(mustRead(t, strings.Join(calendars, "")))); diff != "" {
		t.Errorf("in many calendars: warnings (-want +got):\n%s", diff)
	}
}

func TestRemembersOnlySoManyPeople(t *testing.T) {
	r := newReader(strings.NewReader(""), "a.ics")
	for i := range maxPeople + 10 {
		if got, want := r.address(fmt.Sprintf("MAILTO:p%d@b.example", i)), fmt.Sprintf("p%d@b.example", i); got != want {
			t.Fatalf("address = %q, want %q", got, want)
		}
	}
	if len(r.people) != maxPeople {
		t.Errorf("%d people are remembered", len(r.people))
	}
}

func TestAPanicOfGoICalIsAnError(t *testing.T) {
	if zone, err := new(decoder).decode([]byte("BEGIN:VTIMEZONE\n0;0=\nEND:VTIMEZONE\n")); err == nil {
		t.Errorf("decodeZone = %v, want an error", zone)
	}
}
