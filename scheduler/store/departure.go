package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// Departure is what is left to do at the provider for a rep who disconnected.
type Departure struct {
	ID, Subject string
	Grant       scheduler.Grant
	Calendars   []string                // that Holdfast may have written to
	Channels    []scheduler.PushChannel // to be stopped
	Purge       bool                    // remove every event Holdfast wrote
	Revoke      bool                    // end the grant; not so once the same account is connected again
	Attempts    int
}

// Disconnect ends what Holdfast does for a rep, at once: nothing of theirs is read or
// written any more, and their grant is forgotten here. With purge every row of theirs
// is erased, and a job removes every event that Holdfast wrote. What is to be done at
// the provider is kept apart and done as soon as it can be reached.
func (s *Store) Disconnect(ctx context.Context, repID string, purge bool) error {
	return s.transact(ctx, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil {
			return err
		}
		if err := tx.depart(&rep, purge); err != nil {
			return err
		}
		if err := tx.missedBy(&rep); err != nil {
			return err
		}
		if purge {
			return tx.erase(&rep)
		}
		return tx.leave(&rep)
	})
}

// erase removes every row of the rep, and their jobs: those name calendars, which are
// mail addresses. One that runs is gone with its record soon after.
func (t *Tx) erase(rep *repRow) error {
	err := t.db.Exec("DELETE FROM river_job WHERE state <> 'running' AND args ->> 'rep_id' = ?", rep.ID).Error
	if err != nil {
		return fmt.Errorf("erase the rep's jobs: %w", err)
	}
	if err := t.leaveTeam(rep.ID); err != nil {
		return fmt.Errorf("erase the rep: %w", err)
	}
	if err := t.db.Delete(&repRow{}, "id = ?", rep.ID).Error; err != nil { // all else goes with it
		return fmt.Errorf("erase the rep: %w", err)
	}
	return nil
}

// leave keeps the rep's history, and nothing that acts.
func (t *Tx) leave(rep *repRow) error {
	for _, rows := range []any{&grantRow{}, &channelRow{}, &eventRow{}, &calendarRow{}, &upcomingRow{}, &tokenRow{}, &linkRow{}, &feedRow{}} {
		if err := t.db.Delete(rows, "rep_id = ?", rep.ID).Error; err != nil {
			return fmt.Errorf("forget the rep's calendar: %w", err)
		}
	}
	stop := map[string]any{"state": Disconnected, "reason": "", "wake_at": nil}
	if err := t.db.Model(&repRow{}).Where("id = ?", rep.ID).Updates(stop).Error; err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	if err := t.db.Model(&holdRow{}).Where("rep_id = ?", rep.ID).Update("write_at", nil).Error; err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	if err := t.db.Model(&proposalRow{}).Where("rep_id = ?", rep.ID).Update("their_busy", "").Error; err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	return t.note(rep.ID, "disconnected", "Disconnected "+rep.Email+". What is on the calendar stays there.", "")
}

// depart moves what the provider still has of the rep into a departure.
func (t *Tx) depart(rep *repRow, purge bool) error {
	var grant grantRow
	err := t.db.Take(&grant, "rep_id = ?", rep.ID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) { // left before
		return t.departFurther(rep, purge)
	}
	if err != nil {
		return fmt.Errorf("load the grant: %w", err)
	}
	opened, err := t.s.loadGrant(t.db, rep.ID)
	if err != nil {
		return err
	}
	row := departureRow{
		ID: newID(), Subject: rep.Subject, ExpiresAt: grant.ExpiresAt, Purge: purge, Revoke: true,
		TryAt: t.now, CreatedAt: t.now, Calendars: []string{}, Channels: []channelLeft{},
	}
	if row.Access, err = t.s.keys.Seal(place("departures", "access", row.ID), opened.Access); err != nil {
		return err
	}
	if row.Refresh, err = t.s.keys.Seal(place("departures", "refresh", row.ID), opened.Refresh); err != nil {
		return err
	}
	if err := t.leftovers(rep.ID, &row); err != nil {
		return err
	}
	if err := t.db.Create(&row).Error; err != nil {
		return fmt.Errorf("keep the departure: %w", err)
	}
	t.enqueue(Purge{DepartureID: row.ID})
	return nil
}

