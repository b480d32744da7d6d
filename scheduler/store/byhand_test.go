package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

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
