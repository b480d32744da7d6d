package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler/store"
)

// office is the demo's rep at work: the sample calendar in an emulated Google, and the
// service put together as it is served, by one clock that only the test moves. What is
// due by the rows is carried out each second, as the tick does.
type office struct {
	tb      testing.TB
	clock   *movedClock
	google  *emulator.Server
	service *service
	rep     *emulator.User
	browser *http.Client
	zone    *time.Location
	active  time.Time // when something last happened
}

// newOffice opens the office at a time of the rep's working day, with nobody signed in.
func newOffice(tb testing.TB, now time.Time) *office {
	tb.Helper()
	o := &office{tb: tb, clock: &movedClock{start: now}}
	front := httptest.NewUnstartedServer(nil)
	issuer := "http://" + front.Listener.Addr().String()
	o.google = emulator.New(emulator.Config{
		URL: issuer, ClientID: demoClientID, ClientSecret: demoClientSecret,
		Now: o.clock.Now, Push: emulator.Push{AllowHTTP: true, Attempts: 1},
	})
	front.Config.Handler = o.google
	front.Start()
	tb.Cleanup(front.Close)
	tb.Cleanup(o.google.Close)
	err := addSample(o.google, now)
	if err == nil {
		o.zone, err = sampleZone(now)
	}
	if err != nil {
		tb.Fatal(err)
	}
	o.rep = o.google.User(sampleRep)
	o.serve(issuer)
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	o.browser = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return o
}

// serve answers requests, pushes among them. Jobs run in drain alone.
func (o *office) serve(issuer string) {
	o.tb.Helper()
	w := &world{
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: o.tb.Output(), now: o.clock.Now,
		getenv: func(string) string { return "" },
	}
	dir := o.tb.TempDir()
	v, err := newService(o.tb.Context(), w, &serviceSettings{
		databaseSettings: databaseSettings{DataDir: dir, DatabaseURL: "file:" + dir + "/holdfast.db"},
		Addr:             "127.0.0.1:0",
		Google: googleSettings{
			ClientID: demoClientID, ClientSecret: demoClientSecret,
			Issuer: webAddress(issuer), API: webAddress(strings.TrimSuffix(o.google.APIURL(), "/")),
		},
		Push: "on", Migrate: true, Log: logLevel(slog.LevelWarn),
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	o.service = v
	ended := make(chan error, 1)
	go func() { ended <- v.server.Serve(v.listener) }()
	o.tb.Cleanup(func() {
		err := v.server.Shutdown(context.WithoutCancel(o.tb.Context()))
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		if err := errors.Join(err, v.close()); err != nil {
			o.tb.Errorf("the service ended with: %v", err)
		}
	})
}

// send makes a request of the service and reads the JSON of its answer into value,
// where that is not nil. It returns where a redirect leads.
func (o *office) send(method, address string, value any) (location string) {
	o.tb.Helper()
	if strings.HasPrefix(address, "/") {
		address = o.service.url + address
	}
	request, err := http.NewRequestWithContext(o.tb.Context(), method, address, nil)
	if err != nil {
		o.tb.Fatal(err)
	}
	response, err := o.browser.Do(request)
	if err != nil {
		o.tb.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		err = errors.New(response.Status)
	}
	if err == nil && value != nil {
		err = json.Unmarshal(body, value)
	}
	if err != nil {
		o.tb.Fatalf("%s %s: %v in %q", method, request.URL.Path, err, body)
	}
	return response.Header.Get("Location")
}

// signIn goes through the consent, and has the backlog placed.
func (o *office) signIn() {
	o.tb.Helper()
	back, err := o.google.Consent(o.send(http.MethodGet, "/auth/google/start", nil), sampleRep)
	if err != nil {
		o.tb.Fatal(err)
	}
	o.send(http.MethodGet, back, nil)
	o.settle()
	o.send(http.MethodPost, "/api/v1/backlog/accept", nil)
	o.settle()
}

// until lets the time go on: second by second while something is going on, else in
// larger steps.
func (o *office) until(end time.Time) {
	o.tb.Helper()
	for now := o.clock.Now(); now.Before(end); now = o.clock.Now() {
		step := time.Minute
		if now.Sub(o.active) < 15*time.Second {
			step = time.Second
		}
		o.clock.advance(min(step, end.Sub(now)))
		o.settle()
	}
}

// settle lets pushes arrive and carries out what is due until nothing is.
func (o *office) settle() {
	o.tb.Helper()
	for range 50 {
		if err := o.google.Flush(o.tb.Context()); err != nil {
			o.tb.Fatal(err)
		}
		due, err := o.service.store.Due(o.tb.Context())
		if err != nil {
			o.tb.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
		o.active = o.clock.Now()
		for _, job := range due {
			if err := o.carryOut(job); err != nil {
				o.tb.Fatalf("%s: %v", job.Kind(), err)
			}
		}
	}
	o.tb.Fatal("something is always due")
}

func (o *office) carryOut(job river.JobArgs) error {
	ctx, r := o.tb.Context(), o.service.runner
	switch a := job.(type) {
	case store.SyncCalendars:
		return r.SyncCalendars(ctx, a.RepID)
	case store.SyncCalendar:
		return r.SyncCalendar(ctx, a.RepID, a.CalendarID)
	case store.Reconcile:
		return r.Reconcile(ctx, a.RepID)
	case store.WriteHold:
		return r.WriteHold(ctx, a.HoldID)
	case store.ReleaseHold:
		return r.WriteHold(ctx, a.HoldID)
	case store.RenewChannel:
		return r.RenewChannel(ctx, a.RepID, a.CalendarID)
	}
	return fmt.Errorf("no such job in an office: %T", job)
}
