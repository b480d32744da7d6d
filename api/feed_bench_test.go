package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/scheduler/store"
)

// BenchmarkFeedReads asks a server a thousand times a second for one of many feeds, on
// the wire, while the calendar of another rep is read again and again. A reading takes
// from when it was due until its last octet.
func BenchmarkFeedReads(b *testing.B) {
	d := newDesk(b, Pages{}, func(c *Config) { c.Now = time.Now })
	paths := d.manyFeeds(b)
	server := httptest.NewServer(d.handler)
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	tags := make([]string, len(paths))
	for i, path := range paths {
		tags[i] = d.answer(request("GET", path, "")).Header().Get("ETag")
	}
	stop := d.syncing(b)
	defer stop()
	for _, reading := range []struct {
		name   string
		status int
		tag    func(i int) string
	}{
		{"unchanged", http.StatusNotModified, func(i int) string { return tags[i] }},
		{"kept", http.StatusOK, func(int) string { return `"another"` }},
	} {
		b.Run(reading.name, func(b *testing.B) {
			const perSecond = 1000
			var mu sync.Mutex
			var took []time.Duration
			var readers sync.WaitGroup
			begun := time.Now()
			for n := 0; b.Loop(); n++ {
				due := begun.Add(time.Duration(n) * time.Second / perSecond)
				time.Sleep(time.Until(due))
				readers.Go(func() {
					readFeed(b, client, server.URL+paths[n%len(paths)], reading.tag(n%len(paths)), reading.status)
					mu.Lock()
					defer mu.Unlock()
					took = append(took, time.Since(due))
				})
			}
			readers.Wait()
			slices.Sort(took)
			for _, percent := range []int{50, 99} {
				b.ReportMetric(float64(took[(len(took)-1)*percent/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", percent))
			}
			b.ReportMetric(float64(len(took))/time.Since(begun).Seconds(), "reads/s")
		})
	}
}

// manyFeeds makes 230 feeds of five reps, and returns where they are.
func (d *desk) manyFeeds(b *testing.B) (paths []string) {
	for i := range 5 {
		repID, path := d.feed(b, fmt.Sprintf("rep%d@northwind.example", i))
		paths = append(paths, path)
		for range 45 {
			_, at, err := d.Store.CreateFeed(b.Context(), repID, store.DefaultFeed())
			if err != nil {
				b.Fatal(err)
			}
			paths = append(paths, at.HTTPS[strings.Index(at.HTTPS, "/feeds/"):])
		}
	}
	return paths
}

// readFeed reads a feed to its end, unless it is as it was under tag.
func readFeed(b *testing.B, client *http.Client, url, tag string, want int) {
	r, err := http.NewRequest("GET", url, http.NoBody)
	if err != nil {
		b.Error(err)
		return
	}
	r.Header.Set("If-None-Match", tag)
	w, err := client.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	defer w.Body.Close()
	if _, err := io.Copy(io.Discard, w.Body); err != nil || w.StatusCode != want {
		b.Errorf("%d, %v", w.StatusCode, err)
	}
}

// syncing has the calendar of a rep read, each time with something new, until it is
// stopped.
func (d *desk) syncing(b *testing.B) (stop func()) {
	const email = "busy@rival.example"
	repID, _ := d.feed(b, email)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		again := time.NewTicker(50 * time.Millisecond)
		defer again.Stop()
		before := hostile
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-again.C:
			}
			title := fmt.Sprint("Demo ", n)
			if err := d.meet(b, repID, email, "ana@acme.com", title, before); err != nil {
				b.Error(err)
				return
			}
			before = title
		}
	}()
	return func() { close(done); <-ended }
}

// BenchmarkFeedUnchanged answers that a feed is as it was, one reading after the other.
func BenchmarkFeedUnchanged(b *testing.B) {
	now := noon
	d := newDesk(b, Pages{}, func(c *Config) { c.Now = func() time.Time { return now } })
	_, path := d.feed(b, "dana@northwind.example")
	tag := d.answer(request("GET", path, "")).Header().Get("ETag")
	for b.Loop() {
		now = now.Add(time.Second) // so that nobody reads too often
		if w := d.answer(request("GET", path, "", "If-None-Match", tag)); w.Code != http.StatusNotModified {
			b.Fatal(w.Code)
		}
	}
}
