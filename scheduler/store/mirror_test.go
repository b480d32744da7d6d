package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

const primary = "dana@northwind.example"

// connectedRep signs Dana in and gives her a primary calendar and a second one.
func connectedRep(t *testing.T, s *Store, c *clock) Rep {
	t.Helper()
	rep := signIn(t, s, c)
	err := s.SaveCalendars(t.Context(), rep.ID, []scheduler.RemoteCalendar{
		{ID: primary, Name: "Dana", Zone: "America/New_York", Primary: true, Owned: true},
		{ID: "team", Name: "Team", Zone: "Europe/Berlin", Owned: true},
		{ID: "boss", Name: "The boss", Zone: "Europe/Berlin"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// meeting is a single event an hour long, some hours from the clock's start.
func meeting(id, etag string, hours int) scheduler.RemoteEvent {
	start := newClock().Now().Add(time.Duration(hours) * time.Hour)
	return scheduler.RemoteEvent{ID: id, ETag: etag, Event: scheduler.Event{
		UID: id + "@google.com", Summary: id + " " + etag,
		Start: scheduler.Moment{Wall: start, Zone: time.UTC}, End: scheduler.Moment{Wall: start.Add(time.Hour), Zone: time.UTC},
		Attendees: []scheduler.Attendee{{Address: "ana@acme.com", Response: scheduler.Accepted}},
	}}
}

func weekly(id, etag string) scheduler.RemoteEvent {
	e := meeting(id, etag, -24*100)
	rule, err := scheduler.ParseRule("FREQ=WEEKLY")
	if err != nil {
		panic(err)
	}
	e.Event.Rules = []scheduler.Rule{rule}
	return e
}

func cancelledInstance(series, id string) scheduler.RemoteEvent {
	original := scheduler.Moment{Wall: newClock().Now().Add(-24 * 93 * time.Hour), Zone: time.UTC}
	return scheduler.RemoteEvent{ID: id, ETag: "1", Series: series, Event: scheduler.Event{Status: scheduler.Cancelled, RecurrenceID: &original}}
}

func meetings(n int) []scheduler.RemoteEvent {
	events := make([]scheduler.RemoteEvent, n)
	for i := range events {
		events[i] = meeting(fmt.Sprintf("m%d", i), "1", i)
	}
	return events
}

// mirror saves changes as a read that began now would.
func mirror(t *testing.T, s *Store, rep Rep, calendar, from string, c scheduler.Changes) Saved {
	t.Helper()
	var saved Saved
	err := s.transact(t.Context(), func(tx *Tx) error {
		cal, err := loadCalendar(tx.db, rep.ID, calendar)
		if err != nil {
			return err
		}
		saved, err = tx.saveMirror(cal, from, c, tx.now, tx.now.Add(time.Hour))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// mirroredIDs returns the ids of what the rules are given from the mirror.
func mirroredIDs(t *testing.T, s *Store, rep Rep) (ids []string, incomplete bool) {
	t.Helper()
	events, incomplete := mirroredEvents(t, s, rep)
	for _, e := range events {
		ids = append(ids, e.Ref.ID)
	}
	slices.Sort(ids)
	return ids, incomplete
}

func mirroredEvents(t *testing.T, s *Store, rep Rep) (events []scheduler.Event, incomplete bool) {
	t.Helper()
	err := s.transact(t.Context(), func(tx *Tx) (err error) {
		events, incomplete, err = tx.mirrored(rep.ID, tx.now.Add(-30*day), tx.now.Add(120*day))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return events, incomplete
}

func expectIDs(t *testing.T, s *Store, rep Rep, want ...string) {
	t.Helper()
	got, _ := mirroredIDs(t, s, rep)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mirrored (-want +got):\n%s", diff)
	}
}

func TestTheMirrorFollowsWhatChanged(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		if _, incomplete := mirroredIDs(t, s, rep); !incomplete {
			t.Error("a calendar that was never read is complete")
		}
		saved := mirror(t, s, rep, primary, "", scheduler.Changes{
			Full: true, Token: "t1", Zone: "America/New_York",
			Events: []scheduler.RemoteEvent{meeting("a", "1", 1), meeting("b", "1", 2), weekly("w", "1"), cancelledInstance("w", "w_1")},
		})
		if saved != (Saved{Changed: 4}) {
			t.Errorf("saved %+v", saved)
		}
		expectIDs(t, s, rep, "a", "b", "w", "w_1")

		saved = mirror(t, s, rep, primary, "t1", scheduler.Changes{
			Token: "t2", Events: []scheduler.RemoteEvent{{ID: "a", Deleted: true}, meeting("b", "1", 2), meeting("d", "1", 3), {ID: "never", Deleted: true}},
		})
		if saved != (Saved{Changed: 2}) {
			t.Errorf("one deleted, one as it was, one new: saved %+v", saved)
		}
		expectIDs(t, s, rep, "b", "d", "w", "w_1")
		if _, incomplete := mirroredIDs(t, s, rep); incomplete {
			t.Error("the calendar is not complete after a read to its end")
		}

		mirror(t, s, rep, primary, "t2", scheduler.Changes{Token: "t3", Events: []scheduler.RemoteEvent{{ID: "w", Deleted: true}}})
		expectIDs(t, s, rep, "b", "d")
		cal, err := s.Calendar(t.Context(), rep.ID, primary)
		if err != nil || cal.SyncToken != "t3" || !cal.SyncedAt.Equal(c.Now()) || !cal.SyncAt.Equal(c.Now().Add(time.Hour)) || cal.FullAt == nil {
			t.Errorf("the calendar is %+v, %v", cal, err)
		}
	})
}

func TestACancelledInstanceBelongsToItsSeries(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{
			Full: true, Token: "t1",
			Events: []scheduler.RemoteEvent{cancelledInstance("w", "w_1"), weekly("w", "1"), cancelledInstance("unknown", "u_1")},
		})
		events, _ := mirroredEvents(t, s, rep)
		uids := make(map[string]string)
		for _, e := range events {
			uids[e.Ref.ID] = e.UID
		}
		if diff := cmp.Diff(map[string]string{"w": "w@google.com", "w_1": "w@google.com"}, uids); diff != "" {
			t.Errorf("UIDs (-want +got):\n%s", diff)
		}
	})
}

func TestAReadThatWasOvertakenIsDropped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(2)})
		saved := mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "late"})
		if !saved.Lost {
			t.Errorf("saved %+v", saved)
		}
		expectIDs(t, s, rep, "m0", "m1")
	})
}

