package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// asJSON is what a program says of itself towards a booking link.
var asJSON = []string{"Content-Type", "application/json", "Accept", "application/json"}

func TestBehindABookingLinkPeopleFindAPageAndProgramsJSON(t *testing.T) {
	page := func(c *gin.Context) { c.String(http.StatusOK, "page of "+c.Request.Method+" "+c.Param("token")) }
	d := newDesk(t, Pages{ShowBooking: page, DoBooking: page})
	for _, c := range []struct {
		method, header, value string
		page                  bool
	}{
		{"GET", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
		{"GET", "Accept", "*/*", true},
		{"GET", "Accept", "", true},
		{"GET", "Accept", "application/json, text/html", true},
		{"GET", "Accept", "application/json", false},
		{"GET", "Accept", "application/problem+json, application/json, */*", false},
		{"HEAD", "Accept", "application/json", false},
		{"POST", "Content-Type", "application/x-www-form-urlencoded", true},
		{"POST", "Content-Type", "", true},
		{"POST", "Content-Type", "application/jsonp", true},
		{"POST", "Content-Type", "application/json", false},
		{"POST", "Content-Type", "Application/JSON; charset=utf-8", false},
	} {
		w := d.answer(request(c.method, "/book/nobodys", `{"action": "cancel"}`, c.header, c.value))
		switch isPage := strings.HasPrefix(w.Body.String(), "page of "+c.method+" nobodys"); {
		case isPage != c.page:
			t.Errorf("%s with %s %q: a page is %v, want %v; %s", c.method, c.header, c.value, isPage, c.page, w.Body)
		case !c.page:
			problemIn(t, w)
		}
		h := w.Header()
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s with %s %q: headers %v", c.method, c.header, c.value, h)
		}
	}
}

func TestAFormThatIsTooLongIsNotReadToItsEnd(t *testing.T) {
	var failed error
	d := newDesk(t, Pages{DoBooking: func(c *gin.Context) { failed = c.Request.ParseForm() }})
	d.answer(request("POST", "/book/x", "message="+strings.Repeat("x", mostInput), "Content-Type", "application/x-www-form-urlencoded"))
	var tooLong *http.MaxBytesError
	if !errors.As(failed, &tooLong) {
		t.Errorf("the form was read: %v", failed)
	}
}

func TestWhatDoesNotGoTogetherInABookingIsToldByName(t *testing.T) {
	d := newDesk(t, Pages{})
	for body, want := range map[string]FieldError{
		`{}`:                                                                       {"offer", "is required, or an action"},
		`{"offer": ""}`:                                                            {"offer", "expected length >= 1"},
		`{"offer": "x", "action": "cancel"}`:                                       {"offer", "does not go with this action"},
		`{"action": "cancel", "key": "k"}`:                                         {"key", "does not go with this action"},
		`{"action": "cancel", "preferences": {}}`:                                  {"preferences", "does not go with this action"},
		`{"action": "preferences"}`:                                                {"preferences", "is required"},
		`{"action": "instead", "message": " "}`:                                    {"message", "is required"},
		`{"offer": "x", "message": "hello"}`:                                       {"message", "does not go with this action"},
		`{"action": "sell"}`:                                                       {"action", ""},
		`{"offer": "x", "website": "http://x.example"}`:                            {"website", "unexpected property"},
		`{"offer": "x", "preferences": {"colour": "x"}}`:                           {"preferences.colour", "unexpected property"},
		`{"offer": "x", "preferences": {"channel": "x"}}`:                          {"preferences.channel", ""},
		`{"offer": "x", "key": "` + strings.Repeat("k", 201) + `"}`:                {"key", "expected length <= 200"},
		`{"action": "instead", "message": "` + strings.Repeat("m", 1001) + `"}`:    {"message", "expected length <= 1000"},
		`{"action": "other_times", "zone": "Europe/Berlin"}`:                       {"zone", "does not go with this action"},
		`{"action": "preferences", "preferences": {}, "offer": "x", "zone": null}`: {"offer", "does not go with this action"},
	} {
		p := problemIn(t, d.answer(request("POST", "/book/nobodys", body, asJSON...)))
		if p.Status != http.StatusBadRequest || p.Code != "invalid" || len(p.Errors) != 1 {
			t.Errorf("%.80s: %+v", body, p)
			continue
		}
		if got := p.Errors[0]; got.Field != want.Field || want.Message != "" && got.Message != want.Message {
			t.Errorf("%.80s: %+v, want %+v", body, got, want)
		}
	}
	if p := problemIn(t, d.answer(request("POST", "/book/nobodys", `{"offer":"`+strings.Repeat("x", mostInput)+`"}`, asJSON...))); p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a long body: %+v", p)
	}
	if p := problemIn(t, d.answer(request("GET", "/book/nobodys?utm=x", "", asJSON...))); p.Status != http.StatusBadRequest || p.Errors[0].Field != "utm" {
		t.Errorf("an unknown parameter: %+v", p)
	}
}

