package scheduler

import "time"

// Date is a civil date, counted in days since 1970-01-01. It has no zone.
type Date int32

const secondsPerDay = 24 * 60 * 60

// NewDate returns the date of year, month and day; values outside their usual
// range are normalized as by time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date that t shows in its own location.
func DateOf(t time.Time) Date {
	_, offset := t.Zone()
	return Date(floorDiv(t.Unix()+int64(offset), secondsPerDay))
}

// Wall returns the instant at midnight of d in UTC: the form in which wall-clock
// times are computed before they are placed in a zone (see Moment).
func (d Date) Wall() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d)+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
}

// String formats d as 2006-01-02.
func (d Date) String() string { return d.Wall().Format(time.DateOnly) }

// floorDiv divides rounding down, where Go's / rounds towards zero.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
