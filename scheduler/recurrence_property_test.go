package scheduler

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// drawn returns random rules that rapid can shrink.
func drawn(t *rapid.T) randomRules {
	return randomRules{pick: func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }}
}

func mustAppend(t interface{ Fatal(...any) }, rule string, start Moment, from, to time.Time) []time.Time {
	walls, err := tryAppend(t, rule, start, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return walls
}

func tryAppend(t interface{ Fatal(...any) }, rule string, start Moment, from, to time.Time) ([]time.Time, error) {
	r, err := ParseRule(rule)
	if err != nil {
		t.Fatal(err)
	}
	steps := plenty
	return r.Append(nil, start, from, to, &steps)
}

// A window gives what it cuts out of the whole series, wherever it begins: that
// is what makes jumping to it right.
func TestAWindowShowsWhatTheWholeSeriesHasInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawn(t)
		for range 20 {
			checkWindow(t, g)
		}
	})
}

func checkWindow(t *rapid.T, g randomRules) {
	rule, start := g.rule(), g.start()
	span := g.span(rule)
	rule = g.ended(rule, start, span, localLayout+"Z")
	from := start.Add(time.Duration(g.pick(1200)-100) * (span / 1000))
	if g.pick(2) == 0 { // early, where COUNT has not run out
		from = start.Add(time.Duration(g.pick(100)) * (span / 5000))
	}
	to := from.Add(time.Duration(g.pick(500)) * (span / 1000))
	moment := Moment{Wall: start, Zone: time.UTC}

	want, err := tryAppend(t, rule, moment, start, to)
	if errors.Is(err, ErrTooMuch) {
		return // seldom: the whole has more than one window may show
	}
	want = slices.DeleteFunc(want, func(at time.Time) bool { return at.Before(from) })
	got := mustAppend(t, rule, moment, from, to)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s from %s in [%s, %s) (-cut +window):\n%s", rule, start, from, to, diff)
	}
}

func TestTheCanonicalTextIsReadBackAsTheSameRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawn(t)
		text := g.rule()
		text = g.ended(text, g.start(), time.Hour, []string{dateLayout, localLayout, localLayout + "Z"}[g.pick(3)])
		first, err := ParseRule(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		second, err := ParseRule(first.String())
		if err != nil {
			t.Fatalf("%s, from %s: %v", first, text, err)
		}
		if diff := cmp.Diff(first, second, cmp.AllowUnexported(Rule{}, until{}, signedSet{}, ordinal{})); diff != "" {
			t.Fatalf("%s from %s (-first +second):\n%s", first, text, diff)
		}
	})
}

// rrule-go cannot be stopped while a rule does not match, so only rules that
// surely do are compared; dateutil sees the others.
func TestOccurrencesAgreeWithRRuleGo(t *testing.T) {
	random, seed := seeded(t)
	g := randomRules{pick: random.IntN, plain: true}
	for range 3000 {
		start := g.start()
		rule := g.tame()
		to := start.Add(g.span(rule))
		rule = g.ended(rule, start, to.Sub(start), localLayout+"Z")

		option, err := rrule.StrToROption(rule)
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = start
		peer, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		want := peer.Between(start, to.Add(-time.Second), true)
		got := mustAppend(t, rule, Moment{Wall: start, Zone: time.UTC}, start, to)
		if !slices.EqualFunc(want, got, time.Time.Equal) {
			t.Fatalf("seed %d: %s from %s (-rrule-go +ours):\n%s", seed, rule, start, cmp.Diff(want, got))
		}
	}
}

// tame returns a rule that matches again and again.
func (g randomRules) tame() string {
	switch g.pick(5) {
	case 0:
		return "FREQ=YEARLY;BYMONTH=" + g.list(3, func() int { return 1 + g.pick(12) }) + ";BYDAY=" + g.byDay(true)
	case 1:
		return "FREQ=YEARLY;BYWEEKNO=" + g.list(2, g.weekNo) + ";BYDAY=" + g.byDay(false) + ";WKST=" + weekdayNames[g.pick(7)]
	case 2:
		return "FREQ=MONTHLY;INTERVAL=" + g.list(1, func() int { return 1 + g.pick(5) }) + ";BYDAY=" + g.byDay(false) + ";BYSETPOS=" + g.list(2, func() int { return g.signed(4) })
	case 3:
		return "FREQ=MONTHLY;BYMONTHDAY=" + g.list(3, func() int { return g.signed(28) })
	}
	return "FREQ=WEEKLY;INTERVAL=" + g.list(1, func() int { return 1 + g.pick(5) }) + ";BYDAY=" + g.byDay(false) + ";WKST=" + weekdayNames[g.pick(7)]
}

