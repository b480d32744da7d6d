package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Config is what a Runner works with. Store, Remote, RemoteFor, Revoke and Now are
// needed, and Webcal where calendars elsewhere are watched; the rest works as its zero
// value.
type Config struct {
	Store *store.Store
	// Remote returns a rep's access to their calendars.
	Remote func(repID string) Remote
	// RemoteFor returns access by a grant alone, for a rep who disconnected.
	RemoteFor func(scheduler.Grant) Remote
	// Revoke gives a grant back; one that is revoked already is no failure.
	Revoke func(context.Context, scheduler.Grant) error
	// Webcal reads a calendar elsewhere, given the token of the reading before. What is
	// wrong with it is a *scheduler.WebcalError.
	Webcal func(ctx context.Context, address, token string) (scheduler.WebcalRead, error)
	// Missing says in words what a consent lacks, given its scopes; nil: it is not said.
	Missing func(granted []string) []string
	// Callback is the address for pushes; "": no push, polling only.
	Callback string
	// Poll is how long to wait between two reads of a calendar of which no push told
	// anything; 0: PollWithPush where a channel is alive, PollBusyTimes where there is
	// no push for it, else PollWithoutPush.
	Poll time.Duration
	Now  func() time.Time
	Log  *slog.Logger // nil: nobody is told
	// Finished is told of every job that ran, for metrics; nil: nobody is. The
	// outcome is "done", "retry", "snooze" or "cancel".
	Finished func(kind, outcome string, took time.Duration)
}

// How long to wait between two reads of a calendar, where the settings do not say.
const (
	PollWithPush    = 6 * time.Hour
	PollWithoutPush = 15 * time.Minute
	PollBusyTimes   = time.Hour // of calendars that are not the rep's
)

// longestJob is how long a job may take: the first reading of a calendar of a hundred
// thousand events is forty pages and is saved at once, or begun anew. Every request has
// a deadline of its own, and the jobs of a process that died are taken over at once.
const longestJob = 10 * time.Minute

// Runner runs the jobs of one process. Make one with New.
type Runner struct {
	Config
	id    string // of this replica
	turns turns
	looks rounds
	slow  atomic.Int64 // until when the whole project is slowed down, in Unix milliseconds

	stop    context.CancelFunc // of the tick
	ticking sync.WaitGroup
	workers store.Stopper
}

// New returns a Runner that is not started: its methods can be called one by one.
func New(c Config) *Runner {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{Config: c, id: "replica-" + strings.ToLower(rand.Text()[:12])}
}

// Start runs jobs until Stop is called. What ctx carries reaches every job; that it
// ends does not stop the runner.
func (r *Runner) Start(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := r.beat(ctx); err != nil { // seen before its first job runs
		return fmt.Errorf("announce this replica: %w", err)
	}
	workers, err := r.Store.StartWorkers(ctx, r.riverConfig())
	if err != nil {
		return fmt.Errorf("start workers: %w", err)
	}
	r.workers = workers
	ctx, r.stop = context.WithCancel(ctx)
	r.ticking.Go(func() { r.tickUntilDone(ctx) })
	return nil
}

// Stop ends the tick, lets the jobs that run finish and returns when no goroutine is
// left, or when ctx ends: then jobs are cut off, and run again by the next to start.
func (r *Runner) Stop(ctx context.Context) error {
	if r.workers == nil {
		return nil
	}
	r.stop()
	r.ticking.Wait()
	err := r.workers.Stop(ctx)
	if ctx.Err() != nil { // the jobs that still run are told to end at once
		err = r.workers.StopAndCancel(context.WithoutCancel(ctx))
	}
	if err != nil {
		return fmt.Errorf("stop workers: %w", err)
	}
	return nil
}

// riverConfig says how River runs the jobs.
func (r *Runner) riverConfig() *river.Config {
	return &river.Config{
		ID:                          r.id,
		Logger:                      r.Log,
		Workers:                     r.riverWorkers(),
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 20}, store.QueueElsewhere: {MaxWorkers: 4}},
		JobTimeout:                  longestJob,
		RescueStuckJobsAfter:        longestJob + time.Minute,
		RetryPolicy:                 retryPolicy{r.Now},
		CompletedJobRetentionPeriod: 10 * time.Minute,
		CancelledJobRetentionPeriod: 24 * time.Hour,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
	}
}

// connected returns the rep where their calendars may be used now. It returns
// errParked where they may not, whoever asks, until the rep does something, and a
// snooze where Google asked for patience.
func (r *Runner) connected(ctx context.Context, repID string) (store.Rep, error) {
	rep, err := r.Store.Rep(ctx, repID)
	if errors.Is(err, scheduler.ErrNotFound) {
		return store.Rep{}, errParked
	}
	if err != nil {
		return store.Rep{}, err
	}
	if rep.State == store.Reconnect || rep.State == store.Disconnected {
		return store.Rep{}, errParked
	}
	wait := time.UnixMilli(r.slow.Load()).Sub(r.Now())
	if rep.SlowUntil != nil {
		wait = max(wait, rep.SlowUntil.Sub(r.Now()))
	}
	if wait > 0 {
		return store.Rep{}, river.JobSnooze(wait)
	}
	return rep, nil
}
