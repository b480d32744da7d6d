package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// Grant returns what the rep's consent gave.
func (s *Store) Grant(ctx context.Context, repID string) (scheduler.Grant, error) {
	grant, err := s.loadGrant(s.db.WithContext(ctx), repID)
	if err != nil {
		return scheduler.Grant{}, fmt.Errorf("load grant of rep %s: %w", repID, err)
	}
	return grant, nil
}

func (s *Store) loadGrant(db *gorm.DB, repID string) (scheduler.Grant, error) {
	var row grantRow
	if err := db.Take(&row, "rep_id = ?", repID).Error; err != nil {
		return scheduler.Grant{}, notFound(err)
	}
	access, err := s.keys.Open(place("grants", "access", repID), row.Access)
	if err != nil {
		return scheduler.Grant{}, err
	}
	refresh, err := s.keys.Open(place("grants", "refresh", repID), row.Refresh)
	if err != nil {
		return scheduler.Grant{}, err
	}
	return scheduler.Grant{
		Access: access, Refresh: refresh, Expires: row.ExpiresAt, Kept: row.UpdatedAt, Scopes: strings.Fields(row.Scopes),
	}, nil
}

// place names one field of one row, which what is sealed there is bound to.
func place(table, column, id string) string { return table + ":" + column + ":" + id }

// saveGrant seals and keeps grant. One without a refresh token leaves that of
// before: Google gives it once.
func (t *Tx) saveGrant(repID string, grant scheduler.Grant) error {
	if grant.Refresh == "" {
		known, err := t.s.loadGrant(t.db, repID)
		if err != nil && !errors.Is(err, scheduler.ErrNotFound) {
			return err
		}
		grant.Refresh = known.Refresh
	}
	access, err := t.s.keys.Seal(place("grants", "access", repID), grant.Access)
	if err != nil {
		return err
	}
	refresh, err := t.s.keys.Seal(place("grants", "refresh", repID), grant.Refresh)
	if err != nil {
		return err
	}
	return t.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&grantRow{
		RepID: repID, Access: access, Refresh: refresh, Scopes: strings.Join(grant.Scopes, " "),
		ExpiresAt: micros(grant.Expires), UpdatedAt: t.now,
	}).Error
}

// RefreshGrant replaces a grant whose access token, stale, is of no more use. Of
// all who ask at once, in this process and in others, one calls renew; the others
// get what it got. Renew may take as long as a call does, so on SQLite no lock of the
// database is held meanwhile: there only this process renews.
func (s *Store) RefreshGrant(ctx context.Context, repID, stale string, renew func(scheduler.Grant) (scheduler.Grant, error)) (scheduler.Grant, error) {
	defer s.renewal.lock(repID)()
	refresh := s.refreshLocked
	if s.Dialect() == dialectSQLite {
		refresh = s.refreshUnlocked
	}
	grant, err := refresh(ctx, repID, stale, renew)
	if err != nil {
		return scheduler.Grant{}, fmt.Errorf("refresh grant of rep %s: %w", repID, err)
	}
	return grant, nil
}

func (s *Store) refreshLocked(ctx context.Context, repID, stale string, renew func(scheduler.Grant) (scheduler.Grant, error)) (grant scheduler.Grant, err error) {
	var ended error
	err = s.transact(ctx, func(tx *Tx) error {
		ended = nil
		locked := tx.db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
		if grant, err = s.loadGrant(locked, repID); err != nil || grant.Access != stale {
			return err
		}
		grant, err = renewed(grant, renew)
		if errors.Is(err, scheduler.ErrSignedOut) {
			ended = err
			return tx.endGrant(repID)
		}
		if err != nil {
			return err
		}
		return tx.saveGrant(repID, grant)
	})
	if err == nil {
		err = ended
	}
	return grant, err
}

func (s *Store) refreshUnlocked(ctx context.Context, repID, stale string, renew func(scheduler.Grant) (scheduler.Grant, error)) (scheduler.Grant, error) {
	known, err := s.loadGrant(s.db.WithContext(ctx), repID)
	if err != nil || known.Access != stale {
		return known, err
	}
	grant, ended := renewed(known, renew)
	if ended != nil && !errors.Is(ended, scheduler.ErrSignedOut) {
		return scheduler.Grant{}, ended
	}
	err = s.transact(ctx, func(tx *Tx) error {
		now, err := s.loadGrant(tx.db, repID)
		if err != nil {
			return err
		}
		if now.Access != stale { // the rep signed in again meanwhile: that consent wins
			grant, ended = now, nil
			return nil
		}
		if ended != nil {
			return tx.endGrant(repID)
		}
		return tx.saveGrant(repID, grant)
	})
	if err == nil {
		err = ended
	}
	return grant, err
}

// endGrant forgets the refresh token of a grant that is over, so that nobody who waits
// for it to be renewed tries that once more. Its time stays: NeedReconnect tells by it
// that this is no newer one.
func (t *Tx) endGrant(repID string) error {
	none, err := t.s.keys.Seal(place("grants", "refresh", repID), "")
	if err != nil {
		return err
	}
	err = t.db.Model(&grantRow{}).Where("rep_id = ?", repID).UpdateColumn("refresh", none).Error
	return wrapf(err, "forget a refresh token that is over")
}

// renewed returns what renew gives, with what it does not say as before.
func renewed(known scheduler.Grant, renew func(scheduler.Grant) (scheduler.Grant, error)) (scheduler.Grant, error) {
	grant, err := renew(known)
	if err != nil {
		return scheduler.Grant{}, err
	}
	if grant.Refresh == "" {
		grant.Refresh = known.Refresh
	}
	if len(grant.Scopes) == 0 {
		grant.Scopes = known.Scopes
	}
	return grant, nil
}

// Rewrap seals everything again that an older key sealed, so that the older keys
// can be given up. It returns how many rows it changed.
func (s *Store) Rewrap(ctx context.Context) (int, error) {
	var changed int
	err := s.transact(ctx, func(tx *Tx) error {
		var err error
		if changed, err = tx.rewrap("grants", "rep_id"); err != nil {
			return err
		}
		more, err := tx.rewrap("departures", "id")
		changed += more
		if err != nil {
			return err
		}
		if more, err = tx.rewrapLinks(); err != nil {
			return err
		}
		changed += more
		more, err = tx.rewrapWebcals()
		changed += more
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("rewrap: %w", err)
	}
	return changed, nil
}

func (t *Tx) rewrap(table, key string) (int, error) {
	var rows []struct{ ID, Access, Refresh string }
	err := t.db.Table(table).Select(key + " AS id, access, refresh").
		Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Find(&rows).Error
	if err != nil {
		return 0, err
	}
	var changed int
	for _, row := range rows {
		if t.s.keys.current(row.Access) && t.s.keys.current(row.Refresh) {
			continue
		}
		access, err := t.reseal(place(table, "access", row.ID), row.Access)
		if err != nil {
			return 0, err
		}
		refresh, err := t.reseal(place(table, "refresh", row.ID), row.Refresh)
		if err != nil {
			return 0, err
		}
		err = t.db.Table(table).Where(key+" = ?", row.ID).Updates(map[string]any{"access": access, "refresh": refresh}).Error
		if err != nil {
			return 0, err
		}
		changed++
	}
	return changed, nil
}

func (t *Tx) reseal(place, sealed string) (string, error) {
	secret, err := t.s.keys.Open(place, sealed)
	if err != nil {
		return "", err
	}
	return t.s.keys.Seal(place, secret)
}
