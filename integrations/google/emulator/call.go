package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBody is the longest request body that is read.
const maxBody = 1 << 20

// handler carries out one method. It answers with what becomes JSON, or noContent,
// or a *failure.
type handler func(*Server, *call) (any, error)

// noContent is the answer without a body: 204.
type noContent struct{}

// call is one request to the Calendar API.
type call struct {
	method *method
	path   map[string]string
	query  url.Values
	header http.Header
	body   []byte
	user   *User
	grant  *grant
	scopes map[string]bool // granted to the access token
	fields mask
}

func calendarMethods() map[string]handler {
	return map[string]handler{
		"calendar.events.list":        (*Server).listEvents,
		"calendar.events.get":         (*Server).getEvent,
		"calendar.events.insert":      (*Server).insertEvent,
		"calendar.events.patch":       (*Server).patchEvent,
		"calendar.events.update":      (*Server).updateEvent,
		"calendar.events.delete":      (*Server).deleteEvent,
		"calendar.events.instances":   (*Server).listInstances,
		"calendar.events.watch":       (*Server).watchEvents,
		"calendar.calendarList.list":  (*Server).listCalendars,
		"calendar.calendarList.get":   (*Server).getCalendarEntry,
		"calendar.calendarList.watch": (*Server).watchCalendarList,
		"calendar.calendars.get":      (*Server).getCalendar,
		"calendar.freebusy.query":     (*Server).queryFreeBusy,
		"calendar.channels.stop":      (*Server).stopChannel,
		"calendar.settings.get":       (*Server).getSetting,
	}
}

// serveCalendar answers one API request. Only a fault may keep it: state is read
// and changed under the lock, JSON is written outside it.
func (s *Server) serveCalendar(w http.ResponseWriter, r *http.Request, path string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		invalid("Request body cannot be read.").write(w)
		return
	}
	s.mu.Lock()
	c, err := s.parse(r, path, body)
	var fault *Fault
	if err == nil {
		fault = s.nextFault(c.user.email, c.method.ID)
	}
	s.mu.Unlock()
	if fault != nil && !fault.AfterApply {
		s.fail(w, r, fault, func(status int) { s.note(c, status) })
		return
	}
	var answer any
	if err == nil {
		answer, err = s.carryOut(c)
	}
	if fault != nil && err == nil {
		s.fail(w, r, fault, func(status int) { s.note(c, status) })
		return
	}
	s.answer(w, c, answer, err)
}

// carryOut runs the method under the lock.
func (s *Server) carryOut(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	handle := s.methods[c.method.ID]
	if handle == nil {
		return nil, s.refuse(c.method.ID, "not emulated")
	}
	return handle(s, c)
}

// answer writes what a method said, and notes the call.
func (s *Server) answer(w http.ResponseWriter, c *call, answer any, err error) {
	var failed *failure
	if errors.As(err, &failed) {
		s.note(c, failed.code)
		failed.write(w)
		return
	}
	if err != nil {
		s.note(c, http.StatusInternalServerError)
		globalFailure(http.StatusInternalServerError, "backendError", err.Error()).write(w)
		return
	}
	if answer == (any)(noContent{}) {
		s.note(c, http.StatusNoContent)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	masked, err := masked(answer, c.fields)
	if err != nil {
		s.answer(w, c, nil, err)
		return
	}
	s.note(c, http.StatusOK)
	writeJSON(w, http.StatusOK, masked)
}

func masked(answer any, fields mask) (any, error) {
	if fields == nil {
		return answer, nil
	}
	all, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return fields.apply(all), nil
}

func (s *Server) note(c *call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	noted := Call{At: s.now(), Method: "unknown", Status: status}
	if c != nil {
		noted.Method, noted.Query = c.method.ID, c.query.Encode()
		if c.user != nil {
			noted.User = c.user.email
		}
	}
	s.recordCall(noted)
}

// refuse records a violation and is its answer.
func (s *Server) refuse(method, what string) *failure {
	s.violate(method, what)
	return globalFailure(http.StatusBadRequest, "badRequest", "emulator: "+what)
}

// parse checks a request as far as the discovery document and the token go. The
// call is not nil where the method is known.
func (s *Server) parse(r *http.Request, path string, body []byte) (*call, error) {
	m, values := s.document.match(r.Method, path)
	if m == nil {
		return nil, s.refuse(r.Method+" "+r.URL.Path, "no such method")
	}
	c := &call{method: m, path: map[string]string{}, query: r.URL.Query(), header: r.Header, body: body}
	for name, escaped := range values {
		value, err := url.PathUnescape(escaped)
		if err != nil {
			return c, s.refuse(m.ID, "path parameter "+name+" is not escaped")
		}
		c.path[name] = value
	}
	if err := s.authenticate(c, r.Header.Get("Authorization")); err != nil {
		return c, err
	}
	if err := s.spend(c.user); err != nil {
		return c, err
	}
	return c, s.checkCall(c)
}

// spend counts a request against the person's quota, which slides.
func (s *Server) spend(u *User) error {
	if s.config.UserQuota == 0 {
		return nil
	}
	now := s.now()
	u.recent = slices.DeleteFunc(u.recent, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	if len(u.recent) >= s.config.UserQuota {
		return rateLimited()
	}
	u.recent = append(u.recent, now)
	return nil
}

// authenticate finds whose access token it is, and whether it reaches the method.
func (s *Server) authenticate(c *call, authorization string) error {
	token, isBearer := strings.CutPrefix(authorization, "Bearer ")
	if !isBearer {
		return authError()
	}
	access := s.grants.access[token]
	if access == nil || access.grant.dead || !s.now().Before(access.expires) {
		return authError()
	}
	c.grant, c.scopes, c.user = access.grant, access.scopes, s.users[access.grant.email]
	for _, scope := range c.method.Scopes {
		if access.scopes[scope] {
			return nil
		}
	}
	return insufficientScopes()
}

// checkCall holds the request to the discovery document.
func (s *Server) checkCall(c *call) error {
	if what := s.document.checkQuery(c.method, c.query); what != "" {
		return s.refuse(c.method.ID, what)
	}
	if err := s.checkJSON(c); err != nil {
		return err
	}
	if !c.query.Has("fields") {
		return nil
	}
	fields, err := readMask(c.query.Get("fields"))
	if err != nil {
		return s.refuse(c.method.ID, "fields: "+err.Error())
	}
	if name := s.document.checkMask(fields, schema{Ref: c.method.Response}); name != "" {
		return s.refuse(c.method.ID, "fields: unknown "+name)
	}
	c.fields = fields
	return nil
}

func (s *Server) checkJSON(c *call) error {
	if c.method.Request == "" {
		if len(c.body) > 0 {
			return s.refuse(c.method.ID, "a body where none belongs")
		}
		return nil
	}
	if !strings.HasPrefix(c.header.Get("Content-Type"), "application/json") {
		return s.refuse(c.method.ID, "the body's Content-Type is not application/json")
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return s.refuse(c.method.ID, "the body is no JSON: "+err.Error())
	}
	if what := s.document.checkBody(schema{Ref: c.method.Request}, value, c.method.Request); what != "" {
		return s.refuse(c.method.ID, what)
	}
	return nil
}

// flag is a boolean query parameter.
func (c *call) flag(name string) bool { return c.query.Get(name) == "true" }

// time is a date-time query parameter; its form was checked.
func (c *call) time(name string) time.Time { return parseTime(c.query.Get(name)) }

// parseTime is zero for what is no RFC 3339 time.
func parseTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// number is an integer query parameter; its form was checked.
func (c *call) number(name string, otherwise int) int {
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}
