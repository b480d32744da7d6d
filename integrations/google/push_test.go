package google_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

func channel(address string) scheduler.PushChannel {
	return scheduler.PushChannel{ID: "channel-1", Calendar: dana, Token: "token-1", Address: address}
}

func TestAChannelTellsOfChangesUntilItIsStopped(t *testing.T) {
	pushed := make(chan http.Header, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pushed <- r.Header.Clone()
		w.WriteHeader(http.StatusNoContent)
	}))
	defer hook.Close()
	w := newWorld(t)
	c := w.calendar(t)
	p := must(c.Watch(t.Context(), channel(hook.URL)))(t)
	if p.Resource == "" || p.Expires.Before(w.clock.now().Add(24*time.Hour)) || p.Expires.After(w.clock.now().Add(31*24*time.Hour)) {
		t.Errorf("resource %q, expires %v by a clock that shows %v", p.Resource, p.Expires, w.clock.now())
	}
	w.insert(t, single("Demo"))
	mustDo(t, w.Flush(t.Context()))
	for _, state := range []string{"sync", "exists"} {
		h := <-pushed
		if h.Get("X-Goog-Channel-ID") != p.ID || h.Get("X-Goog-Channel-Token") != p.Token ||
			h.Get("X-Goog-Resource-ID") != p.Resource || h.Get("X-Goog-Resource-State") != state {
			t.Errorf("want a push of state %s, got %v", state, h)
		}
	}
	for range 2 { // the second finds it closed
		mustDo(t, c.Stop(t.Context(), p))
	}
	w.insert(t, single("Another"))
	mustDo(t, w.Flush(t.Context()))
	if len(pushed) > 0 {
		t.Error("pushed after it was stopped")
	}
}

func TestAChannelIsAskedForThirtyDaysAndGoogleDecides(t *testing.T) {
	var ttl string
	expiration := fmt.Sprintf("%q", fmt.Sprint(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).UnixMilli()))
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Params map[string]string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		ttl = asked.Params["ttl"]
		fmt.Fprintf(w, `{"id":"channel-1","resourceId":"r","expiration":%s}`, expiration)
	})
	p := must(c.Watch(t.Context(), channel("https://holdfast.example/hooks/google")))(t)
	if want := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); ttl != "2592000" || !p.Expires.Equal(want) {
		t.Errorf("asked for %s s, expires %v, want 2592000 and %v", ttl, p.Expires, want)
	}
	expiration = `"0"`
	p = must(c.Watch(t.Context(), channel("https://holdfast.example/hooks/google")))(t)
	if want := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC); !p.Expires.Equal(want) {
		t.Errorf("untold, it expires %v, want Google's own week: %v", p.Expires, want)
	}
}

func TestAChannelThatGoogleDoesNotMakeIsRefused(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.Push.AllowHTTP = false })
	c := w.calendar(t)
	if _, err := c.Watch(t.Context(), channel("http://holdfast.example/hooks/google")); !errors.Is(err, scheduler.ErrPushRefused) {
		t.Errorf("over http: %v, want ErrPushRefused", err)
	}
	holidays := channel("https://holdfast.example/hooks/google")
	holidays.Calendar = must(w.dana.AddCalendar(emulator.Calendar{ID: "en.swiss#holiday@group.v.calendar.google.com"}))(t)
	if _, err := c.Watch(t.Context(), holidays); !errors.Is(err, scheduler.ErrPushRefused) {
		t.Errorf("holidays: %v, want ErrPushRefused", err)
	}
}

func TestAChannelWithoutAResourceEndsByItself(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	mustDo(t, c.Stop(t.Context(), channel("https://holdfast.example/hooks/google")))
	if n := w.Count("", "calendar.channels.stop"); n != 0 {
		t.Errorf("%d calls, want none: nothing could name it", n)
	}
}
