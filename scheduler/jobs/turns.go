package jobs

import (
	"context"
	"sync"
)

// turns lets one at a time through for each name, in this process. It saves calls:
// ten holds of one rep that are due together ask for one reading of the calendar.
// Nothing depends on it, other processes do not know of it.
type turns struct {
	mu    sync.Mutex
	taken map[string]*turn
}

// turn is a name that somebody holds or waits for.
type turn struct {
	free    chan struct{} // holds one value while nobody has the turn
	waiting int
}

// take waits for the name and returns what gives it back.
func (t *turns) take(ctx context.Context, name string) (give func(), err error) {
	t.mu.Lock()
	if t.taken == nil {
		t.taken = make(map[string]*turn)
	}
	mine := t.taken[name]
	if mine == nil {
		mine = &turn{free: make(chan struct{}, 1)}
		mine.free <- struct{}{}
		t.taken[name] = mine
	}
	mine.waiting++
	t.mu.Unlock()
	select {
	case <-mine.free:
		return func() { mine.free <- struct{}{}; t.leave(name, mine) }, nil
	case <-ctx.Done():
		t.leave(name, mine)
		return nil, ctx.Err()
	}
}

func (t *turns) leave(name string, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.waiting--; mine.waiting == 0 {
		delete(t.taken, name)
	}
}
