package webcal

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// read reads the calendar at address, which must be good.
func read(t *testing.T, address, token string) scheduler.WebcalRead {
	t.Helper()
	got, err := New(loopback).Read(t.Context(), address, token)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestACalendarIsReadWithWhatItSaysOfItself(t *testing.T) {
	var asked http.Header
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Clone()
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, demo)
	})
	got := read(t, server.URL+"/secret.ics", "")
	if len(got.Events) != 1 || got.Events[0].UID != "one" || got.Name != "Side project" || got.Zone != "Europe/Berlin" || got.Refresh != 30*time.Minute || got.Token == "" || got.Unchanged {
		t.Errorf("read %+v", got)
	}
	if asked.Get("Cookie") != "" || asked.Get("Referer") != "" || asked.Get("If-None-Match") != "" || !strings.HasPrefix(asked.Get("Accept"), "text/calendar") {
		t.Errorf("asked with %v", asked)
	}
}

// Outlook writes zones that nobody else knows. A series in one keeps its hour in summer
// and winter, though the file is not kept.
func TestAZoneThatOnlyTheFileKnowsGetsItsName(t *testing.T) {
	server := serve(t, text("BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n"+
		"BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\nEND:STANDARD\r\n"+
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"+
		"BEGIN:VEVENT\r\nUID:x\r\nDTSTART;TZID=Customized Time Zone:20261201T090000\r\nRRULE:FREQ=WEEKLY\r\nEXDATE;TZID=Customized Time Zone:20261208T090000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	e := read(t, server.URL, "").Events[0]
	for _, m := range []scheduler.Moment{e.Start, e.End, e.ExDates[0]} {
		zone, err := time.LoadLocation(m.Zone.String())
		if err != nil {
			t.Fatalf("the zone has no name: %v", err)
		}
		july := time.Date(2027, 7, 6, 9, 0, 0, 0, zone).UTC()
		if july.Hour() != 13 || m.In(time.UTC).Hour() != 14 {
			t.Errorf("in %s nine o'clock is %d in July and %d in December", zone, july.Hour(), m.In(time.UTC).Hour())
		}
	}
}

func TestACalendarThatIsAsItWasIsNotReadAgain(t *testing.T) {
	for name, validator := range map[string]string{"ETag": `"one"`, "Last-Modified": "Mon, 30 Nov 2026 14:00:00 GMT"} {
		sent := 0
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(name, validator)
			if r.Header.Get("If-None-Match") == validator || r.Header.Get("If-Modified-Since") == validator {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			sent++
			fmt.Fprint(w, demo)
		})
		first := read(t, server.URL, "")
		for range 2 {
			again := read(t, server.URL, first.Token)
			if !again.Unchanged || again.Token != first.Token || again.Refresh != 30*time.Minute || sent != 1 {
				t.Errorf("%s: again %+v, sent %d times", name, again, sent)
			}
		}
		if whole := read(t, server.URL, ""); whole.Unchanged || len(whole.Events) != 1 {
			t.Errorf("%s: without a token %+v", name, whole)
		}
	}
}

func TestTheSameFileIsNoChangeThoughTheServerSaysNothing(t *testing.T) {
	body := demo
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	first := read(t, server.URL, "")
	if again := read(t, server.URL, first.Token); !again.Unchanged {
		t.Errorf("again %+v", again)
	}
	body = strings.Replace(demo, "Demo", "Other", 1)
	if changed := read(t, server.URL, first.Token); changed.Unchanged || changed.Events[0].Summary != "Other" || changed.Token == first.Token {
		t.Errorf("changed %+v", changed)
	}
}

func TestNotModifiedIsNoAnswerToAQuestionForAllOfIt(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	_, err := New(loopback).Read(t.Context(), server.URL, "")
	expect(t, err, "status 304", scheduler.ErrInvalid)
}

func TestWhatIsWrongIsSaidInWords(t *testing.T) {
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if len(header) == 2 {
				w.Header().Set(header[0], header[1])
			}
			w.WriteHeader(code)
		}
	}
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		words string
		kind  error
	}{
		{"a page to sign in", text("<!doctype html><html><body>Sign in</body></html>"), "a web page, not a calendar", scheduler.ErrInvalid},
		{"nothing", text(""), "nothing at all", scheduler.ErrInvalid},
		{"JSON", text(`{"events": []}`), "not a calendar", scheduler.ErrInvalid},
		{"words", text("secret words"), "not a calendar", scheduler.ErrInvalid},
		{"packed twice", text("\x1f\x8b\x08"), "not a calendar", scheduler.ErrInvalid},
		{"cut short", text(demo[:len(demo)-20]), "cut short", nil},
		{"not allowed", status(401), "asks to sign in", scheduler.ErrForbidden},
		{"forbidden", status(403), "asks to sign in", scheduler.ErrForbidden},
		{"not there", status(404), "no calendar at this address", scheduler.ErrNotFound},
		{"gone", status(410), "for good", scheduler.ErrGone},
		{"too often", status(429, "Retry-After", "7200"), "status 429", nil},
		{"down", status(503), "status 503", nil},
		{"down until a date", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Mon, 30 Nov 2026 14:00:00 GMT")
			w.Header().Set("Retry-After", "Mon, 30 Nov 2026 16:00:00 GMT")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, "status 503", nil},
		{"a part", status(206), "status 206", scheduler.ErrInvalid},
		{"no content", status(204), "status 204", scheduler.ErrInvalid},
		{"too many events", text("BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", maxEvents+1) + "END:VCALENDAR\r\n"), "more than 20000 events", scheduler.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(loopback).Read(t.Context(), serve(t, c.serve).URL+"/secret.ics", "")
			expect(t, err, c.words, c.kind)
			var failed *scheduler.WebcalError
			wait := map[string]time.Duration{"too often": 2 * time.Hour, "down until a date": 2 * time.Hour}[c.name]
			if errors.As(err, &failed) && failed.After != wait {
				t.Errorf("wait %s, want %s", failed.After, wait)
			}
		})
	}
}

