package main

import (
	"database/sql"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dump returns all rows of the SQLite database, by table, those of some tables left
// out.
func (w *rig) dump(t *testing.T, without ...string) map[string]string {
	t.Helper()
	dumped := make(map[string]string)
	for _, table := range column(t, w.db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		if !slices.Contains(without, table) && !strings.HasPrefix(table, "sqlite_") {
			dumped[table] = strings.Join(column(t, w.db, "SELECT * FROM "+table), "\n")
		}
	}
	if len(dumped) < 10 {
		t.Fatalf("%d tables", len(dumped))
	}
	return dumped
}

// column returns the rows of a query as text.
func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		if len(values) == 1 {
			all = append(all, fmt.Sprint(values[0]))
			continue
		}
		all = append(all, fmt.Sprintf("%s", values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

var linkInPage = regexp.MustCompile(`(?:href|src)="([^"]+)"`)

// Programs open links by themselves: mail scanners, previews, prefetching browsers.
// So no GET and no HEAD does anything, for whoever opens all there are.
func TestOpeningLinksChangesNothing(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b := w.withBacklog(dana, "ana@acme.com")
	b.api(http.StatusOK, "POST", "backlog/accept", "")
	u := w.google.User(dana)
	w.eventually("the holds are written", func() bool { return len(w.holdsFor(u, "acme.com")) > 0 && w.settled(b) })
	ids := b.mine(t)
	open := b.bookingLink(t, ids["proposals"])
	booked := w.booked(t, b, b.proposal(t, u, "Another"))
	w.rest()
	b.do("GET", "/today", "") // a notice that waits is shown once

	links := []string{"/nothing", "/openapi.json", "/healthz", "/readyz", "/metrics", "/auth/google/start", "/auth/google/callback"}
	links = append(links, open, booked, booked+"/review.ics")
	for _, o := range b.everyOperation(t) {
		links = append(links, o.on(ids[o.subject()]).path) // also of those that are no GET
	}
	for _, e := range w.holdsFor(u, "acme.com") {
		acts := regexp.MustCompile(regexp.QuoteMeta(w.url)+`(/act/[^\s"<]+)`).FindAllStringSubmatch(e.Description, -1)
		if len(acts) == 0 {
			t.Fatalf("no links in %q", e.Description)
		}
		for _, act := range acts {
			links = append(links, act[1])
		}
	}
	// Sessions come and go with visits; replicas and leaders beat.
	passing := []string{"sessions", "replicas", "river_leader", "river_client", "river_client_queue", "river_queue", "river_job", "river_notification"}
	before, writes := w.dump(t, passing...), len(w.google.Writes(dana))
	seen := b.crawl(t, links)
	if len(seen) < 40 {
		t.Fatalf("only %d links: %v", len(seen), seen)
	}
	for table, rows := range w.dump(t, passing...) {
		if rows != before[table] {
			t.Errorf("%s changed:\n%s\nwas\n%s", table, rows, before[table])
		}
	}
	if now := len(w.google.Writes(dana)); now != writes {
		t.Errorf("%d writes to the calendar", now-writes)
	}
}

// crawl opens the links, and all in the pages behind them on this site, by GET and by
// HEAD, and returns them.
func (b *client) crawl(t *testing.T, links []string) []string {
	t.Helper()
	var seen []string
	for len(links) > 0 {
		link := links[0]
		links = links[1:]
		if slices.Contains(seen, link) {
			continue
		}
		seen = append(seen, link)
		b.do("HEAD", link, "")
		r := b.do("GET", link, "")
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
			if r.Header.Get(name) == "" {
				t.Errorf("GET %s: the answer has no %s", link, name)
			}
		}
		if r.StatusCode >= http.StatusInternalServerError {
			t.Errorf("GET %s: %d %s", link, r.StatusCode, r.body)
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, found := range linkInPage.FindAllStringSubmatch(r.body, -1) {
			next, _, _ := strings.Cut(strings.TrimPrefix(html.UnescapeString(found[1]), b.w.url), "#")
			if strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") {
				links = append(links, next)
			}
		}
	}
	return seen
}
