package scheduler

import (
	"testing"
	"time"
)

func TestAHoldThatIsPutOffGoes(t *testing.T) {
	cases := []struct {
		rule  string
		until string
		more  []Event
		want  string // "": there is no place
	}{
		{"to the next business day", "", nil, "Thu 19 Nov 09:00"},
		{"to the first free place of it", "", []Event{busyEvent("b", "2026-11-19 08:00", "2026-11-19 11:50")}, "Thu 19 Nov 12:00"},
		{"to the first free place from a moment on", "2026-11-23 14:20", nil, "Mon 23 Nov 14:30"},
		{"later on its own day, too", "2026-11-18 14:00", nil, "Wed 18 Nov 14:00"},
		{"not to a weekend or a holiday", "2026-11-26 12:00", nil, "Fri 27 Nov 09:00"},
		{"not to a day on which they have another hold", "2026-11-20 08:00", nil, "Mon 23 Nov 09:00"},
		{"nowhere where nothing is free", "", []Event{busyEvent("b", "2026-11-19 00:00", "2027-06-01 00:00")}, ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
			s = carriedOut(s, decide(t, s))
			s.Events = append(s.Events, c.more...)
			var until time.Time
			if c.until != "" {
				until = at(c.until)
			}
			got := ""
			if start, ok := NextPlace(s, s.Holds[0], until); ok {
				got = start.In(newYork).Format("Mon 2 Jan 15:04")
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
