package jobs

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// clock is a clock that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// monday is when the tests begin: a Monday morning in New York.
var monday = time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)

const (
	googleURL = "http://google.test"
	hookURL   = "http://holdfast.test/hooks/google"
)

// signingKey is of all the emulated Googles: making one takes long.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// world is an emulated Google and Holdfast's real client, store and runner, all by
// one clock that only the test moves. Requests take no network.
type world struct {
	tb     testing.TB
	clock  *clock
	google *emulator.Server
	config google.Config
	store  *store.Store
	runner *Runner
	// wrap, where set, stands between a runner and Google.
	wrap func(Remote) Remote
}

// newWorld makes a world with an empty database at url: a SQLite file of its own
// where url is "".
func newWorld(tb testing.TB, address string, change ...func(*Config)) *world {
	tb.Helper()
	w := &world{tb: tb, clock: &clock{now: monday}}
	w.google = emulator.New(emulator.Config{
		URL: googleURL, ClientID: "client", ClientSecret: "secret", Now: w.clock.Now, SigningKey: signingKey(),
		Push: emulator.Push{Client: &http.Client{Transport: hook{w}}, AllowHTTP: true, Attempts: 1},
	})
	tb.Cleanup(w.google.Close)
	w.config = google.Config{
		Issuer: googleURL, API: w.google.APIURL(), ClientID: "client", ClientSecret: "secret",
		RedirectURL: "http://holdfast.test/auth/google/callback", Now: w.clock.Now, Transport: w.google.Transport(),
	}
	if address == "" {
		address = "file:" + filepath.Join(tb.TempDir(), "holdfast.db")
	}
	w.store = openStore(tb, address, w.clock.Now)
	w.runner = w.newRunner(change...)
	return w
}

// connect opens a database, as every process of the tests does.
func connect(ctx context.Context, address string, now func() time.Time) (*store.Store, error) {
	keys, err := store.NewKeyring(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{URL: address, PublicURL: "http://holdfast.test", Keys: keys, Now: now})
}

func openStore(tb testing.TB, address string, now func() time.Time) *store.Store {
	tb.Helper()
	s, err := connect(tb.Context(), address, now)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	if _, err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

// newRunner makes a runner over the world's store, as a process that starts does.
func (w *world) newRunner(change ...func(*Config)) *Runner {
	c := Config{
		Store:     w.store,
		Remote:    func(repID string) Remote { return w.remote(repID) },
		RemoteFor: func(g scheduler.Grant) Remote { return google.New(w.config).With("departed", g) },
		Revoke:    func(ctx context.Context, g scheduler.Grant) error { return google.New(w.config).Revoke(ctx, g) },
		Missing:   google.Missing,
		Callback:  hookURL,
		Now:       w.clock.Now,
	}
	for _, f := range change {
		f(&c)
	}
	return New(c)
}

// remote is a client of its own for each use, for its rate budgets are by the real
// clock, which stands still here.
func (w *world) remote(repID string) Remote {
	var remote Remote = google.New(w.config).For(repID, w.store)
	if w.wrap != nil {
		remote = w.wrap(remote)
	}
	return remote
}

// hook receives pushes as the service does, without a network.
type hook struct{ world *world }

func (h hook) RoundTrip(r *http.Request) (*http.Response, error) {
	err := h.world.store.Pushed(r.Context(), r.Header.Get("X-Goog-Channel-ID"), r.Header.Get("X-Goog-Channel-Token"), r.Header.Get("X-Goog-Resource-ID"))
	status := http.StatusNoContent
	if err != nil && !errors.Is(err, scheduler.ErrNotFound) {
		status = http.StatusInternalServerError
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Request: r, Header: http.Header{}}, nil
}

// person is a rep with an account at the emulated Google.
type person struct {
	*emulator.User
	world *world
	rep   string // id, once signed in
}

// newPerson makes an account for an address.
func (w *world) newPerson(email string) (*person, error) {
	user, err := w.google.AddUser(emulator.Profile{Email: email, Name: "Dana Reyes", Zone: "America/New_York"})
	return &person{User: user, world: w}, err
}

// flush waits for the pushes that are on their way.
func (w *world) flush() {
	w.tb.Helper()
	if err := w.google.Flush(w.tb.Context()); err != nil {
		w.tb.Fatal(err)
	}
}

// join makes an account for an address and signs it in.
func (w *world) join(email string) *person {
	w.tb.Helper()
	p, err := w.newPerson(email)
	if err == nil {
		err = p.signIn(w.tb.Context())
	}
	if err != nil {
		w.tb.Fatal(err)
	}
	return p
}

// signIn goes through the whole consent. Scopes are those that the person ticks, all
// where none are given.
func (p *person) signIn(ctx context.Context, scopes ...string) error {
	client := google.New(p.world.config)
	address, attempt, err := client.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	back, err := p.world.google.Consent(address, p.Email(), scopes...)
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	answer, err := url.Parse(back)
	if err != nil {
		return err
	}
	who, grant, err := client.Finish(ctx, answer.Query().Get("code"), attempt)
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	rep, err := p.world.store.SignIn(ctx, store.Identity{Subject: who.Subject, Email: who.Email, Name: who.Name}, grant)
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	p.rep = rep.ID
	return nil
}

// meets puts a meeting with a guest into the person's calendar, by their own hand.
func (p *person) meets(guest, title string, start time.Time, length time.Duration) emulator.Event {
	p.world.tb.Helper()
	e, err := p.Insert(p.Email(), emulator.Event{
		Summary: title, Start: emulator.At(start, "America/New_York"), End: emulator.At(start.Add(length), "America/New_York"),
		Attendees: []emulator.Attendee{{Email: p.Email(), ResponseStatus: "accepted"}, {Email: guest, ResponseStatus: "accepted"}},
	})
	if err != nil {
		p.world.tb.Fatal(err)
	}
	return e
}

// written returns the live events in the person's calendar that Holdfast wrote.
func (p *person) written() []emulator.Event {
	var live []emulator.Event
	for _, e := range p.Events(p.Email()) {
		if e.Status != "cancelled" && private(e, "hfInstall") != "" {
			live = append(live, e)
		}
	}
	return live
}

func private(e emulator.Event, key string) string {
	if e.ExtendedProperties == nil {
		return ""
	}
	return e.ExtendedProperties.Private[key]
}
