package ics

import (
	"testing"
	"time"

	"holdfast/scheduler"
)

var (
	dana = scheduler.Attendee{Address: "dana@northwind.example"}
	ana  = scheduler.Attendee{Address: "ana@acme.com", Name: "Ana Ruiz"}
)

func TestReadsGoogleExport(t *testing.T) {
	cal := readFile(t, "google.ics")
	york := location(t, "America/New_York")
	if cal.Name != "dana@northwind.example" || cal.Zone.String() != "America/New_York" || cal.Read != 4 {
		t.Errorf("Name, Zone, Read = %q, %v, %d", cal.Name, cal.Zone, cal.Read)
	}
	accepted := dana
	accepted.Response = scheduler.Accepted
	checkEvents(t, "google.ics", cal.Events, []scheduler.Event{
		{
			UID: "4k2c8p0v7n6rj2q1@google.com", Sequence: 1,
			Created: utc("2026-11-01 09:00"), LastModified: utc("2026-11-15 10:11").Add(12 * time.Second),
			Summary:   "Demo: Größe, Preis & Zeitplan",
			Organizer: &dana,
			Attendees: []scheduler.Attendee{
				accepted, ana,
				{Address: "c_188abc@resource.calendar.google.com", Name: "HQ-4-Orion (8)", Response: scheduler.Accepted, NotAPerson: true},
			},
			Start: at(time.UTC, "2026-11-18 15:00"), End: at(time.UTC, "2026-11-18 15:45"),
			Source: scheduler.Source{Line: 26},
		},
		{
			UID: "weekly_r20261102@google.com", LastModified: utc("2026-10-30 12:00"),
			Summary: "Weekly with Globex",
			Start:   at(york, "2026-11-02 10:00"), End: at(york, "2026-11-02 10:30"),
			Rules:   []scheduler.Rule{rule(t, "FREQ=WEEKLY;BYDAY=MO")},
			ExDates: []scheduler.Moment{at(york, "2026-11-09 10:00"), at(york, "2026-11-23 10:00")},
			Source:  scheduler.Source{Line: 50},
		},
		{
			UID: "weekly_r20261102@google.com", Sequence: 1, LastModified: utc("2026-11-10 12:00"),
			Summary: "Weekly with Globex (moved)",
			Start:   at(york, "2026-11-17 14:00"), End: at(york, "2026-11-17 14:30"),
			RecurrenceID: new(at(york, "2026-11-16 10:00")),
			Source:       scheduler.Source{Line: 65},
		},
		{
			UID: "off@google.com", Created: utc("2026-10-01 08:00"), LastModified: utc("2026-10-01 08:00"),
			Summary: "Christmas", Private: true, Transparent: true,
			Start: on("2026-12-24"), End: on("2026-12-27"),
			Source: scheduler.Source{Line: 78},
		},
	})
}

func TestReadsOutlookExport(t *testing.T) {
	cal := readFile(t, "outlook.ics")
	berlin := location(t, "Europe/Berlin")
	checkEvents(t, "outlook.ics", cal.Events, []scheduler.Event{
		{
			UID:      "040000008200E00074C5B7101A82E00800000000A0B1C2D3E4F5DB01000000000000000010000000AA11BB22CC33DD44EE55FF6677889900",
			Sequence: 2, Created: utc("2026-10-20 08:15"), LastModified: utc("2026-10-20 08:15"),
			Summary:   "Vertragsgespräch; Teil 1",
			Organizer: &scheduler.Attendee{Address: "dana@northwind.example", Name: "Dana Weber"},
			Attendees: []scheduler.Attendee{
				{Address: "ana@acme.com", Name: "Ruiz, Ana: Sales; EMEA"},
				{Address: "bob@acme.com"},
				{Address: "room4@northwind.example", Name: "Raum 4", NotAPerson: true},
				{Name: "Legacy User"},
			},
			Start: at(berlin, "2026-11-10 10:00"), End: at(berlin, "2026-11-10 11:00"),
			Source: scheduler.Source{Line: 28},
		},
		{
			UID: "040000008200E00074C5B7101A82E00802", Created: utc("2026-10-21 08:15"), LastModified: utc("2026-10-21 08:15"),
			Summary: "Urlaub", Private: true, OutOfOffice: true,
			Start: on("2026-11-19"), End: on("2026-11-21"),
			Source: scheduler.Source{Line: 61},
		},
		{
			UID: "040000008200E00074C5B7101A82E00803", Created: utc("2026-10-21 08:15"), LastModified: utc("2026-10-21 08:15"),
			Summary: "Frei verschiebbar", Transparent: true,
			Start: at(time.UTC, "2026-11-12 08:00"), End: at(time.UTC, "2026-11-12 09:00"),
			Source: scheduler.Source{Line: 74},
		},
	})
}

