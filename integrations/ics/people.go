package ics

import (
	"strings"

	"holdfast/scheduler"
)

// readPeople reads the organizer and the attendees.
func (e *eventReader) readPeople() {
	if organizer, ok := e.get(propOrganizer); ok {
		a := e.attendee(organizer)
		e.Organizer = &a
	}
	if e.kept.attendees == 0 {
		return
	}
	e.Attendees = make([]scheduler.Attendee, 0, e.kept.attendees)
	for p := range e.all(propAttendee) {
		e.Attendees = append(e.Attendees, e.attendee(p))
	}
}

// attendee reads ATTENDEE or ORGANIZER. One whose value is no address has the
// one in its EMAIL parameter (RFC 7986), else none.
func (e *eventReader) attendee(p prop) scheduler.Attendee {
	r := e.r
	a := scheduler.Attendee{Address: r.address(p.text)}
	if len(p.params) == 0 {
		return a
	}
	if a.Address == "" {
		a.Address = r.address(p.param("EMAIL"))
	}
	a.Name = r.personName(p.param("CN"), a.Address)
	a.Response = response(p.param("PARTSTAT"))
	switch strings.ToUpper(p.param("CUTYPE")) {
	case "ROOM", "RESOURCE", "GROUP":
		a.NotAPerson = true
	}
	return a
}

// response reads PARTSTAT; what is unknown, or delegated, is no answer.
func response(partstat string) scheduler.Response {
	switch strings.ToUpper(partstat) {
	case "ACCEPTED":
		return scheduler.Accepted
	case "TENTATIVE":
		return scheduler.TentativelyAccepted
	case "DECLINED":
		return scheduler.Declined
	}
	return scheduler.NeedsAction
}

// address returns the compared form of a calendar address, "" for what is none.
// The same few people stand in thousands of events, so it is parsed once.
func (r *reader) address(value string) string {
	if value == "" {
		return ""
	}
	if address, ok := r.people[value]; ok {
		return address
	}
	address, ok := scheduler.ParseAddress(value)
	if !ok {
		address = ""
	}
	if len(r.people) < maxPeople {
		r.people[value] = address
	}
	return address
}

// personName reads CN; one that only repeats the address is no name. Outlook
// puts names that it took from an address into apostrophes.
func (r *reader) personName(cn, address string) string {
	name := oneLine(unescape(decodeCaret(cn)))
	if n := len(name); n >= 2 && name[0] == '\'' && name[n-1] == '\'' {
		name = strings.TrimSpace(name[1 : n-1])
	}
	if address != "" && strings.Contains(name, "@") && r.address(name) == address {
		return ""
	}
	return name
}
