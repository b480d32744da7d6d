package scheduler

import (
	"strings"
	"testing"
	"time"
)

// The rep of the tests, and when they look at their calendar: a Wednesday.
const (
	testRep   = "dana@northwind.example"
	testAlias = "d.reyes@northwind-partners.example"
	testNow   = "2026-11-18 10:00"
)

// newYork is the zone of the tests.
var newYork = mustZone("America/New_York")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // only ever a misspelled test
	}
	return zone
}

// at reads a local time of the tests: "2026-11-18 10:00".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, newYork)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func dateOf(s string) Date {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return DateOf(t)
}

func testSettings() Settings {
	s := DefaultSettings(newYork)
	s.Addresses = []string{testRep, testAlias}
	s.Holidays = []Region{"us"}
	return s
}

func snapshot(events ...Event) Snapshot {
	return Snapshot{Now: at(testNow), Settings: testSettings(), Events: events}
}

// tweak alters an event of a test.
type tweak func(*Event)

// meeting makes an event of 45 minutes from start (local), organized by the rep,
// with the guests given as guest reads them.
func meeting(uid, start string, guests string, changes ...tweak) Event {
	begin := at(start)
	e := Event{
		UID: uid, Summary: "Demo",
		Start:     Moment{Wall: begin, Zone: time.UTC},
		End:       Moment{Wall: begin.Add(45 * time.Minute), Zone: time.UTC},
		Organizer: &Attendee{Address: testRep},
		Attendees: []Attendee{{Address: testRep, Response: Accepted}},
	}
	for _, g := range strings.Fields(guests) {
		e.Attendees = append(e.Attendees, guest(g))
	}
	for _, c := range changes {
		c(&e)
	}
	return e
}

// guest reads "ana@acme.com" or "ana@acme.com=declined".
func guest(s string) Attendee {
	address, answer, _ := strings.Cut(s, "=")
	responses := map[string]Response{"": NeedsAction, "accepted": Accepted, "declined": Declined, "tentative": TentativelyAccepted}
	response, ok := responses[answer]
	if !ok {
		panic("no such answer: " + answer)
	}
	return Attendee{Address: address, Response: response}
}

func lasting(d time.Duration) tweak {
	return func(e *Event) { e.End.Wall = e.Start.Wall.Add(d) }
}

func cancelled(e *Event)   { e.Status = Cancelled }
func transparent(e *Event) { e.Transparent = true }
func private(e *Event)     { e.Private = true }

func titled(title string) tweak { return func(e *Event) { e.Summary = title } }

func organizedBy(address string) tweak {
	return func(e *Event) { e.Organizer = &Attendee{Address: address} }
}

// onlyGuests drops the rep from the guest list.
func onlyGuests(e *Event) { e.Attendees = e.Attendees[1:] }

// repAnswers sets the rep's answer.
func repAnswers(r Response) tweak { return func(e *Event) { e.Attendees[0].Response = r } }

func created(t string) tweak      { return func(e *Event) { e.Created = at(t) } }
func lastModified(t string) tweak { return func(e *Event) { e.LastModified = at(t) } }

func recurs(rule string) tweak {
	return func(e *Event) {
		r, err := ParseRule(rule)
		if err != nil {
			panic(err)
		}
		e.Rules = append(e.Rules, r)
		e.Start = Moment{Wall: inZone(e.Start, newYork), Zone: newYork}
		e.End = Moment{Wall: inZone(e.End, newYork), Zone: newYork}
	}
}

// overriding makes the event an override of its series' instance at original.
func overriding(original string) tweak {
	return func(e *Event) { e.RecurrenceID = &Moment{Wall: at(original), Zone: time.UTC} }
}

// allDay makes an all-day event from first to before end.
func allDay(uid, first, end string, changes ...tweak) Event {
	e := Event{
		UID: uid, Summary: "Away",
		Start: Moment{Wall: dateOf(first).Wall(), DateOnly: true},
		End:   Moment{Wall: dateOf(end).Wall(), DateOnly: true},
	}
	for _, c := range changes {
		c(&e)
	}
	return e
}

// busyEvent makes a busy event without guests, from start to end (local).
func busyEvent(uid, start, end string, changes ...tweak) Event {
	e := meeting(uid, start, "", changes...)
	e.End.Wall = at(end)
	return e
}

func decide(t testing.TB, s Snapshot) Plan {
	t.Helper()
	p := Decide(s)
	for _, w := range p.Warnings {
		t.Errorf("unexpected warning: %s", w.Message)
	}
	return p
}

// outcome says in one line what is true of a prospect: "flag no_next_step m1",
// "covered m1 by m2", "covered by m2" or "nothing".
func outcome(p Plan, prospect string) string {
	for _, f := range p.Flags {
		if f.Prospect == prospect {
			return "flag " + string(f.Reason) + " " + f.UID
		}
	}
	for _, c := range p.Covered {
		if c.Prospect != prospect {
			continue
		}
		if c.UID == nil {
			return "covered by " + c.NextStep.UID
		}
		return "covered " + *c.UID + " by " + c.NextStep.UID
	}
	return "nothing"
}
