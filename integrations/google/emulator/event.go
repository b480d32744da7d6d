package emulator

import (
	"encoding/json"
	"maps"
	"slices"
)

// Event is an event on the wire, with Google's names. What Google fills in may be
// left empty by who makes one.
type Event struct {
	Kind              string   `json:"kind,omitempty"`
	ETag              string   `json:"etag,omitempty"`
	ID                string   `json:"id,omitempty"`
	Status            string   `json:"status,omitempty"`
	HTMLLink          string   `json:"htmlLink,omitempty"`
	Created           string   `json:"created,omitempty"`
	Updated           string   `json:"updated,omitempty"`
	Summary           string   `json:"summary,omitempty"`
	Description       string   `json:"description,omitempty"`
	Location          string   `json:"location,omitempty"`
	ColorID           string   `json:"colorId,omitempty"`
	Creator           *Person  `json:"creator,omitempty"`
	Organizer         *Person  `json:"organizer,omitempty"`
	Start             *When    `json:"start,omitempty"`
	End               *When    `json:"end,omitempty"`
	Recurrence        []string `json:"recurrence,omitempty"`
	RecurringEventID  string   `json:"recurringEventId,omitempty"`
	OriginalStartTime *When    `json:"originalStartTime,omitempty"`
	Transparency      string   `json:"transparency,omitempty"`
	Visibility        string   `json:"visibility,omitempty"`
	ICalUID           string   `json:"iCalUID,omitempty"`
	Sequence          int      `json:"sequence,omitempty"`

	Attendees               []Attendee `json:"attendees,omitempty"`
	AttendeesOmitted        bool       `json:"attendeesOmitted,omitempty"`
	AnyoneCanAddSelf        bool       `json:"anyoneCanAddSelf,omitempty"`
	GuestsCanInviteOthers   *bool      `json:"guestsCanInviteOthers,omitempty"`
	GuestsCanModify         bool       `json:"guestsCanModify,omitempty"`
	GuestsCanSeeOtherGuests *bool      `json:"guestsCanSeeOtherGuests,omitempty"`
	PrivateCopy             bool       `json:"privateCopy,omitempty"`
	Locked                  bool       `json:"locked,omitempty"`

	ExtendedProperties *Properties `json:"extendedProperties,omitempty"`
	Reminders          *Reminders  `json:"reminders,omitempty"`
	Source             *Source     `json:"source,omitempty"`
	EventType          string      `json:"eventType,omitempty"`
	HangoutLink        string      `json:"hangoutLink,omitempty"`

	ConferenceData            json.RawMessage `json:"conferenceData,omitempty"`
	Attachments               json.RawMessage `json:"attachments,omitempty"`
	BirthdayProperties        json.RawMessage `json:"birthdayProperties,omitempty"`
	FocusTimeProperties       json.RawMessage `json:"focusTimeProperties,omitempty"`
	OutOfOfficeProperties     json.RawMessage `json:"outOfOfficeProperties,omitempty"`
	WorkingLocationProperties json.RawMessage `json:"workingLocationProperties,omitempty"`
}

// Person is a creator or an organizer.
type Person struct {
	Email       string `json:"email,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	Self        bool   `json:"self,omitempty"`
}

// Attendee is a guest, or a room where Resource is set.
type Attendee struct {
	Email            string `json:"email,omitempty"`
	DisplayName      string `json:"displayName,omitempty"`
	Organizer        bool   `json:"organizer,omitempty"`
	Self             bool   `json:"self,omitempty"`
	Resource         bool   `json:"resource,omitempty"`
	Optional         bool   `json:"optional,omitempty"`
	ResponseStatus   string `json:"responseStatus,omitempty"` // needsAction, declined, tentative, accepted
	Comment          string `json:"comment,omitempty"`
	AdditionalGuests int    `json:"additionalGuests,omitempty"`
}

// Properties are extended properties: Private to one copy of the event, Shared by all.
type Properties struct {
	Private map[string]string `json:"private,omitempty"`
	Shared  map[string]string `json:"shared,omitempty"`
}

// Reminders are those of the calendar's owner.
type Reminders struct {
	UseDefault bool       `json:"useDefault"`
	Overrides  []Reminder `json:"overrides,omitempty"`
}

// Reminder is one reminder: by email or popup, minutes before the start.
type Reminder struct {
	Method  string `json:"method"`
	Minutes int    `json:"minutes"`
}

// Source is the page that an event was made from.
type Source struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// clone shares nothing with e that anyone may write to.
func (e *Event) clone() *Event {
	c := *e
	c.Creator, c.Organizer = copyOf(e.Creator), copyOf(e.Organizer)
	c.Start, c.End, c.OriginalStartTime = copyOf(e.Start), copyOf(e.End), copyOf(e.OriginalStartTime)
	c.Recurrence, c.Attendees = slices.Clone(e.Recurrence), slices.Clone(e.Attendees)
	c.GuestsCanInviteOthers, c.GuestsCanSeeOtherGuests = copyOf(e.GuestsCanInviteOthers), copyOf(e.GuestsCanSeeOtherGuests)
	c.Source, c.Reminders = copyOf(e.Source), copyOf(e.Reminders)
	if c.Reminders != nil {
		c.Reminders.Overrides = slices.Clone(e.Reminders.Overrides)
	}
	if p := e.ExtendedProperties; p != nil {
		c.ExtendedProperties = &Properties{Private: maps.Clone(p.Private), Shared: maps.Clone(p.Shared)}
	}
	return &c
}

// attendee finds a guest by address; nil where there is none.
func (e *Event) attendee(email string) *Attendee {
	for i := range e.Attendees {
		if sameAddress(e.Attendees[i].Email, email) {
			return &e.Attendees[i]
		}
	}
	return nil
}

// allDay says whether the event has dates for times.
func (e *Event) allDay() bool { return e.Start != nil && e.Start.Date != "" }
