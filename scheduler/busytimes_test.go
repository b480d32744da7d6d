package scheduler

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBusyTimesAreReadAsFarAsHoldsCanBePlaced(t *testing.T) {
	now := time.Date(2026, 11, 30, 14, 5, 0, 0, time.UTC)
	today := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	usual, late, long := DefaultSettings(time.UTC), DefaultSettings(time.UTC), DefaultSettings(time.UTC)
	late.Holds.LateBusinessDays = 60
	long.Cadences = map[Reason]Cadence{NoNextStep: {Steps: []Step{{Window: Window{First: 1, Last: 50}}}}}
	for _, tt := range []struct {
		name     string
		settings Settings
		days     int
	}{
		{"as a rule 60 days", usual, 60},
		{"further where holds may be later: 30 days, 84 more and the last one", late, 115},
		{"further for a longer cadence: 70 days, 28 more and the last one", long, 99},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(Span{today, today.AddDate(0, 0, tt.days)}, tt.settings.BusyWindow(now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBusyTimesTakeTimeAndAreNoMeetings(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 12, 1, hour, 0, 0, 0, time.UTC) }
	spans := []Span{{at(9), at(10)}, {at(12), at(12)}, {at(13), at(18)}}
	c := BusyChanges(spans, "token")
	if !c.Full || c.Token != "token" || len(c.Events) != 2 || c.Events[0].ID == c.Events[1].ID {
		t.Fatalf("changes %+v", c)
	}
	settings := DefaultSettings(time.UTC)
	settings.Addresses = []string{"dana@northwind.example"}
	s := Snapshot{Now: at(8), Settings: settings, Events: []Event{c.Events[0].Event, c.Events[1].Event}}
	if diff := cmp.Diff([]Span{spans[0], spans[2]}, busyOf(s)); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
	if p := Decide(s); p.Counts.Meetings != 0 || len(p.Flags) != 0 || len(p.Unknown) != 0 || len(p.Warnings) != 0 {
		t.Errorf("decided %+v", p)
	}
	if again := BusyChanges(spans, "other"); !cmp.Equal(c.Events[0].ID, again.Events[0].ID) || c.Events[0].ETag == "" {
		t.Error("equal busy times are not the same event")
	}
}

// busyOf returns when the rep of a snapshot is busy.
func busyOf(s Snapshot) []Span {
	view, _ := s.view()
	return view.spans()
}
