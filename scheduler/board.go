package scheduler

import (
	"fmt"
	"slices"
	"time"
)

// board is the rep's working days while holds are being placed on them.
type board struct {
	settings Settings
	earliest int64  // no hold starts before
	busy     []span // merged
	kept     []span // of holds that exist
	days     map[Date]*boardDay
	touches  map[string][]Date // by prospect
}

// boardDay is one working day: what is free, and what was placed.
type boardDay struct {
	free      []span // within working hours, in order
	offset    int64  // of the local clock on that day, in seconds
	holds     int
	time      time.Duration
	catchUps  int
	prospects []string
}

func newBoard(s Settings, now time.Time, busy []span) *board {
	return &board{
		settings: s,
		earliest: now.Add(s.Holds.Lead).Unix(),
		busy:     busy,
		days:     make(map[Date]*boardDay),
		touches:  make(map[string][]Date),
	}
}

func (b *board) day(d Date) *boardDay {
	if day, ok := b.days[d]; ok {
		return day
	}
	hours := b.settings.Hours.on(d, b.settings.Zone)
	day := &boardDay{offset: d.Wall().Add(b.settings.Hours.Start).Unix() - hours.start}
	if hours.start = max(hours.start, b.earliest); hours.start < hours.end {
		day.free = subtract(nil, hours, b.busy)
	}
	b.days[d] = day
	return day
}

// touch is one hold to be placed.
type touch struct {
	prospect string
	channel  Channel
	duration time.Duration
	catchUp  bool
	contact  *Preferences
}

// refusal says why a day was refused; the strongest of several days is reported.
type refusal int

const (
	refusedFree    refusal = iota // nothing free, or the day's share of holds is used up
	refusedWishes                 // free, but not when the contact wants it
	refusedTouches                // too many touches for the prospect
)

// place finds the first place for t on the business days from first to last and
// takes it.
func (b *board) place(t *touch, first, last Date, days *BusinessDays, l leniency) (span, refusal, bool) {
	why := refusedFree
	for d := first; d <= last; d++ {
		if !days.Is(d) {
			continue
		}
		s, refused, ok := b.find(t, d, l)
		if ok {
			b.take(t, d, s)
			return s, 0, true
		}
		why = max(why, refused)
	}
	return span{}, why, false
}

// find returns the best place for t on day d.
func (b *board) find(t *touch, d Date, l leniency) (span, refusal, bool) {
	day, limits := b.day(d), b.settings.Holds
	switch {
	case day.holds >= limits.PerDay,
		day.time+t.duration > limits.TimePerDay,
		t.catchUp && day.catchUps >= limits.CatchUpsPerDay,
		slices.Contains(day.prospects, t.prospect):
		return span{}, refusedFree, false
	case b.tired(t.prospect, d):
		return span{}, refusedTouches, false
	}
	return b.earliestIn(day, t, l)
}

// earliestIn returns the earliest start in the day that splits no long free block,
// else the earliest.
func (b *board) earliestIn(day *boardDay, t *touch, l leniency) (found span, why refusal, ok bool) {
	grid, length := int64(b.settings.Holds.Grid/time.Second), int64(t.duration/time.Second)
	for _, block := range day.free {
		start := ceilTo(block.start+day.offset, grid) - day.offset
		for ; start+length <= block.end; start += grid {
			s := span{start, start + length}
			if !t.contact.allow(s, t.channel, l, &b.settings) {
				why = refusedWishes
				continue
			}
			if !b.splits(s, block) {
				return s, 0, true
			}
			if !ok {
				found, ok = s, true
			}
		}
	}
	return found, why, ok
}

// splits reports whether s would cut a long free block into two parts worth having.
func (b *board) splits(s, block span) bool {
	long, left := int64(b.settings.Holds.Block/time.Second), int64(b.settings.Holds.BlockLeft/time.Second)
	return block.end-block.start >= long && s.start-block.start >= left && block.end-s.end >= left
}

// tired reports whether a touch on d would be one too many for the prospect in
// some window of TouchDays (rule no-fatigue).
func (b *board) tired(prospect string, d Date) bool {
	limits := b.settings.Holds
	touches := b.touches[prospect]
	if len(touches) < limits.Touches {
		return false
	}
	for first := d - Date(limits.TouchDays) + 1; first <= d; first++ {
		within := 1
		for _, other := range touches {
			if other >= first && other < first+Date(limits.TouchDays) {
				within++
			}
		}
		if within > limits.Touches {
			return true
		}
	}
	return false
}

// keep takes the place of a hold that exists.
func (b *board) keep(h Hold) {
	t := touch{prospect: h.Prospect, duration: h.End.Sub(h.Start), catchUp: h.CatchUp}
	place := span{h.Start.Unix(), h.End.Unix()}
	b.take(&t, b.date(place.start), place)
	b.kept = append(b.kept, place)
}

// block takes places out of what is free.
func (b *board) block(places []span) {
	b.busy = mergeSpans(slices.Concat(b.busy, places))
	for _, day := range b.days {
		for _, s := range places {
			day.free = without(day.free, s)
		}
	}
}

func without(free []span, s span) []span {
	var left []span
	for _, block := range free {
		left = subtract(left, block, []span{s})
	}
	return left
}

func (b *board) date(at int64) Date { return DateOf(time.Unix(at, 0).In(b.settings.Zone)) }

// taken reports whether something busy, or a hold that was kept, is in s.
func (b *board) taken(s span) bool {
	i := firstEndingAfter(b.busy, s.start)
	return i < len(b.busy) && b.busy[i].start < s.end || slices.ContainsFunc(b.kept, s.overlaps)
}

// isFree reports whether s is still free, within working hours and not too soon.
func (b *board) isFree(s span) bool {
	return slices.ContainsFunc(b.day(b.date(s.start)).free, func(f span) bool { return f.start <= s.start && s.end <= f.end })
}

// starts appends to dst the starts of stretches of length that are free on d after
// the given moment, one after the other, until there are most.
func (b *board) starts(dst []time.Time, d Date, after, length int64, most int) []time.Time {
	day, grid := b.day(d), int64(b.settings.Holds.Grid/time.Second)
	for _, block := range day.free {
		next := max(block.start, after)
		for len(dst) < most {
			start := ceilTo(next+day.offset, grid) - day.offset
			if start+length > block.end {
				break
			}
			dst = append(dst, time.Unix(start, 0).UTC())
			next = start + length
		}
	}
	return dst
}

// take marks s on day d as used by t.
func (b *board) take(t *touch, d Date, s span) {
	day := b.day(d)
	day.free = without(day.free, s)
	day.holds++
	day.time += t.duration
	day.prospects = append(day.prospects, t.prospect)
	if t.catchUp {
		day.catchUps++
	}
	b.touches[t.prospect] = append(b.touches[t.prospect], d)
}

// reason says in words why nothing was found.
func (b *board) reason(why refusal, catchUp bool) string {
	limits := b.settings.Holds
	of := "its deadline"
	if catchUp {
		of = "today"
	}
	switch why {
	case refusedTouches:
		return fmt.Sprintf("more than %d touches in %d days", limits.Touches, limits.TouchDays)
	case refusedWishes:
		return fmt.Sprintf("no free time that the contact asked for within %d business days of %s", limits.LateBusinessDays, of)
	}
	return fmt.Sprintf("no free time within %d business days of %s", limits.LateBusinessDays, of)
}
