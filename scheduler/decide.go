package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Snapshot is everything known about one rep at one moment.
type Snapshot struct {
	Now      time.Time
	Settings Settings
	// Events are the masters, overrides and single events of every calendar that
	// counts. All of them block time.
	Events []Event
	// Incomplete is set when a calendar was not read to its end: what is missing
	// may be the next step, so nothing is flagged.
	Incomplete bool
	// Preferences are the contacts' wishes, by address.
	Preferences map[string]Preferences
	// Holds are those that exist already, in every state.
	Holds []Hold
	// Waivers are the rep's: a waived meeting is not flagged again.
	Waivers []Waiver

	// What follows is known to the service alone; for files it is zero.

	// Known are the flags that are open.
	Known []KnownFlag
	// NoShows are meetings of which the rep said that they did not happen.
	NoShows []Key
	// Rested are those whose cadence was ended, by a reply or by the rep, and those
	// of a backlog that the rep let be: they get no more holds.
	Rested []Key
	// Reminders are the wrap-up reminders that exist already, in every state.
	Reminders []Reminder
	// Backlog says how far the rep is with what the first sync found.
	Backlog Backlog
	// Colleagues are the addresses of the other reps of this company, each with
	// their main address first, who are connected.
	Colleagues [][]string
	// Elsewhere are meetings on colleagues' calendars: a next step may be there.
	Elsewhere []ColleagueMeeting
}

// Key names what a flag is about: one meeting, and one prospect of it.
type Key struct {
	Prospect string
	Meeting  MeetingRef
}

// KnownFlag is a flag that is open already.
type KnownFlag struct {
	Key
	// Backlog: the first sync found it, and the rep has not said yet that its holds
	// may be placed.
	Backlog bool
}

// Backlog is how far a rep is with what the first sync found: nothing is written
// for it before they said so.
type Backlog string

// The states of a backlog. The zero value is a calendar file, which has none.
const (
	BacklogFirst     Backlog = "first"     // this is the first look at the calendar: every flag of a meeting that has ended is backlog
	BacklogPending   Backlog = "pending"   // shown to the rep, not answered
	BacklogAccepted  Backlog = "accepted"  // its holds are placed
	BacklogDismissed Backlog = "dismissed" // it was let be
)

// Answered reports whether the rep has said what to do with the backlog. Reminders
// are written from then on.
func (b Backlog) Answered() bool { return b == BacklogAccepted || b == BacklogDismissed }

// ColleagueMeeting is a meeting to come, or in progress, on the calendar of a colleague.
type ColleagueMeeting struct {
	Prospect   string
	UID        string
	Start, End time.Time
	Accepted   bool // by at least one of the prospect's people
}

// Plan is what should be true, given a Snapshot.
type Plan struct {
	Counts  Counts
	Flags   []Flag    // at most one for each prospect; by start, then prospect
	Covered []Covered // by prospect
	Unknown []Unknown
	Release []Hold // untouched holds whose flag is no more
	// Warnings are about series that could not be expanded.
	Warnings []Warning

	// What follows is of use to the service alone.

	// Keep are the holds of Snapshot.Holds that stay, as they should be from now on:
	// an untouched one whose place was taken has a new one, and OnCalendar and
	// Busy say how it should show. Those that are settled (done, skipped, released)
	// are not in it.
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
func Decide(s Snapshot) Plan {
	settings := s.Settings
	from := s.Now.Add(-settings.Lookback)
	to := s.Now.Add(max(settings.Horizon, busyAhead))
	instances, warnings := Expand(s.Events, settings.Zone, from.Add(-24*time.Hour), to.Add(time.Second))

	p := Plan{Warnings: warnings, Flags: []Flag{}, Covered: []Covered{}, Unknown: []Unknown{}}
	c := newCalendarView(settings, instances)
	keys := c.things(span{from.Unix(), s.Now.Add(settings.Horizon).Unix()})
	p.Unknown = append(p.Unknown, c.unknown...)
	p.Counts = Counts{Events: len(s.Events), Meetings: c.meetings, Prospects: len(keys)}
	for _, k := range keys {
		p.judge(k, s)
	}
	p.sort()
	p.Counts.Covered, p.Counts.Flagged = len(p.Covered), len(p.Flags)
	newPlanner(s, c).plan(&p)
	return p
}

// judge adds what is true of one prospect key to the plan.
func (p *Plan) judge(k keyThings, s Snapshot) {
	v := judge(k.things, s.Now, &s.Settings)
	switch {
	case v.next != nil:
		p.Covered = append(p.Covered, covered(k, v, s))
	case v.flagged != nil && !s.Incomplete:
		if f := flag(k.key, v); !s.waived(&f) {
			p.Flags = append(p.Flags, f)
		}
	}
}

func (s *Snapshot) waived(f *Flag) bool {
	return slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.waives(f, s.Now) })
}

func covered(k keyThings, v finding, s Snapshot) Covered {
	c := Covered{Prospect: k.key, NextStep: NextStep{
		UID:      v.next.Event.UID,
		Start:    v.next.Start(),
		Accepted: v.next.side.accepted,
		BySeries: bySeries(v.next, k.things, s.Now.Unix(), s.Settings.Routine),
	}}
	if v.judged != nil {
		uid, start := v.judged.Event.UID, v.judged.Start()
		c.UID, c.Start = &uid, &start
	}
	return c
}

func flag(key string, v finding) Flag {
	t := v.flagged
	return Flag{
		Prospect:     key,
		Reason:       v.reason,
		UID:          t.Event.UID,
		RecurrenceID: t.RecurrenceID(),
		Summary:      t.Event.Summary,
		Start:        t.Start(),
		End:          t.End(),
		Contact:      t.side.contact,
		Holds:        []Hold{},
		Unplaced:     []Unplaced{},
	}
}

func (p *Plan) sort() {
	slices.SortFunc(p.Flags, func(a, b Flag) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Prospect, b.Prospect))
	})
	slices.SortFunc(p.Covered, func(a, b Covered) int { return cmp.Compare(a.Prospect, b.Prospect) })
}
