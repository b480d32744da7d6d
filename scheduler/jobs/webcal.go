package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// How often a calendar elsewhere is read: each hour, or as often as it asks to be, within
// bounds.
const (
	pollWebcal      = time.Hour
	pollWebcalLeast = 15 * time.Minute
	pollWebcalMost  = 24 * time.Hour
)

// The first wait and the longest before a calendar elsewhere is asked again that could
// not be read.
const (
	webcalRetry     = 5 * time.Minute
	webcalRetryMost = 24 * time.Hour
)

// AddWebcal begins to watch a calendar elsewhere for a rep. It is read at once, so that
// what is wrong with it is told to whoever adds it, as a *scheduler.WebcalError.
func (r *Runner) AddWebcal(ctx context.Context, repID string, w store.NewWebcal) (store.Calendar, error) {
	rep, err := r.Store.Rep(ctx, repID)
	if err != nil {
		return store.Calendar{}, err
	}
	settings, err := rep.Settings.Domain(rep)
	if err != nil {
		return store.Calendar{}, fmt.Errorf("settings of rep %s: %w", repID, err)
	}
	begun := r.Now()
	read, err := r.Webcal(ctx, w.Address, "")
	if err != nil {
		return store.Calendar{}, fmt.Errorf("read a calendar elsewhere: %w", err)
	}
	return r.Store.AddWebcal(ctx, repID, w, read.Name, begun, read.Changes(r.since(settings)), r.nextWebcal(read))
}

// nextWebcal says when a calendar elsewhere is to be read again.
func (r *Runner) nextWebcal(read scheduler.WebcalRead) time.Time {
	poll := pollWebcal
	if read.Refresh > 0 {
		poll = min(max(read.Refresh, pollWebcalLeast), pollWebcalMost)
	}
	return r.Now().Add(around(poll))
}

// syncWebcal reads a calendar elsewhere, if it changed, and decides anew.
func (r *Runner) syncWebcal(ctx context.Context, rep store.Rep, c store.Calendar) error {
	settings, err := rep.Settings.Domain(rep)
	if err != nil {
		return fmt.Errorf("settings of rep %s: %w", rep.ID, err)
	}
	begun := r.Now()
	read, err := r.readWebcal(ctx, c)
	var failed *scheduler.WebcalError
	switch {
	case errors.As(err, &failed):
		return gone(r.webcalFailed(ctx, c, failed))
	case err != nil:
		return gone(err)
	case read.Unchanged:
		return r.Store.WebcalUnchanged(ctx, c.RepID, c.ID, c.SyncToken, read.Token, begun, r.nextWebcal(read))
	}
	saved, err := r.Store.SaveChanges(ctx, c.RepID, c.ID, c.SyncToken, begun, read.Changes(r.since(settings)), r.nextWebcal(read))
	if err != nil {
		return gone(fmt.Errorf("save changes of calendar %s: %w", c.ID, err))
	}
	if saved.Confirm {
		r.Log.WarnContext(ctx, "half of a calendar or more is gone: reading again before believing it", "rep", c.RepID, "calendar", c.ID)
	}
	if len(read.Warnings) > 0 {
		r.Log.InfoContext(ctx, "parts of a calendar elsewhere cannot be read", "rep", c.RepID, "calendar", c.ID, "warnings", len(read.Warnings))
	}
	return nil
}

func (r *Runner) readWebcal(ctx context.Context, c store.Calendar) (scheduler.WebcalRead, error) {
	address, err := r.Store.WebcalAddress(ctx, c.RepID, c.ID)
	if errors.Is(err, store.ErrSealed) {
		return scheduler.WebcalRead{}, &scheduler.WebcalError{Words: "Its address cannot be unsealed any more. Remove the calendar here, and add it again."}
	}
	if err != nil {
		return scheduler.WebcalRead{}, err
	}
	return r.Webcal(ctx, address, c.SyncToken)
}

// webcalFailed tells the rep why a calendar elsewhere could not be read. What is known of
// it stays; one of which nothing is known is left out, for it would keep everything
// waiting.
func (r *Runner) webcalFailed(ctx context.Context, c store.Calendar, why *scheduler.WebcalError) error {
	r.Log.WarnContext(ctx, "calendar elsewhere not read", "rep", c.RepID, "calendar", c.ID, "host", c.Host, "failures", c.Failures+1, "error", why)
	if !c.Complete {
		return r.Store.LeaveOut(ctx, c.RepID, c.ID, why.Words+" Choose it again once it can be read.")
	}
	wait := min(webcalRetry<<min(c.Failures, 20), webcalRetryMost)
	return r.Store.WebcalFailed(ctx, c.RepID, c.ID, why.Words, r.Now().Add(max(around(wait), why.After)))
}
