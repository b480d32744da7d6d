package jobs

import (
	"context"
	"errors"
	"sync"
	"time"
)

// rounds does for all who ask at once what would be the same for each: those who ask
// while a round is under way share the next one, which begins after the last of them
// asked. Other processes do not know of it, and need not.
type rounds struct {
	turns turns
	mu    sync.Mutex
	next  map[string]*round // that has not begun
}

// round is one for everybody who joined before it began.
type round struct {
	over chan struct{}
	err  error
}

// longestRound is how long one may take: nobody waits longer.
const longestRound = 20 * time.Second

// join returns what do returned in a round that began after join was called. Who began it
// may leave: the others still want it.
func (r *rounds) join(ctx context.Context, name string, do func(context.Context) error) error {
	mine, first := r.enter(name)
	if first {
		r.hold(context.WithoutCancel(ctx), name, mine, do)
		return mine.err
	}
	select {
	case <-mine.over:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *rounds) enter(name string) (mine *round, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == nil {
		r.next = make(map[string]*round)
	}
	mine, joined := r.next[name]
	if !joined {
		mine = &round{over: make(chan struct{}), err: errors.New("the round was not held")} // what the others see where it panics
		r.next[name] = mine
	}
	return mine, !joined
}

// hold waits until the round before is over, and holds this one.
func (r *rounds) hold(ctx context.Context, name string, mine *round, do func(context.Context) error) {
	defer close(mine.over)
	ctx, cancel := context.WithTimeout(ctx, longestRound)
	defer cancel()
	give, err := r.turns.take(ctx, name)
	r.mu.Lock()
	delete(r.next, name) // from here on others begin one of their own
	r.mu.Unlock()
	if err != nil {
		mine.err = err
		return
	}
	defer give()
	mine.err = do(ctx)
}
