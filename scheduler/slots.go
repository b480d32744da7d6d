package scheduler

import (
	"fmt"
	"slices"
	"time"
)

// ReviewRequest asks for times to go through a proposal together (practice
// review-before-proposal).
type ReviewRequest struct {
	Now      time.Time
	SendAt   time.Time
	Length   time.Duration
	Count    int // how many to offer
	Limits   ReviewLimits
	Rep      Party // Days are those on which both sides work
	Prospect Party
	// Wishes are what the contact asked for.
	Wishes Preferences
	// Taken are slots on offer already: new ones are beside them, on other days and at
	// other times of day where possible.
	Taken []Span
	// Never are times that are not offered, however free: they were before.
	Never []Span
	// Until is how far ahead the busy times are known; zero: as far as needed.
	Until time.Time
}

// ReviewSlots are the offers for a review, by start.
type ReviewSlots struct {
	Slots      []Slot
	Considered int // starts in the rep's hours on the weekdays of the window
	Refused    Refused
}

// Slot is one offer.
type Slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Local Local     `json:"local"`
	Why   []string  `json:"why"`
}

// Local are a slot's starts as the two sides' clocks show them.
type Local struct {
	Rep      time.Time `json:"rep"`
	Prospect time.Time `json:"prospect"`
}

// Refused counts the starts that were considered and are not free, each under
// the first of these that holds: a day that is none of both sides' business days,
// outside the hours of either side or too soon, busy, busy within the buffer.
type Refused struct {
	Busy         int `json:"busy"`
	OutsideHours int `json:"outside_hours"`
	Holiday      int `json:"holiday"`
	Buffer       int `json:"buffer"`
}

// Total returns how many starts were refused.
func (r Refused) Total() int { return r.Busy + r.OutsideHours + r.Holiday + r.Buffer }

// ID names s among everything Holdfast writes for the rep with the given main
// address.
func (s *Slot) ID(rep string) string {
	return shortDigest(rep, "offer", s.Start.Format(time.RFC3339), s.End.Format(time.RFC3339))
}

// Meet fills in both sides of the request, and its limits, from their calendars
// and settings. Business days are the rep's, less the other side's public holidays.
// Where the addresses of them are empty, nothing counts as declined by them.
func (r *ReviewRequest) Meet(rep Settings, events []Event, them Settings, theirs []Event) []Warning {
	from, to := r.SendAt.Add(-24*time.Hour), r.SendAt.Add(busyAhead)
	instances, warnings := Expand(events, rep.Zone, from, to)
	view := newCalendarView(rep, instances)
	off := view.daysOff(span{from.Unix(), to.Unix()})
	days := NewBusinessDays(slices.Concat(rep.Holidays, them.Holidays), off)
	r.Limits = rep.Review
	r.Rep = Party{rep.Zone, rep.Hours, days, view.spans()}

	instances, more := Expand(theirs, them.Zone, from, to)
	r.Prospect = Party{them.Zone, them.Hours, days, newCalendarView(them, instances).spans()}
	return append(warnings, more...)
}

// Review finds slots on the business days after the send date that r allows: nearest
// to what the contact asked for first, on different days where possible, at different
// times of day.
func Review(r ReviewRequest) ReviewSlots {
	first, last := r.days()
	free := r.free(first, last)
	s := ReviewSlots{Slots: []Slot{}}
	s.count(r, first, last, free)
	chosen := choose(r, free)
	for _, start := range chosen {
		s.Slots = append(s.Slots, r.slot(start, chosen))
	}
	return s
}

// sent is the day after which r counts.
func (r *ReviewRequest) sent() Date { return DateOf(r.SendAt.In(r.Rep.Zone)) }

// days are the first and the last day of r.
func (r *ReviewRequest) days() (first, last Date) {
	return r.Rep.Days.Add(r.sent(), r.Limits.FirstDay), r.Rep.Days.Add(r.sent(), r.Limits.LastDay)
}

// free returns the starts on the days from first to last at which there can be a slot.
func (r *ReviewRequest) free(first, last Date) []time.Time {
	free := FreeStarts([]Party{r.Rep, r.Prospect}, Search{
		Window: r.window(first, last),
		Length: r.Length, Buffer: r.Limits.Buffer, Grid: r.Limits.Grid,
	})
	out, length := r.out(), int64(r.Length/time.Second)
	return slices.DeleteFunc(free, func(t time.Time) bool {
		i := firstEndingAfter(out, t.Unix())
		return i < len(out) && out[i].start < t.Unix()+length
	})
}

