package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// CalendarKind says where a calendar is.
type CalendarKind string

// The kinds of calendars.
const (
	GoogleCalendar CalendarKind = "google" // in the rep's list at Google
	WebcalCalendar CalendarKind = "webcal" // elsewhere: known by its address, and only read
)

// Calendar is a calendar in a rep's list, and how far it was read.
type Calendar struct {
	RepID, ID string
	Kind      CalendarKind
	Name      string
	Host      string // of the address of a webcal one, the rest of which may be a secret
	Zone      string
	Primary   bool
	Owned     bool // may be read and written; of Google's others only the busy times are known
	Counts    bool // its meetings need next steps and are some
	Blocks    bool // its events take the rep's time
	Complete  bool // it was read to its end
	SyncToken string
	SyncAt    *time.Time // when it is read next; nil: it is not
	DirtyAt   *time.Time // when a push said that something changed
	SyncedAt  *time.Time // when the last read that succeeded began
	FullAt    *time.Time
	Suspect   int    // how many events a full read lacked that waits for a second one
	Error     string // why the last read failed, in words
	Failures  int    // how many reads of a webcal one failed since one succeeded
}

func (row *calendarRow) calendar() Calendar {
	return Calendar{
		RepID: row.RepID, ID: row.ID, Kind: row.Kind, Name: row.Name, Host: row.Host, Zone: row.Zone, Primary: row.IsPrimary, Owned: row.Owned,
		Counts: row.Counts, Blocks: row.Blocks, Complete: row.Complete, SyncToken: row.SyncToken, SyncAt: row.SyncAt,
		DirtyAt: row.DirtyAt, SyncedAt: row.SyncedAt, FullAt: row.FullAt, Suspect: int(row.Suspect), Error: row.Error,
		Failures: int(row.Failures),
	}
}

// chosen reports whether the calendar is read.
func (row *calendarRow) chosen() bool { return row.Counts || row.Blocks }

// readable reports whether the calendar's events may be read, and not only when it is
// busy.
func (row *calendarRow) readable() bool { return row.Owned || row.Kind == WebcalCalendar }

// Calendars returns the rep's calendars: the primary one first, then by name.
func (s *Store) Calendars(ctx context.Context, repID string) ([]Calendar, error) {
	var rows []calendarRow
	err := s.db.WithContext(ctx).Order("is_primary DESC, name, id").Find(&rows, "rep_id = ?", repID).Error
	if err != nil {
		return nil, fmt.Errorf("load calendars of rep %s: %w", repID, err)
	}
	calendars := make([]Calendar, len(rows))
	for i := range rows {
		calendars[i] = rows[i].calendar()
	}
	return calendars, nil
}

// Calendar returns one of the rep's calendars.
func (s *Store) Calendar(ctx context.Context, repID, id string) (Calendar, error) {
	row, err := loadCalendar(s.db.WithContext(ctx), repID, id)
	return row.calendar(), err
}

func loadCalendar(db *gorm.DB, repID, id string) (calendarRow, error) {
	var row calendarRow
	if err := db.Take(&row, "rep_id = ? AND id = ?", repID, id).Error; err != nil {
		return calendarRow{}, fmt.Errorf("load calendar %s: %w", id, notFound(err))
	}
	return row, nil
}

// SaveCalendars takes in the rep's list of calendars at Google, which must be whole. A
// new primary one counts and blocks; others do neither until the rep chooses them. Those
// that are gone go from here too. The first list gives the rep's zone.
func (s *Store) SaveCalendars(ctx context.Context, repID string, list []scheduler.RemoteCalendar) error {
	list = slices.DeleteFunc(slices.Clone(list), func(c scheduler.RemoteCalendar) bool { return c.Deleted })
	primary := slices.IndexFunc(list, func(c scheduler.RemoteCalendar) bool { return c.Primary })
	if primary < 0 { // everybody has one: this list is not whole
		return fmt.Errorf("save calendars of rep %s: %w: none is the primary one", repID, scheduler.ErrInvalid)
	}
	err := s.transact(ctx, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil || rep.State == Disconnected { // they left while it was read
			return err
		}
		if err := tx.saveCalendars(repID, list); err != nil {
			return err
		}
		if err := tx.tidy(repID); err != nil {
			return err
		}
		changes := map[string]any{"calendars_at": tx.now}
		if _, err := time.LoadLocation(list[primary].Zone); rep.CalendarsAt == nil && err == nil && list[primary].Zone != "" {
			changes["zone"] = list[primary].Zone
		}
		return tx.db.Model(&rep).Updates(changes).Error
	})
	if err != nil {
		return fmt.Errorf("save calendars of rep %s: %w", repID, err)
	}
	return nil
}

