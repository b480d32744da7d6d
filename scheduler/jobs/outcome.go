package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// errParked means that there is nothing to do until the rep does something, and that
// what is due then is asked for then.
var errParked = errors.New("the rep is not connected")

// settle says what a job's failure means. What the rep must know or do is written
// to their row; what the job should do is in the error returned: none, it is
// finished; a snooze; a cancellation; anything else is tried again with backoff. Begun
// is when the job was: a consent given since is not what failed.
func (r *Runner) settle(ctx context.Context, repID string, begun time.Time, err error) error {
	var slow *scheduler.SlowDownError
	switch {
	case err == nil, errors.Is(err, errParked):
		return nil
	case errors.As(err, &slow):
		return r.slowDown(ctx, repID, slow)
	case errors.Is(err, scheduler.ErrSignedOut), errors.Is(err, scheduler.ErrScope):
		if failed := r.Store.NeedReconnect(ctx, repID, begun, r.reconnectReason(ctx, repID, err)); failed != nil {
			return errors.Join(err, failed)
		}
		return river.JobCancel(err)
	}
	return err
}

// slowDown remembers until when the rep is not to be called, or not to be written
// to, and sends the job to sleep until then.
func (r *Runner) slowDown(ctx context.Context, repID string, slow *scheduler.SlowDownError) error {
	until := r.Now().Add(slow.After)
	if slow.Project {
		r.slow.Store(until.UnixMilli())
	}
	if err := r.Store.SlowDown(ctx, repID, until, slow.Writes); err != nil {
		return errors.Join(slow, fmt.Errorf("remember to slow down: %w", err))
	}
	return river.JobSnooze(slow.After)
}

// reconnectReason says in words for the rep why they have to sign in again, and what
// their consent lacks.
func (r *Runner) reconnectReason(ctx context.Context, repID string, err error) string {
	if !errors.Is(err, scheduler.ErrScope) {
		return "Google says that your consent was revoked or has expired."
	}
	const lacks = "Google says that your consent does not cover what Holdfast needs"
	grant, err := r.Store.Grant(ctx, repID)
	if err != nil || r.Missing == nil || len(r.Missing(grant.Scopes)) == 0 {
		return lacks + "."
	}
	return lacks + ": to " + strings.Join(r.Missing(grant.Scopes), ", to ") + "."
}

// outcome names what err means for River, for metrics.
func outcome(err error) string {
	var snooze *river.JobSnoozeError
	var cancel *river.JobCancelError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &snooze):
		return "snooze"
	case errors.As(err, &cancel):
		return "cancel"
	}
	return "retry"
}

// worker is River's worker for one kind of job.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	runner *Runner
	run    func(context.Context, T) error
}

// Work implements river.Worker.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	start := w.runner.Now()
	err := w.guarded(ctx, job)
	result, took := outcome(err), w.runner.Now().Sub(start)
	if result == "retry" || result == "cancel" {
		w.runner.Log.WarnContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "outcome", result, "error", err)
	}
	if w.runner.Finished != nil {
		w.runner.Finished(job.Kind, result, took)
	}
	return err
}

// guarded makes a panic an error. River would log what it says, and keep it with the job:
// that may hold a secret, so the log gets its type and where it happened.
func (w *worker[T]) guarded(ctx context.Context, job *river.Job[T]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("panic: " + panicKind(p))
			w.runner.Log.ErrorContext(ctx, "panic", "kind", job.Kind, "what", panicKind(p), "stack", string(debug.Stack()))
		}
	}()
	return w.run(ctx, job.Args)
}

func panicKind(p any) string {
	if fault, ok := p.(runtime.Error); ok {
		return fault.Error()
	}
	return fmt.Sprintf("%T", p)
}

// riverWorkers gives every kind of job its worker.
func (r *Runner) riverWorkers() *river.Workers {
	all := river.NewWorkers()
	add(all, r, func(ctx context.Context, a store.SyncCalendars) error { return r.SyncCalendars(ctx, a.RepID) })
	add(all, r, func(ctx context.Context, a store.SyncCalendar) error {
		return r.SyncCalendar(ctx, a.RepID, a.CalendarID)
	})
	add(all, r, func(ctx context.Context, a store.Reconcile) error { return r.Reconcile(ctx, a.RepID) })
	add(all, r, func(ctx context.Context, a store.WriteHold) error { return r.WriteHold(ctx, a.HoldID) })
	add(all, r, func(ctx context.Context, a store.ReleaseHold) error { return r.WriteHold(ctx, a.HoldID) })
	add(all, r, func(ctx context.Context, a store.RenewChannel) error {
		return r.RenewChannel(ctx, a.RepID, a.CalendarID)
	})
	add(all, r, func(ctx context.Context, a store.Purge) error { return r.Purge(ctx, a.DepartureID) })
	return all
}

func add[T river.JobArgs](all *river.Workers, r *Runner, run func(context.Context, T) error) {
	river.AddWorker(all, &worker[T]{runner: r, run: run})
}

// permanent reports whether another try of a call for one calendar is of no use.
func permanent(err error) bool {
	return errors.Is(err, scheduler.ErrForbidden) || errors.Is(err, scheduler.ErrNotFound) ||
		errors.Is(err, scheduler.ErrGone) || errors.Is(err, scheduler.ErrInvalid)
}

// lookAgain is how long to wait before a call that Google refused for good is tried
// once more: somebody may have changed the calendar's sharing.
const lookAgain = 24 * time.Hour
