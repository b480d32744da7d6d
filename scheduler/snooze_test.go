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
	for _, c := range []struct {
		name  string
		until time.Time
		want  time.Time
	}{
		{"to Monday, after what is there", time.Time{}, time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)},
		{"to the time that the rep names", time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC), time.Date(2026, 11, 25, 14, 15, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := NextPlace(snapshot, h, c.until)
			if !ok || !got.Equal(c.want) {
				t.Errorf("got %v, %v; want %v", got, ok, c.want)
			}
		})
	}
}
