package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// needs are meetings that want a reminder, in the order in which they were found.
type needs struct {
	all       []*need
	byMeeting map[meetingID]*need
}

func (n *needs) add(t *thing) {
	id := t.meeting().id()
	found := n.byMeeting[id]
	if found == nil {
		found = &need{Instance: t.Instance}
		n.byMeeting[id] = found
		n.all = append(n.all, found)
	}
	found.sides = append(found.sides, t.side)
}

// need is a meeting that wants a reminder, with those of its prospects that have no
// next step.
type need struct {
	*Instance
	sides []*side
}

// remind adds to the plan the reminders that should exist, and those that are
// needed no more. It names bookable times in new ones and in flags.
func (p *planner) remind(plan *Plan, keys []keyThings) {
	p.nameTimes(plan)
	needs := p.needs(keys)
	existing := make(map[meetingID]*Reminder, len(p.Reminders))
	for i := range p.Reminders {
		r := &p.Reminders[i]
		existing[r.Meeting.id()] = r
		switch needed := needs.byMeeting[r.Meeting.id()] != nil; {
		case r.touched():
			if r.State.occupies() {
				plan.Reminders = append(plan.Reminders, *r)
			}
		case p.Incomplete && p.Now.Before(r.End):
			plan.Reminders = append(plan.Reminders, *r)
		case p.Incomplete || !needed:
			gone := *r
			gone.State = Released
			plan.ReleaseReminders = append(plan.ReleaseReminders, gone)
		}
	}
	for _, n := range needs.all {
		if old := existing[n.meeting().id()]; old == nil || old.State == Released || !old.touched() {
			plan.Reminders = append(plan.Reminders, p.reminder(n, old))
		}
	}
	slices.SortStableFunc(plan.Reminders, func(a, b Reminder) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Meeting.UID, b.Meeting.UID))
	})
}

// nameTimes gives every flag the first bookable times.
func (p *planner) nameTimes(plan *Plan) {
	for i := range plan.Flags {
		f := &plan.Flags[i]
		after := p.Now
		if f.Reason == WrappingUp {
			after = f.End
		}
		f.Times = p.bookable(after)
		if len(f.Times) > 0 && f.Reason != WrappingUp { // from then on it is too soon for the first
			p.alarm.add(f.Times[0].Add(-p.Settings.Holds.Lead).Unix() + 1)
		}
	}
}

// needs returns the meetings that want a reminder: to come or in progress, soon, the
// rep's own, and without a next step.
func (p *planner) needs(keys []keyThings) needs {
	found := needs{byMeeting: make(map[meetingID]*need)}
	if p.Incomplete || p.Settings.Reminder.Off || !p.Backlog.Answered() {
		return found
	}
	soon := p.Now.Add(p.Settings.Reminder.Ahead).Unix()
	for i := range keys {
		for _, t := range unfollowed(keys[i].things, p.elsewhere[keys[i].key], p.Now.Unix()) {
			if !p.remindsOf(t) {
				continue
			}
			if t.span.start > soon {
				p.alarm.add(t.span.start - int64(p.Settings.Reminder.Ahead/time.Second))
				continue
			}
			found.add(t)
		}
	}
	return found
}

// unfollowed returns those of things, all with one key, that are meetings to come or
// in progress and that no other one follows, here or elsewhere.
func unfollowed(things, elsewhere []thing, now int64) []*thing {
	var open []*thing
	for i := len(things) - 1; i >= 0; i-- {
		if t := &things[i]; t.meets() && !t.ended(now) && !follows(t, things) && !follows(t, elsewhere) {
			open = append(open, t)
		}
	}
	return open
}

// follows reports whether one of things, which are all by start, is another meeting
// that starts at or after the end of t.
func follows(t *thing, things []thing) bool {
	for i := len(things) - 1; i >= 0 && things[i].span.start >= t.span.end; i-- {
		if &things[i] != t && things[i].meets() {
			return true
		}
	}
	return false
}

// remindsOf reports whether the rep wants to hear of t: it is theirs, who takes part
// is known, and they have not let it be.
func (p *planner) remindsOf(t *thing) bool {
	if t.Event.GuestsHidden || p.owners.of(t.Event) != "" {
		return false
	}
	k := t.key()
	return !p.rested[k.id()] && !slices.ContainsFunc(p.Waivers, func(w Waiver) bool { return w.waives(k, p.Now) })
}

