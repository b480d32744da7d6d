package scheduler

import "time"

// Channel is how a touch reaches the contact.
type Channel string

// The channels of the practice ask-how. Preferred stands for whatever the contact
// prefers, a call by default.
const (
	Call      Channel = "call"
	Email     Channel = "email"
	Video     Channel = "video"
	Text      Channel = "text"
	LinkedIn  Channel = "linkedin"
	Post      Channel = "post"
	Preferred Channel = ""
)

// verb is how a hold's title names the channel.
func (c Channel) verb() string {
	switch c {
	case Email:
		return "Email"
	case Video:
		return "Video call"
	case Text:
		return "Text"
	case LinkedIn:
		return "LinkedIn message to"
	case Post:
		return "Letter to"
	}
	return "Call"
}

// Cadence is a sequence of touches that a flagged meeting starts. It is data:
// a new cadence needs no code.
type Cadence struct {
	Name  string
	Steps []Step
}

// Step is one touch of a cadence and the days it may fall on.
type Step struct {
	Name     string // "second-contact"; titles show it with spaces
	Channel  Channel
	Duration time.Duration
	Window   Window
	Purpose  string // what the touch is for
	Opening  string // a line to open with; %s is the meeting's title
}

// Window says on which business days a step belongs, counted from business day 0.
// Either First and Last are set, or WithinDays and LastDays.
type Window struct {
	// First and Last are business days after business day 0, both included.
	First, Last int
	// WithinDays ends the window with the last business day on or before this
	// many calendar days after business day 0; it opens LastDays-1 business days
	// before that.
	WithinDays, LastDays int
}

// dates returns the first and the last day of w, counted from business day 0.
func (w Window) dates(day0 Date, days *BusinessDays) (first, last Date) {
	if w.WithinDays > 0 {
		last = days.OnOrBefore(day0 + Date(w.WithinDays))
		return days.Add(last, -(w.LastDays - 1)), last
	}
	return days.Add(day0, w.First), days.Add(day0, w.Last)
}

const touchDuration = 15 * time.Minute

// AfterMeeting is the cadence that follows a meeting without a next step.
func AfterMeeting() Cadence {
	return Cadence{"after-meeting", []Step{
		{
			Name: "thank-you", Channel: Email, Duration: touchDuration, Window: Window{First: 1, Last: 1},
			Purpose: "Thank them, add something of value, propose the next meeting.",
			Opening: "Thank you for your time in “%s”. Here is what I promised, and two times for our next step.",
		},
		secondContact(), thirdContact(),
	}}
}

// Rebook is the cadence for a meeting that was cancelled, declined or did not happen.
func Rebook() Cadence {
	return Cadence{"rebook", []Step{
		{
			Name: "new-time", Channel: Preferred, Duration: touchDuration, Window: Window{First: 1, Last: 1},
			Purpose: "Find a new time for the meeting that did not take place.",
			Opening: "We could not meet for “%s”. Which of these two times suits you instead?",
		},
		secondContact(), thirdContact(),
	}}
}

func secondContact() Step {
	return Step{
		Name: "second-contact", Channel: Preferred, Duration: touchDuration, Window: Window{First: 3, Last: 4},
		Purpose: "Agree on the next meeting.",
		Opening: "I am following up on “%s”: what would be a good next step for you?",
	}
}

func thirdContact() Step {
	return Step{
		Name: "third-contact", Channel: Preferred, Duration: touchDuration, Window: Window{WithinDays: 30, LastDays: 5},
		Purpose: "Agree on the next meeting, or on leaving it for now.",
		Opening: "It has been a few weeks since “%s”. Is this still of interest to you?",
	}
}
