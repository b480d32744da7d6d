package scheduler

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestContactsAreTheProspectsPeopleOfTheMeetingsInTheWindow(t *testing.T) {
	called := func(name string) tweak {
		return func(e *Event) { e.Attendees[1].Name = name }
	}
	s := serviceSnapshot(
		meeting("old", "2026-11-10 14:00", ana+" kim@northwind.example", called("Ana R.")),
		meeting("now", "2026-11-18 10:00", ana+" bo@globex.io=declined", called("Ana Ruiz")),
		meeting("next", "2026-11-24 14:00", ana+" cy@zeta.com"),
		meeting("off", "2026-11-17 14:00", "dee@acme.com", cancelled),
		meeting("noshow", "2026-11-17 14:00", "fay@fay.com"),
		meeting("invited", "2026-11-17 14:00", "", organizedBy("gil@gil.com"), func(e *Event) { e.Organizer.Name = "Gil" }),
		meeting("before", "2026-10-01 14:00", "hal@hal.com"), meeting("far", "2027-06-01 14:00", "ivy@ivy.com"),
		meeting("private", "2026-11-17 14:00", "doc@gmail.com", private),
	)
	s.NoShows = []Key{keyOfMeeting("fay.com", "noshow")}
	var never time.Time
	want := []KnownContact{
		{Contact{"ana@acme.com", "Ana Ruiz"}, "acme.com", at("2026-11-18 10:00")},
		{Contact{"bo@globex.io", ""}, "globex.io", never},
		{Contact{"cy@zeta.com", ""}, "zeta.com", never},
		{Contact{"dee@acme.com", ""}, "acme.com", never},
		{Contact{"fay@fay.com", ""}, "fay.com", never},
		{Contact{"gil@gil.com", "Gil"}, "gil.com", at("2026-11-17 14:00")},
	}
	if diff := cmp.Diff(want, decide(t, s).Contacts); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
}
