package store

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

const daily = 24 * time.Hour

func TestAHoldOfLongAgoIsRememberedAsLongAsItsFlagIsOpen(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		_, err := s.UpdateSettings(t.Context(), d.rep, func(r *RepSettings) error { r.Horizon = Duration(300 * daily); return nil })
		d.must(err)
		d.meeting("far", "ana@acme.com", c.Now().Add(200*daily), time.Hour)
		d.sync()
		d.edit("far", func(e *scheduler.RemoteEvent) {
			e.Event.Status, e.Event.LastModified = scheduler.Cancelled, c.Now()
		})
		d.sync()
		d.write()
		if _, err := s.Skip(t.Context(), d.rep, d.hold("third-contact").ID); err != nil {
			t.Fatal(err)
		}
		for range 14 {
			c.move(10 * daily)
			d.commit()
			d.write()
		}
		d.flag("open")
		if h := d.hold("third-contact"); h.State != scheduler.Skipped {
			t.Errorf("the skipped hold is %s after 140 days", h.State)
		}
	})
}

func TestAMeetingOfLongAgoThatIsMovedToComeAgainHasItsOldRows(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(2*time.Hour), 30*time.Minute)
		d.sync()
		d.write() // the reminder
		c.move(3 * time.Hour)
		d.commit()
		d.write()
		c.move(120 * daily)
		d.commit()
		d.write()
		old := len(rowsOf(t, s, "holds", "id"))
		d.move("demo", c.Now().Add(2*time.Hour))
		d.sync()
		d.write()
		c.move(3 * time.Hour)
		d.commit()
		d.write()
		d.flag("open")
		if n := len(rowsOf(t, s, "holds", "id")); n != old || old != 4 {
			t.Errorf("there are %d rows, were %d, want the reminder's and three holds'", n, old)
		}
		if diff := cmp.Diff([]string{"second-contact written", "thank-you written", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	})
}

func TestAHoldThatAFullReadDoesNotHaveWasDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		for i, who := range []string{"a@one.com", "b@two.com", "c@three.com", "d@four.com", "e@five.com"} {
			d.meeting(who, who, c.Now().Add(time.Duration(20+i)*daily), time.Hour)
		}
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		d.write()
		d.sync()
		delete(d.remote, d.hold("thank-you").EventID) // and the token that would have told it expired
		d.expire()
		d.sync()
		if diff := cmp.Diff([]string{"second-contact written", "thank-you skipped", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	})
}

func TestAHoldWrittenWhileTheCalendarIsReadIsNotTakenForDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		for i, who := range []string{"a@one.com", "b@two.com", "c@three.com", "d@four.com", "e@five.com"} {
			d.meeting(who, who, c.Now().Add(time.Duration(20+i)*daily), time.Hour)
		}
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		d.expire()
		began, seen := c.Now(), d.full()
		c.move(time.Second)
		d.write()
		d.saveRead(began, seen)
		if diff := cmp.Diff([]string{"second-contact written", "thank-you written", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	})
}

func TestAnOlderWritingThatIsReadLateIsNoNews(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h := d.hold("second-contact")
		c.move(h.Start.Add(-24 * time.Hour).Sub(c.Now()))
		d.commit() // it is to show as busy
		d.expire()
		began, seen := c.Now(), d.full()
		c.move(time.Second)
		d.write()
		etag := d.row(h.ID).ETag
		d.saveRead(began, seen)
		if row := d.row(h.ID); row.ETag != etag || row.WriteAt != nil {
			t.Errorf("the row has the etag %s, want %s, to be written at %v", row.ETag, etag, row.WriteAt)
		}
	})
}

// full is all of the calendar as it is now.
func (d *desk) full() scheduler.Changes {
	changes := scheduler.Changes{Zone: deskZone, Token: "full", Full: true}
	for _, id := range slices.Sorted(maps.Keys(d.remote)) {
		if !d.remote[id].Deleted {
			changes.Events = append(changes.Events, d.remote[id])
		}
	}
	return changes
}

// saveRead saves a full reading that began earlier.
func (d *desk) saveRead(began time.Time, seen scheduler.Changes) {
	d.t.Helper()
	saved, err := d.s.SaveChanges(d.t.Context(), d.rep, d.calendar(), "", began, seen, d.clock.Now().Add(time.Hour))
	d.must(err)
	if saved.Lost || saved.Confirm {
		d.t.Fatalf("the reading was not saved: %+v", saved)
	}
}

func TestTheLogTellsWhatMattersInWords(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.move(d.hold("thank-you").EventID, c.Now().Add(40*time.Hour))
		d.remove(d.hold("second-contact").EventID)
		d.sync()
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		d.sync()
		d.must(s.Pause(t.Context(), d.rep))
		d.must(s.Resume(t.Context(), d.rep))
		d.must(s.NeedReconnect(t.Context(), d.rep, s.Now(), "Google says that you took back the consent"))
		log := activity(d)
		slices.Reverse(log)
		var kinds []string
		for _, a := range log {
			kinds = append(kinds, a.Kind)
			for _, secret := range []string{"canary", "token-"} {
				if strings.Contains(a.Summary, secret) {
					t.Errorf("the log tells a secret: %s", a.Summary)
				}
			}
		}
		want := []string{
			"connected", "first_sync", "flag_opened", "hold_written", "hold_written", "hold_written",
			"hold_moved", "hold_deleted", "flag_resolved", "hold_released", "paused", "resumed", "reconnect",
		}
		slices.Sort(kinds[6:8]) // both were read at once
		slices.Sort(want[6:8])
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}