// departFurther has a departure that is not over yet purge too. Once it is over,
// there is no grant left to do that with.
func (t *Tx) departFurther(rep *repRow, purge bool) error {
	if !purge || rep.State != Disconnected {
		return nil
	}
	err := t.db.Model(&departureRow{}).Where("subject = ?", rep.Subject).Updates(map[string]any{"purge": true, "try_at": t.now}).Error
	return wrapf(err, "purge")
}

// leftovers lists the channels and the calendars of a rep.
func (t *Tx) leftovers(repID string, row *departureRow) error {
	var channels []channelRow
	if err := t.db.Order("id").Find(&channels, "rep_id = ?", repID).Error; err != nil {
		return fmt.Errorf("list channels: %w", err)
	}
	for _, c := range channels {
		row.Channels = append(row.Channels, channelLeft{c.ID, c.ResourceID, c.CalendarID})
	}
	err := t.db.Model(&calendarRow{}).Order("id").Where("rep_id = ? AND owned", repID).Pluck("id", &row.Calendars).Error
	if err != nil {
		return fmt.Errorf("list calendars: %w", err)
	}
	return nil
}

// Departure returns a departure that is under way.
func (s *Store) Departure(ctx context.Context, id string) (Departure, error) {
	var row departureRow
	if err := s.db.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return Departure{}, fmt.Errorf("load departure %s: %w", id, notFound(err))
	}
	d := Departure{
		ID: row.ID, Subject: row.Subject, Calendars: row.Calendars, Purge: row.Purge, Revoke: row.Revoke, Attempts: int(row.Attempts),
		Grant: scheduler.Grant{Expires: row.ExpiresAt.UTC()},
	}
	var err error
	if d.Grant.Access, err = s.keys.Open(place("departures", "access", row.ID), row.Access); err != nil {
		return Departure{}, fmt.Errorf("load departure %s: %w", id, err)
	}
	if d.Grant.Refresh, err = s.keys.Open(place("departures", "refresh", row.ID), row.Refresh); err != nil {
		return Departure{}, fmt.Errorf("load departure %s: %w", id, err)
	}
	for _, c := range row.Channels {
		d.Channels = append(d.Channels, scheduler.PushChannel{ID: c.ID, Resource: c.Resource, Calendar: c.Calendar})
	}
	return d, nil
}

// Keeps reports whether the event of the row holdID belongs to a rep of the same
// account who is connected again: it is not the departed one's.
func (s *Store) Keeps(ctx context.Context, d Departure, holdID string) (bool, error) {
	var n int64
	err := s.db.WithContext(ctx).Model(&holdRow{}).Joins("JOIN reps ON reps.id = holds.rep_id").
		Where("holds.id = ? AND reps.subject = ? AND reps.state <> ?", holdID, d.Subject, Disconnected).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for hold %s: %w", holdID, err)
	}
	return n > 0, nil
}

// DepartureDone erases a departure: nothing of the rep is left.
func (s *Store) DepartureDone(ctx context.Context, id string) error {
	if err := s.db.WithContext(ctx).Delete(&departureRow{}, "id = ?", id).Error; err != nil {
		return fmt.Errorf("end departure %s: %w", id, err)
	}
	return s.eraseLog(ctx)
}

// DepartureFailed keeps why a departure could not be finished; it is tried again at retry.
func (s *Store) DepartureFailed(ctx context.Context, id, reason string, retry time.Time) error {
	err := s.db.WithContext(ctx).Model(&departureRow{}).Where("id = ?", id).Updates(map[string]any{
		"attempts": gorm.Expr("attempts + 1"), "error": strings.TrimSpace(reason), "try_at": micros(retry),
	}).Error
	return wrapf(err, "put off departure "+id)
}
