package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Tx is a transaction. Its jobs are inserted with it or not at all.
type Tx struct {
	db   *gorm.DB
	s    *Store
	now  time.Time // the same for all that happens in it
	jobs []river.JobArgs
	wake []string // reps to judge anew, whose rows may not be locked here
	made string   // the id of this install, where this transaction made it

	proposals map[string]*proposed // by id: those that were read, with their links

	revised []string // reps whose flags or holds were saved
}

// txKey is where the context of a transaction's statements has it.
type txKey struct{}

// transact runs f in a transaction: what it wrote and the jobs it enqueued are there
// together, or nothing is. On SQLite it holds the only write lock from its start,
// so nothing slow belongs in it.
//
// Where PostgreSQL ends it for the sake of another transaction, f is run again: what
// it keeps outside of the transaction it must set anew each time.
func (s *Store) transact(ctx context.Context, f func(*Tx) error) error {
	wake, err := s.attempt(ctx, f)
	for try := 1; try < transactTries && isVictim(err); try++ {
		wake, err = s.attempt(ctx, f)
	}
	if err != nil {
		return err
	}
	s.wakeReps(ctx, wake)
	return nil
}

// transactTries is how often a transaction is begun that others keep from ending.
const transactTries = 5

// isVictim reports whether PostgreSQL ended a transaction because it and another one
// waited for each other (40P01), or could not both be (40001). Run again it may pass.
func isVictim(err error) bool {
	var state interface{ SQLState() string }
	return errors.As(err, &state) && (state.SQLState() == "40P01" || state.SQLState() == "40001")
}

// attempt runs f in a transaction, once, and returns the reps to wake.
func (s *Store) attempt(ctx context.Context, f func(*Tx) error) (wake []string, err error) {
	err = s.db.WithContext(ctx).Connection(func(db *gorm.DB) error {
		conn := db.Statement.ConnPool.(*sql.Conn)
		return db.Transaction(func(db *gorm.DB) error {
			tx := &Tx{s: s, now: s.Now()}
			tx.db = db.WithContext(context.WithValue(ctx, txKey{}, tx))
			if err := f(tx); err != nil {
				return err
			}
			wake = tx.wake
			if err := tx.reviseFeeds(); err != nil {
				return err
			}
			return tx.insertJobs(ctx, conn)
		})
	})
	return wake, err
}

// wakeReps has reps judged anew at the next tick. That is on top of their Reconcile
// jobs, which are not inserted where one runs that may have begun too early. Two reps
// who wake each other in transactions of their own would wait for each other, so it
// comes after them, and what fails here is no reason to take them back.
func (s *Store) wakeReps(ctx context.Context, ids []string) {
	for _, id := range ids {
		if err := s.db.WithContext(ctx).Model(&repRow{}).Where("id = ?", id).Update("wake_at", s.Now()).Error; err != nil {
			s.log.Warn("wake a colleague", "rep", id, "error", err)
		}
	}
}

// enqueue has jobs inserted at the end of the transaction. A job that waits already,
// or runs, is not inserted again.
func (t *Tx) enqueue(jobs ...river.JobArgs) { t.jobs = append(t.jobs, jobs...) }

func (t *Tx) insertJobs(ctx context.Context, conn *sql.Conn) error {
	if len(t.jobs) == 0 {
		return nil
	}
	// All in one order: of two transactions that ask for the same jobs one waits for the
	// other, and never each for each.
	slices.SortFunc(t.jobs, func(a, b river.JobArgs) int {
		return cmp.Or(cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	t.jobs = slices.Compact(t.jobs)
	params := make([]river.InsertManyParams, len(t.jobs))
	for i, job := range t.jobs {
		params[i].Args = job
	}
	if err := t.s.queue.insert(ctx, t.db, conn, params); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// lockRep reads the rep's row and keeps everybody else from changing what hangs on
// it until the transaction ends. SQLite needs no lock of a row: it has one writer.
func (t *Tx) lockRep(repID string) (repRow, error) {
	var row repRow
	err := t.db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Take(&row, "id = ?", repID).Error
	if err != nil {
		return repRow{}, fmt.Errorf("lock rep %s: %w", repID, notFound(err))
	}
	return row, nil
}

// lockTable keeps other transactions from writing to a table, where there can be
// others.
func (t *Tx) lockTable(name string) error {
	if t.s.Dialect() == dialectSQLite {
		return nil
	}
	return t.db.Exec("LOCK TABLE " + name + " IN SHARE ROW EXCLUSIVE MODE").Error
}

// note adds a line to the rep's activity log.
func (t *Tx) note(repID, kind, summary, subject string) error {
	row := activityRow{RepID: repID, At: t.now, Kind: kind, Summary: summary, Subject: subject}
	if err := t.db.Create(&row).Error; err != nil {
		return fmt.Errorf("log activity: %w", err)
	}
	return nil
}
