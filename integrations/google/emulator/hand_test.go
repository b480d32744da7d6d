package emulator_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

func TestARestoredEventIsAChangeAndLivesAgain(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := insert(t, c, timed("Demo", 24, 10))
	check(t, w.dana.Delete("primary", e.Id))
	_, token, _ := paged(t, c.Events.List("primary"))
	must[emulator.Event](t)(w.dana.Restore("primary", e.Id))
	changes, _, _ := paged(t, c.Events.List("primary").SyncToken(token))
	if len(changes) != 1 || changes[0].Status != "confirmed" || changes[0].Summary != "Demo" {
		t.Errorf("changes %+v", changes)
	}
	if _, err := w.dana.Restore("primary", e.Id); !errors.Is(err, emulator.ErrUnknownEvent) {
		t.Errorf("restored twice: %v", err)
	}
}

func TestAnEmptiedTrashForgetsEventsAndKeepsTheirIdsTaken(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := insert(t, c, timed("Demo", 24, 10))
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	_, token, _ := paged(t, c.Events.List("primary"))
	check(t, w.dana.Delete("primary", e.Id))
	check(t, w.dana.Delete("primary", second))
	check(t, w.dana.EmptyTrash("primary"))
	changes, _, _ := paged(t, c.Events.List("primary").SyncToken(token))
	if len(changes) != 1 || changes[0].Id != second {
		t.Errorf("of a living series cancelled instances stay known: %v", ids(changes))
	}
	_, err := c.Events.Get("primary", e.Id).Do()
	refused(t, err, 404, "notFound")
	again := timed("Demo", 24, 10)
	again.Id = e.Id
	_, err = c.Events.Insert("primary", again).Do()
	refused(t, err, 409, "duplicate")
}

func TestAMoveOfTheCalendarsZoneIsToldByItsListAndShown(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	r := newReceiver(t)
	list := must[*calendar.CalendarList](t)(c.CalendarList.List().Do())
	must[*calendar.Channel](t)(c.CalendarList.Watch(&calendar.Channel{Id: "list", Type: "web_hook", Address: r.URL}).Do())
	e := insert(t, c, timed("Demo", 24, 10))
	check(t, w.dana.SetZone("primary", "Asia/Tokyo"))
	w.flush(t)
	if n := len(r.numbers(t)); n != 2 {
		t.Errorf("%d deliveries, want sync and one change", n)
	}
	changed := must[*calendar.CalendarList](t)(c.CalendarList.List().SyncToken(list.NextSyncToken).Do())
	if len(changed.Items) != 1 || changed.Items[0].TimeZone != "Asia/Tokyo" {
		t.Errorf("changes %+v", changed.Items)
	}
	if got := get(t, c, e.Id); got.Start.DateTime != "2026-11-24T19:00:00+09:00" {
		t.Errorf("start %+v", got.Start)
	}
	if got := must[*calendar.Calendar](t)(c.Calendars.Get("primary").Do()); got.TimeZone != "Asia/Tokyo" {
		t.Errorf("calendar %+v", got)
	}
	if got := must[*calendar.Setting](t)(c.Settings.Get("timezone").Do()); got.Value != "Asia/Tokyo" {
		t.Errorf("setting %+v", got)
	}
	if err := w.dana.SetZone("primary", "Mars/Olympus"); err == nil {
		t.Error("a zone that does not exist was taken")
	}
	w.noViolations(t)
}

func TestTheHandSaysWhatItCannotFind(t *testing.T) {
	w := newWorld(t)
	_, insertErr := w.dana.Insert(eli, emulator.Event{Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25")})
	_, moveErr := w.dana.Move("primary", "unknown1", time.Time{}, time.Time{})
	_, grantErr := w.Grant("nobody@northwind.example", scopeCalendar)
	for _, test := range []struct{ got, want error }{
		{insertErr, emulator.ErrUnknownCalendar},
		{moveErr, emulator.ErrUnknownEvent},
		{w.dana.Delete("primary", "unknown1"), emulator.ErrUnknownEvent},
		{w.dana.Share("primary", "nobody@northwind.example", emulator.Reader), emulator.ErrUnknownUser},
		{grantErr, emulator.ErrUnknownUser},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("got %v, want %v", test.got, test.want)
		}
	}
	if _, err := w.AddUser(emulator.Profile{Email: strings.ToUpper(dana)}); err == nil {
		t.Error("an address was taken twice")
	}
}

func TestTheSameSeedGivesTheSameIDs(t *testing.T) {
	run := func(seed uint64) string {
		w := newWorld(t, func(c *emulator.Config) { c.Seed = seed })
		e := must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25")}))
		return e.ID + must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar)).Access
	}
	first, again, other := run(1), run(1), run(2)
	if first != again || first == other {
		t.Error("ids follow something else than the seed")
	}
}

func TestUserInfoSaysWho(t *testing.T) {
	w := newWorld(t)
	root := w.APIURL()[:strings.Index(w.APIURL(), "/calendar")]
	_, answer := w.post(t, "/token", codeForm(w.code(t, w.authURL()).Get("code")))
	request := must[*http.Request](t)(http.NewRequest(http.MethodGet, root+"/v1/userinfo", nil))
	request.Header.Set("Authorization", "Bearer "+answer.AccessToken)
	response := must[*http.Response](t)(http.DefaultClient.Do(request))
	defer response.Body.Close()
	var got struct{ Sub, Email string }
	check(t, decodeJSON(response, &got))
	if got.Sub != w.dana.Sub() || got.Email != dana {
		t.Errorf("got %+v", got)
	}
}
