package jobs

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// busyChanges reads when a calendar that is not the rep's is busy. Google gives no
// sync token for that: one of ours tells two readings apart.
func (r *Runner) busyChanges(ctx context.Context, c store.Calendar, window scheduler.Span) (scheduler.Changes, error) {
	busy, err := r.Remote(c.RepID).BusyTimes(ctx, c.ID, window.Start, window.End)
	if err != nil {
		return scheduler.Changes{}, err
	}
	return scheduler.BusyChanges(busy, "busy-"+rand.Text()), nil
}

// hiddenAgain is how long to wait where busy times are not shown for no lasting
// reason.
const hiddenAgain = 5 * time.Minute

// hidden tells the rep that a calendar does not show when it is busy. What is known of
// it stays and goes on to block; one of which nothing was ever known is left out, as
// the rep is told, for it would keep everything waiting.
func (r *Runner) hidden(ctx context.Context, c store.Calendar, why error) error {
	r.Log.WarnContext(ctx, "busy times not shown", "rep", c.RepID, "calendar", c.ID, "error", why)
	lasting := permanent(why)
	if lasting && !c.Complete {
		return r.Store.LeaveOut(ctx, c.RepID, c.ID, "Google does not show Holdfast when it is busy. Ask its owner to share that with you, and choose it again.")
	}
	again := r.Now().Add(around(hiddenAgain))
	if lasting {
		var err error
		if again, err = r.nextPoll(ctx, c); err != nil {
			return err
		}
	}
	reason := "Google does not show when this calendar is busy."
	if c.Complete {
		reason += " Holdfast keeps off the times it knew last."
	}
	if err := r.Store.SyncFailed(ctx, c.RepID, c.ID, reason, again); err != nil {
		return fmt.Errorf("remember that calendar %s is hidden: %w", c.ID, err)
	}
	return nil
}
