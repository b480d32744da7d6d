package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/ics/icstest"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// hostile is a title from what breaks calendars.
const hostile = "Demo;\r\nATTENDEE:mailto:victim@example.com\u2028\rEND:VEVENT, \\n \"é\" 🍽️"

// feed gives a rep a meeting without a next step, its holds, and a feed of them.
func (d *desk) feed(t testing.TB, email string) (repID, path string) {
	t.Helper()
	rep, _ := d.token(t, email)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	list := []scheduler.RemoteCalendar{{ID: email, Name: "Work", Zone: "Europe/Berlin", Primary: true, Owned: true}}
	must(d.Store.SaveCalendars(t.Context(), rep.ID, list))
	must(d.meet(t, rep.ID, email, "ana@acme.com", hostile, ""))
	must(d.Store.AcceptBacklog(t.Context(), rep.ID))
	_, at, err := d.Store.CreateFeed(t.Context(), rep.ID, store.DefaultFeed())
	must(err)
	return rep.ID, at.HTTPS[strings.Index(at.HTTPS, "/feeds/"):]
}

// meet has a rep's calendar read, with a meeting of yesterday that was called before
// otherwise; "": it is read for the first time.
func (d *desk) meet(t testing.TB, repID, email, guest, title, before string) error {
	t.Helper()
	wall := noon.Add(-26 * time.Hour)
	event := scheduler.RemoteEvent{ID: "demo", ETag: title, Event: scheduler.Event{
		UID: "demo@google.com", Summary: title,
		Start: scheduler.Moment{Wall: wall, Zone: time.UTC}, End: scheduler.Moment{Wall: wall.Add(time.Hour), Zone: time.UTC},
		Attendees: []scheduler.Attendee{{Address: email, Response: scheduler.Accepted}, {Address: guest, Response: scheduler.Accepted}},
		Ref:       scheduler.Ref{Calendar: email, ID: "demo"},
	}}
	changes := scheduler.Changes{Events: []scheduler.RemoteEvent{event}, Full: true, Token: title}
	_, err := d.Store.SaveChanges(t.Context(), repID, email, before, noon, changes, noon.Add(time.Hour))
	return err
}

// feedReads returns how many readings of feeds came to what.
func (d *desk) feedReads() map[string]string {
	w := httptest.NewRecorder()
	d.Metrics.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	counts := make(map[string]string)
	for _, m := range regexp.MustCompile(`holdfast_feed_reads_total\{outcome="(\w+)"\} (\d+)`).FindAllStringSubmatch(w.Body.String(), -1) {
		counts[m[1]] = m[2]
	}
	return counts
}

func TestAFeedIsServedAsClientsNeedIt(t *testing.T) {
	d := newDesk(t, Pages{})
	_, path := d.feed(t, "dana@northwind.example")
	w := d.answer(request("GET", path, "", "Authorization", "Bearer modern", "Cookie", "__Host-holdfast=nothing", "Accept", "text/html"))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/calendar; charset=utf-8", "Content-Disposition": `inline; filename="holdfast.ics"`,
		"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Vary": "Accept-Encoding",
		"Cache-Control": "private, no-cache", "Set-Cookie": "", "WWW-Authenticate": "", "Location": "", "Content-Encoding": "",
		"Content-Length": fmt.Sprint(w.Body.Len()),
		"Last-Modified":  noon.Format(http.TimeFormat), // when it was first read
	} {
		if got := strings.Join(w.Header().Values(name), "|"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if wrong := icstest.Lint(w.Body.String()); len(wrong) > 0 {
		t.Errorf("lint: %q\n%s", wrong, w.Body)
	}
	for _, want := range []string{"NAME:Holdfast\r\n", "COLOR:teal\r\n", "REFRESH-INTERVAL;VALUE=DURATION:PT60M\r\n", "CATEGORIES:Hold\r\n", "CATEGORIES:Flag\r\n"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q in\n%s", want, w.Body)
		}
	}
	if n := strings.Count(w.Body.String(), "BEGIN:VEVENT"); n != 4 {
		t.Errorf("%d entries, want three holds and the flag:\n%s", n, w.Body)
	}
}

