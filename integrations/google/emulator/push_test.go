package emulator_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

// receiver keeps what is pushed to it.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	got     []http.Header
	lengths []int64
	answers []int // statuses of the first deliveries
}

func newReceiver(t *testing.T, answers ...int) *receiver {
	r := &receiver{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, request.Header)
		r.lengths = append(r.lengths, request.ContentLength)
		if n := len(r.got); n <= len(r.answers) {
			w.WriteHeader(r.answers[n-1])
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) numbers(t *testing.T) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []int
	for _, h := range r.got {
		all = append(all, must[int](t)(strconv.Atoi(h.Get("X-Goog-Message-Number"))))
	}
	return all
}

func (w *world) flush(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	check(t, w.Flush(ctx))
}

func watch(t *testing.T, c *calendar.Service, id, address string) *calendar.Channel {
	t.Helper()
	return must[*calendar.Channel](t)(c.Events.Watch("primary", &calendar.Channel{Id: id, Type: "web_hook", Address: address, Token: "token-" + id}).Do())
}

func TestBehaviour22WatchingIsRefusedAndBounded(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.Push.AllowHTTP = false })
	c := w.client(t, dana)
	channel := func(id string) *calendar.Channel {
		return &calendar.Channel{Id: id, Type: "web_hook", Address: "https://holdfast.example/hooks/google"}
	}
	plain := channel("one")
	plain.Address = "http://holdfast.example/hooks/google"
	_, err := c.Events.Watch("primary", plain).Do()
	if failed := refused(t, err, 400, "push.webhookUrlNotHttps"); failed.Message != "WebHook callback must be HTTPS: "+plain.Address {
		t.Errorf("message %q", failed.Message)
	}
	holidays := must[string](t)(w.dana.AddCalendar(emulator.Calendar{ID: "en.ch#holiday@group.v.calendar.google.com", Role: emulator.Reader}))
	_, err = c.Events.Watch(holidays, channel("two")).Do()
	refused(t, err, 400, "pushNotSupportedForRequestedResource")
	w.SetFate(func(emulator.Notification) emulator.Fate { return emulator.Drop })
	for _, test := range []struct {
		id, ttl string
		want    time.Duration
	}{{"default", "", 7 * 24 * time.Hour}, {"asked", "3600", time.Hour}, {"capped", "9999999", 30 * 24 * time.Hour}} {
		ch := channel(test.id)
		if test.ttl != "" {
			ch.Params = map[string]string{"ttl": test.ttl}
		}
		got := must[*calendar.Channel](t)(c.Events.Watch("primary", ch).Do())
		if got.Expiration != w.clock.now().Add(test.want).UnixMilli() || got.ResourceId == "" {
			t.Errorf("%s: expires %v", test.id, time.UnixMilli(got.Expiration).UTC())
		}
	}
	_, err = c.Events.Watch("primary", channel("default")).Do()
	refused(t, err, 400, "channelIdNotUnique")
	w.noViolations(t)
}

func TestBehaviour23DeliveriesSaySyncFirstThenExists(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	r := newReceiver(t)
	ch := watch(t, c, "one", r.URL)
	w.flush(t)
	insert(t, c, timed("Own write", 24, 10))
	must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25")}))
	w.flush(t)
	r.mu.Lock()
	if len(r.got) != 3 {
		t.Fatalf("%d deliveries", len(r.got))
	}
	for i, h := range r.got {
		state := "exists"
		if i == 0 {
			state = "sync"
		}
		expires, err := http.ParseTime(h.Get("X-Goog-Channel-Expiration"))
		if err != nil || !expires.Equal(time.UnixMilli(ch.Expiration)) {
			t.Errorf("expiration %q: %v", h.Get("X-Goog-Channel-Expiration"), err)
		}
		if h.Get("X-Goog-Resource-State") != state || h.Get("X-Goog-Channel-Id") != "one" || h.Get("X-Goog-Channel-Token") != "token-one" ||
			h.Get("X-Goog-Resource-Id") != ch.ResourceId || h.Get("X-Goog-Resource-Uri") == "" || r.lengths[i] != 0 {
			t.Errorf("delivery %d: %v", i, h)
		}
	}
	r.mu.Unlock()
	if n := r.numbers(t); n[0] != 1 || !slices.IsSorted(n) || n[1] == n[2] {
		t.Errorf("numbers %v", n)
	}
	w.noViolations(t)
}

