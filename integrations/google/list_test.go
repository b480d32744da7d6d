package google_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

var (
	nine = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) // 09:00 in Zurich
	ten  = nine.Add(time.Hour)
)

func single(summary string) emulator.Event {
	return emulator.Event{Summary: summary, Start: emulator.At(nine, "Europe/Zurich"), End: emulator.At(ten, "Europe/Zurich")}
}

func daily(summary string) emulator.Event {
	e := single(summary)
	e.Recurrence = []string{"RRULE:FREQ=DAILY;COUNT=5"}
	return e
}

// read returns the changes since a token, from 30 days back where there is none.
func read(t *testing.T, c *google.Calendar, token string) scheduler.Changes {
	t.Helper()
	changes, err := c.Changes(t.Context(), dana, token, nine.AddDate(0, 0, -30))
	if err != nil {
		t.Fatal(err)
	}
	if changes.Token == "" || changes.Full != (token == "") || changes.Zone != "Europe/Zurich" {
		t.Errorf("changes since %q: token %q, full %v, zone %q", token, changes.Token, changes.Full, changes.Zone)
	}
	return changes
}

// told names what the changes tell, in order of id.
func told(changes scheduler.Changes) []string {
	var all []string
	for _, e := range changes.Events {
		switch {
		case e.Deleted:
			all = append(all, "deleted "+e.ID)
		case e.Event.Status == scheduler.Cancelled:
			all = append(all, fmt.Sprintf("cancelled %s of %s", e.Event.RecurrenceID.In(time.UTC).Format(time.DateTime), e.Series))
		default:
			all = append(all, e.Event.Summary)
		}
	}
	slices.Sort(all)
	return all
}

func TestTheFirstReadTellsWhatIsThere(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	w.insert(t, single("Demo"))
	series := w.insert(t, daily("Standup"))
	gone := w.insert(t, single("Gone"))
	past := single("Long past")
	past.Start, past.End = emulator.At(nine.AddDate(0, 0, -60), ""), emulator.At(ten.AddDate(0, 0, -60), "")
	w.insert(t, past)
	later := single("In three years")
	later.Start, later.End = emulator.At(nine.AddDate(3, 0, 0), ""), emulator.At(ten.AddDate(3, 0, 0), "")
	w.insert(t, later)
	mustDo(t, w.dana.Delete("primary", gone.ID), w.dana.Delete("primary", series.ID+"_20261126T080000Z"))
	must(w.dana.Edit("primary", series.ID+"_20261127T080000Z", func(e *emulator.Event) { e.Summary = "Standup, moved" }))(t)

	// No tombstones of whole events, no instances: series, single events and what is
	// different from its series, cancelled or not.
	want := []string{"Demo", "In three years", "Standup", "Standup, moved", "cancelled 2026-11-26 08:00:00 of " + series.ID}
	if diff := cmp.Diff(want, told(read(t, c, ""))); diff != "" {
		t.Errorf("the first read (-want +got):\n%s", diff)
	}
}

func TestATokenTellsOnlyWhatChanged(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	w.insert(t, single("Kept"))
	moved, gone, series := w.insert(t, single("Moved")), w.insert(t, single("Gone")), w.insert(t, daily("Standup"))
	first := read(t, c, "")

	must(w.dana.Move("primary", moved.ID, ten, ten.Add(time.Hour)))(t)
	mustDo(t, w.dana.Delete("primary", gone.ID), w.dana.Delete("primary", series.ID+"_20261126T080000Z"))
	w.insert(t, single("New"))
	second := read(t, c, first.Token)
	want := []string{"Moved", "New", "cancelled 2026-11-26 08:00:00 of " + series.ID, "deleted " + gone.ID}
	if diff := cmp.Diff(want, slices.DeleteFunc(told(second), func(s string) bool { return s == "Standup" })); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if third := read(t, c, second.Token); len(third.Events) > 0 {
		t.Errorf("with nothing changed: %q", told(third))
	}
}

func TestAnEventThatMovedOutOfTheFirstWindowIsToldOf(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	e := w.insert(t, single("Demo"))
	token := read(t, c, "").Token
	must(w.dana.Move("primary", e.ID, nine.AddDate(-1, 0, 0), ten.AddDate(-1, 0, 0)))(t)
	if diff := cmp.Diff([]string{"Demo"}, told(read(t, c, token))); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestPagesAreReadToTheLastAlsoEmptyOnes(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.PageCap, c.EmptyPages = 2, true })
	c := w.calendar(t)
	var want []string
	for i := range 5 {
		want = append(want, fmt.Sprintf("Event %d", i))
		w.insert(t, single(want[i]))
	}
	first := read(t, c, "")
	if diff := cmp.Diff(want, told(first)); diff != "" {
		t.Errorf("the first read (-want +got):\n%s", diff)
	}
	for _, e := range first.Events {
		must(w.dana.Edit("primary", e.ID, func(e *emulator.Event) { e.Location = "Here" }))(t)
	}
	if diff := cmp.Diff(want, told(read(t, c, first.Token))); diff != "" {
		t.Errorf("the changes (-want +got):\n%s", diff)
	}
	if n := w.Count(dana, "calendar.events.list"); n < 10 {
		t.Errorf("%d pages: the emulator did not page", n)
	}
}

