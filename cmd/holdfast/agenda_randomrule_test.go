package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

var (
	weekdays = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	hours    = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}
)

// drawRule draws an RRULE: mostly one that calendar programs write, often enough
// one that they do not.
//
// It avoids what python-dateutil 2.8 reads otherwise than RFC 5545 §3.3.10 says:
//   - numbered and plain days in one BYDAY (both must match there; either may);
//   - BYWEEKNO without BYDAY (the whole week there; the weekday of DTSTART);
//   - BYWEEKNO beyond 51 and -50 (it miscounts the weeks of the years before and
//     after, whose days lie in this one);
//   - BYSETPOS with FREQ=WEEKLY and a DTSTART inside the week (the first week is
//     cut there before a place is chosen in it);
//   - BYHOUR and its like for dates (they count there; they must be ignored).
func (s *series) drawRule() {
	draws := []func() []string{
		s.dailyRule, s.dailyRule, s.weeklyRule, s.weeklyRule, s.weeklyRule, s.monthlyRule, s.monthlyRule, s.monthlyRule, s.yearlyRule, s.yearlyRule,
	}
	if !s.start.DateOnly {
		draws = append(draws, s.hourlyRule, s.timesRule)
	}
	parts := pick(s.draw, draws...)()
	if s.oneIn(3) && !slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, "WKST=") }) && !s.hasSetPos(parts) {
		parts = append(parts, "WKST="+pick(s.draw, weekdays...))
	}
	if !s.limits(parts) {
		parts = append(parts, s.limit()...)
	}
	if s.oneIn(4) { // the order of the parts means nothing
		s.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	s.rule = strings.Join(parts, ";")
}

func (s *series) hasSetPos(parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, "BYSETPOS=") })
}

func (s *series) limits(parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, "COUNT=") || strings.HasPrefix(p, "UNTIL=") })
}

// limit draws what ends a rule: nothing, COUNT, UNTIL.
func (s *series) limit() []string {
	switch s.IntN(4) {
	case 0:
		return []string{fmt.Sprintf("COUNT=%d", 1+s.IntN(40))}
	case 1, 2:
		return []string{"UNTIL=" + s.until()}
	}
	return nil
}

// until draws an UNTIL of any form, RFC 5545's or not, on the edge as often as not.
func (s *series) until() string {
	last := s.start
	last.Wall = last.Wall.AddDate(0, 0, pick(s.draw, 7, 14, 28, 70, 364, s.IntN(700)))
	if s.oneIn(2) {
		last.Wall = last.Wall.Add(time.Duration(s.IntN(5)-2) * time.Hour)
	}
	if s.oneIn(30) { // as it is left of a series that was cut off at its first instance
		last.Wall = s.start.Wall.AddDate(0, 0, -1)
		s.peer = s.peer && last.Zone != nil // without a zone it shows DTSTART all the same
	}
	zoned := last.Zone != nil && last.Zone != time.UTC
	switch n := s.IntN(10); {
	case last.DateOnly && n < 8 || n == 0:
		s.peer = s.peer && last.DateOnly // it takes the date for midnight in UTC
		return last.Wall.Format("20060102")
	case n == 1:
		s.peer = s.peer && last.Zone == nil // it takes the local time for UTC
		return last.Wall.Format("20060102T150405")
	}
	if zoned {
		s.peer = false // it compares with the offset of DTSTART, whatever the season
	}
	return s.inUTC(last).Wall.Format("20060102T150405Z")
}

func (s *series) every() []string {
	if s.oneIn(2) {
		return nil
	}
	return []string{fmt.Sprintf("INTERVAL=%d", pick(s.draw, 1, 2, 2, 3, 4, 6, 7, 13))}
}

// some draws between one and most different values, in any order.
func some[T any](d *draw, most int, from []T) string {
	var values []string
	for _, i := range d.Perm(len(from))[:1+d.IntN(min(most, len(from)))] {
		values = append(values, fmt.Sprint(from[i]))
	}
	return strings.Join(values, ",")
}

// numbers returns the numbers from low to high, without 0.
func numbers(low, high int) []int {
	var all []int
	for n := low; n <= high; n++ {
		if n != 0 {
			all = append(all, n)
		}
	}
	return all
}

func (s *series) dailyRule() []string {
	parts := append([]string{"FREQ=DAILY"}, s.every()...)
	if s.oneIn(4) && !slices.Contains(parts, "INTERVAL=7") { // which may never come to such a day
		parts = append(parts, "BYDAY="+some(s.draw, 5, weekdays))
	}
	if s.oneIn(8) {
		parts = append(parts, "BYMONTH="+some(s.draw, 6, numbers(1, 12)))
	}
	if s.oneIn(10) {
		parts = append(parts, "BYMONTHDAY="+some(s.draw, 12, numbers(-28, 28)))
	}
	return parts
}

func (s *series) weeklyRule() []string {
	parts := append([]string{"FREQ=WEEKLY"}, s.every()...)
	own := weekdays[(s.start.Wall.Weekday()+6)%7]
	switch n := s.IntN(10); {
	case n < 3:
		parts = append(parts, "BYDAY="+own)
	case n < 7:
		parts = append(parts, "BYDAY="+some(s.draw, 5, weekdays))
	case n == 7:
		parts = append(parts, "BYDAY="+some(s.draw, 7, weekdays), "BYSETPOS="+pick(s.draw, "1", "-1", "2,-1", "1,-1"), "WKST="+own)
	}
	if s.oneIn(10) {
		parts = append(parts, "BYMONTH="+some(s.draw, 6, numbers(1, 12)))
	}
	return parts
}

