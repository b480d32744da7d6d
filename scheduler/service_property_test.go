package scheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

const colleague = "kim@northwind.example"

// anyService draws the snapshot of a rep some time after they connected: their
// calendar, what earlier plans left, and what they said and did to it.
func anyService(t *rapid.T) Snapshot {
	s := anyCalendar(t)
	s.Backlog = BacklogFirst
	s.Now = s.Now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 400, 999}).Draw(t, "milliseconds")) * time.Millisecond)
	s.Settings.Horizon = time.Duration(rapid.SampledFrom([]int{20, 120}).Draw(t, "horizon")) * 24 * time.Hour
	s.Settings.Lookback = time.Duration(rapid.SampledFrom([]int{12, 30}).Draw(t, "lookback")) * 24 * time.Hour
	s.Settings.ShowAs = rapid.SampledFrom([]ShowAs{ShowFreeThenBusy, ShowFree, ShowBusy}).Draw(t, "show")
	for i := range s.Events {
		anyOrigin(t, &s.Events[i], s.Now)
	}
	if rapid.IntRange(0, 2).Draw(t, "fully booked") == 0 {
		s.Events = append(s.Events, anyLongBusyTime(t, s.Now))
	}
	if rapid.Bool().Draw(t, "colleague") {
		s.Colleagues = [][]string{{colleague}}
		for i := range rapid.IntRange(0, 5).Draw(t, "elsewhere") {
			start := s.Now.Truncate(time.Minute).Add(time.Duration(rapid.IntRange(-60, 30*24*60).Draw(t, "in")) * time.Minute)
			s.Elsewhere = append(s.Elsewhere, ColleagueMeeting{fmt.Sprintf("p%d.com", rapid.IntRange(0, 8).Draw(t, "prospect")), fmt.Sprint("e", i), start, start.Add(40 * time.Minute), false})
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "proposals") {
		s.Proposals = append(s.Proposals, anyProposal(t, fmt.Sprint("p", i), s.Now))
		s.Events = append(s.Events, anyEventThatTells(t, i, s.Now))
	}
	if rapid.IntRange(0, 3).Draw(t, "not before") == 0 {
		later := s.Now.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "not for")) * time.Hour)
		s.Preferences = map[string]Preferences{"a@p1.com": {NotBefore: later}, "a@p2.com": {Zone: mustZone("Asia/Kolkata"), Region: "it"}}
	}
	for range rapid.IntRange(0, 3).Draw(t, "rounds") {
		s = lived(t, s, Decide(s))
		s = anyDeed(t, s)
		s.Now = s.Now.Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(t, "minutes")) * time.Minute)
	}
	s.Incomplete = rapid.IntRange(0, 9).Draw(t, "incomplete") == 0
	return s
}

// anyOrigin says who made e and when.
func anyOrigin(t *rapid.T, e *Event, now time.Time) {
	if e.Organizer == nil {
		return
	}
	e.Organizer = &Attendee{Address: rapid.SampledFrom([]string{testRep, testRep, colleague, "a@p1.com"}).Draw(t, "organizer")}
	days := rapid.IntRange(-20, 20).Draw(t, "made")
	e.Created, e.LastModified = now.Add(time.Duration(days)*24*time.Hour), now.Add(time.Duration(days+1)*24*time.Hour)
	e.GuestsHidden = rapid.IntRange(0, 15).Draw(t, "hidden") == 0
}

// anyLongBusyTime draws busy weeks, in which steps find no place.
func anyLongBusyTime(t *rapid.T, now time.Time) Event {
	start := now.Add(time.Duration(rapid.IntRange(-5*24, 5*24).Draw(t, "booked from")) * time.Hour)
	e := busyEvent("booked", "2026-11-16 00:00", "2026-11-17 00:00")
	e.Start.Wall, e.End.Wall = start, start.Add(time.Duration(rapid.IntRange(20, 75).Draw(t, "booked days"))*24*time.Hour)
	return e
}

// lived returns s after its plan was carried out: everything is known and, where
// writing worked, on the calendar.
func lived(t *rapid.T, s Snapshot, p Plan) Snapshot {
	writes := rapid.IntRange(0, 3).Draw(t, "writes") > 0
	next := s
	if s.Backlog == BacklogFirst {
		next.Backlog = BacklogPending
	}
	opened := map[keyID]time.Time{}
	for _, k := range s.Known {
		opened[k.id()] = k.Opened
	}
	next.Known, next.Holds, next.Reminders = nil, nil, nil
	for _, f := range p.Flags {
		k := KnownFlag{Key: f.key(), Start: f.Start, Opened: s.Now, Backlog: f.Backlog}
		if at, known := opened[k.id()]; known {
			k.Opened = at
		}
		next.Known = append(next.Known, k)
	}
	next.Holds = livedHolds(s, p, writes)
	next.Reminders = livedReminders(s, p, writes)
	next.Proposals = livedProposals(s, p, writes)
	return next
}

func livedHolds(s Snapshot, p Plan, writes bool) []Hold {
	var holds []Hold
	rows := map[string]bool{}
	for _, h := range slices.Concat(p.Keep, allHolds(p), p.Release) {
		if h.Row == "" {
			h.Row = fmt.Sprintf("%s|%s|%s|%s|%d", h.Prospect, h.Meeting.UID, h.Cadence, h.Step, h.key().id().meeting.original)
		}
		if writes && h.State == Planned && h.OnCalendar {
			h.State = Written
		}
		rows[h.Row] = true
		holds = append(holds, h)
	}
	for _, h := range s.Holds {
		if !rows[h.Row] {
			holds = append(holds, h)
		}
	}
	return holds
}

