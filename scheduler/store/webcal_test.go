package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

const webcalAddress = "https://calendar.example.com:8443/secret-canary.ics"

// elsewhere is what a calendar elsewhere has: events without etags, as files have none.
func elsewhere(token string, events ...scheduler.RemoteEvent) scheduler.Changes {
	for i := range events {
		events[i].ETag = ""
	}
	return scheduler.Changes{Full: true, Token: token, Events: events}
}

// watching is a rep with a primary calendar that was read, who watches one elsewhere.
func watching(t *testing.T, s *Store, c *clock, w NewWebcal, changes scheduler.Changes) (Rep, Calendar) {
	t.Helper()
	rep := connectedRep(t, s, c)
	mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "p1"})
	return rep, watch(t, s, rep, w, changes)
}

func watch(t *testing.T, s *Store, rep Rep, w NewWebcal, changes scheduler.Changes) Calendar {
	t.Helper()
	cal, err := s.AddWebcal(t.Context(), rep.ID, w, "Side project", s.Now(), changes, s.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

var blocking = NewWebcal{Address: webcalAddress, Blocks: true}

// readWebcal saves a full reading that begins now.
func readWebcal(t *testing.T, s *Store, cal Calendar, from string, c scheduler.Changes) Saved {
	t.Helper()
	saved, err := s.SaveChanges(t.Context(), cal.RepID, cal.ID, from, s.Now(), c, s.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// now returns what is known of a calendar now.
func (s *Store) seen(t *testing.T, cal Calendar) Calendar {
	t.Helper()
	got, err := s.Calendar(t.Context(), cal.RepID, cal.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestACalendarElsewhereIsKnownAtOnceAndItsAddressIsSealed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep, cal := watching(t, s, c, blocking, elsewhere("f1", meeting("a", "", 1), weekly("w", "")))
		want := Calendar{
			RepID: rep.ID, ID: cal.ID, Kind: WebcalCalendar, Name: "Side project", Host: "calendar.example.com:8443", Blocks: true,
			Complete: true, SyncToken: "f1", SyncAt: cal.SyncAt, SyncedAt: cal.SyncedAt, FullAt: cal.FullAt,
		}
		if diff := cmp.Diff(want, cal); diff != "" || !cal.SyncAt.Equal(c.Now().Add(time.Hour)) || !cal.SyncedAt.Equal(c.Now()) {
			t.Errorf("the calendar (-want +got):\n%s", diff)
		}
		expectIDs(t, s, rep, "a", "w")
		var sealed string
		if err := s.db.Table("calendars").Select("address").Where("id = ?", cal.ID).Take(&sealed).Error; err != nil {
			t.Fatal(err)
		}
		address, err := s.WebcalAddress(t.Context(), rep.ID, cal.ID)
		if err != nil || address != webcalAddress || strings.Contains(sealed, "canary") {
			t.Errorf("the address is %q, %v, kept as %q", address, err, sealed)
		}
		other := watch(t, s, rep, NewWebcal{Address: "https://other.example/b.ics", Name: " My\n other ", Blocks: true}, elsewhere("g1"))
		if err := s.db.Table("calendars").Where("id = ?", other.ID).Update("address", sealed).Error; err != nil {
			t.Fatal(err)
		}
		if address, err := s.WebcalAddress(t.Context(), rep.ID, other.ID); !errors.Is(err, ErrSealed) || other.Name != "My other" {
			t.Errorf("moved to another row, of %q, the address is %q, %v", other.Name, address, err)
		}
	})
}

func TestWhatCanNotBeWatchedIsSaidByField(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep, _ := watching(t, s, c, blocking, elsewhere("f1"))
		add := func(w NewWebcal) error {
			_, err := s.AddWebcal(t.Context(), rep.ID, w, "", c.Now(), elsewhere("x"), c.Now())
			return err
		}
		for _, tt := range []struct {
			given NewWebcal
			want  FieldError
		}{
			{NewWebcal{Address: " webcal://calendar.example.com:8443/secret-canary.ics#x", Blocks: true}, FieldError{"address", "is watched already, as Side project"}},
			{NewWebcal{Address: "https://other.example/"}, FieldError{"blocks", "must be true where it does not count"}},
		} {
			var wrong *InvalidError
			if err := add(tt.given); !errors.As(err, &wrong) || wrong.Fields[0] != tt.want {
				t.Errorf("%+v: %v", tt.given, err)
			}
		}
		var unread *scheduler.WebcalError
		if err := add(NewWebcal{Address: "nonsense", Blocks: true}); !errors.As(err, &unread) {
			t.Errorf("no address: %v", err)
		}
		for i := 1; i < webcalLimit; i++ {
			if err := add(NewWebcal{Address: fmt.Sprintf("https://other.example/%d", i), Blocks: true}); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(NewWebcal{Address: "https://other.example/more", Blocks: true}); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("one more than can be: %v", err)
		}
	})
}

func TestTheListAtGoogleLeavesCalendarsElsewhereAlone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep, cal := watching(t, s, c, blocking, elsewhere("f1", meeting("a", "", 1)))
		for range 2 {
			err := s.SaveCalendars(t.Context(), rep.ID, []scheduler.RemoteCalendar{{ID: primary, Name: "Dana", Primary: true, Owned: true}})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := s.seen(t, cal); !cmp.Equal(got, cal) {
			t.Errorf("the calendar is %+v, was %+v", got, cal)
		}
		expectIDs(t, s, rep, "a")
	})
}

