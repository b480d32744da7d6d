package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestTheFirstListGivesThePrimaryCalendarAndTheZone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		calendars, err := s.Calendars(ctx, rep.ID)
		if err != nil {
			t.Fatal(err)
		}
		now := c.Now()
		want := []Calendar{
			{RepID: rep.ID, Kind: GoogleCalendar, ID: primary, Name: "Dana", Zone: "America/New_York", Primary: true, Owned: true, Counts: true, Blocks: true, SyncAt: &now},
			{RepID: rep.ID, Kind: GoogleCalendar, ID: "team", Name: "Team", Zone: "Europe/Berlin", Owned: true},
			{RepID: rep.ID, Kind: GoogleCalendar, ID: "boss", Name: "The boss", Zone: "Europe/Berlin"},
		}
		if diff := cmp.Diff(want, calendars); diff != "" {
			t.Errorf("calendars (-want +got):\n%s", diff)
		}
		if rep, err = s.Rep(ctx, rep.ID); err != nil || rep.Zone != "America/New_York" || !rep.CalendarsAt.Equal(now) {
			t.Errorf("the rep is in %q (read at %v), %v", rep.Zone, rep.CalendarsAt, err)
		}
	})
}

func TestALaterListKeepsTheRepsChoices(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, no, rep := t.Context(), false, connectedRep(t, s, c)
		if _, err := s.ChooseCalendar(ctx, rep.ID, primary, &no, nil); err != nil {
			t.Fatal(err)
		}
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(2)})
		err := s.SaveCalendars(ctx, rep.ID, []scheduler.RemoteCalendar{
			{ID: primary, Name: "Me", Zone: "Asia/Tokyo", Primary: true, Owned: true}, {ID: "team", Deleted: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		calendars, err := s.Calendars(ctx, rep.ID)
		if err != nil || len(calendars) != 1 || calendars[0].Name != "Me" || calendars[0].Counts || !calendars[0].Blocks || calendars[0].SyncToken != "t1" {
			t.Errorf("calendars %+v, %v", calendars, err)
		}
		if rep, err = s.Rep(ctx, rep.ID); err != nil || rep.Zone != "America/New_York" {
			t.Errorf("a later list moved the rep to %q, %v", rep.Zone, err)
		}
	})
}

func TestAListWithoutAPrimaryCalendarRemovesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		if err := s.SaveCalendars(t.Context(), rep.ID, nil); !errors.Is(err, scheduler.ErrInvalid) {
			t.Errorf("error %v", err)
		}
		if calendars, err := s.Calendars(t.Context(), rep.ID); err != nil || len(calendars) != 3 {
			t.Errorf("calendars %+v, %v", calendars, err)
		}
	})
}

func TestACalendarIsReadFromItsChoiceUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, rep := t.Context(), true, connectedRep(t, s, c)
		cal, err := s.ChooseCalendar(ctx, rep.ID, "team", nil, &yes)
		if err != nil || !cal.Blocks || cal.Counts || !cal.SyncAt.Equal(c.Now()) {
			t.Errorf("the team's calendar: %+v, %v", cal, err)
		}
		mirror(t, s, rep, "team", "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(2)})
		no := false
		cal, err = s.ChooseCalendar(ctx, rep.ID, "team", nil, &no)
		if err != nil || cal.SyncAt != nil || cal.SyncToken != "" {
			t.Errorf("not chosen any more: %+v, %v", cal, err)
		}
		expectIDs(t, s, rep)
	})
}

// Holds are written into it: what the rep does to them there has to be seen.
func TestThePrimaryCalendarIsNeverLeftOut(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, no, rep := t.Context(), false, connectedRep(t, s, c)
		if _, err := s.ChooseCalendar(ctx, rep.ID, primary, &no, &no); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("left out: %v", err)
		}
		if _, err := s.ChooseCalendar(ctx, rep.ID, primary, &no, nil); err != nil {
			t.Errorf("it only blocks: %v", err)
		}
		if _, err := s.ChooseCalendar(ctx, rep.ID, primary, nil, &no); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("left out in two steps: %v", err)
		}
		if cal, err := s.Calendar(ctx, rep.ID, primary); err != nil || cal.Counts || !cal.Blocks {
			t.Errorf("the calendar is %+v, %v", cal, err)
		}
	})
}

func TestACalendarThatOnlyCountedIsForgottenWhenTheRepLosesIt(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, rep := t.Context(), true, connectedRep(t, s, c)
		if _, err := s.ChooseCalendar(ctx, rep.ID, "team", &yes, nil); err != nil {
			t.Fatal(err)
		}
		mirror(t, s, rep, "team", "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(2)})
		err := s.SaveCalendars(ctx, rep.ID, []scheduler.RemoteCalendar{
			{ID: primary, Name: "Dana", Primary: true, Owned: true}, {ID: "team", Name: "Team", Owned: false},
		})
		cal, load := s.Calendar(ctx, rep.ID, "team")
		if err != nil || load != nil || cal.Counts || cal.Blocks || cal.Owned || cal.SyncAt != nil {
			t.Errorf("the calendar is %+v; %v, %v", cal, err, load)
		}
		expectIDs(t, s, rep)
	})
}

func TestAFailedReadIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		retry := c.Now().Add(time.Minute)
		err := s.SyncFailed(ctx, rep.ID, primary, "Google does not answer", retry)
		cal, load := s.Calendar(ctx, rep.ID, primary)
		if err != nil || load != nil || cal.Error != "Google does not answer" || !cal.SyncAt.Equal(retry) {
			t.Errorf("the calendar is %+v; %v, %v", cal, err, load)
		}
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1"})
		if cal, err = s.Calendar(ctx, rep.ID, primary); err != nil || cal.Error != "" {
			t.Errorf("after a read that succeeded the error is %q, %v", cal.Error, err)
		}
	})
}

// A read that is under way may have passed what the rep just changed.
func TestAskingForAReadWhileOneIsUnderWayBringsAnother(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		began := s.Now()
		c.move(time.Second)
		if err := s.SyncNow(ctx, rep.ID); err != nil {
			t.Fatal(err)
		}
		next := s.Now().Add(time.Hour)
		if _, err := s.SaveChanges(ctx, rep.ID, primary, "", began, scheduler.Changes{Full: true, Token: "t1"}, next); err != nil {
			t.Fatal(err)
		}
		calendar, err := s.Calendar(ctx, rep.ID, primary)
		if err != nil || calendar.SyncAt == nil || calendar.SyncAt.After(s.Now()) {
			t.Errorf("read next at %v, want now, %v (%v)", calendar.SyncAt, s.Now(), err)
		}
	})
}