func TestAFullReadSweepsWhatIsGone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(6)})
		saved := mirror(t, s, rep, primary, "t1", scheduler.Changes{Full: true, Token: "t2", Events: meetings(4)})
		if saved != (Saved{Changed: 2}) {
			t.Errorf("saved %+v", saved)
		}
		expectIDs(t, s, rep, "m0", "m1", "m2", "m3")
	})
}

func TestMassLossIsBelievedOnlyTheSecondTime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(6)})
		empty := scheduler.Changes{Full: true, Token: "t2"}
		if saved := mirror(t, s, rep, primary, "t1", empty); !saved.Confirm {
			t.Errorf("a calendar that lost all is believed: %+v", saved)
		}
		if ids, incomplete := mirroredIDs(t, s, rep); len(ids) != 6 || !incomplete {
			t.Errorf("after the first read %v are left (incomplete: %v)", ids, incomplete)
		}
		cal, err := s.Calendar(t.Context(), rep.ID, primary)
		if err != nil || cal.SyncToken != "" || cal.Suspect != 6 || !cal.SyncAt.Equal(c.Now().Add(brakeAgain)) {
			t.Errorf("the calendar is %+v, %v", cal, err)
		}
		if saved := mirror(t, s, rep, primary, "", empty); saved.Changed != 6 {
			t.Errorf("the second read saved %+v", saved)
		}
		if ids, incomplete := mirroredIDs(t, s, rep); len(ids) != 0 || incomplete {
			t.Errorf("after the second read %v are left (incomplete: %v)", ids, incomplete)
		}
	})
}

