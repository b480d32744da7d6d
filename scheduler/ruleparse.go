package scheduler

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRuleValues bounds the values of one BY part: every day of the year,
// counted from both ends, is the longest list that can mean something.
const maxRuleValues = 2 * 366

// ParseRule reads an RRULE value (RFC 5545 §3.3.10), with or without "RRULE:"
// before it. Case, the order of parts, spaces around them, a trailing semicolon
// and repeated values do not matter, and X- parts are ignored. What the RFC
// forbids is an error, for such a rule has no agreed meaning.
//
// These the RFC forbids too, and they are accepted, because calendars in the
// wild have them and python-dateutil and libical read them alike:
//   - COUNT together with UNTIL: both limit the rule;
//   - an UNTIL of another type than DTSTART: see Rule.Append.
//
// BYSECOND=60 is read as 59, as no wall-clock time here has leap seconds. Of
// RFC 7529 what changes nothing is accepted: RSCALE=GREGORIAN, SKIP=OMIT.
func ParseRule(s string) (Rule, error) {
	text := strings.ToUpper(strings.TrimSpace(s))
	text = strings.TrimPrefix(text, "RRULE:")
	p := ruleParser{rule: Rule{interval: 1, weekStart: time.Monday}}
	for part := range strings.SplitSeq(text, ";") {
		if err := p.part(strings.TrimSpace(part)); err != nil {
			return Rule{}, fmt.Errorf("parse recurrence rule: %w", err)
		}
	}
	if err := p.rule.check(); err != nil {
		return Rule{}, fmt.Errorf("parse recurrence rule: %w", err)
	}
	return p.rule, nil
}

// ruleParser holds a rule that is being read.
type ruleParser struct {
	rule Rule
	seen uint32 // bit of rulePart
}

// rulePart numbers the parts that may be there once.
type rulePart uint8

const (
	partFreq rulePart = iota
	partUntil
	partCount
	partInterval
	partSecond
	partMinute
	partHour
	partDay
	partMonthDay
	partYearDay
	partWeekNo
	partMonth
	partSetPos
	partWeekStart
	partScale
	partSkip
	partUnknown
)

var partNames = [...]string{
	"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY",
	"BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST", "RSCALE", "SKIP",
}

func partNamed(name string) rulePart {
	if i := slices.Index(partNames[:], name); i >= 0 {
		return rulePart(i)
	}
	return partUnknown
}

