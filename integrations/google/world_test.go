package google_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

const (
	dana     = "dana@northwind.example"
	callback = "https://holdfast.example/auth/google/callback"
)

// clock is a clock that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is an emulated Google on a real listener, with Dana in Zurich, and our client.
type world struct {
	*emulator.Server
	clock  *clock
	dana   *emulator.User
	config google.Config
	client *google.Client
	grants *memory
	// invites: the test has guests invited, and looks at the mails itself.
	invites bool
}

func newWorld(t *testing.T, change ...func(*emulator.Config)) *world {
	t.Helper()
	w := &world{clock: &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, grants: &memory{}}
	listener := httptest.NewUnstartedServer(nil)
	address := "http://" + listener.Listener.Addr().String()
	config := emulator.Config{
		URL: address, ClientID: "client", ClientSecret: "secret", Now: w.clock.now,
		RedirectURIs: []string{callback}, Push: emulator.Push{AllowHTTP: true},
	}
	for _, f := range change {
		f(&config)
	}
	w.Server = emulator.New(config)
	listener.Config.Handler = w.Server
	listener.Start()
	t.Cleanup(func() {
		w.Close()
		listener.Close()
	})
	var err error
	if w.dana, err = w.AddUser(emulator.Profile{Email: dana, Name: "Dana Reyes", Zone: "Europe/Zurich"}); err != nil {
		t.Fatal(err)
	}
	w.config = google.Config{
		Issuer: address, API: w.APIURL(), ClientID: "client", ClientSecret: "secret", RedirectURL: callback, Now: w.clock.now,
	}
	w.client = google.New(w.config)
	t.Cleanup(func() {
		for _, v := range w.Violations() {
			t.Errorf("what Google does not know: %v", v)
		}
		for _, m := range w.Mails() {
			if w.invites {
				break
			}
			t.Errorf("mail sent: %+v", m)
		}
	})
	return w
}

// signIn does the whole sign-in, with all boxes ticked or only those of scopes.
func (w *world) signIn(t *testing.T, scopes ...string) (google.Identity, scheduler.Grant) {
	t.Helper()
	address, attempt, err := w.client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who, grant, err := w.client.Finish(t.Context(), w.code(t, address, scopes...), attempt)
	if err != nil {
		t.Fatal(err)
	}
	return who, grant
}

// code lets Dana consent, and returns the code she comes back with.
func (w *world) code(t *testing.T, address string, scopes ...string) string {
	t.Helper()
	back, err := w.Consent(address, dana, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("code")
}

// calendar is Dana's calendars, with a grant like the one a sign-in gives.
func (w *world) calendar(t *testing.T, scopes ...string) *google.Calendar {
	t.Helper()
	if len(scopes) == 0 {
		scopes = google.Scopes()
	}
	tokens, err := w.Grant(dana, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	w.grants.set(scheduler.Grant{Access: tokens.Access, Refresh: tokens.Refresh, Expires: w.clock.now().Add(time.Hour), Scopes: scopes})
	return w.client.For("dana", w.grants)
}

// insert puts an event into Dana's primary calendar by her own hand.
func (w *world) insert(t *testing.T, e emulator.Event) emulator.Event {
	t.Helper()
	made, err := w.dana.Insert("primary", e)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// memory keeps one rep's grant as the store does.
type memory struct {
	mu       sync.Mutex // guards grant and renewals
	grant    scheduler.Grant
	renewals int

	lock sync.Mutex // the lock that all processes share
}

func (m *memory) set(g scheduler.Grant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grant = g
}

func (m *memory) Grant(context.Context, string) (scheduler.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.grant, nil
}

func (m *memory) RefreshGrant(ctx context.Context, repID, stale string, renew func(scheduler.Grant) (scheduler.Grant, error)) (scheduler.Grant, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	g, err := m.Grant(ctx, repID)
	if err != nil || g.Access != stale {
		return g, err
	}
	m.renewals++
	if g, err = renew(g); err == nil {
		m.set(g)
	}
	return g, err
}

// answering is a Calendar API that answers every request by h, to a rep whose grant
// is good.
func answering(t *testing.T, h http.HandlerFunc) *google.Calendar {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	at := clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	client := google.New(google.Config{
		Issuer: server.URL, API: server.URL + "/", ClientID: "client", ClientSecret: "secret", Now: at.now,
	})
	return client.With("dana", scheduler.Grant{Access: "access", Refresh: "refresh", Expires: at.now().Add(time.Hour)})
}
