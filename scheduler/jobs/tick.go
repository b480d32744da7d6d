package jobs

import (
	"context"
	"time"
)

// How often what is due is asked for, and how often a replica says that it lives.
const (
	tickEvery = time.Second
	beatEvery = 2 * time.Second
)

func (r *Runner) tickUntilDone(ctx context.Context) {
	tick, beat := time.NewTicker(tickEvery), time.NewTicker(beatEvery)
	defer tick.Stop()
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err = r.Tick(ctx)
		case <-beat.C:
			err = r.beat(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.Log.ErrorContext(ctx, "tick failed", "error", err)
		}
	}
}

// Tick asks for the jobs of every row that is due. Those that were asked for already
// are not doubled.
func (r *Runner) Tick(ctx context.Context) error { return r.Store.EnqueueDue(ctx) }

// beat says that this replica lives and gives the jobs of dead ones to the living.
func (r *Runner) beat(ctx context.Context) error {
	if err := r.Store.Heartbeat(ctx, r.id); err != nil {
		return err
	}
	rescued, err := r.Store.RescueOrphans(ctx)
	if rescued > 0 {
		r.Log.WarnContext(ctx, "took over the jobs of a process that died", "jobs", rescued)
	}
	return err
}
