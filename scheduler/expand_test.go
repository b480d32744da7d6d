package scheduler

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// instancesOf expands events from 1 November to 1 January and returns the
// instances as lines: local start and end, original start where it recurs, title.
func instancesOf(t *testing.T, events ...Event) []string {
	t.Helper()
	instances, warnings := Expand(events, newYork, at("2026-11-01 00:00"), at("2027-01-01 00:00"))
	for _, w := range warnings {
		t.Errorf("unexpected warning: %s", w.Message)
	}
	var lines []string
	for i := range instances {
		lines = append(lines, instanceLine(&instances[i]))
	}
	return lines
}

func instanceLine(i *Instance) string {
	line := i.Start().In(newYork).Format("01-02 15:04") + i.End().In(newYork).Format(" 01-02 15:04")
	if id := i.RecurrenceID(); id != nil && id.DateOnly {
		line += id.Time.Format(" [01-02]")
	} else if id != nil {
		line += id.Time.In(newYork).Format(" [01-02 15:04]")
	}
	if i.Event.Cancelled() {
		line += " cancelled"
	}
	return line + " " + i.Event.Summary
}

// exdate and rdate add moments written as "2026-11-18", "2026-11-18 10:00" (in the
// series' zone) or "2026-11-18 15:00Z".
func exdate(moments ...string) tweak {
	return func(e *Event) {
		for _, m := range moments {
			e.ExDates = append(e.ExDates, parseMoment(m, e.Start.Zone))
		}
	}
}

func rdate(moments ...string) tweak {
	return func(e *Event) {
		for _, m := range moments {
			e.RDates = append(e.RDates, Period{Start: parseMoment(m, e.Start.Zone)})
		}
	}
}

func parseMoment(s string, zone *time.Location) Moment {
	if utc, ok := strings.CutSuffix(s, "Z"); ok {
		return Moment{Wall: wallTime(utc), Zone: time.UTC}
	}
	if len(s) == len(time.DateOnly) {
		return Moment{Wall: dateOf(s).Wall(), DateOnly: true}
	}
	return Moment{Wall: wallTime(s), Zone: zone}
}