func TestAFeedThatIsAsItWasIsNotEncoded(t *testing.T) {
	d := newDesk(t, Pages{})
	repID, path := d.feed(t, "dana@northwind.example")
	plain := d.answer(request("GET", path, ""))
	zipped := d.answer(request("GET", path, "", "Accept-Encoding", "br, gzip"))
	if diff := cmp.Diff(map[string]string{"encoded": "1", "kept": "1"}, d.feedReads()); diff != "" {
		t.Errorf("readings (-want +got):\n%s", diff)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(zipped.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unzip)
	if err != nil || string(text) != plain.Body.String() || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("packed it is another feed: %v", err)
	}
	tag, zippedTag, modified := plain.Header().Get("ETag"), zipped.Header().Get("ETag"), plain.Header().Get("Last-Modified")
	if tag == zippedTag || !strings.HasPrefix(tag, `"`) || !strings.HasPrefix(zippedTag, `"`) {
		t.Errorf("tags %s and %s", tag, zippedTag)
	}
	d.API.feeds = newFeedCache(feedCacheSize) // as on another replica
	conditions := []struct {
		name   string
		header []string
		same   bool
	}{
		{"tag", []string{"If-None-Match", tag}, true},
		{"weak tag", []string{"If-None-Match", `"x", W/` + tag}, true},
		{"tag of the packed one", []string{"If-None-Match", zippedTag, "Accept-Encoding", "gzip"}, true},
		{"tag of the packed one, asked for otherwise", []string{"If-None-Match", zippedTag}, true},
		{"any tag", []string{"If-None-Match", "*"}, true},
		{"date", []string{"If-Modified-Since", modified}, true},
		{"another tag and the date", []string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, false},
		{"an older date", []string{"If-Modified-Since", noon.Add(-time.Hour).Format(http.TimeFormat)}, false},
		{"a date that is none", []string{"If-Modified-Since", "yesterday"}, false},
	}
	for _, tt := range conditions {
		w := d.answer(request("GET", path, "", tt.header...))
		if same := w.Code == http.StatusNotModified; same != tt.same {
			t.Errorf("%s: %d", tt.name, w.Code)
		}
		if tt.same && (w.Body.Len() > 0 || w.Header().Get("ETag") == "" || w.Header().Get("Last-Modified") != modified) {
			t.Errorf("%s: %v %s", tt.name, w.Header(), w.Body)
		}
		if tt.name == "date" {
			if n := d.feedReads()["encoded"]; n != "1" {
				t.Errorf("to say that nothing changed it was encoded: %s times in all", n)
			}
		}
	}

	if err := d.meet(t, repID, "dana@northwind.example", "ana@acme.com", "Another title", hostile); err != nil {
		t.Fatal(err)
	}
	w := d.answer(request("GET", path, "", "If-None-Match", tag, "If-Modified-Since", modified))
	if w.Code != http.StatusOK || w.Header().Get("ETag") == tag || !strings.Contains(w.Body.String(), "Another title") {
		t.Errorf("after a change: %d %v\n%s", w.Code, w.Header(), w.Body)
	}
}

// No answer says that something changed after it was given (RFC 9110 §8.8.2.1). Who asks
// by date misses nothing for that.
func TestAFeedThatChangesTwiceWithinASecondIsNotOfTheNextOne(t *testing.T) {
	now := noon.Add(700 * time.Millisecond)
	d := newDesk(t, Pages{}, func(c *Config) { c.Now = func() time.Time { return now } })
	repID, path := d.feed(t, "dana@northwind.example")
	read := func(since time.Time, status int, modified time.Time) {
		t.Helper()
		w := d.answer(request("GET", path, "", "If-Modified-Since", since.Format(http.TimeFormat)))
		if got := w.Header().Get("Last-Modified"); w.Code != status || got != modified.Format(http.TimeFormat) {
			t.Errorf("since %v: %d, modified %s, want %d, %v", since, w.Code, got, status, modified)
		}
	}
	read(noon.Add(-time.Second), http.StatusOK, noon)
	if err := d.meet(t, repID, "dana@northwind.example", "ana@acme.com", "Another title", hostile); err != nil {
		t.Fatal(err)
	}
	read(noon, http.StatusOK, noon)
	now = noon.Add(2 * time.Second)
	read(noon, http.StatusOK, noon.Add(time.Second))
	read(noon.Add(time.Second), http.StatusNotModified, noon.Add(time.Second))
}

