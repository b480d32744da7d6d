package jobs

import (
	"testing"
	"time"

	"holdfast/scheduler"
)

// A rep signs in: their calendar is read, and nothing is written before they said
// that what was found may be. What happens after is written by itself.
func TestHoldsAppearOnceTheRepSaidSoAndGoWhenTheNextStepIsBooked(t *testing.T) {
	w := newWorld(t, "")
	dana, err := w.newPerson("dana@northwind.example")
	if err != nil {
		t.Fatal(err)
	}
	dana.meets("ana@acme.com", "Demo", monday.Add(-3*time.Hour), 30*time.Minute)
	if err := dana.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if written := dana.written(); len(written) != 0 {
		t.Fatalf("%d events were written unasked", len(written))
	}
	backlog, err := w.store.Backlog(t.Context(), dana.rep)
	if err != nil || backlog.State != scheduler.BacklogPending || len(backlog.Flags) != 1 {
		t.Fatalf("backlog: %+v, %v", backlog, err)
	}
	if err := w.store.AcceptBacklog(t.Context(), dana.rep); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if written := dana.written(); len(written) != 3 {
		t.Fatalf("%d holds were written, want the cadence's 3", len(written))
	}

	dana.meets("ana@acme.com", "Follow-on", monday.Add(48*time.Hour), 30*time.Minute)
	w.clock.Advance(10 * time.Second)
	w.flush()
	w.settleDown()
	for _, e := range dana.written() {
		if private(e, "hfKind") == "hold" {
			t.Errorf("%q stayed though the next step is booked", e.Summary)
		}
	}
}
