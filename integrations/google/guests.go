package google

import (
	"strings"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// maxGuests is where a guest list is cut. Far fewer prospects make an audience, and
// no meeting.
const maxGuests = 2000

// readGuests reads the organizer and the guest list, and whether it is hidden or cut
// short.
func (r *reader) readGuests(e *scheduler.Event, from *calendar.Event) {
	others := 0
	for _, a := range from.Attendees {
		if a == nil || len(e.Attendees) == maxGuests {
			continue
		}
		if !a.Self {
			others++
		}
		e.Attendees = append(e.Attendees, scheduler.Attendee{
			Address:    r.address(a.Email, a.Self),
			Name:       name(a.DisplayName),
			Response:   response(a.ResponseStatus),
			NotAPerson: a.Resource,
		})
	}
	if o := from.Organizer; o != nil {
		e.Organizer = &scheduler.Attendee{
			Address: r.address(o.Email, o.Self), Name: name(o.DisplayName), Response: scheduler.Accepted,
		}
	}
	hidden := from.GuestsCanSeeOtherGuests != nil && !*from.GuestsCanSeeOtherGuests
	own := from.Organizer != nil && from.Organizer.Self
	e.GuestsHidden = from.AttendeesOmitted || hidden && !own && others == 0
}

// address returns the compared form of an address. Who was invited by an alias is
// the calendar's owner all the same, which Google says and the address does not.
func (r *reader) address(email string, self bool) string {
	if self && r.owner != "" {
		return r.owner
	}
	address, ok := scheduler.ParseAddress(clean(email))
	if !ok {
		return ""
	}
	return address
}

// name is a person's name; one that only repeats the address is none.
func name(s string) string {
	if s = oneLine(s); strings.Contains(s, "@") {
		if _, ok := scheduler.ParseAddress(s); ok {
			return ""
		}
	}
	return s
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
