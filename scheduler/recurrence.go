package scheduler

import (
	"errors"
	"time"
)

// ErrTooMuch is returned for a recurrence that would take more work than the
// caller allowed, or has more instances in one window than maxInstances.
var ErrTooMuch = errors.New("the recurrence has too many instances to work out")

// maxInstances is the most occurrences of one rule in one window: an hourly
// event has 8,784 in a year. Beyond it a calendar is broken or hostile.
const maxInstances = 50_000

// Append appends to dst, ascending, the wall-clock times in [from, to) at which
// r recurs for a series that starts at start. All times are wall-clock times
// written as if they were UTC, like Moment.Wall, and have whole seconds.
//
//   - Only times that match r are given: start itself is one of them only if
//     it matches, and COUNT counts from the first match on (RFC 5545 leaves a
//     start that does not match undefined; the caller adds it).
//   - A time that the zone skips (DST) is an occurrence, and COUNT counts it:
//     Resolve says which instant it is.
//   - UNTIL as a date includes that whole day; as a local time it is compared
//     with the wall-clock time; in UTC it is compared with the instant, through
//     Resolve, or with the wall-clock time where start has no zone.
//   - For a series of dates BYHOUR, BYMINUTE and BYSECOND mean nothing (RFC 5545
//     §3.3.10), and every occurrence is at midnight.
//   - The year of FREQ=YEARLY is the calendar year: with BYWEEKNO, a day of
//     week 1 that lies in December belongs to the year of that December. BYWEEKNO
//     alone means the weekday of start in those weeks.
//   - Nothing occurs before the year 1 or after the year 9999.
//
// Each period of the rule (or day of it without any) and each candidate that is
// looked at takes one from *steps; a year with BYWEEKNO or the like takes
// yearScopeSteps. When there are none left, or after maxInstances, the error is
// ErrTooMuch, and the occurrences found so far are returned with it. What it
// takes depends on the window, not on the time since start; only a rule with
// COUNT whose periods differ in length is counted from start on.
func (r *Rule) Append(dst []time.Time, start Moment, from, to time.Time, steps *int) ([]time.Time, error) {
	x := newExpansion(r, start, from, to)
	if x.from >= x.end || !x.reachable() {
		return dst, nil
	}
	x.dst, x.steps, x.room = dst, *steps, maxInstances
	err := x.run()
	*steps = x.steps
	return x.dst, err
}

// expansion is a rule on its way through one window. Its times are in Unix
// seconds of the wall-clock time written as if it were UTC.
type expansion struct {
	rule  *Rule
	zone  *time.Location // to compare UNTIL in; nil: compare it as it stands
	start int64
	from  int64 // not before start
	end   int64 // exclusive
	// surely is the time up to which no occurrence can be after UNTIL.
	surely int64

	// What the rule does not say comes from start: these are its BY parts, completed.
	months    uint16
	weekdays  uint8
	monthDays signedSet
	hours     uint32
	minutes   uint64
	seconds   uint64
	yearScope bool // yearSet is needed to tell the days of a year
	times     timesOfDay

	counted int64 // occurrences from start up to the current period
	steps   int
	room    int // how many more instances may be appended
	dst     []time.Time
}

// The first second of the year 1, and of the year 10000.
const (
	firstSecond = -62135596800
	afterSecond = 253402300800
)

// zoneMargin is more than a wall-clock time can differ from UTC: beyond it from
// UNTIL there is no need to ask the zone.
const zoneMargin = 2 * secondsPerDay

func newExpansion(r *Rule, start Moment, from, to time.Time) expansion {
	x := expansion{
		rule: r, start: start.Wall.Unix(), end: min(wholeSecond(to), afterSecond),
		months: r.months, weekdays: r.weekdays, monthDays: r.monthDays,
		hours: r.hours, minutes: r.minutes, seconds: r.seconds,
	}
	x.from = max(x.start, wholeSecond(from))
	if r.freq == 0 || x.start < firstSecond {
		x.end = x.from // nothing
		return x
	}
	x.completeDays(start.Wall)
	x.completeTimes(start)
	x.limit(start.Zone)
	return x
}

// wholeSecond returns the first whole second that is not before t.
func wholeSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// completeDays takes from start which days are meant where the rule says nothing.
func (x *expansion) completeDays(start time.Time) {
	r := x.rule
	x.yearScope = len(r.yearDays) > 0 || !r.weekNos.empty() || x.ordinalsOfYear()
	if r.weekdays != 0 || len(r.ordinals) > 0 || len(r.yearDays) > 0 || !r.monthDays.empty() {
		return
	}
	switch {
	case r.freq == weekly || !r.weekNos.empty():
		x.weekdays = 1 << start.Weekday()
	case r.freq == monthly:
		x.monthDays.add(start.Day())
	case r.freq == yearly:
		x.monthDays.add(start.Day())
		if r.months == 0 {
			x.months = 1 << start.Month()
		}
	}
}

// All times of a day, hour and minute.
const (
	allHours   = 1<<24 - 1
	allMinutes = 1<<60 - 1
	allMonths  = 1<<13 - 2 // bits 1 to 12
)

