package jobs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/integrations/webcal"
	"holdfast/scheduler/store"
)

// published is a calendar on a server elsewhere.
type published struct {
	mu     sync.Mutex
	url    string
	body   string
	status int // 0: 200
	header http.Header
	asked  int // requests
	sent   int // answers with the calendar
}

// publish serves events, as iCalendar text.
func publish(t *testing.T, events ...string) *published {
	t.Helper()
	p := &published{header: http.Header{}}
	p.says(events...)
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL + "/secret-canary.ics"
	return p
}

// says changes what is published; ETag changes with it.
func (p *published) says(events ...string) {
	p.change(func() {
		p.body = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Side project\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
		p.header.Set("ETag", fmt.Sprintf("%q", fmt.Sprint(len(p.body), p.sent)))
	})
}

func (p *published) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *published) counts() (asked, sent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, p.sent
}

// ServeHTTP implements http.Handler.
func (p *published) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	for name := range p.header {
		w.Header().Set(name, p.header.Get(name))
	}
	switch {
	case p.status != 0:
		w.WriteHeader(p.status)
	case r.Header.Get("If-None-Match") == p.header.Get("ETag"):
		w.WriteHeader(http.StatusNotModified)
	default:
		p.sent++
		fmt.Fprint(w, p.body)
	}
}

// event is an hour or less of somebody's time, with guests.
func event(uid string, start time.Time, length time.Duration, guests ...string) string {
	const layout = "20060102T150405Z"
	lines := "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTART:" + start.UTC().Format(layout) + "\r\nDTEND:" + start.Add(length).UTC().Format(layout) + "\r\nSUMMARY:" + uid + "\r\n"
	for _, g := range guests {
		lines += "ATTENDEE;PARTSTAT=ACCEPTED:mailto:" + g + "\r\n"
	}
	return lines + "END:VEVENT\r\n"
}

// over is the event that takes the time of a hold.
func over(uid string, hold emulator.Event) string {
	return event(uid, hold.Start.Time, hold.End.Time.Sub(hold.Start.Time))
}

// withWebcals lets a runner read calendars from this machine.
func withWebcals(c *Config) {
	c.Webcal = webcal.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}).Read
}

// watches has the person's runner watch what is published.
func (p *person) watches(published *published, counts bool) store.Calendar {
	p.world.tb.Helper()
	c, err := p.world.runner.AddWebcal(p.world.tb.Context(), p.rep, store.NewWebcal{Address: published.url, Counts: counts, Blocks: true})
	if err != nil {
		p.world.tb.Fatal(err)
	}
	p.world.settleDown()
	return c
}

func (w *world) calendar(c store.Calendar) store.Calendar {
	w.tb.Helper()
	now, err := w.store.Calendar(w.tb.Context(), c.RepID, c.ID)
	if err != nil {
		w.tb.Fatal(err)
	}
	return now
}

// onBothWatching runs a test on each database, with calendars elsewhere.
func onBothWatching(t *testing.T, test func(*testing.T, *world)) {
	eachDatabase(t, func(t *testing.T, address string) { test(t, newWorld(t, address, withWebcals)) })
}
