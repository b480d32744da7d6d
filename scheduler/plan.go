package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// planner places the holds of a plan's flags, and names times for reminders.
type planner struct {
	*judging
	view     *calendarView
	calendar []span // the rep's busy times there, merged
	board    *board
	off      []Date
	days     map[Region]*BusinessDays // by the contact's region

	flags  map[keyID]*Flag
	holds  map[keyID][]*Hold // those that exist, by what they follow
	moving map[*Hold]bool    // those of them that need another place

	proposals []Proposal // as they are now
}

// pending is a hold that waits for its place.
type pending struct {
	flag        *Flag
	cadence     Cadence
	step        int
	first, last Date // the window's days
	days        *BusinessDays
	prefs       *Preferences
	catchUp     bool
	old         *Hold   // the hold that needs another place; nil: there is none yet
	row         string  // of the hold, also of one that was released; "": it is new
	why         refusal // of the places looked at so far
}

// written reports whether w moves a hold that is on the calendar.
func (w *pending) written() bool { return w.old != nil && w.old.State == Written }

// deadline returns the end of working hours on the window's last day.
func (p *planner) deadline(w *pending) int64 { return p.hours(w.last).end }

func (p *planner) hours(d Date) span {
	return p.Settings.Hours.on(d, p.Settings.Zone)
}

func newPlanner(j *judging, c *calendarView) *planner {
	window := span{j.Now.Add(-j.Settings.Lookback - 24*time.Hour).Unix(), j.Now.Add(busyAhead).Unix()}
	busy := c.busy()
	p := &planner{
		judging:  j,
		view:     c,
		calendar: busy,
		board:    newBoard(j.Settings, j.Now, busy),
		off:      c.daysOff(window),
		days:     make(map[Region]*BusinessDays),
		holds:    make(map[keyID][]*Hold),
		moving:   make(map[*Hold]bool),
	}
	for i := range j.Holds {
		h := &j.Holds[i]
		p.holds[h.key().id()] = append(p.holds[h.key().id()], h)
	}
	return p
}

// businessDays returns the rep's business days, less the public holidays of the
// contact's region where it is known.
func (p *planner) businessDays(region Region) *BusinessDays {
	days, ok := p.days[region]
	if !ok {
		regions := slices.Clone(p.Settings.Holidays)
		if region != "" {
			regions = append(regions, region)
		}
		days = NewBusinessDays(regions, p.off)
		p.days[region] = days
	}
	return days
}

// plan adds holds to the flags of plan, and what has become of those that exist to
// its Keep and Release. First come the steps that are not overdue; those that find
// no place before their deadline wait until all others have theirs; then catch-ups.
// Where a contact's wishes leave no place they give way, last of all.
func (p *planner) plan(plan *Plan) {
	p.flags = make(map[keyID]*Flag, len(plan.Flags))
	for i := range plan.Flags {
		p.flags[plan.Flags[i].key().id()] = &plan.Flags[i]
	}
	p.keep(plan)
	var steps, catchUps []*pending
	for i := range plan.Flags {
		if f := &plan.Flags[i]; p.wants(f) {
			s, c := p.pending(f, plan)
			steps, catchUps = append(steps, s...), append(catchUps, c...)
		}
	}
	p.sortByDeadline(steps)
	sortByMeeting(catchUps)
	for l := keepAll; l < leniencies; l++ {
		steps = p.placeAll(steps, p.onTime, l, plan)
		steps = p.placeAll(steps, p.late, l, plan)
	}
	for l := keepAll; l < leniencies; l++ {
		catchUps = p.placeAll(catchUps, p.soon, l, plan)
	}
	p.leave(slices.Concat(steps, catchUps), plan)
	for i := range plan.Flags {
		slices.SortFunc(plan.Flags[i].Holds, func(a, b Hold) int { return a.Start.Compare(b.Start) })
	}
	slices.SortFunc(plan.Keep, compareHolds)
}

// wants reports whether f gets holds.
func (p *planner) wants(f *Flag) bool {
	return !p.rested[f.key().id()] && !(f.Backlog && p.Backlog == BacklogDismissed) && !p.offersAnew(f)
}

// leave goes through the steps that fit nowhere: a hold that is on the calendar
// already stays where it is, and says so.
func (p *planner) leave(unplaced []*pending, plan *Plan) {
	slices.SortStableFunc(unplaced, func(a, b *pending) int { return cmp.Compare(a.step, b.step) })
	for _, w := range unplaced {
		p.watchUnplaced(w)
		switch {
		case w.written() && !p.isTooEarly(w.old):
			h := p.current(*w.old)
			h.Notes = append(h.Notes, noOtherPlace)
			plan.Keep = append(plan.Keep, h)
			p.board.keep(h)
			continue
		case w.old != nil:
			plan.release(*w.old)
		}
		w.flag.Unplaced = append(w.flag.Unplaced, Unplaced{
			w.cadence.Steps[w.step].Name, w.cadence.Name, p.board.reason(w.why, w.catchUp),
		})
	}
}

// pending returns the holds that f wants places for: one for each step that is not
// overdue, and one catch-up for all that are.
func (p *planner) pending(f *Flag, plan *Plan) (steps, catchUps []*pending) {
	var overdue []*pending
	for _, w := range p.unsettled(f) {
		switch isLate := p.deadline(w) < p.Now.Unix(); {
		case isLate && w.written(): // it has been a touch of its own for a while
			w.catchUp = true
			catchUps = append(catchUps, w)
		case isLate, w.old != nil && w.old.CatchUp:
			overdue = append(overdue, w)
		default:
			steps = append(steps, w)
		}
	}
	if len(overdue) == 0 {
		return steps, catchUps
	}
	speaker := overdue[len(overdue)-1]
	begun := func(w *pending) bool { return p.hours(w.first).start <= p.Now.Unix() }
	if i := slices.IndexFunc(steps, begun); i >= 0 { // its turn has come: it speaks for the overdue ones
		speaker = steps[i]
		steps = slices.Delete(steps, i, i+1)
	}
	for _, w := range overdue {
		if w != speaker && w.old != nil {
			plan.release(*w.old)
		}
	}
	speaker.catchUp = true
	return steps, append(catchUps, speaker)
}

