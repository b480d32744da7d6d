package scheduler

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAddBusinessDays(t *testing.T) {
	us := []Region{"us"}
	tests := []struct {
		name     string
		holidays []Region
		off      []Date
		from     Date
		n        int
		want     Date
	}{
		{"the next day", us, nil, NewDate(2026, time.March, 10), 1, NewDate(2026, time.March, 11)},
		{"over a weekend", us, nil, NewDate(2026, time.March, 13), 1, NewDate(2026, time.March, 16)},
		{"from a Saturday", us, nil, NewDate(2026, time.March, 14), 1, NewDate(2026, time.March, 16)},
		{"from a Sunday", us, nil, NewDate(2026, time.March, 15), 1, NewDate(2026, time.March, 16)},
		{"nothing added to a business day", us, nil, NewDate(2026, time.March, 13), 0, NewDate(2026, time.March, 13)},
		{"nothing added to a Sunday", us, nil, NewDate(2026, time.March, 15), 0, NewDate(2026, time.March, 15)},
		{"nothing added to a holiday", us, nil, NewDate(2026, time.July, 3), 0, NewDate(2026, time.July, 3)},
		{"over a holiday observed on Friday", us, nil, NewDate(2026, time.July, 2), 1, NewDate(2026, time.July, 6)},
		{"from a holiday", us, nil, NewDate(2026, time.July, 3), 1, NewDate(2026, time.July, 6)},
		{"over a day off", us, []Date{NewDate(2026, time.March, 11)}, NewDate(2026, time.March, 10), 1, NewDate(2026, time.March, 12)},
		{"a day off on a weekend changes nothing", us, []Date{NewDate(2026, time.March, 14)}, NewDate(2026, time.March, 13), 1, NewDate(2026, time.March, 16)},
		{"a holiday that is a day off too counts once", us, []Date{NewDate(2026, time.July, 3)}, NewDate(2026, time.July, 2), 2, NewDate(2026, time.July, 7)},
		{"the holidays of both regions", []Region{"us", "de-by"}, nil, NewDate(2026, time.May, 22), 1, NewDate(2026, time.May, 26)},
		{"of one of them", []Region{"us", "de-by"}, nil, NewDate(2026, time.June, 3), 1, NewDate(2026, time.June, 5)},
		{"of the other", []Region{"us", "de-by"}, nil, NewDate(2026, time.July, 2), 1, NewDate(2026, time.July, 6)},
		{"the day before", us, nil, NewDate(2026, time.July, 6), -1, NewDate(2026, time.July, 2)},
		{"before a Sunday", us, nil, NewDate(2026, time.March, 15), -1, NewDate(2026, time.March, 13)},
		{"five before", us, nil, NewDate(2026, time.March, 16), -5, NewDate(2026, time.March, 9)},
		{"out of the table", us, nil, NewDate(2036, time.December, 31), 1, NewDate(2037, time.January, 1)},
		{"into the table", us, nil, NewDate(2024, time.December, 31), 1, NewDate(2025, time.January, 2)},
		{"backwards out of the table", us, nil, NewDate(2025, time.January, 2), -2, NewDate(2024, time.December, 30)},
		{"far before 1970", nil, nil, NewDate(1900, time.January, 1), 5, NewDate(1900, time.January, 8)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := NewBusinessDays(test.holidays, test.off).Add(test.from, test.n); got != test.want {
				t.Errorf("%s and %d business days: %s, want %s", test.from, test.n, got, test.want)
			}
		})
	}
}

func TestOnOrBefore(t *testing.T) {
	us := NewBusinessDays([]Region{"us"}, nil)
	tests := []struct {
		name      string
		day, want Date
	}{
		{"a business day is itself", NewDate(2026, time.July, 2), NewDate(2026, time.July, 2)},
		{"a holiday is the day before", NewDate(2026, time.July, 3), NewDate(2026, time.July, 2)},
		{"a Sunday behind a holiday", NewDate(2026, time.July, 5), NewDate(2026, time.July, 2)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := us.OnOrBefore(test.day); got != test.want {
				t.Errorf("OnOrBefore(%s) = %s, want %s", test.day, got, test.want)
			}
		})
	}
}

