package google

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/googleapi"

	"holdfast/scheduler"
)

// refusedToken is Google's 401.
type refusedToken struct{ token string }

func (*refusedToken) Error() string { return "the access token was refused" }

// classify says what Google's refusal of a call that carried token means. What it
// returns holds Google's status and reason, and nothing of the request.
func (c *Client) classify(answer *googleapi.Error, token string) error {
	reason := reasonIn(answer)
	said := fmt.Errorf("%d %s", answer.Code, strings.TrimSpace(reason+" "+plainWords(answer.Message)))
	wait := retryAfter(answer, c.config.Now())
	switch {
	case isPush(reason): // before 401, which is also the answer to an address of somebody else's
		return fmt.Errorf("%w: %w", scheduler.ErrPushRefused, said)
	case answer.Code == http.StatusUnauthorized:
		return &refusedToken{token}
	case isQuota(reason):
		return &scheduler.SlowDownError{After: max(wait, time.Hour), Writes: true, Err: said}
	case reason == "dailyLimitExceeded":
		return &scheduler.SlowDownError{After: max(wait, time.Hour), Project: true, Err: said}
	case answer.Code == http.StatusTooManyRequests, isRate(reason):
		if wait == 0 {
			wait = jittered()
		}
		return &scheduler.SlowDownError{After: wait, Err: said}
	case answer.Code == http.StatusServiceUnavailable && wait > 0:
		return &scheduler.SlowDownError{After: wait, Err: said}
	case isPassing(answer.Code, reason):
		return said
	}
	return fmt.Errorf("%w: %w", kindOf(answer.Code, reason, answer.Message), said)
}

func isPush(reason string) bool { return strings.HasPrefix(reason, "push") }

// isQuota reports whether the calendar takes no more writes for hours.
func isQuota(reason string) bool {
	return reason == "quotaExceeded" || reason == "calendarLimitsExceeded"
}

// isRate knows the reason in the words of either envelope: rateLimitExceeded,
// userRateLimitExceeded, RATE_LIMIT_EXCEEDED.
func isRate(reason string) bool {
	return strings.Contains(strings.ToLower(strings.ReplaceAll(reason, "_", "")), "ratelimit")
}

func isScope(reason string) bool {
	return reason == "insufficientPermissions" || reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
}

// isPassing reports whether the same call may well succeed later.
func isPassing(code int, reason string) bool {
	return code >= http.StatusInternalServerError || code < http.StatusBadRequest || code == http.StatusRequestTimeout ||
		reason == "failedPrecondition" // "Precondition check failed.", also without If-Match
}

// kindOf names the kind of a failure that trying again does not mend.
func kindOf(code int, reason, message string) error {
	switch {
	case reason == "fullSyncRequired" || reason == "updatedMinTooLongAgo":
		return scheduler.ErrSyncToken
	case code == http.StatusBadRequest && strings.Contains(strings.ToLower(message), "sync token"):
		return scheduler.ErrSyncToken // a token that was never one
	case code == http.StatusGone:
		return scheduler.ErrGone
	case code == http.StatusNotFound:
		return scheduler.ErrNotFound
	case code == http.StatusConflict:
		return scheduler.ErrTaken
	case code == http.StatusPreconditionFailed:
		return scheduler.ErrChanged
	case code == http.StatusForbidden && isScope(reason):
		return scheduler.ErrScope
	case code == http.StatusForbidden:
		return scheduler.ErrForbidden
	}
	return scheduler.ErrInvalid
}

// reasonIn returns the reason that Google gives: in errors[] of the old envelope, in
// details[] of the new one.
func reasonIn(answer *googleapi.Error) string {
	if len(answer.Errors) > 0 && answer.Errors[0].Reason != "" {
		return answer.Errors[0].Reason
	}
	var body struct {
		Error struct {
			Details []struct {
				Reason string `json:"reason"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.Unmarshal([]byte(answer.Body), &body) != nil {
		return "" // no words of Google's own: a proxy answered
	}
	for _, d := range body.Error.Details {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return ""
}

// plainWords returns the part of a message of Google's that is its own: what stands
// in quotes or after a colon may be repeated from the request.
func plainWords(message string) string {
	const longest = 120
	if at := strings.IndexAny(message, ":\"'`“‘<\r\n"); at >= 0 {
		message = message[:at]
	}
	if len(message) > longest {
		return ""
	}
	return strings.TrimSpace(message)
}

// retryAfter returns how long the header Retry-After asks to wait (RFC 9110
// §10.2.3), a day at most; 0 where it says nothing.
func retryAfter(answer *googleapi.Error, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	value := answer.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), int(longest/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longest)
}

// jittered spreads those who were told to slow down, without being told for how long.
func jittered() time.Duration { return time.Second + rand.N(8*time.Second) }
