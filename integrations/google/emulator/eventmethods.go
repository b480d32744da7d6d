package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

func (s *Server) getEvent(c *call) (any, error) {
	cal, role, err := s.calendarFor(c)
	if err != nil {
		return nil, err
	}
	v, err := s.viewOf(c, cal, role)
	if err != nil {
		return nil, err
	}
	r := s.lookup(cal, c.path["eventId"])
	if r == nil || r.state == vanished {
		return nil, notFound()
	}
	if known := c.header.Get("If-None-Match"); known != "" && (known == "*" || known == r.event.ETag) {
		return nil, &failure{code: http.StatusNotModified}
	}
	return v.render(r), nil
}

func (s *Server) insertEvent(c *call) (any, error) {
	cal, err := s.writable(c)
	if err != nil {
		return nil, err
	}
	e, err := s.decodeEvent(c, c.body)
	if err != nil {
		return nil, err
	}
	if e.RecurringEventID != "" || e.OriginalStartTime != nil || e.ID != "" && e.ICalUID != "" {
		return nil, invalid("Only one of id and iCalUID can be set, and no instance can be inserted.")
	}
	if err := s.confer(cal, e, nil); err != nil {
		return nil, err
	}
	r, err := s.insert(c.deed(cal), e)
	if err != nil {
		return nil, err
	}
	return s.shown(c, cal, r)
}

// deed is the change that a call makes.
func (c *call) deed(cal *calendar) deed {
	tell := c.query.Get("sendUpdates")
	if tell == "" && c.flag("sendNotifications") {
		tell = "all"
	}
	return deed{user: c.user, calendar: cal, method: c.method.ID, tell: tell}
}

// shown is a written event as its writer sees it.
func (s *Server) shown(c *call, cal *calendar, r *record) (any, error) {
	v, err := s.viewOf(c, cal, Writer)
	if err != nil {
		return nil, err
	}
	return v.render(r), nil
}

// decodeEvent reads an event. Fields that Google knows and the emulator does not
// keep are refused.
func (s *Server) decodeEvent(c *call, body []byte) (*Event, error) {
	e := &Event{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(e); err != nil {
		if strings.Contains(err.Error(), "unknown field") {
			return nil, s.refuse(c.method.ID, "not emulated: "+err.Error())
		}
		return nil, invalid("Invalid start time.")
	}
	return e, s.checkIgnored(c)
}

// checkIgnored refuses what Google would ignore for want of a parameter.
func (s *Server) checkIgnored(c *call) error {
	var sent struct {
		ConferenceData, Attachments json.RawMessage
	}
	if err := json.Unmarshal(c.body, &sent); err != nil {
		return invalid("Parse Error")
	}
	switch {
	case sent.ConferenceData != nil && c.query.Get("conferenceDataVersion") != "1":
		return s.refuse(c.method.ID, "conferenceData without conferenceDataVersion=1 is ignored by Google")
	case sent.Attachments != nil && !c.flag("supportsAttachments"):
		return s.refuse(c.method.ID, "attachments without supportsAttachments are ignored by Google")
	}
	return nil
}

// existing finds the event that a call changes, if the caller may, it is not deleted
// (which gone answers) and, only then, If-Match holds.
func (s *Server) existing(c *call, gone *failure) (*calendar, *record, error) {
	cal, err := s.writable(c)
	if err != nil {
		return nil, nil, err
	}
	r := s.lookup(cal, c.path["eventId"])
	if r == nil || r.state == vanished {
		return nil, nil, notFound()
	}
	if r.state != live {
		return nil, nil, gone
	}
	if want := c.header.Get("If-Match"); want != "" && want != "*" && want != r.event.ETag {
		return nil, nil, preconditionFailed()
	}
	return cal, r, nil
}

func (s *Server) patchEvent(c *call) (any, error) {
	cal, r, err := s.existing(c, globalFailure(http.StatusForbidden, "forbidden", "Forbidden"))
	if err != nil {
		return nil, err
	}
	body, err := patched(r.event, c.body)
	if err != nil {
		return nil, err
	}
	after, err := s.decodeEvent(c, body)
	if err != nil {
		return nil, err
	}
	if err := s.confer(cal, after, r.event); err != nil {
		return nil, err
	}
	written, err := s.replace(c.deed(cal), r, after)
	if err != nil {
		return nil, err
	}
	return s.shown(c, cal, written)
}

// updateEvent replaces an event by the body; only what a client cannot set stays.
func (s *Server) updateEvent(c *call) (any, error) {
	cal, r, err := s.existing(c, globalFailure(http.StatusForbidden, "forbidden", "Forbidden"))
	if err != nil {
		return nil, err
	}
	after, err := s.decodeEvent(c, c.body)
	if err != nil {
		return nil, err
	}
	keep(after, r.event)
	if err := s.confer(cal, after, r.event); err != nil {
		return nil, err
	}
	written, err := s.replace(c.deed(cal), r, after)
	if err != nil {
		return nil, err
	}
	return s.shown(c, cal, written)
}

// keep carries over what a PUT does not replace.
func keep(after, old *Event) {
	after.Created, after.Updated, after.Creator, after.Organizer = old.Created, old.Updated, old.Creator, old.Organizer
	after.RecurringEventID, after.OriginalStartTime, after.ETag = old.RecurringEventID, old.OriginalStartTime, old.ETag
	after.HangoutLink, after.Locked = old.HangoutLink, old.Locked
	if after.ConferenceData == nil { // ignored where conferenceDataVersion does not say 1
		after.ConferenceData = old.ConferenceData
	}
	if after.ID == "" {
		after.ID = old.ID
	}
	if after.ICalUID == "" {
		after.ICalUID = old.ICalUID
	}
	if after.EventType == "" {
		after.EventType = old.EventType
	}
	if after.Status == "" {
		after.Status = "confirmed"
	}
	if after.Reminders == nil {
		after.Reminders = &Reminders{UseDefault: true}
	}
	after.Sequence = max(after.Sequence, old.Sequence)
}

func (s *Server) deleteEvent(c *call) (any, error) {
	cal, r, err := s.existing(c, globalFailure(http.StatusGone, "deleted", "Resource has been deleted"))
	if err != nil {
		return nil, err
	}
	if _, err := s.remove(c.deed(cal), r); err != nil {
		return nil, err
	}
	return noContent{}, nil
}

// patched merges a patch into an event: objects deeply, arrays as a whole, null
// clears.
func patched(e *Event, patch []byte) ([]byte, error) {
	stored, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	var into, from map[string]any
	if err := errors.Join(json.Unmarshal(stored, &into), json.Unmarshal(patch, &from)); err != nil {
		return nil, invalid("Parse Error")
	}
	merge(into, from)
	for _, name := range []string{"start", "end"} {
		w, _ := into[name].(map[string]any) // nil where it was cleared: refused later
		if w["date"] != nil && w["dateTime"] != nil {
			return nil, invalid("Invalid " + name + " time.")
		}
	}
	return json.Marshal(into)
}

func merge(into, from map[string]any) {
	for name, value := range from {
		if value == nil {
			delete(into, name)
			continue
		}
		below, isObject := value.(map[string]any)
		held, has := into[name].(map[string]any)
		if isObject && !has {
			held = map[string]any{}
			into[name] = held
		}
		if isObject {
			merge(held, below)
			continue
		}
		into[name] = value
	}
}
