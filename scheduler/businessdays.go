package scheduler

import (
	"slices"
	"time"
)

// BusinessDays counts business days: Monday to Friday less public holidays and days
// off. Every question is answered from tables, whatever the distance. The zero
// value knows weekends only. It is immutable, so any number of goroutines may share
// one.
//
// Days are counted twice over. Weekdays are numbered without gaps, Saturday and
// Sunday having the number of the Monday after them; business days are numbered
// the same way, leaving the days off out. One follows from the other by the
// number of days off in between.
type BusinessDays struct {
	// off: the weekdays off, by their number among weekdays.
	off steps
	// offAt: the same days, by their number among business days.
	offAt steps
}

// NewBusinessDays returns the calendar of somebody who does not work on the
// public holidays of any of the regions nor on the days off. Outside the years of
// the holiday table only weekends and off count.
func NewBusinessDays(holidays []Region, off []Date) *BusinessDays {
	var weekdays []int64
	for _, r := range holidays {
		weekdays = appendHolidays(weekdays, r.Holidays())
	}
	for _, d := range off {
		weekdays = appendWeekday(weekdays, d)
	}
	slices.Sort(weekdays)
	weekdays = slices.Compact(weekdays)

	business := make([]int64, len(weekdays))
	for i, n := range weekdays {
		business[i] = n - int64(i)
	}
	return &BusinessDays{off: newSteps(weekdays), offAt: newSteps(business)}
}

func appendHolidays(weekdays []int64, h *Holidays) []int64 {
	for i, mark := range h.days {
		if mark != 0 && mark != noHoliday {
			weekdays = appendWeekday(weekdays, h.first+Date(i))
		}
	}
	return weekdays
}

func appendWeekday(weekdays []int64, d Date) []int64 {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return weekdays
	}
	return append(weekdays, weekdaysBefore(int64(d)))
}

// Is reports whether d is a business day.
func (b *BusinessDays) Is(d Date) bool {
	return b.before(int64(d)+1) > b.before(int64(d))
}

// Add returns the n-th business day after d, or before it where n is negative;
// d itself, business day or not, where n is 0. The result must be a date that
// Date can hold.
func (b *BusinessDays) Add(d Date, n int) Date {
	switch {
	case n > 0:
		return b.day(b.before(int64(d)+1) + int64(n) - 1)
	case n < 0:
		return b.day(b.before(int64(d)) + int64(n))
	}
	return d
}

// OnOrBefore returns the last business day on or before d.
func (b *BusinessDays) OnOrBefore(d Date) Date {
	return b.day(b.before(int64(d)+1) - 1)
}

// Count returns the number of business days in [from, to).
func (b *BusinessDays) Count(from, to Date) int {
	return max(0, int(b.before(int64(to))-b.before(int64(from))))
}

// before returns the number of the first business day on or after day.
func (b *BusinessDays) before(day int64) int64 {
	n := weekdaysBefore(day)
	return n - b.off.upTo(n-1)
}

// day returns the business day with number n.
func (b *BusinessDays) day(n int64) Date {
	return weekday(n + b.offAt.upTo(n))
}

// A week of dates holds seven days, five of them weekdays. Both counts start on
// Monday 1969-12-29; weekOffset weeks are added to keep divisions positive, which
// makes them cheap, and are far more than Date can hold.
const (
	mondayOffset = 3
	weekOffset   = 1 << 40
)

// weekdaysBefore returns the number of the first weekday on or after day.
func weekdaysBefore(day int64) int64 {
	shifted := uint64(day + mondayOffset + 7*weekOffset)
	week, ofWeek := shifted/7, shifted%7
	return int64(week)*5 + int64(min(ofWeek, 5)) - 5*weekOffset
}

// weekday returns the date of weekday number n.
func weekday(n int64) Date {
	shifted := uint64(n + 5*weekOffset)
	week, ofWeek := shifted/5, shifted%5
	return Date(int64(week*7+ofWeek) - 7*weekOffset - mondayOffset)
}
