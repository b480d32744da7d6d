package scheduler

import "time"

// Snapshot is everything known about one rep at one moment.
type Snapshot struct {
	Now      time.Time
	Settings Settings
	// Events are the masters, overrides and single events of every calendar that
	// counts. All of them block time.
	Events []Event
	// Incomplete is set when a calendar was not read to its end: what is missing
	// may be the next step, so nothing is flagged, and what exists stays as it is.
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
	// Proposals are those that are not settled: withdrawn ones that still have offers,
	// and sent ones whose review is to come, are among them.
	Proposals []Proposal
}

// KnownFlag is a flag that is open already.
type KnownFlag struct {
	Key
	// Start is the meeting's, as it was last seen.
	Start time.Time
	// Opened is when it was flagged: from then on a meeting that was cancelled ahead
	// of its time waits to be rebooked.
	Opened time.Time
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

// service reports whether s is a rep's of the service, not a calendar file's.
func (s *Snapshot) service() bool { return s.Backlog != "" }
