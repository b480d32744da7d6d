package jobs

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"holdfast/scheduler/store"
)

// run carries out one job without River.
func (r *Runner) run(ctx context.Context, job river.JobArgs) error {
	switch a := job.(type) {
	case store.SyncCalendars:
		return r.SyncCalendars(ctx, a.RepID)
	case store.SyncCalendar:
		return r.SyncCalendar(ctx, a.RepID, a.CalendarID)
	case store.Reconcile:
		return r.Reconcile(ctx, a.RepID)
	case store.WriteHold:
		return r.WriteHold(ctx, a.HoldID)
	case store.ReleaseHold:
		return r.WriteHold(ctx, a.HoldID)
	case store.RenewChannel:
		return r.RenewChannel(ctx, a.RepID, a.CalendarID)
	case store.Purge:
		return r.Purge(ctx, a.DepartureID)
	}
	return fmt.Errorf("no such job: %T", job)
}

// drainRounds is more than any state needs to come to rest.
const drainRounds = 30

// drain carries out what is due by the rows until nothing is, each job in its turn. A
// job that fails is left for the next drain, as its backoff would; its error is in
// failed. An error means that the drain itself came to no end.
func (r *Runner) drain(ctx context.Context) (failed []error, err error) {
	resting := make(map[river.JobArgs]bool)
	for range drainRounds {
		due, err := r.Store.Due(ctx)
		if err != nil {
			return failed, fmt.Errorf("what is due: %w", err)
		}
		ran := false
		for _, job := range due {
			if resting[job] {
				continue
			}
			ran = true
			if err := r.run(ctx, job); err != nil {
				resting[job] = true
				failed = append(failed, fmt.Errorf("%s: %w", job.Kind(), err))
			}
			if ctx.Err() != nil {
				return failed, ctx.Err()
			}
		}
		if !ran {
			return failed, nil
		}
	}
	return failed, fmt.Errorf("still due after %d rounds", drainRounds)
}

// settleDown drains, and wants no failure.
func (w *world) settleDown() {
	w.tb.Helper()
	failed, err := w.runner.drain(w.tb.Context())
	if err != nil {
		w.tb.Fatal(err)
	}
	for _, err := range failed {
		w.tb.Error(err)
	}
}