func TestReadsExchangeInvitation(t *testing.T) {
	cal := readFile(t, "exchange.ics")
	custom := cal.Events[0].Start.Zone // what it means is checked below
	checkEvents(t, "exchange.ics", cal.Events, []scheduler.Event{{
		UID: "040000008200E00074C5B7101A82E00800000000EXCH", Sequence: 3,
		Summary: "Pilot review", Status: scheduler.Tentative,
		Organizer: &scheduler.Attendee{Address: "ana.ruiz@acme.com", Name: "Ana Ruiz"},
		Attendees: []scheduler.Attendee{dana},
		Start:     at(custom, "2026-11-05 10:00"), End: at(custom, "2026-11-05 10:45"),
		Rules:   []scheduler.Rule{rule(t, "FREQ=WEEKLY;UNTIL=20261231T090000Z;INTERVAL=1;BYDAY=TH;WKST=MO")},
		ExDates: []scheduler.Moment{at(custom, "2026-11-12 10:00"), at(custom, "2026-11-19 10:00")},
		Source:  scheduler.Source{Line: 20},
	}})
	if got := cal.Events[0].Start.In(time.UTC); !got.Equal(utc("2026-11-05 09:00")) {
		t.Errorf("the file's own zone puts the start at %v", got)
	}
}

func TestReadsAppleExport(t *testing.T) {
	cal := readFile(t, "apple.ics")
	paris := location(t, "Europe/Paris")
	named := scheduler.Attendee{Address: "dana@northwind.example", Name: "Dana"}
	accepted := named
	accepted.Response = scheduler.Accepted
	checkEvents(t, "apple.ics", cal.Events, []scheduler.Event{
		{
			UID: "3F0E5A1C-8F1B-4F6E-9B59-2B1B8C7F0001", Created: utc("2026-10-10 08:00"), LastModified: utc("2026-10-12 08:00"),
			Summary:   "Déjeuner — Acme 🍽️",
			Organizer: &named,
			Attendees: []scheduler.Attendee{
				accepted,
				{Address: "ana@acme.com", Name: `Ana "Annie" Ruiz`, Response: scheduler.TentativelyAccepted},
			},
			Start: at(paris, "2026-11-13 10:30"), End: at(paris, "2026-11-13 11:30"),
			Source: scheduler.Source{Line: 9},
		},
		{
			UID: "birthday-1", Created: utc("2026-10-10 08:00"), Summary: "Birthday", Transparent: true,
			Start: on("1604-02-29"), End: on("1604-03-01"), NominalDays: 1, ByDuration: true,
			Rules:  []scheduler.Rule{rule(t, "FREQ=YEARLY")},
			Source: scheduler.Source{Line: 29},
		},
		{
			UID: "floating-1", Summary: "Floating",
			Start: at(nil, "2026-11-20 09:00"), End: at(nil, "2026-11-20 10:30"), ByDuration: true,
			Source: scheduler.Source{Line: 40},
		},
	})
}

