package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestWhatIsWrittenCarriesItsTags(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		install, err := s.Install(t.Context())
		d.must(err)
		for _, e := range d.ours() {
			row := d.row(e.Tags.ID)
			want := scheduler.Tags{
				Install: install, Kind: scheduler.KindHold, ID: row.ID, Key: "acme.com",
				Cadence: row.Cadence, Step: row.Step, Gen: 1, Hash: e.Tags.Hash,
			}
			if diff := cmp.Diff(want, e.Tags); diff != "" || e.Tags.Hash == "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if id := scheduler.EventID(install, d.rep, row.ID, 1); e.ID != id {
				t.Errorf("event %s stands for generation 1, want %s", e.ID, id)
			}
		}
	})
}

func TestOurOwnWriteComingBackChangesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		d.write()
		forgetJobs(t, s)
		holds := rowsOf(t, s, "holds", "id, state, edited, starts_at, write_at, title, event_id, generation")
		activity := rowsOf(t, s, "activity", "*")
		d.sync()
		if diff := cmp.Diff(holds, rowsOf(t, s, "holds", "id, state, edited, starts_at, write_at, title, event_id, generation")); diff != "" {
			t.Errorf("the echo changed holds (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(activity, rowsOf(t, s, "activity", "*")); diff != "" {
			t.Errorf("the echo was logged (-before +after):\n%s", diff)
		}
		if got := queued(t, s); slices.Contains(got, "write_hold") || slices.Contains(got, "release_hold") {
			t.Errorf("the echo caused %v", got)
		}
	})
}

func TestAWriteWhoseAnswerWasLostIsKnownByItsHash(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		for _, id := range d.due() {
			w, err := s.Writing(t.Context(), id)
			d.must(err)
			d.put(asRemote(w.Want)) // and the worker dies
		}
		d.sync()
		if diff := cmp.Diff([]string{"second-contact written", "thank-you written", "third-contact written"}, d.steps("")); diff != "" {
			t.Errorf("holds (-want +got):\n%s", diff)
		}
		for _, h := range d.holds("") {
			if row := d.row(h.ID); row.Edited || row.ETag != d.remote[row.EventID].ETag || row.WriteAt != nil {
				t.Errorf("the hold seen on the calendar is %+v", row)
			}
		}
	})
}

func TestASyncThatLostSavesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		before := dump(t, s)
		stale := scheduler.Changes{Token: "another", Events: []scheduler.RemoteEvent{{ID: "x", Event: scheduler.Event{
			UID: "x", Start: moment(c.Now(), d.zone), End: moment(c.Now(), d.zone),
		}}}}
		saved, err := s.SaveChanges(t.Context(), d.rep, d.calendar(), "not the token", c.Now(), stale, c.Now().Add(time.Hour))
		d.must(err)
		if !saved.Lost {
			t.Error("a read from a token that is not the calendar's is not said to have lost")
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("it changed (-before +after):\n%s", diff)
		}
	})
}