func TestStatsAreTheShareOfMeetingsWithANextStepAndTheHoldsByState(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		empty, err := s.Stats(t.Context(), d.rep)
		d.must(err)
		if empty.NextStepRate != nil {
			t.Errorf("with nothing to judge the share is %v", *empty.NextStepRate)
		}
		d.flagged()
		d.meeting("covered", "bo@globex.io", c.Now().Add(-time.Hour), 30*time.Minute)
		d.meeting("next", "bo@globex.io", c.Now().Add(50*time.Hour), 30*time.Minute)
		d.sync()
		stats, err := s.Stats(t.Context(), d.rep)
		d.must(err)
		if stats.NextStepRate == nil || *stats.NextStepRate != 0.5 || stats.OpenFlags != 1 {
			t.Errorf("the stats are %+v", stats)
		}
		if diff := cmp.Diff(map[string]int64{"written": 3}, stats.Holds); diff != "" {
			t.Errorf("holds by state (-want +got):\n%s", diff)
		}
	})
}

func TestHealthSaysWhatIsWrongAndWhatWaits(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		before, err := s.Health(t.Context(), d.rep)
		d.must(err)
		if before.LastSync != nil || before.Push || before.State != Connected {
			t.Errorf("before the first reading the health is %+v", before)
		}
		d.settle()
		read := c.Now()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		channel := scheduler.PushChannel{ID: "ch", Calendar: d.calendar(), Token: "t", Expires: c.Now().Add(time.Hour)}
		d.must(s.AddChannel(t.Context(), d.rep, channel))
		d.must(s.PromoteChannel(t.Context(), channel))
		d.must(s.SlowDown(t.Context(), d.rep, c.Now().Add(time.Minute), false))
		h, err := s.Health(t.Context(), d.rep)
		d.must(err)
		if h.LastSync == nil || !h.LastSync.After(read) || !h.Push || h.Waiting != 3 || h.SlowUntil == nil || h.WritesAfter != nil {
			t.Errorf("the health is %+v", h)
		}
		c.move(2 * time.Hour)
		d.must(s.NeedReconnect(t.Context(), d.rep, s.Now(), "the consent is gone"))
		h, err = s.Health(t.Context(), d.rep)
		d.must(err)
		if h.Push || h.SlowUntil != nil || h.State != Reconnect || h.Reason != "the consent is gone" {
			t.Errorf("later the health is %+v", h)
		}
	})
}

func TestTheBacklogShowsTheRemindersThatAnAnswerBrings(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("old", "ana@acme.com", c.Now().Add(-26*time.Hour), time.Hour)
		d.meeting("soon", "bo@globex.io", c.Now().Add(26*time.Hour), time.Hour)
		d.sync()
		b, err := s.Backlog(t.Context(), d.rep)
		d.must(err)
		d.must(s.DismissBacklog(t.Context(), d.rep))
		d.write()
		var written []PlannedReminder
		for _, e := range d.ours() {
			written = append(written, PlannedReminder{e.Event.Summary, e.Event.Start.In(d.zone), e.Event.End.In(d.zone)})
		}
		if diff := cmp.Diff(b.Reminders, written); diff != "" || len(written) != 1 {
			t.Errorf("reminders (-shown +written):\n%s", diff)
		}
		d.must(s.DismissBacklog(t.Context(), d.rep)) // the same answer again
		if err := s.AcceptBacklog(t.Context(), d.rep); err == nil {
			t.Error("a backlog that was let be was accepted")
		}
	})
}

func TestABacklogCannotBeAnsweredBeforeItIsKnown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		if err := s.AcceptBacklog(t.Context(), d.rep); err == nil {
			t.Error("it was")
		}
	})
}

func TestAReminderGoesWhenItsMeetingIsOverOrHasANextStep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		start := c.Now().Add(20 * time.Hour)
		d.meeting("soon", "bo@globex.io", start, time.Hour)
		d.sync()
		d.write()
		reminders := d.ours()
		if len(reminders) != 1 || !reminders[0].Event.End.In(d.zone).Equal(start.Add(time.Hour)) || !reminders[0].Event.Transparent {
			t.Fatalf("the reminders are %+v", reminders)
		}
		d.meeting("next", "bo@globex.io", start.Add(10*daily), time.Hour)
		d.sync()
		d.write()
		if left := d.ours(); len(left) != 0 {
			t.Errorf("with a next step %d reminders are left", len(left))
		}
		d.remove("next")
		for range 2 {
			d.sync()
			d.write()
		}
		if again := d.ours(); len(again) != 1 || again[0].ID == reminders[0].ID {
			t.Errorf("without it the reminders are %+v", again)
		}
		c.move(start.Add(time.Hour).Sub(c.Now()))
		d.commit()
		d.write()
		for _, e := range d.ours() {
			if e.Tags.Kind == scheduler.KindWrapUp {
				t.Error("the reminder of a meeting that is over is left")
			}
		}
	})
}