// Who is slower is told what is still open, and nothing is empty where a list is meant.
func TestWhoIsSlowerIsToldWhatIsStillOpen(t *testing.T) {
	open := []store.Offer{{ID: "o2", Start: noon, End: noon, State: scheduler.OfferHeld}}
	for want, offers := range map[string][]store.Offer{
		`"offers":[]`: nil,
		`"offers":[{"id":"o2","start":"2026-11-30T17:00:00Z","end":"2026-11-30T17:00:00Z","state":"held"}]`: open,
	} {
		d := newDesk(t, Pages{}, func(c *Config) {
			c.Book = func(context.Context, string, store.Pick) (store.Booking, error) {
				return store.Booking{Open: offers}, fmt.Errorf("book: %w", scheduler.ErrTaken)
			}
		})
		w := d.answer(request("POST", "/book/x", `{"offer": "o1"}`, asJSON...))
		if p := problemIn(t, w); p.Status != http.StatusConflict || p.Code != "taken" || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s, want %s in it", w.Body, want)
		}
	}
}

func TestTheLinkOfWhatWasWithdrawnIsGone(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, _ := d.token(t, "dana@northwind.example")
	p, err := d.Store.CreateProposal(t.Context(), rep.ID, store.NewProposal{
		Contact: scheduler.Contact{Address: "ana@acme.com"}, Title: "Rollout", SendOn: "2026-12-01",
	})
	if err != nil {
		t.Fatal(err)
	}
	link := "/book/" + p.BookingURL[strings.LastIndex(p.BookingURL, "/")+1:]
	if w := d.answer(request("GET", link, "", asJSON...)); w.Code != http.StatusOK {
		t.Errorf("before: %s", w.Body)
	}
	if _, err := d.Store.Withdraw(t.Context(), rep.ID, p.ID); err != nil {
		t.Fatal(err)
	}
	for method, body := range map[string]string{"GET": "", "POST": `{"offer": "o"}`} {
		if p := problemIn(t, d.answer(request(method, link, body, asJSON...))); p.Status != http.StatusGone || p.Code != "gone" {
			t.Errorf("%s: %+v", method, p)
		}
	}
}

func TestTheKeyOfAClickIsInTheBodyOrInAHeader(t *testing.T) {
	var picked store.Pick
	d := newDesk(t, Pages{}, func(c *Config) {
		c.Book = func(_ context.Context, token string, p store.Pick) (store.Booking, error) {
			picked = p
			return store.Booking{}, nil
		}
	})
	for body, want := range map[string]string{`{"offer": "o"}`: "header", `{"offer": "o", "key": "body"}`: "body"} {
		w := d.answer(request("POST", "/book/x", body, append(asJSON, "Idempotency-Key", "header")...))
		if w.Code != http.StatusCreated || picked.Key != want || picked.Offer != "o" {
			t.Errorf("%s: %d %s, picked %+v", body, w.Code, w.Body, picked)
		}
	}
}

// A token that nobody was given, and what cannot be one, look the same to whoever tries.
func TestALinkThatIsNoneIsNotFoundHoweverItLooks(t *testing.T) {
	d := newDesk(t, Pages{})
	bodies := make(map[string]string)
	for _, token := range []string{
		"nobodys", strings.Repeat("A", 43), strings.Repeat("x", 5000), "%00", "%2e%2e", "%ff%fe", "a%2Fb", "a/b", "'%20OR%201=1--", "nobodys/review.ics", "",
	} {
		w := d.answer(request("GET", "/book/"+token, "", asJSON...))
		if w.Code != http.StatusNotFound {
			t.Errorf("%.50s: %d %s", token, w.Code, w.Body)
		}
		bodies[w.Body.String()] = token
	}
	for _, body := range []string{`{"offer": "o"}`, `{"action": "cancel"}`, `{"action": "other_times"}`, `{"action": "preferences", "preferences": {}}`} {
		w := d.answer(request("POST", "/book/nobodys", body, asJSON...))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
		bodies[w.Body.String()] = body
	}
	if len(bodies) != 1 {
		t.Errorf("answers differ: %v", bodies)
	}
	if log := d.log.String(); strings.Contains(log, "nobodys") || !strings.Contains(log, "/book/:token") {
		t.Errorf("the log holds a token, or no route:\n%s", log)
	}
}

func TestBookingIsSlowedDownByAddressLookingLater(t *testing.T) {
	page := func(c *gin.Context) { c.Status(http.StatusOK) }
	d := newDesk(t, Pages{ShowBooking: page, DoBooking: page})
	for _, c := range []struct {
		method string
		burst  int
	}{{"POST", 240}, {"GET", 600}} {
		for i := range c.burst {
			if w := d.answer(request(c.method, fmt.Sprintf("/book/x%d", i), "")); w.Code == http.StatusTooManyRequests {
				t.Fatalf("%s: slowed down after %d", c.method, i)
			}
		}
		w := d.answer(request(c.method, "/book/y", "", asJSON...))
		if p := problemIn(t, w); p.Code != "slow_down" || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: %+v, retry after %q", c.method, p, w.Header().Get("Retry-After"))
		}
		elsewhere := request(c.method, "/book/y", "")
		elsewhere.RemoteAddr = "198.51.100.7:4000"
		if w := d.answer(elsewhere); w.Code == http.StatusTooManyRequests {
			t.Errorf("%s: somebody else is slowed down too", c.method)
		}
	}
	if w := d.answer(request("GET", "/book/y/review.ics", "")); w.Code != http.StatusTooManyRequests {
		t.Errorf("the file has a bucket of its own: %d", w.Code)
	}
}
