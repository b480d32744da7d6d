package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Profile says who a person is.
type Profile struct {
	Sub   string // Google's id of the account; made up where empty
	Email string
	Name  string
	// Aliases are other addresses of the account: an invitation to one is the
	// person's own.
	Aliases []string
	// NoMeet: the account's organisation has no Google Meet.
	NoMeet bool
	Zone   string // IANA name of the primary calendar's zone; empty means UTC
}

// User is a person with an account. Its methods are the person's own hand: they act
// on calendars as the person does in Google's own pages, without an OAuth client.
type User struct {
	server  *Server
	sub     string
	email   string
	name    string
	entries map[string]*entry // the calendar list
	unticks map[string]bool   // scopes unticked at the next consent
	locale  string
	recent  []time.Time // requests of the last minute, where there is a quota
}

// entry is a calendar on someone's list. A removed one stays, to be told of.
type entry struct {
	calendar *calendar
	deleted  bool
	rev      int64
	epoch    int64 // event sync tokens issued before are dead
}

// Calendar describes a calendar that is made beside the primary one.
type Calendar struct {
	ID      string // made up where empty; one ending in #holiday@group.v.calendar.google.com answers no watch
	Summary string
	Zone    string // empty means the person's primary calendar's
	Role    Role   // of the person; empty means owner
}

// Errors of the methods that are a person's hand.
var (
	ErrUnknownUser     = errors.New("no such user")
	ErrUnknownCalendar = errors.New("no such calendar")
	ErrUnknownEvent    = errors.New("no such event")
)

// AddUser makes an account with a primary calendar, whose id is the address.
func (s *Server) AddUser(p Profile) (*User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	email := strings.ToLower(p.Email)
	if s.users[email] != nil || !strings.Contains(email, "@") {
		return nil, fmt.Errorf("add user %q: the address is taken or none", p.Email)
	}
	if p.Zone == "" {
		p.Zone = "UTC"
	}
	if _, err := s.location(p.Zone); err != nil {
		return nil, fmt.Errorf("add user %s: %w %q", email, err, p.Zone)
	}
	if p.Sub == "" {
		p.Sub = fmt.Sprintf("1%020d", s.random.Uint64())
	}
	u := &User{
		server: s, sub: p.Sub, email: email, name: p.Name, locale: "en",
		entries: map[string]*entry{}, unticks: map[string]bool{},
	}
	s.users[email] = u
	cal := s.newCalendar(email, email, p.Zone)
	cal.primary, cal.aliases, cal.noMeet = true, p.Aliases, p.NoMeet
	s.grantRole(cal, u, Owner)
	return u, nil
}

// User finds a person by address; nil where there is none.
func (s *Server) User(email string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[strings.ToLower(email)]
}

// Email is the person's address and the id of their primary calendar.
func (u *User) Email() string { return u.email }

// Sub is Google's id of the account.
func (u *User) Sub() string { return u.sub }

func (s *Server) newCalendar(id, summary, zone string) *calendar {
	cal := &calendar{
		id: id, summary: summary, zone: zone, roles: map[string]Role{}, updated: s.now(),
		events: map[string]*record{}, exceptions: map[string]map[string]*record{},
		noPush: strings.Contains(id, "#holiday@") || strings.Contains(id, "#contacts@"),
	}
	s.calendars[id] = cal
	return cal
}

// AddCalendar makes a calendar on the person's list and returns its id.
func (u *User) AddCalendar(c Calendar) (string, error) {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == "" {
		c.ID = "c_" + s.newID(26) + "@group.calendar.google.com"
	}
	if c.Zone == "" {
		c.Zone = s.calendars[u.email].zone
	}
	if c.Role == None {
		c.Role = Owner
	}
	if s.calendars[c.ID] != nil {
		return "", fmt.Errorf("add calendar %s: the id is taken", c.ID)
	}
	if _, err := s.location(c.Zone); err != nil {
		return "", fmt.Errorf("add calendar %s: %w %q", c.ID, err, c.Zone)
	}
	s.grantRole(s.newCalendar(c.ID, c.Summary, c.Zone), u, c.Role)
	return c.ID, nil
}

