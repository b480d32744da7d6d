package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// jobsIn returns how many jobs of a state there are; "": of any.
func jobsIn(t *testing.T, s *Store, state string) int {
	t.Helper()
	var n int
	query := s.db.Table("river_job").Select("count(*)")
	if state != "" {
		query = query.Where("state = ?", state)
	}
	if err := query.Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestJobsAreThereExactlyIfTheirTransactionIs(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		ctx, broken := t.Context(), errors.New("broken")
		write := func(result error) error {
			return s.transact(ctx, func(tx *Tx) error {
				tx.enqueue(Reconcile{"r1"}, WriteHold{"h1"}, Reconcile{"r1"})
				if err := tx.db.Create(&replicaRow{ID: "row", SeenAt: tx.now}).Error; err != nil {
					return err
				}
				return result
			})
		}
		if err := write(broken); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if n := jobsIn(t, s, ""); n != 0 {
			t.Errorf("a transaction that was rolled back left %d jobs", n)
		}
		if err := write(nil); err != nil {
			t.Fatal(err)
		}
		if n := jobsIn(t, s, "available"); n != 2 {
			t.Errorf("there are %d jobs, want 2", n)
		}
	})
}

// A part of a transaction may fail on its own: what comes after is still written,
// with the jobs.
func TestJobsOutliveAPartThatWasRolledBack(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		err := s.transact(t.Context(), func(tx *Tx) error {
			tx.enqueue(Reconcile{"r1"})
			row := replicaRow{ID: "row", SeenAt: tx.now}
			if err := tx.db.Create(&row).Error; err != nil {
				return err
			}
			part := tx.db.Transaction(func(db *gorm.DB) error { return db.Create(&row).Error })
			if !errors.Is(part, gorm.ErrDuplicatedKey) {
				t.Errorf("writing the same row again: %v", part)
			}
			return tx.db.Create(&replicaRow{ID: "other", SeenAt: tx.now}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		var rows int64
		s.db.Model(&replicaRow{}).Count(&rows)
		if n := jobsIn(t, s, ""); n != 1 || rows != 2 {
			t.Errorf("there are %d jobs and %d rows, want 1 and 2", n, rows)
		}
	})
}

func TestEqualJobsAreOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		const racing = 16
		failures := make(chan error, racing)
		for range racing {
			go func() { failures <- s.Enqueue(t.Context(), SyncCalendar{"r1", "c1"}) }()
		}
		for range racing {
			if err := <-failures; err != nil {
				t.Error(err)
			}
		}
		if err := s.Enqueue(t.Context(), SyncCalendar{"r1", "c2"}); err != nil {
			t.Error(err)
		}
		if n := jobsIn(t, s, ""); n != 2 {
			t.Errorf("there are %d jobs, want 2: one for each calendar", n)
		}
	})
}

// worker tells which jobs it works, and waits for leave to end.
type worker struct {
	river.WorkerDefaults[WriteHold]
	began chan string
	leave chan struct{} // nil: ends at once
}

func (w *worker) Work(ctx context.Context, job *river.Job[WriteHold]) error {
	w.began <- job.Args.HoldID
	if w.leave == nil {
		return nil
	}
	select {
	case <-w.leave:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func startWorker(t *testing.T, s *Store, id string, w *worker) Stopper {
	t.Helper()
	if err := s.Heartbeat(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	// The workers outlive the test's context: they are stopped, not cut off.
	started, err := s.StartWorkers(context.WithoutCancel(t.Context()), &river.Config{
		ID: id, Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		FetchCooldown: 10 * time.Millisecond, FetchPollInterval: 50 * time.Millisecond, Logger: s.log,
	})
	if err != nil {
		t.Fatal(err)
	}
	return started
}

func stopWorker(t *testing.T, w Stopper) {
	t.Helper()
	if err := w.StopAndCancel(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestWorkersWorkWhatIsEnqueued(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		w := &worker{began: make(chan string, 10)}
		started := startWorker(t, s, "replica1", w)
		defer stopWorker(t, started)
		if err := s.Enqueue(t.Context(), WriteHold{"h1"}); err != nil {
			t.Fatal(err)
		}
		if got := <-w.began; got != "h1" {
			t.Errorf("hold %q was written, want h1", got)
		}
	})
}

func TestJobsOfADeadReplicaAreWorkedByAnother(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		dead := &worker{began: make(chan string, 10), leave: make(chan struct{})}
		first := startWorker(t, s, "replica1", dead)
		defer stopWorker(t, first)
		if err := s.Enqueue(ctx, WriteHold{"h1"}); err != nil {
			t.Fatal(err)
		}
		<-dead.began

		c.move(deadAfter - time.Second)
		if n, err := s.RescueOrphans(ctx); err != nil || n != 0 {
			t.Errorf("%d jobs of a replica that lives were rescued, %v", n, err)
		}
		c.move(2 * time.Second) // no heartbeat: it counts as dead
		alive := &worker{began: make(chan string, 10)}
		second := startWorker(t, s, "replica2", alive)
		defer stopWorker(t, second)
		if n, err := s.RescueOrphans(ctx); err != nil || n != 1 {
			t.Fatalf("%d jobs were rescued, want 1; %v", n, err)
		}
		select {
		case got := <-alive.began:
			if got != "h1" {
				t.Errorf("hold %q was written, want h1", got)
			}
		case got := <-dead.began: // it is not dead at all, only silent
			if got != "h1" {
				t.Errorf("hold %q was written, want h1", got)
			}
		}
	})
}
