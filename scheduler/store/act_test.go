package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestAWaivedMeetingIsFlaggedAgainOnlyOnItsResumeDate(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		ctx := t.Context()
		f, err := s.Waive(ctx, d.rep, d.flag("open").ID, Waiver{Reason: scheduler.AgreedOtherwise, Note: "They call", ResumeOn: "2026-12-01"})
		d.must(err)
		if f.State != "waived" || f.Waiver == nil || f.Waiver.Note != "They call" || f.ResolvedAt == nil {
			t.Errorf("the waived flag is %+v", f)
		}
		d.write()
		d.sync()
		if left := d.ours(); len(left) > 0 {
			t.Errorf("%d events are left on the calendar", len(left))
		}
		c.move(7*24*time.Hour + 8*time.Hour + 59*time.Minute) // 30 November, 23:59
		plan := d.commit()
		d.flag("waived")
		if want := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); !plan.WakeAt.Equal(want) {
			t.Errorf("it is looked at again at %v, want %v", plan.WakeAt, want)
		}
		c.move(time.Minute)
		d.commit()
		if again := d.flag("open"); again.ID != f.ID {
			t.Errorf("the flag is a new one")
		}
	})
}

func TestAWaiverWithoutADateIsForEver(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, err := s.Waive(t.Context(), d.rep, d.flag("open").ID, Waiver{Reason: scheduler.Lost})
		d.must(err)
		for range 29 {
			c.move(24 * time.Hour)
			d.commit()
			d.flag("waived")
		}
	})
}

func TestAWaiverNeedsAKnownReasonAndADate(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		id := d.flag("open").ID
		for name, w := range map[string]Waiver{
			"no reason":      {},
			"unknown reason": {Reason: "because"},
			"no date":        {Reason: scheduler.Lost, ResumeOn: "soon"},
		} {
			if _, err := s.Waive(t.Context(), d.rep, id, w); !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("%s: the error is %v", name, err)
			}
		}
		d.flag("open")
	})
}

func TestOneWhoIsNoProspectIsNeverFlaggedAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, err := s.Waive(t.Context(), d.rep, d.flag("open").ID, Waiver{Reason: scheduler.NotAProspect})
		d.must(err)
		rep, err := s.Rep(t.Context(), d.rep)
		d.must(err)
		if !slices.Contains(rep.Settings.Ignored, "acme.com") {
			t.Errorf("ignored are %q", rep.Settings.Ignored)
		}
		d.meeting("again", "bob@acme.com", c.Now(), 30*time.Minute)
		c.move(time.Hour)
		d.sync()
		d.write()
		if open := d.flags("open"); len(open) > 0 || len(d.ours()) > 0 {
			t.Errorf("%d flags are open, %d events on the calendar", len(open), len(d.ours()))
		}
	})
}

func TestAMeetingThatDidNotHappenIsToBeRebooked(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, err := s.DidNotHappen(t.Context(), d.rep, d.flag("open").ID)
		d.must(err)
		d.write()
		d.sync()
		if f := d.flag("open"); f.Reason != scheduler.NotRebooked {
			t.Errorf("the reason is %s", f.Reason)
		}
		for _, e := range d.ours() {
			if e.Tags.Cadence != "rebook" {
				t.Errorf("%s of %s is on the calendar", e.Tags.Step, e.Tags.Cadence)
			}
		}
		if len(d.ours()) == 0 {
			t.Error("nothing of the cadence for a meeting to be rebooked is on the calendar")
		}
	})
}

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

func TestAHoldThatTheRepDeletedNeverComesBack(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.remove(d.hold("thank-you").EventID)
		d.sync()
		d.neverComesBack("thank-you", 2)
	})
}

// neverComesBack goes through a next step that comes and goes, and days: the skipped
// step stays so, and the others are on the calendar.
func (d *desk) neverComesBack(step string, others int) {
	d.t.Helper()
	d.sync()
	d.meeting("next", "ana@acme.com", d.clock.Now().Add(50*time.Hour), time.Hour)
	for range 2 {
		d.sync()
		d.write()
	}
	d.remove("next")
	for range 3 {
		d.sync()
		d.write()
	}
	if h := d.hold(step); h.State != scheduler.Skipped {
		d.t.Errorf("the hold is %s", h.State)
	}
	for _, e := range d.ours() {
		if e.Tags.Step == step {
			d.t.Errorf("the skipped hold is on the calendar as %s", e.ID)
		}
	}
	if n := len(d.ours()); n != others {
		d.t.Errorf("%d events are on the calendar, want %d", n, others)
	}
}

func TestAMovedHoldKeepsItsTime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		before, when := d.hold("thank-you"), time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)
		d.move(before.EventID, when)
		d.sync()
		h := d.hold("thank-you")
		if h.State != scheduler.Moved || !h.Start.Equal(when) {
			t.Fatalf("the moved hold is %s at %v", h.State, h.Start)
		}
		etag := d.remote[h.EventID].ETag
		d.put(scheduler.RemoteEvent{ID: "busy", Event: scheduler.Event{
			UID: "busy", Summary: "Dentist", Start: moment(when, d.zone), End: moment(when.Add(time.Hour), d.zone),
		}})
		for range 2 {
			d.sync()
			d.write()
		}
		if d.remote[h.EventID].ETag != etag {
			t.Error("a moved hold was written")
		}
	})
}

