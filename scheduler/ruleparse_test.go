package scheduler

import (
	"strings"
	"testing"
)

func TestParseRuleReadsWhatClientsWrite(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"Google", "FREQ=WEEKLY;WKST=SU;UNTIL=20250630T035959Z;INTERVAL=2;BYDAY=MO,WE", "FREQ=WEEKLY;UNTIL=20250630T035959Z;INTERVAL=2;BYDAY=MO,WE;WKST=SU"},
		{"Outlook", "FREQ=MONTHLY;COUNT=10;INTERVAL=1;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;COUNT=10;BYDAY=TU;BYSETPOS=2"},
		{"Apple, with the default interval and first day of weeks", "FREQ=YEARLY;INTERVAL=1;BYMONTH=3;BYDAY=-1SU;WKST=MO", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"},
		{"the property's name before it", "RRULE:FREQ=DAILY", "FREQ=DAILY"},
		{"lower case", "rrule:freq=weekly;byday=mo;wkst=su;until=20250101t000000z", "FREQ=WEEKLY;UNTIL=20250101T000000Z;BYDAY=MO;WKST=SU"},
		{"FREQ not first", "BYDAY=MO;INTERVAL=3;FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO"},
		{"a semicolon at the end", "FREQ=DAILY;COUNT=3;", "FREQ=DAILY;COUNT=3"},
		{"spaces around everything", " FREQ = DAILY ; BYHOUR = 9 , 10 ; ", "FREQ=DAILY;BYHOUR=9,10"},
		{"extensions", "FREQ=DAILY;X-FOO=BAR;X-ODD", "FREQ=DAILY"},
		{"plus signs, repetitions and disorder", "FREQ=MONTHLY;BYDAY=+1MO,-1FR,1MO,TU;BYMONTHDAY=+5,-1,5", "FREQ=MONTHLY;BYDAY=TU,-1FR,1MO;BYMONTHDAY=-1,5"},
		{"UNTIL as a date", "FREQ=DAILY;UNTIL=20250101", "FREQ=DAILY;UNTIL=20250101"},
		{"UNTIL as a local time", "FREQ=DAILY;UNTIL=20250101T120000", "FREQ=DAILY;UNTIL=20250101T120000"},
		{"UNTIL at a leap second", "FREQ=DAILY;UNTIL=20161231T235960Z", "FREQ=DAILY;UNTIL=20161231T235959Z"},
		{"COUNT and UNTIL together", "FREQ=DAILY;COUNT=3;UNTIL=20250101", "FREQ=DAILY;UNTIL=20250101;COUNT=3"},
		{"the greatest numbers", "FREQ=DAILY;COUNT=2147483647;INTERVAL=2147483647", "FREQ=DAILY;COUNT=2147483647;INTERVAL=2147483647"},
		{"every part", "FREQ=YEARLY;BYSECOND=0,60;BYMINUTE=59;BYHOUR=23;BYDAY=SU;BYMONTHDAY=-31;BYYEARDAY=-366;BYWEEKNO=-53;BYMONTH=12;BYSETPOS=-366", "FREQ=YEARLY;BYSECOND=0,59;BYMINUTE=59;BYHOUR=23;BYDAY=SU;BYMONTHDAY=-31;BYYEARDAY=-366;BYWEEKNO=-53;BYMONTH=12;BYSETPOS=-366"},
		{"RSCALE and SKIP that change nothing", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "FREQ=MONTHLY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := ParseRule(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.String(); got != test.want {
				t.Errorf("%s is read as %s, want %s", test.text, got, test.want)
			}
		})
	}
}

func TestParseRuleRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"nothing", "", "FREQ is missing"},
		{"no FREQ", "COUNT=3", "FREQ is missing"},
		{"an unknown FREQ", "FREQ=FORTNIGHTLY", `FREQ: unknown frequency "FORTNIGHTLY"`},
		{"an empty FREQ", "FREQ=", "FREQ: unknown frequency"},
		{"a part twice", "FREQ=DAILY;FREQ=WEEKLY", "FREQ is there twice"},
		{"an unknown part", "FREQ=DAILY;BYEASTER=1", `unknown part "BYEASTER"`},
		{"what is no part", "FREQ=DAILY;COUNT", `"COUNT" is no NAME=VALUE`},
		{"INTERVAL=0", "FREQ=DAILY;INTERVAL=0", "INTERVAL: "},
		{"a negative INTERVAL", "FREQ=DAILY;INTERVAL=-1", "INTERVAL: "},
		{"an INTERVAL beyond measure", "FREQ=DAILY;INTERVAL=2147483648", "INTERVAL: "},
		{"COUNT=0", "FREQ=DAILY;COUNT=0", "COUNT: "},
		{"a COUNT that is no number", "FREQ=DAILY;COUNT=1e3", "COUNT: "},
		{"an UNTIL that is no day", "FREQ=DAILY;UNTIL=20250230", "UNTIL: "},
		{"an UNTIL with fractions", "FREQ=DAILY;UNTIL=20250101T120000.5Z", "UNTIL: "},
		{"an UNTIL with dashes", "FREQ=DAILY;UNTIL=2025-01-01", "UNTIL: "},
		{"a date in UTC", "FREQ=DAILY;UNTIL=20250101Z", "UNTIL: "},
		{"the year 0", "FREQ=DAILY;UNTIL=00000101", "UNTIL: "},
		{"second 61", "FREQ=DAILY;BYSECOND=61", "BYSECOND: "},
		{"minute 60", "FREQ=DAILY;BYMINUTE=60", "BYMINUTE: "},
		{"hour 24", "FREQ=DAILY;BYHOUR=24", "BYHOUR: "},
		{"hour -1", "FREQ=DAILY;BYHOUR=-1", "BYHOUR: "},
		{"month 13", "FREQ=DAILY;BYMONTH=13", "BYMONTH: "},
		{"the 0th of the month", "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY: "},
		{"the 32nd", "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY: "},
		{"week 54", "FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO: "},
		{"day 367 of the year", "FREQ=YEARLY;BYYEARDAY=-367", "BYYEARDAY: "},
		{"position 0", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS: "},
		{"an unknown weekday", "FREQ=WEEKLY;BYDAY=MX", "BYDAY: "},
		{"a short weekday", "FREQ=WEEKLY;BYDAY=M", "BYDAY: "},
		{"an empty list", "FREQ=WEEKLY;BYDAY=", "BYDAY: "},
		{"a gap in a list", "FREQ=WEEKLY;BYDAY=MO,,TU", "BYDAY: "},
		{"a 0th weekday", "FREQ=MONTHLY;BYDAY=0MO", "BYDAY: "},
		{"a 54th weekday", "FREQ=YEARLY;BYDAY=54MO", "BYDAY: "},
		{"a list beyond measure", "FREQ=DAILY;BYHOUR=" + strings.Repeat("1,", maxRuleValues) + "1", "BYHOUR: more than 732 values"},
		{"a week that starts on no day", "FREQ=WEEKLY;WKST=1", "WKST: "},
		{"a numbered weekday in a week", "FREQ=WEEKLY;BYDAY=1MO", "a numbered BYDAY needs"},
		{"a numbered weekday in numbered weeks", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "a numbered BYDAY has no meaning"},
		{"days of the month in a week", "FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY has no meaning"},
		{"numbered weeks in a month", "FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO needs"},
		{"days of the year in a day", "FREQ=DAILY;BYYEARDAY=1", "BYYEARDAY has no meaning with FREQ=DAILY"},
		{"days of the year in a month", "FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY has no meaning with FREQ=MONTHLY"},
		{"a position of nothing", "FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs"},
		{"another calendar", "RSCALE=HEBREW;FREQ=YEARLY", "RSCALE: "},
		{"another way to skip", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", "SKIP: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseRule(test.text)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
			if err != nil && len(err.Error()) > 200 {
				t.Errorf("the error repeats the input at length: %.80s", err)
			}
		})
	}
}

func TestTheZeroRuleNeverOccurs(t *testing.T) {
	var r Rule
	steps := plenty
	got, err := r.Append(nil, Moment{Wall: clock(t, "2025-01-01 09:00")}, clock(t, "2025-01-01 09:00"), farOff, &steps)
	if len(got) != 0 || err != nil || r.String() != "" {
		t.Errorf("%d occurrences, error %v, text %q", len(got), err, r)
	}
}
