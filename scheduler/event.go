package scheduler

import "time"

// Status is the STATUS of an event (RFC 5545 §3.8.1.11).
type Status uint8

// The statuses of an event. The zero value is an event that says nothing.
const (
	Confirmed Status = iota
	Tentative
	Cancelled
)

// String returns s as the APIs spell it.
func (s Status) String() string {
	return [...]string{"confirmed", "tentative", "cancelled"}[s]
}

// Response is an attendee's answer to an invitation (RFC 5545 §3.2.12, PARTSTAT).
type Response uint8

// The answers of an attendee. The zero value is no answer yet.
const (
	NeedsAction Response = iota
	Accepted
	TentativelyAccepted
	Declined
)

// String returns r as the APIs spell it.
func (r Response) String() string {
	return [...]string{"needs_action", "accepted", "tentative", "declined"}[r]
}

// Attendee is somebody, or something, invited to an event.
type Attendee struct {
	// Address is as ParseAddress gives it: lower case, no mailto:, no +tag.
	// It is empty for a value that is no mail address.
	Address  string
	Name     string
	Response Response
	// NotAPerson is set for rooms, resources and groups (CUTYPE, Google's resource).
	NotAPerson bool
}

// Kind says what Holdfast wrote an event for: X-HOLDFAST-KIND in files, hfKind at
// Google. The zero value is an event that Holdfast did not write.
type Kind string

// The kinds of events that Holdfast writes. Only a review is a meeting.
const (
	KindHold   Kind = "hold"
	KindWrapUp Kind = "wrap_up"
	KindOffer  Kind = "offer"
	KindReview Kind = "review"
)

// Event is one component of a calendar as its owner sees it: a single event, a
// series (the one that carries Rules) or an override of one instance of a series
// (the one that carries a RecurrenceID). Expand turns events into instances.
type Event struct {
	// UID is the iCalendar UID: the same for a series and all its overrides.
	UID          string
	Sequence     int
	Created      time.Time // zero: unknown
	LastModified time.Time // zero: unknown

	Summary     string
	Status      Status
	Transparent bool // TRANSP:TRANSPARENT, Google's transparency
	Private     bool // CLASS or visibility private or confidential
	// OutOfOffice is set for Google's outOfOffice events and, in files, for
	// X-MICROSOFT-CDO-BUSYSTATUS:OOF.
	OutOfOffice bool
	// StatusOnly is set for events that tell of the rep's day and are no
	// appointments: Google's focusTime, workingLocation, birthday, outOfOffice.
	StatusOnly bool
	Kind       Kind // of an event that Holdfast wrote itself
	// GuestsHidden: the guest list is hidden or cut short; only the API tells.
	GuestsHidden bool

	Organizer *Attendee // nil: none named
	Attendees []Attendee

	// Start is zero, with End, for an override that cancels an instance and says no
	// more than which.
	Start Moment
	// End is exclusive. For an event without an end it equals Start (timed) or
	// is the next day (all-day).
	End Moment
	// NominalDays is set where the source gave a DURATION instead of an end
	// and it has days or weeks: those are wall-clock days (RFC 5545 §3.8.5.3).
	NominalDays int
	// ByDuration is set where the source gave a DURATION instead of an end. What
	// it has besides days is exact; a floating End counts it on the clock, as its
	// zone is not known yet.
	ByDuration bool

	Rules   []Rule   // RRULE; more than one is their union
	RDates  []Period // RDATE, dates and periods
	ExDates []Moment // EXDATE; a DATE on a timed series removes that local day

	// RecurrenceID is the original start of the instance that this overrides;
	// nil for single events and series.
	RecurrenceID *Moment
	// ThisAndFuture: the override also shifts and changes all later instances
	// (RANGE=THISANDFUTURE).
	ThisAndFuture bool

	// Source says where the event was read, for warnings.
	Source Source
	// Ref is where the event lives at its provider; zero for files.
	Ref Ref
}

// AllDay reports whether e has dates instead of times.
func (e *Event) AllDay() bool { return e.Start.DateOnly }

// endIn returns when e ends, reading floating times and dates in local.
func (e *Event) endIn(local *time.Location) time.Time {
	if !e.ByDuration || e.Start.Zone != nil || e.AllDay() {
		return e.End.In(local)
	}
	days := e.Start.Wall.AddDate(0, 0, e.NominalDays)
	return Resolve(days, local).Add(e.End.Wall.Sub(days))
}

// Period is one RDATE: a start and, for VALUE=PERIOD, an end. Without one
// (End.Wall zero) the instance lasts as long as the series' own.
type Period struct {
	Start, End Moment
}

// Source is a place in a file.
type Source struct {
	File string // as given by the user; "-" is standard input
	Line int    // from 1; 0 where no line is meant
}

// Warning is something in the input that could not be taken as it stands, and
// what was done instead.
type Warning struct {
	Source
	Message string
}
