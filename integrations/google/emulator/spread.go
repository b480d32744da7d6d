package emulator

import "strings"

// spread brings an event of its organizer to the primary calendars of guests who
// have accounts, and a guest's answer back to the organizer and the other guests.
// Nothing is spread for instances of a series and by calendars that are nobody's own.
func (s *Server) spread(cal *calendar, before *Event, r *record) {
	e := r.event
	if !cal.primary || e.RecurringEventID != "" {
		return
	}
	if !organizes(cal, e) {
		s.spreadAnswer(cal, r)
		return
	}
	for _, a := range e.Attendees {
		guest := s.users[strings.ToLower(a.Email)]
		if guest == nil || guest.email == cal.id {
			continue
		}
		s.deliverCopy(s.calendars[guest.email], r)
	}
	s.withdrawCopies(cal, before, r)
}

// deliverCopy updates a guest's copy; what is the guest's own in it stays.
func (s *Server) deliverCopy(to *calendar, r *record) {
	held := to.events[r.event.ID]
	if held == nil && r.state != live || held != nil && held.state == vanished {
		return
	}
	own := r.event.clone()
	own.Reminders, own.ColorID, own.ExtendedProperties = &Reminders{UseDefault: true}, "", nil
	if p := r.event.ExtendedProperties; p != nil && len(p.Shared) > 0 {
		own.ExtendedProperties = &Properties{Shared: p.Shared}
	}
	if held != nil {
		own.Reminders, own.ColorID = held.event.Reminders, held.event.ColorID
		if p := held.event.ExtendedProperties; p != nil {
			own.ExtendedProperties = &Properties{Private: p.Private, Shared: p.Shared}
		}
	}
	s.put(to, own.clone(), r.state)
}

// withdrawCopies removes the event from people who are no longer invited.
func (s *Server) withdrawCopies(cal *calendar, before *Event, r *record) {
	for _, a := range before.Attendees {
		guest := s.users[strings.ToLower(a.Email)]
		if guest == nil || guest.email == cal.id || r.event.attendee(a.Email) != nil {
			continue
		}
		if held := s.calendars[guest.email].events[r.event.ID]; held != nil && held.state == live {
			s.put(s.calendars[guest.email], held.event.clone(), cancelled)
		}
	}
}

// spreadAnswer tells the organizer, where they have an account, what a guest
// answered; a guest who deletes their copy declines.
func (s *Server) spreadAnswer(cal *calendar, r *record) {
	home := s.calendars[strings.ToLower(r.event.Organizer.Email)]
	own := r.event.attendee(cal.id)
	if home == nil || !home.primary || own == nil {
		return
	}
	original := home.events[r.event.ID]
	if original == nil || original.state != live || original.event.attendee(cal.id) == nil {
		return
	}
	response := own.ResponseStatus
	if r.state == cancelled {
		response = "declined"
	}
	updated := original.event.clone()
	entry := updated.attendee(cal.id)
	if entry.ResponseStatus == response && entry.Comment == own.Comment {
		return
	}
	entry.ResponseStatus, entry.Comment = response, own.Comment
	updated.Updated = s.timestamp()
	kept := s.put(home, updated, live)
	for _, a := range updated.Attendees {
		guest := s.users[strings.ToLower(a.Email)]
		if guest != nil && guest.email != home.id && guest.email != cal.id {
			s.deliverCopy(s.calendars[guest.email], kept)
		}
	}
}