// reminder returns the reminder for n. What the untouched old one says is kept as
// long as it is right.
func (p *planner) reminder(n *need, old *Reminder) Reminder {
	slices.SortFunc(n.sides, func(a, b *side) int { return cmp.Compare(a.key, b.key) })
	r := Reminder{Meeting: n.meeting(), State: Planned, Start: n.Start(), End: n.End()}
	if start := r.End.Add(-p.Settings.Reminder.Length); start.After(r.Start) {
		r.Start = start
	}
	for _, s := range n.sides {
		r.Prospects = append(r.Prospects, s.key)
	}
	if old != nil {
		r.Row = old.Row
	}
	if old != nil && old.State != Released {
		r.State = old.State
		if p.saysEnough(&r, old) {
			r.Title, r.Description, r.Times = old.Title, old.Description, old.Times
			return r
		}
	}
	r.Times = p.bookable(r.End)
	r.Title = "Agree the next step with " + whoAll(n.sides)
	r.Description = p.reminderDescription(n, r.Times)
	return r
}

// timesMatter is how long before a reminder the times that it names must be right:
// nobody says them aloud earlier. Kept right all the time, each meeting and each hold
// that takes a place would change every reminder of the week.
const timesMatter = 15 * time.Minute

// saysEnough reports whether what old says can stay where r is wanted: it is about the
// same prospects and the same time, and what it names can be booked or does not matter
// yet. From its start on it stays: its meeting is wrapping up, and the holds planned
// for the case that nothing is agreed take the very places that are there to be agreed.
func (p *planner) saysEnough(r, old *Reminder) bool {
	if !slices.Equal(r.Prospects, old.Prospects) {
		return false
	}
	if p.bookableStill(old.Times, r.End) {
		return true
	}
	if !r.Start.Equal(old.Start) {
		return false
	}
	renew := r.Start.Add(-timesMatter)
	if p.Now.Before(renew) {
		p.alarm.add(renew.Unix())
		return true
	}
	return !p.Now.Before(r.Start)
}

// touched reports whether the rep acted on r: it is theirs now.
func (r *Reminder) touched() bool { return r.Edited || r.State.touched() }

func whoAll(sides []*side) string {
	names := make([]string, len(sides))
	for i, s := range sides {
		names[i] = s.contact.at(s.key)
	}
	return joined(names)
}

// joined lists names as a sentence does.
func joined(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// reminderDescription says why the reminder is there, and times to say aloud.
func (p *planner) reminderDescription(n *need, times []time.Time) string {
	zone := p.Settings.Zone
	keys := make([]string, len(n.sides))
	for i, s := range n.sides {
		keys[i] = s.key
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Nothing is agreed with %s after this meeting. The best time to agree it is now, before it ends.\n", joined(keys))
	fmt.Fprintf(&b, "Meeting: %s, %s\n", n.Event.Summary, n.Start().In(zone).Format("Mon 2 Jan 2006 15:04"))
	if link := n.ref().Link; link != "" {
		fmt.Fprintf(&b, "Link: %s\n", link)
	}
	if len(times) > 0 {
		fmt.Fprintf(&b, "Free for %d minutes:\n", int(p.Settings.Reminder.Duration.Minutes()))
	}
	for _, t := range times {
		fmt.Fprintf(&b, "- %s\n", t.In(zone).Format("Mon 2 Jan 15:04 MST"))
	}
	return b.String()
}

// bookable returns the first times that can be booked, at least Lead after the given
// moment: in working hours, free, one after the other.
func (p *planner) bookable(after time.Time) []time.Time {
	limits := p.Settings.Reminder
	from := after.Add(p.Settings.Holds.Lead).Unix()
	days, last := p.businessDays(""), p.board.date(p.Now.Add(busyAhead).Unix())
	var times []time.Time
	for d := p.board.date(from); d < last && len(times) < limits.Times; d++ {
		if days.Is(d) {
			times = p.board.starts(times, d, from, int64(limits.Duration/time.Second), limits.Times)
		}
	}
	return times
}

// bookableStill reports whether all of times, named for a meeting that ends at end,
// can still be booked.
func (p *planner) bookableStill(times []time.Time, end time.Time) bool {
	from, length := end.Add(p.Settings.Holds.Lead), p.Settings.Reminder.Duration
	return !slices.ContainsFunc(times, func(t time.Time) bool {
		s := span{t.Unix(), t.Add(length).Unix()}
		return t.Before(from) || !p.businessDays("").Is(p.board.date(s.start)) || !p.board.isFree(s)
	})
}
