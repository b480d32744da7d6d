package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// validate refuses an event that Google would refuse, and brings the rest into the
// form in which it is stored.
func (s *Server) validate(cal *calendar, e *Event) error {
	checks := []func(*calendar, *Event) error{
		s.validateTimes, s.validateRecurrence, s.validateNames, s.validateReminders, s.validateGuests, s.validateProperties,
	}
	for _, check := range checks {
		if err := check(cal, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) validateTimes(cal *calendar, e *Event) error {
	switch {
	case e.Start == nil:
		return globalFailure(http.StatusBadRequest, "required", "Missing start time.")
	case e.End == nil:
		return globalFailure(http.StatusBadRequest, "required", "Missing end time.")
	case (e.Start.Date == "") != (e.End.Date == ""):
		return invalid("Start and end times must either both be date or both be dateTime.")
	}
	for _, w := range []*When{e.Start, e.End} {
		if _, err := s.location(w.Zone); w.Zone != "" && err != nil {
			return invalid("Invalid time zone definition: " + w.Zone)
		}
		if w.Date != "" {
			w.Zone = ""
		}
		w.Time = w.Time.UTC()
	}
	zone := s.zoneOf(cal)
	if !e.End.instant(zone).After(e.Start.instant(zone)) {
		return timeRangeEmpty()
	}
	return nil
}

func (s *Server) validateRecurrence(cal *calendar, e *Event) error {
	if len(e.Recurrence) == 0 {
		return nil
	}
	if e.RecurringEventID != "" {
		return invalid("An instance of a recurring event cannot recur.")
	}
	zone := s.zoneOf(cal)
	if !e.allDay() {
		loc, err := s.location(e.Start.Zone)
		if err != nil {
			return invalid("Missing time zone definition for start time.")
		}
		if e.End.Zone == "" {
			return invalid("Missing time zone definition for end time.")
		}
		zone = loc
	}
	if _, err := newSeries(e, zone, s.zoneOf(cal)); err != nil {
		return invalid("Invalid recurrence rule.")
	}
	return nil
}

var knownValues = map[string][]string{
	"status":         {"confirmed", "tentative", "cancelled"},
	"transparency":   {"", "opaque", "transparent"},
	"visibility":     {"", "default", "public", "private", "confidential"},
	"eventType":      {"default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation"},
	"responseStatus": {"needsAction", "declined", "tentative", "accepted"},
	"method":         {"email", "popup"},
}

func (s *Server) validateNames(cal *calendar, e *Event) error {
	for name, value := range map[string]string{
		"status": e.Status, "transparency": e.Transparency, "visibility": e.Visibility, "eventType": e.EventType,
	} {
		if !slices.Contains(knownValues[name], value) {
			return invalid("Invalid value for: " + name)
		}
	}
	if e.ColorID != "" {
		if n, err := strconv.Atoi(e.ColorID); err != nil || n < 1 || n > 11 {
			return invalid("Invalid value for: colorId")
		}
	}
	if e.Source != nil {
		if u, err := url.Parse(e.Source.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" {
			return invalid("Invalid value for: source.url")
		}
	}
	switch e.EventType {
	case "focusTime", "outOfOffice", "workingLocation":
		if !cal.primary {
			return invalid("The event type is only available on primary calendars.")
		}
	}
	return nil
}

func (s *Server) validateReminders(_ *calendar, e *Event) error {
	if e.Reminders == nil {
		return nil
	}
	if e.Reminders.UseDefault && len(e.Reminders.Overrides) > 0 {
		return &failure{
			code: http.StatusBadRequest, domain: "calendar", reason: "cannotUseDefaultRemindersAndSpecifyOverride",
			message: "Cannot specify both default reminders and overrides at the same time.",
		}
	}
	if len(e.Reminders.Overrides) > 5 {
		return invalid("Too many reminder overrides.")
	}
	for _, r := range e.Reminders.Overrides {
		if !slices.Contains(knownValues["method"], r.Method) || r.Minutes < 0 || r.Minutes > 40320 {
			return invalid("Invalid value for: reminders")
		}
	}
	return nil
}

// validateGuests answers for whoever did not: the organizer accepted, others need to.
func (s *Server) validateGuests(_ *calendar, e *Event) error {
	for i := range e.Attendees {
		a := &e.Attendees[i]
		a.Self, a.Organizer = false, false // computed when shown
		if name, domain, found := strings.Cut(a.Email, "@"); !found || name == "" || domain == "" {
			return invalid("Invalid attendee email.")
		}
		if e.attendee(a.Email) != a {
			return globalFailure(http.StatusBadRequest, "duplicate", "Duplicate attendee.")
		}
		if a.ResponseStatus == "" {
			a.ResponseStatus = "needsAction"
		}
		if !slices.Contains(knownValues["responseStatus"], a.ResponseStatus) {
			return invalid("Invalid value for: attendees.responseStatus")
		}
	}
	return nil
}

const (
	longestKey      = 44
	longestValue    = 1024
	mostProperties  = 300
	largestProperty = 32 << 10 // of all of one event together
)

// validateProperties drops and cuts what is too long, without a word, as Google does.
func (s *Server) validateProperties(_ *calendar, e *Event) error {
	if e.ExtendedProperties == nil {
		return nil
	}
	count, size := 0, 0
	for _, properties := range []map[string]string{e.ExtendedProperties.Private, e.ExtendedProperties.Shared} {
		for key, value := range properties {
			if len(key) > longestKey {
				delete(properties, key)
				continue
			}
			if len(value) > longestValue {
				value = strings.ToValidUTF8(value[:longestValue], "")
				properties[key] = value
			}
			count, size = count+1, size+len(key)+len(value)
		}
	}
	if count > mostProperties || size > largestProperty {
		return invalid("Extended properties are too large.")
	}
	return nil
}
