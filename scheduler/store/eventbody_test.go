package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/scheduler"
)

// sameEvents compares events as the rules see them: a zone is its name and offsets.
var sameEvents = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool {
		return (a == nil) == (b == nil) && (a == nil || alike(a, b, 2026))
	}),
	cmp.Comparer(func(a, b scheduler.Rule) bool { return a.String() == b.String() }),
}

func TestEventsComeBackFromTheMirrorAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var zones zoneCache
		want := drawEvent(t)
		text, err := zones.encodeEvent(&want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := zones.decodeEvent(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got, sameEvents); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", text, diff)
		}
	})
}

func drawEvent(t *rapid.T) scheduler.Event {
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	text := func(name string) string { return rapid.StringN(0, 12, 40).Draw(t, name) }
	e := scheduler.Event{
		UID: text("uid"), Sequence: rapid.IntRange(0, 9).Draw(t, "sequence"), Summary: text("summary"),
		Status:      scheduler.Status(rapid.IntRange(0, 2).Draw(t, "status")),
		Transparent: flag("transparent"), Private: flag("private"), OutOfOffice: flag("ooo"), StatusOnly: flag("status only"),
		GuestsHidden: flag("hidden"), ByDuration: flag("by duration"), ThisAndFuture: flag("this and future"),
		Kind:        rapid.SampledFrom([]scheduler.Kind{"", scheduler.KindHold, scheduler.KindReview}).Draw(t, "kind"),
		NominalDays: rapid.IntRange(0, 3).Draw(t, "days"), Ref: scheduler.Ref{Link: text("link")},
		Start: drawMoment(t, "start"), End: drawMoment(t, "end"),
		Attendees: rapid.SliceOfN(rapid.Custom(drawGuest), 0, 3).Draw(t, "guests"),
		ExDates:   rapid.SliceOfN(rapid.Custom(func(t *rapid.T) scheduler.Moment { return drawMoment(t, "exdate") }), 0, 3).Draw(t, "exdates"),
	}
	if flag("created") {
		e.Created = time.Unix(rapid.Int64Range(0, 2e9).Draw(t, "at"), 0).UTC()
		e.LastModified = e.Created.Add(time.Microsecond)
	}
	if flag("organized") {
		organizer := drawGuest(t)
		e.Organizer = &organizer
	}
	if flag("recurs") {
		e.Rules = []scheduler.Rule{drawRule(t)}
		e.RDates = []scheduler.Period{{Start: drawMoment(t, "rdate")}, {Start: drawMoment(t, "period"), End: drawMoment(t, "period's end")}}
	}
	if flag("overrides") {
		original := drawMoment(t, "original")
		e.RecurrenceID = &original
	}
	if len(e.Attendees) == 0 {
		e.Attendees = nil
	}
	if len(e.ExDates) == 0 {
		e.ExDates = nil
	}
	return e
}

func drawGuest(t *rapid.T) scheduler.Attendee {
	return scheduler.Attendee{
		Address: rapid.SampledFrom([]string{"", "ana@acme.com"}).Draw(t, "address"), Name: rapid.StringN(0, 8, 30).Draw(t, "name"),
		Response: scheduler.Response(rapid.IntRange(0, 3).Draw(t, "response")), NotAPerson: rapid.Bool().Draw(t, "room"),
	}
}

func drawMoment(t *rapid.T, name string) scheduler.Moment {
	wall := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, name), 0).UTC()
	zones := []*time.Location{nil, time.UTC, time.FixedZone("", 5*3600+1800), time.FixedZone("CET", 3600), time.FixedZone("odd", -(3*3600 + 17*60 + 9))}
	for _, iana := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "CET"} {
		zone, err := time.LoadLocation(iana)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	m := scheduler.Moment{Wall: wall, Zone: rapid.SampledFrom(zones).Draw(t, name+" zone")}
	if m.Zone == nil && rapid.Bool().Draw(t, name+" is a date") {
		m.Wall, m.DateOnly = scheduler.DateOf(wall).Wall(), true
	}
	return m
}

func drawRule(t *rapid.T) scheduler.Rule {
	rule, err := scheduler.ParseRule(rapid.SampledFrom([]string{
		"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20301231T120000Z", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=7", "FREQ=YEARLY;INTERVAL=2;BYMONTH=3",
	}).Draw(t, "rule"))
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func TestAFixedZoneIsNotTakenForOneOfTheSameName(t *testing.T) {
	var zones zoneCache
	july := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	if name := zones.name(time.FixedZone("CET", 3600), july); name != "+01:00:00" {
		t.Errorf("a zone that is always an hour ahead is named %q", name)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if name := zones.name(berlin, july); name != "Europe/Berlin" {
		t.Errorf("Berlin is named %q", name)
	}
}
