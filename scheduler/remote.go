package scheduler

import (
	"errors"
	"fmt"
	"time"
)

// Ref says where an event lives at the calendar's provider. It is zero for events
// read from files.
type Ref struct {
	Calendar string // the calendar's id
	ID       string // the event's id in it; an instance has one of its own
	Link     string // the page that shows it
}

// Tags are what Holdfast writes into an event's private extended properties, so
// that everything it wrote can be found and told from a person's events without its
// database (rules §6).
type Tags struct {
	Install string // hfInstall: this install
	Kind    Kind   // hfKind
	ID      string // hfId: the row it stands for
	Key     string // hfKey: the prospect
	Cadence string // hfCadence
	Step    string // hfStep
	Gen     int    // hfGen: generation, in the event id too
	Hash    string // hfHash: Entry.Hash of what was written
}

// Entry is an event as Holdfast writes it: private, without guests, mailed to
// nobody. Only a review that a prospect booked has guests, and shows as a meeting does.
type Entry struct {
	Calendar    string
	ID          string // EventID of the row and its generation
	Title       string
	Description string
	Start, End  time.Time
	Zone        *time.Location // in which Google shows it
	Busy        bool           // opaque; otherwise it shows as free
	Popup       bool           // remind, PopupBefore before the start
	PopupBefore time.Duration
	Link        string // of the page about it, Google's source
	Tags        Tags   // Hash is set by whoever writes the entry
	// Guests are invited, and told by mail of the event, of its new time and of its
	// end. Only what a guest does on the booking page may write such an entry.
	Guests []Contact
	Meet   bool // with a Google Meet link
	// Tentative: not settled yet, as an offered slot is.
	Tentative bool
}

// RemoteEvent is an event as the provider lists it.
type RemoteEvent struct {
	ID   string
	ETag string
	// Series is the id of the series that this event overrides one instance of;
	// "": it is a series or a single event.
	Series string
	// Deleted: the event is gone. Only ID, Series and Event.RecurrenceID may be
	// known. A cancelled instance of a series that still lives is not Deleted but an
	// override whose Event.Status is Cancelled.
	Deleted bool
	Event   Event
	// Tags and Description are read only from events that Holdfast wrote.
	Tags        Tags
	Description string
}

// RemoteCalendar is a calendar in the rep's list.
type RemoteCalendar struct {
	ID      string
	Name    string
	Zone    string // IANA name
	Primary bool
	// Owned: the rep may write to it and Holdfast may read its events. Of others
	// only free and busy times can be read.
	Owned   bool
	Deleted bool // it left the list
}

// Changes are what happened in a calendar since a sync token was issued, or all of
// it where none was given.
type Changes struct {
	Events []RemoteEvent
	Zone   string // the calendar's
	Token  string // for the next time
	Full   bool   // this is the whole calendar: what is not in Events does not exist
	// BusyOnly: Events are no events but busy times, which say nothing of what is on
	// the calendar.
	BusyOnly bool
	// Warnings tell of events that could not be taken as they stand.
	Warnings []Warning
}

// PushChannel is a push channel at the provider.
type PushChannel struct {
	ID       string // ours, random
	Resource string // the provider's; known once the channel was made
	Calendar string
	Token    string // secret, sent with every push
	Address  string // where pushes go
	Expires  time.Time
}

// Grant is what a rep's consent gave.
type Grant struct {
	Access  string // bearer token
	Refresh string
	Expires time.Time // of Access
	Kept    time.Time // when Access was kept; zero: not known
	Scopes  []string
}

// The kinds of failures a provider's answer can mean. Errors that wrap none of them
// are worth another try with backoff.
var (
	ErrSyncToken   = errors.New("the sync token is not valid any more") // read everything anew
	ErrNotFound    = errors.New("not found")
	ErrGone        = errors.New("deleted already")
	ErrTaken       = errors.New("taken already")       // the event id was used before, also by a deleted event
	ErrChanged     = errors.New("changed meanwhile")   // If-Match did not hold
	ErrSignedOut   = errors.New("consent was revoked") // only the rep can help: reconnect
	ErrScope       = errors.New("consent does not cover this")
	ErrForbidden   = errors.New("not allowed")
	ErrInvalid     = errors.New("invalid")
	ErrHidden      = errors.New("busy times are not shown") // unknown, and never free
	ErrPushRefused = errors.New("push is not possible for this calendar or address")
	// ErrNotPossible is for what a person asked for and the state of things forbids.
	ErrNotPossible = errors.New("not possible")
	// ErrTooOften is an ErrNotPossible: somebody without an account asked for the same
	// many times a day.
	ErrTooOften = fmt.Errorf("%w: this was asked for very often today", ErrNotPossible)
	// ErrUnavailable is for what cannot be done while the provider cannot be asked.
	ErrUnavailable = errors.New("not available now")
)

// SlowDownError says that the provider wants fewer calls.
type SlowDownError struct {
	// After is how long to wait: what the provider asked for, else a backoff.
	After time.Duration
	// Writes: only writing is refused, for hours (Google's quotaExceeded).
	Writes bool
	// Project: every rep is meant, not only this one.
	Project bool
	Err     error
}

func (e *SlowDownError) Error() string {
	return fmt.Sprintf("slow down for %s: %v", e.After, e.Err)
}

// Unwrap returns the provider's own error.
func (e *SlowDownError) Unwrap() error { return e.Err }
