package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// judging goes through the prospects of one snapshot.
type judging struct {
	*Snapshot
	known     map[keyID]*KnownFlag
	noShows   map[keyID]bool
	rested    map[keyID]bool
	elsewhere map[string][]thing // on colleagues' calendars alone: by prospect, by start
	owners    owners
	alarm     alarm
}

func newJudging(s *Snapshot) *judging {
	j := &judging{
		Snapshot: s,
		known:    make(map[keyID]*KnownFlag, len(s.Known)),
		noShows:  keySet(s.NoShows),
		rested:   keySet(s.Rested),
		owners:   newOwners(s.Settings.Addresses, s.Colleagues),
		alarm:    newAlarm(s.Now),
	}
	for i := range s.Known {
		j.known[s.Known[i].id()] = &s.Known[i]
	}
	if s.Settings.ColleaguesCount {
		j.elsewhere = elsewhere(s.Elsewhere, s.Now.Add(s.Settings.Horizon).Unix())
	}
	return j
}

// elsewhere returns the meetings on colleagues' calendars that start by horizon as
// things, by prospect and by start.
func elsewhere(meetings []ColleagueMeeting, horizon int64) map[string][]thing {
	byProspect := make(map[string][]thing)
	for _, m := range meetings {
		i := Instance{Event: &Event{UID: m.UID}, span: span{m.Start.Unix(), m.End.Unix()}}
		if i.span.start <= horizon {
			byProspect[m.Prospect] = append(byProspect[m.Prospect], thing{Instance: &i, side: &side{accepted: m.Accepted}})
		}
	}
	for _, things := range byProspect {
		slices.SortFunc(things, func(a, b thing) int { return compareStarts(&a, &b) })
	}
	return byProspect
}

// judge adds what is true of one prospect key to the plan.
func (j *judging) judge(k *keyThings, p *Plan) {
	j.adjust(k)
	v := judge(k.things, j.Now, &j.Settings)
	if len(j.elsewhere) > 0 {
		v = v.orElsewhere(j.elsewhere[k.key], j.Now, &j.Settings)
	}
	j.watch(k, &v)
	switch {
	case v.next != nil:
		p.Covered = append(p.Covered, covered(k, v, j.Snapshot))
	case v.flagged != nil && !j.Incomplete:
		j.flag(k.key, v, p)
	}
}

// adjust marks the things of k that the rep said did not happen, and leaves out
// those on colleagues' calendars that are the rep's own as well.
func (j *judging) adjust(k *keyThings) {
	if len(j.noShows) > 0 {
		for i := range k.things {
			t := &k.things[i]
			t.noShow = j.noShows[t.key().id()]
		}
	}
	if len(j.elsewhere) == 0 {
		return
	}
	j.elsewhere[k.key] = slices.DeleteFunc(j.elsewhere[k.key], func(other thing) bool {
		return slices.ContainsFunc(k.things, func(t thing) bool {
			return t.Event.UID == other.Event.UID && t.span.start == other.span.start
		})
	})
}

// flag adds the flag of v to the plan, unless it is waived.
func (j *judging) flag(prospect string, v finding, p *Plan) {
	f := newFlag(prospect, v)
	if j.waived(&f) {
		return
	}
	if f.Owner = j.owners.of(v.flagged.Event); f.Owner != "" {
		p.Seen = append(p.Seen, f)
		return
	}
	if k, known := j.known[f.key().id()]; known {
		f.Backlog = k.Backlog
	} else {
		f.Backlog = j.Backlog == BacklogFirst && f.Reason != WrappingUp
	}
	p.Flags = append(p.Flags, f)
}

func (s *Snapshot) waived(f *Flag) bool {
	return slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.waives(f.key(), s.Now) })
}

func covered(k *keyThings, v finding, s *Snapshot) Covered {
	c := Covered{Prospect: k.key, NextStep: NextStep{
		Start:       v.next.Start(),
		Accepted:    v.next.side.accepted,
		ByColleague: v.byColleague,
	}}
	if !v.byColleague {
		c.NextStep.UID = v.next.Event.UID
		c.NextStep.BySeries = bySeries(v.next, k.things, s.Now.Unix(), s.Settings.Routine)
	}
	if v.judged != nil {
		uid, start := v.judged.Event.UID, v.judged.Start()
		c.UID, c.Start = &uid, &start
	}
	return c
}

// expired returns the known flags that are no more because their meeting left the
// window.
func (j *judging) expired(p *Plan) []Key {
	if j.Incomplete {
		return nil
	}
	from := j.Now.Add(-j.Settings.Lookback).Unix()
	flags := make(map[keyID]bool)
	for _, f := range slices.Concat(p.Flags, p.Seen) {
		flags[f.key().id()] = true
	}
	var expired []Key
	for _, k := range j.Known {
		_, isCovered := slices.BinarySearchFunc(p.Covered, k.Prospect, func(c Covered, prospect string) int {
			return cmp.Compare(c.Prospect, prospect)
		})
		if k.Start.Unix() < from && !flags[k.id()] && !isCovered {
			expired = append(expired, k.Key)
		}
	}
	return expired
}

// upcoming returns the meetings of keys that have not ended.
func upcoming(keys []keyThings, now int64) []ColleagueMeeting {
	var all []ColleagueMeeting
	for _, k := range keys {
		for i := range k.things {
			if t := &k.things[i]; t.meets() && !t.ended(now) {
				all = append(all, ColleagueMeeting{k.key, t.Event.UID, t.Start(), t.End(), t.side.accepted})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ColleagueMeeting) int { return cmp.Compare(a.Prospect, b.Prospect) })
	return all
}

// firstSeen returns when the flag f was opened: now, unless it is known.
func (j *judging) firstSeen(f *Flag) time.Time {
	if k, known := j.known[f.key().id()]; known && !k.Opened.IsZero() {
		return k.Opened
	}
	return j.Now
}
