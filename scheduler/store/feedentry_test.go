package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestAChangedHoldChangesAlone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, token := d.feed()
		first, before := d.read(token)
		c.move(time.Minute)
		hold := d.hold("second-contact")
		d.move(hold.EventID, hold.Start.Add(15*time.Minute))
		d.sync()
		second, after := d.read(token)
		if first.Digest == second.Digest || !second.ChangedAt.After(first.ChangedAt) {
			t.Errorf("the state was %+v and is %+v", first, second)
		}
		for _, was := range before {
			i := slices.IndexFunc(after, func(e FeedEntry) bool { return e.UID == was.UID })
			if i < 0 {
				t.Fatalf("entry %s is gone", was.UID)
			}
			is := after[i]
			if was.ID == hold.ID {
				if is.Sequence != was.Sequence+1 || !is.Changed.After(was.Changed) || !is.Start.Equal(was.Start.Add(15*time.Minute)) {
					t.Errorf("the moved hold was %+v and is %+v", was, is)
				}
				continue
			}
			if diff := cmp.Diff(was, is, cmp.AllowUnexported(FeedEntry{})); diff != "" {
				t.Errorf("another entry changed (-was +is):\n%s", diff)
			}
		}
	})
}

// What changes nothing in the feed leaves its state, so that nobody fetches it again.
func TestNothingNewIsNothingNew(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, token := d.feed()
		first, _ := d.read(token)
		before := dump(t, s)
		c.move(3 * time.Minute)
		_, err := s.Feed(t.Context(), token)
		d.must(err)
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("a reading wrote (-before +after):\n%s", diff)
		}
		d.meeting("private", "lee@northwind.example", c.Now().Add(30*time.Hour), time.Hour)
		d.sync()
		c.move(24 * time.Hour) // the window moves
		again, _ := d.read(token)
		if again.Digest != first.Digest || !again.ChangedAt.Equal(first.ChangedAt) {
			t.Errorf("the state was %+v and is %+v", first, again)
		}
	})
}

func TestWhatIsReleasedIsCancelledForThirtyDays(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, token := d.feed(func(f *FeedChoice) { f.DaysBack, f.Alarms = 0, true }) // soon the window has none of them
		_, before := d.read(token)
		d.meeting("next", "ana@acme.com", c.Now().Add(100*24*time.Hour), time.Hour)
		d.sync()
		d.write()
		d.sync()
		_, after := d.read(token)
		if len(after) != len(before) {
			t.Fatalf("%d entries of %d are left", len(after), len(before))
		}
		for i, e := range after {
			if e.Status != scheduler.Cancelled || e.UID != before[i].UID || e.Sequence != before[i].Sequence+1 || e.Busy || e.Alarm ||
				e.Summary != before[i].Summary || !e.Start.Equal(before[i].Start) {
				t.Errorf("entry %+v is now %+v, want it cancelled", before[i], e)
			}
		}
		c.move(29 * 24 * time.Hour)
		if _, entries := d.read(token); len(entries) != len(before) {
			t.Errorf("after 29 days %d entries are left", len(entries))
		}
		c.move(2 * 24 * time.Hour)
		if _, entries := d.read(token); len(entries) != 0 {
			t.Errorf("after 31 days there are still %+v", entries)
		}
	})
}

// Clients are told of versions in whole seconds.
func TestTwoVersionsOfAnEntryWithinASecondAreTwo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 700, time.UTC)
	window := feedWindow{now.Add(-time.Hour), now.Add(time.Hour)}
	var rows []feedEntryRow
	for i, title := range []string{"one", "two", "three"} {
		r, err := reconcile(rows, []FeedEntry{{subject: "a", Summary: title, Start: now, End: now}}, window, now)
		if err != nil {
			t.Fatal(err)
		}
		rows = r.kept
		if want := now.Truncate(time.Second).Add(time.Duration(i) * time.Second); !rows[0].ChangedAt.Equal(want) || rows[0].Sequence != int64(i) {
			t.Errorf("version %d is %d, of %v", i, rows[0].Sequence, rows[0].ChangedAt)
		}
	}
}
