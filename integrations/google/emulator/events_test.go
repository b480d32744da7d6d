package emulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"holdfast/integrations/google/emulator"
)

// get reads an event and fails the test where it cannot.
func get(t *testing.T, c *calendar.Service, id string) *calendar.Event {
	t.Helper()
	return must[*calendar.Event](t)(c.Events.Get("primary", id).Do())
}

func insert(t *testing.T, c *calendar.Service, e *calendar.Event) *calendar.Event {
	t.Helper()
	return must[*calendar.Event](t)(c.Events.Insert("primary", e).Do())
}

func TestBehaviour13DeletedEventsAreReadAsCancelledAndUnknownOnesAreNotFound(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := insert(t, c, timed("Demo", 24, 10))
	if err := c.Events.Delete("primary", e.Id).Do(); err != nil {
		t.Fatal(err)
	}
	if got := get(t, c, e.Id); got.Status != "cancelled" || got.Summary != "" || got.Start != nil {
		t.Errorf("a deleted event guarantees its id only, got %+v", got)
	}
	_, err := c.Events.Get("primary", "unknown123").Do()
	refused(t, err, 404, "notFound")
	w.noViolations(t)
}

func TestBehaviour14DeletingTwiceIsGone(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := insert(t, c, timed("Demo", 24, 10))
	if err := c.Events.Delete("primary", e.Id).Do(); err != nil {
		t.Fatal(err)
	}
	failed := refused(t, c.Events.Delete("primary", e.Id).Do(), 410, "deleted")
	if failed.Message != "Resource has been deleted" {
		t.Errorf("message %q", failed.Message)
	}
	refused(t, c.Events.Delete("primary", "unknown123").Do(), 404, "notFound")
	stale := c.Events.Delete("primary", e.Id)
	stale.Header().Set("If-Match", e.Etag)
	refused(t, stale.Do(), 410, "deleted")
}

func TestBehaviour15AnIdIsCheckedAndTakenForEver(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	for _, id := range []string{"hfw", "HF12345", "hfxyz12", "hf-1234", strings.Repeat("a", 1025)} {
		e := timed("Hold", 24, 10)
		e.Id = id
		_, err := c.Events.Insert("primary", e).Do()
		if failed := refused(t, err, 400, "invalid"); failed.Message != "Invalid resource id value." {
			t.Errorf("id %.20s: %s", id, failed.Message)
		}
	}
	e := timed("Hold", 24, 10)
	e.Id = "hf00000"
	insert(t, c, e)
	_, err := c.Events.Insert("primary", e).Do()
	refused(t, err, 409, "duplicate")
	if err := c.Events.Delete("primary", e.Id).Do(); err != nil {
		t.Fatal(err)
	}
	_, err = c.Events.Insert("primary", e).Do()
	refused(t, err, 409, "duplicate")
	_, err = c.Events.Patch("primary", e.Id, &calendar.Event{Summary: "Back"}).Do()
	refused(t, err, 403, "forbidden")
	if _, err := w.client(t, eli).Events.Insert("primary", e).Do(); err != nil {
		t.Errorf("an id is one calendar's, another refused it: %v", err)
	}
}

func TestBehaviour16ETagsGuardWritesAndSaveReads(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	first := insert(t, c, timed("Demo", 24, 10))
	if !strings.HasPrefix(first.Etag, `"`) {
		t.Errorf("etag %s is not quoted", first.Etag)
	}
	w.clock.move(time.Minute)
	second := must[*calendar.Event](t)(c.Events.Patch("primary", first.Id, &calendar.Event{Summary: "Demo 2"}).Do())
	if second.Etag == first.Etag || second.Updated == first.Updated {
		t.Error("a write left etag or updated alone")
	}
	patch := c.Events.Patch("primary", first.Id, &calendar.Event{Summary: "Demo 3"})
	patch.Header().Set("If-Match", first.Etag)
	_, err := patch.Do()
	refused(t, err, 412, "conditionNotMet")
	gone := c.Events.Delete("primary", first.Id)
	gone.Header().Set("If-Match", first.Etag)
	refused(t, gone.Do(), 412, "conditionNotMet")
	patch.Header().Set("If-Match", second.Etag)
	if _, err := patch.Do(); err != nil {
		t.Fatal(err)
	}
	third := get(t, c, first.Id)
	_, err = c.Events.Get("primary", first.Id).IfNoneMatch(third.Etag).Do()
	if !googleapi.IsNotModified(err) {
		t.Errorf("an unchanged event: %v", err)
	}
	w.clock.move(time.Minute)
	reminded := must[*calendar.Event](t)(c.Events.Patch("primary", first.Id, &calendar.Event{
		Reminders: &calendar.EventReminders{UseDefault: false, ForceSendFields: []string{"UseDefault"}},
	}).Do())
	if reminded.Etag == third.Etag || reminded.Updated != third.Updated {
		t.Errorf("reminders change the etag and leave updated alone: %s %s, before %s %s", reminded.Etag, reminded.Updated, third.Etag, third.Updated)
	}
	w.noViolations(t)
}