func TestReadsThunderbirdExport(t *testing.T) {
	cal := readFile(t, "thunderbird.ics")
	office := time.FixedZone("Office Time", 3600)
	const uid = "5d1d8c1e-3b0f-4f0e-8a51-1c1b8a4b0001"
	checkEvents(t, "thunderbird.ics", cal.Events, []scheduler.Event{
		{
			UID: uid, Created: utc("2026-10-01 08:00"), LastModified: utc("2026-10-02 08:00"),
			Summary: "Series", Private: true,
			Organizer: &scheduler.Attendee{Address: "dana@northwind.example", Name: "Dana", Response: scheduler.Accepted},
			Attendees: []scheduler.Attendee{{Address: "carla@initech.com", Name: "Carla", Response: scheduler.Declined}},
			Start:     at(office, "2026-11-03 10:00"), End: at(office, "2026-11-03 11:00"),
			Rules: []scheduler.Rule{rule(t, "FREQ=WEEKLY;COUNT=10")},
			RDates: []scheduler.Period{
				{Start: at(time.UTC, "2026-11-20 10:00"), End: at(time.UTC, "2026-11-20 11:30")},
				{Start: at(time.UTC, "2026-11-21 10:00"), End: at(time.UTC, "2026-11-21 10:30")},
				{Start: at(office, "2026-11-22 10:00")},
			},
			ExDates: []scheduler.Moment{at(time.UTC, "2026-11-10 09:00")},
			Source:  scheduler.Source{Line: 4},
		},
		{
			UID: uid, Summary: "Series, later",
			Start: at(office, "2026-11-17 14:00"), End: at(office, "2026-11-17 15:00"),
			RecurrenceID: new(at(office, "2026-11-17 10:00")), ThisAndFuture: true,
			Source: scheduler.Source{Line: 26},
		},
		{
			UID: uid, Status: scheduler.Cancelled,
			Start: at(office, "2026-12-01 10:00"), End: at(office, "2026-12-01 10:00"),
			RecurrenceID: new(at(office, "2026-12-01 10:00")),
			Source:       scheduler.Source{Line: 34},
		},
	})
}

func TestReadsNextcloudExport(t *testing.T) {
	cal := readFile(t, "nextcloud.ics")
	berlin := location(t, "Europe/Berlin")
	checkEvents(t, "nextcloud.ics", cal.Events, []scheduler.Event{
		{
			UID: "8b7a4a2e-aaaa-4bbb-8ccc-0123456789ab", Sequence: 2,
			Created: utc("2026-10-01 08:00"), LastModified: utc("2026-10-01 08:01"),
			Summary:   "Workshop über Nacht",
			Organizer: &scheduler.Attendee{Address: "dana@northwind.example", Name: "Dana"},
			Attendees: []scheduler.Attendee{{Address: "team@northwind.example", Name: "Team Süd", NotAPerson: true}},
			// A day by the calendar, over the change to winter time, then two hours.
			Start: at(berlin, "2026-10-24 18:00"), End: at(berlin, "2026-10-25 20:00"), NominalDays: 1, ByDuration: true,
			Source: scheduler.Source{Line: 9},
		},
		{
			UID: "lower-case", Summary: "lower case", Status: scheduler.Tentative, Transparent: true,
			Attendees: []scheduler.Attendee{{Address: "ana@acme.com", Name: "Ana", Response: scheduler.Accepted}},
			Start:     at(berlin, "2026-10-30 09:00"), End: at(berlin, "2026-10-30 09:30"),
			Source: scheduler.Source{Line: 23},
		},
	})
}

func TestReadsFastmailCalendarsInOneFile(t *testing.T) {
	cal := readFile(t, "fastmail.ics")
	melbourne := location(t, "Australia/Melbourne")
	checkEvents(t, "fastmail.ics", cal.Events, []scheduler.Event{
		{
			UID: "aaaaaaaa-0001", Summary: "Kick-off",
			Start: at(melbourne, "2026-11-05 09:00"), End: at(melbourne, "2026-11-05 09:45"), ByDuration: true,
			Source: scheduler.Source{Line: 23},
		},
		{ // cancelled by the METHOD of its own VCALENDAR only
			UID: "aaaaaaaa-0002", Sequence: 1, Summary: "Withdrawn", Status: scheduler.Cancelled,
			Start: at(time.UTC, "2026-11-06 09:00"), End: at(time.UTC, "2026-11-06 10:00"),
			Source: scheduler.Source{Line: 39},
		},
	})
}

func TestReadsZohoExport(t *testing.T) {
	cal := readFile(t, "zoho.ics", `13: "voici l'ordre du jour(suite)" is no property: line ignored`)
	kolkata := location(t, "Asia/Kolkata")
	checkEvents(t, "zoho.ics", cal.Events, []scheduler.Event{
		{
			UID: "zoho-1@zoho.com", Summary: "Café – résumé",
			Start: at(kolkata, "2026-11-09 17:00"), End: at(kolkata, "2026-11-09 17:00"),
			Source: scheduler.Source{Line: 7},
		},
		{
			UID: "zoho-2@zoho.com", Summary: "Release", Transparent: true,
			Start: on("2026-11-10"), End: on("2026-11-11"),
			Source: scheduler.Source{Line: 20},
		},
	})
}
