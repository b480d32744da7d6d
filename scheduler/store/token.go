package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"holdfast/scheduler"
)

// Token is a personal token, with which a rep's own programs sign in. Its secret is
// shown once; here is only its hash.
type Token struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Hint       string     `json:"hint"` // how the secret ends
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

const (
	tokenPrefix = "hf_"
	tokenHint   = 4
	nameLimit   = 100
	// usedEvery is how exactly it is known when a token was last used.
	usedEvery = time.Minute
)

// CreateToken makes a token for the rep and returns its secret.
func (s *Store) CreateToken(ctx context.Context, repID, name string) (Token, string, error) {
	name = strings.TrimSpace(name)
	if name == "" || !isLine(name, nameLimit) {
		return Token{}, "", &InvalidError{[]FieldError{{"name", fmt.Sprintf("must be one line of 1 to %d characters", nameLimit)}}}
	}
	secret := tokenPrefix + rand.Text()
	row := tokenRow{
		ID: newID(), RepID: repID, Name: name, Hash: digest(secret), Hint: secret[len(secret)-tokenHint:], CreatedAt: s.Now(),
	}
	if err := s.db.WithContext(ctx).Create(&row).Error; err != nil {
		return Token{}, "", fmt.Errorf("create token: %w", err)
	}
	return row.token(), secret, nil
}

func (row *tokenRow) token() Token {
	return Token{ID: row.ID, Name: row.Name, Hint: row.Hint, CreatedAt: row.CreatedAt, LastUsedAt: row.LastUsedAt}
}

// Tokens returns the rep's tokens, the oldest first.
func (s *Store) Tokens(ctx context.Context, repID string) ([]Token, error) {
	var rows []tokenRow
	if err := s.db.WithContext(ctx).Order("created_at, id").Find(&rows, "rep_id = ?", repID).Error; err != nil {
		return nil, fmt.Errorf("load tokens: %w", err)
	}
	tokens := make([]Token, len(rows))
	for i := range rows {
		tokens[i] = rows[i].token()
	}
	return tokens, nil
}

// DeleteToken ends one of the rep's tokens.
func (s *Store) DeleteToken(ctx context.Context, repID, id string) error {
	result := s.db.WithContext(ctx).Where("rep_id = ? AND id = ?", repID, id).Delete(&tokenRow{})
	if err := missing(result); err != nil {
		return fmt.Errorf("delete token: %w", err)
	}
	return nil
}

// RepByToken returns whose token secret is.
func (s *Store) RepByToken(ctx context.Context, secret string) (Rep, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Rep{}, fmt.Errorf("find token: %w", scheduler.ErrNotFound)
	}
	var row tokenRow
	db, now := s.db.WithContext(ctx), s.Now()
	if err := db.Take(&row, "hash = ?", digest(secret)).Error; err != nil {
		return Rep{}, fmt.Errorf("find token: %w", notFound(err))
	}
	if row.LastUsedAt == nil || now.Sub(*row.LastUsedAt) >= usedEvery {
		if err := db.Model(&row).Update("last_used_at", now).Error; err != nil {
			return Rep{}, fmt.Errorf("note use of token: %w", err)
		}
	}
	return s.Rep(ctx, row.RepID)
}
