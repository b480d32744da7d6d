package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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

func (c *Calendar) attempt(ctx context.Context, refused string, do func(context.Context, *calendar.Service) error) error {
	token, err := c.access(ctx, refused)
	if err != nil {
		return err
	}
	if err := c.client.takeTurn(ctx, c.rep); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	service, err := calendar.NewService(ctx, option.WithHTTPClient(c.client.authorized(token)), option.WithEndpoint(c.client.config.API))
	if err != nil {
		return fmt.Errorf("make the service: %w", err)
	}
	err = do(ctx, service)
	var answer *googleapi.Error
	if errors.As(err, &answer) {
		return c.client.classify(answer, token)
	}
	return withoutURL(err)
}

// authorized returns a client that sends the token with every request.
func (c *Client) authorized(token string) *http.Client {
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
	return httpClient(&oauth2.Transport{Source: source, Base: c.http.Transport})
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
