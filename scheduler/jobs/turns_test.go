package jobs

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func TestOneAtATimeHasItsTurnAtAName(t *testing.T) {
	var all turns
	var busy, most int // guarded by the turn itself: the race detector checks that
	var workers sync.WaitGroup
	for range 50 {
		workers.Go(func() {
			give, err := all.take(t.Context(), "dana")
			if err != nil {
				t.Error(err)
				return
			}
			defer give()
			busy++
			most = max(most, busy)
			busy--
		})
	}
	workers.Wait()
	if most != 1 {
		t.Errorf("%d had their turn at once", most)
	}
	if len(all.taken) != 0 {
		t.Errorf("%d names are remembered though nobody waits", len(all.taken))
	}
}

func TestNamesDoNotWaitForEachOther(t *testing.T) {
	var all turns
	dana, err := all.take(t.Context(), "dana")
	if err != nil {
		t.Fatal(err)
	}
	defer dana()
	eli, err := all.take(t.Context(), "eli")
	if err != nil {
		t.Fatal(err)
	}
	eli()
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	var all turns
	give, err := all.take(t.Context(), "dana")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := all.take(ctx, "dana"); !errors.Is(err, context.Canceled) {
		t.Errorf("waited, and got %v", err)
	}
	give()
	if len(all.taken) != 0 {
		t.Error("the name of one who gave up is remembered")
	}
}