// unsettled returns the steps of f that have no place, in the cadence's order.
func (p *planner) unsettled(f *Flag) []*pending {
	cadence := p.Settings.Cadences[f.Reason]
	prefs := p.Preferences[f.Contact.Address]
	days := p.businessDays(prefs.Region)
	day0 := p.dayZero(f)
	var all []*pending
	for i, step := range cadence.Steps {
		w := &pending{flag: f, cadence: cadence, step: i, days: days, prefs: &prefs}
		w.first, w.last = step.Window.dates(day0, days)
		if !p.settled(w) {
			all = append(all, w)
		}
	}
	return all
}

// dayZero returns business day 0: the local date of the meeting's end; for one that
// was not rebooked, of its end or of when that was first seen, whichever is earlier.
func (p *planner) dayZero(f *Flag) Date {
	end := f.End
	if seen := p.firstSeen(f); f.Reason == NotRebooked && seen.Before(end) {
		end = seen
	}
	return DateOf(end.In(p.Settings.Zone))
}

// settled reports whether the step of w needs no place any more: it has or had a
// hold, or a catch-up stood for it. It takes over into w a hold that needs another
// place, and the row of one that was released.
func (p *planner) settled(w *pending) bool {
	isSettled := false
	for _, h := range p.holds[w.flag.key().id()] {
		if h.Cadence != w.cadence.Name {
			continue
		}
		step := slices.IndexFunc(w.cadence.Steps, func(s Step) bool { return s.Name == h.Step })
		switch {
		case p.moving[h] && step == w.step:
			w.old, w.row = h, h.Row
			return false
		case h.State == Released:
			if step == w.step {
				w.row = h.Row
			}
		case step == w.step, h.CatchUp && (step > w.step || !h.DueBy.Before(time.Unix(p.deadline(w), 0))):
			isSettled = true
		}
	}
	return isSettled
}

func (p *planner) sortByDeadline(waiting []*pending) {
	slices.SortFunc(waiting, func(a, b *pending) int {
		return cmp.Or(
			cmp.Compare(p.deadline(a), p.deadline(b)),
			b.flag.Start.Compare(a.flag.Start),
			cmp.Compare(a.flag.Prospect, b.flag.Prospect),
			cmp.Compare(a.step, b.step),
		)
	})
}

// sortByMeeting orders catch-ups: the latest meeting first.
func sortByMeeting(waiting []*pending) {
	slices.SortFunc(waiting, func(a, b *pending) int {
		return cmp.Or(b.flag.Start.Compare(a.flag.Start), cmp.Compare(a.flag.Prospect, b.flag.Prospect))
	})
}

// onTime returns the days on which w meets its deadline.
func (p *planner) onTime(w *pending) (first, last Date) { return w.first, w.last }

// late returns the days after w's deadline that are still of use.
func (p *planner) late(w *pending) (first, last Date) {
	return w.last + 1, w.days.Add(w.last, p.Settings.Holds.LateBusinessDays)
}

// soon returns the days on which a catch-up can be.
func (p *planner) soon(w *pending) (first, last Date) {
	today := DateOf(p.Now.In(p.Settings.Zone))
	return today, w.days.Add(today, p.Settings.Holds.LateBusinessDays)
}

// placeAll places each of waiting on the days that within gives, in order, and
// returns those that found no place.
func (p *planner) placeAll(waiting []*pending, within func(*pending) (first, last Date), l leniency, plan *Plan) []*pending {
	var left []*pending
	for _, w := range waiting {
		t := touch{w.flag.Prospect, w.channel(), w.cadence.Steps[w.step].Duration, w.catchUp, w.prefs}
		first, last := within(w)
		s, why, ok := p.board.place(&t, first, last, w.days, l)
		switch {
		case !ok:
			w.why = max(w.why, why)
			left = append(left, w)
		case w.old != nil:
			plan.Keep = append(plan.Keep, p.hold(w, s, l))
		default:
			w.flag.Holds = append(w.flag.Holds, p.hold(w, s, l))
		}
	}
	return left
}

// channel returns the channel of the hold that w wants; one that is on the calendar
// keeps its own.
func (w *pending) channel() Channel {
	if w.written() {
		return w.old.Channel
	}
	return w.prefs.channel(w.cadence.Steps[w.step].Channel)
}

// hold returns the hold for w in the place s.
func (p *planner) hold(w *pending, s span, l leniency) Hold {
	h := Hold{
		Step:     w.cadence.Steps[w.step].Name,
		Cadence:  w.cadence.Name,
		Prospect: w.flag.Prospect,
		Meeting:  w.flag.key().Meeting,
		State:    Planned,
		Row:      w.row,
	}
	if w.old != nil {
		h = *w.old
	}
	h.Start, h.End = time.Unix(s.start, 0).UTC(), time.Unix(s.end, 0).UTC()
	h.NotBefore = time.Unix(p.hours(w.first).start, 0).UTC()
	h.DueBy = time.Unix(p.deadline(w), 0).UTC()
	h.CatchUp = w.catchUp
	h.Late = !h.CatchUp && h.End.After(h.DueBy)
	h.Notes = []string{}
	if l > keepAll {
		h.Notes = append(h.Notes, l.note())
	}
	return p.current(h)
}
