package emulator_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

// paged reads a list to its end and counts pages.
func paged(t *testing.T, call *calendar.EventsListCall) (items []*calendar.Event, syncToken string, pages int) {
	t.Helper()
	for {
		page := must[*calendar.Events](t)(call.Do())
		pages++
		items = append(items, page.Items...)
		if page.NextPageToken == "" {
			return items, page.NextSyncToken, pages
		}
		if page.NextSyncToken != "" {
			t.Fatal("a page before the last has a sync token")
		}
		call.PageToken(page.NextPageToken)
	}
}

func ids(events []*calendar.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.Id)
	}
	slices.Sort(all)
	return all
}

func TestBehaviour05PagesAreShortMayBeEmptyAndEndWithTheSyncToken(t *testing.T) {
	tests := []struct {
		name       string
		configure  func(*emulator.Config)
		maxResults int64
		pages      int
	}{
		{"250 by default", func(*emulator.Config) {}, 0, 2},
		{"as asked", func(*emulator.Config) {}, 100, 3},
		{"2500 at most", func(*emulator.Config) {}, 5000, 1},
		{"short pages", func(c *emulator.Config) { c.PageCap = 50 }, 2500, 6},
		{"empty pages between", func(c *emulator.Config) { c.PageCap, c.EmptyPages = 150, true }, 2500, 4},
	}
	for _, test := range tests {
		w := newWorld(t, test.configure)
		for i := range 251 {
			must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{
				ID: fmt.Sprintf("e%05d", i), Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25"),
			}))
		}
		call := w.client(t, dana).Events.List("primary")
		if test.maxResults > 0 {
			call.MaxResults(test.maxResults)
		}
		items, token, pages := paged(t, call)
		if len(slices.Compact(ids(items))) != 251 || token == "" || pages != test.pages {
			t.Errorf("%s: %d events, %d pages, want %d", test.name, len(items), pages, test.pages)
		}
		w.noViolations(t)
	}
}

func TestBehaviour05APageTokenIsOfOneListing(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.PageCap = 1 })
	c := w.client(t, dana)
	insert(t, c, timed("One", 24, 10))
	insert(t, c, timed("Two", 24, 12))
	first := must[*calendar.Events](t)(c.Events.List("primary").Do())
	_, err := c.Events.List("primary").PageToken("x" + first.NextPageToken).Do()
	refused(t, err, 400, "invalid")
	_, err = c.Events.List("primary").PageToken(first.NextPageToken).SyncToken(first.NextPageToken).Do()
	refused(t, err, 400, "invalid")
	_, err = c.Events.List("primary").PageToken(first.NextPageToken).SingleEvents(true).Do()
	refused(t, err, 400, "badRequest")
	if len(w.Violations()) != 1 {
		t.Errorf("violations %v", w.Violations())
	}
}

func TestBehaviour06AnOrderedListHasNoSyncToken(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	insert(t, c, timed("Late", 25, 10))
	insert(t, c, timed("Early", 24, 10))
	list := must[*calendar.Events](t)(c.Events.List("primary").SingleEvents(true).OrderBy("startTime").Do())
	if list.NextSyncToken != "" || len(list.Items) != 2 || list.Items[0].Summary != "Early" {
		t.Errorf("got %q %+v", list.NextSyncToken, list.Items)
	}
	_, err := c.Events.List("primary").OrderBy("startTime").Do()
	refused(t, err, 400, "invalid")
	w.noViolations(t)
}

// mirror is a client's copy of a calendar: summaries by id.
type mirror map[string]string

func (m mirror) apply(changes []*calendar.Event) {
	for _, e := range changes {
		m[e.Id] = e.Summary
		if e.Status == "cancelled" {
			delete(m, e.Id)
		}
	}
}

// However writes and pages interleave, a client that follows tokens ends with what
// the calendar holds.
func TestBehaviour07ChangesDuringPagingAreNotMissed(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t, func(c *emulator.Config) { c.PageCap, c.EmptyPages = 3, true })
	c := w.client(t, dana)
	mirror := mirror{}
	token := ""
	for range 30 {
		call := c.Events.List("primary")
		if token != "" {
			call.SyncToken(token)
		}
		for {
			disturb(t, w, random)
			page := must[*calendar.Events](t)(call.Do())
			mirror.apply(page.Items)
			if page.NextPageToken == "" {
				token = page.NextSyncToken
				break
			}
			call.PageToken(page.NextPageToken)
		}
	}
	last, _, _ := paged(t, c.Events.List("primary").SyncToken(token))
	mirror.apply(last)
	held := 0
	for _, e := range w.dana.Events("primary") {
		if e.Status != "cancelled" {
			held++
			if mirror[e.ID] != e.Summary {
				t.Errorf("event %s: mirrored %q, is %q", e.ID, mirror[e.ID], e.Summary)
			}
		}
	}
	if held != len(mirror) {
		t.Errorf("mirrored %d events, there are %d", len(mirror), held)
	}
	w.noViolations(t)
}

