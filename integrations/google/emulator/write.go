package emulator

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"
)

// deed is who changes an event, and how.
type deed struct {
	user     *User
	calendar *calendar
	method   string // of the API; empty for the person's own hand
	tell     string // sendUpdates: all, externalOnly or none
}

// RE2 repeats at most 1000 times; the length is checked beside it.
var idPattern = regexp.MustCompile(`^[a-v0-9]{5,}$`)

// insert stores a new event.
func (s *Server) insert(d deed, e *Event) (*record, error) {
	if e.ID == "" {
		e.ID = s.newID(26)
	}
	if !idPattern.MatchString(e.ID) || len(e.ID) > 1024 {
		return nil, invalid("Invalid resource id value.")
	}
	if d.calendar.events[e.ID] != nil {
		return nil, globalFailure(http.StatusConflict, "duplicate", "The requested identifier already exists.")
	}
	if e.Status == "" {
		e.Status = "confirmed"
	}
	if e.EventType == "" {
		e.EventType = "default"
	}
	if d.method != "" && e.EventType == "fromGmail" || e.Status == "cancelled" {
		return nil, invalid("Invalid value for: eventType or status")
	}
	s.sign(d, e)
	if err := s.validate(d.calendar, e); err != nil {
		return nil, err
	}
	r := s.put(d.calendar, e, live)
	s.recordWrite(d, e)
	s.mailGuests(d, e, "invitation")
	s.spread(d.calendar, e, r)
	return r, nil
}

// sign fills in who made an event, and when.
func (s *Server) sign(d deed, e *Event) {
	if e.Creator == nil {
		e.Creator = &Person{Email: d.user.email}
	}
	if e.Organizer == nil {
		e.Organizer = &Person{Email: d.calendar.id}
		if !d.calendar.primary {
			e.Organizer.DisplayName = d.calendar.summary
		}
	}
	if e.ICalUID == "" {
		e.ICalUID = e.ID + "@google.com"
	}
	if e.Reminders == nil {
		e.Reminders = &Reminders{UseDefault: true}
	}
	if e.Created == "" {
		e.Created = s.timestamp()
	}
	e.Updated = s.timestamp()
}

// replace stores what an event becomes by a change.
func (s *Server) replace(d deed, before *record, after *Event) (*record, error) {
	if after.Status == "cancelled" {
		return s.remove(d, before)
	}
	if err := s.validate(d.calendar, after); err != nil {
		return nil, err
	}
	old := before.event
	switch {
	case after.ID != old.ID:
		return nil, invalid("The event id cannot be changed.")
	case after.ICalUID != old.ICalUID, after.RecurringEventID != old.RecurringEventID, !after.OriginalStartTime.same(old.OriginalStartTime):
		return nil, invalid("iCalUID, recurringEventId and originalStartTime cannot be changed.")
	case after.EventType != old.EventType:
		return nil, globalFailure(http.StatusBadRequest, "eventTypeRestriction", "Event type cannot be changed.")
	case after.Sequence < old.Sequence:
		return nil, invalid("Invalid sequence value. The specified sequence number is below the current sequence number of the resource. Re-fetch the resource and use its sequence number on the following request.")
	case d.method != "" && !organizes(d.calendar, old) && !old.GuestsCanModify && !onlyOwnChanges(d.calendar, old, after):
		return nil, needsOrganizer()
	}
	if moved(old, after) && after.Sequence == old.Sequence {
		after.Sequence++
	}
	if !onlyReminders(old, after) {
		after.Updated = s.timestamp()
	}
	r := s.put(d.calendar, after, live)
	s.dropOrphans(d.calendar, old, after)
	s.recordWrite(d, after)
	s.mailGuests(d, after, "update")
	s.spread(d.calendar, old, r)
	return r, nil
}

func moved(old, after *Event) bool {
	return !old.Start.same(after.Start) || !old.End.same(after.End) || !reflect.DeepEqual(old.Recurrence, after.Recurrence)
}

func organizes(cal *calendar, e *Event) bool { return cal.isSelf(e.Organizer.Email) }

// onlyOwnChanges says whether a change is one that a guest may make to their copy.
func onlyOwnChanges(cal *calendar, old, after *Event) bool {
	a := after.clone()
	a.ColorID, a.Transparency, a.Visibility, a.Reminders = old.ColorID, old.Transparency, old.Visibility, old.Reminders
	if a.ExtendedProperties != nil && old.ExtendedProperties != nil {
		a.ExtendedProperties.Private = old.ExtendedProperties.Private
	} else if a.ExtendedProperties == nil || len(a.ExtendedProperties.Shared) == 0 {
		a.ExtendedProperties = old.ExtendedProperties
	}
	if own, before := cal.self(a), cal.self(old); own != nil && before != nil {
		*own = *before
	}
	return sameJSON(a, old)
}

// onlyReminders says whether nothing but the owner's reminders changed.
func onlyReminders(old, after *Event) bool {
	a := after.clone()
	a.Reminders = old.Reminders
	return sameJSON(a, old)
}

func sameJSON(a, b *Event) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// dropOrphans cancels the exceptions of a series that its change left without an
// instance to stand for.
func (s *Server) dropOrphans(cal *calendar, old, after *Event) {
	if len(old.Recurrence) == 0 || !moved(old, after) {
		return
	}
	q := s.seriesOf(cal, after)
	for id, r := range cal.exceptions[after.ID] {
		if r.state == live && (q == nil || q.find(id) == nil) {
			s.put(cal, r.event.clone(), cancelled)
		}
	}
}

// remove deletes an event. Of a series nothing is left but its own tombstone.
func (s *Server) remove(d deed, r *record) (*record, error) {
	e := r.event.clone()
	e.Updated = s.timestamp()
	if e.Sequence == r.event.Sequence && organizes(d.calendar, e) {
		e.Sequence++
	}
	gone := s.put(d.calendar, e, cancelled)
	for _, exception := range d.calendar.exceptions[e.ID] {
		d.calendar.vanish(exception)
	}
	s.recordWrite(d, e)
	s.mailGuests(d, e, "cancellation")
	s.spread(d.calendar, r.event, gone)
	return gone, nil
}

func (s *Server) recordWrite(d deed, e *Event) {
	if d.method != "" {
		s.journal.writes = remember(s.journal.writes, Write{s.now(), d.user.email, d.method, d.calendar.id, e.ID, e.Summary})
	}
}

// mailGuests notes the mails that Google would send to guests, and those it was kept
// from sending.
func (s *Server) mailGuests(d deed, e *Event, kind string) {
	for _, a := range e.Attendees {
		_, hasAccount := s.users[strings.ToLower(a.Email)]
		mail := Mail{s.now(), d.calendar.id, a.Email, d.calendar.id, e.ID, kind, d.tell}
		switch {
		case d.calendar.isSelf(a.Email):
		case d.tell == "all", d.tell == "externalOnly" && !hasAccount:
			s.journal.mails = remember(s.journal.mails, mail)
		case !hasAccount && d.method != "":
			s.journal.untold = remember(s.journal.untold, mail)
		}
	}
}
