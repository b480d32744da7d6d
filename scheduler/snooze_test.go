package scheduler

import (
	"testing"
	"time"
)

func TestAHoldThatIsPutOffGoesToTheNextBusinessDay(t *testing.T) {
	friday := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	snapshot := Snapshot{Now: friday, Settings: DefaultSettings(time.UTC), Backlog: BacklogAccepted}
	h := Hold{Row: "a", Prospect: "acme.com", Start: friday.Add(time.Hour), End: friday.Add(75 * time.Minute), State: Written}
	other := Hold{Row: "b", Prospect: "globex.io", State: Written,
		Start: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)}
	snapshot.Holds = []Hold{h, other}
	monday := h
	monday.Start, monday.End = h.Start.AddDate(0, 0, 3), h.End.AddDate(0, 0, 3)
	missed := h
	missed.Start, missed.End = h.Start.AddDate(0, 0, -1), h.End.AddDate(0, 0, -1)
	for _, c := range []struct {
		name  string
		hold  Hold
		until time.Time
		want  time.Time
	}{
		{"from Friday to Monday, after what is there", h, time.Time{}, time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)},
		{"from Monday, ahead of its time, to Tuesday", monday, time.Time{}, time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)},
		{"from yesterday, which was missed, to Monday", missed, time.Time{}, time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)},
		{"to the time that the rep names", h, time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC), time.Date(2026, 11, 25, 14, 15, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := NextPlace(snapshot, c.hold, c.until)
			if !ok || !got.Equal(c.want) {
				t.Errorf("got %v, %v; want %v", got, ok, c.want)
			}
		})
	}
}