func TestCountBusinessDays(t *testing.T) {
	us := NewBusinessDays([]Region{"us"}, nil)
	tests := []struct {
		name     string
		from, to Date
		want     int
	}{
		{"the end is not counted", NewDate(2026, time.March, 9), NewDate(2026, time.March, 10), 1},
		{"a week", NewDate(2026, time.March, 9), NewDate(2026, time.March, 16), 5},
		{"a weekend", NewDate(2026, time.March, 14), NewDate(2026, time.March, 16), 0},
		{"a week with a holiday", NewDate(2026, time.June, 29), NewDate(2026, time.July, 6), 4},
		{"nothing", NewDate(2026, time.March, 9), NewDate(2026, time.March, 9), 0},
		{"an end before the start", NewDate(2026, time.March, 16), NewDate(2026, time.March, 9), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := us.Count(test.from, test.to); got != test.want {
				t.Errorf("business days in [%s, %s): %d, want %d", test.from, test.to, got, test.want)
			}
		})
	}
}

func TestZeroBusinessDaysKnowsWeekendsOnly(t *testing.T) {
	var b BusinessDays
	if got, want := b.Add(NewDate(2026, time.December, 24), 2), NewDate(2026, time.December, 28); got != want {
		t.Errorf("two business days after Christmas Eve: %s, want %s", got, want)
	}
}

func TestBusinessDaysWithoutAnyForYears(t *testing.T) {
	start, end := NewDate(2020, time.January, 1), NewDate(2040, time.January, 2) // a Wednesday and a Monday
	var off []Date
	for d := start; d < end; d++ {
		off = append(off, d)
	}
	slices.Reverse(off)
	b := NewBusinessDays([]Region{"us"}, off)
	if got := b.Add(NewDate(2026, time.March, 10), 1); got != end {
		t.Errorf("next business day: %s, want %s", got, end)
	}
	if got := b.Add(NewDate(2026, time.March, 10), -1); got != start-1 {
		t.Errorf("last business day: %s, want %s", got, start-1)
	}
	if got := b.Count(start, end); got != 0 {
		t.Errorf("%d business days, want 0", got)
	}
}

func TestDaysOffMayBeAsFarApartAsDatesCan(t *testing.T) {
	first, last := Date(math.MinInt32+100), Date(math.MaxInt32-100)
	for !isWeekday(first) {
		first++
	}
	for !isWeekday(last) {
		last--
	}
	off := []Date{last, first}
	for d := Date(20_000); d < 21_000; d += 3 {
		off = append(off, d)
	}
	b, naive := NewBusinessDays(nil, off), newNaiveDays(nil, off)
	for _, d := range append(off, 20_001, 20_500) {
		if got, want := b.Is(d), naive.is(d); got != want {
			t.Errorf("Is(%d) = %t, want %t", d, got, want)
		}
		if got, want := b.Add(d-1, 1), naive.add(d-1, 1); got != want {
			t.Errorf("business day after %d: %d, want %d", d-1, got, want)
		}
		if got, want := b.Add(d+1, -1), naive.add(d+1, -1); got != want {
			t.Errorf("business day before %d: %d, want %d", d+1, got, want)
		}
	}
}

