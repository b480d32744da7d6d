package store

import (
	"bytes"
	"testing"
	"time"
)

// A transaction whose connection an operator ends, as a server does that restarts, is run
// again on another one: nothing of it was kept.
func TestATransactionWhoseConnectionIsEndedIsRunAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		if s.Dialect() == dialectSQLite {
			return // it has no server
		}
		rep, tries := connectedRep(t, s, c), 0
		_, err := s.Commit(t.Context(), rep.ID, func(tx *Tx) error {
			if err := tx.note(rep.ID, "test", "once", ""); err != nil {
				return err
			}
			if tries++; tries == 1 {
				return tx.db.Exec("SELECT pg_terminate_backend(pg_backend_pid())").Error
			}
			return nil
		})
		if err != nil || tries != 2 {
			t.Errorf("after %d tries: %v", tries, err)
		}
		var notes int64
		if err := s.db.Model(&activityRow{}).Where("summary = 'once'").Count(&notes).Error; err != nil || notes != 1 {
			t.Errorf("it was kept %d times, %v", notes, err)
		}
	})
}

// On a full disk nothing is written by halves, reading goes on, and it is known for what
// it is.
func TestAFullDiskIsAnOutageInWhichReadingGoesOn(t *testing.T) {
	t.Parallel()
	file, c := migratedFile(t), newClock()
	roomy := openStore(t, file, c)
	rep := connectedRep(t, roomy, c)
	full := openStore(t, "file:"+file+"?_pragma=max_page_count(1)", c) // as many as there are
	long, until := bytes.Repeat([]byte("x"), 1<<20), c.Now().Add(time.Hour)
	keep := func(s *Store) error { return s.SessionStore().CommitCtx(t.Context(), "session", long, until) }
	if err := keep(full); !IsOutage(err) {
		t.Errorf("a write to a full disk: %v", err)
	}
	if _, err := full.Rep(t.Context(), rep.ID); err != nil {
		t.Errorf("reading: %v", err)
	}
	if _, found, err := full.SessionStore().FindCtx(t.Context(), "session"); found || err != nil {
		t.Errorf("half of it is there: %t, %v", found, err)
	}
	if err := keep(roomy); err != nil {
		t.Errorf("once there is room: %v", err)
	}
	var check string
	if err := roomy.db.Raw("PRAGMA integrity_check").Scan(&check).Error; err != nil || check != "ok" {
		t.Errorf("the file is %s, %v", check, err)
	}
}