func TestBehaviour17PatchMergesAndPutReplaces(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := timed("Demo", 24, 10)
	e.Location, e.Description = "Room 1", "Bring samples"
	e.ExtendedProperties = &calendar.EventExtendedProperties{Private: map[string]string{"a": "1", "b": "2"}}
	e.Attendees = []*calendar.EventAttendee{{Email: "ana@acme.example"}, {Email: "bo@acme.example"}}
	e = insert(t, c, e)
	merged := must[*calendar.Event](t)(c.Events.Patch("primary", e.Id, &calendar.Event{
		ExtendedProperties: &calendar.EventExtendedProperties{Private: map[string]string{"b": "3"}},
		Attendees:          []*calendar.EventAttendee{{Email: "cy@acme.example"}}, NullFields: []string{"Location"},
	}).Do())
	if diff := cmp.Diff(map[string]string{"a": "1", "b": "3"}, merged.ExtendedProperties.Private); diff != "" {
		t.Errorf("objects merge (-want +got):\n%s", diff)
	}
	if len(merged.Attendees) != 1 || merged.Location != "" || merged.Description != "Bring samples" || merged.Start.DateTime != "2026-11-24T11:00:00+01:00" {
		t.Errorf("arrays replace, null clears, the rest stays: %+v", merged)
	}
	_, err := c.Events.Patch("primary", e.Id, &calendar.Event{
		Start: &calendar.EventDateTime{Date: "2026-11-24"}, End: &calendar.EventDateTime{Date: "2026-11-25"},
	}).Do()
	if failed := refused(t, err, 400, "invalid"); failed.Message != "Invalid start time." {
		t.Errorf("message %q", failed.Message)
	}
	allDay := must[*calendar.Event](t)(c.Events.Patch("primary", e.Id, &calendar.Event{
		Start: &calendar.EventDateTime{Date: "2026-11-24", NullFields: []string{"DateTime", "TimeZone"}},
		End:   &calendar.EventDateTime{Date: "2026-11-25", NullFields: []string{"DateTime", "TimeZone"}},
	}).Do())
	if allDay.Start.Date != "2026-11-24" || allDay.Start.DateTime != "" {
		t.Errorf("start %+v", allDay.Start)
	}
	put := must[*calendar.Event](t)(c.Events.Update("primary", e.Id, timed("Only this", 25, 9)).Do())
	if put.Description != "" || put.ExtendedProperties != nil || len(put.Attendees) != 0 || put.ICalUID != e.ICalUID || put.Created != e.Created {
		t.Errorf("PUT replaces what a client may set: %+v", put)
	}
	w.noViolations(t)
}

func TestBehaviour18TimesAreCheckedAndShownInTheCalendarsZone(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	backwards := timed("Backwards", 24, 10)
	backwards.End = &calendar.EventDateTime{DateTime: "2026-11-24T09:00:00Z"}
	_, err := c.Events.Insert("primary", backwards).Do()
	refused(t, err, 400, "timeRangeEmpty")
	weekly := timed("Weekly", 24, 10)
	weekly.Recurrence = []string{"RRULE:FREQ=WEEKLY"}
	_, err = c.Events.Insert("primary", weekly).Do()
	if failed := refused(t, err, 400, "invalid"); failed.Message != "Missing time zone definition for start time." {
		t.Errorf("message %q", failed.Message)
	}
	mixed := timed("Mixed", 24, 10)
	mixed.End = &calendar.EventDateTime{Date: "2026-11-25"}
	_, err = c.Events.Insert("primary", mixed).Do()
	refused(t, err, 400, "invalid")
	local := timed("Local", 24, 10)
	local.Start = &calendar.EventDateTime{DateTime: "2026-11-24T10:00:00", TimeZone: "America/New_York"}
	local.End = &calendar.EventDateTime{DateTime: "2026-11-24T11:00:00", TimeZone: "America/New_York"}
	e := insert(t, c, local)
	if e.Start.DateTime != "2026-11-24T16:00:00+01:00" || e.Start.TimeZone != "America/New_York" {
		t.Errorf("start %+v", e.Start)
	}
	rendered := must[*calendar.Event](t)(c.Events.Get("primary", e.Id).TimeZone("UTC").Do())
	if rendered.Start.DateTime != "2026-11-24T15:00:00Z" {
		t.Errorf("in UTC: %+v", rendered.Start)
	}
	w.noViolations(t)
}

