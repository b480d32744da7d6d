package scheduler

import "time"

// Reason says why a meeting is flagged.
type Reason string

// The reasons of the rule next-step.
const (
	NoNextStep  Reason = "no_next_step" // it ended, and nothing follows
	WrappingUp  Reason = "wrapping_up"  // it is about to end, and nothing follows
	NotRebooked Reason = "not_rebooked" // it was cancelled or declined, and nothing replaces it
)

// Flag is a meeting that has no next step with one prospect. There is at most one
// for each prospect key.
type Flag struct {
	Prospect     string        `json:"prospect"`
	Reason       Reason        `json:"reason"`
	UID          string        `json:"uid"`
	RecurrenceID *RecurrenceID `json:"recurrence_id"` // nil: the event does not recur
	Summary      string        `json:"summary"`
	Start        time.Time     `json:"start"`
	End          time.Time     `json:"end"`
	Contact      Contact       `json:"contact"`
	Holds        []Hold        `json:"holds"`
	Unplaced     []Unplaced    `json:"unplaced"`

	// Ref is where the meeting lives at its provider; zero for files.
	Ref Ref `json:"-"`
	// Backlog: it is part of what the first sync found, and waits for the rep's word.
	Backlog bool `json:"-"`
	// Owner is the address of the colleague whose meeting this is; "": the rep's own.
	Owner string `json:"-"`
	// Times are bookable times to say aloud.
	Times []time.Time `json:"-"`
}

func newFlag(prospect string, v finding) Flag {
	t := v.flagged
	return Flag{
		Prospect:     prospect,
		Reason:       v.reason,
		UID:          t.Event.UID,
		RecurrenceID: t.RecurrenceID(),
		Summary:      t.Event.Summary,
		Start:        t.Start(),
		End:          t.End(),
		Contact:      t.side.contact,
		Holds:        []Hold{},
		Unplaced:     []Unplaced{},
		Ref:          t.ref(),
	}
}

func (f *Flag) key() Key { return Key{f.Prospect, MeetingRef{f.UID, f.RecurrenceID}} }

// Covered is a prospect whose last meeting has a next step.
type Covered struct {
	Prospect string `json:"prospect"`
	// UID and Start are the judged meeting's; nil where only the next step is known.
	UID      *string    `json:"uid"`
	Start    *time.Time `json:"start"`
	NextStep NextStep   `json:"next_step"`
}

// NextStep is the meeting that covers a prospect.
type NextStep struct {
	UID      string    `json:"uid"`
	Start    time.Time `json:"start"`
	Accepted bool      `json:"accepted"` // by at least one of the prospect's people
	// BySeries marks the instance of a series that goes on for more than three
	// instances: a routine more than a step agreed on.
	BySeries bool `json:"-"`
	// ByColleague marks a meeting on a colleague's calendar.
	ByColleague bool `json:"-"`
}

// Unknown is a meeting whose guest list is hidden or cut short: it is never
// flagged.
type Unknown struct {
	UID string `json:"uid"`
	Why string `json:"why"`
}
