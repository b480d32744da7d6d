package store

import (
	"sync"
	"testing"
)

// Two transactions that wait for each other both come to their end: the one that
// PostgreSQL gives up is run again.
func TestTransactionsThatWaitForEachOtherBothEnd(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		if s.Dialect() == dialectSQLite {
			return // it has one writer: nobody waits in a circle
		}
		rep := connectedRep(t, s, c)
		var both, done sync.WaitGroup
		both.Add(2)
		for _, order := range [][]string{{primary, "team"}, {"team", primary}} {
			done.Go(func() {
				meet := sync.OnceFunc(func() { both.Done(); both.Wait() })
				err := s.transact(t.Context(), func(tx *Tx) error {
					for _, id := range order {
						if err := tx.updateCalendar(calendarRow{RepID: rep.ID, ID: id}, map[string]any{"error": id}); err != nil {
							return err
						}
						meet() // each holds one now, and wants the other
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
	})
}
