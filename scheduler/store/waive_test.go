package store

import (
	"errors"
	"slices"
	"testing"
	"time"

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
