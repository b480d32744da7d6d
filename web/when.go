package web

import "time"

// When says when t is: the weekday, the date and the time, with the year where it
// is another one than now's.
func (f frame) When(t time.Time) string { return f.Day(t) + " " + f.Clock(t) }

// Day says on which day t is: "Wed 18 Nov".
func (f frame) Day(t time.Time) string { return f.day(t, "Mon 2 Jan") }

// LongDay says on which day t is, as a heading: "Wednesday 18 November", with the year as
// When does.
func (f frame) LongDay(t time.Time) string { return f.day(t, "Monday 2 January") }

func (f frame) day(t time.Time, layout string) string {
	local := t.In(f.zone)
	if local.Year() != f.now.In(f.zone).Year() {
		layout += " 2006"
	}
	return local.Format(layout)
}

// Date says which day a date such as 2026-11-18 is: "Wed 18 Nov".
func (f frame) Date(date string) string {
	day, err := time.ParseInLocation(time.DateOnly, date, f.zone)
	if err != nil {
		return date
	}
	return f.Day(day)
}

// Clock says at what time of its day t is.
func (f frame) Clock(t time.Time) string { return t.In(f.zone).Format("15:04") }

// Stamp is t for machines.
func (f frame) Stamp(t time.Time) string { return t.In(f.zone).Format(time.RFC3339) }

// Ago says how long ago t was, roughly.
func (f frame) Ago(t time.Time) string {
	switch d := f.now.Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	default:
		return plural(int(d/(24*time.Hour)), "day") + " ago"
	}
}

// Zone is the name of the zone that times are in.
func (f frame) Zone() string { return f.zone.String() }

// Now is the time it is.
func (f frame) Now() time.Time { return f.now }

// Today is the day it is.
func (f frame) Today() string { return f.LongDay(f.now) }

// Tomorrow is the first day that something can be put off to, for date fields.
func (f frame) Tomorrow() string {
	return f.now.In(f.zone).AddDate(0, 0, 1).Format(time.DateOnly)
}

// sameDay reports whether a and b are on one day in f's zone.
func (f frame) sameDay(a, b time.Time) bool {
	return a.In(f.zone).Format(time.DateOnly) == b.In(f.zone).Format(time.DateOnly)
}

// Coming reports whether t lies ahead.
func (f frame) Coming(t time.Time) bool { return t.After(f.now) }
