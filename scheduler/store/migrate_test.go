package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gorm.io/gorm"

	"holdfast/scheduler"
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
		if len(done) < 3 || done[0].Name != "service" || done[1].Name != "queue" || done[len(done)-1].Version != schemaVersion() {
			t.Errorf("steps taken: %+v", done)
		}
		if err := s.Ready(ctx); err != nil {
			t.Errorf("not ready after migrating: %v", err)
		}
		if done, err = s.Migrate(ctx); err != nil || len(done) > 0 {
			t.Errorf("migrating again took %+v, %v", done, err)
		}
		all, err := s.Migrations(ctx)
		if err != nil || len(all) < 3 || all[1].Version != queueMigration || all[len(all)-1].AppliedAt.IsZero() {
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

func TestHoldsOutliveTheMigrationToProposals(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		ctx, c := t.Context(), newClock()
		s := openStore(t, url, c)
		provider, err := s.migrator()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := provider.UpTo(ctx, queueMigration); err != nil {
			t.Fatal(err)
		}
		rep := repRow{ID: "rep", Subject: "sub", State: Connected, Zone: "UTC", Settings: "{}", Backlog: "first", ConnectedAt: c.Now()}
		flag := flagRow{ID: "flag", RepID: "rep", Prospect: "acme.com", UID: "demo", Reason: scheduler.NoNextStep, State: FlagOpen, StartsAt: c.Now(), EndsAt: c.Now(), OpenedAt: c.Now()}
		old := s.db.Session(&gorm.Session{SkipHooks: true}) // feeds are of a later step
		if err := errors.Join(old.Omit("FeedRevision").Create(&rep).Error, old.Create(&flag).Error); err != nil {
			t.Fatal(err)
		}
		starts := c.Now().Add(time.Hour)
		hold := holdRow{
			ID: "hold", RepID: "rep", FlagID: &flag.ID, Kind: "hold", Prospect: "acme.com", Prospects: []string{}, UID: "demo", Cadence: "after-meeting",
			Step: "thank-you", Title: "Email Ana", Description: "Thanks", StartsAt: starts, EndsAt: starts.Add(15 * time.Minute), Notes: []string{"late"},
			Times: []time.Time{}, State: scheduler.Written, OnCalendar: true, EventID: "hf1", Generation: 2, ETag: "e", WrittenTitle: "Email Ana",
			WrittenStartsAt: &starts, CreatedAt: c.Now(), UpdatedAt: c.Now(),
		}
		if err := old.Omit("ProposalID", "Round", "Outcome", "Tells").Create(&hold).Error; err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		var after holdRow
		if err := s.db.Take(&after).Error; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(hold, after); diff != "" {
			t.Errorf("the hold (-before +after):\n%s", diff)
		}
	})
}