func TestAnAddressThatLeadsNowhereIsSaidInWords(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	secure := serveTLS(t, text(demo))
	for _, c := range []struct {
		address, words string
		kind           error
	}{
		{"", "no address of a calendar", scheduler.ErrInvalid},
		{"calendar.example.com/secret.ics", "no address of a calendar", scheduler.ErrInvalid},
		{"ftp://calendar.example.com/secret.ics", "no address of a calendar", scheduler.ErrInvalid},
		{"file:///etc/secret", "no address of a calendar", scheduler.ErrInvalid},
		{"https:///secret", "no address of a calendar", scheduler.ErrInvalid},
		{"http://a b/secret", "no address of a calendar", scheduler.ErrInvalid},
		{closed.URL + "/secret", "127.0.0.1 cannot be reached", nil},
		{secure.URL + "/secret", "certificate is not valid", nil},
		{"webcal://" + strings.TrimPrefix(closed.URL, "http://") + "/secret", "cannot be reached", nil},
	} {
		_, err := New(loopback).Read(t.Context(), c.address, "")
		expect(t, err, c.words, c.kind)
	}
}

func TestWebcalMeansHTTPS(t *testing.T) {
	server := serveTLS(t, text(demo))
	r := New(loopback)
	r.client.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	got, err := r.Read(t.Context(), " webcal://"+strings.TrimPrefix(server.URL, "https://")+"/secret.ics#part", "")
	if err != nil || len(got.Events) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRedirectsAreFollowedFiveTimesAndTellNothing(t *testing.T) {
	var asked []string
	var referers int
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if r.Header.Get("Referer") != "" {
			referers++
		}
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/secret/%d", &n); err == nil && n > 0 {
			http.Redirect(w, r, fmt.Sprintf("/secret/%d", n-1), http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(w, demo)
	})
	read(t, server.URL+"/secret/5", "")
	if len(asked) != 6 || referers > 0 {
		t.Errorf("asked for %v, %d times telling where from", asked, referers)
	}
	_, err := New(loopback).Read(t.Context(), server.URL+"/secret/6", "")
	expect(t, err, "again and again", scheduler.ErrInvalid)
}

func TestARedirectNeverLeadsFromHTTPSToHTTPNorOffTheWeb(t *testing.T) {
	plain := serve(t, text(demo))
	for to, words := range map[string]string{plain.URL: "from https to http", "ftp://127.0.0.1/secret": "not on the web", "file:///etc/secret": "not on the web"} {
		secure := serveTLS(t, http.RedirectHandler(to, http.StatusFound))
		r := New(loopback)
		r.client.Transport.(*http.Transport).TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
		_, err := r.Read(t.Context(), secure.URL, "")
		expect(t, err, words, scheduler.ErrInvalid)
	}
}

func TestTheNameOfACalendarIsLookedUpWithoutAnyProxy(t *testing.T) {
	server := serve(t, text(demo))
	r := New(loopback)
	r.dialer.Resolver, _ = resolver(t, "127.0.0.1")
	got, err := r.Read(t.Context(), strings.Replace(server.URL, "127.0.0.1", "calendar.test", 1), "")
	if err != nil || len(got.Events) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// packed answers with what write gives, compressed.
func packed(write func(io.Writer)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		write(z)
		_ = z.Close() // the reader may have gone away
	}
}

