package store

import (
	"errors"
	"testing"

	"holdfast/scheduler"
)

// PostgreSQL keeps no text with a NUL or that is no UTF-8. Nothing has such a name, and
// nothing is given one.
func TestWhatIsNoTextNamesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		for _, name := range []string{"a\x00b", "a\xffb"} {
			if _, err := s.Flag(t.Context(), rep.ID, name); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("the flag %q: %v", name, err)
			}
			if err := s.Pushed(t.Context(), name, "token", "resource"); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("a push to %q: %v", name, err)
			}
			if _, err := s.Contacts(t.Context(), rep.ID, ContactQuery{Search: name}); err != nil && !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("contacts called %q: %v", name, err)
			}
			if _, _, err := s.CreateToken(t.Context(), rep.ID, name); s.Dialect() == dialectPostgres && !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("a token called %q: %v", name, err)
			}
		}
	})
}
