package main

import (
	"testing"
	"time"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

// sampleEventsOf reads the sample calendar as the service does.
func sampleEventsOf(t *testing.T, server *emulator.Server, now time.Time) []scheduler.Event {
	t.Helper()
	tokens, err := server.Grant(sampleRep, google.Scopes()...)
	if err != nil {
		t.Fatal(err)
	}
	client := google.New(google.Config{
		Issuer: "http://google.example", API: server.APIURL(), ClientID: "demo", ClientSecret: "demo",
		Now: func() time.Time { return now }, Transport: server.Transport(),
	})
	grant := scheduler.Grant{Access: tokens.Access, Refresh: tokens.Refresh, Expires: now.Add(time.Hour)}
	changes, err := client.With("rep", grant).Changes(t.Context(), sampleRep, "", now.AddDate(0, 0, -30))
	if err != nil {
		t.Fatal(err)
	}
	var events []scheduler.Event
	for _, e := range changes.Events {
		events = append(events, e.Event)
	}
	return events
}

func TestTheSampleCalendarHasEveryKindOfFlag(t *testing.T) {
	for hours := 0; hours < 7*24; hours += 5 {
		now := demoStart.Add(time.Duration(hours)*time.Hour + 3*time.Minute)
		server, calendar := sampleCalendar(t, now)
		settings := scheduler.DefaultSettings(calendar.zone)
		settings.Addresses = []string{sampleRep}
		plan := scheduler.Decide(scheduler.Snapshot{
			Now: now, Settings: settings, Events: sampleEventsOf(t, server, now), Backlog: scheduler.BacklogAccepted,
		})
		reasons := make(map[scheduler.Reason]int)
		for _, f := range plan.Flags {
			reasons[f.Reason]++
		}
		series := 0
		for _, c := range plan.Covered {
			if c.NextStep.BySeries {
				series++
			}
		}
		if reasons[scheduler.NoNextStep] < 5 || reasons[scheduler.WrappingUp] != 1 || reasons[scheduler.NotRebooked] != 1 {
			t.Errorf("%v: flags %v", now, reasons)
		}
		if len(plan.Covered) < 4 || series != 1 || len(plan.Reminders) < 2 || plan.Counts.Prospects < 12 {
			t.Errorf("%v: %d covered, %d by a series, %d reminders, %d prospects", now, len(plan.Covered), series, len(plan.Reminders), plan.Counts.Prospects)
		}
		if t.Failed() {
			for _, f := range plan.Flags {
				t.Logf("%s %s %s", f.Prospect, f.Reason, f.Summary)
			}
			return
		}
	}
}
