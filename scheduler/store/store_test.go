package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store/storetest"
)

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var testKey = bytes.Repeat([]byte{7}, KeySize)

func testKeys(t *testing.T) Keyring {
	t.Helper()
	keys, err := NewKeyring(testKey)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// eachDatabase runs test on SQLite and on PostgreSQL, each time on a database of
// its own that is up to date.
func eachDatabase(t *testing.T, test func(*testing.T, *Store, *clock)) {
	t.Helper()
	each(t, func(t *testing.T, url string) {
		c := newClock()
		test(t, openStore(t, url, c), c)
	}, migratedFile, func(t *testing.T) string { return storetest.Prepared(t, migrated) })
}

// eachURL runs test with the address of an empty database of each kind.
func eachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	each(t, test, func(t *testing.T) string { return filepath.Join(t.TempDir(), "holdfast.db") }, storetest.Postgres)
}

func each(t *testing.T, test func(t *testing.T, url string), lite, big func(*testing.T) string) {
	t.Helper()
	t.Run(dialectSQLite, func(t *testing.T) {
		t.Parallel()
		test(t, lite(t))
	})
	t.Run(dialectPostgres, func(t *testing.T) {
		t.Parallel()
		test(t, big(t))
	})
}

// migrated brings the database at url up to date.
func migrated(url string) error {
	ctx := context.Background() // for all tests, not for the first one
	s, err := Open(ctx, Config{URL: url, Now: newClock().Now})
	if err != nil {
		return err
	}
	_, err = s.Migrate(ctx)
	return errors.Join(err, s.Close())
}

// liteTemplate is a SQLite file that is up to date.
var liteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "holdfast-")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "template.db")
	if err := migrated(file); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(file)
	return content, errors.Join(err, os.RemoveAll(dir))
})

func migratedFile(t *testing.T) string {
	t.Helper()
	content, err := liteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "holdfast.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func openStore(t *testing.T, url string, c *clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: url, PublicURL: "https://holdfast.example", Keys: testKeys(t), Now: c.Now, MaxConns: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestMain(m *testing.M) { storetest.Main(m) }

func TestADatabaseOfAnotherKindIsRefusedWithoutItsAddress(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"mysql://holdfast:canary@db/holdfast", "sqlite://canary.db"} {
		_, err := Open(t.Context(), Config{URL: url})
		if !errors.Is(err, scheduler.ErrInvalid) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAnInstallKeepsItsID(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		ctx, c := t.Context(), newClock()
		first, second := openStore(t, url, c), openStore(t, url, c)
		if _, err := first.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		ids := make(chan string, 2)
		for _, s := range []*Store{first, second} {
			go func() { ids <- installOf(ctx, s) }()
		}
		a, b := <-ids, <-ids
		if a == "" || a != b {
			t.Errorf("two replicas have the installs %q and %q", a, b)
		}
	})
}

func installOf(ctx context.Context, s *Store) string {
	id, err := s.Install(ctx)
	if err != nil {
		return err.Error()
	}
	return id
}

func TestTimesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		first := time.Date(2026, 10, 25, 2, 30, 0, 123456000, berlin)
		times := []time.Time{first, first.Add(500 * time.Millisecond).UTC(), first.Add(time.Second).Truncate(time.Second)}
		for i, at := range times {
			if err := s.db.Create(&replicaRow{ID: string(rune('a' + i)), SeenAt: at}).Error; err != nil {
				t.Fatal(err)
			}
		}
		var rows []replicaRow
		if err := s.db.Order("seen_at").Find(&rows, "seen_at >= ?", first).Error; err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(times, time.Time.Compare)
		for i, row := range rows {
			if !row.SeenAt.Equal(times[i]) || row.SeenAt.Location() != time.UTC {
				t.Errorf("time %d is %v, want %v in UTC", i, row.SeenAt, times[i].UTC())
			}
		}
		if len(rows) != len(times) {
			t.Errorf("%d of %d times are found", len(rows), len(times))
		}
	})
}
