package jobs

import (
	"context"
	"errors"
	"fmt"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Purge does at Google what is left to do for a rep who disconnected: it removes what
// Holdfast wrote, stops the channels and gives the grant back, in this order, for
// nothing can be done without the grant. Google being down, it is tried again until
// it is up; a grant that is dead already ends it.
func (r *Runner) Purge(ctx context.Context, departureID string) error {
	d, err := r.Store.Departure(ctx, departureID)
	if errors.Is(err, scheduler.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	err = r.purge(ctx, d)
	if err == nil || errors.Is(err, scheduler.ErrSignedOut) {
		return r.Store.DepartureDone(ctx, d.ID)
	}
	r.Log.WarnContext(ctx, "clearing up after a rep failed", "departure", d.ID, "attempts", d.Attempts, "error", err)
	var slow *scheduler.SlowDownError
	wait := backoff(d.Attempts + 3)
	if errors.As(err, &slow) {
		wait = slow.After
	}
	return r.Store.DepartureFailed(ctx, d.ID, departureTrouble(err), r.Now().Add(wait))
}

// departureTrouble says in words for an operator what stands in the way.
func departureTrouble(err error) string {
	var slow *scheduler.SlowDownError
	if errors.As(err, &slow) {
		return "Google asked for fewer calls."
	}
	return "Google could not be reached or failed."
}

func (r *Runner) purge(ctx context.Context, d store.Departure) error {
	remote := r.RemoteFor(d.Grant)
	if d.Purge {
		if err := r.removeWritten(ctx, remote, d); err != nil {
			return err
		}
	}
	for _, c := range d.Channels {
		if err := remote.Stop(ctx, c); err != nil && !permanent(err) && !errors.Is(err, scheduler.ErrScope) {
			return fmt.Errorf("stop a channel: %w", err)
		}
	}
	// Read anew: who signed in again meanwhile would lose the new consent with the old.
	now, err := r.Store.Departure(ctx, d.ID)
	if err != nil {
		return err
	}
	if !now.Revoke {
		return nil
	}
	if err := r.Revoke(ctx, d.Grant); err != nil {
		return fmt.Errorf("revoke the grant: %w", err)
	}
	return nil
}

// removeWritten removes everything that this install wrote to the rep's calendars.
func (r *Runner) removeWritten(ctx context.Context, remote Remote, d store.Departure) error {
	install, err := r.Store.Install(ctx)
	if err != nil {
		return err
	}
	for _, calendar := range d.Calendars {
		if err := r.removeTagged(ctx, remote, d, calendar, install); err != nil {
			return err
		}
	}
	return nil
}

// sweeps is how often a calendar is looked through: a write that was under way when
// the rep left may land after the first look.
const sweeps = 3

// removeTagged removes everything that this install wrote to a calendar, found by
// what it wrote and not by what it remembers, until nothing is left. A calendar that
// is gone has nothing left to remove, and one that the consent does not cover will not
// be covered later.
func (r *Runner) removeTagged(ctx context.Context, remote Remote, d store.Departure, calendar, install string) error {
	for range sweeps {
		events, err := remote.Tagged(ctx, calendar, install)
		if permanent(err) || errors.Is(err, scheduler.ErrScope) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find what was written to calendar %s: %w", calendar, err)
		}
		removed, err := r.removeAll(ctx, remote, d, calendar, events)
		if err != nil || removed == 0 {
			return err
		}
	}
	return nil
}

// giveUp removes an event that Holdfast wrote. A review is a meeting with people, whom
// nobody asked whether it should go: it stays, as one that nobody but the rep wrote.
func giveUp(ctx context.Context, remote Remote, calendar string, e scheduler.RemoteEvent) error {
	if e.Tags.Kind == scheduler.KindReview {
		return remote.Disown(ctx, calendar, e.ID)
	}
	return remote.Delete(ctx, scheduler.Entry{Calendar: calendar, ID: e.ID}, "")
}

// removeAll removes events and says how many. What belongs to the same person's new
// connection stays.
func (r *Runner) removeAll(ctx context.Context, remote Remote, d store.Departure, calendar string, events []scheduler.RemoteEvent) (removed int, err error) {
	for _, e := range events {
		kept, err := r.Store.Keeps(ctx, d, e.Tags.ID)
		if err != nil {
			return removed, err
		}
		if kept {
			continue
		}
		err = giveUp(ctx, remote, calendar, e)
		if err != nil && !permanent(err) {
			return removed, fmt.Errorf("remove an event from calendar %s: %w", calendar, err)
		}
		if err == nil {
			removed++
		}
	}
	return removed, nil
}
