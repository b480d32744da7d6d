package store

import (
	"sync/atomic"
	"testing"

	"gorm.io/gorm"
)

// Clients ask again and again for feeds that are as they were.
func TestToFindThatAFeedIsAsItWasTakesOneLookUp(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, token := d.feed()
		_, team := d.feed(func(f *FeedChoice) { f.Team, f.Contents = true, []FeedContent{FeedFlags} })
		d.read(token)
		d.read(team)
		var queries atomic.Int64
		d.must(s.db.Callback().Query().Register("count", func(*gorm.DB) { queries.Add(1) }))
		for token, want := range map[string]int64{token: 1, team: 2} {
			queries.Store(0)
			_, err := s.Feed(t.Context(), token)
			d.must(err)
			if n := queries.Load(); n != want {
				t.Errorf("%d look-ups, want %d", n, want)
			}
		}
	})
}
