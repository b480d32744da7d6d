package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// The queue's tables are a migration too. River's own version is fixed, so that
// this one means the same for ever; a newer one will be the next migration.
const (
	queueMigration = 2
	riverVersion   = 7
)

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero: not applied yet
}

// Migrate brings the schema up to date and returns the steps that it took. Several
// replicas may do so at once.
func (s *Store) Migrate(ctx context.Context) ([]Migration, error) {
	provider, err := s.migrator()
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	results, err := provider.Up(ctx)
	// SQLite has no lock that outlives a transaction: whoever came second finds a
	// step already taken, and goes on behind it.
	for range 10 {
		if err == nil || s.Dialect() != dialectSQLite || ctx.Err() != nil {
			break
		}
		results, err = provider.Up(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	done := make([]Migration, len(results))
	for i, r := range results {
		done[i] = Migration{Version: r.Source.Version, Name: migrationName(r.Source), AppliedAt: s.Now()}
	}
	return done, nil
}

// Migrations returns all steps of the schema, in order.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	provider, err := s.migrator()
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	states, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	all := make([]Migration, len(states))
	for i, m := range states {
		all[i] = Migration{Version: m.Source.Version, Name: migrationName(m.Source), AppliedAt: m.AppliedAt.UTC()}
		if m.State != goose.StateApplied {
			all[i].AppliedAt = time.Time{}
		}
	}
	return all, nil
}

// ErrSchema says that the database's schema is not the one this program needs.
var ErrSchema = errors.New("the database's schema is not up to date")

// Ready reports, by an error, what keeps s from working: no database, an old schema
// or no queue. A newer schema is fine: a deployment may be under way.
func (s *Store) Ready(ctx context.Context) error {
	var version, jobs int64
	db := s.db.WithContext(ctx)
	if err := db.Raw("SELECT 1").Scan(&jobs).Error; err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	err := db.Raw("SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version).Error
	if needed := schemaVersion(); err != nil || version < needed {
		return fmt.Errorf("%w: it is at %d, and this needs %d", ErrSchema, version, needed)
	}
	if err := db.Raw("SELECT count(*) FROM (SELECT 1 FROM river_job LIMIT 1) AS any_job").Scan(&jobs).Error; err != nil {
		return fmt.Errorf("reach the queue: %w", err)
	}
	return nil
}

// schemaVersion returns the number of the last step.
func schemaVersion() int64 {
	files, err := fs.Glob(migrations, "migrations/"+dialectSQLite+"/*.sql")
	if err != nil { // the pattern is good
		panic(err)
	}
	last := int64(queueMigration)
	for _, file := range files {
		var number int64
		if _, err := fmt.Sscanf(path.Base(file), "%d_", &number); err == nil {
			last = max(last, number)
		}
	}
	return last
}

func (s *Store) migrator() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+s.Dialect())
	if err != nil {
		return nil, err
	}
	pool, err := s.db.DB()
	if err != nil {
		return nil, err
	}
	queueTables := goose.NewGoMigration(queueMigration, &goose.GoFunc{RunDB: s.migrateQueue}, nil)
	options := []goose.ProviderOption{
		goose.WithGoMigrations(queueTables), goose.WithDisableGlobalRegistry(true), goose.WithSlog(s.log),
	}
	dialect := goose.DialectSQLite3
	if s.Dialect() == dialectPostgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, pool, files, options...)
}

// migrationName returns what a step is called: its file's name without number and
// suffix.
func migrationName(s *goose.Source) string {
	if s.Path == "" {
		return "queue"
	}
	var number int64
	var name string
	if _, err := fmt.Sscanf(s.Path, "%d_%s", &number, &name); err != nil {
		return s.Path
	}
	return name[:max(0, len(name)-len(".sql"))]
}

func migrateQueue[T any](ctx context.Context, driver riverdriver.Driver[T], log riverLogger) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverVersion})
	return err
}
