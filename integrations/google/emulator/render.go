package emulator

import (
	"strings"
	"time"
)

// view is how one person sees a calendar's events.
type view struct {
	server       *Server
	calendar     *calendar
	role         Role
	zone         *time.Location
	maxAttendees int
}

// render is the wire form of a record: of a deleted event only what Google
// guarantees.
func (v view) render(r *record) *Event {
	if r.state != live {
		t := tombstone(r.event)
		v.place(t.OriginalStartTime)
		return t
	}
	return v.renderEvent(r.event)
}

func tombstone(e *Event) *Event {
	return &Event{
		Kind: "calendar#event", ETag: e.ETag, ID: e.ID, Status: "cancelled",
		RecurringEventID: e.RecurringEventID, OriginalStartTime: copyOf(e.OriginalStartTime),
	}
}

func (v view) renderEvent(stored *Event) *Event {
	e := stored.clone()
	e.Kind = "calendar#event"
	e.HTMLLink = v.server.eventLink(v.calendar, e.ID)
	for _, w := range []*When{e.Start, e.End, e.OriginalStartTime} {
		v.place(w)
	}
	if v.hidden(e) {
		return hide(e)
	}
	for i := range e.Attendees {
		a := &e.Attendees[i]
		a.Self = v.calendar.isSelf(a.Email)
		a.Organizer = e.Organizer != nil && sameAddress(a.Email, e.Organizer.Email)
	}
	for _, p := range []*Person{e.Creator, e.Organizer} {
		if p != nil {
			p.Self = v.calendar.isSelf(p.Email)
		}
	}
	v.cutAttendees(e)
	return e
}

// place gives an instant the offset of the zone that was asked for.
func (v view) place(w *When) {
	if w == nil || w.Date != "" {
		return
	}
	w.Time = w.Time.In(v.zone)
	if w.Zone == "" {
		w.Zone = v.calendar.zone
	}
}

func (v view) hidden(e *Event) bool {
	private := e.Visibility == "private" || e.Visibility == "confidential"
	return v.role == FreeBusyReader || v.role == Reader && private
}

// hide leaves of an event when it is.
func hide(e *Event) *Event {
	return &Event{
		Kind: e.Kind, ETag: e.ETag, ID: e.ID, Status: e.Status, HTMLLink: e.HTMLLink, Created: e.Created, Updated: e.Updated,
		Start: e.Start, End: e.End, Recurrence: e.Recurrence, RecurringEventID: e.RecurringEventID,
		OriginalStartTime: e.OriginalStartTime, Visibility: "private", Transparency: e.Transparency,
		ICalUID: e.ICalUID, EventType: e.EventType,
	}
}

// cutAttendees keeps the owner's own entry alone where there are more than asked for,
// or where guests may not see each other.
func (v view) cutAttendees(e *Event) {
	tooMany := v.maxAttendees > 0 && len(e.Attendees) > v.maxAttendees
	hidden := e.GuestsCanSeeOtherGuests != nil && !*e.GuestsCanSeeOtherGuests && !organizes(v.calendar, e)
	if !tooMany && !hidden {
		return
	}
	kept := e.Attendees[:0]
	for _, a := range e.Attendees {
		if a.Self {
			kept = append(kept, a)
		}
	}
	e.Attendees, e.AttendeesOmitted = kept, e.AttendeesOmitted || tooMany
}

// matchesText says whether an event has all words of a free text search.
func matchesText(e *Event, q string) bool {
	var text strings.Builder
	for _, part := range []string{e.Summary, e.Description, e.Location} {
		text.WriteString(strings.ToLower(part) + "\n")
	}
	for _, a := range e.Attendees {
		text.WriteString(strings.ToLower(a.Email+" "+a.DisplayName) + "\n")
	}
	for word := range strings.FieldsSeq(strings.ToLower(q)) {
		if !strings.Contains(text.String(), word) {
			return false
		}
	}
	return true
}