func TestBehaviour19EventTypesAndWhatOnlyOrganizersChange(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	mail := timed("Flight", 24, 10)
	mail.EventType = "fromGmail"
	_, err := c.Events.Insert("primary", mail).Do()
	refused(t, err, 400, "invalid")
	team := must[string](t)(w.dana.AddCalendar(emulator.Calendar{Summary: "Team"}))
	focus := timed("Focus", 24, 10)
	focus.EventType = "focusTime"
	_, err = c.Events.Insert(team, focus).Do()
	refused(t, err, 400, "invalid")
	e := insert(t, c, focus)
	_, err = c.Events.Patch("primary", e.Id, &calendar.Event{EventType: "default"}).Do()
	refused(t, err, 400, "eventTypeRestriction")
	insert(t, c, timed("Plain", 25, 10))
	list := must[*calendar.Events](t)(c.Events.List("primary").EventTypes("focusTime").Do())
	if len(list.Items) != 1 || list.Items[0].Id != e.Id {
		t.Errorf("by type: %d items", len(list.Items))
	}
	invited := must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{
		Summary: "Their meeting", Organizer: &emulator.Person{Email: "ana@acme.example"},
		Start: emulator.At(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), ""), End: emulator.At(time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC), ""),
		Attendees: []emulator.Attendee{{Email: "ana@acme.example", ResponseStatus: "accepted"}, {Email: dana}},
	}))
	_, err = c.Events.Patch("primary", invited.ID, &calendar.Event{Summary: "Mine"}).Do()
	refused(t, err, 403, "forbiddenForNonOrganizer")
	if _, err := c.Events.Patch("primary", invited.ID, &calendar.Event{
		ColorId: "8", ExtendedProperties: &calendar.EventExtendedProperties{Private: map[string]string{"hf": "1"}},
	}).Do(); err != nil {
		t.Errorf("a guest's own fields: %v", err)
	}
	w.noViolations(t)
}

func TestBehaviour20ExtendedPropertiesAreCutSilentlyAndFilter(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := timed("Hold", 24, 10)
	e.ExtendedProperties = &calendar.EventExtendedProperties{Private: map[string]string{
		"hfInstall": "one", strings.Repeat("k", 45): "dropped", "long": strings.Repeat("v", 2000),
	}}
	e = insert(t, c, e)
	want := map[string]string{"hfInstall": "one", "long": strings.Repeat("v", 1024)}
	if diff := cmp.Diff(want, e.ExtendedProperties.Private); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	insert(t, c, timed("Other", 24, 12))
	for constraint, n := range map[string]int{"hfInstall=one": 1, "hfInstall=two": 0} {
		list := must[*calendar.Events](t)(c.Events.List("primary").PrivateExtendedProperty(constraint).Do())
		if len(list.Items) != n {
			t.Errorf("%s: %d items, want %d", constraint, len(list.Items), n)
		}
	}
	w.noViolations(t)
	_, err := c.Events.List("primary").PrivateExtendedProperty("a=1", "b=2").Do()
	refused(t, err, 400, "badRequest")
}

func TestBehaviour21FreeBusyTellsBusyTimesAndItsOwnErrors(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana, scopeFreeBusy)
	at := func(hour int) *emulator.When {
		return emulator.At(time.Date(2026, 11, 24, hour, 0, 0, 0, time.UTC), "")
	}
	for _, e := range []emulator.Event{
		{Start: at(9), End: at(11)},
		{Start: at(9), End: at(10), Recurrence: []string{"RRULE:FREQ=DAILY;COUNT=1"}},
		{Start: at(11), End: at(12)},
		{Start: at(14), End: at(15), Transparency: "transparent"},
		{Start: at(15), End: at(16), Attendees: []emulator.Attendee{{Email: dana, ResponseStatus: "declined"}}},
		{Start: at(16), End: at(17), EventType: "workingLocation"},
		{Start: emulator.On("2026-11-26"), End: emulator.On("2026-11-27")},
		{Start: at(18), End: at(19), Recurrence: []string{"RRULE:FREQ=DAILY;COUNT=2"}},
	} {
		must[emulator.Event](t)(w.dana.Insert("primary", e))
	}
	answer := must[*calendar.FreeBusyResponse](t)(freeBusy(c, "2026-11-24T00:00:00Z", "2026-11-28T00:00:00Z", "primary", eli))
	var got []string
	for _, b := range answer.Calendars["primary"].Busy {
		got = append(got, b.Start+" "+b.End)
	}
	want := []string{
		"2026-11-24T09:00:00Z 2026-11-24T12:00:00Z", "2026-11-24T18:00:00Z 2026-11-24T19:00:00Z",
		"2026-11-25T18:00:00Z 2026-11-25T19:00:00Z", "2026-11-25T23:00:00Z 2026-11-26T23:00:00Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
	if errs := answer.Calendars[eli].Errors; len(errs) != 1 || errs[0].Reason != "notFound" {
		t.Errorf("someone else's calendar: %+v", answer.Calendars[eli])
	}
	w.noViolations(t)
}