// disturb makes a random change.
func disturb(t *testing.T, w *world, random *rand.Rand) {
	t.Helper()
	var alive []string
	for _, e := range w.dana.Events("primary") {
		if e.Status != "cancelled" {
			alive = append(alive, e.ID)
		}
	}
	what := random.IntN(4)
	if len(alive) == 0 || what < 2 {
		must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{
			Summary: fmt.Sprint(random.Int()), Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25"),
		}))
		return
	}
	id := alive[random.IntN(len(alive))]
	if what == 2 {
		must[emulator.Event](t)(w.dana.Edit("primary", id, func(e *emulator.Event) { e.Summary = fmt.Sprint(random.Int()) }))
		return
	}
	if err := w.dana.Delete("primary", id); err != nil {
		t.Fatal(err)
	}
}

// freshToken reads a list and returns its sync token.
func freshToken(t *testing.T, c *calendar.Service) string {
	t.Helper()
	return must[*calendar.Events](t)(c.Events.List("primary").TimeMin("2026-10-24T00:00:00Z").Do()).NextSyncToken
}

func TestBehaviour08SyncTokensExcludeParameters(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	token := freshToken(t, c)
	for name, call := range map[string]*calendar.EventsListCall{
		"iCalUID":                 c.Events.List("primary").ICalUID("x"),
		"orderBy":                 c.Events.List("primary").OrderBy("updated"),
		"privateExtendedProperty": c.Events.List("primary").PrivateExtendedProperty("a=b"),
		"q":                       c.Events.List("primary").Q("x"),
		"sharedExtendedProperty":  c.Events.List("primary").SharedExtendedProperty("a=b"),
		"timeMin":                 c.Events.List("primary").TimeMin("2026-10-24T00:00:00Z"),
		"timeMax":                 c.Events.List("primary").TimeMax("2026-12-24T00:00:00Z"),
		"updatedMin":              c.Events.List("primary").UpdatedMin("2026-10-24T00:00:00Z"),
		"showDeleted":             c.Events.List("primary").ShowDeleted(false),
	} {
		_, err := call.SyncToken(token).Do()
		if err == nil {
			t.Errorf("%s goes with a sync token", name)
			continue
		}
		refused(t, err, 400, "invalid")
	}
	_, err := c.Events.List("primary").SyncToken("garbage").Do()
	if failed := refused(t, err, 400, "invalid"); failed.Message != "Invalid sync token value." {
		t.Errorf("message %q", failed.Message)
	}
	w.noViolations(t)
	_, err = c.Events.List("primary").SyncToken(token).SingleEvents(true).Do()
	refused(t, err, 400, "badRequest")
}

