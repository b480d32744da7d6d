package ics

import (
	"strings"
	"time"

	"holdfast/scheduler"
)

// duration is a DURATION value (RFC 5545 §3.3.6): days by the calendar and, after
// them, an exact time. Both have the same sign.
type duration struct {
	days int
	rest time.Duration
}

// maxDays is the longest duration that is read, a hundred years; what is longer
// is a mistake, and would overflow.
const maxDays = 36525

// parseDuration reads s; it is false for what is no duration or too long a one.
func parseDuration(s string) (d duration, ok bool) {
	sign := 1
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = -1, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if len(s) < 3 || s[0] != 'P' && s[0] != 'p' {
		return d, false
	}
	inTime := false
	for s = s[1:]; s != ""; {
		if !inTime && (s[0] == 'T' || s[0] == 't') {
			inTime, s = true, s[1:]
		}
		i := 0
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		if i == 0 || i > 10 || i == len(s) || !d.add(digits(s[:i]), s[i]&^0x20, inTime) {
			return d, false
		}
		s = s[i+1:]
	}
	return duration{sign * d.days, time.Duration(sign) * d.rest}, true
}

// add adds n of unit, a capital letter; it is false where there is no such unit
// and when the sum is too long.
func (d *duration) add(n int, unit byte, inTime bool) bool {
	var size time.Duration
	switch {
	case !inTime && (unit == 'W' || unit == 'D'):
		if unit == 'W' {
			n *= 7
		}
		d.days += n
		return d.days <= maxDays
	case inTime && unit == 'H':
		size = time.Hour
	case inTime && unit == 'M':
		size = time.Minute
	case inTime && unit == 'S':
		size = time.Second
	default:
		return false
	}
	const most = maxDays * 24 * time.Hour
	if n > int(most/size) {
		return false
	}
	d.rest += time.Duration(n) * size
	return d.rest <= most
}

func (d duration) negative() bool { return d.days < 0 || d.rest < 0 }

// after returns the moment d after start: the days by the calendar, so that they
// end at the same time of day, then the rest exactly (§3.8.5.3). After a date it
// is a date, at least one day on.
func (d duration) after(start scheduler.Moment) scheduler.Moment {
	end := start
	end.Wall = start.Wall.AddDate(0, 0, d.days)
	switch {
	case start.DateOnly:
		end.Wall = midnightAfter(end.Wall.Add(d.rest))
		if !end.Wall.After(start.Wall) {
			return leastEnd(start)
		}
		return end
	case d.rest == 0:
		return end
	}
	return addExactly(end, d.rest)
}

// addExactly returns the moment that comes rest after m. Where clocks show it
// twice and m's zone would mean the first, it is told in UTC.
func addExactly(m scheduler.Moment, rest time.Duration) scheduler.Moment {
	if m.Zone == nil || m.Zone == time.UTC {
		m.Wall = m.Wall.Add(rest)
		return m
	}
	instant := scheduler.Resolve(m.Wall, m.Zone).Add(rest)
	local := instant.In(m.Zone)
	_, offset := local.Zone()
	wall := instant.Add(time.Duration(offset) * time.Second).UTC()
	if !scheduler.Resolve(wall, m.Zone).Equal(instant) {
		return scheduler.Moment{Wall: instant, Zone: time.UTC}
	}
	m.Wall = wall
	return m
}