// freeBusy asks for calendars' busy times.
func freeBusy(c *calendar.Service, from, to string, ids ...string) (*calendar.FreeBusyResponse, error) {
	q := &calendar.FreeBusyRequest{TimeMin: from, TimeMax: to}
	for _, id := range ids {
		q.Items = append(q.Items, &calendar.FreeBusyRequestItem{Id: id})
	}
	return c.Freebusy.Query(q).Do()
}

func TestBehaviour21FreeBusyHasLimits(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana, scopeFreeBusy)
	_, err := freeBusy(c, "2026-11-24T00:00:00Z", "2027-11-24T00:00:00Z", "primary")
	refused(t, err, 400, "timeRangeTooLong")
	var many []string
	for i := range 51 {
		many = append(many, fmt.Sprintf("c%d@group.calendar.google.com", i))
	}
	answer := must[*calendar.FreeBusyResponse](t)(freeBusy(c, "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", many...))
	if errs := answer.Calendars[many[50]].Errors; len(errs) != 1 || errs[0].Reason != "tooManyCalendarsRequested" {
		t.Errorf("the 51st calendar: %+v", answer.Calendars[many[50]])
	}
	w.noViolations(t)
}

func TestWhatGoogleDoesNotKnowIsAViolation(t *testing.T) {
	w := newWorld(t)
	tokens := must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
	tests := []struct{ name, verb, path, body string }{
		{"path", "GET", "calendars/primary/meetings", ""},
		{"method", "PUT", "calendars/primary/events", "{}"},
		{"parameter", "GET", "calendars/primary/events?singleEvent=true", ""},
		{"value", "GET", "calendars/primary/events?singleEvents=yes", ""},
		{"type", "GET", "calendars/primary/events?eventTypes=meeting", ""},
		{"mask", "GET", "calendars/primary/events?fields=items(id,title)", ""},
		{"credential in the address", "GET", "calendars/primary/events?oauth_token=x", ""},
		{"field", "POST", "calendars/primary/events", `{"title":"x"}`},
		{"field below", "POST", "calendars/primary/events", `{"start":{"datetime":"x"}}`},
		{"read-only field", "POST", "calendars/primary/events", `{"organizer":{"email":"x@y.example"}}`},
		{"kind of value", "POST", "calendars/primary/events", `{"summary":1}`},
		{"expiration as a number", "POST", "calendars/primary/events/watch", `{"id":"c","type":"web_hook","address":"https://x.example/","expiration":1}`},
		{"not emulated", "POST", "calendars/primary/events/quickAdd?text=x", ""},
	}
	for i, test := range tests {
		request := must[*http.Request](t)(http.NewRequest(test.verb, w.APIURL()+test.path, strings.NewReader(test.body)))
		request.Header.Set("Authorization", "Bearer "+tokens.Access)
		request.Header.Set("Content-Type", "application/json")
		response := must[*http.Response](t)(http.DefaultClient.Do(request))
		response.Body.Close()
		if response.StatusCode != 400 || len(w.Violations()) != i+1 {
			t.Errorf("%s: status %d, violations %v", test.name, response.StatusCode, w.Violations())
		}
	}
}

func TestSearchFindsWords(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	insert(t, c, timed("Acme renewal", 24, 10))
	insert(t, c, timed("Globex renewal", 24, 12))
	var found []string
	for _, e := range must[*calendar.Events](t)(c.Events.List("primary").Q("renewal ACME").Do()).Items {
		found = append(found, e.Summary)
	}
	if !slices.Equal(found, []string{"Acme renewal"}) {
		t.Errorf("found %v", found)
	}
}
