package scheduler

import (
	"slices"
	"time"
)

// Party is one side of a meeting to be found: when it works and when it is busy.
type Party struct {
	Zone  *time.Location
	Hours Hours
	Days  *BusinessDays
	Busy  []Span // in any order; may overlap
}

// Search is what free times are looked for.
type Search struct {
	Window Span
	Length time.Duration
	Buffer time.Duration // kept free on either side, also of time outside the hours
	Grid   time.Duration // starts are multiples of it on the UTC clock
}

// FreeStarts returns the starts, in order, at which every party is within its
// working hours and free from Buffer before to Buffer after the slot. One pass over
// the sorted busy times: parties that share zone, hours and days are worked out
// once.
func FreeStarts(parties []Party, q Search) []time.Time {
	w := toSpan(q.Window)
	open := []span{w}
	for i := range parties {
		if slices.ContainsFunc(parties[:i], parties[i].sameHours) {
			continue
		}
		open = intersect(open, parties[i].working(w))
	}
	busy := blocked(parties, w, int64(q.Buffer/time.Second))
	length, grid := int64(q.Length/time.Second), int64(q.Grid/time.Second)
	var starts []time.Time
	next := 0
	for _, o := range open {
		for t := ceilTo(o.start, grid); t+length <= o.end; {
			for next < len(busy) && busy[next].end <= t {
				next++
			}
			if next < len(busy) && busy[next].start < t+length {
				t = ceilTo(busy[next].end, grid)
				continue
			}
			starts = append(starts, time.Unix(t, 0).UTC())
			t += grid
		}
	}
	return starts
}

// ceilTo returns the first multiple of grid at or after t.
func ceilTo(t, grid int64) int64 { return -floorDiv(-t, grid) * grid }

func (p Party) sameHours(q Party) bool {
	return p.Zone == q.Zone && p.Hours == q.Hours && p.Days == q.Days
}

// working returns the party's working hours that overlap w, in order.
func (p Party) working(w span) []span {
	first := DateOf(time.Unix(w.start, 0).In(p.Zone))
	last := DateOf(time.Unix(w.end, 0).In(p.Zone))
	hours := make([]span, 0, last-first+1)
	for d := first; d <= last; d++ {
		if p.Days.Is(d) {
			hours = append(hours, p.Hours.on(d, p.Zone))
		}
	}
	return hours
}

// intersect returns the spans in which both a and b, each ordered and without
// overlap, agree.
func intersect(a, b []span) []span {
	both := make([]span, 0, max(len(a), len(b)))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := span{max(a[i].start, b[j].start), min(a[i].end, b[j].end)}
		if s.start < s.end {
			both = append(both, s)
		}
		if a[i].end < b[j].end {
			i++
		} else {
			j++
		}
	}
	return both
}

// blocked returns the merged busy times of all parties near w, widened by buffer.
func blocked(parties []Party, w span, buffer int64) []span {
	n := 0
	for i := range parties {
		n += len(parties[i].Busy)
	}
	all := make([]span, 0, n)
	for i := range parties {
		for _, b := range parties[i].Busy {
			s := toSpan(b)
			if s.start < s.end && s.start-buffer < w.end && s.end+buffer > w.start {
				all = append(all, span{s.start - buffer, s.end + buffer})
			}
		}
	}
	return mergeSpans(all)
}
