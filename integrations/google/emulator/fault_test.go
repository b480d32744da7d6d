package emulator_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"holdfast/integrations/google/emulator"
)

func TestBehaviour24FaultsHitTheirUserMethodAndCall(t *testing.T) {
	w := newWorld(t)
	c, other := w.client(t, dana), w.client(t, eli)
	w.Fault(emulator.Fault{User: dana, Method: "calendar.events.insert", Nth: 2, Times: 2, Status: 429, RetryAfter: 7 * time.Second})
	var got []int
	for range 4 {
		_, err := c.Events.Insert("primary", timed("Event", 24, 10)).Do()
		code := 200
		var failed *googleapi.Error
		if errors.As(err, &failed) {
			code = failed.Code
			if failed.Header.Get("Retry-After") != "7" || failed.Errors[0].Reason != "rateLimitExceeded" {
				t.Errorf("answer %+v", failed)
			}
		}
		got = append(got, code)
		insert(t, other, timed("Event", 24, 10))
		must[*calendar.Events](t)(c.Events.List("primary").Do())
	}
	if got[0] != 200 || got[1] != 429 || got[2] != 429 || got[3] != 200 {
		t.Errorf("statuses %v", got)
	}
	if n := w.Count(dana, "calendar.events.insert"); n != 4 {
		t.Errorf("counted %d", n)
	}
}

func TestBehaviour24FaultsSpeakAsGoogleDoes(t *testing.T) {
	tests := []struct {
		fault  emulator.Fault
		reason string
	}{
		{emulator.Fault{Status: 403}, "rateLimitExceeded"},
		{emulator.Fault{Status: 403, Reason: "quotaExceeded", Writes: true}, "quotaExceeded"},
		{emulator.Fault{Status: 500}, "backendError"},
		{emulator.Fault{Status: 503}, "backendError"},
		{emulator.Fault{Status: 403, Reason: "notACalendarUser"}, "notACalendarUser"},
	}
	for _, test := range tests {
		w := newWorld(t)
		c := w.client(t, dana)
		w.Fault(test.fault)
		if test.fault.Writes {
			must[*calendar.Events](t)(c.Events.List("primary").Do())
		}
		_, err := c.Events.Insert("primary", timed("Event", 24, 10)).Do()
		refused(t, err, test.fault.Status, test.reason)
		if n := len(w.dana.Events("primary")); n != 0 {
			t.Errorf("%s: the write was carried out", test.reason)
		}
	}
}

func TestBehaviour24AWriteMayBeCommittedAndItsAnswerLost(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"dropped": {AfterApply: true}, "500": {AfterApply: true, Status: 500}, "before": {},
	} {
		w := newWorld(t)
		fault.Method = "calendar.events.insert"
		w.Fault(fault)
		c := w.client(t, dana)
		_, err := c.Events.Insert("primary", timed("Event", 24, 10)).Do()
		if err == nil {
			t.Errorf("%s: the answer arrived", name)
		}
		want := 1
		if name == "before" {
			want = 0
		}
		if n := len(w.dana.Events("primary")); n != want || len(w.Writes(dana)) != want {
			t.Errorf("%s: %d events and %d writes, want %d", name, n, len(w.Writes(dana)), want)
		}
	}
}

func TestBehaviour24AHangingCallEndsWithItsClient(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	ctx, cancel := context.WithCancel(t.Context())
	w.Fault(emulator.Fault{Method: "calendar.events.list", Hang: true})
	done := make(chan error, 1)
	go func() {
		_, err := c.Events.List("primary").Context(ctx).Do()
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	w.ClearFaults()
	must[*calendar.Events](t)(c.Events.List("primary").Do())
}

// inProcess authorises requests of the transport without a network.
type inProcess struct {
	token string
	next  http.RoundTripper
}

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+p.token)
	return p.next.RoundTrip(r)
}

func TestTheTransportWorksWithoutANetwork(t *testing.T) {
	w := newWorld(t)
	tokens := must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
	c := must[*calendar.Service](t)(calendar.NewService(t.Context(), option.WithEndpoint("http://google.invalid/calendar/v3/"),
		option.WithHTTPClient(&http.Client{Transport: inProcess{tokens.Access, w.Transport()}})))
	e := insert(t, c, timed("Event", 24, 10))
	if get(t, c, e.Id).Summary != "Event" {
		t.Error("not read back")
	}
	check(t, c.Events.Delete("primary", e.Id).Do())
	w.Fault(emulator.Fault{})
	if _, err := c.Events.Get("primary", e.Id).Do(); err == nil {
		t.Error("a dropped connection is an error")
	}
	w.noViolations(t)
}

func BenchmarkInsertAndSyncInProcess(b *testing.B) {
	s := emulator.New(emulator.Config{
		URL: "http://google.invalid", ClientID: "c", ClientSecret: "s",
		Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) },
	})
	defer s.Close()
	if _, err := s.AddUser(emulator.Profile{Email: dana, Zone: "Europe/Zurich"}); err != nil {
		b.Fatal(err)
	}
	tokens, err := s.Grant(dana, scopeCalendar)
	if err != nil {
		b.Fatal(err)
	}
	c, err := calendar.NewService(b.Context(), option.WithEndpoint(s.APIURL()),
		option.WithHTTPClient(&http.Client{Transport: inProcess{tokens.Access, s.Transport()}}))
	if err != nil {
		b.Fatal(err)
	}
	list, err := c.Events.List("primary").Do()
	if err != nil {
		b.Fatal(err)
	}
	token := list.NextSyncToken
	for b.Loop() {
		if _, err := c.Events.Insert("primary", timed("Event", 24, 10)).Do(); err != nil {
			b.Fatal(err)
		}
		changes, err := c.Events.List("primary").SyncToken(token).Do()
		if err != nil || len(changes.Items) != 1 {
			b.Fatal(len(changes.Items), err)
		}
		token = changes.NextSyncToken
	}
}

func TestTheQuotaOfAPersonSlides(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.UserQuota = 2 })
	c, other := w.client(t, dana), w.client(t, eli)
	must[*calendar.Events](t)(c.Events.List("primary").Do())
	w.clock.move(30 * time.Second)
	must[*calendar.Events](t)(c.Events.List("primary").Do())
	_, err := c.Events.List("primary").Do()
	refused(t, err, 403, "rateLimitExceeded")
	must[*calendar.Events](t)(other.Events.List("primary").Do())
	w.clock.move(30 * time.Second)
	must[*calendar.Events](t)(c.Events.List("primary").Do())
	_, err = c.Events.List("primary").Do()
	refused(t, err, 403, "rateLimitExceeded")
}
