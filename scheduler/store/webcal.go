package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// NewWebcal is a calendar elsewhere that a rep wants watched. Nothing is ever written to
// it.
type NewWebcal struct {
	Address string
	Name    string // "": what it calls itself, else its host
	Counts  bool
	Blocks  bool
}

// The limits of calendars elsewhere.
const (
	webcalLimit     = 20  // of a rep
	webcalNameLimit = 200 // characters
)

// AddWebcal begins to watch a calendar elsewhere: one that was read in full at the time
// read, as c says, and that calls itself called. It is to be read next at next. An
// *InvalidError says which field is wrong.
func (s *Store) AddWebcal(ctx context.Context, repID string, w NewWebcal, called string, read time.Time, c scheduler.Changes, next time.Time) (Calendar, error) {
	var added calendarRow
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		row, err := tx.newWebcal(repID, w, called)
		if err != nil {
			return err
		}
		if err := tx.db.Create(&row).Error; err != nil {
			return fmt.Errorf("save calendar: %w", err)
		}
		if _, err := tx.saveMirror(row, "", c, read, next); err != nil {
			return err
		}
		if err := tx.note(repID, "sync", fmt.Sprintf("Watching %s, a calendar at %s.", row.Name, row.Host), ""); err != nil {
			return err
		}
		added, err = loadCalendar(tx.db, repID, row.ID)
		return err
	})
	if err != nil {
		return Calendar{}, fmt.Errorf("watch a calendar elsewhere: %w", err)
	}
	return added.calendar(), nil
}

// newWebcal checks w and makes its row.
func (t *Tx) newWebcal(repID string, w NewWebcal, called string) (calendarRow, error) {
	rep, err := t.lockRep(repID)
	if err != nil {
		return calendarRow{}, err
	}
	if rep.State == Disconnected { // they left while it was read
		return calendarRow{}, scheduler.ErrNotFound
	}
	address, err := scheduler.ParseWebcal(w.Address)
	if err != nil {
		return calendarRow{}, err
	}
	if !w.Counts && !w.Blocks {
		return calendarRow{}, &InvalidError{[]FieldError{{"blocks", "must be true where it does not count"}}}
	}
	if err := t.roomForWebcal(repID, address.String()); err != nil {
		return calendarRow{}, err
	}
	row := calendarRow{
		RepID: repID, ID: webcalPrefix + newID(), Kind: WebcalCalendar, Host: address.Host, Counts: w.Counts, Blocks: w.Blocks,
		Name: webcalName(w.Name, called, address.Host),
	}
	row.Address, err = t.s.keys.Seal(webcalPlace(repID, row.ID), address.String())
	return row, err
}

// webcalPrefix is how the ids of calendars elsewhere begin.
const webcalPrefix = "webcal-"

// isWebcal reports whether id is that of a calendar elsewhere. Google's are mail addresses.
func isWebcal(id string) bool {
	return strings.HasPrefix(id, webcalPrefix) && !strings.Contains(id, "@")
}

// webcalName is what a calendar is called: the first of names that says anything.
func webcalName(names ...string) string {
	for _, name := range names {
		if name = strings.Join(strings.Fields(name), " "); name == "" {
			continue
		}
		if utf8.RuneCountInString(name) > webcalNameLimit {
			name = string([]rune(name)[:webcalNameLimit])
		}
		return name
	}
	return ""
}

// webcalPlace is what a sealed address is bound to.
func webcalPlace(repID, id string) string { return place("calendars", "address", repID+":"+id) }

// roomForWebcal returns why the rep cannot watch one more calendar at address.
func (t *Tx) roomForWebcal(repID, address string) error {
	var rows []calendarRow
	if err := t.db.Find(&rows, "rep_id = ? AND kind = ?", repID, WebcalCalendar).Error; err != nil {
		return fmt.Errorf("list calendars: %w", err)
	}
	if len(rows) >= webcalLimit {
		return fmt.Errorf("%w: %d calendars are watched already, which is the most", scheduler.ErrNotPossible, len(rows))
	}
	for _, row := range rows {
		// One whose key is lost is no reason to keep others out.
		if known, err := t.s.keys.Open(webcalPlace(repID, row.ID), row.Address); err == nil && known == address {
			return &InvalidError{[]FieldError{{"address", "is watched already, as " + row.Name}}}
		}
	}
	return nil
}

// RemoveWebcal ends the watching of a calendar elsewhere, and forgets all that is known
// of it. A calendar at Google is not removed here.
func (s *Store) RemoveWebcal(ctx context.Context, repID, id string) error {
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		row, err := loadCalendar(tx.db, repID, id)
		if err != nil {
			return err
		}
		if row.Kind != WebcalCalendar {
			return fmt.Errorf("%w: this calendar is in your list at Google, so it is removed there; here it can be left out", scheduler.ErrNotPossible)
		}
		return tx.removeCalendar(row, row.Name+" is not watched any more: nothing on it is known any more.")
	})
	return wrapf(err, "remove calendar "+id)
}

// WebcalAddress returns the address of a calendar elsewhere, which is a secret.
func (s *Store) WebcalAddress(ctx context.Context, repID, id string) (string, error) {
	row, err := loadCalendar(s.db.WithContext(ctx), repID, id)
	if err != nil {
		return "", err
	}
	address, err := s.keys.Open(webcalPlace(repID, id), row.Address)
	return address, wrapf(err, "open the address of calendar "+id)
}

// WebcalUnchanged keeps that a calendar elsewhere was found at the time read as it was
// when the token from was issued. Where another reading was saved meanwhile, this one
// does not count.
func (s *Store) WebcalUnchanged(ctx context.Context, repID, id, from, token string, read, next time.Time) error {
	err := s.transact(ctx, func(tx *Tx) error {
		same := tx.db.Model(&calendarRow{}).Where("rep_id = ? AND id = ? AND sync_token = ? AND complete AND (counts OR blocks)", repID, id, from).
			Updates(map[string]any{
				"sync_token": token, "synced_at": micros(read), "sync_at": micros(next), "suspect": 0, "error": "", "failures": 0,
			})
		if same.Error != nil || same.RowsAffected == 0 {
			return same.Error
		}
		return tx.againIfDirty(calendarRow{RepID: repID, ID: id}, read)
	})
	return wrapf(err, "note that calendar "+id+" is as it was")
}

// WebcalFailed says why a calendar elsewhere could not be read, and when to try again.
// What was known of it stays.
func (s *Store) WebcalFailed(ctx context.Context, repID, id, reason string, retry time.Time) error {
	result := s.db.WithContext(ctx).Model(&calendarRow{}).Where("rep_id = ? AND id = ?", repID, id).
		Updates(map[string]any{"error": reason, "sync_at": micros(retry), "failures": gorm.Expr("failures + 1")})
	if err := missing(result); err != nil {
		return fmt.Errorf("note failed read of calendar %s: %w", id, err)
	}
	return nil
}

// rewrapWebcals seals the addresses again that an older key sealed, and returns how many.
func (t *Tx) rewrapWebcals() (int, error) {
	var rows []calendarRow
	err := t.db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Find(&rows, "kind = ?", WebcalCalendar).Error
	if err != nil {
		return 0, err
	}
	var changed int
	for _, row := range rows {
		if t.s.keys.current(row.Address) {
			continue
		}
		address, err := t.reseal(webcalPlace(row.RepID, row.ID), row.Address)
		if err != nil {
			return 0, err
		}
		if err := t.updateCalendar(row, map[string]any{"address": address}); err != nil {
			return 0, err
		}
		changed++
	}
	return changed, nil
}
