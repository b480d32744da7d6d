package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Insert writes an event as the person does by hand, or as a mail with an invitation
// does where e.Organizer is someone else. Every event type is allowed.
func (u *User) Insert(calendarID string, e Event) (Event, error) {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := u.find(calendarID)
	if cal == nil {
		return Event{}, fmt.Errorf("insert into %s: %w", calendarID, ErrUnknownCalendar)
	}
	own := e.clone()
	s.completeZones(cal, own)
	r, err := s.insert(deed{user: u, calendar: cal}, own)
	if err != nil {
		return Event{}, fmt.Errorf("insert into %s: %w", cal.id, err)
	}
	return *r.event.clone(), nil
}

// completeZones gives a series the zone that a person never has to choose.
func (s *Server) completeZones(cal *calendar, e *Event) {
	for _, w := range []*When{e.Start, e.End} {
		if w != nil && w.Date == "" && w.Zone == "" {
			w.Zone = cal.zone
		}
	}
}

// Edit changes an event, a series, or one instance of a series, as its organizer or
// the person does. Guests are not stopped from changing what belongs to the
// organizer: to this copy it is as if the organizer had.
func (u *User) Edit(calendarID, id string, edit func(*Event)) (Event, error) {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal, r, err := u.held(calendarID, id)
	if err != nil {
		return Event{}, fmt.Errorf("edit: %w", err)
	}
	after := r.event.clone()
	edit(after)
	written, err := s.replace(deed{user: u, calendar: cal}, r, after)
	if err != nil {
		return Event{}, fmt.Errorf("edit %s: %w", id, err)
	}
	return *written.event.clone(), nil
}

// held finds an event that is not deleted.
func (u *User) held(calendarID, id string) (*calendar, *record, error) {
	cal := u.find(calendarID)
	if cal == nil {
		return nil, nil, fmt.Errorf("calendar %s: %w", calendarID, ErrUnknownCalendar)
	}
	r := u.server.lookup(cal, id)
	if r == nil || r.state != live {
		return nil, nil, fmt.Errorf("event %s of %s: %w", id, cal.id, ErrUnknownEvent)
	}
	return cal, r, nil
}

// Move gives an event another time and keeps its zones.
func (u *User) Move(calendarID, id string, start, end time.Time) (Event, error) {
	return u.Edit(calendarID, id, func(e *Event) {
		e.Start, e.End = At(start, e.Start.Zone), At(end, e.End.Zone)
		for i := range e.Attendees {
			if !sameAddress(e.Attendees[i].Email, e.Organizer.Email) {
				e.Attendees[i].ResponseStatus = "needsAction"
			}
		}
	})
}

// Respond is a guest's answer reaching this copy: accepted, declined, tentative or
// needsAction.
func (u *User) Respond(calendarID, id, attendee, response string) (Event, error) {
	known := false
	e, err := u.Edit(calendarID, id, func(e *Event) {
		if a := e.attendee(attendee); a != nil {
			a.ResponseStatus, known = response, true
		}
	})
	if err == nil && !known {
		return e, fmt.Errorf("respond to %s: %s is not invited", id, attendee)
	}
	return e, err
}

// Delete deletes an event, a series, or one instance of a series.
func (u *User) Delete(calendarID, id string) error {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal, r, err := u.held(calendarID, id)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	_, err = s.remove(deed{user: u, calendar: cal}, r)
	return err
}

// Restore takes an event out of the trash.
func (u *User) Restore(calendarID, id string) (Event, error) {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := u.find(calendarID)
	if cal == nil {
		return Event{}, fmt.Errorf("restore: %w", ErrUnknownCalendar)
	}
	r := cal.events[id]
	if r == nil || r.state == live {
		return Event{}, fmt.Errorf("restore %s: %w in the trash", id, ErrUnknownEvent)
	}
	e := r.event.clone()
	e.Status, e.Updated = "confirmed", s.timestamp()
	return *s.put(cal, e, live).event.clone(), nil
}

// EmptyTrash makes lists forget a calendar's deleted events, as Google does in the
// end. Their ids stay taken; cancelled instances of a living series stay known.
func (u *User) EmptyTrash(calendarID string) error {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := u.find(calendarID)
	if cal == nil {
		return fmt.Errorf("empty the trash: %w", ErrUnknownCalendar)
	}
	for _, r := range cal.events {
		if master := cal.events[r.event.RecurringEventID]; r.state == cancelled && (master == nil || master.state != live) {
			cal.vanish(r)
		}
	}
	return nil
}

// Split edits an instance of a series and all after it: the series ends before, and
// a new one takes over. It returns the new series. Rules with COUNT are not split.
func (u *User) Split(calendarID, instanceID string, edit func(*Event)) (Event, error) {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal, r, err := u.held(calendarID, instanceID)
	if err != nil {
		return Event{}, fmt.Errorf("split: %w", err)
	}
	master := cal.events[r.event.RecurringEventID]
	if master == nil || slices.ContainsFunc(master.event.Recurrence, func(l string) bool { return strings.Contains(l, "COUNT=") }) {
		return Event{}, fmt.Errorf("split %s: not an instance of a series without COUNT", instanceID)
	}
	following := master.event.clone()
	following.ID, following.ICalUID, following.Start, following.End = "", "", r.event.Start, r.event.End
	edit(following)
	ended := master.event.clone()
	ended.Recurrence = endBefore(ended.Recurrence, r.event.OriginalStartTime)
	if _, err := s.replace(deed{user: u, calendar: cal}, master, ended); err != nil {
		return Event{}, fmt.Errorf("split %s: %w", instanceID, err)
	}
	added, err := s.insert(deed{user: u, calendar: cal}, following.clone())
	if err != nil {
		return Event{}, fmt.Errorf("split %s: %w", instanceID, err)
	}
	return *added.event.clone(), nil
}

// endBefore gives every rule an UNTIL just before an original start.
func endBefore(recurrence []string, original *When) []string {
	until := original.Time.Add(-time.Second).UTC().Format("20060102T150405Z")
	if original.Date != "" {
		until = original.instant(time.UTC).AddDate(0, 0, -1).Format("20060102")
	}
	var ended []string
	for _, line := range recurrence {
		rule, isRule := strings.CutPrefix(line, "RRULE:")
		if !isRule {
			ended = append(ended, line)
			continue
		}
		parts := slices.DeleteFunc(strings.Split(rule, ";"), func(p string) bool { return strings.HasPrefix(p, "UNTIL=") })
		ended = append(ended, "RRULE:"+strings.Join(append(parts, "UNTIL="+until), ";"))
	}
	return ended
}
