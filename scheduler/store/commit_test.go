package store

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestNothingIsDecidedBeforeTheCalendarWasRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.commit()
		rep, err := s.Rep(t.Context(), d.rep)
		d.must(err)
		if rep.Backlog != scheduler.BacklogFirst || rep.FirstSyncedAt != nil || len(d.flags("")) > 0 {
			t.Errorf("without a look at the calendar the backlog is %s, first synced %v, with %d flags", rep.Backlog, rep.FirstSyncedAt, len(d.flags("")))
		}
	})
}

func TestTheFirstLookWritesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("old", "ana@acme.com", c.Now().Add(-26*time.Hour), time.Hour)
		d.meeting("soon", "bo@globex.io", c.Now().Add(26*time.Hour), time.Hour)
		d.sync()
		b, err := s.Backlog(t.Context(), d.rep)
		d.must(err)
		if b.State != scheduler.BacklogPending || len(b.Flags) != 1 || len(b.Flags[0].Holds) == 0 {
			t.Fatalf("the backlog is %+v, want one flag with the holds that would be written", b)
		}
		if due := d.due(); len(due) > 0 || slices.Contains(queued(t, s), "write_hold") {
			t.Errorf("%d holds wait to be written, jobs %v", len(due), queued(t, s))
		}
		for _, h := range d.holds("") {
			if h.State != scheduler.Planned {
				t.Errorf("hold %s is %s", h.Step, h.State)
			}
		}
	})
}

func TestAFirstLookAfterWhichNothingWouldBeWrittenAsksNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("internal", "lee@northwind.example", c.Now().Add(26*time.Hour), time.Hour)
		d.sync()
		rep, err := s.Rep(t.Context(), d.rep)
		d.must(err)
		if rep.Backlog != scheduler.BacklogAccepted || rep.FirstSyncedAt == nil {
			t.Errorf("the backlog is %s, first synced %v", rep.Backlog, rep.FirstSyncedAt)
		}
	})
}

func TestWhatIsAcceptedIsPlaced(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("old", "ana@acme.com", c.Now().Add(-26*time.Hour), time.Hour)
		d.sync()
		b, err := s.Backlog(t.Context(), d.rep)
		d.must(err)
		forgetJobs(t, s)
		d.must(s.AcceptBacklog(t.Context(), d.rep))
		if got, want := len(d.due()), len(b.Flags[0].Holds); got != want || !slices.Contains(queued(t, s), "write_hold") {
			t.Errorf("%d holds wait to be written, want %d; jobs %v", got, want, queued(t, s))
		}
		d.write()
		var times, shown []time.Time
		for _, e := range d.ours() {
			times = append(times, e.Event.Start.In(d.zone))
		}
		for _, h := range b.Flags[0].Holds {
			shown = append(shown, h.Start.UTC())
		}
		if diff := cmp.Diff(shown, times); diff != "" {
			t.Errorf("what was written is not what was shown (-shown +written):\n%s", diff)
		}
	})
}

func TestWhatIsDismissedIsLetBe(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("old", "ana@acme.com", c.Now().Add(-26*time.Hour), time.Hour)
		d.sync()
		d.must(s.DismissBacklog(t.Context(), d.rep))
		c.move(time.Hour)
		d.meeting("new", "bo@globex.io", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		d.write()
		for _, h := range d.holds(string(scheduler.Written)) {
			if h.Prospect != "globex.io" {
				t.Errorf("a hold for %s was written", h.Prospect)
			}
		}
		if n := len(d.holds(string(scheduler.Written))); n != 3 {
			t.Errorf("%d holds were written for the meeting that ended after connecting, want 3", n)
		}
	})
}

func TestCommittingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.meeting("soon", "bo@globex.io", c.Now().Add(26*time.Hour), time.Hour)
		for _, at := range []string{"planned", "written", "read back"} {
			switch at {
			case "planned":
				d.sync()
			case "written":
				d.write()
			case "read back":
				d.sync()
			}
			d.commit()
			before := dump(t, s)
			plan := d.commit()
			if diff := cmp.Diff(before, dump(t, s)); diff != "" {
				t.Errorf("%s: a second look changed (-before +after):\n%s", at, diff)
			}
			c.move(plan.WakeAt.Sub(c.Now()) / 2)
			d.commit()
			if diff := cmp.Diff(withoutReps(before), withoutReps(dump(t, s))); diff != "" {
				t.Errorf("%s: a look before it is time changed (-before +after):\n%s", at, diff)
			}
			c.move(-(plan.WakeAt.Sub(c.Now())))
		}
	})
}

// withoutReps leaves out the rows that say when a rep was last judged and will be.

func withoutReps(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "reps ") })
}

func TestAMeetingWithoutANextStepGetsItsHolds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		f := d.flag("open")
		if f.Prospect != "acme.com" || f.Reason != scheduler.NoNextStep || f.Meeting.EventID != "demo" || f.Meeting.Summary != "Demo demo" {
			t.Errorf("the flag is %+v", f)
		}
		if diff := cmp.Diff([]string{"second-contact written", "thank-you written", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
		for _, e := range d.ours() {
			for _, act := range []string{"Done: ", "Snooze to the next business day: ", "They replied: ", "Stop following up: "} {
				if !strings.Contains(e.Description, act) {
					t.Errorf("%s: no link for %s in %q", e.Event.Summary, act, e.Description)
				}
			}
		}
	})
}

