package scheduler

import "time"

// Reminder is a wrap-up reminder: a private, free event over the last minutes of a
// coming meeting that has no next step, so that one is agreed before the meeting
// ends (practice next-step).
type Reminder struct {
	Row         string // its id in the store; "": it is new
	Meeting     MeetingRef
	Prospects   []string // those of the meeting without a next step
	Title       string
	Description string
	Times       []time.Time // bookable times that Description names
	Start, End  time.Time
	State       HoldState
	Edited      bool // the rep changed it: it is theirs now
}
