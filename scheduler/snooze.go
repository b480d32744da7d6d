package scheduler

import "time"

// Snooze returns the hold with the given row at its first free place at or after
// until; zero means the next business day. It is the rep's word, so the hold counts
// as moved by them. ok is false where there is no such hold, or no such place
// within HoldLimits.LateBusinessDays.
func Snooze(s Snapshot, row string, until time.Time) (h Hold, ok bool) {
	view, _ := s.view()
	p := newPlanner(newJudging(&s), view)
	var snoozed *Hold
	for i := range s.Holds {
		switch other := &s.Holds[i]; {
		case other.Row == row:
			snoozed = other
		case other.State.occupies() || other.State == Done:
			p.board.keep(*other)
		}
	}
	if snoozed == nil {
		return Hold{}, false
	}
	prefs := s.Preferences[snoozed.Contact.Address]
	days := p.businessDays(prefs.Region)
	first := days.Add(p.board.date(s.Now.Unix()), 1)
	if !until.IsZero() {
		first = p.board.date(until.Unix())
		p.board.earliest = max(p.board.earliest, until.Unix())
	}
	t := touch{snoozed.Prospect, snoozed.Channel, snoozed.End.Sub(snoozed.Start), snoozed.CatchUp, &prefs}
	for l := keepAll; l < leniencies; l++ {
		if place, _, found := p.board.place(&t, first, days.Add(first, s.Settings.Holds.LateBusinessDays), days, l); found {
			return snoozed.movedTo(place), true
		}
	}
	return Hold{}, false
}

// movedTo returns h as the rep's own at s.
func (h *Hold) movedTo(s span) Hold {
	moved := *h
	moved.State, moved.OnCalendar = Moved, true
	moved.Start, moved.End = time.Unix(s.start, 0).UTC(), time.Unix(s.end, 0).UTC()
	moved.Notes = []string{}
	return moved
}
