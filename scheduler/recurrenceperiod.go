package scheduler

import (
	"math/bits"
	"slices"
	"time"
)

// A period of a rule is what its FREQ counts, by number: years and months from
// the year 0, weeks from the one of 1970-01-01, all else from 1970-01-01.

// periodOf returns the period in which the time at lies.
func (x *expansion) periodOf(at int64) int64 {
	switch x.rule.freq {
	case yearly:
		return int64(wall(at).Year())
	case monthly:
		year, month, _ := wall(at).Date()
		return int64(year)*12 + int64(month) - 1
	case weekly:
		// 1970-01-01 was a Thursday.
		return floorDiv(floorDiv(at, secondsPerDay)+int64(time.Thursday-x.rule.weekStart), 7)
	}
	return floorDiv(at, x.unit())
}

// unit returns the seconds of one period, for periods of up to a day.
func (x *expansion) unit() int64 {
	switch x.rule.freq {
	case secondly:
		return 1
	case minutely:
		return 60
	case hourly:
		return 3600
	}
	return secondsPerDay
}

// periodSet returns the candidates of a period, their days in buffer. If there
// are none in some periods after it either, resume is the first that may have
// some; else it is period.
func (x *expansion) periodSet(period int64, buffer []Date) (set candidates, resume int64) {
	switch x.rule.freq {
	case yearly:
		return candidates{x.daysOfYear(buffer, int(period)), x.times}, period
	case monthly:
		year, month := int(period/12), time.Month(period%12+1)
		return candidates{x.daysOfMonth(buffer, year, month, nil), x.times}, period
	case weekly:
		first := Date(period*7 - int64(time.Thursday-x.rule.weekStart))
		return candidates{x.daysOfWeek(buffer, first), x.times}, period
	case daily:
		if day := Date(period); x.matchesDay(day) {
			buffer = append(buffer, day)
		}
		return candidates{buffer, x.times}, period
	}
	return x.partOfDay(period, buffer)
}

// partOfDay is periodSet for an hour, a minute or a second.
func (x *expansion) partOfDay(period int64, buffer []Date) (set candidates, resume int64) {
	at := period * x.unit()
	day := Date(floorDiv(at, secondsPerDay))
	if !x.matchesDay(day) {
		return candidates{}, midnight(day+1) / x.unit()
	}
	second := at - midnight(day)
	if next := x.matchingTime(second); next > second {
		return candidates{}, (midnight(day) + next) / x.unit()
	}
	hours, minutes, seconds := uint32(1)<<(second/3600), x.minutes, x.seconds
	if x.rule.freq <= minutely {
		minutes = 1 << (second / 60 % 60)
	}
	if x.rule.freq == secondly {
		seconds = 1 << (second % 60)
	}
	return candidates{append(buffer, day), newTimesOfDay(hours, minutes, seconds)}, period
}

// matchingTime returns the first second of the day, not before at, that the
// rule allows so far as its unit goes; it may be the end of the day.
func (x *expansion) matchingTime(at int64) int64 {
	hour, minute, second := int(at/3600), int(at/60%60), int(at%60)
	if x.hours>>hour&1 == 0 {
		return int64(nextBit(uint64(x.hours), hour, 24)) * 3600
	}
	if x.rule.freq <= minutely && x.minutes>>minute&1 == 0 {
		return int64(hour)*3600 + int64(nextBit(x.minutes, minute, 60))*60
	}
	if x.rule.freq == secondly && x.seconds>>second&1 == 0 {
		return int64(hour)*3600 + int64(minute)*60 + int64(nextBit(x.seconds, second, 60))
	}
	return at
}

// nextBit returns the first bit of set after i, or end if there is none.
func nextBit(set uint64, i, end int) int {
	return min(i+bits.TrailingZeros64(set>>i), end)
}

// matchesDay reports whether the BY parts allow day, for periods of up to a day:
// these only leave out.
func (x *expansion) matchesDay(day Date) bool {
	if x.weekdays != 0 && x.weekdays>>day.Weekday()&1 == 0 {
		return false
	}
	if x.months == allMonths && x.monthDays.empty() && len(x.rule.yearDays) == 0 {
		return true
	}
	t := day.Wall()
	year, month, monthDay := t.Date()
	if x.months>>month&1 == 0 {
		return false
	}
	if !x.monthDays.empty() && x.monthDays.within(daysIn(year, month))>>monthDay&1 == 0 {
		return false
	}
	return len(x.rule.yearDays) == 0 || x.onYearDay(t.YearDay(), daysInYear(year))
}

// onYearDay reports whether BYYEARDAY has day n of a year of length days.
func (x *expansion) onYearDay(n, length int) bool {
	_, fromStart := slices.BinarySearch(x.rule.yearDays, int16(n))
	_, fromEnd := slices.BinarySearch(x.rule.yearDays, int16(n-length-1))
	return fromStart || fromEnd
}

// daysOfWeek appends the candidate days of the week from first on.
func (x *expansion) daysOfWeek(dst []Date, first Date) []Date {
	for day := first; day < first+7; day++ {
		if x.weekdays>>day.Weekday()&1 != 0 && x.inMonths(day) {
			dst = append(dst, day)
		}
	}
	return dst
}

func (x *expansion) inMonths(day Date) bool {
	return x.months == allMonths || x.months>>day.Wall().Month()&1 != 0
}

// daysEachPeriod returns how many days every period has, where that is known
// to be the same for all. Years are not asked: there are few enough to count.
func (x *expansion) daysEachPeriod() (int, bool) {
	r := x.rule
	if r.months != 0 {
		return 0, false
	}
	switch r.freq {
	case monthly:
		return x.daysEachMonth()
	case weekly:
		return bits.OnesCount8(x.weekdays), true
	case daily, hourly, minutely, secondly:
		unlimited := x.weekdays == 0 && x.monthDays.empty() && len(r.yearDays) == 0 &&
			(r.freq > hourly || x.hours == allHours) && (r.freq > minutely || x.minutes == allMinutes) &&
			(r.freq > secondly || x.seconds == allMinutes)
		return 1, unlimited
	}
	return 0, false
}

// daysEachMonth is daysEachPeriod for months: those whose days all are there in
// the shortest month too, and which never fall on one another.
func (x *expansion) daysEachMonth() (int, bool) {
	switch r, days := x.rule, x.monthDays; {
	case !days.empty():
		const always = 1<<29 - 1 // up to the 28th
		oneWay := days.fromStart == 0 || days.fromEnd == 0
		plain := r.weekdays == 0 && len(r.ordinals) == 0
		return bits.OnesCount64(days.fromStart | days.fromEnd), plain && oneWay && (days.fromStart|days.fromEnd)&^always == 0
	case r.weekdays == 0:
		first, last := r.ordinals[0].n, r.ordinals[len(r.ordinals)-1].n
		return len(r.ordinals), first >= -4 && last <= 4 && (first > 0) == (last > 0)
	}
	return 0, false
}
