package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// busy returns busy times of an hour each, some hours from the clock's start.
func busy(token string, hours ...int) scheduler.Changes {
	var spans []scheduler.Span
	for _, h := range hours {
		start := newClock().Now().Add(time.Duration(h) * time.Hour)
		spans = append(spans, scheduler.Span{Start: start, End: start.Add(time.Hour)})
	}
	return scheduler.BusyChanges(spans, token)
}

// blockedBy has the boss's calendar block the rep's time.
func blockedBy(t *testing.T, s *Store, rep Rep) Calendar {
	t.Helper()
	yes := true
	calendar, err := s.ChooseCalendar(t.Context(), rep.ID, "boss", nil, &yes)
	if err != nil {
		t.Fatal(err)
	}
	return calendar
}

// saveBusy saves busy times as a read that began now would.
func saveBusy(t *testing.T, s *Store, rep Rep, from string, c scheduler.Changes) Saved {
	t.Helper()
	saved, err := s.SaveChanges(t.Context(), rep.ID, "boss", from, s.Now(), c, s.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// blocks returns the hours from the clock's start at which the boss's calendar takes
// the rep's time.
func blocks(t *testing.T, s *Store, rep Rep) (hours []int) {
	t.Helper()
	events, _ := mirroredEvents(t, s, rep)
	for _, e := range events {
		if e.Ref.Calendar != "boss" {
			continue
		}
		if e.Transparent || !e.StatusOnly {
			t.Errorf("%s is no mere busy time: %+v", e.Ref.ID, e)
		}
		hours = append(hours, int(e.Start.In(time.UTC).Sub(newClock().Now())/time.Hour))
	}
	slices.Sort(hours)
	return hours
}

func expectBlocks(t *testing.T, s *Store, rep Rep, want ...int) {
	t.Helper()
	if diff := cmp.Diff(want, blocks(t, s, rep)); diff != "" {
		t.Errorf("blocked hours (-want +got):\n%s", diff)
	}
}

func TestACalendarThatIsNotTheRepsCanBlockAndNotCount(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, rep := t.Context(), true, connectedRep(t, s, c)
		for _, blocks := range []*bool{nil, &yes} {
			if _, err := s.ChooseCalendar(ctx, rep.ID, "boss", &yes, blocks); !errors.Is(err, scheduler.ErrNotPossible) {
				t.Errorf("counting: %v, want it not to be possible", err)
			}
		}
		if cal, err := s.Calendar(ctx, rep.ID, "boss"); err != nil || cal.Counts || cal.Blocks {
			t.Errorf("after that the calendar is %+v, %v", cal, err)
		}
		if cal := blockedBy(t, s, rep); !cal.Blocks || cal.Counts || !cal.SyncAt.Equal(c.Now()) {
			t.Errorf("the calendar is %+v", cal)
		}
		if err := s.SyncNow(ctx, rep.ID); err != nil {
			t.Fatal(err)
		}
		cal, err := s.Calendar(ctx, rep.ID, "boss")
		if err != nil || cal.DirtyAt == nil || !cal.DirtyAt.Equal(c.Now()) {
			t.Errorf("asked to be read now the calendar is %+v, %v", cal, err)
		}
	})
}

func TestBusyTimesReplaceEachOtherWithoutABrake(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		blockedBy(t, s, rep)
		if saved := saveBusy(t, s, rep, "", busy("b1", 1, 3, 5, 7, 9)); saved.Changed != 5 {
			t.Errorf("first %+v", saved)
		}
		expectBlocks(t, s, rep, 1, 3, 5, 7, 9)
		if saved := saveBusy(t, s, rep, "b1", busy("b2", 1, 3, 5, 7, 9)); saved.Changed != 0 {
			t.Errorf("the same again: %+v", saved)
		}
		if saved := saveBusy(t, s, rep, "b1", busy("b3", 20)); !saved.Lost {
			t.Errorf("a reading that somebody else outran: %+v", saved)
		}
		if saved := saveBusy(t, s, rep, "b2", busy("b4", 3)); saved.Confirm || saved.Changed != 4 {
			t.Errorf("most of them gone: %+v", saved)
		}
		expectBlocks(t, s, rep, 3)
	})
}

func TestNothingIsDecidedBeforeTheBusyTimesOfAChosenCalendarAreKnown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		blockedBy(t, s, rep)
		first := scheduler.Changes{Full: true, Token: "t1", Events: []scheduler.RemoteEvent{meeting("demo", "1", -3)}}
		if _, err := s.SaveChanges(t.Context(), rep.ID, primary, "", s.Now(), first, s.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if flags, err := s.Flags(t.Context(), rep.ID, Query{}); err != nil || len(flags.Items) != 0 {
			t.Errorf("flags %+v, %v", flags.Items, err)
		}
		saveBusy(t, s, rep, "", busy("b1"))
		if flags, err := s.Flags(t.Context(), rep.ID, Query{}); err != nil || len(flags.Items) != 1 {
			t.Errorf("flags once they are known: %+v, %v", flags.Items, err)
		}
	})
}

