package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the comparison with other implementations has found, in few lines each.
func TestAgendaCorners(t *testing.T) {
	cases := []struct {
		rule string
		zone string
		text string   // the lines of the VEVENT, without UID
		want []string // as agendaLines has them
	}{
		{"EXDATE removes the only instance of an event without rule too", "UTC",
			"DTSTART:20261110T140000Z|DTEND:20261110T150000Z|EXDATE:20261110T140000Z", nil},
		{"UNTIL in UTC on a floating series is compared with what clocks show", "Asia/Kolkata",
			"DTSTART:20261110T140000|RRULE:FREQ=DAILY;UNTIL=20261111T140000Z",
			[]string{
				"2026-11-10T08:30:00Z 2026-11-10T08:30:00Z 2026-11-10T08:30:00Z ",
				"2026-11-11T08:30:00Z 2026-11-11T08:30:00Z 2026-11-11T08:30:00Z ",
			}},
		{"UNTIL in UTC on an all-day series means its date, in a zone behind and ahead of it", "America/New_York",
			"DTSTART;VALUE=DATE:20261110|RRULE:FREQ=DAILY;UNTIL=20261111T000000Z",
			[]string{"2026-11-10 2026-11-10 2026-11-11 ", "2026-11-11 2026-11-11 2026-11-12 "}},
		{"and ahead of it", "Australia/Sydney",
			"DTSTART;VALUE=DATE:20261110|RRULE:FREQ=DAILY;UNTIL=20261111T235959Z",
			[]string{"2026-11-10 2026-11-10 2026-11-11 ", "2026-11-11 2026-11-11 2026-11-12 "}},
		{"a series whose rule ends before DTSTART has no instance", "UTC", // as it is left of one cut off at its first
			"DTSTART;TZID=America/Los_Angeles:20260829T090000|RRULE:FREQ=WEEKLY;UNTIL=20260829T065959Z;INTERVAL=2;BYDAY=SA", nil},
		{"a DURATION has its days on the calendar first and then exact hours", "UTC", // clocks go back on the 4th at 00:00
			"DTSTART;TZID=America/Santiago:20270326T223000|DURATION:P1DT2H|RRULE:FREQ=WEEKLY;COUNT=2",
			[]string{
				"2027-03-27T01:30:00Z 2027-03-27T01:30:00Z 2027-03-28T03:30:00Z ",
				"2027-04-03T01:30:00Z 2027-04-03T01:30:00Z 2027-04-04T03:30:00Z ",
			}},
		{"a floating DURATION is exact in the reader's zone", "America/New_York",
			"DTSTART:20260307T200000|DURATION:PT24H|RRULE:FREQ=DAILY;COUNT=2",
			[]string{
				"2026-03-08T01:00:00Z 2026-03-08T01:00:00Z 2026-03-09T01:00:00Z ",
				"2026-03-09T00:00:00Z 2026-03-09T00:00:00Z 2026-03-10T00:00:00Z ",
			}},
		{"a start that clocks skip and the one that they show instead are one", "UTC", // 02:00 is 03:00
			"DTSTART;TZID=Europe/Berlin:20260329T010000|DURATION:PT15M|RRULE:FREQ=HOURLY;COUNT=4",
			[]string{
				"2026-03-29T00:00:00Z 2026-03-29T00:00:00Z 2026-03-29T00:15:00Z ",
				"2026-03-29T01:00:00Z 2026-03-29T01:00:00Z 2026-03-29T01:15:00Z ",
				"2026-03-29T02:00:00Z 2026-03-29T02:00:00Z 2026-03-29T02:15:00Z ",
			}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			calendar := randomCalendar{Zone: c.zone, From: "2026-01-01T00:00:00Z", To: "2028-01-01T00:00:00Z"}
			calendar.Events = []randomEvent{{UID: "x", Text: cornerEvent(c.text)}}
			if diff := cmp.Diff(c.want, agendaLines(t, calendar)["x"]); diff != "" {
				t.Errorf("instances (-want +got):\n%s", diff)
			}
		})
	}
}

// cornerEvent writes a VEVENT from its lines, which bars divide.
func cornerEvent(lines string) string {
	return strings.ReplaceAll("BEGIN:VEVENT|UID:x|"+lines+"|END:VEVENT|", "|", "\r\n")
}
