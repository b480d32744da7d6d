package emulator

import (
	"slices"
	"strings"
	"time"
)

// journalSize is how many entries of each kind the server remembers, so that a demo
// may run for weeks. Counts are exact.
const journalSize = 50_000

// Call is one request to the Calendar API or to the token endpoint.
type Call struct {
	At     time.Time
	User   string // email; empty where the credentials named nobody
	Method string // such as calendar.events.list or oauth.token
	Query  string // the encoded query parameters; empty for oauth
	Status int    // 0 where the connection was dropped
}

// Write is one change to an event that the API carried out, whether or not the
// answer arrived.
type Write struct {
	At              time.Time
	User, Method    string
	Calendar, Event string // ids
	Summary         string
}

// Mail is an invitation, update or cancellation that Google would have sent.
type Mail struct {
	At              time.Time
	From, To        string
	Calendar, Event string // ids
	Kind            string // invitation, update, cancellation
	Told            string // sendUpdates: all, externalOnly or none; empty by a person's own hand
}

// Violation is something a client sent that Google's discovery document does not
// know, that is not emulated, or that Holdfast must never send.
type Violation struct {
	At     time.Time
	Method string // the API method, or the verb and path where it is none
	What   string
}

func (v Violation) String() string { return v.Method + ": " + v.What }

type journal struct {
	calls      []Call
	writes     []Write
	mails      []Mail
	untold     []Mail
	violations []Violation
	pushes     []Notification
	counts     map[string]map[string]int
}

func remember[T any](entries []T, entry T) []T {
	if len(entries) >= journalSize {
		entries = slices.Delete(entries, 0, journalSize/2)
	}
	return append(entries, entry)
}

func (s *Server) recordCall(c Call) {
	s.journal.calls = remember(s.journal.calls, c)
	if s.journal.counts[c.User] == nil {
		s.journal.counts[c.User] = map[string]int{}
	}
	s.journal.counts[c.User][c.Method]++
}

func (s *Server) violate(method, what string) {
	s.journal.violations = remember(s.journal.violations, Violation{s.now(), method, what})
	s.config.Logger.Warn("violation", "method", method, "what", what)
}

// Calls lists the requests so far, oldest first; the oldest are forgotten.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal.calls)
}

// Count is how often a user's client called a method; an empty user or method means
// any.
func (s *Server) Count(email, method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for user, methods := range s.journal.counts {
		for m, count := range methods {
			if (email == "" || sameAddress(user, email)) && (method == "" || m == method) {
				n += count
			}
		}
	}
	return n
}

// Writes lists the changes that the API made to a user's events, oldest first; an
// empty address means everyone's.
func (s *Server) Writes(email string) []Write {
	s.mu.Lock()
	defer s.mu.Unlock()
	var of []Write
	for _, w := range s.journal.writes {
		if email == "" || sameAddress(w.User, email) {
			of = append(of, w)
		}
	}
	return of
}

// Mails lists what Google would have sent to guests.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal.mails)
}

// Untold lists the mails that a client kept Google from sending to guests without an
// account, by sendUpdates: they never hear of the event, of its new time or of its end.
func (s *Server) Untold() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal.untold)
}

// Violations lists what clients did wrong; a test wants it empty.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal.violations)
}

func sameAddress(a, b string) bool { return strings.EqualFold(a, b) }
