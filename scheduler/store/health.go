package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// Health is how well Holdfast is connected to a rep's calendar. Times are in the rep's
// zone.
type Health struct {
	State       RepState         `json:"state" enum:"connected,paused,reconnect,disconnected"`
	Reason      string           `json:"reason"`       // why it is not connected, in words
	Email       string           `json:"email"`        // of the account
	LastSync    *time.Time       `json:"last_sync"`    // when the calendar at Google that was read longest ago was; null: not all were
	NextSync    *time.Time       `json:"next_sync"`    // at the latest
	Push        bool             `json:"push"`         // changes are told by Google; else they are asked for
	SlowUntil   *time.Time       `json:"slow_until"`   // Google asked for fewer calls, until then
	WritesAfter *time.Time       `json:"writes_after"` // Google refuses writes, until then
	Waiting     int64            `json:"waiting"`      // what is still to be written
	Calendars   []CalendarHealth `json:"calendars"`
}

// CalendarHealth is how well one calendar is read.
type CalendarHealth struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	LastSync *time.Time `json:"last_sync"`
	Push     bool       `json:"push"`
	Error    string     `json:"error"` // why it cannot be read, in words
}

// Health returns how well Holdfast is connected to a rep's calendar.
func (s *Store) Health(ctx context.Context, repID string) (Health, error) {
	rep, err := s.Rep(ctx, repID)
	if err != nil {
		return Health{}, err
	}
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Health{}, err
	}
	now := s.Now()
	h := Health{State: rep.State, Reason: rep.Reason, Email: rep.Email, Push: true, Calendars: []CalendarHealth{}}
	h.SlowUntil, h.WritesAfter = ahead(rep.SlowUntil, now, zone), ahead(rep.WritesAfter, now, zone)
	if err := s.db.WithContext(ctx).Model(&holdRow{}).Where("rep_id = ? AND write_at IS NOT NULL", repID).Count(&h.Waiting).Error; err != nil {
		return Health{}, fmt.Errorf("count what is to be written: %w", err)
	}
	return h, s.calendarHealth(ctx, repID, &h, now, zone)
}

func (s *Store) calendarHealth(ctx context.Context, repID string, h *Health, now time.Time, zone *time.Location) error {
	var calendars []calendarRow
	err := s.db.WithContext(ctx).Order("is_primary DESC, name, id").Find(&calendars, "rep_id = ? AND (counts OR blocks)", repID).Error
	if err != nil {
		return fmt.Errorf("list calendars: %w", err)
	}
	var pushed []string
	err = s.db.WithContext(ctx).Model(&channelRow{}).Where("rep_id = ? AND state = 'live' AND expires_at > ?", repID, now).Pluck("calendar_id", &pushed).Error
	if err != nil {
		return fmt.Errorf("list channels: %w", err)
	}
	live := make(map[string]bool)
	for _, id := range pushed {
		live[id] = true
	}
	complete := len(calendars) > 0
	for _, c := range calendars {
		if c.Kind == GoogleCalendar {
			h.Push = h.Push && (live[c.ID] || !c.Owned) // no push tells of busy times alone
			complete = complete && c.SyncedAt != nil
			h.LastSync, h.NextSync = earliest(h.LastSync, c.SyncedAt), earliest(h.NextSync, c.SyncAt)
		}
		h.Calendars = append(h.Calendars, CalendarHealth{c.ID, c.Name, in(c.SyncedAt, zone), live[c.ID], c.Error})
	}
	h.Push = h.Push && len(calendars) > 0
	if !complete {
		h.LastSync = nil
	}
	h.LastSync, h.NextSync = in(h.LastSync, zone), in(h.NextSync, zone)
	return nil
}

// ahead returns t in zone if it is still to come.
func ahead(t *time.Time, now time.Time, zone *time.Location) *time.Time {
	if t == nil || !t.After(now) {
		return nil
	}
	return in(t, zone)
}

func earliest(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

// Stats sum up how a rep is doing (practice every-junction).
type Stats struct {
	// NextStepRate is the share of judged prospects that have a next step; null
	// where there is none to judge.
	NextStepRate *float64         `json:"next_step_rate"`
	Counts       scheduler.Counts `json:"counts"`
	OpenFlags    int64            `json:"open_flags"`
	Holds        map[string]int64 `json:"holds"`     // by state
	Proposals    map[string]int64 `json:"proposals"` // by state
}

// Stats returns the figures of a rep.
func (s *Store) Stats(ctx context.Context, repID string) (Stats, error) {
	rep, err := s.Rep(ctx, repID)
	if err != nil {
		return Stats{}, err
	}
	stats := Stats{Counts: rep.Counts}
	if rate, ok := rep.Counts.NextStepRate(); ok {
		stats.NextStepRate = &rate
	}
	if err := s.db.WithContext(ctx).Model(&flagRow{}).Where("rep_id = ? AND state = ?", repID, FlagOpen).Count(&stats.OpenFlags).Error; err != nil {
		return Stats{}, fmt.Errorf("count flags: %w", err)
	}
	holds := s.db.WithContext(ctx).Model(&holdRow{}).Where("rep_id = ? AND kind = ?", repID, scheduler.KindHold)
	if stats.Holds, err = countByState(holds); err != nil {
		return Stats{}, fmt.Errorf("count holds: %w", err)
	}
	if stats.Proposals, err = countByState(s.db.WithContext(ctx).Model(&proposalRow{}).Where("rep_id = ?", repID)); err != nil {
		return Stats{}, fmt.Errorf("count proposals: %w", err)
	}
	return stats, nil
}

// countByState counts the rows of db, by their state.
func countByState(db *gorm.DB) (map[string]int64, error) {
	var rows []struct {
		State string
		N     int64
	}
	err := db.Select("state, count(*) AS n").Group("state").Scan(&rows).Error
	counts := make(map[string]int64, len(rows))
	for _, row := range rows {
		counts[row.State] = row.N
	}
	return counts, err
}
