package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	msqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteOptions make SQLite fit for many writers: readers go on beside one writer
// (WAL), who takes its lock at once (_txlock: a transaction that reads first and
// then writes would fail instead of waiting), and times are in UTC in a form that
// sorts.
const sqliteOptions = "_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
	"&_pragma=synchronous(NORMAL)&_pragma=secure_delete(1)&_txlock=immediate&_timezone=UTC&_time_format=sqlite&_texttotime=1&_dqs=0"

const sqliteConns = 8

// openSQLite opens the file at c.URL, which is created if need be, readable by
// its owner only.
func (s *Store) openSQLite(_ context.Context, c Config) error {
	dsn, err := sqliteDSN(c.URL)
	if err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(sqliteConns)
	if c.MaxConns > 0 {
		pool.SetMaxOpenConns(c.MaxConns)
	}
	s.db, err = gorm.Open(sqliteDialector{sqlite.Dialector{Conn: pool}}, s.gormConfig())
	if err == nil {
		s.queue, err = newSQLiteQueue(pool, s.log)
	}
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	return nil
}

// eraseLog drops the write-ahead log, in which what was deleted may still be read. Where
// others are reading it stays, and is written over by what comes next.
func (s *Store) eraseLog(ctx context.Context) error {
	if s.Dialect() != dialectSQLite {
		return nil
	}
	return wrapf(s.db.WithContext(ctx).Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error, "empty the write-ahead log")
}

// sqliteDSN returns the address of the file at a path or file: URL, and creates it
// where it is a path.
func sqliteDSN(address string) (string, error) {
	if address == "" {
		return "", errors.New("no file given")
	}
	if name, isURL := strings.CutPrefix(address, "file:"); isURL {
		if strings.Contains(name, "?") {
			return address + "&" + sqliteOptions, nil
		}
		return address + "?" + sqliteOptions, nil
	}
	file, err := os.OpenFile(address, os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		err = file.Close()
	case errors.Is(err, fs.ErrExist):
		err = nil
	}
	return "file:" + (&url.URL{Path: address}).EscapedPath() + "?" + sqliteOptions, err
}

// sqliteDialector is gorm's for SQLite, with the errors of the driver in use: the
// one gorm was made for names them otherwise.
type sqliteDialector struct{ sqlite.Dialector }

// Translate turns what the driver says of a broken constraint into gorm's errors.
func (d sqliteDialector) Translate(err error) error {
	var broken *msqlite.Error
	if !errors.As(err, &broken) {
		return err
	}
	switch broken.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	}
	return err
}

// sqliteQueue is River on SQLite. It shares gorm's connections.
type sqliteQueue struct {
	driver *riversqlite.Driver
	client *river.Client[*sql.Tx] // which only inserts
}

func newSQLiteQueue(pool *sql.DB, log riverLogger) (queue, error) {
	driver := riversqlite.New(pool)
	client, err := river.NewClient(driver, &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	return &sqliteQueue{driver, client}, nil
}

func (q *sqliteQueue) insert(ctx context.Context, tx *gorm.DB, _ *sql.Conn, jobs []river.InsertManyParams) error {
	_, err := q.client.InsertManyTx(ctx, tx.Statement.ConnPool.(*sql.Tx), jobs)
	return err
}

func (q *sqliteQueue) start(ctx context.Context, c *river.Config) (Stopper, error) {
	own := *c
	own.ReindexerIndexNames = []string{} // those that River has made anew each night are PostgreSQL's
	return startClient(ctx, q.driver, &own)
}

func (q *sqliteQueue) migrate(ctx context.Context, log riverLogger) error {
	return migrateQueue(ctx, q.driver, log)
}
