package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var seed = flag.Uint64("seed", 1, "what the random calendars are drawn from")

// Each random calendar has a reader in another zone, and so many events.
const randomEvents = 1000

var randomReaders = []string{"America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata"}

// randomCalendar is a calendar for our program and, as JSON, for expand.py.
type randomCalendar struct {
	Zone   string        `json:"zone"`
	From   string        `json:"from"`
	To     string        `json:"to"`
	Events []randomEvent `json:"events"`
}

// randomEvent is one event or series, with its overrides and copies.
type randomEvent struct {
	UID  string `json:"uid"`
	Text string `json:"text"` // its VEVENTs
	// Peer: recurring-ical-events is known to read such an event by RFC 5545.
	Peer bool `json:"peer"`
}

// expansion is what expand.py makes of one event: a line an instance.
type expansion struct {
	Dateutil []string `json:"dateutil"`
	Peer     []string `json:"peer"` // nil: not asked
}

// agenda agrees with python-dateutil's recurrence rules under Holdfast's own
// rules (rules "Reading calendars: corners"), on all events, and with
// recurring-ical-events on those that it reads by RFC 5545.
func TestAgendaAgreesWithOtherImplementations(t *testing.T) {
	t.Logf("seed %d: run with -seed %[1]d to see the same again", *seed)
	calendars := drawCalendars(*seed)
	expanded := expandElsewhere(t, calendars)
	counts := map[string]int{}
	for i, c := range calendars {
		ours := agendaLines(t, c)
		for _, e := range c.Events {
			want := expanded[i][e.UID]
			counts["events"]++
			counts["instances"] += len(want.Dateutil)
			compareLines(t, c, e, "python-dateutil", want.Dateutil, ours[e.UID])
			if want.Peer != nil {
				counts["events of the peer"]++
				compareLines(t, c, e, "recurring-ical-events", want.Peer, ours[e.UID])
			}
		}
	}
	t.Logf("compared: %v", counts)
	if counts["events of the peer"] < counts["events"]/3 {
		t.Error("the peer was asked about less than a third of the events")
	}
}

func compareLines(t *testing.T, c randomCalendar, e randomEvent, other string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s, reader in %s, instances (-%s +ours):\n%s\n%s", e.UID, c.Zone, other, diff, e.Text)
	}
}

func drawCalendars(seed uint64) []randomCalendar {
	var calendars []randomCalendar
	for i, zone := range randomReaders {
		d := newDraw(rand.New(rand.NewPCG(seed, uint64(i))), zone)
		c := randomCalendar{Zone: zone, From: d.from.Format(time.RFC3339), To: d.to.Format(time.RFC3339)}
		for n := range randomEvents {
			c.Events = append(c.Events, d.event(fmt.Sprintf("%s-%04d", zone[:2], n)))
		}
		calendars = append(calendars, c)
	}
	return calendars
}

// expandElsewhere has all calendars expanded by expand.py.
func expandElsewhere(t *testing.T, calendars []randomCalendar) []map[string]expansion {
	t.Helper()
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import dateutil, icalendar, recurring_ical_events").CombinedOutput(); err != nil {
		t.Fatalf("this test needs %s with the Debian packages python3-dateutil, python3-icalendar and python3-recurring-ical-events: %v\n%s", python, err, out)
	}
	input, err := json.Marshal(map[string]any{"calendars": calendars})
	if err != nil {
		t.Fatal(err)
	}
	expand := exec.Command(python, "testdata/expand.py")
	var stderr bytes.Buffer
	expand.Stdin, expand.Stderr = bytes.NewReader(input), &stderr
	out, err := expand.Output()
	if err != nil {
		t.Fatalf("expand.py: %v\n%s", err, stderr.String())
	}
	var expanded []map[string]expansion
	if err := json.Unmarshal(out, &expanded); err != nil {
		t.Fatalf("read what expand.py wrote: %v", err)
	}
	return expanded
}

// agendaLines runs agenda on c, and returns its instances as expand.py writes
// them, by UID.
func agendaLines(t *testing.T, c randomCalendar) map[string][]string {
	t.Helper()
	var text strings.Builder
	text.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n")
	for _, e := range c.Events {
		text.WriteString(e.Text)
	}
	text.WriteString("END:VCALENDAR\r\n")
	r := holdfast(t, text.String(), "agenda", "-", "--rep", "dana@northwind.example",
		"--timezone", c.Zone, "--from", c.From, "--to", c.To, "--format", "json")
	if r.code != exitDone {
		t.Fatalf("agenda: exit %d: %s", r.code, r.stderr)
	}
	if r.stderr != "" {
		t.Errorf("agenda warns of a calendar without faults: %s", r.stderr)
	}
	var printed struct {
		Instances []struct {
			UID, Summary, Start, End string
			RecurrenceID             *string `json:"recurrence_id"`
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &printed); err != nil {
		t.Fatalf("read what agenda printed: %v", err)
	}
	lines := make(map[string][]string)
	var last string
	for _, i := range printed.Instances {
		order := orderOf(t, i.Start, c.Zone) + " " + i.UID
		if order < last {
			t.Errorf("%s after %s: not in order of start and UID", order, last)
		}
		last = order
		id := "-"
		if i.RecurrenceID != nil {
			id = *i.RecurrenceID
		}
		lines[i.UID] = append(lines[i.UID], fmt.Sprintf("%s %s %s %s", id, i.Start, i.End, i.Summary))
	}
	for _, l := range lines {
		slices.Sort(l)
	}
	return lines
}

// orderOf returns the start of an instance, which may be a date in zone, in a form
// that sorts by time.
func orderOf(t *testing.T, start, zone string) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, start, mustLoad(zone))
	}
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC().Format(time.RFC3339)
}