// part reads one NAME=VALUE, in upper case.
func (p *ruleParser) part(text string) error {
	if text == "" || strings.HasPrefix(text, "X-") {
		return nil // a stray semicolon; somebody's extension
	}
	name, value, found := strings.Cut(text, "=")
	if !found {
		return fmt.Errorf("%.40q is no NAME=VALUE", text)
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	part := partNamed(name)
	if part == partUnknown {
		return fmt.Errorf("unknown part %.40q", name)
	}
	if p.seen>>part&1 != 0 {
		return fmt.Errorf("%s is there twice", name)
	}
	p.seen |= 1 << part
	if err := p.value(part, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (p *ruleParser) value(part rulePart, value string) (err error) {
	r := &p.rule
	switch part {
	case partFreq:
		r.freq, err = parseFrequency(value)
	case partUntil:
		r.until, err = parseUntil(value)
	case partCount:
		r.count, err = parsePositive(value)
	case partInterval:
		r.interval, err = parsePositive(value)
	case partWeekStart:
		r.weekStart, err = parseWeekday(value)
	case partDay:
		err = eachValue(value, r.addDay)
	case partScale:
		err = only(value, "GREGORIAN")
	case partSkip:
		err = only(value, "OMIT")
	default:
		err = p.numbers(part, value)
	}
	return err
}

// numbers reads the BY parts that are lists of numbers.
func (p *ruleParser) numbers(part rulePart, value string) error {
	r := &p.rule
	switch part {
	case partSecond:
		return eachNumber(value, 0, 60, func(n int) { r.seconds |= 1 << min(n, 59) })
	case partMinute:
		return eachNumber(value, 0, 59, func(n int) { r.minutes |= 1 << n })
	case partHour:
		return eachNumber(value, 0, 23, func(n int) { r.hours |= 1 << n })
	case partMonth:
		return eachNumber(value, 1, 12, func(n int) { r.months |= 1 << n })
	case partMonthDay:
		return eachSigned(value, 31, r.monthDays.add)
	case partWeekNo:
		return eachSigned(value, 53, r.weekNos.add)
	case partYearDay:
		return eachSigned(value, 366, func(n int) { r.yearDays = insert(r.yearDays, int16(n), cmp.Compare) })
	default: // partSetPos
		return eachSigned(value, 366, func(n int) { r.setPos = insert(r.setPos, int16(n), cmp.Compare) })
	}
}

// insert adds v to the ascending list, unless it is there already.
func insert[T any](list []T, v T, compare func(a, b T) int) []T {
	i, found := slices.BinarySearchFunc(list, v, compare)
	if found {
		return list
	}
	return slices.Insert(list, i, v)
}

func parseFrequency(s string) (frequency, error) {
	for f := secondly; f <= yearly; f++ {
		if frequencyNames[f] == s {
			return f, nil
		}
	}
	return 0, fmt.Errorf("unknown frequency %.40q", s)
}

func parseWeekday(s string) (time.Weekday, error) {
	if i := slices.Index(weekdayNames[:], s); i >= 0 {
		return time.Weekday(i), nil
	}
	return 0, fmt.Errorf("%.40q is no day of the week", s)
}

// parseUntil reads a date, a local time or one in UTC.
func parseUntil(s string) (until, error) {
	layout, form := localLayout, untilLocal
	text, utc := strings.CutSuffix(s, "Z")
	switch {
	case len(text) == len(dateLayout) && !utc:
		layout, form = dateLayout, untilDate
	case utc:
		form = untilUTC
	}
	if head, leap := strings.CutSuffix(text, "60"); leap && len(text) == len(localLayout) {
		text = head + "59" // a leap second
	}
	t, err := time.Parse(layout, text)
	if err != nil || len(text) != len(layout) || t.Year() == 0 { // Parse takes fractions of a second
		return until{}, fmt.Errorf("%.40q is neither a date nor a time", s)
	}
	return until{form, t.Unix()}, nil
}

// parsePositive reads COUNT and INTERVAL.
func parsePositive(s string) (int32, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt32 {
		return 0, fmt.Errorf("%.40q is no number from 1 to %d", s, math.MaxInt32)
	}
	return int32(n), nil
}

func only(s, want string) error {
	if s != want {
		return fmt.Errorf("%.40q is not supported, only %s", s, want)
	}
	return nil
}

// eachValue calls f for every value of a comma-separated list.
func eachValue(list string, f func(string) error) error {
	if strings.Count(list, ",") >= maxRuleValues {
		return fmt.Errorf("more than %d values", maxRuleValues)
	}
	for v := range strings.SplitSeq(list, ",") {
		if err := f(strings.TrimSpace(v)); err != nil {
			return err
		}
	}
	return nil
}

func eachNumber(list string, low, high int, f func(int)) error {
	return eachValue(list, func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return fmt.Errorf("%.40q is no number from %d to %d", v, low, high)
		}
		f(n)
		return nil
	})
}

// eachSigned reads numbers that may count from the end, and are never 0.
func eachSigned(list string, high int, f func(int)) error {
	return eachValue(list, func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n == 0 || n < -high || n > high {
			return fmt.Errorf("%.40q is no number from 1 to %d, or from -%d to -1", v, high, high)
		}
		f(n)
		return nil
	})
}

// addDay adds one value of BYDAY: MO, 2TU, +1WE, -1FR.
func (r *Rule) addDay(v string) error {
	if len(v) < 2 {
		return fmt.Errorf("%.40q is no day of the week", v)
	}
	day, err := parseWeekday(v[len(v)-2:])
	if err != nil {
		return err
	}
	if len(v) == 2 {
		r.weekdays |= 1 << day
		return nil
	}
	return eachSigned(v[:len(v)-2], 53, func(n int) {
		r.ordinals = insert(r.ordinals, ordinal{int8(n), day}, compareOrdinals)
	})
}

func compareOrdinals(a, b ordinal) int {
	return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.day, b.day))
}

// check rejects combinations of parts that RFC 5545 forbids.
func (r *Rule) check() error {
	switch {
	case r.freq == 0:
		return errors.New("FREQ is missing")
	case len(r.ordinals) > 0 && r.freq != monthly && r.freq != yearly:
		return errors.New("a numbered BYDAY needs FREQ=MONTHLY or FREQ=YEARLY")
	case len(r.ordinals) > 0 && !r.weekNos.empty():
		return errors.New("a numbered BYDAY has no meaning beside BYWEEKNO")
	case !r.monthDays.empty() && r.freq == weekly:
		return errors.New("BYMONTHDAY has no meaning with FREQ=WEEKLY")
	case !r.weekNos.empty() && r.freq != yearly:
		return errors.New("BYWEEKNO needs FREQ=YEARLY")
	case len(r.yearDays) > 0 && r.freq >= daily && r.freq <= monthly:
		return fmt.Errorf("BYYEARDAY has no meaning with FREQ=%s", frequencyNames[r.freq])
	case len(r.setPos) > 0 && !r.limited():
		return errors.New("BYSETPOS needs another BY part")
	}
	return nil
}

// limited reports whether r has a BY part other than BYSETPOS.
func (r *Rule) limited() bool {
	return r.seconds|r.minutes != 0 || r.hours != 0 || r.weekdays != 0 || r.months != 0 ||
		!r.monthDays.empty() || !r.weekNos.empty() || len(r.ordinals) > 0 || len(r.yearDays) > 0
}
