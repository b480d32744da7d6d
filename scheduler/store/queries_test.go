package store

import (
	"fmt"
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// queries returns how many queries f makes.
func queries(t *testing.T, s *Store, f func()) int64 {
	t.Helper()
	var n atomic.Int64
	count := s.db.Callback().Query().Before("gorm:query")
	if err := count.Register("count", func(*gorm.DB) { n.Add(1) }); err != nil {
		t.Fatal(err)
	}
	f()
	if err := s.db.Callback().Query().Remove("count"); err != nil {
		t.Fatal(err)
	}
	return n.Load()
}

// Each look at a calendar holds the write lock of SQLite: what it asks the database does
// not grow with what is at rest.
func TestDecidingAsksNoMoreForManyProposals(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.booked(0)
		few := queries(t, s, func() { d.commit() })
		for i := range 4 {
			n := d.proposal()
			n.Contact = scheduler.Contact{Address: fmt.Sprintf("bo@globex%d.com", i)}
			p, err := s.CreateProposal(t.Context(), d.rep, n)
			d.must(err)
			d.rest()
			if i%2 == 0 {
				d.pick(d.proposed(p.ID), 0)
			}
		}
		if many := queries(t, s, func() { d.commit() }); many > few {
			t.Errorf("%d queries for 5 proposals, %d for one", many, few)
		}
	})
}
