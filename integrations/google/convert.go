package google

import (
	"strconv"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// The private extended properties of what Holdfast writes.
const (
	tagInstall = "hfInstall"
	tagKind    = "hfKind"
	tagID      = "hfId"
	tagKey     = "hfKey"
	tagCadence = "hfCadence"
	tagStep    = "hfStep"
	tagGen     = "hfGen"
	tagHash    = "hfHash"
)

const cancelled = "cancelled"

// remoteEvent says in the scheduler's words what Google says of an event on a calendar
// in zone. An event that cannot be read as it stands keeps what can be: without a
// start that can be read it is a cancelled one, which counts for nothing.
func remoteEvent(e *calendar.Event, calendarID string, zone *time.Location) scheduler.RemoteEvent {
	r := scheduler.RemoteEvent{ID: e.Id, ETag: e.Etag, Series: e.RecurringEventId}
	r.Deleted = e.Status == cancelled && e.RecurringEventId == ""
	r.Event = scheduler.Event{
		UID:          e.ICalUID,
		Sequence:     int(e.Sequence),
		Created:      instant(e.Created),
		LastModified: instant(e.Updated),
		Summary:      e.Summary,
		Status:       status(e.Status),
		Transparent:  e.Transparency == "transparent",
		Private:      e.Visibility == "private" || e.Visibility == "confidential",
		Ref:          scheduler.Ref{Calendar: calendarID, ID: e.Id, Link: e.HtmlLink},
	}
	readType(&r.Event, e.EventType)
	readGuests(&r.Event, e)
	readTimes(&r.Event, e, zone)
	if e.ExtendedProperties != nil && e.ExtendedProperties.Private[tagInstall] != "" {
		r.Tags = tags(e.ExtendedProperties.Private)
		r.Event.Kind = r.Tags.Kind
		r.Description = e.Description
	}
	return r
}

func status(s string) scheduler.Status {
	switch s {
	case cancelled:
		return scheduler.Cancelled
	case "tentative":
		return scheduler.Tentative
	}
	return scheduler.Confirmed
}

// instant reads an RFC 3339 time; the zero time where it is none.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// readType tells appointments from what only says how the rep's day is.
func readType(e *scheduler.Event, eventType string) {
	switch eventType {
	case "", "default", "fromGmail":
	case "outOfOffice":
		e.OutOfOffice, e.StatusOnly = true, true
	case "workingLocation", "birthday":
		e.StatusOnly, e.Transparent = true, true // it takes no time
	default: // focusTime, and what Google may add
		e.StatusOnly = true
	}
}

func tags(private map[string]string) scheduler.Tags {
	generation, err := strconv.Atoi(private[tagGen])
	if err != nil {
		generation = 0 // not ours to trust: it equals no row's
	}
	return scheduler.Tags{
		Install: private[tagInstall],
		Kind:    scheduler.Kind(private[tagKind]),
		ID:      private[tagID],
		Key:     private[tagKey],
		Cadence: private[tagCadence],
		Step:    private[tagStep],
		Gen:     generation,
		Hash:    private[tagHash],
	}
}

// readGuests reads the organizer and the guest list, and whether it is hidden or cut
// short.
func readGuests(e *scheduler.Event, from *calendar.Event) {
	others := 0
	for _, a := range from.Attendees {
		if !a.Self {
			others++
		}
		address, _ := scheduler.ParseAddress(a.Email)
		e.Attendees = append(e.Attendees, scheduler.Attendee{
			Address: address, Name: a.DisplayName, Response: response(a.ResponseStatus), NotAPerson: a.Resource,
		})
	}
	if o := from.Organizer; o != nil {
		address, _ := scheduler.ParseAddress(o.Email)
		e.Organizer = &scheduler.Attendee{Address: address, Name: o.DisplayName, Response: scheduler.Accepted}
	}
	hidden := from.GuestsCanSeeOtherGuests != nil && !*from.GuestsCanSeeOtherGuests
	own := from.Organizer != nil && from.Organizer.Self
	e.GuestsHidden = from.AttendeesOmitted || hidden && !own && others == 0
}

func response(s string) scheduler.Response {
	switch s {
	case "accepted":
		return scheduler.Accepted
	case "tentative":
		return scheduler.TentativelyAccepted
	case "declined":
		return scheduler.Declined
	}
	return scheduler.NeedsAction
}
