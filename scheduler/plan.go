package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// planner places the holds of a plan's flags.
type planner struct {
	snapshot Snapshot
	board    *board
	off      []Date
	days     map[Region]*BusinessDays // by the contact's region
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
	why         refusal // of the places looked at so far
}

// deadline returns the end of working hours on the window's last day.
func (p *planner) deadline(w *pending) int64 { return p.hours(w.last).end }

func (p *planner) hours(d Date) span {
	return p.snapshot.Settings.Hours.on(d, p.snapshot.Settings.Zone)
}

func newPlanner(s Snapshot, c *calendarView) *planner {
	window := span{s.Now.Add(-s.Settings.Lookback - 24*time.Hour).Unix(), s.Now.Add(busyAhead).Unix()}
	p := &planner{snapshot: s, off: c.daysOff(window), days: make(map[Region]*BusinessDays)}
	p.board = newBoard(s.Settings, s.Now, c.busy())
	return p
}

// businessDays returns the rep's business days, less the public holidays of the
// contact's region where it is known.
func (p *planner) businessDays(region Region) *BusinessDays {
	days, ok := p.days[region]
	if !ok {
		regions := slices.Clone(p.snapshot.Settings.Holidays)
		if region != "" {
			regions = append(regions, region)
		}
		days = NewBusinessDays(regions, p.off)
		p.days[region] = days
	}
	return days
}

// plan adds holds to the flags of plan, and what exists but is not needed any more
// to its Release. First come the steps that are not overdue; those that find no
// place before their deadline wait until all others have theirs; then catch-ups.
// Where a contact's wishes leave no place they give way, last of all.
func (p *planner) plan(plan *Plan) {
	p.keep(plan)
	var steps, catchUps []*pending
	for i := range plan.Flags {
		s, c := p.pending(&plan.Flags[i])
		steps, catchUps = append(steps, s...), append(catchUps, c...)
	}
	p.sortByDeadline(steps)
	sortByMeeting(catchUps)
	for l := keepAll; l < leniencies; l++ {
		steps = p.placeAll(steps, p.onTime, l)
		steps = p.placeAll(steps, p.late, l)
	}
	for l := keepAll; l < leniencies; l++ {
		catchUps = p.placeAll(catchUps, p.soon, l)
	}
	unplaced := slices.Concat(steps, catchUps)
	slices.SortStableFunc(unplaced, func(a, b *pending) int { return cmp.Compare(a.step, b.step) })
	for _, w := range unplaced {
		w.flag.Unplaced = append(w.flag.Unplaced, Unplaced{
			w.cadence.Steps[w.step].Name, w.cadence.Name, p.board.reason(w.why, w.catchUp),
		})
	}
	for i := range plan.Flags {
		slices.SortFunc(plan.Flags[i].Holds, func(a, b Hold) int { return a.Start.Compare(b.Start) })
	}
}

// keep takes the places of the holds that exist, and releases those nobody touched
// whose meeting is not flagged any more.
func (p *planner) keep(plan *Plan) {
	for _, h := range p.snapshot.Holds {
		if !h.State.touched() && !flagged(plan.Flags, h) {
			h.State = Released
			plan.Release = append(plan.Release, h)
			continue
		}
		if h.State.occupies() || h.State == Done {
			p.board.keep(h)
		}
	}
}

func flagged(flags []Flag, h Hold) bool {
	return slices.ContainsFunc(flags, func(f Flag) bool {
		return f.Prospect == h.Prospect && f.meeting().equal(h.Meeting)
	})
}

func (f *Flag) meeting() MeetingRef { return MeetingRef{f.UID, f.RecurrenceID} }

