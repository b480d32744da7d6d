package scheduler

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRFC5545Examples has every example of RFC 5545 §3.8.5.3, named in its words.
// They are in America/New_York. Of series without an end, so many occurrences
// are compared as the RFC lists. Where it gives two rules, both are here.
func TestRFC5545Examples(t *testing.T) {
	for _, test := range []struct{ name, start, rule, want string }{
		{"Daily for 10 occurrences", "1997-09-02 09:00", "FREQ=DAILY;COUNT=10", "1997-09: 2-11"},
		{"Daily until December 24, 1997", "1997-09-02 09:00", "FREQ=DAILY;UNTIL=19971224T000000Z", "1997-09: 2-30; 1997-10: 1-31; 1997-11: 1-30; 1997-12: 1-23"},
		{"Every other day - forever", "1997-09-02 09:00", "FREQ=DAILY;INTERVAL=2", "1997-09: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-10: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-11: 1 3"},
		{"Every 10 days, 5 occurrences", "1997-09-02 09:00", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09: 2 12 22; 1997-10: 2 12"},
		{"Every day in January, for 3 years", "1998-01-01 09:00", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", "1998-01: 1-31; 1999-01: 1-31; 2000-01: 1-31"},
		{"Every day in January, for 3 years, or", "1998-01-01 09:00", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "1998-01: 1-31; 1999-01: 1-31; 2000-01: 1-31"},
		{"Weekly for 10 occurrences", "1997-09-02 09:00", "FREQ=WEEKLY;COUNT=10", "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4"},
		{"Weekly until December 24, 1997", "1997-09-02 09:00", "FREQ=WEEKLY;UNTIL=19971224T000000Z", "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4 11 18 25; 1997-12: 2 9 16 23"},
		{"Every other week - forever", "1997-09-02 09:00", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09: 2 16 30; 1997-10: 14 28; 1997-11: 11 25; 1997-12: 9 23; 1998-01: 6 20; 1998-02: 3 17"},
		{"Weekly on Tuesday and Thursday for five weeks", "1997-09-02 09:00", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2"},
		{"Weekly on Tuesday and Thursday for five weeks, or", "1997-09-02 09:00", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2"},
		{"Every other week on Monday, Wednesday, and Friday until December 24, 1997, starting on Monday, September 1, 1997", "1997-09-01 09:00", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR", "1997-09: 1 3 5 15 17 19 29; 1997-10: 1 3 13 15 17 27 29 31; 1997-11: 10 12 14 24 26 28; 1997-12: 8 10 12 22"},
		{"Every other week on Tuesday and Thursday, for 8 occurrences", "1997-09-02 09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 16 18 30; 1997-10: 2 14 16"},
		{"Monthly on the first Friday for 10 occurrences", "1997-09-05 09:00", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5; 1998-01: 2; 1998-02: 6; 1998-03: 6; 1998-04: 3; 1998-05: 1; 1998-06: 5"},
		{"Monthly on the first Friday until December 24, 1997", "1997-09-05 09:00", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5"},
		{"Every other month on the first and last Sunday of the month for 10 occurrences", "1997-09-07 09:00", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09: 7 28; 1997-11: 2 30; 1998-01: 4 25; 1998-03: 1 29; 1998-05: 3 31"},
		{"Monthly on the second-to-last Monday of the month for 6 months", "1997-09-22 09:00", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09: 22; 1997-10: 20; 1997-11: 17; 1997-12: 22; 1998-01: 19; 1998-02: 16"},
		{"Monthly on the third-to-the-last day of the month, forever", "1997-09-28 09:00", "FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09: 28; 1997-10: 29; 1997-11: 28; 1997-12: 29; 1998-01: 29; 1998-02: 26"},
		{"Monthly on the 2nd and 15th of the month for 10 occurrences", "1997-09-02 09:00", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "1997-09: 2 15; 1997-10: 2 15; 1997-11: 2 15; 1997-12: 2 15; 1998-01: 2 15"},
		{"Monthly on the first and last day of the month for 10 occurrences", "1997-09-30 09:00", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "1997-09: 30; 1997-10: 1 31; 1997-11: 1 30; 1997-12: 1 31; 1998-01: 1 31; 1998-02: 1"},
		{"Every 18 months on the 10th thru 15th of the month for 10 occurrences", "1997-09-10 09:00", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", "1997-09: 10-15; 1999-03: 10-13"},
		{"Every Tuesday, every other month", "1997-09-02 09:00", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1997-09: 2 9 16 23 30; 1997-11: 4 11 18 25; 1998-01: 6 13 20 27; 1998-03: 3 10 17 24 31"},
		{"Yearly in June and July for 10 occurrences", "1997-06-10 09:00", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "1997-06: 10; 1997-07: 10; 1998-06: 10; 1998-07: 10; 1999-06: 10; 1999-07: 10; 2000-06: 10; 2000-07: 10; 2001-06: 10; 2001-07: 10"},
		{"Every other year on January, February, and March for 10 occurrences", "1997-03-10 09:00", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "1997-03: 10; 1999-01: 10; 1999-02: 10; 1999-03: 10; 2001-01: 10; 2001-02: 10; 2001-03: 10; 2003-01: 10; 2003-02: 10; 2003-03: 10"},
		{"Every third year on the 1st, 100th, and 200th day for 10 occurrences", "1997-01-01 09:00", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "1997-01: 1; 1997-04: 10; 1997-07: 19; 2000-01: 1; 2000-04: 9; 2000-07: 18; 2003-01: 1; 2003-04: 10; 2003-07: 19; 2006-01: 1"},
		{"Every 20th Monday of the year, forever", "1997-05-19 09:00", "FREQ=YEARLY;BYDAY=20MO", "1997-05: 19; 1998-05: 18; 1999-05: 17"},
		{"Monday of week number 20 (where the default start of the week is Monday), forever", "1997-05-12 09:00", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05: 12; 1998-05: 11; 1999-05: 17"},
		{"Every Thursday in March, forever", "1997-03-13 09:00", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03: 13 20 27; 1998-03: 5 12 19 26; 1999-03: 4 11 18 25"},
		{"Every Thursday, but only during June, July, and August, forever", "1997-06-05 09:00", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1997-06: 5 12 19 26; 1997-07: 3 10 17 24 31; 1997-08: 7 14 21 28; 1998-06: 4 11 18 25; 1998-07: 2 9 16 23 30; 1998-08: 6 13 20 27; 1999-06: 3 10 17 24; 1999-07: 1 8 15 22 29; 1999-08: 5 12 19 26"},
		{"Every Friday the 13th, forever", "1997-09-02 09:00", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-02: 13; 1998-03: 13; 1998-11: 13; 1999-08: 13; 2000-10: 13"},
		{"The first Saturday that follows the first Sunday of the month, forever", "1997-09-13 09:00", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09: 13; 1997-10: 11; 1997-11: 8; 1997-12: 13; 1998-01: 10; 1998-02: 7; 1998-03: 7; 1998-04: 11; 1998-05: 9; 1998-06: 13"},
		{"Every 4 years, the first Tuesday after a Monday in November, forever (U.S. Presidential Election day)", "1996-11-05 09:00", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11: 5; 2000-11: 7; 2004-11: 2"},
		{"The third instance into the month of one of Tuesday, Wednesday, or Thursday, for the next 3 months", "1997-09-04 09:00", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09: 4; 1997-10: 7; 1997-11: 6"},
		{"The second-to-last weekday of the month", "1997-09-29 09:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09: 29; 1997-10: 30; 1997-11: 27; 1997-12: 30; 1998-01: 29; 1998-02: 26; 1998-03: 30"},
		{"An example where the days generated makes a difference because of WKST", "1997-08-05 09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08: 5 10 19 24"},
		{"changing only WKST from MO to SU, yields different results", "1997-08-05 09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08: 5 17 19 31"},
		{"An example where an invalid date (i.e., February 30) is ignored", "2007-01-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01: 15 30; 2007-02: 15; 2007-03: 15 30"},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := clock(t, test.start)
			compareFirst(t, test.rule, start, start.AddDate(12, 0, 0), days(t, start, test.want))
		})
	}
}

// TestRFC5545ExamplesOfHours has the examples of RFC 5545 §3.8.5.3 with more than
// one time a day. In the first, UNTIL is as erratum 3883 corrects it.
func TestRFC5545ExamplesOfHours(t *testing.T) {
	const everyTwentyMinutes = "09:00 09:20 09:40 10:00 10:20 10:40 11:00 11:20 11:40 12:00 12:20 12:40 " +
		"13:00 13:20 13:40 14:00 14:20 14:40 15:00 15:20 15:40 16:00 16:20 16:40"
	for _, test := range []struct{ name, rule, first, second string }{
		{"Every 3 hours from 9:00 AM to 5:00 PM on a specific day", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", "09:00 12:00 15:00", ""},
		{"Every 15 minutes for 6 occurrences", "FREQ=MINUTELY;INTERVAL=15;COUNT=6", "09:00 09:15 09:30 09:45 10:00 10:15", ""},
		{"Every hour and a half for 4 occurrences", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", "09:00 10:30 12:00 13:30", ""},
		{"Every 20 minutes from 9:00 AM to 4:40 PM every day", "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", everyTwentyMinutes, everyTwentyMinutes},
		{"Every 20 minutes from 9:00 AM to 4:40 PM every day, or", "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", everyTwentyMinutes, everyTwentyMinutes},
	} {
		t.Run(test.name, func(t *testing.T) {
			var want []string
			for _, at := range strings.Fields(test.first) {
				want = append(want, "1997-09-02 "+at)
			}
			for _, at := range strings.Fields(test.second) {
				want = append(want, "1997-09-03 "+at)
			}
			start := clock(t, "1997-09-02 09:00")
			compareFirst(t, test.rule, start, start.AddDate(0, 1, 0), want)
		})
	}
}

// compareFirst compares the first occurrences before to; of a rule with an end, all.
func compareFirst(t *testing.T, rule string, start, to time.Time, want []string) {
	t.Helper()
	got := occurrences(t, rule, Moment{Wall: start, Zone: location(t, "America/New_York")}, to)
	endless := !strings.Contains(rule, "COUNT") && !strings.Contains(rule, "UNTIL")
	if endless && len(got) > len(want) {
		got = got[:len(want)]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", rule, diff)
	}
}
