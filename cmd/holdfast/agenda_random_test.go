package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// draw draws the events of one random calendar.
type draw struct {
	*rand.Rand
	local    *time.Location // the reader's
	from, to time.Time      // the window
}

func newDraw(r *rand.Rand, zone string) *draw {
	local := mustLoad(zone)
	d := &draw{Rand: r, local: local}
	d.from = time.Date(2026, time.February, 1+r.IntN(28), r.IntN(24), 0, 0, 0, local).UTC()
	d.to = d.from.AddDate(0, 14, r.IntN(28))
	return d
}

func mustLoad(zone string) *time.Location {
	l, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return l
}

// randomZones have changes of offset in both hemispheres, of an hour and of half
// an hour, at midnight and in Ramadan, odd offsets, and none at all.
var randomZones = []string{
	"America/New_York", "America/New_York", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/Los_Angeles",
	"Australia/Sydney", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham",
	"Pacific/Auckland", "America/Santiago", "Africa/Casablanca", "Africa/Cairo", "Asia/Jerusalem", "America/Havana",
	"Asia/Tokyo", "Pacific/Apia", "America/Phoenix", "Asia/Beirut",
}

// oneIn reports true once in n times.
func (d *draw) oneIn(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d *draw, from ...T) T { return from[d.IntN(len(from))] }

// series is an event being drawn.
type series struct {
	*draw
	uid        string
	start      scheduler.Moment
	length     string             // the line with DTEND or DURATION, or nothing
	rule       string             // "" without one
	hits       []scheduler.Moment // some of its original starts, ascending; and what may look like one
	often      bool               // it may have several instances on a day
	exceptions []string           // lines with RDATE and EXDATE
	overrides  []string           // VEVENTs
	versions   int                // how copies of it are told apart
	peer       bool
}

// event draws an event, mostly a series.
func (d *draw) event(uid string) randomEvent {
	s := &series{draw: d, uid: uid, start: d.start(), versions: d.IntN(3), peer: true}
	s.length = s.lengthFrom(s.start)
	s.peer = s.peer && !twice(s.start) // it reads a time that happens twice as the second
	if !d.oneIn(10) {
		s.drawRule()
	}
	s.findHits()
	if d.oneIn(3) {
		s.drawExdates()
	}
	if d.oneIn(4) {
		s.drawRdates()
	}
	if d.oneIn(3) {
		s.drawOverrides()
	}
	return randomEvent{UID: uid, Text: s.text(), Peer: s.peer}
}

// start draws a DTSTART: most weeks before or in the window, now and then at a
// local time that happens twice or never.
func (d *draw) start() scheduler.Moment {
	day := scheduler.DateOf(d.from) + scheduler.Date(d.IntN(700)-350)
	wall := day.Wall()
	clock := time.Duration(pick(d, 0, 7, 8, 9, 9, 10, 11, 13, 14, 15, 16, 17, 20, 23))*time.Hour +
		time.Duration(pick(d, 0, 0, 0, 15, 30, 30, 45))*time.Minute
	switch n := d.IntN(100); {
	case n < 18:
		return scheduler.Moment{Wall: wall, DateOnly: true}
	case n < 28:
		return scheduler.Moment{Wall: wall.Add(clock)}
	case n < 40:
		return scheduler.Moment{Wall: wall.Add(clock), Zone: time.UTC}
	}
	m := scheduler.Moment{Wall: wall.Add(clock), Zone: mustLoad(pick(d, randomZones...))}
	if d.oneIn(5) {
		m.Wall = d.nearChange(m)
	}
	return m
}

// nearChange returns a wall-clock time about the next change of m's zone's offset.
func (d *draw) nearChange(m scheduler.Moment) time.Time {
	_, change := m.In(m.Zone).In(m.Zone).ZoneBounds()
	if change.IsZero() || change.Sub(m.Wall) > 400*24*time.Hour {
		return m.Wall
	}
	before := change.Add(-time.Second).In(m.Zone)
	wall := time.Date(before.Year(), before.Month(), before.Day(), before.Hour()+1, 0, 0, 0, time.UTC)
	return wall.Add(time.Duration(d.IntN(9)-4)*30*time.Minute).AddDate(0, 0, -pick(d, 0, 0, 7, 14, 28, 364))
}

// lengthFrom draws how long an event that starts at m lasts.
func (s *series) lengthFrom(m scheduler.Moment) string {
	if m.DateOnly {
		switch s.IntN(6) {
		case 0:
			return ""
		case 1:
			return fmt.Sprintf("DURATION:P%dD", 1+s.IntN(3))
		case 2:
			return "DURATION:P1W"
		}
		return property("DTEND", scheduler.Moment{Wall: m.Wall.AddDate(0, 0, pick(s.draw, 1, 1, 1, 2, 3, 14)), DateOnly: true})
	}
	switch s.IntN(8) {
	case 0:
		return ""
	case 1:
		s.peer = false // it takes a day of a DURATION for 24 hours; RFC 5545 §3.8.5.3 for one of the calendar
		return "DURATION:" + pick(s.draw, "P1D", "P1DT2H", "P2D", "P1W")
	case 2:
		return "DURATION:" + pick(s.draw, "PT15M", "PT1H", "PT1H30M", "PT24H", "PT36H", "PT45M")
	}
	end := m
	end.Wall = m.Wall.Add(pick(s.draw, 15*time.Minute, 30*time.Minute, 45*time.Minute, time.Hour, time.Hour, 2*time.Hour, 8*time.Hour, 26*time.Hour, 72*time.Hour))
	if m.Zone == nil {
		if !end.In(s.local).After(m.In(s.local)) {
			end.Wall = end.Wall.Add(2 * time.Hour) // it ends after a gap that its start lies in
		}
		if m.Wall.Hour() < 4 || scheduler.DateOf(end.Wall) != scheduler.DateOf(m.Wall) {
			s.peer = false // it knows no zone, so a length is what clocks show, in any night
		}
		return property("DTEND", end)
	}
	if s.oneIn(6) { // in another zone
		return property("DTEND", scheduler.Moment{Wall: m.In(nil).Add(time.Hour), Zone: time.UTC})
	}
	if !end.In(nil).After(m.In(nil)) {
		end.Wall = end.Wall.Add(2 * time.Hour)
	}
	s.peer = s.peer && !twice(end) // as of the start
	return property("DTEND", end)
}

