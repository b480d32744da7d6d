package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// channelLive is the state of a channel whose pushes come.
const channelLive = "live"

// pushedUntil returns until when pushes come for a calendar; zero: none come now.
func pushedUntil(channels []store.Channel, calendarID string, now time.Time) (until time.Time) {
	for _, c := range channels {
		if c.CalendarID == calendarID && c.State == channelLive && c.ExpiresAt != nil && c.ExpiresAt.After(now) && c.ExpiresAt.After(until) {
			until = *c.ExpiresAt
		}
	}
	return until
}

// openChannels opens a channel for each calendar that was read and has none. One that
// fails is due again: its row was there first.
func (r *Runner) openChannels(ctx context.Context, repID string) error {
	if r.Callback == "" {
		return nil
	}
	calendars, err := r.Store.Calendars(ctx, repID)
	if err != nil {
		return err
	}
	channels, err := r.Store.Channels(ctx, repID)
	if err != nil {
		return err
	}
	for _, c := range calendars {
		if !watched(&c) || c.SyncToken == "" || !pushedUntil(channels, c.ID, r.Now()).IsZero() {
			continue
		}
		if err := r.renewChannel(ctx, repID, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// watched reports whether pushes are wanted for c.
func watched(c *store.Calendar) bool {
	return c.Owned && (c.Counts || c.Blocks)
}

// RenewChannel opens a push channel for a calendar and closes those it had before.
// The row comes first, so that the first push finds it, and the old ones live until
// the new one does: there is no gap, and no channel that nobody knows.
func (r *Runner) RenewChannel(ctx context.Context, repID, calendarID string) error {
	return r.settle(ctx, repID, r.Now(), r.renewChannel(ctx, repID, calendarID))
}

func (r *Runner) renewChannel(ctx context.Context, repID, calendarID string) error {
	if _, err := r.connected(ctx, repID); err != nil {
		return err
	}
	old, err := r.channelsOf(ctx, repID, calendarID)
	if err != nil {
		return err
	}
	wanted, err := r.wantsChannel(ctx, repID, calendarID)
	if err != nil {
		return err
	}
	if wanted && !r.fresh(old) {
		err := r.openChannel(ctx, repID, calendarID)
		if errors.Is(err, scheduler.ErrPushRefused) || permanent(err) {
			r.Log.WarnContext(ctx, "push refused: polling", "rep", repID, "calendar", calendarID, "error", err)
			err = r.Store.LastChannel(ctx, repID, calendarID) // it is asked for anew with the list of calendars
		}
		if err != nil {
			return err
		}
	}
	return r.closeChannels(ctx, repID, calendarID, wanted)
}

// wantsChannel reports whether pushes are wanted for the calendar.
func (r *Runner) wantsChannel(ctx context.Context, repID, calendarID string) (bool, error) {
	c, err := r.Store.Calendar(ctx, repID, calendarID)
	if errors.Is(err, scheduler.ErrNotFound) {
		return false, nil
	}
	return err == nil && r.Callback != "" && watched(&c), err
}

func (r *Runner) channelsOf(ctx context.Context, repID, calendarID string) ([]store.Channel, error) {
	all, err := r.Store.Channels(ctx, repID)
	var of []store.Channel
	for _, c := range all {
		if c.CalendarID == calendarID {
			of = append(of, c)
		}
	}
	return of, err
}

// fresh reports whether one of channels lives and is not due for renewal: another run
// was quicker.
func (r *Runner) fresh(channels []store.Channel) bool {
	for _, c := range channels {
		if c.State == channelLive && c.RenewAt != nil && c.RenewAt.After(r.Now()) {
			return true
		}
	}
	return false
}

func (r *Runner) openChannel(ctx context.Context, repID, calendarID string) error {
	c := scheduler.PushChannel{
		ID:       strings.ToLower(rand.Text()),
		Calendar: calendarID,
		Token:    rand.Text() + rand.Text(), // 260 bits
		Address:  r.Callback,
	}
	if err := r.Store.AddChannel(ctx, repID, c); err != nil {
		return fmt.Errorf("note a new channel: %w", err)
	}
	live, err := r.Remote(repID).Watch(ctx, c)
	if errors.Is(err, scheduler.ErrPushRefused) || permanent(err) {
		return errors.Join(err, r.Store.RemoveChannel(ctx, c.ID))
	}
	if err != nil {
		return fmt.Errorf("watch calendar %s: %w", calendarID, err)
	}
	err = r.Store.PromoteChannel(ctx, live)
	if errors.Is(err, scheduler.ErrNotFound) { // not wanted any more, and nobody else knows it
		return r.Remote(repID).Stop(ctx, live)
	}
	if err != nil {
		return fmt.Errorf("note a live channel: %w", err)
	}
	return nil
}

// closeChannels closes the channels of a calendar that are not wanted any more. One
// whose making was cut off is closed where a push told its resource; else nobody can
// close it, and it ends by itself, its pushes unknown to us.
func (r *Runner) closeChannels(ctx context.Context, repID, calendarID string, wanted bool) error {
	find := r.channelsOf
	if wanted {
		find = r.Store.StaleChannels
	}
	stale, err := find(ctx, repID, calendarID)
	if err != nil {
		return err
	}
	for _, c := range stale {
		if c.Resource != "" {
			stop := scheduler.PushChannel{ID: c.ID, Resource: c.Resource, Calendar: calendarID}
			if err := r.Remote(repID).Stop(ctx, stop); err != nil && !permanent(err) {
				return fmt.Errorf("stop a channel of calendar %s: %w", calendarID, err)
			}
		}
		if err := r.Store.RemoveChannel(ctx, c.ID); err != nil {
			return err
		}
	}
	return nil
}
