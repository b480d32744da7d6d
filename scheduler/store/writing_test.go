package store

import (
	"slices"
	"testing"
	"time"

	"holdfast/scheduler"
)

func TestWhatIsToBeDoneFollowsFromTheRowAlone(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	want := scheduler.Entry{ID: "hf1", Title: "Call Ana", Start: nine, End: nine.Add(15 * time.Minute)}
	other := want.Content()
	other.Busy = true
	for _, test := range []struct {
		name string
		w    Writing
		want Action
	}{
		{"planned and wanted on the calendar", Writing{State: scheduler.Planned, OnCalendar: true}, ActInsert},
		{"planned, its meeting still wrapping up", Writing{State: scheduler.Planned}, ActNone},
		{"written as it should be", Writing{State: scheduler.Written, OnCalendar: true, Tried: true, Written: true, Last: want.Content()}, ActNone},
		{"written otherwise than it should be", Writing{State: scheduler.Written, OnCalendar: true, Tried: true, Written: true, Last: other}, ActPatch},
		{"moved by the rep", Writing{State: scheduler.Moved, OnCalendar: true, Tried: true, Written: true, Last: want.Content()}, ActNone},
		{"snoozed by the rep's word", Writing{State: scheduler.Moved, OnCalendar: true, Tried: true, Written: true, Last: other}, ActPatch},
		{"released with its event there", Writing{State: scheduler.Released, Tried: true, Written: true, Last: want.Content()}, ActDelete},
		{"released, and perhaps inserted", Writing{State: scheduler.Released, Tried: true}, ActDelete},
		{"released before it was written", Writing{State: scheduler.Released}, ActNone},
		{"skipped with its event there", Writing{State: scheduler.Skipped, Tried: true, Written: true}, ActDelete},
		{"deleted by the rep", Writing{State: scheduler.Skipped}, ActNone},
		{"done before it began", Writing{State: scheduler.Done, Tried: true, Written: true}, ActDelete},
		{"done, and kept as a record", Writing{State: scheduler.Done, OnCalendar: true, Tried: true, Written: true}, ActNone},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.w.Want = want
			if got := test.w.Action(); got != test.want {
				t.Errorf("action %d, want %d", got, test.want)
			}
		})
	}
}

func TestTheIDOfAnEventIsKeptBeforeItIsInserted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		for _, id := range d.due() {
			w, err := s.Writing(t.Context(), id)
			d.must(err)
			again, err := s.Writing(t.Context(), id)
			d.must(err)
			if row := d.row(id); w.Want.ID == "" || row.EventID != w.Want.ID || again.Want.ID != w.Want.ID {
				t.Errorf("the insert uses %q, then %q, the row has %q", w.Want.ID, again.Want.ID, row.EventID)
			}
		}
	})
}

func TestAnInsertWhoseAnswerWasLostIsDeletedWhenTheHoldIsReleased(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		for _, id := range d.due() {
			w, err := s.Writing(t.Context(), id)
			d.must(err)
			d.put(asRemote(w.Want))
			delete(d.changed, w.Want.ID) // nobody has seen it
		}
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync()
		d.write()
		for _, e := range d.ours() {
			if e.Tags.Kind == scheduler.KindHold {
				t.Errorf("%s is left on the calendar", e.Event.Summary)
			}
		}
	})
}

func TestAnIDThatSomebodyElseHasIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		id := d.due()[0]
		w, err := s.Writing(t.Context(), id)
		d.must(err)
		d.must(s.NextGeneration(t.Context(), w))
		d.must(s.NextGeneration(t.Context(), w)) // by another worker, who was told the same
		next, err := s.Writing(t.Context(), id)
		d.must(err)
		if next.Want.ID == w.Want.ID || next.Want.Tags.Gen != w.Want.Tags.Gen+1 {
			t.Errorf("generation %d with id %s, was %d with %s", next.Want.Tags.Gen, next.Want.ID, w.Want.Tags.Gen, w.Want.ID)
		}
		if got := d.write(); got != 3 {
			t.Errorf("%d holds were written, want 3", got)
		}
	})
}

func TestAnAnswerThatComesTooLateChangesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		w, err := s.Writing(t.Context(), d.hold("thank-you").ID)
		d.must(err)
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync()
		d.write()
		d.remove("next")
		d.sync() // planned again, in another generation
		d.must(s.SaveWritten(t.Context(), w, "etag", w.Want.Content()))
		d.must(s.AdoptRemote(t.Context(), w, scheduler.RemoteEvent{ID: w.Want.ID, Deleted: true}))
		d.must(s.Deleted(t.Context(), w))
		if h := d.hold("thank-you"); h.State != scheduler.Planned {
			t.Errorf("the hold is %s", h.State)
		}
		d.write()
		if n := len(d.ours()); n != 3 {
			t.Errorf("%d events are on the calendar, want 3", n)
		}
	})
}

func TestAReleasedHoldThatTheRepMovedLivesOn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h := d.hold("thank-you")
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync() // released
		w, err := s.Writing(t.Context(), h.ID)
		d.must(err)
		if w.Action() != ActDelete {
			t.Fatalf("the action is %d, want a deletion", w.Action())
		}
		d.move(h.EventID, c.Now().Add(40*time.Hour)) // the deletion is refused: it changed
		d.must(s.AdoptRemote(t.Context(), w, d.remote[h.EventID]))
		for range 2 {
			d.write()
			d.sync()
		}
		if h := d.hold("thank-you"); h.State != scheduler.Moved {
			t.Errorf("the hold is %s", h.State)
		}
		if e := d.remote[h.EventID]; e.Deleted {
			t.Error("its event was deleted")
		}
	})
}

func TestARefusedWriteIsToldAndTriedMuchLater(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		id := d.due()[0]
		w, err := s.Writing(t.Context(), id)
		d.must(err)
		d.must(s.WriteFailed(t.Context(), w, "not allowed"))
		d.commit()
		if row := d.row(id); row.WriteError != "not allowed" || row.WriteAt == nil || !row.WriteAt.After(c.Now().Add(time.Hour)) {
			t.Errorf("the row that was refused: error %q, to be written at %v", row.WriteError, row.WriteAt)
		}
		d.carryOut(w)
		if row := d.row(id); row.WriteError != "" || row.WriteAt != nil {
			t.Errorf("the row that was written: error %q, to be written at %v", row.WriteError, row.WriteAt)
		}
	})
}

func TestAWriteIsDueUntilItIsDone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		forgetJobs(t, s) // they are lost
		c.move(time.Second)
		d.must(s.EnqueueDue(t.Context()))
		if n := occurrences(queued(t, s), "write_hold"); n != 3 {
			t.Errorf("the tick enqueues %d writes, want 3", n)
		}
		d.write()
		d.sync()
		forgetJobs(t, s)
		d.must(s.EnqueueDue(t.Context()))
		if got := queued(t, s); slices.Contains(got, "write_hold") {
			t.Errorf("nothing is to be written, and the jobs are %v", got)
		}
	})
}