func TestBusinessDaysAgreeWithADayLoop(t *testing.T) {
	regions := tableRegions()
	first, last := holidayYears()
	days := rapid.Int32Range(int32(NewDate(first-2, time.January, 1)), int32(NewDate(last+2, time.January, 1)))
	rapid.Check(t, func(t *rapid.T) {
		holidays := rapid.SliceOfN(rapid.SampledFrom(regions), 0, 3).Draw(t, "regions")
		var off []Date
		for _, start := range rapid.SliceOfN(days, 0, 5).Draw(t, "off") {
			for i := range rapid.IntRange(1, 40).Draw(t, "long") {
				off = append(off, Date(start)+Date(i))
			}
		}
		got, want := NewBusinessDays(holidays, off), newNaiveDays(holidays, off)

		from, n := Date(days.Draw(t, "from")), rapid.IntRange(-300, 300).Draw(t, "n")
		if g, w := got.Is(from), want.is(from); g != w {
			t.Errorf("Is(%s) = %t, want %t", from, g, w)
		}
		if g, w := got.Add(from, n), want.add(from, n); g != w {
			t.Errorf("Add(%s, %d) = %s, want %s", from, n, g, w)
		}
		if g, w := got.OnOrBefore(from), want.add(from+1, -1); g != w {
			t.Errorf("OnOrBefore(%s) = %s, want %s", from, g, w)
		}
		to := from + Date(rapid.IntRange(-10, 500).Draw(t, "days"))
		if g, w := got.Count(from, to), want.count(from, to); g != w {
			t.Errorf("Count(%s, %s) = %d, want %d", from, to, g, w)
		}
	})
}

// The workload of the benchmark has a known input; its answers are held against a
// day loop, and their digest pins them for the benchmark.
func TestMillionBusinessDays(t *testing.T) {
	pairs := millionPairs()
	input := make([]int32, 0, 2*len(pairs))
	for _, p := range pairs {
		input = append(input, int32(p.from), int32(p.n))
	}
	if got, want := digest(input), "17014397540a"; got != want {
		t.Fatalf("the workload's digest is %s, want %s", got, want)
	}
	off := federalHolidays(2020, 2045)
	b, naive := NewBusinessDays(nil, off), newNaiveDays(nil, off)
	results := make([]int32, len(pairs))
	for i, p := range pairs {
		got := b.Add(p.from, p.n)
		if i%10 == 0 && got != naive.add(p.from, p.n) {
			t.Fatalf("%s and %d business days: %s, want %s", p.from, p.n, got, naive.add(p.from, p.n))
		}
		results[i] = int32(got)
	}
	if got, want := digest(results), millionDigest; got != want {
		t.Errorf("the answers' digest is %s, want %s", got, want)
	}
}

// naiveDays answers by looking at one day after the other.
type naiveDays struct{ off map[Date]bool }

func newNaiveDays(holidays []Region, off []Date) naiveDays {
	n := naiveDays{off: make(map[Date]bool)}
	first, last := holidayYears()
	for _, r := range holidays {
		h := r.Holidays()
		for year := first; year <= last; year++ {
			for _, d := range holidaysIn(h, year) {
				n.off[d] = true
			}
		}
	}
	for _, d := range off {
		n.off[d] = true
	}
	return n
}

func (b naiveDays) is(d Date) bool { return isWeekday(d) && !b.off[d] }

func (b naiveDays) add(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if d += step; b.is(d) {
			n--
		}
	}
	return d
}

func (b naiveDays) count(from, to Date) int {
	n := 0
	for d := from; d < to; d++ {
		if b.is(d) {
			n++
		}
	}
	return n
}

// millionDigest is the digest of the answers to millionPairs.
const millionDigest = "61b33d017efd"

type datePair struct {
	from Date
	n    int
}

// millionPairs returns dates of 2026 to 2035, each with a number of business days
// from 1 to 60.
func millionPairs() []datePair {
	state := uint32(42 + 5)
	below := func(n uint32) uint32 {
		state = 1664525*state + 1013904223
		return (state >> 8) % n
	}
	pairs := make([]datePair, 1_000_000)
	for i := range pairs {
		pairs[i].from = NewDate(2026, time.January, 1) + Date(below(3650))
		pairs[i].n = 1 + int(below(60))
	}
	return pairs
}

// digest returns the start of the SHA-256 of values as little-endian words.
func digest(values []int32) string {
	buf := make([]byte, 0, 4*len(values))
	for _, v := range values {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(v))
	}
	sum := sha256.Sum256(buf)
	return hex.EncodeToString(sum[:6])
}
