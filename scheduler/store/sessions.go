package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// Sessions keeps browser sessions for scs, by the hashes of their tokens: who reads
// the database cannot take over a session.
type Sessions struct{ s *Store }

// SessionStore returns the store's sessions.
func (s *Store) SessionStore() *Sessions { return &Sessions{s} }

// FindCtx returns the data of the session with the given token, and whether there
// is one that has not expired.
func (m *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var rows []sessionRow
	err := m.s.db.WithContext(ctx).Limit(1).
		Find(&rows, "token_hash = ? AND expires_at > ?", digest(token), m.s.Now()).Error
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if len(rows) == 0 {
		return nil, false, nil
	}
	return rows[0].Data, true, nil
}

// CommitCtx keeps the session's data until expiry, and removes what has expired.
func (m *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	err := m.s.transact(ctx, func(tx *Tx) error {
		if err := tx.db.Where("expires_at <= ?", tx.now).Delete(&sessionRow{}).Error; err != nil {
			return err
		}
		row := sessionRow{TokenHash: digest(token), Data: data, ExpiresAt: micros(expiry)}
		return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	if err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// DeleteCtx ends the session with the given token, if there is one.
func (m *Sessions) DeleteCtx(ctx context.Context, token string) error {
	if err := m.s.db.WithContext(ctx).Where("token_hash = ?", digest(token)).Delete(&sessionRow{}).Error; err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// scs asks for these too, and calls those above.
var errNoContext = errors.New("sessions need a context")

// Find is FindCtx without a context, and always fails.
func (m *Sessions) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is CommitCtx without a context, and always fails.
func (m *Sessions) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is DeleteCtx without a context, and always fails.
func (m *Sessions) Delete(string) error { return errNoContext }
