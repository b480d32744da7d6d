package scheduler

import "time"

// NextPlace returns where a hold goes that the rep puts off: its start at the first
// place on or after until that the rules allow; with the zero time, from the business
// day on that follows its own or, where that is over, today. The contact's wishes give
// way as they do for new holds. ok is false where nothing is free for weeks.
func NextPlace(s Snapshot, h Hold, until time.Time) (start time.Time, ok bool) {
	view, _ := s.view()
	p := newPlanner(newJudging(&s), view)
	for _, other := range s.Holds {
		if other.Row != h.Row && (other.State.occupies() || other.State == Done) {
			p.board.keep(other)
		}
	}
	prefs := s.Preferences[h.Contact.Address]
	days := p.businessDays(prefs.Region)
	from := s.Now
	if h.Start.After(from) {
		from = h.Start
	}
	first := days.Add(p.board.date(from.Unix()), 1)
	if !until.IsZero() {
		first = p.board.date(until.Unix())
		p.board.earliest = max(p.board.earliest, until.Unix())
	}
	last := days.Add(first, s.Settings.Holds.LateBusinessDays)
	t := touch{prospect: h.Prospect, channel: h.Channel, duration: h.End.Sub(h.Start), contact: &prefs}
	for l := keepAll; l < leniencies; l++ {
		if place, _, found := p.board.place(&t, first, last, days, l); found {
			return time.Unix(place.start, 0).UTC(), true
		}
	}
	return time.Time{}, false
}
