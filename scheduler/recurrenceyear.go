package scheduler

import (
	"math/bits"
	"time"
)

// daysIn returns how many days a month has.
func daysIn(year int, month time.Month) int {
	if month == time.February {
		if isLeap(year) {
			return 29
		}
		return 28
	}
	return 30 + int(month+month>>3)&1
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysInYear(year int) int {
	if isLeap(year) {
		return 366
	}
	return 365
}

// within returns the days of s, as bits 1 to length, in a month that has length days.
func (s signedSet) within(length int) uint64 {
	// Bit n of fromEnd is day length+1-n.
	return (s.fromStart | bits.Reverse64(s.fromEnd)>>(62-length)) & monthMask(length)
}

// monthMask has a bit for each day of a month, from 1 on.
func monthMask(length int) uint64 { return 1<<(length+1) - 2 }

// daysOfYear appends the candidate days of a year.
func (x *expansion) daysOfYear(dst []Date, year int) []Date {
	var limit *yearSet
	if x.yearScope {
		set := x.yearSet(year)
		limit = &set
	}
	for months := x.months; months != 0; months &= months - 1 {
		dst = x.daysOfMonth(dst, year, time.Month(bits.TrailingZeros16(months)), limit)
	}
	return dst
}

// daysOfMonth appends the candidate days of a month that are in limit too, if
// there is one.
func (x *expansion) daysOfMonth(dst []Date, year int, month time.Month, limit *yearSet) []Date {
	if x.months>>month&1 == 0 {
		return dst
	}
	first, length := NewDate(year, month, 1), daysIn(year, month)
	days := monthMask(length)
	if !x.monthDays.empty() {
		days &= x.monthDays.within(length)
	}
	if (x.weekdays != 0 || len(x.rule.ordinals) > 0) && !x.ordinalsOfYear() {
		days &= x.byDay(first.Weekday(), length)
	}
	if limit != nil {
		days &= limit.from(int(first-NewDate(year, time.January, 1))) << 1
	}
	for ; days != 0; days &= days - 1 {
		dst = append(dst, first+Date(bits.TrailingZeros64(days)-1))
	}
	return dst
}

// byDay returns the days that BYDAY names, as bits 1 to length, among length
// days of which the first is a firstDay. It holds for months.
func (x *expansion) byDay(firstDay time.Weekday, length int) uint64 {
	var days uint64
	for set := x.weekdays; set != 0; set &= set - 1 {
		day := time.Weekday(bits.TrailingZeros8(set))
		days |= (1 | 1<<7 | 1<<14 | 1<<21 | 1<<28) << firstOn(day, firstDay)
	}
	for _, o := range x.rule.ordinals {
		if n := o.nth(firstDay, length); n > 0 {
			days |= 1 << n
		}
	}
	return days & monthMask(length)
}

// firstOn returns the first day, from 1, that is a day, where day 1 is a firstDay.
func firstOn(day, firstDay time.Weekday) int { return 1 + int(day-firstDay+7)%7 }

// nth returns which of length days, from 1, o means; 0 if there is none.
func (o ordinal) nth(firstDay time.Weekday, length int) int {
	n := firstOn(o.day, firstDay)
	if o.n > 0 {
		n += 7 * int(o.n-1)
	} else {
		n += (length-n)/7*7 + 7*int(o.n+1)
	}
	if n < 1 || n > length {
		return 0
	}
	return n
}

// ordinalsOfYear reports whether numbered days are counted in the year and not
// in the month (RFC 5545 §3.3.10, note 2 of the table).
func (x *expansion) ordinalsOfYear() bool {
	return x.rule.freq == yearly && x.rule.months == 0 && len(x.rule.ordinals) > 0
}

// yearSet is a set of days of one year, from 0.
type yearSet [6]uint64

func (s *yearSet) add(day int) { s[day>>6] |= 1 << (day & 63) }

// from returns the days from day on, as bits; those of a month at least.
func (s *yearSet) from(day int) uint64 {
	word, shift := day>>6, day&63
	days := s[word] >> shift
	if word+1 < len(s) {
		days |= s[word+1] << (64 - shift) // by 64 it is nothing
	}
	return days
}

func (s *yearSet) intersect(other yearSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

// yearSet returns the days of a year that the parts allow which are not told
// month by month: BYYEARDAY, BYWEEKNO, numbered BYDAY.
func (x *expansion) yearSet(year int) yearSet {
	set := yearSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	if len(x.rule.yearDays) > 0 {
		set.intersect(x.byYearDay(daysInYear(year)))
	}
	if !x.rule.weekNos.empty() {
		set.intersect(x.byWeekNo(year))
	}
	if x.ordinalsOfYear() {
		set.intersect(x.byDayOfYear(year))
	}
	return set
}

func (x *expansion) byYearDay(length int) (set yearSet) {
	for _, n := range x.rule.yearDays {
		day := int(n) - 1
		if n < 0 {
			day = length + int(n)
		}
		if day >= 0 && day < length {
			set.add(day)
		}
	}
	return set
}

// byDayOfYear is byDay for a whole year.
func (x *expansion) byDayOfYear(year int) (set yearSet) {
	firstDay, length := NewDate(year, time.January, 1).Weekday(), daysInYear(year)
	for day := range length {
		if x.weekdays>>((int(firstDay)+day)%7)&1 != 0 {
			set.add(day)
		}
	}
	for _, o := range x.rule.ordinals {
		if n := o.nth(firstDay, length); n > 0 {
			set.add(n - 1)
		}
	}
	return set
}

// byWeekNo returns the days of a year whose week is in BYWEEKNO. The first and
// the last of them may be in a week of the year before or after.
func (x *expansion) byWeekNo(year int) (set yearSet) {
	first := NewDate(year, time.January, 1)
	for y := year - 1; y <= year+1; y++ {
		start := x.firstWeek(y)
		weeks := int(x.firstWeek(y+1)-start) / 7
		for week := 1; week <= weeks; week++ {
			if x.rule.weekNos.hasWeek(week, weeks) {
				set.addWeek(int(start-first)+7*(week-1), daysInYear(year))
			}
		}
	}
	return set
}

// hasWeek reports whether s has week n of weeks, counted from either end.
func (s signedSet) hasWeek(n, weeks int) bool {
	return s.fromStart>>n&1 != 0 || s.fromEnd>>(weeks+1-n)&1 != 0
}

// addWeek adds the seven days from day on, as far as they are in a year of length days.
func (s *yearSet) addWeek(day, length int) {
	for d := max(day, 0); d < min(day+7, length); d++ {
		s.add(d)
	}
}

// firstWeek returns the first day of week 1 of a year: of the first week that has
// at least four days in it (RFC 5545 §3.3.10, BYWEEKNO).
func (x *expansion) firstWeek(year int) Date {
	fourth := NewDate(year, time.January, 4)
	return fourth - Date((fourth.Weekday()-x.rule.weekStart+7)%7)
}
