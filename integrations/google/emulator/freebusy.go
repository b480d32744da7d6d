package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	mostFreeBusyCalendars = 50
	// The limit is undocumented; questions of a little under three months were seen
	// to be answered.
	longestFreeBusy = 90 * 24 * time.Hour
)

type freeBusyRequest struct {
	TimeMin, TimeMax, TimeZone string
	Items                      []struct{ ID string }
	CalendarExpansionMax       int
}

type timePeriod struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type freeBusyError struct {
	Domain string `json:"domain"`
	Reason string `json:"reason"`
}

type freeBusyCalendar struct {
	Errors []freeBusyError `json:"errors,omitempty"`
	Busy   []timePeriod    `json:"busy"`
}

type freeBusyAnswer struct {
	Kind      string                      `json:"kind"`
	TimeMin   string                      `json:"timeMin"`
	TimeMax   string                      `json:"timeMax"`
	Calendars map[string]freeBusyCalendar `json:"calendars"`
}

func (s *Server) queryFreeBusy(c *call) (any, error) {
	var q freeBusyRequest
	if err := json.Unmarshal(c.body, &q); err != nil {
		return nil, invalid("Parse Error")
	}
	from, to, zone, err := s.freeBusyWindow(q)
	if err != nil {
		return nil, err
	}
	most := mostFreeBusyCalendars
	if q.CalendarExpansionMax > 0 {
		most = min(most, q.CalendarExpansionMax)
	}
	answer := freeBusyAnswer{
		Kind: "calendar#freeBusy", TimeMin: from.In(zone).Format(time.RFC3339), TimeMax: to.In(zone).Format(time.RFC3339),
		Calendars: map[string]freeBusyCalendar{},
	}
	for i, item := range q.Items {
		cal := s.busyOf(c.user, item.ID)
		switch {
		case i >= most:
			answer.Calendars[item.ID] = freeBusyFailure("tooManyCalendarsRequested")
		case cal == nil:
			answer.Calendars[item.ID] = freeBusyFailure("notFound")
		default:
			answer.Calendars[item.ID] = freeBusyCalendar{Busy: periods(s.busy(cal, from, to), from, to, zone)}
		}
	}
	return answer, nil
}

// busyOf is a calendar whose busy times a person may see: one on which they have a role,
// or that is open to their domain; nil where they may not.
func (s *Server) busyOf(u *User, id string) *calendar {
	if cal := u.find(id); cal != nil {
		return cal
	}
	cal := s.calendars[strings.ToLower(id)]
	if cal == nil || !cal.openBusy || !sameAddress(domainOf(cal.id), domainOf(u.email)) {
		return nil
	}
	return cal
}

func domainOf(email string) string { return email[strings.LastIndex(email, "@")+1:] }

func freeBusyFailure(reason string) freeBusyCalendar {
	return freeBusyCalendar{Errors: []freeBusyError{{"global", reason}}, Busy: []timePeriod{}}
}

func (s *Server) freeBusyWindow(q freeBusyRequest) (from, to time.Time, zone *time.Location, err error) {
	zone = time.UTC
	if q.TimeZone != "" {
		if zone, err = s.location(q.TimeZone); err != nil {
			return from, to, nil, invalid("Invalid time zone.")
		}
	}
	from, to = parseTime(q.TimeMin), parseTime(q.TimeMax)
	switch {
	case from.IsZero() || to.IsZero():
		err = globalFailure(http.StatusBadRequest, "required", "Missing timeMin or timeMax parameter.")
	case !to.After(from):
		err = timeRangeEmpty()
	case to.Sub(from) > longestFreeBusy:
		err = &failure{
			code: http.StatusBadRequest, domain: "calendar", reason: "timeRangeTooLong",
			message: "The requested time range is too long.", locationType: "parameter", location: "timeMax",
		}
	}
	return from, to, zone, err
}

// span is a half-open stretch of time.
type span struct{ start, end time.Time }

// busy lists when a calendar's owner is taken, unsorted.
func (s *Server) busy(cal *calendar, from, to time.Time) []span {
	zone := s.zoneOf(cal)
	var spans []span
	s.occurrences(cal, from, to, func(e *Event) {
		if blocks(cal, e) {
			spans = append(spans, span{e.Start.instant(zone), e.End.instant(zone)})
		}
	})
	return spans
}

// blocks says whether an event takes its calendar's owner's time.
func blocks(cal *calendar, e *Event) bool {
	if e.Transparency == "transparent" || e.EventType == "workingLocation" || e.EventType == "birthday" {
		return false
	}
	self := cal.self(e)
	return self == nil || self.ResponseStatus != "declined"
}

// periods merges spans, cut to the window.
func periods(spans []span, from, to time.Time, zone *time.Location) []timePeriod {
	slices.SortFunc(spans, func(a, b span) int { return a.start.Compare(b.start) })
	var merged []span
	for _, b := range spans {
		if b.start.Before(from) {
			b.start = from
		}
		if b.end.After(to) {
			b.end = to
		}
		last := len(merged) - 1
		switch {
		case !b.end.After(b.start):
		case last >= 0 && !b.start.After(merged[last].end):
			if b.end.After(merged[last].end) {
				merged[last].end = b.end
			}
		default:
			merged = append(merged, b)
		}
	}
	wire := make([]timePeriod, 0, len(merged))
	for _, b := range merged {
		wire = append(wire, timePeriod{b.start.In(zone).Format(time.RFC3339), b.end.In(zone).Format(time.RFC3339)})
	}
	return wire
}
