package main

import (
	"context"
	"fmt"
	"time"

	"holdfast/scheduler/store"
)

// migrateCommand is `holdfast migrate`.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Bring the schema up to date."`
	Status migrateStatus `cmd:"" help:"Print which steps were taken."`
}

// Help is shown below the flags of migrate --help.
func (migrateCommand) Help() string {
	return "Example:\n  holdfast migrate up --database-url postgres://holdfast@localhost/holdfast"
}

// migrateUp is `holdfast migrate up`.
type migrateUp struct{ databaseSettings }

// Help is shown below the flags of migrate up --help.
func (migrateUp) Help() string {
	return "Example:\n  holdfast migrate up --database-url postgres://holdfast@localhost/holdfast"
}

// Run carries out the command.
func (c *migrateUp) Run(w *world) error {
	return c.withStore(w, func(ctx context.Context, s *store.Store) error {
		done, err := s.Migrate(ctx)
		if err != nil {
			return err
		}
		for _, m := range done {
			if _, err := fmt.Fprintf(w.stdout, "%4d  %s\n", m.Version, m.Name); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintln(w.stdout, "The schema is up to date.")
		return err
	})
}

// migrateStatus is `holdfast migrate status`.
type migrateStatus struct{ databaseSettings }

// Help is shown below the flags of migrate status --help.
func (migrateStatus) Help() string { return "Example:\n  holdfast migrate status" }

// Run carries out the command.
func (c *migrateStatus) Run(w *world) error {
	return c.withStore(w, func(ctx context.Context, s *store.Store) error {
		steps, err := s.Migrations(ctx)
		if err != nil {
			return err
		}
		for _, m := range steps {
			applied := "to do"
			if !m.AppliedAt.IsZero() {
				applied = m.AppliedAt.Format(time.RFC3339)
			}
			if _, err := fmt.Fprintf(w.stdout, "%4d  %-20s  %s\n", m.Version, m.Name, applied); err != nil {
				return err
			}
		}
		return nil
	})
}

// withStore opens the database for f.
func (d databaseSettings) withStore(w *world, f func(context.Context, *store.Store) error) error {
	where, err := d.database(w)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{URL: where, Now: w.now})
	if err != nil {
		return err
	}
	if err := f(ctx, s); err != nil {
		_ = s.Close() // the first failure is the one to tell
		return err
	}
	return s.Close()
}