func TestAFeedAnswersHEAD(t *testing.T) {
	d := newDesk(t, Pages{})
	_, path := d.feed(t, "dana@northwind.example")
	server := httptest.NewServer(d.handler)
	defer server.Close()
	get, err := server.Client().Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer get.Body.Close()
	head, err := server.Client().Head(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer head.Body.Close()
	if head.StatusCode != http.StatusOK || head.ContentLength <= 0 || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
		t.Errorf("HEAD: %d, %v", head.StatusCode, head.Header)
	}
	if body, err := io.ReadAll(head.Body); err != nil || len(body) > 0 {
		t.Errorf("HEAD has a body of %d octets, %v", len(body), err)
	}
}

// Whoever has no good address learns nothing from the answer: all are alike.
func TestWrongAddressesOfFeedsLookAlike(t *testing.T) {
	d := newDesk(t, Pages{})
	repID, path := d.feed(t, "dana@northwind.example")
	feeds, err := d.Store.Feeds(t.Context(), repID)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Store.RotateFeed(t.Context(), repID, feeds[0].ID); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, wrong := range []string{
		path, path + "/", "/feeds/" + strings.Repeat("a", 26) + ".ics", "/feeds/a.ics", "/feeds/.ics", "/feeds/x", "/feeds/", "/feeds/%00.ics", "/feeds/a/b.ics",
		strings.TrimSuffix(path, ".ics"), strings.ToUpper(path[len("/feeds/"):]), "/feeds/" + strings.Repeat("x", 5000) + ".ics",
	} {
		if !strings.HasPrefix(wrong, "/") {
			wrong = "/feeds/" + wrong
		}
		w := d.answer(request("GET", wrong, ""))
		answer := fmt.Sprint(w.Code, w.Header(), w.Body)
		if first == "" {
			first = answer
		}
		if w.Code != http.StatusNotFound || answer != first {
			t.Errorf("%.60s: %s\nwant %s", wrong, answer, first)
		}
	}
	if token := path[len("/feeds/") : len(path)-len(".ics")]; strings.Contains(d.log.String(), token) {
		t.Error("the token is in the log")
	}
}

func TestReadersOfFeedsAreSlowedDown(t *testing.T) {
	d := newDesk(t, Pages{})
	_, path := d.feed(t, "dana@northwind.example")
	guess := func() *httptest.ResponseRecorder { return d.answer(request("GET", "/feeds/guess.ics", "")) }
	for i := range 60 {
		if w := guess(); w.Code != http.StatusNotFound {
			t.Fatalf("guess %d: %d", i, w.Code)
		}
	}
	if w := guess(); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("a guess too many: %d %v", w.Code, w.Header())
	}
	for i := range 100 {
		if w := d.answer(request("GET", path, "")); w.Code != http.StatusOK { // from where the guesses came
			t.Fatalf("reading %d: %d", i, w.Code)
		}
	}
	if w := d.answer(request("GET", path, "")); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("a reading too many: %d %v", w.Code, w.Header())
	}
}

