package scheduler

import (
	"slices"
	"time"
)

// longestSleep is how long a plan stands at most before it is looked at again.
const longestSleep = 24 * time.Hour

// alarm collects the moments at which something changes by time alone, and keeps
// the first.
type alarm struct {
	now, at int64
}

func newAlarm(now time.Time) alarm {
	return alarm{now.Unix(), now.Add(longestSleep).Unix()}
}

// add counts t where it is to come.
func (a *alarm) add(t int64) {
	if t > a.now && t < a.at {
		a.at = t
	}
}

// addTime counts t; within a second it counts as that second's end.
func (a *alarm) addTime(t time.Time) {
	at := t.Unix()
	if t.Nanosecond() > 0 {
		at++
	}
	a.add(at)
}

// watch counts the moments at which what is true of k changes: a meeting begins, is
// about to end, or ends; one that matters leaves the window.
func (j *judging) watch(k *keyThings, v *finding) {
	if !j.service() {
		return
	}
	leaving := v.flagged != nil
	for i := range k.things {
		t := &k.things[i]
		leaving = leaving || !t.meets()
		if t.meets() {
			j.watchMeeting(t)
		}
	}
	for i := range j.elsewhere[k.key] {
		j.watchMeeting(&j.elsewhere[k.key][i])
	}
	if !leaving {
		return
	}
	lookback := int64(j.Settings.Lookback / time.Second)
	for i := range k.things { // also the one that a cancelled meeting was moved to
		j.alarm.add(k.things[i].span.start + lookback + 1)
	}
}

func (j *judging) watchMeeting(t *thing) {
	j.alarm.add(t.span.start)
	j.alarm.add(t.span.end - int64(j.Settings.WrapUp/time.Second))
	j.alarm.add(t.span.end)
}

// watchUnplaced counts the moments at which a step that fits nowhere may fit, or
// becomes overdue.
func (p *planner) watchUnplaced(w *pending) {
	tomorrow := DateOf(p.Now.In(p.Settings.Zone)) + 1
	p.alarm.add(Resolve(tomorrow.Wall(), p.Settings.Zone).Unix())
	p.alarm.add(p.hours(w.first).start)
	p.alarm.add(p.deadline(w) + 1)
	if w.old != nil {
		p.alarm.addTime(w.old.Start)
	}
}

// wakeAt returns when to look again though nothing happened.
func (p *planner) wakeAt(plan *Plan, c *calendarView) time.Time {
	for _, w := range p.Waivers {
		p.alarm.addTime(w.ResumeOn)
	}
	for i := range plan.Keep {
		p.watchHold(&plan.Keep[i])
	}
	for i := range plan.Flags {
		for j := range plan.Flags[i].Holds {
			p.watchHold(&plan.Flags[i].Holds[j])
		}
	}
	for i := range plan.Reminders {
		p.alarm.addTime(plan.Reminders[i].End)
	}
	p.watchHorizon(c)
	at := time.Unix(p.alarm.at, 0).UTC()
	if soonest := p.Now.Add(time.Second); at.Before(soonest) {
		return soonest
	}
	return at
}

// watchHold counts the moments at which h shows as busy and, while it is not on the
// calendar, is too soon.
func (p *planner) watchHold(h *Hold) {
	if h.touched() {
		return
	}
	if p.Settings.ShowAs == ShowFreeThenBusy {
		p.alarm.addTime(h.Start.Add(-p.Settings.Holds.BusyFrom))
	}
	if h.State == Planned {
		p.alarm.add(h.Start.Add(-p.Settings.Holds.Lead).Unix() + 1)
	}
}

// watchHorizon counts the moments at which things enter the window.
func (p *planner) watchHorizon(c *calendarView) {
	horizon := p.Now.Add(p.Settings.Horizon).Unix()
	ahead := int64(p.Settings.Horizon / time.Second)
	first, _ := slices.BinarySearchFunc(c.instances, horizon+1, func(i Instance, at int64) int { return int(i.span.start - at) })
	for i := first; i < len(c.instances); i++ {
		if inst := &c.instances[i]; c.lists.of(inst.Event).meets {
			p.alarm.add(inst.span.start - ahead)
			break
		}
	}
	for _, m := range p.Snapshot.Elsewhere {
		p.alarm.add(m.Start.Unix() - ahead)
	}
}