func wallTime(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func thisAndFuture(e *Event) { e.ThisAndFuture = true }

func dailyDates(first, end string, rule string) Event {
	return allDay("d", first, end, func(e *Event) {
		r, err := ParseRule(rule)
		if err != nil {
			panic(err)
		}
		e.Rules = []Rule{r}
	})
}

// TestExpand holds Expand to the rules' "Reading calendars: corners".
func TestExpand(t *testing.T) {
	weekly := func(changes ...tweak) Event {
		return meeting("s", "2026-11-10 14:00", "", append([]tweak{titled("Sync"), recurs("FREQ=WEEKLY;COUNT=3")}, changes...)...)
	}
	cases := []struct {
		rule   string
		events []Event
		want   []string
	}{
		{"a single event", []Event{meeting("m", "2026-11-10 14:00", "")},
			[]string{"11-10 14:00 11-10 14:45 Demo"}},
		{"a series", []Event{weekly()},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-17 14:00 11-17 14:45 [11-17 14:00] Sync", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync"}},
		{"a start that the rule does not match is an instance of its own and is not counted by COUNT",
			[]Event{meeting("s", "2026-11-10 14:00", "", recurs("FREQ=WEEKLY;BYDAY=WE;COUNT=2"))},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Demo", "11-11 14:00 11-11 14:45 [11-11 14:00] Demo", "11-18 14:00 11-18 14:45 [11-18 14:00] Demo"}},
		{"UNTIL given as a date includes that whole day, local to DTSTART",
			[]Event{meeting("s", "2026-11-10 21:00", "", recurs("FREQ=DAILY;UNTIL=20261111"))},
			[]string{"11-10 21:00 11-10 21:45 [11-10 21:00] Demo", "11-11 21:00 11-11 21:45 [11-11 21:00] Demo"}},
		{"EXDATE removes an instance, also when written in UTC", []Event{weekly(exdate("2026-11-17 19:00Z"))},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync"}},
		{"EXDATE as a date on a timed series removes that day, local to DTSTART", []Event{weekly(exdate("2026-11-17"))},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync"}},
		{"EXDATE may remove the first", []Event{weekly(exdate("2026-11-10 14:00"))},
			[]string{"11-17 14:00 11-17 14:45 [11-17 14:00] Sync", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync"}},
		{"RDATE joins the RRULE's set and duplicates count once", []Event{weekly(rdate("2026-11-12 09:00", "2026-11-17 14:00", "2026-11-17 19:00Z"))},
			[]string{
				"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-12 09:00 11-12 09:45 [11-12 09:00] Sync",
				"11-17 14:00 11-17 14:45 [11-17 14:00] Sync", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync",
			}},
		{"an RDATE period has its own end", []Event{meeting("s", "2026-11-10 14:00", "", func(e *Event) {
			e.RDates = []Period{{parseMoment("2026-11-12 14:00Z", nil), parseMoment("2026-11-12 17:00Z", nil)}}
		})},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Demo", "11-12 09:00 11-12 12:00 [11-12 09:00] Demo"}},
		{"an override replaces its instance and keeps its original start",
			[]Event{weekly(), meeting("s", "2026-11-18 09:00", "", titled("Moved"), overriding("2026-11-17 14:00"))},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-18 09:00 11-18 09:45 [11-17 14:00] Moved", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync"}},
		{"an override read before its series counts as well",
			[]Event{meeting("s", "2026-11-18 09:00", "", titled("Moved"), overriding("2026-11-17 14:00")), weekly(exdate("2026-11-10", "2026-11-24"))},
			[]string{"11-18 09:00 11-18 09:45 [11-17 14:00] Moved"}},
		{"an override without its series stands alone",
			[]Event{meeting("s", "2026-11-18 09:00", "", overriding("2026-11-17 14:00"))},
			[]string{"11-18 09:00 11-18 09:45 [11-17 14:00] Demo"}},
		{"an override moved into the window from outside it",
			[]Event{meeting("s", "2026-10-06 14:00", "", recurs("FREQ=WEEKLY;COUNT=2")), meeting("s", "2026-11-18 09:00", "", overriding("2026-10-13 14:00"))},
			[]string{"11-18 09:00 11-18 09:45 [10-13 14:00] Demo"}},
		{"a cancelled override is a cancelled instance",
			[]Event{weekly(), {UID: "s", Status: Cancelled, RecurrenceID: &Moment{Wall: at("2026-11-17 14:00"), Zone: time.UTC}}},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-17 14:00 11-17 14:45 [11-17 14:00] cancelled Sync", "11-24 14:00 11-24 14:45 [11-24 14:00] Sync"}},
		{"a bare cancellation after RANGE=THISANDFUTURE is where the change had moved it",
			[]Event{weekly(), meeting("s", "2026-11-18 09:00", "", titled("Changed"), lasting(time.Hour), overriding("2026-11-17 14:00"), thisAndFuture), {UID: "s", Status: Cancelled, RecurrenceID: &Moment{Wall: at("2026-11-24 14:00"), Zone: time.UTC}}},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-18 09:00 11-18 10:00 [11-17 14:00] Changed", "11-25 09:00 11-25 10:00 [11-24 14:00] cancelled Changed"}},
		{"a cancellation of a day without its series is that day",
			[]Event{{UID: "s", Status: Cancelled, RecurrenceID: &Moment{Wall: wallTime("2026-11-24 00:00"), DateOnly: true}}},
			[]string{"11-24 00:00 11-25 00:00 [11-24] cancelled "}},
		{"RANGE=THISANDFUTURE shifts and changes all later instances",
			[]Event{weekly(), meeting("s", "2026-11-18 09:00", "", titled("Changed"), lasting(time.Hour), overriding("2026-11-17 14:00"), thisAndFuture)},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-18 09:00 11-18 10:00 [11-17 14:00] Changed", "11-25 09:00 11-25 10:00 [11-24 14:00] Changed"}},
		{"an override of its own still wins over THISANDFUTURE",
			[]Event{weekly(), meeting("s", "2026-11-18 09:00", "", titled("Changed"), overriding("2026-11-17 14:00"), thisAndFuture), meeting("s", "2026-11-24 16:00", "", titled("Once"), overriding("2026-11-24 14:00"))},
			[]string{"11-10 14:00 11-10 14:45 [11-10 14:00] Sync", "11-18 09:00 11-18 09:45 [11-17 14:00] Changed", "11-24 16:00 11-24 16:45 [11-24 14:00] Once"}},
		{"the last THISANDFUTURE before an instance holds for it",
			[]Event{weekly(), meeting("s", "2026-11-10 15:00", "", titled("One"), overriding("2026-11-10 14:00"), thisAndFuture), meeting("s", "2026-11-17 16:00", "", titled("Two"), overriding("2026-11-17 14:00"), thisAndFuture)},
			[]string{"11-10 15:00 11-10 15:45 [11-10 14:00] One", "11-17 16:00 11-17 16:45 [11-17 14:00] Two", "11-24 16:00 11-24 16:45 [11-24 14:00] Two"}},
		{"a weekly series keeps its local time over a change of offset",
			[]Event{meeting("s", "2026-10-25 14:00", "", recurs("FREQ=WEEKLY;COUNT=2"))},
			[]string{"11-01 14:00 11-01 14:45 [11-01 14:00] Demo"}},
		{"a local time that happens twice is the first of the two",
			[]Event{meeting("s", "2026-10-31 01:30", "", recurs("FREQ=DAILY;COUNT=2"))},
			[]string{"11-01 01:30 11-01 01:15 [11-01 01:30] Demo"}}, // 45 minutes later the clock shows 01:15 again
		{"an all-day series", []Event{dailyDates("2026-11-10", "2026-11-12", "FREQ=WEEKLY;COUNT=2")},
			[]string{"11-10 00:00 11-12 00:00 [11-10] Away", "11-17 00:00 11-19 00:00 [11-17] Away"}},
		{"an event without an end is an instant", []Event{meeting("m", "2026-11-10 14:00", "", lasting(0))},
			[]string{"11-10 14:00 11-10 14:00 Demo"}},
		{"an end before the start is read as the start", []Event{meeting("m", "2026-11-10 14:00", "", lasting(-time.Hour))},
			[]string{"11-10 14:00 11-10 14:00 Demo"}},
		{"an instance that began before the window and reaches into it", []Event{busyEvent("b", "2026-10-31 20:00", "2026-11-01 00:30")},
			[]string{"10-31 20:00 11-01 00:30 Demo"}},
		{"one that ends as the window begins is outside", []Event{busyEvent("b", "2026-10-31 20:00", "2026-11-01 00:00")}, nil},
		{"one that starts as the window ends is outside", []Event{busyEvent("b", "2027-01-01 00:00", "2027-01-01 01:00")}, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if diff := cmp.Diff(c.want, instancesOf(t, c.events...)); diff != "" {
				t.Errorf("instances (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNominalDaysKeepTheClockOverAChangeOfOffset(t *testing.T) {
	// A day and a half from Saturday 10:00; the clocks go back on Sunday.
	for nominal, want := range map[int]string{1: "10-31 10:00 11-01 22:00", 0: "10-31 10:00 11-01 21:00"} {
		e := meeting("s", "2026-10-24 10:00", "", recurs("FREQ=WEEKLY;COUNT=2"), lasting(36*time.Hour), func(e *Event) { e.NominalDays = nominal })
		got := instancesOf(t, e)
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("nominal days %d: %v, want %s", nominal, got, want)
		}
	}
}

func TestASeriesBeyondTheLimitsIsLeftOutWithAWarning(t *testing.T) {
	endless := meeting("s", "2026-11-10 14:00", "", titled("Every second"), recurs("FREQ=SECONDLY"))
	endless.Source = Source{File: "a.ics", Line: 17}
	instances, warnings := Expand([]Event{endless, meeting("m", "2026-11-10 14:00", "")}, newYork, at("2026-11-01 00:00"), at("2027-01-01 00:00"))
	if len(instances) != 1 || instances[0].Event.UID != "m" {
		t.Errorf("%d instances, want only that of m", len(instances))
	}
	want := []Warning{{Source{"a.ics", 17}, `series "Every second" left out: ` + ErrTooMuch.Error()}}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestInstancesOfAllSeriesTogetherAreBounded(t *testing.T) {
	var events []Event
	for i := range 300 {
		events = append(events, meeting(fmt.Sprint(i), "2026-11-10 00:00", "", recurs("FREQ=MINUTELY;INTERVAL=2")))
	}
	instances, warnings := Expand(events, newYork, at("2026-11-01 00:00"), at("2026-11-20 00:00"))
	if most := baseInstances + 20*(instancesPerDay+len(events)/eventsPerInstance); len(instances) == 0 || len(instances) > most {
		t.Errorf("%d instances, want some, and at most %d", len(instances), most)
	}
	if len(warnings) != maxWarnings+1 || !strings.HasSuffix(warnings[maxWarnings].Message, "more series left out") {
		t.Errorf("%d warnings, want %d and one that counts the rest", len(warnings), maxWarnings)
	}
}