func (t *Tx) saveCalendars(repID string, list []scheduler.RemoteCalendar) error {
	var known []calendarRow
	if err := t.db.Find(&known, "rep_id = ? AND kind = ?", repID, GoogleCalendar).Error; err != nil {
		return err
	}
	if err := t.followPrimary(known, list); err != nil {
		return err
	}
	for _, row := range known {
		if !slices.ContainsFunc(list, func(c scheduler.RemoteCalendar) bool { return c.ID == row.ID }) {
			if err := t.removeCalendar(row, row.Name+" is gone from your list of calendars: nothing on it is known any more."); err != nil {
				return err
			}
		}
	}
	for _, c := range list {
		i := slices.IndexFunc(known, func(row calendarRow) bool { return row.ID == c.ID })
		if i < 0 {
			if err := t.addCalendar(repID, c); err != nil {
				return err
			}
			continue
		}
		if err := t.followCalendar(known[i], c); err != nil {
			return err
		}
	}
	return nil
}

// followPrimary has the holds on a primary calendar that is gone follow to the new one:
// an account that was renamed has the same events in a calendar of another name.
func (t *Tx) followPrimary(known []calendarRow, list []scheduler.RemoteCalendar) error {
	now := slices.IndexFunc(list, func(c scheduler.RemoteCalendar) bool { return c.Primary })
	for _, row := range known {
		renamed := row.IsPrimary && !slices.ContainsFunc(list, func(c scheduler.RemoteCalendar) bool { return c.ID == row.ID })
		if !renamed {
			continue
		}
		err := t.db.Model(&holdRow{}).Where("rep_id = ? AND calendar_id = ?", row.RepID, row.ID).Update("calendar_id", list[now].ID).Error
		if err != nil {
			return fmt.Errorf("follow the primary calendar: %w", err)
		}
	}
	return nil
}

func (t *Tx) addCalendar(repID string, c scheduler.RemoteCalendar) error {
	chosen := c.Primary && c.Owned
	row := calendarRow{
		RepID: repID, ID: c.ID, Kind: GoogleCalendar, Name: c.Name, Zone: c.Zone, IsPrimary: c.Primary, Owned: c.Owned, Counts: chosen, Blocks: chosen,
	}
	if chosen {
		row.SyncAt = &t.now
		t.enqueue(SyncCalendar{repID, c.ID})
	}
	return t.db.Create(&row).Error
}

// followCalendar takes over what the provider says of a known calendar. One that the
// rep does not own any more can be read no further than its busy times, and one that
// became theirs can: what is known of it is forgotten and read in the other way.
func (t *Tx) followCalendar(row calendarRow, c scheduler.RemoteCalendar) error {
	if row.chosen() && row.Owned != c.Owned {
		if err := t.changeHands(&row, c.Owned); err != nil {
			return err
		}
	}
	if row.chosen() && row.SyncToken == "" {
		t.enqueue(SyncCalendar{row.RepID, row.ID})
	}
	return t.updateCalendar(row, map[string]any{
		"name": c.Name, "zone": c.Zone, "is_primary": c.Primary, "owned": c.Owned, "counts": row.Counts, "blocks": row.Blocks,
	})
}

// changeHands has a chosen calendar that the rep came to own, or owns no more, read in
// the way that is possible now.
func (t *Tx) changeHands(row *calendarRow, owned bool) error {
	if err := t.forgetEvents(*row); err != nil {
		return err
	}
	if row.Counts && !owned {
		left := "it is left out"
		if row.Blocks {
			left = "its busy times still block"
		}
		if err := t.note(row.RepID, "sync", fmt.Sprintf("%s is not yours any more: its meetings do not count, and %s.", row.Name, left), ""); err != nil {
			return err
		}
	}
	row.SyncToken, row.Counts = "", row.Counts && owned
	if !row.chosen() {
		return t.judgeAnew(row.RepID)
	}
	return t.updateCalendar(*row, map[string]any{"sync_at": t.now})
}

// ChooseCalendar says whether a calendar counts and blocks; nil leaves it. One at Google
// that the rep does not own can only block. The primary one, where holds are written, is
// never left out: what the rep does to them there is to be seen.
func (s *Store) ChooseCalendar(ctx context.Context, repID, id string, counts, blocks *bool) (Calendar, error) {
	var row calendarRow
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		var err error
		if row, err = loadCalendar(tx.db, repID, id); err != nil {
			return err
		}
		was := row
		if counts != nil {
			row.Counts = *counts
		}
		if blocks != nil {
			row.Blocks = *blocks
		}
		if row.Counts == was.Counts && row.Blocks == was.Blocks {
			return nil
		}
		if row.Counts && !row.readable() {
			return fmt.Errorf("%w: this calendar is not yours, so only its busy times can be read: it can block time, but not count", scheduler.ErrNotPossible)
		}
		if row.IsPrimary && !row.chosen() {
			return fmt.Errorf("%w: Holdfast writes into this calendar, so it has to read it: let it count, block time, or both", scheduler.ErrNotPossible)
		}
		return tx.choose(&row, was)
	})
	if err != nil {
		return Calendar{}, fmt.Errorf("choose calendar %s: %w", id, err)
	}
	return row.calendar(), nil
}