// completeTimes takes from start which times of the day are meant where the rule
// says nothing, and clears those that its interval never comes to.
func (x *expansion) completeTimes(start Moment) {
	hour, minute, second := start.Wall.Clock()
	if start.DateOnly {
		x.hours, x.minutes, x.seconds = 1, 1, 1
	}
	if x.months == 0 {
		x.months = allMonths
	}
	x.hours = uint32(completeTime(uint64(x.hours), hour, allHours, x.rule.freq <= hourly))
	x.minutes = completeTime(x.minutes, minute, allMinutes, x.rule.freq <= minutely)
	x.seconds = completeTime(x.seconds, second, allMinutes, x.rule.freq == secondly)
	switch interval := int(x.rule.interval); x.rule.freq {
	case hourly:
		x.hours &= uint32(everyNth(hour, interval, 24))
	case minutely:
		x.minutes &= everyNth(minute, interval, 60)
	case secondly:
		x.seconds &= everyNth(second, interval, 60)
	}
	x.times = newTimesOfDay(x.hours, x.minutes, x.seconds)
}

// completeTime returns set, or where it is empty what that means: all for a
// unit the rule counts, else the one of the start.
func completeTime(set uint64, start int, all uint64, counted bool) uint64 {
	switch {
	case set != 0:
		return set
	case counted:
		return all
	}
	return 1 << start
}

// everyNth returns the hours (of 24), or minutes or seconds (of 60), that are
// ever reached from start in steps of interval.
func everyNth(start, interval, of int) uint64 {
	step := gcd(interval, of)
	var set uint64
	for i := start % step; i < of; i += step {
		set |= 1 << i
	}
	return set
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// reachable reports whether any time of the day can match at all.
func (x *expansion) reachable() bool { return x.times.n > 0 }

// limit ends x at UNTIL, or a little after it where only the zone can tell.
func (x *expansion) limit(zone *time.Location) {
	x.surely = x.end
	at := x.rule.until.at
	switch x.rule.until.form {
	case untilNone:
		return
	case untilDate:
		x.end = min(x.end, at+secondsPerDay)
	case untilLocal:
		x.end = min(x.end, at+1)
	case untilUTC:
		if zone == nil || zone == time.UTC {
			x.end = min(x.end, at+1)
			break
		}
		x.zone = zone
		x.end = min(x.end, at+zoneMargin)
		x.surely = at - zoneMargin
	}
}

// pastUntil reports whether the instant of the wall-clock time at is after UNTIL.
func (x *expansion) pastUntil(at int64) bool {
	return x.zone != nil && at > x.surely && Resolve(wall(at), x.zone).Unix() > x.rule.until.at
}

func wall(at int64) time.Time { return time.Unix(at, 0).UTC() }

// spend takes n steps, and reports whether there were as many.
func (x *expansion) spend(n int) bool {
	if n > x.steps {
		x.steps = 0
		return false
	}
	x.steps -= n
	return true
}

// run goes through the periods that can have an occurrence in the window.
func (x *expansion) run() error {
	var buffer [366]Date
	period, last := x.jump(x.periodOf(x.start), buffer[:0]), x.periodOf(x.end-1)
	for period <= last && !x.exhausted() {
		if !x.spend(x.periodSteps()) {
			return ErrTooMuch
		}
		set, resume := x.periodSet(period, buffer[:0])
		if resume > period { // nothing before that one
			period = x.align(resume)
			continue
		}
		if err := x.emit(set); err != nil {
			return err
		}
		period += int64(x.rule.interval)
	}
	return nil
}

// yearScopeSteps is what a period takes in which the days of a whole year must be
// looked at: so much longer it takes than others.
const yearScopeSteps = 24

func (x *expansion) periodSteps() int {
	if x.yearScope && x.rule.freq == yearly {
		return yearScopeSteps
	}
	return 1
}

// exhausted reports whether COUNT is used up.
func (x *expansion) exhausted() bool { return x.rule.count > 0 && x.counted >= int64(x.rule.count) }

// align returns the first period not before p that the interval comes to.
func (x *expansion) align(p int64) int64 {
	first, interval := x.periodOf(x.start), int64(x.rule.interval)
	return first + (p-first+interval-1)/interval*interval
}

// jump returns the first period worth looking at, and counts the occurrences
// before it. That is the one of the window's start or the next, unless COUNT
// needs to see the periods before.
func (x *expansion) jump(first int64, buffer []Date) int64 {
	target := x.align(x.periodOf(x.from))
	if target <= first || x.rule.count == 0 {
		return target
	}
	each, ok := x.eachPeriod()
	if !ok {
		return first
	}
	set, _ := x.periodSet(first, buffer)
	between := (target-first)/int64(x.rule.interval) - 1
	x.counted = int64(x.chosen(set.len(), set.rank(x.start))) + between*int64(each)
	return target
}

// eachPeriod returns how many occurrences every whole period has, where that is
// known to be the same for all.
func (x *expansion) eachPeriod() (int, bool) {
	days, ok := x.daysEachPeriod()
	if !ok {
		return 0, false
	}
	return x.chosen(days*x.timesEachDay(), 0), true
}

// timesEachDay returns how many times of a day there are in a period.
func (x *expansion) timesEachDay() int {
	switch x.rule.freq {
	case hourly:
		return x.times.perHour
	case minutely:
		return x.times.perMinute
	case secondly:
		return 1
	}
	return x.times.n
}
