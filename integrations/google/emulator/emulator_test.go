package emulator_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"holdfast/integrations/google/emulator"
)

const (
	dana = "dana@northwind.example"
	eli  = "eli@northwind.example"

	scopeCalendar = "https://www.googleapis.com/auth/calendar"
	scopeOwned    = "https://www.googleapis.com/auth/calendar.events.owned"
	scopeFreeBusy = "https://www.googleapis.com/auth/calendar.freebusy"
	scopeList     = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
)

// clock is a clock that tests move.
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

// world is an emulator on a real listener, with Dana in Zurich and Eli in New York.
type world struct {
	*emulator.Server
	clock     *clock
	dana, eli *emulator.User
}

func newWorld(t *testing.T, configure ...func(*emulator.Config)) *world {
	t.Helper()
	w := &world{clock: &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}}
	listener := httptest.NewUnstartedServer(nil)
	config := emulator.Config{
		URL: "http://" + listener.Listener.Addr().String(), ClientID: "client", ClientSecret: "secret", Now: w.clock.now,
		Push: emulator.Push{AllowHTTP: true},
	}
	for _, c := range configure {
		c(&config)
	}
	w.Server = emulator.New(config)
	listener.Config.Handler = w.Server
	listener.Start()
	t.Cleanup(func() {
		w.Close()
		listener.Close()
	})
	w.dana = w.add(t, emulator.Profile{Email: dana, Name: "Dana Reyes", Zone: "Europe/Zurich"})
	w.eli = w.add(t, emulator.Profile{Email: eli, Name: "Eli Park", Zone: "America/New_York"})
	return w
}

func (w *world) add(t *testing.T, p emulator.Profile) *emulator.User {
	t.Helper()
	u, err := w.AddUser(p)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// bearer sends a fixed access token.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// client is the real Go client for a person who granted the scopes.
func (w *world) client(t *testing.T, email string, scopes ...string) *calendar.Service {
	t.Helper()
	if len(scopes) == 0 {
		scopes = []string{scopeCalendar}
	}
	tokens, err := w.Grant(email, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	return w.clientFor(t, tokens.Access)
}

func (w *world) clientFor(t *testing.T, access string) *calendar.Service {
	t.Helper()
	service, err := calendar.NewService(context.Background(),
		option.WithHTTPClient(&http.Client{Transport: bearer(access)}), option.WithEndpoint(w.APIURL()))
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// noViolations fails a test whose requests Google would not know.
func (w *world) noViolations(t *testing.T) {
	t.Helper()
	for _, v := range w.Violations() {
		t.Errorf("violation: %s", v)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// refused says that a call failed with a status and a reason.
func refused(t *testing.T, err error, code int, reason string) *googleapi.Error {
	t.Helper()
	var failed *googleapi.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got error %v, want %d %s", err, code, reason)
	}
	got := ""
	if len(failed.Errors) > 0 {
		got = failed.Errors[0].Reason
	}
	if failed.Code != code || got != reason {
		t.Fatalf("got %d %s (%s), want %d %s", failed.Code, got, failed.Message, code, reason)
	}
	return failed
}

// timed is an event of half an hour at an hour of a day of November 2026, UTC.
func timed(summary string, day, hour int) *calendar.Event {
	start := time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC)
	return &calendar.Event{
		Summary: summary,
		Start:   &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)},
		End:     &calendar.EventDateTime{DateTime: start.Add(30 * time.Minute).Format(time.RFC3339)},
	}
}

func TestTheRealClientWritesReadsAndSyncs(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	written := must[*calendar.Event](t)(c.Events.Insert("primary", timed("Demo", 24, 10)).SendUpdates("none").Do())
	list := must[*calendar.Events](t)(c.Events.List("primary").Fields("nextSyncToken,items(id,summary,start/dateTime)").Do())
	if len(list.Items) != 1 || list.Items[0].Id != written.Id || list.Items[0].Start.DateTime != "2026-11-24T11:00:00+01:00" || list.Items[0].Etag != "" {
		t.Fatalf("listed %+v", list.Items)
	}
	if err := c.Events.Delete("primary", written.Id).Do(); err != nil {
		t.Fatal(err)
	}
	delta := must[*calendar.Events](t)(c.Events.List("primary").SyncToken(list.NextSyncToken).Do())
	if len(delta.Items) != 1 || delta.Items[0].Status != "cancelled" || delta.Items[0].Summary != "" {
		t.Fatalf("changes: %+v", delta.Items)
	}
	w.noViolations(t)
}