// LeaveOut takes back the choice of a calendar that cannot be read at all, and says
// why. Where it was read once, what is known of it stays.
func (s *Store) LeaveOut(ctx context.Context, repID, id, reason string) error {
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		row, err := loadCalendar(tx.db, repID, id)
		if err != nil || row.Complete || !row.chosen() {
			return err
		}
		was := row
		row.Counts, row.Blocks = false, false
		if err := tx.choose(&row, was); err != nil {
			return err
		}
		if err := tx.updateCalendar(row, map[string]any{"error": reason}); err != nil {
			return err
		}
		return tx.note(repID, "sync", fmt.Sprintf("%s is left out: %s", row.Name, reason), "")
	})
	if err != nil {
		return fmt.Errorf("leave out calendar %s: %w", id, err)
	}
	return nil
}

// SyncNow has all calendars of the rep that are read be read now, also one that is
// being read at this moment: it is read once more.
func (s *Store) SyncNow(ctx context.Context, repID string) error {
	err := s.transact(ctx, func(tx *Tx) error {
		if _, err := tx.lockRep(repID); err != nil {
			return err
		}
		var rows []calendarRow
		if err := tx.db.Find(&rows, "rep_id = ? AND (counts OR blocks)", repID).Error; err != nil {
			return err
		}
		for _, row := range rows {
			if err := tx.updateCalendar(row, map[string]any{"dirty_at": tx.now, "sync_at": tx.now}); err != nil {
				return err
			}
			tx.enqueue(SyncCalendar{row.RepID, row.ID})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sync calendars of rep %s: %w", repID, err)
	}
	return nil
}

// choose saves a choice that is not what it was: a calendar is read from now on, or
// what was read of it is forgotten.
func (t *Tx) choose(row *calendarRow, was calendarRow) error {
	switch {
	case !row.chosen():
		if err := t.forgetEvents(was); err != nil {
			return err
		}
		row.SyncToken, row.Complete, row.SyncAt, row.Error = "", false, nil, ""
	case !was.chosen():
		row.SyncAt, row.Error = &t.now, ""
		t.enqueue(SyncCalendar{row.RepID, row.ID})
	}
	return t.updateCalendar(*row, map[string]any{"counts": row.Counts, "blocks": row.Blocks, "sync_at": row.SyncAt, "error": row.Error})
}

// forgetEvents forgets what was read of a calendar. Its channels are stopped.
func (t *Tx) forgetEvents(row calendarRow) error {
	if err := t.db.Where("rep_id = ? AND calendar_id = ?", row.RepID, row.ID).Delete(&eventRow{}).Error; err != nil {
		return err
	}
	err := t.db.Model(&channelRow{}).Where("rep_id = ? AND calendar_id = ?", row.RepID, row.ID).
		Updates(map[string]any{"state": channelStopping, "renew_at": t.now}).Error
	if err != nil {
		return err
	}
	return t.updateCalendar(row, map[string]any{
		"sync_token": "", "complete": false, "suspect": 0, "sync_at": nil, "dirty_at": nil, "error": "", "failures": 0,
	})
}

// removeCalendar forgets a calendar, and says so where it was read.
func (t *Tx) removeCalendar(row calendarRow, words string) error {
	if err := t.forgetEvents(row); err != nil {
		return err
	}
	if row.chosen() {
		if err := t.note(row.RepID, "sync", words, ""); err != nil {
			return err
		}
		if err := t.judgeAnew(row.RepID); err != nil {
			return err
		}
	}
	return t.db.Where("rep_id = ? AND id = ?", row.RepID, row.ID).Delete(&calendarRow{}).Error
}

// SyncFailed says why a calendar could not be read, and when to try again.
func (s *Store) SyncFailed(ctx context.Context, repID, calendarID, reason string, retry time.Time) error {
	result := s.db.WithContext(ctx).Model(&calendarRow{}).Where("rep_id = ? AND id = ?", repID, calendarID).
		Updates(map[string]any{"error": reason, "sync_at": micros(retry)})
	if err := missing(result); err != nil {
		return fmt.Errorf("note failed read of calendar %s: %w", calendarID, err)
	}
	return nil
}

// missing returns why a change was not made: scheduler.ErrNotFound where it found no row.
func missing(result *gorm.DB) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return scheduler.ErrNotFound
	}
	return notFound(result.Error)
}
