package store

import (
	"errors"
	"testing"
)

func TestMigratingTakesEveryStepOnce(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		s := openStore(t, url, newClock())
		if err := s.Ready(ctx); !errors.Is(err, ErrSchema) {
			t.Errorf("an empty database is ready: %v", err)
		}
		done, err := s.Migrate(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(done) < 3 || done[0].Name != "service" || done[1].Name != "queue" || done[len(done)-1].Version != schemaVersion {
			t.Errorf("steps taken: %+v", done)
		}
		if err := s.Ready(ctx); err != nil {
			t.Errorf("not ready after migrating: %v", err)
		}
		if done, err = s.Migrate(ctx); err != nil || len(done) > 0 {
			t.Errorf("migrating again took %+v, %v", done, err)
		}
		all, err := s.Migrations(ctx)
		if err != nil || len(all) < 3 || all[1].Version != queueMigration || all[1].AppliedAt.IsZero() {
			t.Errorf("migrations: %+v, %v", all, err)
		}
	})
}

func TestReplicasMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		const replicas = 4
		steps, failures := make(chan int, replicas), make(chan error, replicas)
		for range replicas {
			s := openStore(t, url, newClock())
			go func() {
				done, err := s.Migrate(t.Context())
				steps <- len(done)
				failures <- err
			}()
		}
		all, err := openStore(t, url, newClock()).Migrations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken := 0
		for range replicas {
			taken += <-steps
			if err := <-failures; err != nil {
				t.Error(err)
			}
		}
		if taken > len(all) {
			t.Errorf("%d steps were taken of %d", taken, len(all))
		}
	})
}

func TestPendingMigrationsAreListedAsSuch(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		all, err := openStore(t, url, newClock()).Migrations(t.Context())
		if err != nil || len(all) < 3 || !all[0].AppliedAt.IsZero() {
			t.Errorf("migrations of an empty database: %+v, %v", all, err)
		}
	})
}