func TestTheWorkFollowsTheWindowNotTheAgeOfTheSeries(t *testing.T) {
	from := clock(t, "2026-01-01 00:00")
	to := from.AddDate(0, 0, 150)
	const most = 3 * 24 * 150 // a few for each hour of the window, for the hourly ones
	for _, rule := range []string{
		"FREQ=DAILY", "FREQ=DAILY;INTERVAL=7;BYMONTH=1,3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=2TU",
		"FREQ=YEARLY;BYWEEKNO=1,20;BYDAY=MO", "FREQ=HOURLY;BYDAY=MO", "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0,30", "FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
		"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY;BYMONTH=7", "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1", "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=" + oddMinutes(),
		"FREQ=DAILY;COUNT=10000000", "FREQ=WEEKLY;BYDAY=MO,TU;COUNT=10000000", "FREQ=HOURLY;INTERVAL=5;COUNT=100000000",
		"FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=10000000", "FREQ=MONTHLY;BYDAY=1MO,4FR;COUNT=10000000", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=10000000",
	} {
		for _, start := range []string{"2025-11-03 09:00", "1975-11-03 09:00", "0001-01-01 09:00"} {
			r, steps := mustRule(t, rule), most
			if _, err := r.Append(nil, Moment{Wall: clock(t, start)}, from, to, &steps); err != nil {
				t.Errorf("%s from %s took more than %d steps", rule, start, most)
			}
		}
	}
}

func oddMinutes() string {
	var list []string
	for m := 1; m < 60; m += 2 {
		list = append(list, strconv.Itoa(m))
	}
	return strings.Join(list, ",")
}

// Months that differ in length or in their weekdays must be counted one by one.
func TestCountedMonthsThatDiffer(t *testing.T) {
	start := clock(t, "2024-01-15 09:00")
	from := start.AddDate(2, 0, 0)
	for _, rule := range []string{
		"FREQ=MONTHLY;BYDAY=5FR;COUNT=14", "FREQ=MONTHLY;BYDAY=-5FR;COUNT=14", "FREQ=MONTHLY;BYDAY=4MO,-1MO;COUNT=50", "FREQ=MONTHLY;BYDAY=MO;COUNT=120",
		"FREQ=MONTHLY;BYMONTHDAY=31;COUNT=20", "FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=20", "FREQ=MONTHLY;BYMONTHDAY=28,-1;COUNT=60",
		"FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;COUNT=6", "FREQ=MONTHLY;BYMONTH=1,2,3;BYMONTHDAY=1;COUNT=10", "FREQ=WEEKLY;BYMONTH=3,4;BYDAY=MO;COUNT=25",
	} {
		moment := Moment{Wall: start, Zone: time.UTC}
		want := mustAppend(t, rule, moment, start, farOff)
		want = slices.DeleteFunc(want, func(at time.Time) bool { return at.Before(from) })
		if len(want) == 0 {
			t.Errorf("%s has run out before the window: it proves nothing", rule)
		}
		if diff := cmp.Diff(want, mustAppend(t, rule, moment, from, farOff)); diff != "" {
			t.Errorf("%s (-cut +window):\n%s", rule, diff)
		}
	}
}

func TestTooMuchWorkIsAnError(t *testing.T) {
	start := clock(t, "2025-01-01 09:00")
	for _, test := range []struct {
		name, rule   string
		to           time.Time
		steps, found int
	}{
		{"every second for a year", "FREQ=SECONDLY", start.AddDate(1, 0, 0), plenty, maxInstances},
		{"many times a day", "FREQ=DAILY;BYHOUR=9,10,11;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=1,2,3", start.AddDate(10, 0, 0), plenty, maxInstances},
		{"a budget that runs out", "FREQ=DAILY", start.AddDate(1, 0, 0), 100, 50},
		{"a budget that runs out in a period", "FREQ=DAILY;BYMINUTE=0,10,20,30,40", start.AddDate(1, 0, 0), 9, 7},
		{"a budget that runs out on nothing", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", start.AddDate(1, 0, 0), 100, 0},
		{"a budget that years of weeks use up", "FREQ=YEARLY;BYWEEKNO=10", start.AddDate(10, 0, 0), 4 * (yearScopeSteps + 1), 4},
		{"no budget", "FREQ=DAILY", start.AddDate(1, 0, 0), 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, steps := mustRule(t, test.rule), test.steps
			got, err := r.Append(nil, Moment{Wall: start}, start, test.to, &steps)
			if !errors.Is(err, ErrTooMuch) || len(got) != test.found || steps < 0 {
				t.Errorf("%d occurrences, %d steps left, error %v; want %d and ErrTooMuch", len(got), steps, err, test.found)
			}
		})
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	start, steps := clock(t, "2025-01-01 09:00"), plenty
	before := clock(t, "1999-01-01 00:00")
	r := mustRule(t, "FREQ=DAILY;COUNT=1")
	got, err := r.Append([]time.Time{before}, Moment{Wall: start}, start, farOff, &steps)
	if diff := cmp.Diff([]time.Time{before, start}, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}