func TestAFileIsMeasuredUnpacked(t *testing.T) {
	small := serve(t, packed(func(w io.Writer) { fmt.Fprint(w, demo) }))
	if got := read(t, small.URL, ""); len(got.Events) != 1 {
		t.Errorf("a packed calendar: %+v", got)
	}
	for name, filler := range map[string]string{
		"one line without an end": strings.Repeat("x", 1<<20), "lines": strings.Repeat("X-FILLER:x\r\n", 1<<16), "blank lines": strings.Repeat("\r\n", 1<<19),
	} {
		bomb := serve(t, packed(func(w io.Writer) {
			fmt.Fprint(w, demo[:len(demo)-len("END:VCALENDAR\r\n")], "X-FILLER:")
			for range 1 << 10 { // a gigabyte
				if _, err := io.WriteString(w, filler); err != nil {
					return
				}
			}
		}))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := New(loopback)
		r.deadline = time.Hour // size alone ends it, on a slow machine too
		_, err := r.Read(t.Context(), bomb.URL, "")
		runtime.ReadMemStats(&after)
		expect(t, err, "larger than 10 MB", scheduler.ErrInvalid)
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 128 { // with the server's own
			t.Errorf("%s: %d MB were taken", name, took)
		}
	}
}

func TestAServerThatDoesNotComeToAnEndIsLeft(t *testing.T) {
	for name, begin := range map[string]string{"before its answer": "", "within the calendar": demo[:100]} {
		t.Run(name, func(t *testing.T) {
			released := make(chan struct{})
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if begin != "" {
					fmt.Fprint(w, begin)
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Error(err)
					}
				}
				<-released
			})
			t.Cleanup(func() { close(released) })
			r := New(loopback)
			r.deadline = 50 * time.Millisecond
			_, err := r.Read(t.Context(), server.URL, "")
			expect(t, err, "in time", nil)

			r.deadline = time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := r.Read(ctx, server.URL, ""); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who asked gave up: %v", err)
			}
		})
	}
	if deadline != 10*time.Second || New(nil).deadline != deadline {
		t.Errorf("the deadline is %s", New(nil).deadline)
	}
}

func TestOnlySoManyAreReadAtOnce(t *testing.T) {
	arrived, released := make(chan struct{}, 2*atOnce), make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-released
		fmt.Fprint(w, demo)
	})
	r, done := New(loopback), make(chan error)
	for range atOnce {
		go func() {
			_, err := r.Read(t.Context(), server.URL, "")
			done <- err
		}()
		<-arrived
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.Read(ctx, server.URL, ""); !errors.Is(err, context.DeadlineExceeded) || len(arrived) > 0 {
		t.Errorf("one more: %v, %d arrived", err, len(arrived))
	}
	close(released)
	for range atOnce {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// hostile are calendars made to harm their reader (fault 30).
func hostile() map[string]string {
	event := func(lines ...string) string {
		return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20261201T090000Z\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	return map[string]string{
		"ten million instances": event("RRULE:FREQ=SECONDLY;COUNT=10000000"),
		"the year 9999":         event("RRULE:FREQ=YEARLY;UNTIL=99991231T000000Z"),
		"no interval":           event("RRULE:FREQ=DAILY;INTERVAL=0"),
		"nested":                "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\n", 70_000) + strings.Repeat("END:VEVENT\r\n", 70_000) + "END:VCALENDAR\r\n",
		"parameters":            event("ATTENDEE" + strings.Repeat(";X=1", 40_000) + ":mailto:a@b.example"),
		"panics a decoder":      event("0;0="),
		"controls":              event("SUMMARY:a\x00b\rc"),
	}
}

func TestHostileCalendarsEndSoonAndHarmNobody(t *testing.T) {
	for name, body := range hostile() {
		server := serve(t, text(body))
		done := make(chan error, 1)
		go func() {
			_, err := New(loopback).Read(t.Context(), server.URL, "")
			done <- err
		}()
		select {
		case err := <-done:
			var failed *scheduler.WebcalError
			if err != nil && !errors.As(err, &failed) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s takes longer than 5 s", name)
		}
	}
}

func TestATokenComesBackAsItWas(t *testing.T) {
	h := http.Header{"Etag": {`W/"a\"b"`}, "Last-Modified": {"Mon, 30 Nov 2026 14:00:00 GMT"}}
	want := newToken(h, "digest", time.Hour)
	if diff := cmp.Diff(want, parseToken(want.String())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{"", "nonsense", "[]", `{"etag": 1}`} {
		if got := parseToken(text); got != (token{}) {
			t.Errorf("%q is the token %+v", text, got)
		}
	}
	for _, strange := range []string{strings.Repeat("x", maxValidator+1), "\"a\x01\"", "\"é\"", "\"\xff\"", "\"a\r\nX: y\"", "\x7f"} {
		h := http.Header{"Etag": {strange}, "Last-Modified": {strange}}
		if got := newToken(h, "digest", 0); got.asks() {
			t.Errorf("%.20q is sent back", strange)
		}
	}
}

func TestAHeaderWithoutEndIsNotRead(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeader))
		text(demo)(w, r)
	})
	_, err := New(loopback).Read(t.Context(), server.URL, "")
	expect(t, err, "cannot be reached", nil)
}