func TestASecondReadThatFindsEverythingAgainClearsTheDoubt(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(6)})
		mirror(t, s, rep, primary, "t1", scheduler.Changes{Full: true, Token: "t2"})
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t3", Events: meetings(6)})
		cal, err := s.Calendar(t.Context(), rep.ID, primary)
		if err != nil || cal.Suspect != 0 || !cal.Complete {
			t.Errorf("the calendar is %+v, %v", cal, err)
		}
		if saved := mirror(t, s, rep, primary, "t3", scheduler.Changes{Full: true, Token: "t4"}); !saved.Confirm {
			t.Errorf("the next loss is believed at once: %+v", saved)
		}
	})
}

func TestTheBrakeIsForMassLossOnly(t *testing.T) {
	now := newClock().Now()
	soon, past := now.Add(time.Hour), now.Add(-40*day)
	some := func(n int, more ...knownEvent) []knownEvent {
		known := more
		for _, e := range meetings(n) {
			known = append(known, knownEvent{ID: e.ID, EndsAt: &soon})
		}
		return known
	}
	for _, tt := range []struct {
		name  string
		known []knownEvent
		read  scheduler.Changes
		lost  int
	}{
		{"three of three gone", some(3), scheduler.Changes{Full: true}, 0},
		{"four of four gone", some(4), scheduler.Changes{Full: true}, 4},
		{"half of six gone", some(6), scheduler.Changes{Full: true, Events: meetings(3)}, 3},
		{"two of six gone", some(6), scheduler.Changes{Full: true, Events: meetings(4)}, 0},
		{"what ended long ago is not listed any more", some(3, knownEvent{ID: "past", EndsAt: &past}), scheduler.Changes{Full: true, Events: meetings(1)}, 0},
		{"a series is listed as long as it lives", some(3, knownEvent{ID: "w", EndsAt: &past, Recurring: true}), scheduler.Changes{Full: true, Events: meetings(1)}, 3},
		{"exceptions come and go with their series", some(3, knownEvent{ID: "w_1", SeriesID: "w", EndsAt: &soon}), scheduler.Changes{Full: true}, 0},
		{"listed as deleted", some(4), scheduler.Changes{Full: true, Events: deletions(4)}, 4},
	} {
		if got := massLoss(tt.known, tt.read, now, brakeFrom); got != tt.lost {
			t.Errorf("%s: %d are lost, want %d", tt.name, got, tt.lost)
		}
	}
}

func TestDeletionsByNameAreBelieved(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(6)})
		saved := mirror(t, s, rep, primary, "t1", scheduler.Changes{Token: "t2", Events: deletions(6)})
		if saved != (Saved{Changed: 6}) {
			t.Errorf("saved %+v", saved)
		}
	})
}

// A rep may have few meetings and many holds: losing the holds is a mass loss too.
func TestTheBrakeKnowsWhatHoldfastWrote(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: meetings(1)})
		soon := c.Now().Add(time.Hour)
		for i := range 3 {
			id := fmt.Sprintf("h%d", i)
			err := s.db.Create(&holdRow{
				ID: id, RepID: rep.ID, Kind: "hold", Prospect: "acme.com", UID: "u", Step: id, State: scheduler.Written,
				StartsAt: soon, EndsAt: soon, CalendarID: primary, EventID: id, ETag: "1", WrittenEndsAt: &soon,
			}).Error
			if err != nil {
				t.Fatal(err)
			}
		}
		if saved := mirror(t, s, rep, primary, "t1", scheduler.Changes{Full: true, Token: "t2", Events: meetings(1)}); !saved.Confirm {
			t.Errorf("three of four gone: saved %+v", saved)
		}
	})
}

func deletions(n int) []scheduler.RemoteEvent {
	events := meetings(n)
	for i := range events {
		events[i] = scheduler.RemoteEvent{ID: events[i].ID, Deleted: true}
	}
	return events
}

func TestWhatHoldfastWroteIsNotMirrored(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		install, err := s.Install(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tagged := func(id string, tags scheduler.Tags) scheduler.RemoteEvent {
			e := meeting(id, "1", 1)
			e.Tags = tags
			return e
		}
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: []scheduler.RemoteEvent{
			tagged("hold", scheduler.Tags{Install: install, Kind: scheduler.KindHold}),
			tagged("reminder", scheduler.Tags{Install: install, Kind: scheduler.KindWrapUp}),
			tagged("review", scheduler.Tags{Install: install, Kind: scheduler.KindReview}),
			tagged("foreign", scheduler.Tags{Install: "another", Kind: scheduler.KindHold}),
			meeting("meeting", "1", 1),
		}})
		expectIDs(t, s, rep, "foreign", "meeting", "review")
	})
}

