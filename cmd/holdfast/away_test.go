package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/scheduler/store/storetest"
)

// line is the way to a PostgreSQL, which the test cuts and mends.
type line struct {
	url    string
	socket string
	ends   sync.WaitGroup

	mu    sync.Mutex
	isCut bool
	open  []net.Conn
}

func newLine(t *testing.T) *line {
	t.Helper()
	address, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{socket: filepath.Join(address.Query().Get("host"), ".s.PGSQL.5432")}
	l.url = "postgres://postgres@" + listener.Addr().String() + address.Path + "?sslmode=disable"
	l.ends.Go(func() { l.accept(listener) })
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		l.cut()
		l.ends.Wait()
	})
	return l
}

func (l *line) accept(listener net.Listener) {
	for {
		here, err := listener.Accept()
		if err != nil {
			return // the test is over
		}
		there, err := net.Dial("unix", l.socket)
		if err != nil || !l.add(here, there) {
			here.Close()
			continue
		}
		for from, to := range map[net.Conn]net.Conn{here: there, there: here} {
			l.ends.Go(func() {
				io.Copy(to, from) // until either side is closed, or the line is cut
				to.Close()
			})
		}
	}
}

// add notes the ends of a connection; where the line is cut it closes them instead.
func (l *line) add(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = append(l.open, ends...)
	if l.isCut {
		l.closeAll()
	}
	return !l.isCut
}

func (l *line) closeAll() {
	for _, end := range l.open {
		end.Close()
	}
	l.open = nil
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = true
	l.closeAll()
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = false
}

// While the database is away everybody is told to come again, Google too, whose pushes
// are taken once it is back. Then the service goes on by itself.
func TestTheServiceOutlivesItsDatabase(t *testing.T) {
	l := newLine(t)
	w := newRig(t, l.url)
	b := w.withBacklog(dana, "ana@acme.com")
	b.api(http.StatusOK, "POST", "backlog/accept", "")
	u := w.google.User(dana)
	w.eventually("the holds are written", func() bool { return len(w.holdsFor(u, "acme.com")) > 0 && w.settled(b) })
	w.eventually("a channel is open", func() bool { return len(w.google.Pushes()) > 0 })
	feed, link := b.feed(`{"name": "phone"}`), w.link(b.proposal(t, u, "Fleet renewal").BookingURL)
	last := w.google.Pushes()[len(w.google.Pushes())-1]
	w.rest() // what is cut off while it runs is run again only after its backoff

	l.cut()
	google := w.newClient()
	google.header = http.Header{"X-Goog-Channel-Id": {last.Channel}, "X-Goog-Resource-Id": {last.ResourceID}, "X-Goog-Channel-Token": {last.Token}}
	for _, ask := range []struct {
		who          *client
		method, path string
	}{
		{google, "POST", "/hooks/google"}, {b, "GET", "/readyz"}, {b, "GET", "/api/v1/flags"}, {b, "POST", "/api/v1/connection/sync"}, {b, "GET", "/today"},
		{w.newClient(), "GET", feed}, {w.newClient(), "GET", link}, {w.newClient(), "POST", link},
	} {
		r := ask.who.do(ask.method, ask.path, "")
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || strings.Contains(r.body, "VCALENDAR") {
			t.Errorf("%s %s: %d, retry after %q, %s", ask.method, ask.path, r.StatusCode, r.Header.Get("Retry-After"), r.body)
		}
	}
	if r := b.do("GET", "/healthz", ""); r.StatusCode != http.StatusOK {
		t.Errorf("healthz: %d", r.StatusCode)
	}

	l.mend()
	w.clock.advance(time.Minute) // what was read just now is not read again at once
	w.eventually("it is ready again", func() bool { return b.do("GET", "/readyz", "").StatusCode == http.StatusOK })
	w.meet(u, "Talk", "bo@globex.io", -2*time.Hour, time.Hour)
	w.eventually("a meeting since is followed up", func() bool { return len(w.holdsFor(u, "globex.io")) > 0 && w.settled(b) })
}
