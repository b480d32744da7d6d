package webcal

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// trouble says why there was no answer from host. What err says is not repeated: it
// names addresses.
func trouble(err error, host string) error {
	var known *scheduler.WebcalError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.DeadlineExceeded):
		return tooSlow(host)
	case errors.As(err, &name) && name.IsNotFound:
		return &scheduler.WebcalError{Words: "There is no server called " + host + ".", Kind: scheduler.ErrNotFound}
	case errors.As(err, &certificate):
		return &scheduler.WebcalError{Words: host + " cannot prove that it is " + host + ": its certificate is not valid."}
	}
	return &scheduler.WebcalError{Words: host + " cannot be reached."}
}

func tooSlow(host string) error {
	return &scheduler.WebcalError{Words: host + " did not give the whole calendar in time."}
}

// refusal says what an answer means that has no calendar in it.
func refusal(answer *http.Response, host string) error {
	switch code := answer.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &scheduler.WebcalError{Words: host + " does not let Holdfast read this calendar: it asks to sign in.", Kind: scheduler.ErrForbidden}
	case code == http.StatusNotFound:
		return &scheduler.WebcalError{Words: host + " knows no calendar at this address.", Kind: scheduler.ErrNotFound}
	case code == http.StatusGone:
		return &scheduler.WebcalError{Words: "The calendar is gone from " + host + " for good.", Kind: scheduler.ErrGone}
	case code == http.StatusTooManyRequests || code >= http.StatusInternalServerError:
		return &scheduler.WebcalError{Words: host + " has trouble of its own: it answered with status " + strconv.Itoa(code) + ".", After: retryAfter(answer)}
	}
	return &scheduler.WebcalError{Words: host + " answers with status " + strconv.Itoa(answer.StatusCode) + ", not with a calendar.", Kind: scheduler.ErrInvalid}
}

// longestWait is how long a server may ask to be left alone.
const longestWait = 24 * time.Hour

// retryAfter returns how long an answer asks to wait; 0: it does not say. It says so in
// seconds, or with a date (RFC 9110 §10.2.3), which is by the clock that dated the answer.
func retryAfter(answer *http.Response) time.Duration {
	asked := answer.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(asked); err == nil {
		return time.Duration(min(max(seconds, 0), int(longestWait.Seconds()))) * time.Second
	}
	until, err := http.ParseTime(asked)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(until.Sub(now), 0), longestWait)
}

// interrupted says why a file could not be read to its end.
func interrupted(err error, host string) error {
	switch {
	case errors.Is(err, errTooLong):
		return &scheduler.WebcalError{Words: "The calendar is larger than " + strconv.Itoa(maxBody>>20) + " MB, which is more than Holdfast reads.", Kind: scheduler.ErrInvalid}
	case errors.Is(err, context.DeadlineExceeded):
		return tooSlow(host)
	}
	return cutShort()
}

func cutShort() error {
	return &scheduler.WebcalError{Words: "The calendar came cut short: its end is missing."}
}

// noCalendar says what a file is that is no calendar.
func noCalendar(err error) error {
	words := "The address answers with something that is not a calendar (iCalendar)."
	var not *ics.NotCalendarError
	if errors.As(err, &not) {
		switch not.Reason {
		case "a web page":
			words = "The address answers with a web page, not a calendar. Look for a link that says iCal, ICS or subscribe."
		case "empty", "nothing but blank lines":
			words = "The address answers with nothing at all."
		}
	}
	return &scheduler.WebcalError{Words: words, Kind: scheduler.ErrInvalid}
}