func TestBehaviour08SyncTokensDie(t *testing.T) {
	w := newWorld(t)
	deaths := map[string]func(){
		"age":               func() { w.clock.move(28 * 24 * time.Hour) },
		"a change of roles": func() { check(t, w.dana.Share("primary", eli, emulator.Reader)) },
		"on demand":         func() { check(t, w.ExpireSyncTokens(dana, "primary")) },
	}
	for name, die := range deaths {
		c := w.client(t, dana)
		token := freshToken(t, c)
		if _, err := c.Events.List("primary").SyncToken(token).Do(); err != nil {
			t.Fatalf("%s: before: %v", name, err)
		}
		die()
		c = w.client(t, dana)
		_, err := c.Events.List("primary").SyncToken(token).Do()
		if failed := refused(t, err, 410, "fullSyncRequired"); failed.Message != "Sync token is no longer valid, a full sync is required." {
			t.Errorf("%s: %s", name, failed.Message)
		}
	}
	w.noViolations(t)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// weekly is a series on Tuesdays at 10:00 in Zurich from 24 November 2026.
func weekly(rule string) emulator.Event {
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	return emulator.Event{
		ID: "series0", Summary: "Weekly", Start: emulator.At(start, "Europe/Zurich"), End: emulator.At(start.Add(time.Hour), "Europe/Zurich"),
		Recurrence: []string{rule},
	}
}

const second = "series0_20261201T090000Z"

func TestBehaviour09AFullListHoldsNoTombstonesButCancelledInstances(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	single := insert(t, c, timed("Single", 24, 10))
	check(t, w.dana.Delete("primary", single.Id))
	check(t, w.dana.Delete("primary", second))
	for name, test := range map[string]struct {
		call *calendar.EventsListCall
		want []string
	}{
		"neither":      {c.Events.List("primary"), []string{"series0", second}},
		"showDeleted":  {c.Events.List("primary").ShowDeleted(true), append([]string{single.Id}, "series0", second)},
		"singleEvents": {c.Events.List("primary").SingleEvents(true).TimeMax("2026-12-05T00:00:00Z"), []string{"series0_20261124T090000Z"}},
	} {
		items, _, _ := paged(t, test.call)
		slices.Sort(test.want)
		if got := ids(items); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	w.noViolations(t)
}

func TestBehaviour10TombstonesSayAsLittleAsGuaranteed(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	single := insert(t, c, timed("Single", 24, 10))
	_, token, _ := paged(t, c.Events.List("primary"))
	check(t, w.dana.Delete("primary", single.Id))
	check(t, w.dana.Delete("primary", second))
	changes, _, _ := paged(t, c.Events.List("primary").SyncToken(token))
	if len(changes) != 2 {
		t.Fatalf("%d changes", len(changes))
	}
	for _, e := range changes {
		if e.Status != "cancelled" || e.Summary != "" || e.Start != nil || e.ICalUID != "" || e.Organizer != nil || e.Updated != "" {
			t.Errorf("tombstone %+v", e)
		}
	}
	if e := changes[1]; e.RecurringEventId != "series0" || e.OriginalStartTime.DateTime != "2026-12-01T10:00:00+01:00" {
		t.Errorf("a cancelled instance names its series and place: %+v", e)
	}
	w.noViolations(t)
}

func TestBehaviour11SingleEventsFloodInstances(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	_, token, _ := paged(t, c.Events.List("primary").SingleEvents(true))
	must[emulator.Event](t)(w.dana.Edit("primary", "series0", func(e *emulator.Event) { e.Summary = "Renamed" }))
	flood, token, _ := paged(t, c.Events.List("primary").SingleEvents(true).SyncToken(token))
	if len(flood) != 730 || flood[0].Summary != "Renamed" {
		t.Errorf("one touch brought %d instances", len(flood))
	}
	check(t, w.dana.Delete("primary", "series0"))
	gone, _, _ := paged(t, c.Events.List("primary").SingleEvents(true).SyncToken(token))
	if len(gone) != 27 || gone[0].Status != "cancelled" {
		t.Errorf("a deletion brought %d cancellations, want half a year's", len(gone))
	}
	masters, _, _ := paged(t, c.Events.List("primary").ShowDeleted(true))
	if len(masters) != 1 || masters[0].Status != "cancelled" {
		t.Errorf("without singleEvents a deleted series is one tombstone, got %d", len(masters))
	}
	w.noViolations(t)
}

func TestAWindowBoundsFullListsAndNeverChanges(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	old := weekly("RRULE:FREQ=WEEKLY;UNTIL=20261201T090000Z")
	must[emulator.Event](t)(w.dana.Insert("primary", old))
	moving := insert(t, c, timed("Moving", 28, 10))
	window := func() *calendar.EventsListCall {
		return c.Events.List("primary").TimeMin("2026-11-26T00:00:00Z").TimeMax("2026-12-10T00:00:00Z")
	}
	items, token, _ := paged(t, window())
	if got := ids(items); len(got) != 2 {
		t.Errorf("in the window: %v", got)
	}
	items, _, _ = paged(t, c.Events.List("primary").TimeMin("2026-12-02T00:00:00Z"))
	if len(items) != 0 {
		t.Errorf("after the series' end: %v", ids(items))
	}
	must[emulator.Event](t)(w.dana.Move("primary", moving.Id, time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC), time.Date(2027, 6, 1, 10, 0, 0, 0, time.UTC)))
	items, _, _ = paged(t, c.Events.List("primary").SyncToken(token))
	if len(items) != 1 || items[0].Id != moving.Id {
		t.Errorf("moved out of the window: %v", ids(items))
	}
	w.noViolations(t)
}

// Many clients and hands at once: whoever follows the tokens has everything.
func TestManyWritersAtOnceLoseNothing(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.PageCap = 7 })
	c := w.client(t, dana)
	watch(t, c, "one", newReceiver(t).URL)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := range 20 {
				if _, err := c.Events.Insert("primary", timed("Event", 24, i)).Do(); err != nil {
					t.Error(err)
				}
				if _, err := w.dana.Insert("primary", emulator.Event{Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	copied := mirror{}
	items, token, _ := paged(t, c.Events.List("primary"))
	copied.apply(items)
	writers.Wait()
	items, _, _ = paged(t, c.Events.List("primary").SyncToken(token))
	copied.apply(items)
	if len(copied) != 160 {
		t.Errorf("mirrored %d of 160 events", len(copied))
	}
	w.flush(t)
	w.noViolations(t)
}