// out are the times that are not to be offered though they may be free, merged.
func (r *ReviewRequest) out() []span {
	var out []span
	for _, s := range slices.Concat(r.Taken, r.Never) {
		out = append(out, toSpan(s))
	}
	return mergeSpans(out)
}

// earliest is the first moment that gives enough notice and that the contact wants.
func (r *ReviewRequest) earliest() time.Time {
	notice := r.Now.Add(r.Limits.Notice)
	if r.Wishes.NotBefore.After(notice) {
		return r.Wishes.NotBefore
	}
	return notice
}

// window returns the days from first to last, from the earliest moment on and as far
// as the busy times are known.
func (r *ReviewRequest) window(first, last Date) Span {
	w := Span{Resolve(first.Wall(), r.Rep.Zone), Resolve((last + 1).Wall(), r.Rep.Zone)}
	if earliest := r.earliest(); earliest.After(w.Start) {
		w.Start = earliest
	}
	if !r.Until.IsZero() && r.Until.Before(w.End) {
		w.End = r.Until
	}
	if w.End.Before(w.Start) {
		w.End = w.Start
	}
	return w
}

// count goes through every start in the rep's hours on the weekdays from first to
// last and says why those that are not free were refused.
func (s *ReviewSlots) count(r ReviewRequest, first, last Date, free []time.Time) {
	length, grid := int64(r.Length/time.Second), int64(r.Limits.Grid/time.Second)
	isFree := make(map[int64]bool, len(free))
	for _, t := range free {
		isFree[t.Unix()] = true
	}
	busy := blocked([]Party{r.Rep, r.Prospect}, toSpan(r.window(first, last)), 0)
	busy = mergeSpans(append(busy, r.out()...))
	earliest := r.earliest()
	for d := first; d <= last; d++ {
		if day := d.Weekday(); day == time.Saturday || day == time.Sunday {
			continue
		}
		hours := r.Rep.Hours.on(d, r.Rep.Zone)
		for t := ceilTo(hours.start, grid); t+length <= hours.end; t += grid {
			s.Considered++
			slot := span{t, t + length}
			switch i := firstEndingAfter(busy, t); {
			case isFree[t]:
			case !r.Rep.Days.Is(d):
				s.Refused.Holiday++
			case time.Unix(t, 0).Before(earliest) || !r.Prospect.works(slot):
				s.Refused.OutsideHours++
			case i < len(busy) && busy[i].overlaps(slot):
				s.Refused.Busy++
			default:
				s.Refused.Buffer++
			}
		}
	}
}

// works reports whether s lies in the party's working hours on one of its days.
func (p *Party) works(s span) bool {
	d := DateOf(time.Unix(s.start, 0).In(p.Zone))
	hours := p.Hours.on(d, p.Zone)
	return p.Days.Is(d) && hours.start <= s.start && s.end <= hours.end
}

func (r *ReviewRequest) slot(start time.Time, chosen []time.Time) Slot {
	local, theirs := start.In(r.Rep.Zone), start.In(r.Prospect.Zone)
	why := []string{fmt.Sprintf("business day %d after sending", r.Rep.Days.Count(r.sent()+1, DateOf(local)+1))}
	sameDay, samePart := 0, 0
	for _, other := range chosen {
		other = other.In(r.Prospect.Zone)
		if DateOf(other) == DateOf(theirs) {
			sameDay++
		}
		if partOfDay(other) == partOfDay(theirs) {
			samePart++
		}
	}
	if sameDay == 1 && len(chosen) > 1 {
		why = append(why, "the only one on its day")
	}
	part := partOfDay(theirs).String() + " for the prospect"
	if samePart == 1 && len(chosen) > 1 {
		part = "the only " + part
	}
	why = append(why, part, fmt.Sprintf("both sides free from %d minutes before to %[1]d after", int(r.Limits.Buffer.Minutes())))
	return Slot{Start: start, End: start.Add(r.Length), Local: Local{local, theirs}, Why: why}
}
