package store

import (
	"context"
	"crypto/subtle"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// The states of a push channel.
const (
	channelCreating = "creating" // its row is there before the provider knows it
	channelLive     = "live"
	channelStopping = "stopping" // not wanted any more
)

// Channel is a push channel of a calendar. Its token is kept as a hash only.
type Channel struct {
	ID, RepID, CalendarID string
	Resource              string // the provider's; "": not known yet
	State                 string // creating, live, stopping
	ExpiresAt             *time.Time
	RenewAt               *time.Time // when to replace it
	LastPushAt            *time.Time
}

func (row *channelRow) channel() Channel {
	return Channel{
		ID: row.ID, RepID: row.RepID, CalendarID: row.CalendarID, Resource: row.ResourceID, State: row.State,
		ExpiresAt: row.ExpiresAt, RenewAt: row.RenewAt, LastPushAt: row.LastPushAt,
	}
}

// Channels returns the rep's push channels, by calendar, the oldest first.
func (s *Store) Channels(ctx context.Context, repID string) ([]Channel, error) {
	var rows []channelRow
	err := s.db.WithContext(ctx).Order("calendar_id, created_at, id").Find(&rows, "rep_id = ?", repID).Error
	if err != nil {
		return nil, fmt.Errorf("load channels of rep %s: %w", repID, err)
	}
	channels := make([]Channel, len(rows))
	for i := range rows {
		channels[i] = rows[i].channel()
	}
	return channels, nil
}

// StaleChannels returns the channels of a calendar that are to be stopped: all but
// the live one that lasts longest, and that one too where the calendar is not read or
// it is over. One that is being made at this moment is left to whoever makes it.
func (s *Store) StaleChannels(ctx context.Context, repID, calendarID string) ([]Channel, error) {
	all, err := s.Channels(ctx, repID)
	if err != nil {
		return nil, err
	}
	best, now := -1, s.Now()
	var stale []Channel
	for _, c := range all {
		if c.CalendarID != calendarID || c.State == channelCreating && c.RenewAt != nil && c.RenewAt.After(now) {
			continue
		}
		stale = append(stale, c)
		if c.State == channelLive && !over(&c, now) && (best < 0 || later(c.ExpiresAt, stale[best].ExpiresAt)) {
			best = len(stale) - 1
		}
	}
	if best >= 0 {
		stale = append(stale[:best], stale[best+1:]...)
	}
	return stale, nil
}

// over reports whether c has ended by itself.
func over(c *Channel, now time.Time) bool { return c.ExpiresAt != nil && !c.ExpiresAt.After(now) }

// later reports whether a comes after b; nil is never.
func later(a, b *time.Time) bool { return a == nil || b != nil && a.After(*b) }

// channelPatience is how long the making of a channel may take. Then it was cut off,
// and another one is due.
const channelPatience = time.Minute

// AddChannel keeps a channel that is about to be made: pushes may come before the
// answer does. Where it is not promoted soon, its calendar's channel is due again.
func (s *Store) AddChannel(ctx context.Context, repID string, c scheduler.PushChannel) error {
	row := channelRow{
		ID: c.ID, RepID: repID, CalendarID: c.Calendar, ResourceID: c.Resource, TokenHash: digest(c.Token),
		State: channelCreating, ExpiresAt: timeOrNil(c.Expires), CreatedAt: s.Now(),
		RenewAt: timeOrNil(s.Now().Add(channelPatience)),
	}
	if err := s.db.WithContext(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("add channel: %w", err)
	}
	return nil
}

// PromoteChannel makes a channel live that the provider made: c has its resource and
// end. It is to be replaced at some four fifths of its life, not all at once.
func (s *Store) PromoteChannel(ctx context.Context, c scheduler.PushChannel) error {
	now := s.Now()
	life := float64(c.Expires.Sub(now))
	renew := now.Add(time.Duration(life * (0.8 + 0.1*(rand.Float64()-0.5))))
	result := s.db.WithContext(ctx).Model(&channelRow{}).Where("id = ? AND state <> ?", c.ID, channelStopping).
		Updates(map[string]any{
			"resource_id": c.Resource, "state": channelLive, "expires_at": micros(c.Expires), "renew_at": micros(renew),
		})
	if err := missing(result); err != nil {
		return fmt.Errorf("promote channel: %w", err)
	}
	return nil
}

// LastChannel lets the channels of a calendar that live come to their end: there will
// be none after them.
func (s *Store) LastChannel(ctx context.Context, repID, calendarID string) error {
	err := s.db.WithContext(ctx).Model(&channelRow{}).
		Where("rep_id = ? AND calendar_id = ? AND state = ? AND renew_at <= ?", repID, calendarID, channelLive, s.Now()).
		Update("renew_at", gorm.Expr("expires_at")).Error
	return wrapf(err, "let the channel of calendar "+calendarID+" end")
}

// RemoveChannel forgets a channel that was stopped, or was never made.
func (s *Store) RemoveChannel(ctx context.Context, id string) error {
	if err := s.db.WithContext(ctx).Where("id = ?", id).Delete(&channelRow{}).Error; err != nil {
		return fmt.Errorf("remove channel: %w", err)
	}
	return nil
}

// pushRest is how long a calendar that was just read is left alone: a push often
// tells of what was read already.
const pushRest = 5 * time.Second

// Pushed takes a push to a channel as a hint that its calendar changed. It is
// scheduler.ErrNotFound where the channel is not known, is over, or was not sent
// its own token and resource: whoever calls then ignores it.
func (s *Store) Pushed(ctx context.Context, id, token, resource string) error {
	err := s.transact(ctx, func(tx *Tx) error {
		var channel channelRow
		if err := tx.db.Take(&channel, "id = ?", id).Error; err != nil {
			return notFound(err)
		}
		if !channel.admits(token, resource, tx.now) {
			return scheduler.ErrNotFound
		}
		// One whose making was cut off can be stopped by the resource that a push tells.
		seen := map[string]any{"last_push_at": tx.now, "resource_id": resource}
		if err := tx.db.Model(&channel).Updates(seen).Error; err != nil {
			return err
		}
		return tx.pushed(channel)
	})
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	return nil
}

func (row *channelRow) admits(token, resource string, now time.Time) bool {
	ours := subtle.ConstantTimeCompare([]byte(digest(token)), []byte(row.TokenHash)) == 1
	return ours && row.State != channelStopping &&
		(row.ExpiresAt == nil || now.Before(*row.ExpiresAt)) &&
		(row.ResourceID == "" || row.ResourceID == resource)
}

func (t *Tx) pushed(channel channelRow) error {
	cal, err := loadCalendar(t.db, channel.RepID, channel.CalendarID)
	if err != nil {
		return err
	}
	if !cal.chosen() {
		return nil
	}
	due := t.now
	if rest := timeIn(cal.SyncedAt).Add(pushRest).Sub(t.now); rest > 0 {
		due = t.now.Add(min(rest, pushRest)) // no longer, where the clock was set back since
	}
	if cal.SyncAt != nil && cal.SyncAt.Before(due) {
		due = *cal.SyncAt
	}
	if !due.After(t.now) {
		t.enqueue(SyncCalendar{cal.RepID, cal.ID})
	}
	return t.updateCalendar(cal, map[string]any{"dirty_at": t.now, "sync_at": due})
}
