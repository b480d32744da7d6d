package emulator

import (
	"slices"
	"sort"
	"strconv"
	"time"
)

// Role is what a person may do with a calendar.
type Role string

// The roles, from the most to the least. None takes a role away.
const (
	Owner          Role = "owner"
	Writer         Role = "writer"
	Reader         Role = "reader"
	FreeBusyReader Role = "freeBusyReader"
	None           Role = ""
)

func (r Role) writes() bool { return r == Owner || r == Writer }

// calendar is one calendar with its events.
type calendar struct {
	id, summary, zone string
	primary           bool     // someone's own: id is their address
	aliases           []string // other addresses of the person whose own it is
	noPush            bool     // holidays and birthdays answer no watch
	noMeet            bool     // its events get no conference
	openBusy          bool     // everybody at its person's mail domain may see when it is busy
	roles             map[string]Role
	events            map[string]*record
	exceptions        map[string]map[string]*record // by series, then by event id
	log               []change
	updated           time.Time
}

// record is an event id that was ever used, and what it stands for now. An event is
// never changed in place, so one handed out stays as it was.
type record struct {
	event *Event
	rev   int64
	state recordState
}

type recordState int

const (
	live      recordState = iota
	cancelled             // deleted, and lists still say so
	vanished              // deleted, and nothing says so any more: the id stays taken
)

// change says that an event changed at a revision. It is stale once the event
// changed again.
type change struct {
	rev int64
	id  string
}

// put stores what an event is from now on and tells who watches.
func (s *Server) put(cal *calendar, e *Event, state recordState) *record {
	s.rev++
	e.ETag = `"` + strconv.FormatInt(s.rev*2, 10) + `"`
	r := &record{event: e, rev: s.rev, state: state}
	cal.events[e.ID] = r
	if e.RecurringEventID != "" {
		if cal.exceptions[e.RecurringEventID] == nil {
			cal.exceptions[e.RecurringEventID] = map[string]*record{}
		}
		cal.exceptions[e.RecurringEventID][e.ID] = r
	}
	cal.log = append(cal.log, change{s.rev, e.ID})
	cal.updated = s.now()
	if len(cal.log) > 2*len(cal.events)+64 {
		cal.compact()
	}
	s.notify(eventsResource(cal.id))
	return r
}

// compact drops the stale entries of the log.
func (cal *calendar) compact() {
	kept := cal.log[:0]
	for _, c := range cal.log {
		if cal.events[c.id].rev == c.rev {
			kept = append(kept, c)
		}
	}
	cal.log = kept
}

// changed visits the records changed after one revision and up to another, in
// order, until visit returns false.
func (cal *calendar) changed(after, upTo int64, visit func(*record) bool) {
	from := sort.Search(len(cal.log), func(i int) bool { return cal.log[i].rev > after })
	for _, c := range cal.log[from:] {
		if c.rev > upTo {
			return
		}
		if r := cal.events[c.id]; r.rev == c.rev && r.state != vanished && !visit(r) {
			return
		}
	}
}

// vanish forgets an event as lists see it; its id stays taken.
func (cal *calendar) vanish(r *record) {
	r.state = vanished
	if of := r.event.RecurringEventID; of != "" {
		delete(cal.exceptions[of], r.event.ID)
	}
}

// isSelf says whether an address is that of the calendar's person.
func (cal *calendar) isSelf(email string) bool {
	return sameAddress(email, cal.id) || slices.ContainsFunc(cal.aliases, func(a string) bool { return sameAddress(a, email) })
}

// self is the entry of the calendar's person among an event's guests; nil where
// there is none.
func (cal *calendar) self(e *Event) *Attendee {
	for i := range e.Attendees {
		if cal.isSelf(e.Attendees[i].Email) {
			return &e.Attendees[i]
		}
	}
	return nil
}

// role of a person: what the access control list grants.
func (cal *calendar) role(email string) Role { return cal.roles[email] }