func TestBehaviour23DeliveriesAreDroppedHeldDoubledAndReordered(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	r := newReceiver(t)
	fates := []emulator.Fate{emulator.Deliver, emulator.Drop, emulator.Duplicate, emulator.Hold, emulator.Hold}
	w.SetFate(func(emulator.Notification) (fate emulator.Fate) {
		fate, fates = fates[0], fates[1:]
		return fate
	})
	watch(t, c, "one", r.URL)
	for i := range 4 {
		insert(t, c, timed("Event", 24, i))
	}
	w.flush(t)
	if n := len(r.numbers(t)); n != 3 {
		t.Fatalf("%d deliveries before the release", n)
	}
	if n := w.Release(slices.Reverse[[]*emulator.Notification]); n != 2 {
		t.Errorf("released %d", n)
	}
	w.flush(t)
	n := r.numbers(t)
	if len(n) != 5 || n[1] != n[2] || n[3] <= n[4] {
		t.Errorf("numbers %v: want one doubled, then the last two the other way round", n)
	}
	if len(w.Pushes()) != 5 {
		t.Errorf("%d pushes are recorded", len(w.Pushes()))
	}
}

func TestBehaviour23AReceiverInTroubleIsTriedAgain(t *testing.T) {
	for status, want := range map[int]int{500: 2, 502: 2, 503: 2, 504: 2, 400: 1, 404: 1, 204: 1} {
		w := newWorld(t)
		r := newReceiver(t, status)
		watch(t, w.client(t, dana), "one", r.URL)
		w.flush(t)
		if got := len(r.numbers(t)); got != want {
			t.Errorf("answered %d: %d attempts, want %d", status, got, want)
		}
	}
}

func TestBehaviour23ChannelsOverlapExpireAndStop(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	r := newReceiver(t)
	first, second := watch(t, c, "one", r.URL), watch(t, c, "two", r.URL)
	insert(t, c, timed("Event", 24, 10))
	w.flush(t)
	if n := len(r.numbers(t)); n != 4 {
		t.Errorf("two channels: %d deliveries, want 4", n)
	}
	refused(t, w.client(t, eli).Channels.Stop(&calendar.Channel{Id: "one", ResourceId: first.ResourceId}).Do(), 404, "notFound")
	refused(t, c.Channels.Stop(&calendar.Channel{Id: "one", ResourceId: "other"}).Do(), 404, "notFound")
	check(t, c.Channels.Stop(&calendar.Channel{Id: "one", ResourceId: first.ResourceId}).Do())
	refused(t, c.Channels.Stop(&calendar.Channel{Id: "one", ResourceId: first.ResourceId}).Do(), 404, "notFound")
	insert(t, c, timed("Event", 24, 11))
	w.flush(t)
	if n := len(r.numbers(t)); n != 5 {
		t.Errorf("one channel: %d deliveries, want 5", n)
	}
	w.clock.move(time.UnixMilli(second.Expiration).Sub(w.clock.now()))
	must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-25")}))
	w.flush(t)
	if n := len(r.numbers(t)); n != 5 {
		t.Errorf("expired: %d deliveries, want 5", n)
	}
}

func TestCloseEndsDeliveriesThatHang(t *testing.T) {
	w := newWorld(t)
	arrived := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	t.Cleanup(hanging.Close)
	watch(t, w.client(t, dana), "one", hanging.URL)
	<-arrived
	w.Close()
}

func TestDeliveriesObeyRobots(t *testing.T) {
	tests := []struct {
		name, robots string
		want         bool
	}{
		{"nothing said", "", true},
		{"everyone kept out", "User-agent: *\nDisallow: /", false},
		{"the hook let in", "User-agent: *\nDisallow: /\nAllow: /hooks/ # pushes", true},
		{"a longer rule wins", "User-agent: *\nAllow: /hooks\nDisallow: /hooks/google", false},
		{"named rules win", "User-agent: *\nDisallow: /\n\nUser-agent: Other\nUser-agent: APIs-Google\nAllow: /", true},
		{"an empty rule lets all in", "User-agent: APIs-Google\nDisallow:\n\nUser-agent: *\nDisallow: /", true},
	}
	for _, test := range tests {
		w := newWorld(t, func(c *emulator.Config) { c.Push.Robots = true })
		mux := http.NewServeMux()
		mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
			if _, err := io.WriteString(w, test.robots); err != nil {
				t.Error(err)
			}
		})
		mux.HandleFunc("POST /hooks/google", func(http.ResponseWriter, *http.Request) {})
		r := httptest.NewServer(mux)
		t.Cleanup(r.Close)
		watch(t, w.client(t, dana), "one", r.URL+"/hooks/google")
		w.flush(t)
		if got := len(w.Pushes()) == 1; got != test.want {
			t.Errorf("%s: delivered %t", test.name, got)
		}
	}
}