func TestACalendarThatCanNotBeReadAtAllIsLeftOutAndOneThatWasReadStays(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		blockedBy(t, s, rep)
		if err := s.LeaveOut(ctx, rep.ID, "boss", "It is hidden."); err != nil {
			t.Fatal(err)
		}
		if cal, err := s.Calendar(ctx, rep.ID, "boss"); err != nil || cal.Blocks || cal.SyncAt != nil || cal.Error != "It is hidden." {
			t.Errorf("the calendar is %+v, %v", cal, err)
		}
		log, err := s.Activity(ctx, rep.ID, Query{})
		if err != nil || len(log.Items) == 0 || log.Items[0].Summary != "The boss is left out: It is hidden." {
			t.Errorf("the log says %+v, %v", log.Items, err)
		}
		if cal := blockedBy(t, s, rep); !cal.Blocks || cal.Error != "" {
			t.Errorf("chosen again it is %+v", cal)
		}
		saveBusy(t, s, rep, "", busy("b1", 1))
		if err := s.LeaveOut(ctx, rep.ID, "boss", "It is hidden."); err != nil {
			t.Fatal(err)
		}
		if cal, err := s.Calendar(ctx, rep.ID, "boss"); err != nil || !cal.Blocks {
			t.Errorf("once read the calendar is %+v, %v", cal, err)
		}
		expectBlocks(t, s, rep, 1)
	})
}

// bossList is a rep's list of calendars as to the boss's: it is there or not, and the
// rep's own or not.
type bossList struct{ listed, owned bool }

func (l bossList) save(t *testing.T, s *Store, rep Rep) {
	t.Helper()
	list := []scheduler.RemoteCalendar{{ID: primary, Name: "Dana", Primary: true, Owned: true}}
	if l.listed {
		list = append(list, scheduler.RemoteCalendar{ID: "boss", Name: "The boss", Owned: l.owned})
	}
	if err := s.SaveCalendars(t.Context(), rep.ID, list); err != nil {
		t.Fatal(err)
	}
}

func TestACalendarThatChangesHandsIsReadInTheOtherWay(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, rep := t.Context(), true, connectedRep(t, s, c)
		blockedBy(t, s, rep)
		saveBusy(t, s, rep, "", busy("b1", 1))
		bossList{listed: true}.save(t, s, rep) // as it was
		expectBlocks(t, s, rep, 1)

		bossList{listed: true, owned: true}.save(t, s, rep)
		cal, err := s.Calendar(ctx, rep.ID, "boss")
		if err != nil || !cal.Owned || !cal.Blocks || cal.Complete || cal.SyncToken != "" || !cal.SyncAt.Equal(c.Now()) {
			t.Errorf("once it is theirs the calendar is %+v, %v", cal, err)
		}
		if _, err := s.ChooseCalendar(ctx, rep.ID, "boss", &yes, nil); err != nil {
			t.Fatal(err)
		}
		saveBusy(t, s, rep, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(2)})

		bossList{listed: true}.save(t, s, rep)
		cal, err = s.Calendar(ctx, rep.ID, "boss")
		if err != nil || cal.Owned || !cal.Blocks || cal.Counts || cal.Complete || cal.SyncToken != "" || !cal.SyncAt.Equal(c.Now()) {
			t.Errorf("once it is not theirs the calendar is %+v, %v", cal, err)
		}
		bossList{}.save(t, s, rep)
		log, err := s.Activity(ctx, rep.ID, Query{})
		if err != nil {
			t.Fatal(err)
		}
		said := fmt.Sprint(log.Items[0].Summary, "; ", log.Items[1].Summary)
		if want := "The boss is gone from your list of calendars: nothing on it is known any more.; The boss is not yours any more: its meetings do not count, and its busy times still block."; said != want {
			t.Errorf("the log says %q", said)
		}
	})
}

func TestAReadingOfACalendarThatIsReadOtherwiseByNowIsLost(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, no, rep := t.Context(), false, connectedRep(t, s, c)
		blockedBy(t, s, rep)
		bossList{listed: true, owned: true}.save(t, s, rep)
		if saved := saveBusy(t, s, rep, "", busy("b1", 1)); !saved.Lost {
			t.Errorf("busy times of a calendar that became the rep's: %+v", saved)
		}
		bossList{listed: true}.save(t, s, rep)
		if saved := saveBusy(t, s, rep, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(2)}); !saved.Lost {
			t.Errorf("events of a calendar that is not the rep's any more: %+v", saved)
		}
		if _, err := s.ChooseCalendar(ctx, rep.ID, "boss", nil, &no); err != nil {
			t.Fatal(err)
		}
		if saved := saveBusy(t, s, rep, "", busy("b2", 1)); !saved.Lost {
			t.Errorf("busy times of a calendar that is left out: %+v", saved)
		}
		if cal, err := s.Calendar(ctx, rep.ID, "boss"); err != nil || cal.SyncAt != nil || cal.Complete {
			t.Errorf("the calendar is %+v, %v", cal, err)
		}
	})
}

func TestBusyTimesSayNothingOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		blockedBy(t, s, rep)
		now, end := s.Now(), s.Now().Add(48*time.Hour)
		row := holdRow{
			ID: "h1", RepID: rep.ID, Kind: "hold", Prospect: "acme.com", UID: "u", Step: "1", State: scheduler.Done,
			StartsAt: end.Add(-time.Hour), EndsAt: end, CalendarID: "boss", EventID: "e1", ETag: "1", WrittenEndsAt: &end,
			OnCalendar: true, CreatedAt: now.Add(-time.Hour), UpdatedAt: now.Add(-time.Hour),
		}
		if err := s.db.Create(&row).Error; err != nil {
			t.Fatal(err)
		}
		saveBusy(t, s, rep, "", busy("b1", 1))
		if err := s.db.WithContext(ctx).Take(&row, "id = ?", "h1").Error; err != nil || row.State != scheduler.Done || row.ETag != "1" {
			t.Errorf("the hold is %s with the etag %q, %v", row.State, row.ETag, err)
		}
	})
}

func TestNoPushIsMissedForBusyTimes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		blockedBy(t, s, rep)
		promote(t, s, addChannel(t, s, c, rep, primary, "c1"))
		if health, err := s.Health(t.Context(), rep.ID); err != nil || !health.Push || len(health.Calendars) != 2 {
			t.Errorf("health %+v, %v", health, err)
		}
	})
}