func TestOfACalendarElsewhereOnlyWhatChangedIsWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		_, cal := watching(t, s, c, blocking, elsewhere("f1", meetings(5)...))
		if saved := readWebcal(t, s, cal, "f1", elsewhere("f2", meetings(5)...)); saved != (Saved{}) {
			t.Errorf("the same again: %+v", saved)
		}
		changed := meetings(5)
		changed[3].Event.Summary = "another"
		if saved := readWebcal(t, s, cal, "f2", elsewhere("f3", changed[:4]...)); saved != (Saved{Changed: 2}) {
			t.Errorf("one changed, one gone: %+v", saved)
		}
		if saved := readWebcal(t, s, cal, "f2", elsewhere("f4")); !saved.Lost {
			t.Errorf("a reading that somebody else outran: %+v", saved)
		}
	})
}

func TestACalendarElsewhereThatIsSuddenlyEmptyIsReadTwiceBeforeItIsBelieved(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep, cal := watching(t, s, c, blocking, elsewhere("f1", meeting("a", "", 1)))
		c.move(time.Hour)
		if saved := readWebcal(t, s, cal, "f1", elsewhere("f2")); !saved.Confirm {
			t.Errorf("empty at once: %+v", saved)
		}
		got := s.seen(t, cal)
		if got.Suspect != 1 || !got.Complete || got.SyncToken != "" || got.Error == "" || !got.SyncedAt.Equal(*cal.SyncedAt) || got.SyncAt.Sub(c.Now()) != 15*time.Minute {
			t.Errorf("in doubt it is %+v", got)
		}
		expectIDs(t, s, rep, "a")
		if _, incomplete := mirroredEvents(t, s, rep); incomplete {
			t.Error("doubts about a calendar elsewhere hold up everything")
		}
		if saved := readWebcal(t, s, cal, "", elsewhere("f3", meeting("a", "", 1))); saved.Confirm || saved.Changed != 0 {
			t.Errorf("back again: %+v", saved)
		}
		if got := s.seen(t, cal); got.Suspect != 0 || got.Error != "" {
			t.Errorf("back again it is %+v", got)
		}
		for i, from := range []string{"f3", ""} {
			if saved := readWebcal(t, s, cal, from, elsewhere("f4")); saved.Confirm != (i == 0) {
				t.Errorf("empty, reading %d: %+v", i+1, saved)
			}
		}
		expectIDs(t, s, rep)
	})
}

