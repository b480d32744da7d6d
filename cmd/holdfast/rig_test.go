package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler/store"
	"holdfast/scheduler/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// movedClock is a clock that runs ten times as fast as others, until it is stopped,
// and that the test puts forward.
type movedClock struct {
	mu    sync.Mutex
	begun time.Time // zero: it is stopped
	start time.Time
}

func newMovedClock(start time.Time) *movedClock { return &movedClock{begun: time.Now(), start: start} }

func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun.IsZero() {
		return c.start
	}
	return c.start.Add(10 * time.Since(c.begun))
}

func (c *movedClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start = c.start.Add(d)
}

func (c *movedClock) stop() {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun, c.start = time.Time{}, now
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// rig is the whole service on a real port, beside an emulated Google on another.
type rig struct {
	t      *testing.T
	clock  *movedClock
	google *emulator.Server
	log    *lockedBuffer
	url    string // of the service
	store  *store.Store
	db     *sql.DB // what the store keeps, as it is
	data   string  // the data directory
}

// databases runs a test on each database that the service runs on.
func databases(t *testing.T, test func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteFile(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, storetest.Postgres(t)) })
}

func sqliteFile(t *testing.T) string {
	return "file:" + filepath.Join(t.TempDir(), "holdfast.db")
}

// wireStart is a Monday morning in New York.
var wireStart = time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)

const clientSecret = "client-secret-canary"

// newRig starts the service on the database at address; change may change its
// settings.
func newRig(t *testing.T, address string, change ...func(*serviceSettings)) *rig {
	t.Helper()
	w := &rig{t: t, clock: newMovedClock(wireStart), log: new(lockedBuffer)}
	front := httptest.NewUnstartedServer(nil)
	issuer := "http://" + front.Listener.Addr().String()
	w.google = emulator.New(emulator.Config{
		URL: issuer, ClientID: "client", ClientSecret: clientSecret,
		Now: w.clock.Now, Push: emulator.Push{AllowHTTP: true, Attempts: 1},
	})
	front.Config.Handler = w.google
	front.Start()
	t.Cleanup(front.Close)
	t.Cleanup(w.google.Close)
	s := &serviceSettings{
		databaseSettings: databaseSettings{DataDir: t.TempDir(), DatabaseURL: address},
		Addr:             "127.0.0.1:0",
		Google: googleSettings{
			ClientID: "client", ClientSecret: clientSecret,
			Issuer: webAddress(issuer), API: webAddress(strings.TrimSuffix(w.google.APIURL(), "/")),
		},
		Push: "on", Migrate: true,
	}
	for _, f := range change {
		f(s)
	}
	w.data = s.DataDir
	w.start(s)
	w.open(address)
	t.Cleanup(func() {
		for _, v := range w.google.Violations() {
			t.Errorf("Google would refuse: %s: %s", v.Method, v.What)
		}
		if t.Failed() {
			log := w.log.String()
			t.Log(log[max(0, len(log)-8000):])
		}
	})
	return w
}

// start runs the service until the test ends.
func (w *rig) start(s *serviceSettings) {
	w.t.Helper()
	world := &world{
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: w.log, now: w.clock.Now,
		getenv: func(string) string { return "" },
	}
	v, err := newService(w.t.Context(), world, s)
	if err != nil {
		w.t.Fatal(err)
	}
	// Where the public URL is another one, as behind a proxy, this is still the way in.
	w.store, w.url = v.store, publicURL(&serviceSettings{}, v.listener.Addr())
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- v.run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Errorf("the service ended with: %v", err)
		}
	})
}

// open opens the database beside the service.
func (w *rig) open(address string) {
	w.t.Helper()
	driver := "pgx"
	if strings.HasPrefix(address, "file:") {
		driver, address = "sqlite", address+"?_pragma=busy_timeout(10000)"
	}
	var err error
	if w.db, err = sql.Open(driver, address); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := w.db.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// rest stops the clock and waits until nothing is left to be done: no push on its way,
// nothing due, no job that runs or waits.
func (w *rig) rest() {
	w.t.Helper()
	w.clock.stop()
	w.settle()
}

// settle waits until nothing is left to be done, the clock standing still.
func (w *rig) settle() {
	w.t.Helper()
	w.eventually("the service is at rest", func() bool {
		if err := w.google.Flush(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		due, err := w.store.Due(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		var jobs int
		row := w.db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled')")
		if err := row.Scan(&jobs); err != nil {
			w.t.Fatal(err)
		}
		return len(due)+jobs == 0
	})
}

// addRep gives Google a user.
func (w *rig) addRep(email string) *emulator.User {
	w.t.Helper()
	u, err := w.google.AddUser(emulator.Profile{Email: email, Name: "Dana Reyes", Zone: "America/New_York"})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// meet puts a meeting with a guest into a rep's calendar; start is from the clock.
func (w *rig) meet(u *emulator.User, title, guest string, start, length time.Duration) emulator.Event {
	w.t.Helper()
	from := w.clock.Now().Add(start)
	e, err := u.Insert("primary", emulator.Event{
		Summary: title, Start: emulator.At(from, "America/New_York"), End: emulator.At(from.Add(length), "America/New_York"),
		Attendees: []emulator.Attendee{{Email: u.Email(), ResponseStatus: "accepted"}, {Email: guest, ResponseStatus: "accepted"}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// eventually waits until the service has done what it does by itself.
func (w *rig) eventually(what string, done func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-deadline.C:
			w.t.Fatalf("it did not come about in time: %s", what)
		case <-again.C:
		}
	}
}

// written returns the events that Holdfast wrote, those of one kind.
func (w *rig) written(u *emulator.User, kind string) []emulator.Event {
	var found []emulator.Event
	for _, e := range u.Events("primary") {
		if e.Status != "cancelled" && e.ExtendedProperties != nil && e.ExtendedProperties.Private["hfKind"] == kind {
			found = append(found, e)
		}
	}
	return found
}
