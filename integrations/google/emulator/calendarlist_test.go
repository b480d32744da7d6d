package emulator_test

import (
	"testing"

	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

func TestBehaviour25TheCalendarListSaysWhoMayWhat(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	team := must[string](t)(w.eli.AddCalendar(emulator.Calendar{Summary: "Team", Zone: "Asia/Tokyo"}))
	check(t, w.eli.Share(team, dana, emulator.Reader))
	list := must[*calendar.CalendarList](t)(c.CalendarList.List().Do())
	if len(list.Items) != 2 {
		t.Fatalf("%d calendars", len(list.Items))
	}
	own, shared := list.Items[0], list.Items[1]
	if own.Id != dana || !own.Primary || own.AccessRole != "owner" || own.TimeZone != "Europe/Zurich" {
		t.Errorf("primary %+v", own)
	}
	if shared.Id != team || shared.Primary || shared.AccessRole != "reader" || shared.TimeZone != "Asia/Tokyo" {
		t.Errorf("shared %+v", shared)
	}
	if alias := must[*calendar.CalendarListEntry](t)(c.CalendarList.Get("primary").Do()); alias.Id != dana {
		t.Errorf("primary is %s", alias.Id)
	}
	_, err := c.Events.Insert(team, timed("Mine", 24, 10)).Do()
	if failed := refused(t, err, 403, "requiredAccessLevel"); failed.Message != "You need to have writer access to this calendar." {
		t.Errorf("message %q", failed.Message)
	}
	_, err = c.Events.List(eli).Do()
	refused(t, err, 404, "notFound")
	check(t, w.eli.Share(team, dana, emulator.None))
	changed := must[*calendar.CalendarList](t)(c.CalendarList.List().SyncToken(list.NextSyncToken).Do())
	if len(changed.Items) != 1 || !changed.Items[0].Deleted || changed.Items[0].Summary != "" {
		t.Errorf("after the share ended: %+v", changed.Items)
	}
	_, err = c.Events.List(team).Do()
	refused(t, err, 404, "notFound")
	w.noViolations(t)
}

func TestReadersSeeOfPrivateEventsThatTheyAre(t *testing.T) {
	w := newWorld(t)
	check(t, w.eli.Share("primary", dana, emulator.Reader))
	must[emulator.Event](t)(w.eli.Insert("primary", emulator.Event{
		Summary: "Doctor", Visibility: "private", Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25"),
	}))
	list := must[*calendar.Events](t)(w.client(t, dana).Events.List(eli).Do())
	if e := list.Items[0]; e.Summary != "" || e.Visibility != "private" || e.Start.Date != "2026-11-24" {
		t.Errorf("seen %+v", e)
	}
}

func TestGuestsWhoMayNotSeeEachOtherSeeThemselves(t *testing.T) {
	w := newWorld(t)
	hidden := false
	e := must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{
		Summary: "Webinar", Organizer: &emulator.Person{Email: "host@acme.example"}, GuestsCanSeeOtherGuests: &hidden,
		Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25"), Attendees: []emulator.Attendee{{Email: "ana@acme.example"}, {Email: dana}},
	}))
	if got := get(t, w.client(t, dana), e.ID); len(got.Attendees) != 1 || !got.Attendees[0].Self || got.AttendeesOmitted {
		t.Errorf("seen %+v", got.Attendees)
	}
}

func TestAnInvitationToAnAliasIsThePersonsOwn(t *testing.T) {
	w := newWorld(t)
	sam := w.add(t, emulator.Profile{Email: "sam@northwind.example", Aliases: []string{"Sales@northwind.example"}})
	e := must[emulator.Event](t)(sam.Insert("primary", emulator.Event{
		Organizer: &emulator.Person{Email: "ana@acme.example"}, Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25"),
		Attendees: []emulator.Attendee{{Email: "ana@acme.example"}, {Email: "sales@northwind.example", ResponseStatus: "declined"}},
	}))
	c := w.client(t, sam.Email())
	if got := get(t, c, e.ID); got.Attendees[0].Self || !got.Attendees[1].Self {
		t.Errorf("self: %+v", got.Attendees)
	}
	busy := must[*calendar.FreeBusyResponse](t)(freeBusy(c, "2026-11-23T00:00:00Z", "2026-11-27T00:00:00Z", "primary"))
	if n := len(busy.Calendars["primary"].Busy); n != 0 {
		t.Errorf("a meeting declined by the alias keeps %d times busy", n)
	}
}