// row returns a hold's row.

func (d *desk) row(id string) holdRow {
	d.t.Helper()
	var row holdRow
	d.must(d.s.db.Take(&row, "id = ?", id).Error)
	return row
}

func TestANextStepResolvesTheFlagAndReleasesItsHolds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync()
		f := d.flag("resolved")
		if f.NextStep == nil || f.NextStep.UID != "next@google.com" || f.ResolvedAt == nil {
			t.Errorf("the resolved flag has the next step %+v, resolved at %v", f.NextStep, f.ResolvedAt)
		}
		d.write()
		d.sync()
		if left := d.ours(); len(left) != 1 || left[0].Tags.Kind != scheduler.KindWrapUp {
			t.Errorf("%d events are left on the calendar, want the reminder of the next meeting", len(left))
		}
		if diff := cmp.Diff([]string{"second-contact released", "thank-you released", "third-contact released"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	})
}

func TestAFlagOpensAgainWhenItsNextStepGoes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		first, old := d.flag("open"), d.row(d.hold("thank-you").ID)
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync()
		d.write()
		d.remove("next")
		d.sync()
		again := d.flag("open")
		if again.ID != first.ID || again.ResolvedAt != nil || again.NextStep != nil {
			t.Errorf("the flag that is open again is %+v", again)
		}
		row := d.row(old.ID)
		if row.Generation != 2 || row.State != scheduler.Planned || row.ETag != "" || row.WrittenStartsAt != nil || row.WriteAt == nil {
			t.Errorf("the hold is planned again as %+v", row)
		}
		d.write()
		d.sync()
		if diff := cmp.Diff([]string{"second-contact written", "thank-you written", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
		if row := d.row(old.ID); row.EventID == old.EventID {
			t.Errorf("the hold has its deleted event's id %s again", row.EventID)
		}
		if n := len(d.ours()); n != 3 {
			t.Errorf("%d events are on the calendar, want 3", n)
		}
	})
}

func TestAFlagThatOpensAgainBeforeItsHoldsAreGoneKeepsThem(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync() // released, and the worker does not come to it
		d.remove("next")
		d.sync()
		forgetJobs(t, s)
		d.write()
		if !d.woken() {
			t.Error("the released events are gone, and nobody looks again")
		}
		d.commit()
		d.write()
		d.sync()
		if n := len(d.ours()); n != 3 {
			t.Errorf("%d events are on the calendar, want 3", n)
		}
		if diff := cmp.Diff([]string{"second-contact written", "thank-you written", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	})
}

func TestAChangeThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		before := dump(t, s)
		failed := errors.New("failed")
		_, err := s.Commit(t.Context(), d.rep, func(tx *Tx) error {
			tx.enqueue(SyncCalendars{d.rep})
			return errors.Join(tx.db.Where("rep_id = ?", d.rep).Delete(&holdRow{}).Error, failed)
		})
		if !errors.Is(err, failed) {
			t.Errorf("the error is %v", err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("the database changed (-before +after):\n%s", diff)
		}
	})
}

func TestCommitsAtOnceMakeOneOfEach(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(time.Hour), 30*time.Minute)
		d.sync()
		c.move(2 * time.Hour)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := s.Commit(t.Context(), d.rep, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n, m := len(d.flags("")), len(d.holds("")); n != 1 || m != 3 {
			t.Errorf("there are %d flags and %d holds, want 1 and 3", n, m)
		}
	})
}

func TestThePastOfAFlagEndsWithTheWindow(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		c.move(31 * 24 * time.Hour)
		d.commit()
		if f := d.flag("expired"); f.ResolvedAt == nil {
			t.Errorf("the flag is %+v", f)
		}
	})
}

func TestRemindersWaitForTheFirstAnswer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("soon", "bo@globex.io", c.Now().Add(26*time.Hour), time.Hour)
		d.sync()
		b, err := s.Backlog(t.Context(), d.rep)
		d.must(err)
		if b.State != scheduler.BacklogPending || len(b.Reminders) != 1 || d.write() != 0 {
			t.Errorf("the backlog is %s with %d reminders", b.State, len(b.Reminders))
		}
		d.must(s.AcceptBacklog(t.Context(), d.rep))
		if n := d.write(); n != 1 {
			t.Errorf("%d events were written, want the reminder of the meeting to come", n)
		}
	})
}

func TestAnIncompleteCalendarChangesNoFlag(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.must(s.db.Model(&calendarRow{}).Where("rep_id = ?", d.rep).Update("complete", false).Error)
		d.must(s.db.Where("rep_id = ?", d.rep).Delete(&eventRow{}).Error)
		before := d.flags("")
		d.commit()
		if diff := cmp.Diff(before, d.flags("")); diff != "" {
			t.Errorf("flags changed while the calendar was not complete (-before +after):\n%s", diff)
		}
		if n := len(d.due()); n > 0 {
			t.Errorf("%d holds are to be written", n)
		}
	})
}
