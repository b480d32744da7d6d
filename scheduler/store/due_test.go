package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"holdfast/scheduler"
)

type jobArgs = river.JobArgs

// dueKinds returns the kinds of what is due.
func dueKinds(t *testing.T, s *Store) []string {
	t.Helper()
	due, err := s.Due(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{}
	for _, job := range due {
		kinds = append(kinds, job.Kind())
	}
	slices.Sort(kinds)
	return kinds
}

// everythingDue makes one thing of each kind due for the rep.
func everythingDue(t *testing.T, s *Store, c *clock, rep Rep) {
	t.Helper()
	now := c.Now()
	hold := func(id string, state scheduler.HoldState) *holdRow {
		return &holdRow{
			ID: id, RepID: rep.ID, Kind: "hold", Prospect: "acme.com", UID: "u", Step: id, State: state, StartsAt: now, EndsAt: now,
			WriteAt: &now, CreatedAt: now, UpdatedAt: now,
		}
	}
	err := errors.Join(
		s.db.Model(&repRow{}).Where("id = ?", rep.ID).Updates(map[string]any{"wake_at": now, "calendars_at": nil}).Error,
		s.db.Create(hold("h1", scheduler.Planned)).Error,
		s.db.Create(hold("h2", scheduler.Released)).Error,
		s.db.Create(&channelRow{ID: "c1", RepID: rep.ID, CalendarID: primary, State: channelLive, RenewAt: &now, CreatedAt: now}).Error,
		s.db.Create(&departureRow{ID: "d1", Subject: "gone", TryAt: now, ExpiresAt: now, CreatedAt: now}).Error,
	)
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheRowsSayIsDue(t *testing.T) {
	t.Parallel()
	reading := []string{"reconcile", "renew_channel", "sync_calendar", "sync_calendars"}
	writing := []string{"release_hold", "write_hold"}
	sorted := func(kinds ...[]string) []string { return slices.Sorted(slices.Values(slices.Concat(kinds...))) }
	purge := []string{"purge"}
	for _, tt := range []struct {
		name   string
		change func(*testing.T, *Store, *clock, Rep) error
		want   []string
	}{
		{"for a rep who is connected", func(*testing.T, *Store, *clock, Rep) error { return nil }, sorted(reading, writing, purge)},
		{"for one who paused, nothing to write", func(t *testing.T, s *Store, _ *clock, r Rep) error { return s.Pause(t.Context(), r.ID) }, sorted(reading, purge)},
		{"for one who must reconnect, nothing", func(t *testing.T, s *Store, _ *clock, r Rep) error {
			return s.NeedReconnect(t.Context(), r.ID, s.Now(), "gone")
		}, purge},
		{"while the provider wants no calls, only thinking", func(t *testing.T, s *Store, c *clock, r Rep) error {
			return s.SlowDown(t.Context(), r.ID, c.Now().Add(time.Minute), false)
		}, sorted([]string{"reconcile"}, purge)},
		{"while the provider takes no writes, only reading", func(t *testing.T, s *Store, c *clock, r Rep) error {
			return s.SlowDown(t.Context(), r.ID, c.Now().Add(time.Minute), true)
		}, sorted(reading, purge)},
		{"when the wait is over, all of it", func(t *testing.T, s *Store, c *clock, r Rep) error {
			err := s.SlowDown(t.Context(), r.ID, c.Now().Add(time.Minute), true)
			c.move(time.Minute)
			return err
		}, sorted(reading, writing, purge)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
				rep := connectedRep(t, s, c)
				everythingDue(t, s, c, rep)
				if err := tt.change(t, s, c, rep); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, dueKinds(t, s)); diff != "" {
					t.Errorf("due (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestNothingIsDueBeforeItsTime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		everythingDue(t, s, c, rep)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1"}) // read again in an hour
		later := c.Now().Add(30 * time.Minute)
		for _, table := range []struct{ name, column string }{{"reps", "wake_at"}, {"channels", "renew_at"}, {"holds", "write_at"}, {"departures", "try_at"}} {
			if err := s.db.Exec(fmt.Sprintf("UPDATE %s SET %s = ?", table.name, table.column), later).Error; err != nil {
				t.Fatal(err)
			}
		}
		if err := s.db.Exec("UPDATE reps SET calendars_at = ?", c.Now()).Error; err != nil {
			t.Fatal(err)
		}
		if due := dueKinds(t, s); len(due) != 0 {
			t.Errorf("due before its time: %v", due)
		}
		c.move(30 * time.Minute)
		if due := dueKinds(t, s); len(due) != 5 {
			t.Errorf("due after half an hour: %v", due)
		}
	})
}

func notDue(t *testing.T, s *Store, job jobArgs) {
	t.Helper()
	if due, err := s.Due(t.Context()); err != nil || slices.Contains(due, job) {
		t.Errorf("due: %v, %v", due, err)
	}
}

// A reading that fails may end after the rep left its calendar out.
func TestACalendarThatIsLeftOutIsNeverDue(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, no, rep := t.Context(), true, false, connectedRep(t, s, c)
		for _, use := range []*bool{&yes, &no} {
			if _, err := s.ChooseCalendar(ctx, rep.ID, "team", use, use); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SyncFailed(ctx, rep.ID, "team", "Google does not answer", c.Now()); err != nil {
			t.Fatal(err)
		}
		notDue(t, s, SyncCalendar{rep.ID, "team"})
	})
}

func TestATickThatRepeatsEnqueuesNothingMore(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		everythingDue(t, s, c, rep)
		for range 3 {
			if err := s.EnqueueDue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := jobsIn(t, s, ""); n != 7 {
			t.Errorf("there are %d jobs, want 7", n)
		}
	})
}
