package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestAReplyEndsTheCadenceAndLeavesTheFlag(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		err := s.Replied(t.Context(), d.rep, d.hold("thank-you").ID)
		d.must(err)
		d.write()
		d.sync()
		d.flag("open")
		if n := len(d.ours()); n > 0 {
			t.Errorf("%d holds are left on the calendar", n)
		}
		_, err = s.PlaceHolds(t.Context(), d.rep, d.flag("open").ID)
		d.must(err)
		d.write()
		d.sync()
		if n := len(d.ours()); n == 0 {
			t.Error("asked to place its holds, none was")
		}
	})
}

func TestStoppingEndsTheCadenceAndTheFlag(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		err := s.StopFollowUp(t.Context(), d.rep, d.hold("thank-you").ID)
		d.must(err)
		d.write()
		if f := d.flag("waived"); f.Waiver == nil || f.Waiver.Reason != scheduler.NotInterested || len(d.ours()) > 0 {
			t.Errorf("the flag is %+v, with %d events on the calendar", f, len(d.ours()))
		}
	})
}

func TestHoldsOfABacklogCanBePlacedOneFlagAtATime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("old", "ana@acme.com", c.Now().Add(-26*time.Hour), time.Hour)
		d.meeting("other", "bo@globex.io", c.Now().Add(-50*time.Hour), time.Hour)
		d.sync()
		for _, f := range d.flags("open") {
			if f.Prospect == "acme.com" {
				_, err := s.PlaceHolds(t.Context(), d.rep, f.ID)
				d.must(err)
			}
		}
		d.write()
		for _, e := range d.ours() {
			if e.Tags.Key != "acme.com" {
				t.Errorf("a hold for %s was written", e.Tags.Key)
			}
		}
		if len(d.ours()) == 0 {
			t.Error("nothing was written")
		}
	})
}

func TestADoneHoldStaysOnlyIfItHasBegun(t *testing.T) {
	t.Parallel()
	for _, begun := range []bool{false, true} {
		eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
			d := newDesk(t, s, c)
			d.flagged()
			h := d.hold("thank-you")
			if begun {
				c.move(h.Start.Sub(c.Now()) + time.Minute)
				d.commit()
				d.write()
				d.sync()
			}
			h, err := s.Done(t.Context(), d.rep, h.ID)
			d.must(err)
			d.write()
			d.sync()
			_, there := d.remote[h.EventID]
			there = there && !d.remote[h.EventID].Deleted
			if h.State != scheduler.Done || there != begun {
				t.Errorf("begun %t: the hold is %s, its event is there: %t", begun, h.State, there)
			}
			if again := d.hold("thank-you"); again.State != scheduler.Done {
				t.Errorf("begun %t: the hold is %s in the end", begun, again.State)
			}
		})
	}
}

func TestASkippedHoldNeverComesBack(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h, err := s.Skip(t.Context(), d.rep, d.hold("thank-you").ID)
		d.must(err)
		if h.State != scheduler.Skipped {
			t.Errorf("the hold is %s", h.State)
		}
		d.write()
		d.neverComesBack("thank-you", 2)
	})
}

// neverComesBack goes through a next step that comes and goes, and days: the skipped

// step stays so, and the others are on the calendar.

func TestASnoozedHoldGoesWhereThereIsRoomAndStaysThere(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		before := d.hold("thank-you")
		h, err := s.Snooze(t.Context(), d.rep, before.ID, time.Time{})
		d.must(err)
		if h.State != scheduler.Moved || h.Start.Before(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)) || h.EventID != before.EventID {
			t.Errorf("the snoozed hold is %s at %v, was at %v", h.State, h.Start, before.Start)
		}
		d.write()
		d.sync()
		if n := d.write(); n > 0 {
			t.Errorf("%d writes more", n)
		}
		if e := d.remote[h.EventID]; !e.Event.Start.In(d.zone).Equal(h.Start) {
			t.Errorf("its event is at %v, want %v", e.Event.Start.In(d.zone), h.Start)
		}
		until := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
		h, err = s.Snooze(t.Context(), d.rep, before.ID, until)
		d.must(err)
		if h.Start.Before(until) || h.Start.After(until.Add(24*time.Hour)) {
			t.Errorf("snoozed until %v it is at %v", until, h.Start)
		}
	})
}

func TestWhatIsOverCannotBeSnoozed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h, err := s.Skip(t.Context(), d.rep, d.hold("thank-you").ID)
		d.must(err)
		if _, err := s.Snooze(t.Context(), d.rep, h.ID, time.Time{}); err == nil {
			t.Error("a skipped hold was snoozed")
		}
		if h := d.hold("thank-you"); h.State != scheduler.Skipped {
			t.Errorf("it is %s", h.State)
		}
	})
}

func TestActsAreDoneOnceHoweverOftenTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	acts := map[string]func(s *Store, d *desk, id string) error{
		"done":    func(s *Store, d *desk, id string) error { _, err := s.Done(d.t.Context(), d.rep, id); return err },
		"skip":    func(s *Store, d *desk, id string) error { _, err := s.Skip(d.t.Context(), d.rep, id); return err },
		"replied": func(s *Store, d *desk, id string) error { return s.Replied(d.t.Context(), d.rep, id) },
		"stop": func(s *Store, d *desk, id string) error {
			err := s.StopFollowUp(d.t.Context(), d.rep, id)
			return err
		},
	}
	for name, act := range acts {
		eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
			d := newDesk(t, s, c)
			d.flagged()
			id := d.hold("thank-you").ID
			d.must(act(s, d, id))
			before := dump(t, s)
			d.must(act(s, d, id))
			if diff := cmp.Diff(before, dump(t, s)); diff != "" {
				t.Errorf("%s twice changed (-once +twice):\n%s", name, diff)
			}
		})
	}
}

func TestAPausedRepsCalendarIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.must(s.Pause(t.Context(), d.rep))
		forgetJobs(t, s)
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		d.flag("open")
		if got := queued(t, s); slices.Contains(got, "write_hold") {
			t.Errorf("the jobs of a paused rep are %v", got)
		}
		d.must(s.Resume(t.Context(), d.rep))
		d.commit()
		if n := d.write(); n != 3 {
			t.Errorf("after the pause %d holds were written, want 3", n)
		}
	})
}

// actToken returns the token of the link with a label in a description.

// activity returns the rep's log.
