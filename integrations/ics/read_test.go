package ics

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// sameMeaning compares what has no exported parts to compare by.
var sameMeaning = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool { return fmt.Sprint(a) == fmt.Sprint(b) }),
	cmp.Comparer(func(a, b scheduler.Rule) bool { return a.String() == b.String() }),
}

// mustRead reads text as the file a.ics.
func mustRead(t *testing.T, text string) *Calendar {
	t.Helper()
	cal, err := Read(strings.NewReader(text), "a.ics")
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return cal
}

// inCalendar wraps lines into a VCALENDAR; the first of them is line 2.
func inCalendar(lines ...string) string {
	return "BEGIN:VCALENDAR\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCALENDAR\r\n"
}

// inEvent wraps lines into a VEVENT with a UID; the first of them is line 4.
func inEvent(lines ...string) string {
	return inCalendar("BEGIN:VEVENT", "UID:u", strings.Join(lines, "\r\n"), "END:VEVENT")
}

// messages lists warnings as "line: message".
func messages(cal *Calendar) []string {
	var list []string
	for _, w := range cal.Warnings {
		list = append(list, fmt.Sprintf("%d: %s", w.Line, w.Message))
	}
	return list
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// wall parses 2006-01-02 15:04 as a wall-clock time.
func wall(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err) // a mistake in the test itself
	}
	return at
}

func at(zone *time.Location, text string) scheduler.Moment {
	return scheduler.Moment{Wall: wall(text), Zone: zone}
}

func on(day string) scheduler.Moment {
	return scheduler.Moment{Wall: wall(day + " 00:00"), DateOnly: true}
}

func utc(text string) time.Time { return wall(text) }

func rule(t *testing.T, text string) scheduler.Rule {
	t.Helper()
	r, err := scheduler.ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// readFile reads a file of testdata and checks that nothing was wrong with it
// but warnings.
func readFile(t *testing.T, name string, warnings ...string) *Calendar {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cal, err := Read(f, name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(warnings, messages(cal)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if cal.Incomplete != "" {
		t.Errorf("Incomplete = %q", cal.Incomplete)
	}
	return cal
}

// checkEvents compares events, filling in the file of their source.
func checkEvents(t *testing.T, file string, got, want []scheduler.Event) {
	t.Helper()
	for i := range want {
		want[i].Source.File = file
	}
	if diff := cmp.Diff(want, got, sameMeaning); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
