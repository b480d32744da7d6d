package scheduler

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// HoldState says what has become of a hold.
type HoldState string

// The states of a hold.
const (
	Planned  HoldState = "planned"  // not yet on the calendar
	Written  HoldState = "written"  // on the calendar, as Holdfast put it there
	Moved    HoldState = "moved"    // the rep moved it: locked
	Done     HoldState = "done"     // the touch was made
	Skipped  HoldState = "skipped"  // the rep deleted or skipped it, for good
	Released HoldState = "released" // a next step or a reply made it needless
)

// occupies reports whether a hold in this state takes its time on the calendar.
func (s HoldState) occupies() bool { return s == Planned || s == Written || s == Moved }

// touched reports whether the rep acted on a hold in this state: it is theirs now.
func (s HoldState) touched() bool { return s != Planned && s != Written }

// Hold is time set aside for one touch: a step of a cadence, for one contact.
type Hold struct {
	Step      string    `json:"step"`
	Cadence   string    `json:"cadence"`
	Channel   Channel   `json:"channel"`
	Title     string    `json:"title"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	NotBefore time.Time `json:"not_before"` // start of working hours on the window's first day
	DueBy     time.Time `json:"due_by"`     // end of working hours on its last
	Late      bool      `json:"late"`       // found no place before DueBy
	CatchUp   bool      `json:"catch_up"`   // stands for all overdue steps of its prospect
	Notes     []string  `json:"notes"`      // what gave way, in words

	Description string     `json:"-"`
	Prospect    string     `json:"-"`
	Meeting     MeetingRef `json:"-"`
	State       HoldState  `json:"-"`

	// Row is the hold's id in the store; "": it is new.
	Row string `json:"-"`
	// Contact is who the hold is for.
	Contact Contact `json:"-"`
	// Edited: the rep changed its title, its text or how it shows: it is theirs now.
	Edited bool `json:"-"`
	// OnCalendar: it should be written. Not so while its meeting is wrapping up, or
	// waits in a backlog that the rep has not accepted.
	OnCalendar bool `json:"-"`
	// Busy: it should show as busy.
	Busy bool `json:"-"`
}

// touched reports whether the rep acted on h: it is theirs now.
func (h *Hold) touched() bool { return h.Edited || h.State.touched() }

func (h *Hold) key() Key { return Key{h.Prospect, h.Meeting} }

func compareHolds(a, b Hold) int {
	return cmp.Or(
		a.Start.Compare(b.Start), cmp.Compare(a.Prospect, b.Prospect), cmp.Compare(a.Meeting.UID, b.Meeting.UID),
		cmp.Compare(a.Cadence, b.Cadence), cmp.Compare(a.Step, b.Step), cmp.Compare(a.Row, b.Row),
	)
}

// ID names h among everything Holdfast writes for the rep with the given main
// address: the same hold always has the same ID.
func (h *Hold) ID(rep string) string {
	original := ""
	if h.Meeting.RecurrenceID != nil {
		original = h.Meeting.RecurrenceID.Time.Format(time.RFC3339)
	}
	return shortDigest(rep, h.Prospect, h.Meeting.UID, original, h.Cadence, h.Step)
}

// shortDigest returns a short name for parts, in the characters that Google allows in
// event ids.
func shortDigest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "hf" + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

// isShortDigest reports whether text has the form of what shortDigest gives.
func isShortDigest(text string) bool {
	digest, ours := strings.CutPrefix(text, "hf")
	return ours && len(digest) == 32 && strings.Trim(digest, "0123456789abcdefghijklmnopqrstuv") == ""
}

// MeetingRef names one instance of an event.
type MeetingRef struct {
	UID          string
	RecurrenceID *RecurrenceID // nil: the event does not recur
}

func (r MeetingRef) equal(s MeetingRef) bool {
	return r.UID == s.UID && r.RecurrenceID.equal(s.RecurrenceID)
}

// Unplaced is a step that fits nowhere, with the reason.
type Unplaced struct {
	Step    string `json:"step"`
	Cadence string `json:"cadence"`
	Reason  string `json:"reason"`
}

// Face returns the channel and the title of the hold that u would be, for a flag of
// the given reason; found is false where the rep's cadence has no such step any more.
func (u Unplaced) Face(s Settings, reason Reason, contact Contact, prospect string) (channel Channel, title string, found bool) {
	cadence := s.Cadences[reason]
	i := slices.IndexFunc(cadence.Steps, func(step Step) bool { return step.Name == u.Step })
	if i < 0 || cadence.Name != u.Cadence {
		return "", "", false
	}
	channel = new(Preferences).channel(cadence.Steps[i].Channel)
	return channel, holdTitle(channel, contact, prospect, cadence, i), true
}

// holdTitle says who, on which channel and which step:
// "Call Ana Ruiz (acme.com) · second contact 2/3".
func holdTitle(channel Channel, contact Contact, prospect string, c Cadence, step int) string {
	name := strings.ReplaceAll(c.Steps[step].Name, "-", " ")
	return fmt.Sprintf("%s %s · %s %d/%d", channel.verb(), contact.at(prospect), name, step+1, len(c.Steps))
}

// at names c with their prospect: "Ana Ruiz (acme.com)". The prospect in brackets is
// left out where the name, or the address in its place, already says it.
func (c Contact) at(prospect string) string {
	who := c.Name
	if who == "" {
		who = c.Address
	}
	if !strings.Contains(strings.ToLower(who), prospect) {
		who += " (" + prospect + ")"
	}
	return who
}

// holdDescription says why the hold is there, the meeting it follows, what it is
// for and a line to open with.
func holdDescription(f *Flag, step Step, zone *time.Location) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", f.Reason.because())
	fmt.Fprintf(&b, "Meeting: %s, %s\n", f.Summary, f.Start.In(zone).Format("Mon 2 Jan 2006 15:04"))
	if f.Ref.Link != "" {
		fmt.Fprintf(&b, "Link: %s\n", f.Ref.Link)
	}
	fmt.Fprintf(&b, "Purpose: %s\n", step.Purpose)
	fmt.Fprintf(&b, "Opening: %s\n", strings.ReplaceAll(step.Opening, "%s", f.Summary))
	return b.String()
}

// because says r in words, as the cause of a hold.
func (r Reason) because() string {
	switch r {
	case WrappingUp:
		return "The meeting is about to end without a next step."
	case NotRebooked:
		return "The meeting did not take place and has not been rebooked."
	}
	return "The meeting ended without a next step."
}
