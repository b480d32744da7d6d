package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// thing is one instance with one prospect key: a meeting with k, or what would be
// one had it not been cancelled or had not all of k declined.
type thing struct {
	*Instance
	side      *side
	cancelled bool
	noShow    bool // the rep said that it did not happen
}

// meets reports whether t is a meeting with its key.
func (t *thing) meets() bool { return !t.cancelled && !t.noShow && !t.side.allDeclined }

func (t *thing) key() Key { return Key{t.side.key, t.meeting()} }

func (t *thing) ended(now int64) bool { return t.span.end <= now }
func (t *thing) begun(now int64) bool { return t.span.start <= now }

// finding is what is true of one prospect key. At most one of flagged and next is
// set; judged may be nil with either.
type finding struct {
	judged  *thing
	next    *thing
	flagged *thing
	reason  Reason
	// byColleague: next is on a colleague's calendar.
	byColleague bool
}

// judge decides which meeting of one key is judged, which is its next step, and
// what is flagged if there is none. All things are with the same key, in the window,
// and by start.
func judge(things []thing, now time.Time, s *Settings) finding {
	at, wrapUp := now.Unix(), int64(s.WrapUp/time.Second)
	v := finding{judged: judged(things, at, wrapUp)}
	if v.next = nextStep(things, v.judged, at, wrapUp); v.next != nil {
		return v
	}
	switch latest := latestThing(things, s.RebookWithin); {
	case latest != nil && !latest.meets():
		v.flagged, v.reason = latest, NotRebooked
	case v.judged == nil:
	case v.judged.ended(at):
		v.flagged, v.reason = v.judged, NoNextStep
	default:
		v.flagged, v.reason = v.judged, WrappingUp
	}
	if v.flagged != nil && v.flagged.Event.GuestsHidden {
		v.flagged = nil // who was there is not known: never flagged
	}
	return v
}

// orElsewhere returns v with the next step on a colleague's calendar, where that is
// the earlier one or the only one.
func (v finding) orElsewhere(elsewhere []thing, now time.Time, s *Settings) finding {
	next := nextStep(elsewhere, v.judged, now.Unix(), int64(s.WrapUp/time.Second))
	if next == nil || v.next != nil && compareStarts(v.next, next) <= 0 {
		return v
	}
	return finding{judged: v.judged, next: next, byColleague: true}
}

// judged returns the meeting in progress with at most wrapUp left, of several the
// one that ends last; else the ended one that started last, then ended last, then
// has the greater UID. Nil: there is none.
func judged(things []thing, now, wrapUp int64) *thing {
	var wrapping, ended *thing
	for i := range things {
		t := &things[i]
		switch {
		case !t.meets() || !t.begun(now):
		case t.ended(now):
			ended = later(ended, t)
		case t.span.end-now <= wrapUp && (wrapping == nil || compareEnds(t, wrapping) > 0):
			wrapping = t
		}
	}
	if wrapping != nil {
		return wrapping
	}
	return ended
}

// later returns the one of a and b that started later, then ended later, then has
// the greater UID; a may be nil.
func later(a, b *thing) *thing {
	if a == nil || compareStarts(b, a) > 0 {
		return b
	}
	return a
}

func compareStarts(a, b *thing) int {
	return cmp.Or(
		cmp.Compare(a.span.start, b.span.start),
		cmp.Compare(a.span.end, b.span.end),
		cmp.Compare(a.Event.UID, b.Event.UID),
		cmp.Compare(a.original, b.original),
	)
}

func compareEnds(a, b *thing) int {
	return cmp.Or(cmp.Compare(a.span.end, b.span.end), compareStarts(a, b))
}

// nextStep returns the earliest meeting other than the judged one that has not
// ended and starts at or after the judged one's end, has not begun, or is in
// progress with more than wrapUp left. Of several that start together the one
// that ends first, then the smaller UID.
func nextStep(things []thing, judged *thing, now, wrapUp int64) *thing {
	var next *thing
	for i := range things {
		t := &things[i]
		if t == judged || !t.meets() || t.ended(now) {
			continue
		}
		follows := judged == nil || t.span.start >= judged.span.end
		if !follows && t.begun(now) && t.span.end-now <= wrapUp {
			continue
		}
		if next == nil || compareStarts(t, next) < 0 {
			next = t
		}
	}
	return next
}

// latestThing returns the thing that starts last. At the same start a meeting wins
// over one that does not take place, then the later end, then the greater UID.
// Cancelled things that were moved by inviting anew are passed over.
func latestThing(things []thing, rebookWithin time.Duration) *thing {
	var latest *thing
	moved := moves{things: things, near: int64(rebookWithin / time.Second)}
	for i := len(things) - 1; i >= 0; i-- {
		t := &things[i]
		if latest != nil && t.span.start < latest.span.start {
			break
		}
		if !moved.include(t) && (latest == nil || compareLatest(t, latest) > 0) {
			latest = t
		}
	}
	return latest
}

func compareLatest(a, b *thing) int {
	meets := func(t *thing) int {
		if t.meets() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.span.start, b.span.start), cmp.Compare(meets(a), meets(b)), compareStarts(a, b))
}

// moves tells which cancelled things were moved by inviting anew.
type moves struct {
	things []thing // by start
	near   int64   // how near the new meeting is, on either side

	cancelled *Event  // the event that starts is for: a series asks for each instance
	starts    []int64 // of the meetings created after it was last modified
}

// include reports whether the cancelled thing t has a meeting near it that was
// created after t was last modified.
func (m *moves) include(t *thing) bool {
	if !t.cancelled || t.Event.LastModified.IsZero() {
		return false
	}
	if m.cancelled != t.Event {
		m.cancelled, m.starts = t.Event, m.starts[:0]
		for i := range m.things {
			if other := &m.things[i]; other.meets() && other.Event.Created.After(t.Event.LastModified) {
				m.starts = append(m.starts, other.span.start)
			}
		}
	}
	i, _ := slices.BinarySearch(m.starts, t.span.start-m.near)
	return i < len(m.starts) && m.starts[i] <= t.span.start+m.near
}

// bySeries reports whether t belongs to a series with more than routine instances
// to come.
func bySeries(t *thing, things []thing, now int64, routine int) bool {
	if !t.recurs {
		return false
	}
	toCome := 0
	for i := range things {
		if things[i].Event.UID == t.Event.UID && !things[i].begun(now) && things[i].meets() {
			toCome++
		}
	}
	return toCome > routine
}