// Share sets what a person may do with one of u's calendars, which ends every sync
// token of it. None takes the calendar off their list; a FreeBusyReader does not
// see it there.
func (u *User) Share(calendarID, email string, role Role) error {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal, other := u.find(calendarID), s.users[strings.ToLower(email)]
	if cal == nil {
		return fmt.Errorf("share %s: %w", calendarID, ErrUnknownCalendar)
	}
	if other == nil {
		return fmt.Errorf("share %s with %s: %w", calendarID, email, ErrUnknownUser)
	}
	s.grantRole(cal, other, role)
	for _, anyone := range s.users {
		if e := anyone.entries[cal.id]; e != nil {
			e.epoch = s.syncEpoch + 1
		}
	}
	s.syncEpoch++
	return nil
}

// OpenBusy lets everybody at the person's mail domain see when they are busy, as the
// administrator of a Google Workspace does for all.
func (u *User) OpenBusy() {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calendars[u.email].openBusy = true
}

// grantRole changes the access control list, and the person's calendar list by it.
func (s *Server) grantRole(cal *calendar, u *User, role Role) {
	cal.roles[u.email] = role
	if role == None {
		delete(cal.roles, u.email)
	}
	listed := role != None && role != FreeBusyReader
	e := u.entries[cal.id]
	if e == nil {
		if !listed {
			return
		}
		e = &entry{calendar: cal}
		u.entries[cal.id] = e
	}
	s.rev++
	e.rev, e.deleted = s.rev, !listed
	s.notify(calendarListResource(u.email))
}

// find is a calendar that the person has any role on; "" and "primary" mean their own.
func (u *User) find(id string) *calendar {
	if id == "" || id == "primary" {
		id = u.email
	}
	cal := u.server.calendars[id]
	if cal == nil {
		cal = u.server.calendars[strings.ToLower(id)]
	}
	if cal == nil || cal.role(u.email) == None {
		return nil
	}
	return cal
}

// SetZone moves one of the person's calendars to another time zone.
func (u *User) SetZone(calendarID, zone string) error {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := u.find(calendarID)
	if cal == nil {
		return fmt.Errorf("set zone of %s: %w", calendarID, ErrUnknownCalendar)
	}
	if _, err := s.location(zone); err != nil {
		return fmt.Errorf("set zone of %s: %w %q", calendarID, err, zone)
	}
	cal.zone = zone
	for _, anyone := range s.users {
		if e := anyone.entries[cal.id]; e != nil {
			s.rev++
			e.rev = s.rev
			s.notify(calendarListResource(anyone.email))
		}
	}
	return nil
}

// ExpireSyncTokens makes every sync token issued so far to a person for a calendar's
// events answer 410.
func (s *Server) ExpireSyncTokens(email, calendarID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[strings.ToLower(email)]
	if u == nil {
		return fmt.Errorf("expire sync tokens: %w", ErrUnknownUser)
	}
	cal := u.find(calendarID)
	if cal == nil || u.entries[cal.id] == nil {
		return fmt.Errorf("expire sync tokens of %s: %w", calendarID, ErrUnknownCalendar)
	}
	s.syncEpoch++
	u.entries[cal.id].epoch = s.syncEpoch
	return nil
}

// Events lists every event that a calendar ever had, as the person sees it: series
// as they are stored, deleted ones with their content and status cancelled.
func (u *User) Events(calendarID string) []Event {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := u.find(calendarID)
	if cal == nil {
		return nil
	}
	var all []*record
	for _, r := range cal.events {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *record) int { return strings.Compare(a.event.ID, b.event.ID) })
	var events []Event
	for _, r := range all {
		e := r.event.clone()
		if r.state != live {
			e.Status = "cancelled"
		}
		events = append(events, *e)
	}
	return events
}

// Event finds one event by its id, deleted ones too.
func (u *User) Event(calendarID, id string) (Event, error) {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := u.find(calendarID)
	if cal == nil {
		return Event{}, fmt.Errorf("event %s of %s: %w", id, calendarID, ErrUnknownCalendar)
	}
	r := s.lookup(cal, id)
	if r == nil {
		return Event{}, fmt.Errorf("event %s of %s: %w", id, calendarID, ErrUnknownEvent)
	}
	e := r.event.clone()
	if r.state != live {
		e.Status = "cancelled"
	}
	return *e, nil
}

// expired says whether a token issued then, in an epoch, is too old for an entry.
func (s *Server) expired(e *entry, issued time.Time, epoch int64) bool {
	return e != nil && epoch < e.epoch || !s.now().Before(issued.Add(s.config.SyncTokenLife))
}
