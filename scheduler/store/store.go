// Package store keeps everything that Holdfast remembers, in PostgreSQL or SQLite:
// reps and their sealed grants, the mirror of their calendars, flags and holds, and
// the queue of the jobs that carry out what the rows say.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"holdfast/scheduler"
)

// Config says where a Store is and what it needs.
type Config struct {
	// URL is postgres://… or a SQLite file, as a path or as file:….
	URL string
	// PublicURL is what links in holds begin with.
	PublicURL string
	Keys      Keyring
	// Now is the clock. What it gives is cut to microseconds, which is what
	// PostgreSQL keeps.
	Now func() time.Time
	Log *slog.Logger // nil: nothing is logged
	// MaxConns bounds the connections to the database; 0: 16 for PostgreSQL, unless
	// the URL has pool_max_conns, and 8 for SQLite.
	MaxConns int
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db      *gorm.DB
	pool    *pgxpool.Pool // nil on SQLite
	queue   queue
	keys    Keyring
	now     func() time.Time
	log     *slog.Logger
	public  string
	renewal keyedMutex // of grants, by rep
	zones   zoneCache
	install atomic.Pointer[string] // nil until asked for
}

// The names of the databases that a Store can be in.
const (
	dialectPostgres = "postgres"
	dialectSQLite   = "sqlite"
)

// Dialects names the databases that a Store can be in.
func Dialects() []string { return []string{dialectPostgres, dialectSQLite} }

// Open opens the database at c.URL. It changes nothing there: see Migrate.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{keys: c.Keys, now: c.Now, log: c.Log, public: strings.TrimSuffix(c.PublicURL, "/")}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	open := s.openSQLite
	switch scheme, _, found := strings.Cut(c.URL, "://"); {
	case found && (scheme == "postgres" || scheme == "postgresql"):
		open = s.openPostgres
	case found && scheme != "file": // the rest of it may hold a password
		return nil, fmt.Errorf("%w: %s:// is no database that this knows: give postgres://… or a SQLite file", scheduler.ErrInvalid, scheme)
	}
	if err := open(ctx, c); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return s, nil
}

// gormConfig returns how gorm is used here: it logs nothing (errors are returned),
// and single statements need no transaction around them.
func (s *Store) gormConfig() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard,
		NowFunc:                s.Now,
		SkipDefaultTransaction: true,
		TranslateError:         true,
	}
}

// Close closes the database. Workers must have stopped.
func (s *Store) Close() error {
	pool, err := s.db.DB()
	if err == nil {
		err = pool.Close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
	if err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Dialect returns the name of the database that s is in, one of Dialects.
func (s *Store) Dialect() string {
	if s.pool != nil {
		return dialectPostgres
	}
	return dialectSQLite
}

// Now returns the time in UTC, cut to what both databases keep.
func (s *Store) Now() time.Time { return micros(s.now()) }

// Install returns the id of this install, made when it is first asked for.
func (s *Store) Install(ctx context.Context) (string, error) {
	if id := s.install.Load(); id != nil {
		return *id, nil
	}
	var id string
	err := s.transact(ctx, func(tx *Tx) (err error) {
		id, err = tx.install()
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the id of this install: %w", err)
	}
	s.install.Store(&id)
	return id, nil
}

func (t *Tx) install() (string, error) {
	if id := t.s.install.Load(); id != nil {
		return *id, nil
	}
	if t.made != "" {
		return t.made, nil
	}
	var row installRow
	err := t.db.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t.makeInstall()
	}
	if err == nil {
		t.s.install.Store(&row.ID)
	}
	return row.ID, err
}

// makeInstall makes the one row, whoever comes first: the lock keeps two replicas from
// making two. Nobody takes it once there is one, or all transactions would queue for it.
func (t *Tx) makeInstall() (string, error) {
	if err := t.lockTable("installs"); err != nil {
		return "", err
	}
	var row installRow
	err := t.db.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		row = installRow{ID: newID(), CreatedAt: t.now}
		err = t.db.Create(&row).Error
	}
	t.made = row.ID
	return row.ID, err
}

// newID returns a new id for a row: lower case and unguessable.
func newID() string { return strings.ToLower(rand.Text()) }

// notFound turns gorm's way of saying that there is no such row into ours. Nothing goes by
// a name that is no text.
func notFound(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) || IsNoText(err) {
		return scheduler.ErrNotFound
	}
	return err
}

// anyOf returns a row that meets the condition; nil: there is none.
func anyOf[R any](db *gorm.DB, condition string, args ...any) (*R, error) {
	var rows []*R
	if err := db.Where(condition, args...).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
