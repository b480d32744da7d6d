package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"holdfast/scheduler"
)

// Calendar is the calendars of one rep.
type Calendar struct {
	client *Client
	rep    string
	grants Grants
}

// For returns the calendars of a rep, with the grant that grants keeps.
func (c *Client) For(repID string, grants Grants) *Calendar {
	return &Calendar{client: c, rep: repID, grants: grants}
}

// With returns the calendars that a grant opens, without a store to keep it. It is
// for one goroutine.
func (c *Client) With(repID string, g scheduler.Grant) *Calendar {
	return c.For(repID, &fixed{g})
}

// Revoke ends the grant that this was made with.
func (c *Calendar) Revoke(ctx context.Context) error {
	g, err := c.grants.Grant(ctx, c.rep)
	if err != nil {
		return fmt.Errorf("load the grant: %w", err)
	}
	return c.client.Revoke(ctx, g)
}

// call is the one way to the Calendar API: it waits for the budgets, gives do a
// service that carries a good token and a deadline, refreshes the token once where
// it was refused, counts, and says what a failure means.
func (c *Calendar) call(ctx context.Context, method string, do func(context.Context, *calendar.Service) error) error {
	err := c.attempt(ctx, "", do)
	var refused *refusedToken
	if errors.As(err, &refused) {
		err = c.attempt(ctx, refused.token, do)
		if errors.As(err, &refused) {
			err = fmt.Errorf("%w: a fresh token was refused", scheduler.ErrSignedOut)
		}
	}
	if count := c.client.config.Count; count != nil {
		count(c.rep, method, outcome(err))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// refusedToken is Google's 401.
type refusedToken struct{ token string }

func (*refusedToken) Error() string { return "the access token was refused" }

func (c *Calendar) attempt(ctx context.Context, refused string, do func(context.Context, *calendar.Service) error) error {
	token, err := c.access(ctx, refused)
	if err != nil {
		return err
	}
	for _, budget := range []interface{ Wait(context.Context) error }{c.client.userBudget(c.rep), c.client.project} {
		if err := budget.Wait(ctx); err != nil {
			return fmt.Errorf("wait for the rate budget: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	service, err := calendar.NewService(ctx, option.WithHTTPClient(c.client.authorized(token)), option.WithEndpoint(c.client.config.API))
	if err != nil {
		return fmt.Errorf("make the service: %w", err)
	}
	return classify(do(ctx, service), token)
}

// authorized returns a client that sends the token with every request.
func (c *Client) authorized(token string) *http.Client {
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
	return &http.Client{Transport: &oauth2.Transport{Source: source, Base: c.http.Transport}, Timeout: callDeadline}
}

// classify says what Google's answer means. The errors it returns hold Google's
// reason and message, never the request.
func classify(err error, token string) error {
	var answer *googleapi.Error
	if err == nil || !errors.As(err, &answer) {
		return withoutURL(err)
	}
	reason := reasonIn(answer)
	said := fmt.Errorf("%d %s", answer.Code, strings.TrimSpace(reason+" "+answer.Message))
	switch {
	case answer.Code == http.StatusUnauthorized:
		return &refusedToken{token}
	case reason == "quotaExceeded" || reason == "calendarLimitsExceeded":
		return &scheduler.SlowDownError{After: atLeast(time.Hour, retryAfter(answer)), Writes: true, Err: said}
	case answer.Code == http.StatusTooManyRequests, strings.Contains(strings.ToLower(reason), "ratelimit"), reason == "dailyLimitExceeded":
		return &scheduler.SlowDownError{After: atLeast(jittered(), retryAfter(answer)), Project: reason == "dailyLimitExceeded", Err: said}
	case answer.Code >= http.StatusInternalServerError:
		return said
	}
	return fmt.Errorf("%w: %w", kindOf(answer.Code, reason, answer.Message), said)
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
	case strings.HasPrefix(reason, "push"):
		return scheduler.ErrPushRefused
	case code == http.StatusForbidden && isScope(reason):
		return scheduler.ErrScope
	case code == http.StatusForbidden:
		return scheduler.ErrForbidden
	}
	return scheduler.ErrInvalid
}

func isScope(reason string) bool {
	return reason == "insufficientPermissions" || reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
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
	if json.Unmarshal([]byte(answer.Body), &body) == nil && len(body.Error.Details) > 0 {
		return body.Error.Details[0].Reason
	}
	return ""
}

// retryAfter returns what the header Retry-After asks for, in seconds; else 0.
func retryAfter(answer *googleapi.Error) time.Duration {
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 24*3600)) * time.Second
}

// jittered spreads those who were told to slow down, without being told for how long.
func jittered() time.Duration { return time.Second + rand.N(8*time.Second) }

func atLeast(least, d time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return least
}

// outcome names err for the metrics.
func outcome(err error) string {
	var slow *scheduler.SlowDownError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &slow) && slow.Writes:
		return "quota"
	case errors.As(err, &slow):
		return "slow_down"
	case errors.Is(err, scheduler.ErrSignedOut):
		return "signed_out"
	case errors.Is(err, scheduler.ErrTaken), errors.Is(err, scheduler.ErrChanged):
		return "conflict"
	case errors.Is(err, scheduler.ErrNotFound), errors.Is(err, scheduler.ErrGone), errors.Is(err, scheduler.ErrSyncToken):
		return "gone"
	case errors.Is(err, scheduler.ErrForbidden), errors.Is(err, scheduler.ErrScope), errors.Is(err, scheduler.ErrInvalid):
		return "refused"
	}
	return "failed"
}
