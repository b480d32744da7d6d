package emulator_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

func TestGuestsAreMailedUnlessUpdatesAreOff(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	for _, send := range []string{"none", "all"} {
		e := timed("Review", 24, 10)
		e.Attendees = []*calendar.EventAttendee{{Email: "ana@acme.example"}}
		must[*calendar.Event](t)(c.Events.Insert("primary", e).SendUpdates(send).Do())
		if n := len(w.Mails()); (n == 0) != (send == "none") {
			t.Errorf("sendUpdates=%s: %d mails", send, n)
		}
	}
	writes := w.Writes(dana)
	if len(writes) != 2 || writes[0].Method != "calendar.events.insert" {
		t.Errorf("writes %+v", writes)
	}
}

func TestAnInvitationReachesTheGuestAndTheAnswerTheOrganizer(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := timed("Review", 24, 10)
	e.Attendees = []*calendar.EventAttendee{{Email: eli}}
	e = insert(t, c, e)
	copied := must[emulator.Event](t)(w.eli.Event("primary", e.Id))
	if copied.Summary != "Review" || copied.ICalUID != e.ICalUID {
		t.Errorf("copy %+v", copied)
	}
	must[emulator.Event](t)(w.eli.Respond("primary", e.Id, eli, "declined"))
	if got := get(t, c, e.Id); got.Attendees[0].ResponseStatus != "declined" {
		t.Errorf("the organizer reads %+v", got.Attendees[0])
	}
	must[emulator.Event](t)(w.dana.Respond("primary", e.Id, eli, "accepted"))
	check(t, w.eli.Delete("primary", e.Id))
	if got := get(t, c, e.Id); got.Attendees[0].ResponseStatus != "declined" {
		t.Errorf("after the guest deleted their copy: %+v", got.Attendees[0])
	}
	must[emulator.Event](t)(w.eli.Restore("primary", e.Id))
	must[*calendar.Event](t)(c.Events.Patch("primary", e.Id, &calendar.Event{Attendees: []*calendar.EventAttendee{}, ForceSendFields: []string{"Attendees"}}).Do())
	if copied = must[emulator.Event](t)(w.eli.Event("primary", e.Id)); copied.Status != "cancelled" {
		t.Errorf("after the guest was taken off: %s", copied.Status)
	}
	w.noViolations(t)
}

func TestEveryMailIsCountedAndEveryOneThatGuestsOutsideDoNotGet(t *testing.T) {
	const ana = "ana@acme.example" // has no account
	type counted struct{ Kind, To, Told string }
	count := func(mails []emulator.Mail) (all []counted) {
		for _, m := range mails {
			all = append(all, counted{m.Kind, m.To, m.Told})
		}
		return all
	}
	for tell, want := range map[string]struct{ mails, untold []counted }{
		"all": {mails: []counted{
			{"invitation", ana, "all"}, {"invitation", eli, "all"}, {"update", ana, "all"}, {"update", eli, "all"},
			{"cancellation", ana, "all"}, {"cancellation", eli, "all"},
		}},
		"externalOnly": {mails: []counted{{"invitation", ana, "externalOnly"}, {"update", ana, "externalOnly"}, {"cancellation", ana, "externalOnly"}}},
		"none":         {untold: []counted{{"invitation", ana, "none"}, {"update", ana, "none"}, {"cancellation", ana, "none"}}},
	} {
		t.Run(tell, func(t *testing.T) {
			w := newWorld(t)
			c := w.client(t, dana)
			e := timed("Review", 24, 10)
			e.Attendees = []*calendar.EventAttendee{{Email: ana, DisplayName: "Ana Ruiz"}, {Email: eli}, {Email: dana}}
			e = must[*calendar.Event](t)(c.Events.Insert("primary", e).SendUpdates(tell).Do())
			must[*calendar.Event](t)(c.Events.Patch("primary", e.Id, &calendar.Event{Summary: "Review II"}).SendUpdates(tell).Do())
			check(t, c.Events.Delete("primary", e.Id).SendUpdates(tell).Do())
			if diff := cmp.Diff(want.mails, count(w.Mails())); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want.untold, count(w.Untold())); diff != "" {
				t.Errorf("mails that guests outside did not get (-want +got):\n%s", diff)
			}
			w.noViolations(t)
		})
	}
}

func TestTheOrganizersChangesReachTheGuestAndKeepTheirAnswer(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := timed("Review", 24, 10)
	e.Attendees = []*calendar.EventAttendee{{Email: eli}}
	e = insert(t, c, e)
	if copied := must[emulator.Event](t)(w.eli.Event("primary", e.Id)); copied.Attendees[0].ResponseStatus != "needsAction" {
		t.Errorf("invited, and the answer is %s", copied.Attendees[0].ResponseStatus)
	}
	must[emulator.Event](t)(w.eli.Respond("primary", e.Id, eli, "accepted"))
	seen := get(t, c, e.Id)
	if seen.Etag == e.Etag || seen.Attendees[0].ResponseStatus != "accepted" {
		t.Errorf("after the guest's answer the organizer reads %q, before %q", seen.Etag, e.Etag)
	}
	later := timed("Review", 25, 11)
	patch := c.Events.Patch("primary", e.Id, &calendar.Event{Start: later.Start, End: later.End})
	patch.Header().Set("If-Match", e.Etag)
	_, err := patch.Do()
	refused(t, err, 412, "conditionNotMet")
	patch.Header().Set("If-Match", seen.Etag)
	must[*calendar.Event](t)(patch.Do())
	copied := must[emulator.Event](t)(w.eli.Event("primary", e.Id))
	if got := copied.Start.Time.Format("02 15:04"); got != "25 11:00" || copied.Attendees[0].ResponseStatus != "accepted" {
		t.Errorf("moved, the guest sees %s and the answer %s", got, copied.Attendees[0].ResponseStatus)
	}
	check(t, c.Events.Delete("primary", e.Id).Do())
	if copied = must[emulator.Event](t)(w.eli.Event("primary", e.Id)); copied.Status != "cancelled" {
		t.Errorf("deleted by the organizer, the guest's copy is %s", copied.Status)
	}
	w.noViolations(t)
}

