package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"holdfast/scheduler/store"
)

// migrateCommand is `holdfast migrate`.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Bring the database up to date."`
	Status migrateStatus `cmd:"" help:"Print which migrations were applied, and when."`
}

// Help is shown below the flags of migrate --help.
func (migrateCommand) Help() string {
	return `Example:
  HOLDFAST_DATABASE_URL=postgres://holdfast@localhost/holdfast holdfast migrate up

“holdfast serve” does this by itself, unless told --migrate=false.`
}

type migrateUp struct{ databaseSettings }

// Help is shown below the flags of migrate up --help.
func (migrateUp) Help() string { return "Example:\n  holdfast migrate up" }

// Run carries out the command.
func (c *migrateUp) Run(w *world) error {
	return c.withStore(w, func(ctx context.Context, s *store.Store) error {
		applied, err := s.Migrate(ctx)
		if err != nil {
			return err
		}
		if len(applied) == 0 {
			_, err = fmt.Fprintln(w.stdout, "The database is up to date.")
			return err
		}
		return printMigrations(w, applied)
	})
}

type migrateStatus struct{ databaseSettings }

// Help is shown below the flags of migrate status --help.
func (migrateStatus) Help() string { return "Example:\n  holdfast migrate status" }

// Run carries out the command.
func (c *migrateStatus) Run(w *world) error {
	return c.withStore(w, func(ctx context.Context, s *store.Store) error {
		all, err := s.Migrations(ctx)
		if err != nil {
			return err
		}
		return printMigrations(w, all)
	})
}

func (s *databaseSettings) withStore(w *world, use func(context.Context, *store.Store) error) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log, err := s.logger(w)
	if err != nil {
		return err
	}
	address, err := s.database(w)
	if err != nil {
		return err
	}
	opened, err := store.Open(ctx, store.Config{URL: address, Now: w.now, Log: log})
	if err != nil {
		return err
	}
	defer func() {
		if closing := opened.Close(); err == nil {
			err = closing
		}
	}()
	return use(ctx, opened)
}

func printMigrations(w *world, all []store.Migration) error {
	table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	for _, m := range all {
		applied := "not applied"
		if !m.AppliedAt.IsZero() {
			applied = m.AppliedAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(table, "%04d\t%s\t%s\n", m.Version, m.Name, applied)
	}
	return table.Flush()
}