func TestCalendarsAreSeenAsTheyAreChosen(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, rep := t.Context(), true, connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: []scheduler.RemoteEvent{meeting("both", "1", 1)}})
		if _, err := s.ChooseCalendar(ctx, rep.ID, "team", nil, &yes); err != nil {
			t.Fatal(err)
		}
		mirror(t, s, rep, "team", "", scheduler.Changes{
			Full: true, Token: "t1", Events: []scheduler.RemoteEvent{meeting("both", "1", 1), meeting("team", "1", 2)},
		})
		events, _ := mirroredEvents(t, s, rep)
		seen := make(map[string]string)
		for _, e := range events {
			seen[e.Ref.Calendar+" "+e.Ref.ID] = fmt.Sprintf("status only %v, transparent %v", e.StatusOnly, e.Transparent)
		}
		want := map[string]string{
			primary + " both": "status only false, transparent false", // its copy on the other calendar says less
			"team team":       "status only true, transparent false",
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}

		no := false
		if _, err := s.ChooseCalendar(ctx, rep.ID, "team", &yes, &no); err != nil {
			t.Fatal(err)
		}
		events, _ = mirroredEvents(t, s, rep)
		for _, e := range events {
			if fromTeam := e.Ref.Calendar == "team"; e.Transparent != fromTeam || e.StatusOnly {
				t.Errorf("%s of %s: transparent %v, status only %v", e.Ref.ID, e.Ref.Calendar, e.Transparent, e.StatusOnly)
			}
		}
	})
}

// Calendars tell when an instance began each in a zone of its own. Whatever one that only
// blocks says of it, the series that counts has it as it was.
func TestACalendarThatOnlyBlocksChangesNoInstanceOfAMeeting(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		yes, rep := true, connectedRep(t, s, c)
		original := weekly("w", "1").Event.Start.Wall.AddDate(0, 0, 105)
		instance := func(id, uid string, sequence int, at time.Time, zone *time.Location) scheduler.RemoteEvent {
			e := meeting(id, "1", 24*5)
			e.Series, e.Event.UID, e.Event.Sequence = uid, uid+"@google.com", sequence
			began := moment(at, zone)
			e.Event.RecurrenceID = &began
			return e
		}
		mirror(t, s, rep, primary, "", scheduler.Changes{
			Full: true, Token: "t1", Events: []scheduler.RemoteEvent{weekly("w", "1"), instance("w_1", "w", 1, original, mustLoad(t, "America/New_York"))},
		})
		if _, err := s.ChooseCalendar(t.Context(), rep.ID, "team", nil, &yes); err != nil {
			t.Fatal(err)
		}
		mirror(t, s, rep, "team", "", scheduler.Changes{Full: true, Token: "t1", Events: []scheduler.RemoteEvent{
			weekly("w", "1"), instance("copy", "w", 5, original, time.UTC), instance("other", "w", 5, original.AddDate(0, 0, 7), time.UTC),
			instance("alone", "x", 1, original, time.UTC),
		}})
		expectIDs(t, s, rep, "alone", "w", "w_1")
	})
}

func TestWhatWasPushedDuringAReadIsReadAtOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		channel := addChannel(t, s, c, rep, primary, "c1")
		began := c.Now()
		c.move(time.Second)
		if err := s.Pushed(ctx, channel.ID, channel.Token, ""); err != nil {
			t.Fatal(err)
		}
		c.move(time.Second)
		err := s.transact(ctx, func(tx *Tx) error {
			cal, err := loadCalendar(tx.db, rep.ID, primary)
			if err != nil {
				return err
			}
			_, err = tx.saveMirror(cal, "", scheduler.Changes{Full: true, Token: "t1"}, began, c.Now().Add(time.Hour))
			return err
		})
		cal, load := s.Calendar(ctx, rep.ID, primary)
		if err != nil || load != nil || !cal.SyncAt.Equal(c.Now()) {
			t.Errorf("the calendar is read next at %v, want now, %v; %v %v", cal.SyncAt, c.Now(), err, load)
		}
	})
}