// pending returns the holds that f wants: one for each step that is not overdue,
// and one catch-up for all that are.
func (p *planner) pending(f *Flag) (steps, catchUps []*pending) {
	cadence := p.snapshot.Settings.Cadences[f.Reason]
	prefs := p.snapshot.Preferences[f.Contact.Address]
	days := p.businessDays(prefs.Region)
	day0 := p.dayZero(f)
	var overdue *pending
	for i, step := range cadence.Steps {
		if p.settled(f, cadence, i) {
			continue
		}
		w := &pending{flag: f, cadence: cadence, step: i, days: days, prefs: &prefs}
		w.first, w.last = step.Window.dates(day0, days)
		if p.deadline(w) < p.snapshot.Now.Unix() {
			overdue = w
			continue
		}
		steps = append(steps, w)
	}
	if overdue == nil {
		return steps, nil
	}
	begun := func(w *pending) bool { return p.hours(w.first).start <= p.snapshot.Now.Unix() }
	if i := slices.IndexFunc(steps, begun); i >= 0 { // its turn has come: it speaks for the overdue ones
		overdue = steps[i]
		steps = slices.Delete(steps, i, i+1)
	}
	overdue.catchUp = true
	return steps, []*pending{overdue}
}

// dayZero returns business day 0: the local date of the meeting's end; for one that
// was not rebooked, of its end or of now, whichever is earlier.
func (p *planner) dayZero(f *Flag) Date {
	end := f.End
	if f.Reason == NotRebooked && p.snapshot.Now.Before(end) {
		end = p.snapshot.Now
	}
	return DateOf(end.In(p.snapshot.Settings.Zone))
}

// settled reports whether step i needs no hold any more: it has or had one, or a
// catch-up stood for it.
func (p *planner) settled(f *Flag, c Cadence, i int) bool {
	return slices.ContainsFunc(p.snapshot.Holds, func(h Hold) bool {
		if h.State == Released || h.Prospect != f.Prospect || h.Cadence != c.Name || !f.meeting().equal(h.Meeting) {
			return false
		}
		step := slices.IndexFunc(c.Steps, func(s Step) bool { return s.Name == h.Step })
		return step == i || h.CatchUp && step > i
	})
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
	return w.last + 1, w.days.Add(w.last, p.snapshot.Settings.Holds.LateBusinessDays)
}

// soon returns the days on which a catch-up can be.
func (p *planner) soon(w *pending) (first, last Date) {
	today := DateOf(p.snapshot.Now.In(p.snapshot.Settings.Zone))
	return today, w.days.Add(today, p.snapshot.Settings.Holds.LateBusinessDays)
}

// placeAll places each of waiting on the days that within gives, in order, and
// returns those that found no place.
func (p *planner) placeAll(waiting []*pending, within func(*pending) (first, last Date), l leniency) []*pending {
	var left []*pending
	for _, w := range waiting {
		step := w.cadence.Steps[w.step]
		t := touch{w.flag.Prospect, w.prefs.channel(step.Channel), step.Duration, w.catchUp, w.prefs}
		first, last := within(w)
		s, why, ok := p.board.place(&t, first, last, w.days, l)
		if !ok {
			w.why = max(w.why, why)
			left = append(left, w)
			continue
		}
		w.flag.Holds = append(w.flag.Holds, p.hold(w, &t, s, l))
	}
	return left
}

// hold returns the hold for w in the place s.
func (p *planner) hold(w *pending, t *touch, s span, l leniency) Hold {
	f, step := w.flag, w.cadence.Steps[w.step]
	h := Hold{
		Step:        step.Name,
		Cadence:     w.cadence.Name,
		Channel:     t.channel,
		Title:       holdTitle(t.channel, f.Contact, f.Prospect, w.cadence, w.step),
		Start:       time.Unix(s.start, 0).UTC(),
		End:         time.Unix(s.end, 0).UTC(),
		NotBefore:   time.Unix(p.hours(w.first).start, 0).UTC(),
		DueBy:       time.Unix(p.deadline(w), 0).UTC(),
		CatchUp:     w.catchUp,
		Notes:       []string{},
		Description: holdDescription(f, step, p.snapshot.Settings.Zone),
		Prospect:    f.Prospect,
		Meeting:     f.meeting(),
		State:       Planned,
	}
	h.Late = !h.CatchUp && h.End.After(h.DueBy)
	if l > keepAll {
		h.Notes = append(h.Notes, l.note())
	}
	return h
}
