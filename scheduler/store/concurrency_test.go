package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store/storetest"
)

// onPostgres runs test where transactions run side by side; SQLite has one writer.
func onPostgres(t *testing.T, test func(*testing.T, *Store, *clock)) {
	t.Helper()
	t.Parallel()
	c := newClock()
	test(t, openStore(t, storetest.Prepared(t, migrated), c), c)
}

func TestTransactionsDoNotQueueForTheIDOfTheInstall(t *testing.T) {
	onPostgres(t, func(t *testing.T, s *Store, c *clock) {
		if _, err := s.Install(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.install.Store(nil) // as in a process that has just begun
		err := s.transact(t.Context(), func(tx *Tx) error {
			if _, err := tx.install(); err != nil {
				return err
			}
			s.install.Store(nil)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			_, err := s.Install(ctx)
			return err
		})
		if err != nil {
			t.Errorf("another transaction could not learn the id meanwhile: %v", err)
		}
	})
}

func TestAPushThatComesWhileAReadingIsSavedHasTheCalendarReadAgain(t *testing.T) {
	onPostgres(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		channel := promote(t, s, addChannel(t, s, c, rep, primary, "c1"))
		read := c.Now()
		c.move(time.Second)
		err := s.transact(ctx, func(tx *Tx) error {
			if _, err := tx.lockRep(rep.ID); err != nil {
				return err
			}
			cal, err := loadCalendar(tx.db, rep.ID, primary)
			if err != nil {
				return err
			}
			if err := s.Pushed(ctx, channel.ID, channel.Token, channel.Resource); err != nil {
				return err
			}
			return tx.synced(cal, scheduler.Changes{Token: "t1"}, read, c.Now().Add(6*time.Hour))
		})
		if err != nil {
			t.Fatal(err)
		}
		cal, err := s.Calendar(ctx, rep.ID, primary)
		if err != nil || cal.SyncAt.After(c.Now()) {
			t.Errorf("the calendar is read next at %v, %v: the push is lost", cal.SyncAt, err)
		}
	})
}

func TestWhatIsReadOfACalendarThatIsNotChosenAnyMoreIsDropped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, no, rep := t.Context(), true, false, connectedRep(t, s, c)
		read := c.Now() // the first reading begins, and the rep takes the calendar out
		for _, use := range []*bool{&yes, &no} {
			if _, err := s.ChooseCalendar(ctx, rep.ID, "team", use, use); err != nil {
				t.Fatal(err)
			}
		}
		saved, err := s.SaveChanges(ctx, rep.ID, "team", "", read, scheduler.Changes{Full: true, Token: "t1", Events: meetings(3)}, c.Now().Add(time.Hour))
		if err != nil || !saved.Lost {
			t.Errorf("saved %+v, %v", saved, err)
		}
		var events int64
		if err := s.db.Model(&eventRow{}).Count(&events).Error; err != nil || events != 0 {
			t.Errorf("%d events are kept, %v", events, err)
		}
		c.move(2 * time.Hour)
		notDue(t, s, SyncCalendar{rep.ID, "team"})
	})
}

func TestARepWhoseCalendarWasNotReadYetIsNotLookedAtEachSecond(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		s.wakeReps(ctx, []string{rep.ID}) // as when a colleague leaves
		if _, err := s.Commit(ctx, rep.ID, nil); err != nil {
			t.Fatal(err)
		}
		due, err := s.Due(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range due {
			if job.Kind() == (Reconcile{}).Kind() {
				t.Error("a look that decided nothing is due again at once")
			}
		}
	})
}

func TestTransactionsThatAskForTheSameJobsDoNotWaitForEachOtherForEver(t *testing.T) {
	onPostgres(t, func(t *testing.T, s *Store, c *clock) {
		jobs := make([]jobArgs, 300)
		for i := range jobs {
			jobs[i] = WriteHold{HoldID: fmt.Sprint("hold", i)}
		}
		reversed := slices.Clone(jobs)
		slices.Reverse(reversed)
		for range 8 {
			forgetJobs(t, s)
			done := make(chan error, 2)
			for _, order := range [][]jobArgs{jobs, reversed} {
				go func() {
					done <- s.transact(t.Context(), func(tx *Tx) error { tx.jobs = slices.Clone(order); return nil })
				}()
			}
			for range 2 {
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