func TestAConferenceIsMadeWhereItIsAskedForInFull(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	asking := func(request *calendar.CreateConferenceRequest) *calendar.Event {
		e := timed("Review", 24, 10)
		e.ConferenceData = &calendar.ConferenceData{CreateRequest: request}
		return e
	}
	meet := &calendar.ConferenceSolutionKey{Type: "hangoutsMeet"}
	full := &calendar.CreateConferenceRequest{RequestId: "r1", ConferenceSolutionKey: meet}
	_, err := c.Events.Insert("primary", asking(full)).Do()
	refused(t, err, 400, "badRequest")
	for _, incomplete := range []*calendar.CreateConferenceRequest{{ConferenceSolutionKey: meet}, {RequestId: "r1"}} {
		_, err := c.Events.Insert("primary", asking(incomplete)).ConferenceDataVersion(1).Do()
		refused(t, err, 400, "invalid")
	}
	e := must[*calendar.Event](t)(c.Events.Insert("primary", asking(full)).ConferenceDataVersion(1).Do())
	if e.HangoutLink == "" || len(e.ConferenceData.EntryPoints) != 1 || e.ConferenceData.EntryPoints[0].Uri != e.HangoutLink ||
		e.ConferenceData.CreateRequest.Status.StatusCode != "success" {
		t.Errorf("made %q, %+v", e.HangoutLink, e.ConferenceData)
	}
	later := timed("Review", 25, 11)
	moved := must[*calendar.Event](t)(c.Events.Patch("primary", e.Id, &calendar.Event{Start: later.Start, End: later.End}).Do())
	if moved.HangoutLink != e.HangoutLink || moved.ConferenceData.ConferenceId != e.ConferenceData.ConferenceId {
		t.Errorf("moved, it has the link %q, before %q", moved.HangoutLink, e.HangoutLink)
	}
	again := must[*calendar.Event](t)(c.Events.Patch("primary", e.Id, &calendar.Event{ConferenceData: &calendar.ConferenceData{CreateRequest: full}}).ConferenceDataVersion(1).Do())
	if again.HangoutLink != e.HangoutLink {
		t.Errorf("the same request made another link, %q, before %q", again.HangoutLink, e.HangoutLink)
	}
}

func TestWhoseOrganisationHasNoMeetGetsNone(t *testing.T) {
	w := newWorld(t)
	w.add(t, emulator.Profile{Email: "bo@plain.example", NoMeet: true})
	c := w.client(t, "bo@plain.example")
	e := timed("Review", 24, 10)
	e.ConferenceData = &calendar.ConferenceData{CreateRequest: &calendar.CreateConferenceRequest{
		RequestId: "r1", ConferenceSolutionKey: &calendar.ConferenceSolutionKey{Type: "hangoutsMeet"},
	}}
	_, err := c.Events.Insert("primary", e).ConferenceDataVersion(1).Do()
	refused(t, err, 400, "invalid")
}

func TestBusyTimesOfOthersAreShownWhereTheyLetThem(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana, scopeFreeBusy)
	ask := func(id string) calendar.FreeBusyCalendar {
		t.Helper()
		return must[*calendar.FreeBusyResponse](t)(freeBusy(c, "2026-11-24T00:00:00Z", "2026-11-28T00:00:00Z", id)).Calendars[id]
	}
	start := w.clock.now().AddDate(0, 0, 1)
	other := w.add(t, emulator.Profile{Email: "ana@acme.example"})
	for _, u := range []*emulator.User{w.eli, other} {
		must[emulator.Event](t)(u.Insert("primary", emulator.Event{Start: emulator.At(start, ""), End: emulator.At(start.Add(time.Hour), "")}))
		if hidden := ask(u.Email()); len(hidden.Errors) != 1 || hidden.Errors[0].Reason != "notFound" || len(hidden.Busy) != 0 {
			t.Errorf("not shared, %s shows %+v", u.Email(), hidden)
		}
		u.OpenBusy()
	}
	if shown := ask(eli); len(shown.Errors) != 0 || len(shown.Busy) != 1 {
		t.Errorf("open to the domain, a colleague shows %+v", shown)
	}
	if hidden := ask(other.Email()); len(hidden.Errors) != 1 {
		t.Errorf("open to another domain, it shows %+v", hidden)
	}
	check(t, other.Share("primary", dana, emulator.FreeBusyReader))
	if shown := ask(other.Email()); len(shown.Errors) != 0 || len(shown.Busy) != 1 {
		t.Errorf("shared, it shows %+v", shown)
	}
	w.noViolations(t)
}
