package scheduler

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// randomRules makes recurrence rules by chance. It has no state but the source
// it draws from: pick(n) is a number from 0 to n-1.
type randomRules struct {
	pick func(n int) int
	// plain leaves out what dateutil and rrule-go are known to get wrong, or where
	// RFC 5545 is read in more than one way:
	//   - BYDAY with plain and numbered days mixed (they intersect them);
	//   - BYWEEKNO without a weekday (they take all days of the week);
	//   - weeks 52 and 53, and weeks counted back so far: they take the wrong year's
	//     number of weeks for the days of January and December in another year's week;
	//   - FREQ=WEEKLY with BYSETPOS (they count the first week from start on).
	//
	// And it leaves out what takes them minutes: minutes and seconds with both days
	// and times, or with a position that their one-element sets never have.
	plain bool
}

// seeded returns rules from a new seed, or from the one in HOLDFAST_TEST_SEED,
// and names it should the test fail.
func seeded(t *testing.T) (*rand.Rand, int64) {
	t.Helper()
	seed := int64(rand.Uint32())
	if s := os.Getenv("HOLDFAST_TEST_SEED"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("HOLDFAST_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(uint64(seed), 0)), seed
}

// rule returns a rule without COUNT and UNTIL.
func (g randomRules) rule() string {
	freq := frequency(g.pick(7)) + secondly
	parts := []string{"FREQ=" + frequencyNames[freq]}
	if g.pick(2) == 0 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(g.interval(freq)))
	}
	days := g.dayParts(freq)
	parts = append(parts, days...)
	var times []string
	if !(g.plain && freq < hourly && len(days) > 0) {
		times = g.timeParts()
	}
	parts = append(parts, times...)
	if len(days)+len(times) > 0 && g.pick(4) == 0 && !(g.plain && (freq < hourly || freq == weekly)) {
		parts = append(parts, "BYSETPOS="+g.list(1+g.pick(3), func() int { return g.signed(6) }))
	}
	if g.pick(3) == 0 {
		parts = append(parts, "WKST="+weekdayNames[g.pick(7)])
	}
	return strings.Join(parts, ";")
}

func (g randomRules) interval(freq frequency) int {
	if freq < daily && g.pick(2) == 0 {
		return 1 + g.pick(100)
	}
	return 1 + g.pick(5)
}

// dayParts returns BY parts that say which days, as freq allows them.
func (g randomRules) dayParts(freq frequency) []string {
	var parts []string
	weekNo := freq == yearly && g.pick(4) == 0
	if g.pick(4) == 0 {
		parts = append(parts, "BYMONTH="+g.list(1+g.pick(4), func() int { return 1 + g.pick(12) }))
	}
	if weekNo {
		parts = append(parts, "BYWEEKNO="+g.list(1+g.pick(3), g.weekNo))
	}
	if freq != weekly && g.pick(3) == 0 {
		parts = append(parts, "BYMONTHDAY="+g.list(1+g.pick(4), func() int { return g.signed(31) }))
	}
	if (freq < daily || freq == yearly) && g.pick(5) == 0 {
		parts = append(parts, "BYYEARDAY="+g.list(1+g.pick(5), func() int { return g.signed(366) }))
	}
	if g.pick(2) == 0 || weekNo && g.plain {
		parts = append(parts, "BYDAY="+g.byDay(freq >= monthly && !weekNo))
	}
	return parts
}

func (g randomRules) timeParts() []string {
	var parts []string
	if g.pick(4) == 0 {
		parts = append(parts, "BYHOUR="+g.list(1+g.pick(4), func() int { return g.pick(24) }))
	}
	if g.pick(4) == 0 {
		parts = append(parts, "BYMINUTE="+g.list(1+g.pick(4), func() int { return g.pick(60) }))
	}
	if g.pick(6) == 0 {
		parts = append(parts, "BYSECOND="+g.list(1+g.pick(3), func() int { return g.pick(60) }))
	}
	return parts
}

func (g randomRules) weekNo() int {
	if g.plain {
		return g.signed(51)
	}
	if g.pick(2) == 0 {
		return 53 - g.pick(3)
	}
	return g.signed(53)
}

func (g randomRules) byDay(numbered bool) string {
	numbered = numbered && g.pick(2) == 0
	var days []string
	for range 1 + g.pick(4) {
		day := weekdayNames[g.pick(7)]
		if numbered && (g.plain || g.pick(4) > 0) {
			day = strconv.Itoa(g.signed(5)) + day
		}
		days = append(days, day)
	}
	return strings.Join(days, ",")
}

func (g randomRules) signed(high int) int {
	n := 1 + g.pick(high)
	if g.pick(3) == 0 {
		return -n
	}
	return n
}

func (g randomRules) list(n int, value func() int) string {
	var values []string
	for range n {
		values = append(values, strconv.Itoa(value()))
	}
	return strings.Join(values, ",")
}

// start returns a whole second from 1990 to 2030, often near the end of a month,
// a year or February.
func (g randomRules) start() time.Time {
	year, month, day := 1990+g.pick(40), time.Month(1+g.pick(12)), 1+g.pick(28)
	switch g.pick(4) {
	case 0:
		month, day = 12, 25+g.pick(12)
	case 1:
		day = 27 + g.pick(5)
	}
	return time.Date(year, month, day, g.pick(24), g.pick(4)*15, 0, 0, time.UTC)
}

// span returns a time in which a rule has some, and not too many, occurrences.
func (g randomRules) span(rule string) time.Duration {
	const day = 24 * time.Hour
	spans := map[string]time.Duration{
		"SECONDLY": 2 * time.Hour, "MINUTELY": 2 * day, "HOURLY": 60 * day, "DAILY": 500 * day,
		"WEEKLY": 1000 * day, "MONTHLY": 3000 * day, "YEARLY": 15000 * day,
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(rule, "FREQ="), ";")
	return spans[name] * time.Duration(1+g.pick(8)) / 4
}

// ended returns rule with COUNT, with an UNTIL of the layout within span after
// start, or as it is.
func (g randomRules) ended(rule string, start time.Time, span time.Duration, layout string) string {
	switch g.pick(4) {
	case 0:
		return fmt.Sprintf("%s;COUNT=%d", rule, 1+g.pick(40))
	case 1:
		at := start.Add(time.Duration(g.pick(1000)) * (span / 1000)).Truncate(time.Hour)
		if g.pick(2) == 0 { // the time of day of start
			at = at.Truncate(24 * time.Hour).Add(start.Sub(start.Truncate(24 * time.Hour)))
		}
		return rule + ";UNTIL=" + at.Format(layout)
	}
	return rule
}
