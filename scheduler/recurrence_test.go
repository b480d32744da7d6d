package scheduler

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// plenty is a work budget no test here uses up, unless it means to.
const plenty = 20_000_000

func mustRule(t testing.TB, s string) Rule {
	t.Helper()
	r, err := ParseRule(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// clock reads "2006-01-02 15:04".
func clock(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// days lists dates written "1997-09: 2 5-7; 1997-10: 1" at the time of day of start.
func days(t testing.TB, start time.Time, s string) []string {
	t.Helper()
	var list []string
	for part := range strings.SplitSeq(s, ";") {
		month, numbers, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			t.Fatalf("bad list of days %q", part)
		}
		for _, word := range strings.Fields(numbers) {
			low, high, ranged := strings.Cut(word, "-")
			if !ranged {
				high = low
			}
			for n := atoi(t, low); n <= atoi(t, high); n++ {
				at := clock(t, month+"-01 "+start.Format("15:04")).AddDate(0, 0, n-1)
				list = append(list, at.Format("2006-01-02 15:04"))
			}
		}
	}
	return list
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// occurrences expands the rule in [start, to) and formats what it finds.
func occurrences(t testing.TB, rule string, start Moment, to time.Time) []string {
	t.Helper()
	r, steps := mustRule(t, rule), plenty
	walls, err := r.Append(nil, start, start.Wall, to, &steps)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, w := range walls {
		list = append(list, w.Format("2006-01-02 15:04"))
	}
	return list
}

// farOff is after all that the tables of this file list.
var farOff = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// TestRecurrenceCorners has the cases that expanders get wrong. Where a series
// does not end, the occurrences before to are listed.
func TestRecurrenceCorners(t *testing.T) {
	for _, test := range []struct {
		name, start, rule, to, want string
	}{
		{"29 February comes back in leap years", "2024-02-29 09:00", "FREQ=YEARLY;COUNT=3", "", "2024-02: 29; 2028-02: 29; 2032-02: 29"},
		{"2100 is no leap year", "2096-02-29 09:00", "FREQ=YEARLY;COUNT=2", "2200-01-01 00:00", "2096-02: 29; 2104-02: 29"},
		{"every fourth year from 29 February skips 2100", "2096-02-29 09:00", "FREQ=YEARLY;INTERVAL=4;COUNT=2", "2200-01-01 00:00", "2096-02: 29; 2104-02: 29"},
		{"monthly on the 31st skips shorter months", "2025-01-31 09:00", "FREQ=MONTHLY;COUNT=4", "", "2025-01: 31; 2025-03: 31; 2025-05: 31; 2025-07: 31"},
		{"the 31st to last day is the 1st of long months", "2025-01-01 09:00", "FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=3", "", "2025-01: 1; 2025-03: 1; 2025-05: 1"},
		{"the 30th to last day is the 2nd or the 1st", "2025-01-02 09:00", "FREQ=MONTHLY;BYMONTHDAY=-30;COUNT=4", "", "2025-01: 2; 2025-03: 2; 2025-04: 1; 2025-05: 2"},
		{"one day named from both ends is one day", "2025-01-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=28,-1;COUNT=4", "", "2025-01: 28 31; 2025-02: 28; 2025-03: 28"},
		{"the last workday of the month", "2025-01-01 09:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "", "2025-01: 31; 2025-02: 28; 2025-03: 31"},
		{"one position named from both ends is one position", "2025-01-01 09:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2,-2;COUNT=2", "", "2025-01: 1 8"},
		{"a position beyond the set is none", "2025-01-01 09:00", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5,-6;COUNT=2", "", "2025-03: 31; 2025-06: 30"},
		{"the week of start counts whole for a position, days before start too", "2025-01-02 09:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1;COUNT=2", "", "2025-01: 6 13"},
		{"a fifth Friday", "2025-01-01 09:00", "FREQ=MONTHLY;BYDAY=5FR;COUNT=3", "", "2025-01: 31; 2025-05: 30; 2025-08: 29"},
		{"numbered and plain days together are either", "2025-01-01 09:00", "FREQ=MONTHLY;BYDAY=1MO,FR", "2025-02-01 00:00", "2025-01: 3 6 10 17 24 31"},
		{"numbered days count in the month where BYMONTH is there", "2025-01-01 09:00", "FREQ=YEARLY;BYMONTH=4,10;BYDAY=-1SU;COUNT=3", "", "2025-04: 27; 2025-10: 26; 2026-04: 26"},
		{"numbered days count in the year without BYMONTH", "2025-01-01 09:00", "FREQ=YEARLY;BYDAY=1MO,-1FR;COUNT=4", "", "2025-01: 6; 2025-12: 26; 2026-01: 5; 2026-12: 25"},
		{"a 53rd Thursday is there in some years", "2025-01-01 09:00", "FREQ=YEARLY;BYDAY=53TH;COUNT=2", "", "2026-12: 31; 2032-12: 30"},
		{"numbered and plain days of the year together are either", "2025-12-01 09:00", "FREQ=YEARLY;BYDAY=-1MO,SU", "2026-01-01 00:00", "2025-12: 7 14 21 28 29"},
		{"week 53 is there in some years", "2025-01-01 09:00", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH;COUNT=2", "", "2026-12: 31; 2032-12: 30"},
		{"the last week is 52 or 53", "2025-01-01 09:00", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH;COUNT=3", "", "2025-12: 25; 2026-12: 31; 2027-12: 30"},
		{"week 1 begins in December", "2024-12-01 09:00", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,WE;COUNT=4", "", "2024-12: 30; 2025-01: 1; 2025-12: 29 31"},
		{"week 1 depends on the first day of weeks", "2022-01-01 09:00", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU;COUNT=2", "", "2022-01: 2; 2023-01: 1"},
		{"week 53 ends in January", "2026-12-30 09:00", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH,FR;COUNT=3", "", "2026-12: 31; 2027-01: 1; 2032-12: 30"},
		{"a week number alone means the weekday of start", "2025-01-01 09:00", "FREQ=YEARLY;BYWEEKNO=10;COUNT=2", "", "2025-03: 5; 2026-03: 4"},
		{"the days of a year from both ends", "2023-01-01 09:00", "FREQ=YEARLY;BYYEARDAY=-366,366,1;COUNT=4", "", "2023-01: 1; 2024-01: 1; 2024-12: 31; 2025-01: 1"},
		{"every second week from Sunday, weeks from Monday", "2025-01-05 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4", "", "2025-01: 5 13 19 27"},
		{"every second week from Sunday, weeks from Sunday", "2025-01-05 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4;WKST=SU", "", "2025-01: 5 6 19 20"},
		{"weekly in some months", "2025-01-01 09:00", "FREQ=WEEKLY;BYMONTH=3;COUNT=5", "", "2025-03: 5 12 19 26; 2026-03: 4"},
		{"a start that does not match is none, and not counted", "2025-01-01 09:00", "FREQ=WEEKLY;BYDAY=TU;COUNT=2", "", "2025-01: 7 14"},
		{"a start after its month's day waits for the next", "2025-01-20 09:00", "FREQ=MONTHLY;BYMONTHDAY=10;COUNT=2", "", "2025-02: 10; 2025-03: 10"},
		{"COUNT and UNTIL both limit, COUNT first", "2025-01-01 09:00", "FREQ=DAILY;COUNT=2;UNTIL=20250110", "", "2025-01: 1 2"},
		{"COUNT and UNTIL both limit, UNTIL first", "2025-01-01 09:00", "FREQ=DAILY;COUNT=9;UNTIL=20250102", "", "2025-01: 1 2"},
		{"UNTIL as a date includes that day", "2025-01-01 23:59", "FREQ=DAILY;UNTIL=20250103", "", "2025-01: 1-3"},
		{"UNTIL as a local time includes it", "2025-01-01 09:00", "FREQ=DAILY;UNTIL=20250103T090000", "", "2025-01: 1-3"},
		{"UNTIL a second before leaves out", "2025-01-01 09:00", "FREQ=DAILY;UNTIL=20250103T085959", "", "2025-01: 1-2"},
		{"UNTIL before the start leaves nothing", "2025-01-01 09:00", "FREQ=DAILY;UNTIL=20240101", "", ""},
		{"what never comes ends at the window", "2025-01-01 09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "", ""},
		{"hours that the interval never comes to", "2025-01-01 09:00", "FREQ=HOURLY;INTERVAL=2;BYHOUR=10", "", ""},
		{"minutes that the interval never comes to", "2025-01-01 09:00", "FREQ=MINUTELY;INTERVAL=4;BYMINUTE=2,3,5", "", ""},
		{"a month that hours are left out of", "2025-01-31 09:00", "FREQ=HOURLY;BYMONTH=3;BYMONTHDAY=-1;BYHOUR=9;COUNT=2", "", "2025-03: 31; 2026-03: 31"},
		{"hours of days of the year", "2025-01-01 09:00", "FREQ=HOURLY;BYYEARDAY=-1,60;BYHOUR=9;COUNT=3", "", "2025-03: 1; 2025-12: 31; 2026-03: 1"},
		{"a position among the seconds of a minute", "2025-01-01 09:00", "FREQ=MINUTELY;INTERVAL=1440;BYSECOND=0,20,40;BYSETPOS=1,4,-4;COUNT=2", "", "2025-01: 1 2"},
		{"an interval beyond time", "2025-01-01 09:00", "FREQ=YEARLY;INTERVAL=2147483647", "", "2025-01: 1"},
		{"a start in the year 1", "0001-01-01 09:00", "FREQ=DAILY;COUNT=2", "", "0001-01: 1 2"},
		{"a leap second is the second before", "2025-01-01 09:00", "FREQ=DAILY;BYSECOND=60;COUNT=1", "", "2025-01: 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			start, to := clock(t, test.start), farOff
			if test.to != "" {
				to = clock(t, test.to)
			}
			var want []string
			if test.want != "" {
				want = days(t, start, test.want)
			}
			if diff := cmp.Diff(want, occurrences(t, test.rule, Moment{Wall: start}, to)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.rule, diff)
			}
		})
	}
}

func TestRecurrenceEndsWithTheYear9999(t *testing.T) {
	start := clock(t, "9999-12-30 09:00")
	for _, rule := range []string{
		"FREQ=DAILY", "FREQ=DAILY;COUNT=10000000", "FREQ=WEEKLY;BYDAY=TH,FR", "FREQ=HOURLY;BYHOUR=9",
		"FREQ=MONTHLY;BYMONTHDAY=30,31", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30,31", "FREQ=MINUTELY;INTERVAL=1440",
	} {
		got := occurrences(t, rule, Moment{Wall: start}, time.Unix(math.MaxInt64>>8, 0).UTC())
		if diff := cmp.Diff(days(t, start, "9999-12: 30 31"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rule, diff)
		}
	}
}

func TestUntilInUTCIsComparedWithTheInstant(t *testing.T) {
	newYork := location(t, "America/New_York")
	for _, test := range []struct {
		name, start, rule string
		zone              *time.Location
		want              string
	}{
		{"the instant itself is in", "2025-01-01 19:00", "FREQ=DAILY;UNTIL=20250104T000000Z", newYork, "2025-01: 1-3"},
		{"a second earlier it is out", "2025-01-01 19:00", "FREQ=DAILY;UNTIL=20250103T235959Z", newYork, "2025-01: 1-2"},
		{"the offset is the one of that day", "2025-06-30 19:00", "FREQ=DAILY;UNTIL=20250703T230000Z", newYork, "2025-06: 30; 2025-07: 1-3"},
		{"without a zone the clock is compared", "2025-01-01 19:00", "FREQ=DAILY;UNTIL=20250103T190000Z", nil, "2025-01: 1-3"},
		{"in UTC there is no difference", "2025-01-01 19:00", "FREQ=DAILY;UNTIL=20250103T190000Z", time.UTC, "2025-01: 1-3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := clock(t, test.start)
			got := occurrences(t, test.rule, Moment{Wall: start, Zone: test.zone}, farOff)
			if diff := cmp.Diff(days(t, start, test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestATimeThatTheZoneSkipsIsCounted(t *testing.T) {
	start := clock(t, "2025-03-08 02:30")
	got := occurrences(t, "FREQ=DAILY;COUNT=3", Moment{Wall: start, Zone: location(t, "America/New_York")}, farOff)
	if diff := cmp.Diff(days(t, start, "2025-03: 8-10"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTimesOfDayMeanNothingForDates(t *testing.T) {
	start := clock(t, "2025-01-01 00:00")
	for _, rule := range []string{"FREQ=DAILY;BYHOUR=9,10;BYMINUTE=30;COUNT=3", "FREQ=HOURLY;COUNT=3"} {
		got := occurrences(t, rule, Moment{Wall: start, DateOnly: true}, farOff)
		if diff := cmp.Diff(days(t, start, "2025-01: 1-3"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rule, diff)
		}
	}
}
