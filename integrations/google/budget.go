package google

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"holdfast/scheduler"
)

// Google's own quotas are 10,000 calls a minute for a project and 600 for each user
// of it. What Holdfast sends in any one minute, a burst and what refills after it,
// stays below both.
const (
	projectPerMinute = 9000
	userPerMinute    = 300

	// longestTurn is how long a call waits for its turn; rather than longer it is
	// refused, so that its worker is free for others.
	longestTurn = 5 * time.Second

	// forgetAfter is when the budget of a rep who makes no calls is full anyway.
	forgetAfter = time.Hour
)

var errBudget = errors.New("the rate budget is used up")

type userBudget struct {
	*rate.Limiter
	used time.Time
}

func newBudget(perMinute, burst int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(burst, 1))
}

// takeTurn waits until the rep and the project may make one more call. Where that
// takes too long it gives the turn back and returns a SlowDownError.
func (c *Client) takeTurn(ctx context.Context, repID string) error {
	now := c.config.Now()
	user, project := c.budgetOf(repID, now).ReserveN(now, 1), c.project.ReserveN(now, 1)
	wait := max(user.DelayFrom(now), project.DelayFrom(now))
	if wait > longestTurn {
		user.CancelAt(now)
		project.CancelAt(now)
		return &scheduler.SlowDownError{After: wait, Err: errBudget}
	}
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the rate budget: %w", ctx.Err())
	}
}

// budgetOf returns the rep's own budget. Those of reps who made no call for long are
// forgotten.
func (c *Client) budgetOf(repID string, now time.Time) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.swept) > forgetAfter {
		for id, u := range c.users {
			if now.Sub(u.used) > forgetAfter {
				delete(c.users, id)
			}
		}
		c.swept = now
	}
	u, ok := c.users[repID]
	if !ok {
		u = &userBudget{Limiter: newBudget(c.config.UserPerMinute, c.config.UserPerMinute*2/3)}
		c.users[repID] = u
	}
	u.used = now
	return u.Limiter
}
