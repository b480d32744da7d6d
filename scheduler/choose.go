package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// part is a part of the working day.
type part int

const (
	morning part = iota
	midday
	afternoon
	parts
)

// partOfDay returns the part of the day that t's own clock shows.
func partOfDay(t time.Time) part {
	switch hour := t.Hour(); {
	case hour < 11:
		return morning
	case hour < 14:
		return midday
	}
	return afternoon
}

func (p part) String() string { return [...]string{"morning", "midday", "afternoon"}[p] }

// choose picks r.Count of the free starts, beside those that are taken. For each order
// of the parts of the day it goes for what the contact asked for, then for a day not
// yet used, then for the part whose turn it is, then for the earliest; the best outcome
// is kept.
func choose(r ReviewRequest, free []time.Time) []time.Time {
	var taken, best []time.Time
	for _, t := range r.Taken {
		taken = append(taken, t.Start)
	}
	var bestScore score
	for _, order := range [][parts]part{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		picked := pick(r, free, taken, order)
		if s := scoreOf(r, picked); best == nil || s.compare(bestScore) > 0 {
			best, bestScore = picked, s
		}
	}
	best = best[len(taken):]
	slices.SortFunc(best, time.Time.Compare)
	return best
}

// pick returns the starts in taken and up to r.Count of the free ones.
func pick(r ReviewRequest, free, taken []time.Time, order [parts]part) []time.Time {
	picked := slices.Clone(taken)
	for len(picked) < len(taken)+r.Count {
		var best time.Time
		var bestCost [4]int
		for _, t := range free {
			if slices.ContainsFunc(picked[len(taken):], func(p time.Time) bool { return p.Sub(t).Abs() < r.Length }) {
				continue
			}
			cost := r.cost(t, picked, order[len(picked)%int(parts)])
			if best.IsZero() || slices.Compare(cost[:], bestCost[:]) < 0 {
				best, bestCost = t, cost
			}
		}
		if best.IsZero() {
			break
		}
		picked = append(picked, best)
	}
	return picked
}

// cost says how unwelcome t is as the next pick: against the contact's wishes, on a day
// used already, in another part of the day than wanted, at a clock time used already.
func (r *ReviewRequest) cost(t time.Time, picked []time.Time, want part) (cost [4]int) {
	local := t.In(r.Prospect.Zone)
	for _, p := range picked {
		other := p.In(r.Prospect.Zone)
		if DateOf(other) == DateOf(local) {
			cost[1]++
		}
		if other.Hour() == local.Hour() && other.Minute() == local.Minute() {
			cost[3]++
		}
	}
	cost[0] = r.against(t)
	if partOfDay(local) != want {
		cost[2] = 1
	}
	return cost
}

// against counts the contact's wishes that t does not meet.
func (r *ReviewRequest) against(t time.Time) int {
	s := span{t.Unix(), t.Add(r.Length).Unix()}
	for l := keepAll; l < leniencies; l++ {
		if r.Wishes.allow(s, Video, l, &Settings{Zone: r.Prospect.Zone}) {
			return int(l)
		}
	}
	return int(leniencies)
}

// score tells sets of picks apart: more of them, nearer to the contact's wishes, on more
// days, in more parts of the day, earlier.
type score struct {
	picks, against, days, parts int
	sum                         int64
}

func scoreOf(r ReviewRequest, picked []time.Time) score {
	s := score{picks: len(picked)}
	days, partsUsed := map[Date]bool{}, map[part]bool{}
	for _, t := range picked {
		local := t.In(r.Prospect.Zone)
		days[DateOf(local)], partsUsed[partOfDay(local)] = true, true
		s.against += r.against(t)
		s.sum += t.Unix()
	}
	s.days, s.parts = len(days), len(partsUsed)
	return s
}

func (s score) compare(t score) int {
	return cmp.Or(
		cmp.Compare(s.picks, t.picks), cmp.Compare(t.against, s.against),
		cmp.Compare(s.days, t.days), cmp.Compare(s.parts, t.parts), cmp.Compare(t.sum, s.sum),
	)
}
