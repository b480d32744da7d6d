package scheduler

import (
	"math/bits"
	"slices"
	"time"
)

// candidates are the times of one period that BYSETPOS chooses from: each of
// the days at each of the times. They are numbered from 0, ascending.
type candidates struct {
	days  []Date // ascending
	times timesOfDay
}

func (c candidates) len() int { return len(c.days) * c.times.n }

// at returns candidate i.
func (c candidates) at(i int) int64 {
	return int64(c.days[i/c.times.n])*secondsPerDay + c.times.at(i%c.times.n)
}

// rank returns how many candidates are before the time at.
func (c candidates) rank(at int64) int {
	day := Date(floorDiv(at, secondsPerDay))
	i, found := slices.BinarySearch(c.days, day)
	n := i * c.times.n
	if found {
		n += c.times.rank(at - int64(day)*secondsPerDay)
	}
	return n
}

// timesOfDay are the times with one of the hours, minutes and seconds each.
type timesOfDay struct {
	hours, minutes, seconds uint64
	perMinute, perHour, n   int // how many a minute, an hour and a day have
}

func newTimesOfDay(hours uint32, minutes, seconds uint64) timesOfDay {
	t := timesOfDay{hours: uint64(hours), minutes: minutes, seconds: seconds}
	t.perMinute = bits.OnesCount64(seconds)
	t.perHour = t.perMinute * bits.OnesCount64(minutes)
	t.n = t.perHour * bits.OnesCount64(t.hours)
	return t
}

// at returns time i as seconds of the day.
func (t *timesOfDay) at(i int) int64 {
	hour := nthBit(t.hours, i/t.perHour)
	minute := nthBit(t.minutes, i%t.perHour/t.perMinute)
	second := nthBit(t.seconds, i%t.perMinute)
	return int64(hour*3600 + minute*60 + second)
}

// rank returns how many of the times are before second at of the day.
func (t *timesOfDay) rank(at int64) int {
	hour, minute, second := int(at/3600), int(at/60%60), int(at%60)
	n := bitsBelow(t.hours, hour) * t.perHour
	if t.hours>>hour&1 == 0 {
		return n
	}
	n += bitsBelow(t.minutes, minute) * t.perMinute
	if t.minutes>>minute&1 == 0 {
		return n
	}
	return n + bitsBelow(t.seconds, second)
}

func bitsBelow(set uint64, i int) int { return bits.OnesCount64(set & (1<<i - 1)) }

// nthBit returns which bit of set is the one with n others below it.
func nthBit(set uint64, n int) int {
	for ; n > 0; n-- {
		set &= set - 1
	}
	return bits.TrailingZeros64(set)
}

// positions gives the candidates that BYSETPOS chooses, ascending and each once:
// it merges those counted from the start with those counted from the end.
type positions struct {
	fromStart, fromEnd []int16 // what is still to come, each ascending
	n                  int     // of so many candidates
}

func newPositions(setPos []int16, n int) positions {
	split, _ := slices.BinarySearch(setPos, 0)
	return positions{fromStart: setPos[split:], fromEnd: setPos[:split], n: n}
}

// next returns the next candidate's number, or n after the last. It is negative
// for a position from the end that there are not candidates enough for.
func (p *positions) next() int {
	front, back := p.n, p.n
	if len(p.fromStart) > 0 {
		front = int(p.fromStart[0]) - 1
	}
	if len(p.fromEnd) > 0 {
		back = p.n + int(p.fromEnd[0])
	}
	if front <= back && len(p.fromStart) > 0 {
		p.fromStart = p.fromStart[1:]
	}
	if back <= front && len(p.fromEnd) > 0 {
		p.fromEnd = p.fromEnd[1:]
	}
	return min(front, back, p.n)
}

// chosen returns how many of n candidates occur, those before low left out.
func (x *expansion) chosen(n, low int) int {
	if len(x.rule.setPos) == 0 {
		return n - low
	}
	count, p := 0, newPositions(x.rule.setPos, n)
	for i := p.next(); i < n; i = p.next() {
		if i >= low {
			count++
		}
	}
	return count
}

// emit appends what of one period's candidates occurs in the window, and counts
// what occurs from start on.
func (x *expansion) emit(set candidates) error {
	n := set.len()
	if n == 0 {
		return nil
	}
	first, low, high := 0, 0, n
	if midnight(set.days[0]) < x.from {
		first, low = set.rank(x.start), set.rank(x.from)
	}
	if midnight(set.days[len(set.days)-1]+1) > x.end {
		high = set.rank(x.end)
	}
	if len(x.rule.setPos) > 0 {
		return x.emitChosen(set, first, low, high)
	}
	if x.rule.count > 0 {
		left := int64(x.rule.count) - x.counted
		high = int(min(int64(high), int64(first)+left))
		x.counted += int64(n - first)
	}
	return x.emitRange(set, low, high)
}

func midnight(d Date) int64 { return int64(d) * secondsPerDay }

// emitRange appends the candidates low to high, exclusive.
func (x *expansion) emitRange(set candidates, low, high int) error {
	if low >= high {
		return nil
	}
	if set.times.n == 1 { // as good as always: keep it fast
		timeOfDay := set.times.at(0)
		for _, d := range set.days[low:high] {
			if !x.append(midnight(d) + timeOfDay) {
				return ErrTooMuch
			}
		}
		return nil
	}
	for i := low; i < high; i++ {
		if !x.append(set.at(i)) {
			return ErrTooMuch
		}
	}
	return nil
}

// emitChosen appends those of the candidates low to high, exclusive, that
// BYSETPOS chooses; it counts them from first on.
func (x *expansion) emitChosen(set candidates, first, low, high int) error {
	p := newPositions(x.rule.setPos, set.len())
	for i := p.next(); i < p.n && !x.exhausted(); i = p.next() {
		if !x.spend(1) {
			return ErrTooMuch
		}
		if i >= first {
			x.counted++
		}
		if i >= low && i < high && !x.append(set.at(i)) {
			return ErrTooMuch
		}
	}
	return nil
}

// append adds one occurrence, unless it is after UNTIL. It reports whether that
// was allowed.
func (x *expansion) append(at int64) bool {
	if x.room == 0 || !x.spend(1) {
		return false
	}
	if x.pastUntil(at) {
		return true
	}
	x.room--
	x.dst = append(x.dst, time.Unix(at, 0).UTC())
	return true
}
