package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// noOtherPlace is the note of a hold on the calendar whose time is taken, and for
// which no other was found.
const noOtherPlace = "something else is at this time, and nothing else is free"

// keep takes the places of the holds that exist and stay where they are, releases
// those nobody touched that are needed no more, and marks those of the others that
// need another place.
func (p *planner) keep(plan *Plan) {
	var untouched []*Hold
	for i := range p.Holds {
		switch h := &p.Holds[i]; {
		case h.touched():
			if h.State.occupies() {
				plan.Keep = append(plan.Keep, *h)
			}
			if h.State.occupies() || h.State == Done {
				p.board.keep(*h)
			}
		case p.Incomplete || p.needed(h):
			untouched = append(untouched, h)
		default:
			plan.release(*h)
		}
	}
	slices.SortFunc(untouched, func(a, b *Hold) int { // of two that overlap the one on the calendar stays
		return cmp.Or(-cmp.Compare(a.State, b.State), compareHolds(*a, *b))
	})
	for _, h := range untouched {
		if !p.Incomplete && p.mustMove(h) {
			p.moving[h] = true
			continue
		}
		p.board.keep(*h)
		plan.Keep = append(plan.Keep, p.current(*h))
	}
}

func (p *Plan) release(h Hold) {
	h.State, h.OnCalendar = Released, false
	p.Release = append(p.Release, h)
}

// needed reports whether the meeting of h is still flagged, with the cadence that h
// belongs to.
func (p *planner) needed(h *Hold) bool {
	f := p.flags[h.key().id()]
	return f != nil && p.wants(f) && p.Settings.Cadences[f.Reason].Name == h.Cadence
}

// mustMove reports whether the untouched hold h needs another place: its own is
// taken, its time has come before it could be written, or its contact does not want to
// hear of the rep by then. One that has begun on the calendar stays.
func (p *planner) mustMove(h *Hold) bool {
	switch {
	case h.State == Written && !h.Start.After(p.Now):
		return false
	case h.State == Planned && h.Start.Unix() < p.board.earliest, p.isTooEarly(h):
		return true
	}
	return p.board.taken(span{h.Start.Unix(), h.End.Unix()})
}

// isTooEarly reports whether h starts before its contact wants to hear of the rep again.
func (p *planner) isTooEarly(h *Hold) bool {
	f := p.flags[h.key().id()]
	return f != nil && h.Start.Before(p.Preferences[f.Contact.Address].NotBefore)
}

// current returns the untouched hold h as it should be now: whether it is on the
// calendar and how it shows there and, as long as it is not, what it says.
func (p *planner) current(h Hold) Hold {
	if i := slices.Index(h.Notes, noOtherPlace); i >= 0 {
		h.Notes = slices.Delete(slices.Clone(h.Notes), i, i+1)
	}
	f := p.flags[h.key().id()]
	if f != nil && h.State == Planned {
		p.render(&h, f)
	}
	if !p.service() {
		return h
	}
	h.Busy = p.Settings.busyAt(h.Start, p.Now)
	if f != nil {
		h.OnCalendar = h.State == Written || p.placed(f)
	}
	return h
}

// placed reports whether the holds of f may be on the calendar: not while its
// meeting is wrapping up, nor before the rep accepted the backlog that it is in.
func (p *planner) placed(f *Flag) bool {
	return f.Reason != WrappingUp && (!f.Backlog || p.Backlog == BacklogAccepted)
}

// render fills in what h says, from its flag and its step.
func (p *planner) render(h *Hold, f *Flag) {
	cadence := p.Settings.Cadences[f.Reason]
	i := slices.IndexFunc(cadence.Steps, func(s Step) bool { return s.Name == h.Step })
	if i < 0 {
		return // the rep's cadence has changed since
	}
	prefs := p.Preferences[f.Contact.Address]
	h.Channel = prefs.channel(cadence.Steps[i].Channel)
	h.Title = holdTitle(h.Channel, f.Contact, f.Prospect, cadence, i)
	h.Description = holdDescription(f, cadence.Steps[i], p.Settings.Zone)
	if p.service() {
		h.Contact = f.Contact
	}
}

// busyAt reports whether a hold that starts at start shows as busy at now.
func (s *Settings) busyAt(start, now time.Time) bool {
	switch s.ShowAs {
	case ShowFree:
		return false
	case ShowBusy:
		return true
	}
	return !now.Before(start.Add(-s.Holds.BusyFrom))
}