// numbered draws days that are counted in a month or, up to most, in a year.
func (s *series) numbered(most int) string {
	var days []string
	for range 1 + s.IntN(3) {
		n := pick(s.draw, numbers(-most, most)...)
		s.peer = s.peer && -10 < n && n < 10 // it drops a rule with a number of two digits
		days = append(days, fmt.Sprint(n)+pick(s.draw, weekdays...))
	}
	return strings.Join(days, ",")
}

func (s *series) monthlyRule() []string {
	parts := append([]string{"FREQ=MONTHLY"}, s.every()...)
	switch s.IntN(9) {
	case 0:
		return parts
	case 1:
		return append(parts, "BYMONTHDAY="+some(s.draw, 4, numbers(-31, 31)))
	case 2, 3:
		return append(parts, "BYDAY="+s.numbered(5))
	case 4:
		return append(parts, "BYDAY=MO,TU,WE,TH,FR", "BYSETPOS="+pick(s.draw, "-1", "1", "-2", "3", "1,-1", "5,10,-3"))
	case 5: // as Outlook writes the first of some days
		return append(parts, "BYDAY="+some(s.draw, 3, weekdays), "BYSETPOS="+pick(s.draw, "-1", "1", "2", "3", "4"))
	case 6:
		return append(parts, "BYMONTHDAY=1,2,3,4,5,6,7", "BYDAY="+some(s.draw, 2, weekdays))
	case 7:
		return append(parts, "BYMONTHDAY=13", "BYDAY=FR")
	}
	return []string{"FREQ=MONTHLY", "BYDAY=" + some(s.draw, 3, weekdays), "BYMONTH=" + some(s.draw, 4, numbers(1, 12))}
}

func (s *series) yearlyRule() []string {
	parts := append([]string{"FREQ=YEARLY"}, pick(s.draw, "INTERVAL=1", "INTERVAL=1", "INTERVAL=1", "INTERVAL=2"))
	month := "BYMONTH=" + some(s.draw, 3, numbers(1, 12))
	switch s.IntN(10) {
	case 0, 1:
		return parts
	case 2:
		return append(parts, month, "BYMONTHDAY="+some(s.draw, 3, numbers(-28, 28)))
	case 3:
		return append(parts, month, "BYDAY="+s.numbered(4))
	case 4:
		return append(parts, "BYDAY="+s.numbered(53))
	case 5:
		return append(parts, "BYYEARDAY="+some(s.draw, 6, numbers(-365, 365)))
	case 6:
		return append(parts, "BYWEEKNO="+some(s.draw, 4, numbers(-50, 51)), "BYDAY="+some(s.draw, 3, weekdays))
	case 7:
		return append(parts, month, "BYDAY="+some(s.draw, 5, weekdays), "BYSETPOS="+pick(s.draw, "1", "-1", "1,2,-2", "10,-1"))
	case 8: // election day
		return append(parts, "BYMONTH=11", "BYDAY=TU", "BYMONTHDAY=2,3,4,5,6,7,8")
	}
	return append(parts, month)
}

// hourlyRule draws a rule with several instances on a day, and ends it soon.
func (s *series) hourlyRule() []string {
	s.often = true
	parts := []string{"FREQ=HOURLY", fmt.Sprintf("INTERVAL=%d", pick(s.draw, 1, 2, 3, 5, 6, 8, 12, 24, 25, 36))}
	if s.oneIn(3) {
		s.peer = false // it refuses hours that the interval never comes to
		parts = append(parts, "BYHOUR="+some(s.draw, 8, hours))
	}
	if s.oneIn(4) {
		parts = append(parts, "BYDAY="+some(s.draw, 5, weekdays))
	}
	if s.oneIn(5) {
		parts = append(parts, "BYMINUTE="+pick(s.draw, "0", "30", "0,20,40"))
	}
	if s.oneIn(10) {
		parts = []string{"FREQ=MINUTELY", fmt.Sprintf("INTERVAL=%d", pick(s.draw, 15, 20, 45, 90)), "BYHOUR=9,10,11"}
	}
	return append(parts, fmt.Sprintf("COUNT=%d", 1+s.IntN(150)))
}

// timesRule draws a rule that names several times of a day.
func (s *series) timesRule() []string {
	s.often = true
	parts := pick(s.draw, s.dailyRule, s.weeklyRule, s.monthlyRule)()
	if s.hasSetPos(parts) {
		return parts
	}
	parts = append(parts, "BYHOUR="+pick(s.draw, some(s.draw, 4, hours), some(s.draw, 4, hours[:5])))
	if s.oneIn(2) {
		parts = append(parts, "BYMINUTE="+pick(s.draw, "0", "0,30", "15,45"))
	}
	if s.oneIn(4) {
		parts = append(parts, "BYSETPOS="+pick(s.draw, "1", "-1", "-1,2", "1,-2"))
		if parts[0] == "FREQ=WEEKLY" {
			parts = append(parts, "WKST="+weekdays[(s.start.Wall.Weekday()+6)%7])
		}
	}
	return parts
}