func TestAMovedHoldStaysWhenTheRestIsReleased(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.move(d.hold("thank-you").EventID, c.Now().Add(40*time.Hour))
		d.meeting("next", "ana@acme.com", c.Now().Add(50*time.Hour), time.Hour)
		for range 2 {
			d.sync()
			d.write()
		}
		if diff := cmp.Diff([]string{"second-contact released", "thank-you moved", "third-contact released"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
	})
}

func TestAnEditedHoldKeepsItsText(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		id := d.hold("thank-you").EventID
		d.edit(id, func(e *scheduler.RemoteEvent) { e.Event.Summary = "Thank Ana, and send the case study" })
		d.sync()
		etag := d.remote[id].ETag
		c.move(20 * time.Hour) // it would show as busy by now
		d.commit()
		d.write()
		d.sync()
		if h := d.hold("thank-you"); h.Title != "Thank Ana, and send the case study" || d.remote[id].ETag != etag {
			t.Errorf("the edited hold is %q, written again: %t", h.Title, d.remote[id].ETag != etag)
		}
	})
}

func TestAnUntouchedHoldGivesWayToSomethingBusy(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		before := d.hold("thank-you")
		d.put(scheduler.RemoteEvent{ID: "busy", Event: scheduler.Event{
			UID: "busy", Summary: "Dentist", Start: moment(before.Start, d.zone), End: moment(before.Start.Add(time.Hour), d.zone),
		}})
		d.sync()
		d.write()
		d.sync()
		after := d.hold("thank-you")
		if after.ID != before.ID || after.EventID != before.EventID || after.Start.Equal(before.Start) || after.State != scheduler.Written {
			t.Errorf("the hold is %+v, was %+v", after, before)
		}
		if e := d.remote[after.EventID]; !e.Event.Start.In(d.zone).Equal(after.Start) {
			t.Errorf("its event is at %v, want %v", e.Event.Start.In(d.zone), after.Start)
		}
	})
}

func TestAHoldShowsAsBusyADayAhead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h := d.hold("second-contact")
		if !d.remote[h.EventID].Event.Transparent {
			t.Error("it shows as busy days ahead")
		}
		c.move(h.Start.Add(-24 * time.Hour).Sub(c.Now()))
		d.commit()
		d.write()
		if d.remote[h.EventID].Event.Transparent {
			t.Error("it shows as free a day ahead")
		}
		d.sync()
		if n := d.write(); n > 0 {
			t.Errorf("it was written %d times more", n)
		}
	})
}

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

func TestALinkInADescriptionActsWithoutASession(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h := d.hold("thank-you")
		token := actToken(t, d.remote[h.EventID].Description, "Done")
		before := dump(t, s)
		act, err := s.Act(t.Context(), token)
		d.must(err)
		if act.Hold.ID != h.ID {
			t.Errorf("the link is for %+v", act)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("looking at a link changed (-before +after):\n%s", diff)
		}
		for range 2 {
			_, err = s.DoAct(t.Context(), token)
			d.must(err)
			if h := d.hold("thank-you"); h.State != scheduler.Done {
				t.Errorf("the hold is %s", h.State)
			}
		}
		if log := activity(d); !slices.ContainsFunc(log, func(a Activity) bool {
			return strings.Contains(a.Summary, "Ana") || strings.Contains(a.Summary, "ana@")
		}) {
			t.Errorf("the log says %v", log)
		}
	})
}

func TestASecondClickOnSnoozeIsTheFirst(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		token := actToken(t, d.remote[d.hold("thank-you").EventID].Description, "Snooze to the next business day")
		var starts []time.Time
		for range 2 {
			_, err := s.DoAct(t.Context(), token)
			d.must(err)
			starts = append(starts, d.hold("thank-you").Start)
		}
		c.move(time.Hour)
		_, err := s.DoAct(t.Context(), token)
		d.must(err)
		if third := d.hold("thank-you").Start; !starts[0].Equal(starts[1]) || !third.After(starts[1]) {
			t.Errorf("clicked twice it is at %v, then at %v; an hour later at %v", starts[0], starts[1], third)
		}
	})
}

// actToken returns the token of the link with a label in a description.
func actToken(t *testing.T, description, label string) string {
	t.Helper()
	for line := range strings.Lines(description) {
		if url, found := strings.CutPrefix(strings.TrimSpace(line), label+": "); found {
			if _, token, found := strings.Cut(url, "/act/"); found {
				return token
			}
		}
	}
	t.Fatalf("no link %s in %q", label, description)
	return ""
}

func TestAForgedLinkDoesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		token := actToken(t, d.remote[d.hold("thank-you").EventID].Description, "Stop following up")
		forged := []string{"", "x", token + "x", token[:len(token)-1], strings.ToUpper(token), strings.Replace(token, "stop", "done", 1) + "=", "a.b.c"}
		for i := range token { // each character matters
			other := byte('A')
			if token[i] == other {
				other = 'B'
			}
			forged = append(forged, token[:i]+string(other)+token[i+1:])
		}
		before := dump(t, s)
		for _, f := range forged {
			if _, err := s.Act(t.Context(), f); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("the link %q: %v", f, err)
			}
			if _, err := s.DoAct(t.Context(), f); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("doing %q: %v", f, err)
			}
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("forged links changed (-before +after):\n%s", diff)
		}
	})
}

// activity returns the rep's log.
func activity(d *desk) []Activity {
	d.t.Helper()
	page, err := d.s.Activity(d.t.Context(), d.rep, Query{})
	d.must(err)
	return page.Items
}