func TestAPageThatFailsFailsTheRead(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.PageCap = 1 })
	c := w.calendar(t)
	for i := range 3 {
		w.insert(t, single(fmt.Sprint(i)))
	}
	w.Fault(emulator.Fault{Method: "calendar.events.list", Nth: 3, Status: 500})
	if changes, err := c.Changes(t.Context(), dana, "", nine); err == nil || len(changes.Events) > 0 || changes.Token != "" {
		t.Errorf("got %q and %v, want nothing but an error", told(changes), err)
	}
}

func TestPagesThatNeverEndAreNotFollowed(t *testing.T) {
	calls := 0
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		fmt.Fprint(w, `{"items":[],"nextPageToken":"again"}`)
	})
	if _, err := c.Changes(t.Context(), dana, "", nine); err == nil || calls > 2 {
		t.Errorf("%d calls and %v, want an error after the second", calls, err)
	}
	if _, err := c.Tagged(t.Context(), dana, "install"); err == nil || calls > 4 {
		t.Errorf("tagged: %d calls and %v, want an error after the second", calls, err)
	}
	if _, err := c.Calendars(t.Context()); err == nil || calls > 6 {
		t.Errorf("calendars: %d calls and %v, want an error after the second", calls, err)
	}
}

func TestALastPageWithoutATokenIsNoEndOfARead(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"items":[]}`) })
	if _, err := c.Changes(t.Context(), dana, "", nine); err == nil {
		t.Error("no error, so that the next read would start over unseen")
	}
}

func TestATokenThatIsNoGoodAsksForAFullRead(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	token := read(t, c, "").Token
	if _, err := c.Changes(t.Context(), dana, "garbage", nine); !errors.Is(err, scheduler.ErrSyncToken) {
		t.Errorf("garbage: %v, want ErrSyncToken", err)
	}
	mustDo(t, w.ExpireSyncTokens(dana, dana))
	if _, err := c.Changes(t.Context(), dana, token, nine); !errors.Is(err, scheduler.ErrSyncToken) {
		t.Errorf("expired: %v, want ErrSyncToken", err)
	}
	read(t, c, "")
}

func TestACalendarThatIsNotThereIsNotFound(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	if _, err := c.Changes(t.Context(), "nobody@example.com", "", nine); !errors.Is(err, scheduler.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestAnEventIsFoundDeletedOrNot(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	e := w.insert(t, single("Demo"))
	got, err := c.Event(t.Context(), dana, e.ID)
	if err != nil || got.Deleted || got.Event.Summary != "Demo" || got.ETag != e.ETag {
		t.Errorf("got %+v, %v", got, err)
	}
	mustDo(t, w.dana.Delete("primary", e.ID))
	if got, err := c.Event(t.Context(), dana, e.ID); err != nil || !got.Deleted {
		t.Errorf("deleted: %+v, %v", got, err)
	}
	if _, err := c.Event(t.Context(), dana, "hf0000unknown"); !errors.Is(err, scheduler.ErrNotFound) {
		t.Errorf("unknown: %v, want ErrNotFound", err)
	}
}

func TestWhatAnInstallWroteIsFoundByItsTag(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.PageCap = 1 })
	c := w.calendar(t)
	w.insert(t, single("Demo"))
	for i, install := range []string{"ours", "other", "ours", "ours"} {
		e := hold(fmt.Sprintf("hf0000%d", i))
		e.Tags.Install = install
		must(c.Insert(t.Context(), e))(t)
	}
	mustDo(t, w.dana.Delete("primary", "hf00003"))
	tagged, err := c.Tagged(t.Context(), dana, "ours")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range tagged {
		ids = append(ids, e.ID)
	}
	if diff := cmp.Diff([]string{"hf00000", "hf00002"}, ids); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func TestCalendarsAreListedWithWhatTheRepMayDo(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	deals := must(w.dana.AddCalendar(emulator.Calendar{Summary: "Deals", Zone: "America/New_York"}))(t)
	team := must(w.dana.AddCalendar(emulator.Calendar{Summary: "Team", Role: emulator.Reader}))(t)
	got := must(c.Calendars(t.Context()))(t)
	slices.SortFunc(got, func(a, b scheduler.RemoteCalendar) int { return strings.Compare(a.Name, b.Name) })
	want := []scheduler.RemoteCalendar{
		{ID: deals, Name: "Deals", Zone: "America/New_York", Owned: true},
		{ID: team, Name: "Team", Zone: "Europe/Zurich"},
		{ID: dana, Name: dana, Zone: "Europe/Zurich", Primary: true, Owned: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calendars (-want +got):\n%s", diff)
	}
}

// must fails the test on an error and returns the value.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func mustDo(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// What of a list cannot be kept is left out, and the rest of it is read.
func TestCalendarsThatAreNoneLeaveTheOthersReadable(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"items":[null,{"summary":"no id"},{"id":"a\u0000b"},{"id":"mine","summary":"A\u0000B","timeZone":"UTC\u0000"}]}`)
	})
	got, err := c.Calendars(t.Context())
	want := []scheduler.RemoteCalendar{{ID: "mine", Name: "AB", Zone: "UTC"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
