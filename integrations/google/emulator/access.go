package emulator

import "strings"

const scopeRoot = "https://www.googleapis.com/auth/calendar"

// calendarFor is the calendar that a call names, seen with the role that both the
// access control list and the token's scopes allow. A calendar out of reach does not
// exist.
func (s *Server) calendarFor(c *call) (*calendar, Role, error) {
	cal := c.user.find(c.path["calendarId"])
	if cal == nil {
		return nil, None, notFound()
	}
	role := cal.role(c.user.email)
	reached := None
	for _, scope := range c.method.Scopes {
		if !c.scopes[scope] {
			continue
		}
		switch strings.TrimPrefix(scope, scopeRoot+".") {
		case "events.owned", "events.owned.readonly":
			if role == Owner {
				return cal, role, nil
			}
		case "events.freebusy", "freebusy":
			reached = FreeBusyReader
		case "events.public.readonly", "app.created": // no calendar here is public, none was made by an app
		default:
			return cal, role, nil
		}
	}
	if reached == None {
		return nil, None, insufficientScopes()
	}
	return cal, reached, nil
}

// writable is a calendar that the call may write to.
func (s *Server) writable(c *call) (*calendar, error) {
	cal, role, err := s.calendarFor(c)
	if err != nil {
		return nil, err
	}
	if !role.writes() {
		return nil, needsWriter()
	}
	return cal, nil
}

// viewOf is how the caller sees a calendar, in the zone that the call asks for.
func (s *Server) viewOf(c *call, cal *calendar, role Role) (view, error) {
	v := view{server: s, calendar: cal, role: role, zone: s.zoneOf(cal), maxAttendees: c.number("maxAttendees", 0)}
	if c.query.Has("timeZone") {
		loc, err := s.location(c.query.Get("timeZone"))
		if err != nil {
			return v, invalidParameter("timeZone", "Invalid time zone.")
		}
		v.zone = loc
	}
	return v, nil
}
