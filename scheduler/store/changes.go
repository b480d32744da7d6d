package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// SaveChanges saves what was read of a calendar at the time read, starting from the
// sync token from, with all that follows from it: what the rep did to Holdfast's own
// events, flags, holds and the jobs for them. It is all or nothing. Where another
// reading was saved meanwhile, or the calendar is not to be read in this way any more,
// this one is Lost, and nothing is saved. The calendar is to be read next at next, or
// sooner where a push came meanwhile.
func (s *Store) SaveChanges(ctx context.Context, repID, calendarID, from string, read time.Time, c scheduler.Changes, next time.Time) (Saved, error) {
	var saved Saved
	err := s.transact(ctx, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil {
			return err
		}
		var calendar calendarRow
		if err := tx.db.Take(&calendar, "rep_id = ? AND id = ?", repID, calendarID).Error; err != nil {
			return fmt.Errorf("load calendar %s: %w", calendarID, notFound(err))
		}
		if !calendar.chosen() { // not any more: nothing of it is kept
			saved = Saved{Lost: true}
			return nil
		}
		if saved, err = tx.saveMirror(calendar, from, c, read, next); err != nil || saved.Lost || saved.Confirm {
			return err
		}
		if err := tx.adoptAll(&rep, calendarID, read, c); err != nil {
			return err
		}
		_, err = tx.decide(repID)
		return err
	})
	if err != nil {
		return Saved{}, err
	}
	return saved, nil
}

// adoptAll takes over what was read of Holdfast's own events. Of one that was written
// after the reading began it may have an older writing, or none: that is no news. A
// person's edit or deletion is: the next reading will not bring it again.
func (t *Tx) adoptAll(rep *repRow, calendarID string, read time.Time, c scheduler.Changes) error {
	if c.BusyOnly {
		return nil
	}
	rows, err := t.adoptable(rep.ID, calendarID, c)
	if err != nil || len(rows) == 0 {
		return err
	}
	settings, err := domainSettings(rep)
	if err != nil {
		return err
	}
	seen := make(map[string]*scheduler.RemoteEvent, len(c.Events))
	for i := range c.Events {
		seen[c.Events[i].ID] = &c.Events[i]
	}
	st := &state{rep: *rep, snapshot: scheduler.Snapshot{Settings: settings}}
	for _, row := range rows {
		e, writtenSince := seen[row.EventID], !row.UpdatedAt.Before(read)
		if e == nil && c.Full && !writtenSince && row.missing(read.Add(-settings.Lookback)) {
			e = &scheduler.RemoteEvent{ID: row.EventID, Deleted: true}
		}
		if e == nil || writtenSince && e.Echo(scheduler.Content{}, settings.Zone) {
			continue
		}
		was := *row
		if err := t.adopt(row, *e, settings.Zone); err != nil {
			return err
		}
		if err := t.saveHold(st, row, &was); err != nil {
			return err
		}
	}
	return nil
}

// adoptable returns the rows of which c may tell: those of the events it names, and all
// that have one where it is the whole calendar.
func (t *Tx) adoptable(repID, calendarID string, c scheduler.Changes) ([]*holdRow, error) {
	written := func() *gorm.DB {
		return t.db.Order("id").Where("rep_id = ? AND calendar_id = ? AND event_id <> ''", repID, calendarID)
	}
	var rows []*holdRow
	if c.Full {
		return rows, wrapf(written().Find(&rows).Error, "load holds")
	}
	for some := range slices.Chunk(c.Events, batch) {
		ids := make([]string, len(some))
		for i := range some {
			ids[i] = some[i].ID
		}
		var named []*holdRow
		if err := written().Find(&named, "event_id IN ?", ids).Error; err != nil {
			return nil, fmt.Errorf("load holds: %w", err)
		}
		rows = append(rows, named...)
	}
	return rows, nil
}

// missing reports whether the row's event would have been in a full reading from the
// given time on, if it still existed.
func (r *holdRow) missing(from time.Time) bool {
	return r.WrittenEndsAt != nil && r.WrittenEndsAt.After(from)
}

// adopt takes over what was seen of the row's event.
func (t *Tx) adopt(row *holdRow, e scheduler.RemoteEvent, zone *time.Location) error {
	was := *row
	if err := t.takeOver(row, e, zone); err != nil {
		return err
	}
	if e.Deleted || e.Event.Status == scheduler.Cancelled {
		row.gone(t.now)
		if row.State == scheduler.Planned { // deleted before its writing was known
			row.State = scheduler.Skipped
		}
		if row.State == scheduler.Released { // it may have been wanted again meanwhile
			if err := t.judgeAnew(row.RepID); err != nil {
				return err
			}
		}
		return t.noteAdopted(row, &was, zone)
	}
	content, err := t.concealed(row, e.Content(zone))
	if err != nil {
		return err
	}
	row.see(e.ETag, content, t.now)
	if row.State == scheduler.Planned {
		row.State = scheduler.Written
	}
	return t.noteAdopted(row, &was, zone)
}

// takeOver makes row say what a person did to its event.
func (t *Tx) takeOver(row *holdRow, e scheduler.RemoteEvent, zone *time.Location) error {
	switch scheduler.Kind(row.Kind) {
	case scheduler.KindWrapUp:
		r := scheduler.AdoptReminder(row.reminder(), row.last(), e, zone)
		row.State, row.Edited, row.Title, row.Description = r.State, r.Edited, r.Title, r.Description
		row.StartsAt, row.EndsAt = micros(r.Start), micros(r.End)
	case scheduler.KindOffer:
		row.adoptOffer(e, zone)
	case scheduler.KindReview:
		return t.adoptReview(row, e, zone)
	default:
		h := scheduler.Adopt(row.hold(), row.last(), e, zone)
		row.State, row.Edited, row.Title, row.Description = h.State, h.Edited, h.Title, h.Description
		row.StartsAt, row.EndsAt, row.Busy, row.OnCalendar = micros(h.Start), micros(h.End), h.Busy, h.OnCalendar
	}
	return nil
}

// noteAdopted logs what the rep did to a hold in their calendar.
func (t *Tx) noteAdopted(row, was *holdRow, zone *time.Location) error {
	switch scheduler.Kind(row.Kind) {
	case scheduler.KindHold:
	case scheduler.KindOffer, scheduler.KindReview:
		return t.noteEntry(row, was, zone)
	default:
		return nil
	}
	words, kind := "", ""
	switch {
	case row.State == scheduler.Skipped && was.State != scheduler.Skipped:
		kind, words = "hold_deleted", "You deleted “%s”: its step is skipped for good."
	case row.State == scheduler.Moved && (was.State != scheduler.Moved || !row.StartsAt.Equal(was.StartsAt)):
		kind, words = "hold_moved", "You moved “%s”: it stays where you put it."
	case row.Edited && !was.Edited:
		kind, words = "hold_edited", "You edited “%s”: it stays as you wrote it."
	case row.State == scheduler.Written && was.State == scheduler.Planned:
		kind, words = "hold_written", "Put “%s” on your calendar."
	default:
		return nil
	}
	return t.note(row.RepID, kind, fmt.Sprintf(words, row.Title), row.ID)
}

// wrapf adds to err what was being done; nil stays nil.
func wrapf(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
