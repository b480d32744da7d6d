package main

import (
	"fmt"
	"strings"
	"time"

	"holdfast/scheduler"
)

// drawExdates draws dates and times to remove, of instances and of others.
func (s *series) drawExdates() {
	var named []scheduler.Moment
	for range 1 + s.IntN(4) {
		named = append(named, pick(s.draw, s.hits...))
	}
	if s.oneIn(4) {
		miss := s.start
		miss.Wall = miss.Wall.AddDate(0, 0, 1+s.IntN(30))
		named = append(named, miss)
	}
	if s.often && s.start.Zone != nil {
		s.peer = false // it compares with the offset of DTSTART, and removes the instance an hour off too
	}
	switch n := s.IntN(10); {
	case s.start.DateOnly:
	case n < 2 && s.start.Zone != nil:
		for i := range named {
			named[i] = s.inUTC(named[i])
		}
	case n == 2:
		s.peer = false // it does not know dates that are removed from a series of times
		for i := range named {
			named[i] = dateOf(named[i])
		}
	}
	s.list("EXDATE", named)
}

// list writes dates and times of one kind as one line or as several.
func (s *series) list(name string, moments []scheduler.Moment) {
	if s.oneIn(2) {
		s.exceptions = append(s.exceptions, property(name, moments...))
		return
	}
	for _, m := range moments {
		s.exceptions = append(s.exceptions, property(name, m))
	}
}

func dateOf(m scheduler.Moment) scheduler.Moment {
	return scheduler.Moment{Wall: scheduler.DateOf(m.Wall).Wall(), DateOnly: true}
}

// drawRdates draws dates and times to add, some of which the rule has already.
func (s *series) drawRdates() {
	s.often = true
	if s.start.Zone != nil && s.start.Zone != time.UTC {
		s.peer = false // as with EXDATE, it takes an instance an hour off for the same
	}
	if !s.start.DateOnly && s.oneIn(4) {
		s.drawPeriod()
		return
	}
	var named []scheduler.Moment
	for range 1 + s.IntN(3) {
		m := s.start
		m.Wall = m.Wall.AddDate(0, 0, s.IntN(200))
		if !m.DateOnly {
			m.Wall = m.Wall.Add(time.Duration(s.IntN(20)) * 30 * time.Minute)
		}
		named = append(named, m)
	}
	if s.oneIn(3) {
		named = append(named, pick(s.draw, s.hits...))
	}
	if s.start.Zone != nil && s.oneIn(4) {
		for i := range named {
			named[i] = s.inUTC(named[i])
		}
	}
	s.list("RDATE", named)
}

// drawPeriod draws a time to add that has an end of its own.
func (s *series) drawPeriod() {
	s.peer = false // it knows no periods
	at := s.inUTC(s.start)
	at.Wall = at.Wall.AddDate(0, 0, 1+s.IntN(100)).Add(17 * time.Minute)
	end := at
	end.Wall = at.Wall.Add(time.Duration(1+s.IntN(8)) * 20 * time.Minute)
	period := pick(s.draw, format(end), "PT3H", "PT50M")
	s.exceptions = append(s.exceptions, "RDATE;VALUE=PERIOD:"+format(at)+"/"+period)
}

// drawOverrides draws changed, moved and cancelled instances.
func (s *series) drawOverrides() {
	if s.often {
		s.peer = false // it tells the instances of a series apart by the day
	}
	for i, at := range s.Perm(len(s.hits)) {
		if i == 3 {
			break
		}
		s.drawOverride(fmt.Sprintf("-%c", 'a'+i), s.hits[at])
	}
}

// drawOverride draws what became of the instance that started at original.
func (s *series) drawOverride(title string, original scheduler.Moment) {
	id, moved := s.recurrenceID(original), s.movedFrom(original)
	if strings.Contains(id, "RANGE") { // all others move as far: not by a year
		moved = original
		moved.Wall = moved.Wall.AddDate(0, 0, s.IntN(7)-3)
	}
	lines := []string{id, property("DTSTART", moved), s.lengthFrom(moved)}
	switch n := s.IntN(6); {
	case n == 0 && lines[2] != "": // without an end it would have its series' length, by the rules
		lines = append(lines, "STATUS:CANCELLED")
	case n == 1:
		lines = append(lines, "STATUS:TENTATIVE")
	}
	s.overrides = append(s.overrides, s.vevent(title, append(lines, s.version(2)...)...))
	if s.oneIn(8) && s.versions > 0 {
		earlier := s.movedFrom(original)
		s.overrides = append(s.overrides, s.vevent(title+"-outdated", append([]string{
			property("RECURRENCE-ID", original), property("DTSTART", earlier), s.lengthFrom(earlier),
		}, s.version(1)...)...))
	}
}

// recurrenceID names an instance as programs do: most in DTSTART's form, some in
// UTC, some with the date alone. Some mean all later instances too.
func (s *series) recurrenceID(original scheduler.Moment) string {
	name := "RECURRENCE-ID"
	if s.oneIn(6) {
		s.peer = false // it knows no ranges
		name += ";RANGE=THISANDFUTURE"
	}
	if original.Zone != nil && original.Zone != time.UTC && s.oneIn(5) {
		s.peer = false // it takes the day in UTC for the day of the instance
		return property(name, s.inUTC(original))
	}
	return property(name, original)
}

// movedFrom draws where an instance was moved to: not at all, by hours, by days,
// into the window or out of it, to another zone.
func (s *series) movedFrom(m scheduler.Moment) scheduler.Moment {
	switch s.IntN(6) {
	case 0:
		return m
	case 1:
		m.Wall = pick(s.draw, s.from, s.to).AddDate(0, 0, s.IntN(5)-2)
		if m.DateOnly {
			m = dateOf(m)
		}
		return m
	}
	m.Wall = m.Wall.AddDate(0, 0, s.IntN(7)-3)
	if m.DateOnly {
		return m
	}
	m.Wall = m.Wall.Add(time.Duration(s.IntN(13)-6) * 30 * time.Minute)
	if m.Zone != nil && s.oneIn(6) {
		m = scheduler.Moment{Wall: m.In(nil), Zone: time.UTC}
	}
	return m
}
