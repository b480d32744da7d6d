package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"holdfast/scheduler"
)

var _ scs.CtxStore = (*Sessions)(nil)

func TestASessionLastsUntilItEnds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, sessions := t.Context(), s.SessionStore()
		find := func(token string) string {
			t.Helper()
			data, found, err := sessions.FindCtx(ctx, token)
			if err != nil || found != (data != nil) {
				t.Fatalf("found %v: %q, %v", found, data, err)
			}
			return string(data)
		}
		keep := func(token, data string, d time.Duration) {
			t.Helper()
			if err := sessions.CommitCtx(ctx, token, []byte(data), c.Now().Add(d)); err != nil {
				t.Fatal(err)
			}
		}
		keep("canary-1", "first", time.Hour)
		keep("canary-1", "second", time.Hour)
		keep("canary-2", "other", time.Minute)
		if got := find("canary-1"); got != "second" {
			t.Errorf("found %q", got)
		}
		var rows []sessionRow
		if err := s.db.Find(&rows).Error; err != nil || len(rows) != 2 || bytes.Contains([]byte(rows[0].TokenHash+rows[1].TokenHash), []byte("canary")) {
			t.Errorf("rows %+v, %v", rows, err)
		}
		c.move(time.Minute)
		if got := find("canary-2"); got != "" {
			t.Errorf("after its end there is %q", got)
		}
		keep("canary-3", "third", time.Hour)
		if err := s.db.Find(&rows).Error; err != nil || len(rows) != 2 {
			t.Errorf("what expired is still there: %+v, %v", rows, err)
		}
		if err := errors.Join(sessions.DeleteCtx(ctx, "canary-1"), sessions.DeleteCtx(ctx, "nobody")); err != nil {
			t.Error(err)
		}
		if got := find("canary-1"); got != "" {
			t.Errorf("after signing out there is %q", got)
		}
	})
}

func TestATokenSignsItsRepInUntilItIsDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), signIn(t, s, c)
		token, secret, err := s.CreateToken(ctx, rep.ID, " laptop ")
		if err != nil {
			t.Fatal(err)
		}
		if owner, err := s.RepByToken(ctx, secret); err != nil || owner.ID != rep.ID {
			t.Errorf("the token is %q's, %v", owner.ID, err)
		}
		var row tokenRow
		if err := s.db.Take(&row).Error; err != nil || row.Hash == secret || len(secret) < len(tokenPrefix)+26 {
			t.Errorf("secret %q is kept as %+v, %v", secret, row, err)
		}
		for _, wrong := range []string{"", "hf_", secret + "x", secret[len(tokenPrefix):], row.Hash} {
			if _, err := s.RepByToken(ctx, wrong); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("%q signs in: %v", wrong, err)
			}
		}
		if err := s.DeleteToken(ctx, "somebody else", token.ID); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("somebody else deletes it: %v", err)
		}
		tokens, err := s.Tokens(ctx, rep.ID)
		if err != nil || len(tokens) != 1 || tokens[0].Name != "laptop" || !tokens[0].LastUsedAt.Equal(c.Now()) || secret[len(secret)-4:] != tokens[0].Hint {
			t.Errorf("tokens %+v, %v", tokens, err)
		}
		if err := s.DeleteToken(ctx, rep.ID, token.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.RepByToken(ctx, secret); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("a deleted token signs in: %v", err)
		}
		var invalid *InvalidError
		for _, name := range []string{" ", strings.Repeat("я", 101), "a\nb", "\xff"} {
			if _, _, err := s.CreateToken(ctx, rep.ID, name); !errors.As(err, &invalid) {
				t.Errorf("a token called %q: %v", name, err)
			}
		}
		if _, _, err := s.CreateToken(ctx, rep.ID, strings.Repeat("я", 100)); err != nil {
			t.Errorf("a token with a name of 100 characters: %v", err)
		}
	})
}