// twice reports whether clocks show m twice.
func twice(m scheduler.Moment) bool {
	if m.Zone == nil {
		return false
	}
	first := m.In(nil)
	for _, later := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		l := first.Add(later).In(m.Zone)
		if time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC).Equal(m.Wall) {
			return true
		}
	}
	return false
}

// property writes a property of times of one kind.
func property(name string, moments ...scheduler.Moment) string {
	switch m := moments[0]; {
	case m.DateOnly:
		name += ";VALUE=DATE"
	case m.Zone != nil && m.Zone != time.UTC:
		name += ";TZID=" + m.Zone.String()
	}
	var values []string
	for _, m := range moments {
		values = append(values, format(m))
	}
	return name + ":" + strings.Join(values, ",")
}

func format(m scheduler.Moment) string {
	switch {
	case m.DateOnly:
		return m.Wall.Format("20060102")
	case m.Zone == time.UTC:
		return m.Wall.Format("20060102T150405Z")
	}
	return m.Wall.Format("20060102T150405")
}

// inUTC returns m's instant.
func (s *series) inUTC(m scheduler.Moment) scheduler.Moment {
	return scheduler.Moment{Wall: m.In(s.local), Zone: time.UTC}
}

// findHits finds starts of the series that exceptions can name. Our own rules
// find them: this decides what is asked, and not what the answer is.
func (s *series) findHits() {
	s.hits = []scheduler.Moment{s.start}
	if s.rule == "" {
		return
	}
	rule, err := scheduler.ParseRule(s.rule)
	if err != nil {
		panic(fmt.Sprintf("drew %s: %v", s.rule, err))
	}
	steps := 100_000
	from := s.from.AddDate(0, 0, -10)
	walls, _ := rule.Append(nil, s.start, from, s.to.AddDate(0, 0, 10), &steps)
	for range min(len(walls), 8) {
		m := s.start
		m.Wall = pick(s.draw, walls...)
		s.hits = append(s.hits, m)
	}
	if len(walls) > 0 { // at the edges of the window too
		first, last := s.start, s.start
		first.Wall, last.Wall = walls[0], walls[len(walls)-1]
		s.hits = append(s.hits, first, last)
	}
	slices.SortFunc(s.hits, func(a, b scheduler.Moment) int { return a.Wall.Compare(b.Wall) })
	s.hits = slices.CompactFunc(s.hits, func(a, b scheduler.Moment) bool { return a.Wall.Equal(b.Wall) })
}

// text writes the VEVENTs: the series, its overrides and, now and then, an
// outdated copy of it, in any order.
func (s *series) text() string {
	master := []string{property("DTSTART", s.start), s.length}
	if s.rule != "" {
		master = append(master, "RRULE:"+s.rule)
	}
	master = append(master, s.exceptions...)
	all := append(s.overrides, s.vevent("", slices.Concat(master, s.version(2))...))
	if s.oneIn(15) {
		s.peer = false // it shows what is left of both copies
		all = append(all, s.vevent("-outdated", slices.Concat(s.outdated(), s.version(1))...))
	}
	s.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return strings.Join(all, "")
}

// outdated draws a copy of the event as it was once.
func (s *series) outdated() []string {
	start := s.start
	start.Wall = start.Wall.AddDate(0, 0, s.IntN(9)-4)
	return []string{property("DTSTART", start), s.lengthFrom(start), "RRULE:FREQ=WEEKLY;COUNT=5"}
}

// version writes the lines by which version n, 1 or 2, of a copy is told.
func (s *series) version(n int) []string {
	modified := func(month int) string { return fmt.Sprintf("LAST-MODIFIED:20260%d01T000000Z", month) }
	switch {
	case s.versions == 1 && !s.often: // with SEQUENCE the peer would drop the first of two on a day
		return []string{fmt.Sprintf("SEQUENCE:%d", n)}
	case s.versions == 2 && !s.often: // SEQUENCE says more than the modification
		return []string{modified(3 - n), fmt.Sprintf("SEQUENCE:%d", 10*n)}
	}
	return []string{modified(n)}
}

// vevent writes a VEVENT with these lines; empty ones are left out.
func (s *series) vevent(title string, lines ...string) string {
	all := slices.Concat([]string{"BEGIN:VEVENT", "UID:" + s.uid, "DTSTAMP:20260101T000000Z", "SUMMARY:" + s.uid + title}, lines, []string{"END:VEVENT"})
	all = slices.DeleteFunc(all, func(l string) bool { return l == "" })
	return strings.Join(all, "\r\n") + "\r\n"
}
