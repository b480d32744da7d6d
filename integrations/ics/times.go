package ics

import (
	"fmt"
	"strings"
	"time"

	"holdfast/scheduler"
)

// timeForm is the form of a date or time (RFC 5545 §3.3.4, §3.3.5).
type timeForm uint8

const (
	dateForm  timeForm = iota // 20261122
	localForm                 // 20261122T090000, in the zone of TZID or floating
	utcForm                   // 20261122T090000Z
)

// parseTime reads s, giving its wall-clock time written as UTC. A leap second is
// the second before it; seconds may be missing; 24:00 is the next day's midnight. After
// the year 9999 there is none.
func parseTime(s string) (wall time.Time, form timeForm, ok bool) {
	if len(s) < 8 {
		return wall, form, false
	}
	year, month, day := digits(s[:4]), digits(s[4:6]), digits(s[6:8])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return wall, form, false
	}
	form, hour, minute, second, ok := parseClock(s[8:])
	if !ok {
		return wall, form, false
	}
	wall = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return wall, form, wall.Year() <= 9999
}

// parseClock reads what follows the date: nothing, or a time.
func parseClock(s string) (form timeForm, hour, minute, second int, ok bool) {
	if s == "" {
		return dateForm, 0, 0, 0, true
	}
	form = localForm
	if last := s[len(s)-1]; last == 'Z' || last == 'z' {
		form, s = utcForm, s[:len(s)-1]
	}
	if len(s) == len("T0900") {
		s += "00"
	}
	if len(s) != len("T090000") || s[0] != 'T' && s[0] != 't' {
		return form, 0, 0, 0, false
	}
	hour, minute, second = digits(s[1:3]), digits(s[3:5]), digits(s[5:7])
	ok = 0 <= hour && hour < 24 && 0 <= minute && minute < 60 && 0 <= second && second <= 60 ||
		hour == 24 && minute == 0 && second == 0
	return form, hour, minute, min(second, 59), ok
}

// digits returns the number that s writes, or -1 where it has anything else.
func digits(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// moment reads text, a value of p. A date is a date whatever VALUE says, and
// VALUE=DATE makes one of a time.
func (e *eventReader) moment(p prop, text string) (scheduler.Moment, bool) {
	text = strings.TrimSpace(text)
	wall, form, ok := parseTime(text)
	if !ok {
		return scheduler.Moment{}, false
	}
	if form != dateForm && strings.EqualFold(p.param("VALUE"), "DATE") {
		form, wall = dateForm, wall.Truncate(24*time.Hour)
	}
	switch form {
	case dateForm:
		return scheduler.Moment{Wall: wall, DateOnly: true}, true
	case utcForm:
		return scheduler.Moment{Wall: wall, Zone: time.UTC}, true
	}
	return scheduler.Moment{Wall: wall, Zone: e.zone(p)}, true
}

// readTimes reads DTSTART and the end. A cancelled override needs neither: what it
// cancels has them.
func (e *eventReader) readTimes() *fault {
	prop, ok := e.get(propDtstart)
	switch {
	case !ok && e.cancelsInstance():
		return nil
	case !ok:
		return &fault{e.kept.begin.line, "event without DTSTART"}
	}
	start, ok := e.moment(prop, prop.text)
	if !ok {
		return e.cannotRead(prop)
	}
	if !yearInRange(start) {
		return &fault{prop.line, fmt.Sprintf("DTSTART %s is not in the years %d to %d", quote(prop.text), minYear, maxYear)}
	}
	e.Start = start
	return e.readEnd()
}

// readEnd reads DTEND or DURATION, or takes the least end without either.
func (e *eventReader) readEnd() *fault {
	if end, ok := e.get(propDtend); ok {
		return e.readDtend(end)
	}
	if d, ok := e.get(propDuration); ok {
		return e.readDuration(d)
	}
	e.End = leastEnd(e.Start)
	return nil
}

// cancelsInstance reports whether the event cancels one instance of a series.
func (e *eventReader) cancelsInstance() bool {
	_, override := e.get(propRecurrenceID)
	return override && (e.Status == scheduler.Cancelled || e.r.vcal.cancelled)
}

func yearInRange(m scheduler.Moment) bool {
	return minYear <= m.Wall.Year() && m.Wall.Year() <= maxYear
}

// leastEnd is the end of an event that starts at start and says no more.
func leastEnd(start scheduler.Moment) scheduler.Moment {
	if start.DateOnly {
		start.Wall = start.Wall.AddDate(0, 0, 1)
	}
	return start
}

// readDtend reads DTEND. Where one of DTSTART and DTEND is a date and the other
// a time, DTSTART says which the event has.
func (e *eventReader) readDtend(prop prop) *fault {
	end, ok := e.moment(prop, prop.text)
	if !ok {
		return e.cannotRead(prop)
	}
	switch {
	case end.DateOnly && !e.Start.DateOnly:
		e.warn(prop, "DTEND is a date and DTSTART a time: read as the midnight that day begins with")
		end = scheduler.Moment{Wall: end.Wall, Zone: e.Start.Zone}
	case !end.DateOnly && e.Start.DateOnly:
		e.warn(prop, "DTEND is a time and DTSTART a date: read as the end of that day")
		end = scheduler.Moment{Wall: midnightAfter(end.Wall), DateOnly: true}
	}
	e.End = end
	if !yearInRange(end) {
		e.warn(prop, "DTEND %s is not in the years %d to %d: read as the start", quote(prop.text), minYear, maxYear)
		e.End = leastEnd(e.Start)
	} else if before(end, e.Start) {
		e.warn(prop, "DTEND is before DTSTART: read as the start")
		e.End = leastEnd(e.Start)
	} else if end.DateOnly && end.Wall.Equal(e.Start.Wall) {
		e.End = leastEnd(e.Start) // common, and means the one day
	}
	return nil
}

// midnightAfter returns wall, or the first midnight after it.
func midnightAfter(wall time.Time) time.Time {
	day := scheduler.DateOf(wall)
	if !wall.Equal(day.Wall()) {
		day++
	}
	return day.Wall()
}

// before reports whether a is before b. A floating one has no instant, and is
// compared by what clocks show.
func before(a, b scheduler.Moment) bool {
	if a.Zone == b.Zone || a.Zone == nil || b.Zone == nil {
		return a.Wall.Before(b.Wall)
	}
	return a.In(time.UTC).Before(b.In(time.UTC))
}

// readDuration reads DURATION, which stands in place of DTEND.
func (e *eventReader) readDuration(prop prop) *fault {
	d, ok := parseDuration(prop.text)
	if !ok {
		return e.cannotRead(prop)
	}
	if d.negative() {
		e.warn(prop, "DURATION is negative: read as none")
		d = duration{}
	}
	e.NominalDays, e.ByDuration = d.days, true
	e.End = d.after(e.Start)
	return nil
}