func TestOneOfFewEventsElsewhereMayGoAtOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		_, cal := watching(t, s, c, blocking, elsewhere("f1", meetings(2)...))
		if saved := readWebcal(t, s, cal, "f1", elsewhere("f2", meetings(1)...)); saved != (Saved{Changed: 1}) {
			t.Errorf("saved %+v", saved)
		}
	})
}

func TestACalendarElsewhereThatIsUnchangedOrUnreadableStaysAsItWas(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		rep, cal := watching(t, s, c, blocking, elsewhere("f1", meeting("a", "", 1)))
		for i := range 3 {
			c.move(time.Hour)
			if err := s.WebcalFailed(ctx, rep.ID, cal.ID, "It is down.", c.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			got := s.seen(t, cal)
			if got.Error != "It is down." || got.Failures != i+1 || !got.Complete || !got.SyncedAt.Equal(*cal.SyncedAt) || !got.SyncAt.Equal(c.Now().Add(time.Minute)) {
				t.Errorf("after %d failures it is %+v", i+1, got)
			}
		}
		expectIDs(t, s, rep, "a")
		same := func(from, token string) {
			if err := s.WebcalUnchanged(ctx, rep.ID, cal.ID, from, token, c.Now(), c.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		same("old", "older")
		if got := s.seen(t, cal); got.Error == "" || got.SyncToken != "f1" {
			t.Errorf("after a reading that somebody else outran it is %+v", got)
		}
		same("f1", "f2")
		if got := s.seen(t, cal); got.Error != "" || got.Failures != 0 || got.SyncToken != "f2" || !got.SyncedAt.Equal(c.Now()) || !got.SyncAt.Equal(c.Now().Add(time.Hour)) {
			t.Errorf("unchanged it is %+v", got)
		}
		if err := s.WebcalFailed(ctx, rep.ID, "webcal-none", "It is down.", c.Now()); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("of one that is gone: %v", err)
		}
	})
}

func TestACalendarElsewhereIsRemovedByItsOwnerAndWithTheRep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		rep, cal := watching(t, s, c, blocking, elsewhere("f1", meeting("a", "", 1)))
		eve, err := s.SignIn(ctx, Identity{Subject: "eve", Email: "eve@other.example"}, danasGrant(c))
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"somebody else's": s.RemoveWebcal(ctx, eve.ID, cal.ID), "none": s.RemoveWebcal(ctx, rep.ID, "webcal-none"),
		} {
			if !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.WebcalAddress(ctx, eve.ID, cal.ID); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("the address for somebody else: %v", err)
		}
		if err := s.RemoveWebcal(ctx, rep.ID, primary); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("one at Google: %v", err)
		}
		if err := s.RemoveWebcal(ctx, rep.ID, cal.ID); err != nil {
			t.Fatal(err)
		}
		expectIDs(t, s, rep)

		for _, purge := range []bool{false, true} {
			watch(t, s, rep, NewWebcal{Address: fmt.Sprintf("https://other.example/%t", purge), Blocks: true}, elsewhere("g1", meeting("b", "", 1)))
			if err := s.Disconnect(ctx, rep.ID, purge); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"calendars", "events"} {
				var left int64
				if err := s.db.Table(table).Where("rep_id = ?", rep.ID).Count(&left).Error; err != nil || left > 0 {
					t.Errorf("purge %t: %d %s are left, %v", purge, left, table, err)
				}
			}
			departed(t, s)
			rep = connectedRep(t, s, c)
		}
	})
}

// departed checks that nothing elsewhere is to be tidied at Google.
func departed(t *testing.T, s *Store) {
	t.Helper()
	var rows []departureRow
	if err := s.db.Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if slices.ContainsFunc(row.Calendars, func(id string) bool { return strings.HasPrefix(id, "webcal-") }) || len(row.Channels) > 0 {
			t.Errorf("Google is to be asked for %v and %v", row.Calendars, row.Channels)
		}
	}
}

func TestWhoLeftMeanwhileWatchesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := connectedRep(t, s, c)
		if err := s.Disconnect(t.Context(), rep.ID, false); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddWebcal(t.Context(), rep.ID, blocking, "", c.Now(), elsewhere("f1"), c.Now()); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("after leaving: %v", err)
		}
	})
}

func TestACalendarElsewhereThatCountsIsJudged(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		rep, cal := watching(t, s, c, blocking, elsewhere("f1", meeting("demo", "", -3)))
		flags := func() int {
			page, err := s.Flags(ctx, rep.ID, Query{State: FlagOpen})
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Items)
		}
		if n := flags(); n != 0 {
			t.Errorf("%d flags while it only blocks", n)
		}
		yes := true
		if got, err := s.ChooseCalendar(ctx, rep.ID, cal.ID, &yes, nil); err != nil || !got.Counts || !got.Complete {
			t.Fatalf("counting it is %+v, %v", got, err)
		}
		if n := flags(); n != 1 {
			t.Errorf("%d flags once it counts, want 1", n)
		}
		readWebcal(t, s, cal, "f1", elsewhere("f2", meeting("demo", "", -3), meeting("next", "", 72)))
		if n := flags(); n != 0 {
			t.Errorf("%d flags with a next step there", n)
		}
		no := false
		if got, err := s.ChooseCalendar(ctx, rep.ID, cal.ID, &no, &no); err != nil || got.SyncAt != nil || got.Complete {
			t.Errorf("left out it is %+v, %v", got, err)
		}
		if address, err := s.WebcalAddress(ctx, rep.ID, cal.ID); err != nil || address != webcalAddress {
			t.Errorf("left out its address is %q, %v", address, err)
		}
	})
}

func TestTheHealthOfTheConnectionIsThatOfGoogle(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep, cal := watching(t, s, c, blocking, elsewhere("f1"))
		c.move(3 * time.Hour)
		if err := s.WebcalFailed(t.Context(), rep.ID, cal.ID, "It is down.", c.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveChanges(t.Context(), rep.ID, primary, "p1", c.Now(), scheduler.Changes{Token: "p2"}, c.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		h, err := s.Health(t.Context(), rep.ID)
		if err != nil || h.LastSync == nil || !h.LastSync.Equal(c.Now()) || !h.NextSync.Equal(c.Now().Add(time.Hour)) || len(h.Calendars) != 2 || h.Calendars[1].Error != "It is down." {
			t.Errorf("health %+v, %v", h, err)
		}
	})
}

// Whoever adds a calendar elsewhere before theirs at Google was read is asked about what
// both have together, and nothing is written before that.
func TestACalendarElsewhereAloneIsNoFirstLook(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), signIn(t, s, c)
		watch(t, s, rep, NewWebcal{Address: webcalAddress, Counts: true}, elsewhere("f1", meeting("demo", "", -3)))
		first := func() bool {
			got, err := s.Rep(ctx, rep.ID)
			if err != nil {
				t.Fatal(err)
			}
			return got.FirstSyncedAt != nil
		}
		if first() {
			t.Error("the first look is over before the list of calendars was read")
		}
		if err := s.SaveCalendars(ctx, rep.ID, []scheduler.RemoteCalendar{{ID: primary, Name: "Dana", Primary: true, Owned: true}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveChanges(ctx, rep.ID, primary, "", c.Now(), scheduler.Changes{Full: true, Token: "p1"}, c.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		backlog, err := s.Backlog(ctx, rep.ID)
		if err != nil || !first() || backlog.State != scheduler.BacklogPending {
			t.Errorf("the first look is over: %t, %+v, %v", first(), backlog, err)
		}
	})
}
