package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"
)

// riverLogger is what River logs to.
type riverLogger = *slog.Logger

// queue is River on one of the databases: its clients are of different types.
type queue interface {
	// insert inserts jobs in the transaction tx, which runs on conn.
	insert(ctx context.Context, tx *gorm.DB, conn *sql.Conn, jobs []river.InsertManyParams) error
	start(ctx context.Context, c *river.Config) (Stopper, error)
	migrate(ctx context.Context, log riverLogger) error
}

// Stopper stops workers.
type Stopper interface {
	// Stop lets the jobs that run come to their end, until ctx ends.
	Stop(ctx context.Context) error
	// StopAndCancel cancels them; they are worked again later.
	StopAndCancel(ctx context.Context) error
	// Stopped is closed when all have stopped.
	Stopped() <-chan struct{}
}

// StartWorkers works jobs as c says, until it is stopped. c.ID should be the id
// that is given to Heartbeat.
func (s *Store) StartWorkers(ctx context.Context, c *river.Config) (Stopper, error) {
	workers, err := s.queue.start(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("start workers: %w", err)
	}
	return workers, nil
}

func startClient[T any](ctx context.Context, driver riverdriver.Driver[T], c *river.Config) (Stopper, error) {
	client, err := river.NewClient(driver, c)
	if err != nil {
		return nil, err
	}
	if err := client.Start(ctx); err != nil {
		return nil, err
	}
	return client, nil
}

// migrateQueue makes River's tables. It is goose's step, which passes a pool that
// River shares anyway.
func (s *Store) migrateQueue(ctx context.Context, _ *sql.DB) error {
	return s.queue.migrate(ctx, s.log)
}

// Enqueue has a job worked, unless an equal one waits or runs already.
func (s *Store) Enqueue(ctx context.Context, job river.JobArgs) error {
	return s.transact(ctx, func(tx *Tx) error {
		tx.enqueue(job)
		return nil
	})
}

// SyncCalendar reads what changed in a calendar.
type SyncCalendar struct {
	RepID      string `json:"rep_id"`
	CalendarID string `json:"calendar_id"`
}

// SyncCalendars reads the rep's list of calendars.
type SyncCalendars struct {
	RepID string `json:"rep_id"`
}

// Reconcile looks again at a rep whose calendar did not change, as time went on.
type Reconcile struct {
	RepID string `json:"rep_id"`
}

// WriteHold makes the calendar show a hold as its row says.
type WriteHold struct {
	HoldID string `json:"hold_id"`
}

// ReleaseHold removes a hold that is needed no more from the calendar.
type ReleaseHold struct {
	HoldID string `json:"hold_id"`
}

// RenewChannel replaces a calendar's push channel before it ends.
type RenewChannel struct {
	RepID      string `json:"rep_id"`
	CalendarID string `json:"calendar_id"`
}

// Purge does what is left to do at the provider for a rep who disconnected.
type Purge struct {
	DepartureID string `json:"departure_id"`
}

// Kind names the job in the queue.
func (SyncCalendar) Kind() string { return "sync_calendar" }

// Kind names the job in the queue.
func (SyncCalendars) Kind() string { return "sync_calendars" }

// Kind names the job in the queue.
func (Reconcile) Kind() string { return "reconcile" }

// Kind names the job in the queue.
func (WriteHold) Kind() string { return "write_hold" }

// Kind names the job in the queue.
func (ReleaseHold) Kind() string { return "release_hold" }

// Kind names the job in the queue.
func (RenewChannel) Kind() string { return "renew_channel" }

// Kind names the job in the queue.
func (Purge) Kind() string { return "purge" }

// QueueElsewhere is the queue of the jobs that wait for servers elsewhere. Those may all
// hang at once, and are not to keep other jobs waiting.
const QueueElsewhere = "elsewhere"

// InsertOpts says that equal jobs are one, and which wait for servers elsewhere.
func (j SyncCalendar) InsertOpts() river.InsertOpts {
	opts := unique()
	if isWebcal(j.CalendarID) {
		opts.Queue = QueueElsewhere
	}
	return opts
}

// InsertOpts says that equal jobs are one.
func (SyncCalendars) InsertOpts() river.InsertOpts { return unique() }

// InsertOpts says that equal jobs are one.
func (Reconcile) InsertOpts() river.InsertOpts { return unique() }

// InsertOpts says that equal jobs are one.
func (WriteHold) InsertOpts() river.InsertOpts { return unique() }

// InsertOpts says that equal jobs are one.
func (ReleaseHold) InsertOpts() river.InsertOpts { return unique() }

// InsertOpts says that equal jobs are one.
func (RenewChannel) InsertOpts() river.InsertOpts { return unique() }

// InsertOpts says that equal jobs are one.
func (Purge) InsertOpts() river.InsertOpts { return unique() }

// unique makes equal jobs one for as long as it is not finished. What comes up while
// it runs is not lost: the row that asked for it still does at the next tick.
func unique() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{
		ByArgs: true,
		ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		},
	}}
}