func livedReminders(s Snapshot, p Plan, writes bool) []Reminder {
	var reminders []Reminder
	rows := map[string]bool{}
	for _, r := range slices.Concat(p.Reminders, p.ReleaseReminders) {
		if r.Row == "" {
			r.Row = fmt.Sprintf("%s|%d", r.Meeting.UID, r.Meeting.id().original)
		}
		if writes && r.State == Planned {
			r.State = Written
		}
		rows[r.Row] = true
		reminders = append(reminders, r)
	}
	for _, r := range s.Reminders {
		if !rows[r.Row] {
			reminders = append(reminders, r)
		}
	}
	return reminders
}

// anyDeed lets the rep, or somebody in their calendar, do some things.
func anyDeed(t *rapid.T, s Snapshot) Snapshot {
	for i := range s.Holds {
		anyTouch(t, &s.Holds[i])
	}
	for i := range s.Reminders {
		if r := &s.Reminders[i]; !r.touched() && rapid.IntRange(0, 9).Draw(t, "reminder") == 0 {
			r.State = rapid.SampledFrom([]HoldState{Moved, Skipped}).Draw(t, "touch")
		}
	}
	for _, k := range s.Known {
		switch rapid.IntRange(0, 12).Draw(t, "word") {
		case 0:
			s.Rested = append(slices.Clone(s.Rested), k.Key)
		case 1:
			s.NoShows = append(slices.Clone(s.NoShows), k.Key)
		case 2:
			resume := s.Now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "resume")) * time.Minute)
			s.Waivers = append(slices.Clone(s.Waivers), Waiver{Prospect: k.Prospect, Meeting: k.Meeting, Reason: Lost, ResumeOn: resume})
		}
	}
	if s.Backlog == BacklogPending {
		s.Backlog = rapid.SampledFrom([]Backlog{BacklogPending, BacklogAccepted, BacklogDismissed}).Draw(t, "backlog")
	}
	s.Events = slices.Clone(s.Events)
	for i := range rapid.IntRange(0, 4).Draw(t, "more") {
		s.Events = append(s.Events, anyEvent(t, 1000*len(s.Events)+i, s.Now))
	}
	anyWord(t, &s)
	return s
}

func anyTouch(t *rapid.T, h *Hold) {
	if h.State != Written {
		return
	}
	switch rapid.IntRange(0, 14).Draw(t, "touch") {
	case 0:
		shift := time.Duration(rapid.IntRange(-96, 96).Draw(t, "by")) * 15 * time.Minute
		h.State, h.Start, h.End = Moved, h.Start.Add(shift), h.End.Add(shift)
	case 1:
		h.Edited = true
	case 2:
		h.State = Skipped
	case 3:
		h.State = Done
	}
}

// sameFlags compares flags by all but what is reckoned from now: bookable times,
// the wording of why a step fits nowhere and, of a flag that is waiting, new holds.
var sameFlags = []cmp.Option{
	cmpopts.IgnoreFields(Flag{}, "Holds"),
	cmpopts.IgnoreFields(Unplaced{}, "Reason"),
	cmpopts.EquateEmpty(),
}

// changes says how the plan p of s, with which nothing should change, differs from s
// and from the flags before.
func changes(s Snapshot, p, before Plan) string {
	diff := cmp.Diff(before.Flags, p.Flags, sameFlags...) + cmp.Diff(before.Seen, p.Seen, sameFlags...)
	diff += cmp.Diff(nextSteps(before), nextSteps(p)) + cmp.Diff(before.Upcoming, p.Upcoming)
	diff += cmp.Diff([]Hold(nil), allHolds(p)) + cmp.Diff([]Hold(nil), p.Release) + cmp.Diff([]Reminder(nil), p.ReleaseReminders)
	live := slices.DeleteFunc(slices.Clone(s.Holds), func(h Hold) bool { return !h.State.occupies() })
	slices.SortFunc(live, compareHolds)
	diff += cmp.Diff(live, p.Keep, cmpopts.EquateEmpty())
	diff += proposalChanges(s, p, before)
	byRow := cmpopts.SortSlices(func(a, b Reminder) bool { return a.Row < b.Row })
	reminders := slices.DeleteFunc(slices.Clone(s.Reminders), func(r Reminder) bool { return !r.State.occupies() })
	return diff + cmp.Diff(reminders, p.Reminders, byRow, cmpopts.EquateEmpty())
}

func nextSteps(p Plan) map[string]NextStep {
	steps := map[string]NextStep{}
	for _, c := range p.Covered {
		steps[c.Prospect] = c.NextStep
	}
	return steps
}

func TestAPlanThatWasCarriedOutPlansNothingNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyOf(anyService, anyProposing).Draw(t, "snapshot")
		first := Decide(s)
		s = lived(t, s, first)
		if diff := changes(s, Decide(s), first); diff != "" {
			t.Fatalf("deciding again at %v changes:\n%s", s.Now, diff)
		}
	})
}

func TestNothingChangesBeforeWakeAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyOf(anyService, anyProposing).Draw(t, "snapshot")
		first := Decide(s)
		s = lived(t, s, first)
		sleep := int(first.WakeAt.Sub(s.Now) / time.Second)
		if sleep < 1 || first.WakeAt.Sub(s.Now) > 24*time.Hour {
			t.Fatalf("it is %v, and the plan wakes at %v", s.Now, first.WakeAt)
		}
		back := rapid.OneOf(rapid.Just(1), rapid.IntRange(1, sleep)).Draw(t, "seconds before waking")
		was := s.Now
		if s.Now = first.WakeAt.Add(-time.Duration(back) * time.Second); s.Now.Before(was) {
			s.Now = was
		}
		if diff := changes(s, Decide(s), first); diff != "" {
			t.Fatalf("decided at %v, to wake at %v; at %v this has changed:\n%s", was, first.WakeAt, s.Now, diff)
		}
	})
}
