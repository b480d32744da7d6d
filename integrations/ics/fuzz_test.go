package ics

import (
	"bytes"
	"errors"
	"testing"

	"holdfast/scheduler"
)

// FuzzRead reads anything: it must not panic, must say what was wrong in one line
// each, and must never give out an event that breaks what scheduler relies on.
func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		cal, err := Read(bytes.NewReader(text), "a.ics")
		if err != nil {
			var not *NotCalendarError
			if !errors.As(err, &not) || cal != nil || err.Error() != oneLine(err.Error()) {
				t.Fatalf("Read = %v, %q", cal, err)
			}
			return
		}
		checkMessages(t, cal)
		if cal.Read < len(cal.Events) {
			t.Errorf("%d events of %d VEVENTs", len(cal.Events), cal.Read)
		}
		for i := range cal.Events {
			e := &cal.Events[i]
			if e.UID == "" || e.UID != oneLine(e.UID) || e.Summary != oneLine(e.Summary) || e.Source.Line == 0 {
				t.Errorf("UID %q, title %q, line %d", e.UID, e.Summary, e.Source.Line)
			}
			if e.Start.Wall.IsZero() && e.RecurrenceID != nil && e.Status == scheduler.Cancelled {
				continue // a cancellation needs no times of its own
			}
			if before(e.End, e.Start) || e.AllDay() && !e.End.Wall.After(e.Start.Wall) || !yearInRange(e.Start) {
				t.Errorf("event from %v to %v", e.Start, e.End)
			}
			if e.AllDay() != e.End.DateOnly {
				t.Errorf("only one of %v and %v is a date", e.Start, e.End)
			}
			if len(e.Attendees) > maxAttendees || len(e.RDates)+len(e.ExDates) > maxDates || len(e.Rules) > maxRules {
				t.Errorf("%d attendees, %d and %d dates, %d rules", len(e.Attendees), len(e.RDates), len(e.ExDates), len(e.Rules))
			}
		}
	})
}
