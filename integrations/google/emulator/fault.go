package emulator

import (
	"net/http"
	"time"
)

// Fault is something going wrong once or several times. With a zero Status and
// without Hang, the connection is dropped without an answer.
type Fault struct {
	User   string // email; empty means anyone
	Method string // such as calendar.events.insert or oauth.token; empty means any
	Writes bool   // only methods that change events
	Nth    int    // the first matching call that fails, from 1; 0 means 1
	Times  int    // how many calls fail from then on; 0 means 1, negative means all

	Status     int
	Reason     string // such as rateLimitExceeded; by default what fits Status
	Message    string
	RetryAfter time.Duration

	AfterApply bool // carry the call out first, then fail
	Hang       bool // keep the client waiting until it gives up

	seen, failed int
}

// Fault plans a fault. Of several that match a call, the one planned first wins.
func (s *Server) Fault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults forgets every fault.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// nextFault counts a call and says what goes wrong with it, if anything.
func (s *Server) nextFault(email, method string) *Fault {
	var hit *Fault
	for _, f := range s.faults {
		if f.matches(email, method) {
			f.seen++
			if hit == nil && f.due() {
				f.failed++
				hit = f
			}
		}
	}
	return hit
}

func (f *Fault) matches(email, method string) bool {
	return (f.User == "" || sameAddress(f.User, email)) &&
		(f.Method == "" || f.Method == method) && (!f.Writes || isWrite(method))
}

func (f *Fault) due() bool {
	return f.seen >= max(f.Nth, 1) && (f.Times < 0 || f.failed < max(f.Times, 1))
}

func isWrite(method string) bool {
	switch method {
	case "calendar.events.insert", "calendar.events.patch", "calendar.events.update", "calendar.events.delete":
		return true
	}
	return false
}

// fail lets a request go wrong, and tells note the status, 0 for none.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *Fault, note func(status int)) {
	if f.Hang {
		select {
		case <-r.Context().Done():
		case <-s.work.Done():
		}
	}
	if f.Hang || f.Status == 0 {
		note(0)
		panic(http.ErrAbortHandler) // the server's own way to drop a connection
	}
	note(f.Status)
	f.failure().write(w)
}

func (f *Fault) failure() *failure {
	reason, message := f.defaults()
	if f.Reason != "" {
		reason = f.Reason
	}
	if f.Message != "" {
		message = f.Message
	}
	failed := globalFailure(f.Status, reason, message)
	switch reason {
	case "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded":
		failed.domain = "usageLimits"
	}
	if f.Status == http.StatusForbidden {
		failed.status = "PERMISSION_DENIED"
	}
	failed.retryAfter = f.RetryAfter
	return failed
}

func (f *Fault) defaults() (reason, message string) {
	switch f.Status {
	case http.StatusUnauthorized:
		return "authError", "Invalid Credentials"
	case http.StatusForbidden, http.StatusTooManyRequests:
		return "rateLimitExceeded", "Rate Limit Exceeded"
	case http.StatusNotFound:
		return "notFound", "Not Found"
	case http.StatusGone:
		return "deleted", "Resource has been deleted"
	case http.StatusPreconditionFailed:
		return "conditionNotMet", "Precondition Failed"
	}
	return "backendError", "Backend Error"
}
