package emulator_test

import (
	"testing"

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