// A calendar that cannot be read is no empty calendar: clients would delete everything.
func TestAFeedThatCannotBeReadIsNoCalendar(t *testing.T) {
	d := newDesk(t, Pages{Error: func(w http.ResponseWriter, _ *http.Request, status int, _ string) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
	}})
	_, path := d.feed(t, "dana@northwind.example")
	if w := d.answer(request("GET", path, "")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if d.answer(request("GET", path, "").WithContext(gone)); strings.Contains(d.log.String(), "feed not read") || d.feedReads()["failed"] != "" {
		t.Errorf("a client that went away is a failure:\n%s", d.log.String())
	}
	if err := d.Store.Close(); err != nil {
		t.Fatal(err)
	}
	w := d.answer(request("GET", path, ""))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "60" ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") || strings.Contains(w.Body.String(), "VCALENDAR") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestWhoReadAFeedIsKnown(t *testing.T) {
	d := newDesk(t, Pages{})
	repID, path := d.feed(t, "dana@northwind.example")
	d.answer(request("GET", path, "", "User-Agent", "Google-Calendar-Importer"))
	feeds, err := d.Store.Feeds(t.Context(), repID)
	if err != nil || feeds[0].LastReadBy != "Google Calendar" || feeds[0].LastReadAt == nil || !feeds[0].LastReadAt.Equal(noon) {
		t.Errorf("%+v, %v", feeds, err)
	}
	for agent, want := range map[string]string{
		"": "a client without a name", "khal/0.11 (x)": "khal", "vdirsyncer/0.19.0": "vdirsyncer", "Evolution/3.46.4": "Evolution",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0": "Thunderbird",
		"macOS/14.5 (23F79) CalendarAgent/1021":                                      "Apple Calendar", "iOS/17.5 (21F79) dataaccessd/1.0": "Apple Calendar",
		"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)": "Outlook", "Microsoft.Exchange/15.20": "Outlook",
		"<script>\x00évil/1": "<script>vil", strings.Repeat("x", 300): strings.Repeat("x", 40), "ICSx5/2.2.5": "ICSx⁵",
	} {
		if got := clientName(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func TestGzipIsSentToThoseWhoTakeIt(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "x-gzip": true, "GZIP": true, "deflate, gzip;q=1.0": true, "gzip;q=0": false, "gzip; q=0.001": true,
		"*": true, "*;q=0": false, "*, gzip;q=0": false, "identity": false, "br": false, "gzip;q=x": false,
	} {
		if got := acceptsGzip(request("GET", "/", "", "Accept-Encoding", header)); got != want {
			t.Errorf("%q: %t, want %t", header, got, want)
		}
	}
}

func TestTheCacheOfFeedsHasAnEnd(t *testing.T) {
	c := newFeedCache(10 * firstChunk)
	state := func(id string, version int) store.FeedState {
		return store.FeedState{Feed: store.Feed{ID: id}, Digest: fmt.Sprint(version)}
	}
	put := func(id string, version, size int) {
		f := &sentFeed{state: state(id, version)}
		f.plain.Write(make([]byte, size))
		c.put(f)
	}
	put("a", 1, 1)
	put("b", 1, 1)
	put("a", 2, 1)
	if c.get(state("a", 1)) != nil || c.get(state("a", 2)) == nil || c.get(state("b", 1)) == nil {
		t.Error("what is said now is not kept, or what was said is")
	}
	c.get(state("a", 2))
	for i := range 9 {
		put(fmt.Sprint(i), 1, 1)
	}
	if c.get(state("b", 1)) != nil || c.get(state("a", 2)) == nil || len(c.byID) != 10 || c.recent.Len() != 10 || c.room != 0 {
		t.Errorf("%d feeds are kept, room %d", len(c.byID), c.room)
	}
	put("large", 1, 1<<20)
	if len(c.byID) != 0 || c.room != 10*firstChunk {
		t.Errorf("one that is too large is kept, or keeps its room: %d, %d", len(c.byID), c.room)
	}
}

func TestChunksHoldWhatIsWritten(t *testing.T) {
	var c chunks
	var want bytes.Buffer
	for i := range 5000 {
		line := []byte(fmt.Sprintln("line", i))
		want.Write(line)
		c.Write(line)
	}
	c.Write(want.Bytes())
	want.Write(want.Bytes())
	var got bytes.Buffer
	c.writeTo(&got)
	if !bytes.Equal(got.Bytes(), want.Bytes()) || c.size() != want.Len() || c.held() > want.Len()+largestChunk {
		t.Errorf("%d octets of %d, held in %d", got.Len(), want.Len(), c.held())
	}
}
