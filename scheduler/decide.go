package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Plan is what should be true, given a Snapshot.
type Plan struct {
	Counts  Counts
	Flags   []Flag    // at most one for each prospect, none where Incomplete; by start, then prospect
	Covered []Covered // by prospect
	Unknown []Unknown
	// Release are untouched holds that are needed no more: their flag is gone, or a
	// catch-up stands for them.
	Release []Hold
	// Warnings are about series that could not be expanded.
	Warnings []Warning

	// What follows is of use to the service alone.

	// Keep are the holds of Snapshot.Holds that stay, as they should be from now on:
	// an untouched one whose place was taken has a new one, and OnCalendar and
	// Busy say how it should show. Those that are settled (done, skipped, released)
	// are not in it. By start.
	Keep []Hold
	// Reminders are the wrap-up reminders that should exist: those of
	// Snapshot.Reminders that stay, and new ones.
	Reminders []Reminder
	// ReleaseReminders are untouched reminders that are needed no more.
	ReleaseReminders []Reminder
	// Upcoming are the meetings to come or in progress, by prospect, for colleagues.
	Upcoming []ColleagueMeeting
	// Seen are flags of meetings that a colleague owns: shown, without holds.
	Seen []Flag
	// Expired are the keys of Snapshot.Known whose meeting has left the window.
	Expired []Key
	// Proposals are those of Snapshot.Proposals as they should be: their states, what
	// became of their offers, and new offers, whose Row is "".
	Proposals []Proposal
	// Drafts are proposals that events on the calendar tell of and that are not among
	// Snapshot.Proposals: the rep is asked about them.
	Drafts []Proposal
	// Contacts are the prospects' people whom the calendar tells of, by address.
	Contacts []KnownContact
	// WakeAt is when to look again though nothing happened. It is never zero for
	// a snapshot of the service, and after Now.
	WakeAt time.Time
}

// Counts sum up a Plan.
type Counts struct {
	Events    int `json:"events"`    // events read
	Meetings  int `json:"meetings"`  // meeting instances that start in the window
	Prospects int `json:"prospects"` // keys with a meeting, or one that did not take place
	Covered   int `json:"covered"`
	Flagged   int `json:"flagged"`
}

// NextStepRate is the share of judged prospects that have a next step; ok is false
// where there is none to judge (practice every-junction).
func (c Counts) NextStepRate() (rate float64, ok bool) {
	total := c.Covered + c.Flagged
	if total == 0 {
		return 0, false
	}
	return float64(c.Covered) / float64(total), true
}

// busyAhead is how far ahead of now busy times are known to the placement: the
// longest cadence, its late days and some weeks of holidays.
const busyAhead = 150 * 24 * time.Hour

// Decide says which meetings have no next step and where their follow-up holds
// go. It is deterministic: equal snapshots give equal plans, in the same order.
//
// A plan fed back is at rest: with its holds, reminders and proposals as those that
// exist and its flags as those known, nothing more is planned at the same moment, nor at any
// later one before WakeAt.
func Decide(s Snapshot) Plan {
	c, warnings := s.view()
	p := Plan{Warnings: warnings, Flags: []Flag{}, Covered: []Covered{}, Unknown: []Unknown{}}
	keys := c.things(span{s.Now.Add(-s.Settings.Lookback).Unix(), s.Now.Add(s.Settings.Horizon).Unix()})
	p.Unknown = append(p.Unknown, c.unknown...)
	p.Counts = Counts{Events: len(s.Events), Meetings: c.meetings, Prospects: len(keys)}
	j := newJudging(&s)
	for i := range keys {
		j.judge(&keys[i], &p)
	}
	p.sort()
	p.Counts.Covered, p.Counts.Flagged = len(p.Covered), len(p.Flags)
	planner := newPlanner(j, c)
	planner.settle()
	planner.plan(&p)
	planner.propose(&p)
	if s.service() {
		p.Contacts = planner.contacts()
		p.Drafts = planner.drafts(p.Contacts)
		p.Upcoming = upcoming(keys, s.Now.Unix())
		p.Expired = j.expired(&p)
		planner.remind(&p, keys)
		p.WakeAt = planner.wakeAt(&p, c)
	}
	return p
}

// view returns the calendar of s, as far back and ahead as decisions need it.
func (s *Snapshot) view() (*calendarView, []Warning) {
	from, to := s.Now.Add(-s.Settings.Lookback-24*time.Hour), s.Now.Add(s.ahead()+time.Second)
	instances, warnings := Expand(s.Events, s.Settings.Zone, from, to)
	return newCalendarView(s.Settings, instances), warnings
}

// ahead is how far ahead of now the calendar is looked at.
func (s *Snapshot) ahead() time.Duration {
	if s.service() { // what enters the horizon before the next look is known now
		return max(s.Settings.Horizon+longestSleep, busyAhead)
	}
	return max(s.Settings.Horizon, busyAhead)
}

func (p *Plan) sort() {
	byStart := func(a, b Flag) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Prospect, b.Prospect))
	}
	slices.SortFunc(p.Flags, byStart)
	slices.SortFunc(p.Seen, byStart)
	slices.SortFunc(p.Covered, func(a, b Covered) int { return cmp.Compare(a.Prospect, b.Prospect) })
}
