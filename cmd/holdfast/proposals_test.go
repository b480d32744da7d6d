package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler/store"
)

// proposal creates a proposal to ana@acme.com that is to be sent tomorrow, and waits
// until its offers are on the calendar.
func (b *client) proposal(t *testing.T, u *emulator.User, title string) store.Proposal {
	t.Helper()
	var p store.Proposal
	b.api(http.StatusCreated, "POST", "proposals", fmt.Sprintf(
		`{"contact": {"address": "ana@acme.com", "name": "Ana Ruiz"}, "title": %s, "send_on": "2026-12-01", "duration": "45m"}`, quote(t, title))).into(t, &p)
	if p.State != "offered" || len(p.Offers) != 3 || p.Prospect != "acme.com" || p.Duration.String() != "45m" || p.Title != title {
		t.Fatalf("the proposal is %+v", p)
	}
	b.w.eventually("the offers are on the calendar", func() bool {
		there := b.w.written(u, "offer")
		return !slices.ContainsFunc(p.Offers, func(o store.Offer) bool {
			return !slices.ContainsFunc(there, func(e emulator.Event) bool { return e.ExtendedProperties.Private["hfId"] == o.ID })
		})
	})
	return p
}

// clearance asks whether a proposal may be sent.
func (b *client) clearance(t *testing.T, id string) store.Clearance {
	t.Helper()
	var c store.Clearance
	b.api(http.StatusOK, "GET", "proposals/"+id+"/clearance", "").into(t, &c)
	return c
}

// prospect is a program of a prospect's.
func (w *rig) prospect() *client {
	b := w.newClient()
	b.header.Set("Accept", "application/json")
	return b
}

// link is the path of a booking link.
func (w *rig) link(bookingURL string) string {
	w.t.Helper()
	path, ours := strings.CutPrefix(bookingURL, w.url)
	if !ours || !strings.HasPrefix(path, "/book/") {
		w.t.Fatalf("the booking link is %q", bookingURL)
	}
	return path
}

// booked has the prospect pick a slot of a proposal, and returns the link once the review
// is on the calendar.
func (w *rig) booked(t *testing.T, dana *client, p store.Proposal) string {
	t.Helper()
	link := w.link(p.BookingURL)
	if r := w.prospect().do("POST", link, `{"offer": "`+p.Offers[0].ID+`", "zone": "Europe/Berlin"}`); r.StatusCode != http.StatusCreated {
		t.Fatalf("picked: %d %s", r.StatusCode, r.body)
	}
	w.eventually("the review is on the calendar", func() bool { return dana.clearance(t, p.ID).Cleared })
	return link
}

// ready returns a rep's browser and calendar, with somebody met whom proposals are for
// and nothing else to be done.
func (w *rig) ready(email string) (*client, *emulator.User) {
	w.t.Helper()
	b := w.withBacklog(email, "ana@acme.com")
	b.api(http.StatusOK, "POST", "backlog/dismiss", "")
	return b, w.google.User(email)
}

// From a proposal to one that may be sent, by JSON alone.
func TestAProposalIsClearOnceItsReviewIsOnTheCalendar(t *testing.T) {
	databases(t, func(t *testing.T, address string) {
		w := newRig(t, address)
		dana, u := w.ready(dana)
		p := dana.proposal(t, u, "Fleet renewal")
		if c := dana.clearance(t, p.ID); c.Cleared || c.Reason != "waiting_for_pick" || c.Detail == "" {
			t.Errorf("on offer, the clearance is %+v", c)
		}
		link := w.link(p.BookingURL)
		ana := w.prospect()
		if r := ana.do("GET", link+"/review.ics", ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("the file of no review: %d %s", r.StatusCode, r.body)
		}
		var shown store.Booking
		ana.do("GET", link, "").into(t, &shown)
		if len(shown.Open) != 3 || shown.Review != nil || shown.Title != "Fleet renewal" || !strings.HasPrefix(strings.ToLower(shown.Host), "dana") {
			t.Fatalf("the prospect is shown %+v", shown)
		}
		picked := shown.Open[1]
		r := ana.do("POST", link, `{"offer": "`+picked.ID+`", "key": "click", "zone": "Europe/Berlin", "preferences": {"channel": "video"}}`)
		var booked store.Booking
		r.into(t, &booked)
		if r.StatusCode != http.StatusCreated || booked.Review == nil || !booked.Review.Start.Equal(picked.Start) || len(booked.Open) != 0 {
			t.Fatalf("picked: %d %s", r.StatusCode, r.body)
		}
		if r := ana.do("POST", link, `{"offer": "`+shown.Open[0].ID+`", "key": "another"}`); r.StatusCode != http.StatusConflict || !strings.Contains(r.body, `"code":"taken"`) || !strings.Contains(r.body, `"offers":[]`) {
			t.Errorf("a second pick: %d %s", r.StatusCode, r.body)
		}
		w.eventually("the review is on the calendar alone", func() bool {
			return len(w.written(u, "review")) == 1 && len(w.written(u, "offer")) == 0
		})
		w.eventually("the proposal is cleared", func() bool { return dana.clearance(t, p.ID).Cleared })
		if c := dana.clearance(t, p.ID); c.Reason != "review_booked" || c.Review == nil || !c.Review.Start.Equal(picked.Start) {
			t.Errorf("booked, the clearance is %+v", c)
		}
		w.reviewFile(t, ana, link, w.written(u, "review")[0])

		var sent store.Proposal
		dana.api(http.StatusOK, "POST", "proposals/"+p.ID+"/sent", "").into(t, &sent)
		if sent.State != "sent" || sent.SentUncleared || sent.SentAt == nil {
			t.Errorf("sent: %+v", sent)
		}
		var contacts store.Page[store.Contact]
		dana.api(http.StatusOK, "GET", "contacts?search=ana", "").into(t, &contacts)
		if len(contacts.Items) != 1 || contacts.Items[0].Wishes.Channel != "video" || contacts.Items[0].Wishes.Zone != "Europe/Berlin" ||
			contacts.Items[0].Sources["channel"] != store.FromAsked || contacts.Items[0].Sources["zone"] != store.FromBooked {
			t.Errorf("contacts: %+v", contacts.Items)
		}
	})
}

// reviewFile checks the review as a file: a calendar that has the invitation too shows
// one meeting.
func (w *rig) reviewFile(t *testing.T, ana *client, link string, e emulator.Event) {
	t.Helper()
	r := ana.do("GET", link+"/review.ics", "")
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/calendar; charset=utf-8" ||
		r.Header.Get("Content-Disposition") != `attachment; filename="review.ics"` || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("review.ics: %d %v %s", r.StatusCode, r.Header, r.body)
	}
	unfolded := strings.ReplaceAll(r.body, "\r\n ", "")
	for _, line := range []string{"UID:" + e.ICalUID, "SUMMARY:" + e.Summary, "STATUS:CONFIRMED"} {
		if !strings.Contains(unfolded, "\r\n"+line+"\r\n") {
			t.Errorf("no line %q in\n%s", line, r.body)
		}
	}
}

// Whoever clicks twice has booked once; of two who pick at once one is told that it is
// taken.
func TestOneSlotIsBookedOnce(t *testing.T) {
	databases(t, func(t *testing.T, address string) {
		w := newRig(t, address)
		dana, u := w.ready(dana)
		p := dana.proposal(t, u, "Fleet renewal")
		link := w.link(p.BookingURL)
		statuses := w.atOnce(12, func(i int) reply {
			offer := p.Offers[i%3].ID
			return w.prospect().do("POST", link, fmt.Sprintf(`{"offer": %q, "key": "click %d"}`, offer, i%3))
		})
		if statuses[http.StatusCreated] != 4 || statuses[http.StatusConflict] != 8 {
			t.Errorf("of 3 clicks, 4 times each: %v", statuses)
		}
		w.rest()
		if n := len(w.written(u, "review")); n != 1 {
			t.Errorf("%d reviews", n)
		}
		if n := len(w.written(u, "offer")); n != 0 {
			t.Errorf("%d offers are left", n)
		}
	})
}

// atOnce calls f n times at once and counts the statuses.
func (w *rig) atOnce(n int, f func(i int) reply) map[int]int {
	replies := make([]reply, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { replies[i] = f(i) })
	}
	all.Wait()
	statuses := make(map[int]int)
	for _, r := range replies {
		statuses[r.StatusCode]++
		if r.StatusCode >= http.StatusInternalServerError {
			w.t.Errorf("%d %s", r.StatusCode, r.body)
		}
	}
	return statuses
}

func TestWhatIsSentBeforeItIsClearIsKeptAsThat(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	dana, u := w.ready(dana)
	p := dana.proposal(t, u, "Fleet renewal")
	for range 2 {
		var sent store.Proposal
		dana.api(http.StatusOK, "POST", "proposals/"+p.ID+"/sent", "").into(t, &sent)
		if sent.State != "sent" || !sent.SentUncleared {
			t.Errorf("sent: %+v", sent)
		}
	}
	if c := dana.clearance(t, p.ID); c.Cleared || c.Reason != "sent_not_cleared" {
		t.Errorf("the clearance is %+v", c)
	}
	w.rest()
	r := w.prospect().do("POST", w.link(p.BookingURL), `{"offer": "`+p.Offers[0].ID+`"}`)
	if r.StatusCode != http.StatusCreated {
		t.Errorf("the prospect can still book: %d %s", r.StatusCode, r.body)
	}
}

// The prospect asks for other times, books one of them, and cancels.
func TestTheProspectChangesTheirMind(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	dana, u := w.ready(dana)
	p := dana.proposal(t, u, "Fleet renewal")
	link, ana := w.link(p.BookingURL), w.prospect()
	var other store.Booking
	ana.do("POST", link, `{"action": "other_times", "message": "mornings are bad"}`).into(t, &other)
	if len(other.Open) == 0 || slices.ContainsFunc(other.Open, func(o store.Offer) bool {
		return slices.ContainsFunc(p.Offers, func(old store.Offer) bool { return old.Start.Equal(o.Start) })
	}) {
		t.Fatalf("other times are %+v, those turned down %+v", other.Open, p.Offers)
	}
	var noted store.Proposal
	dana.api(http.StatusOK, "GET", "proposals/"+p.ID, "").into(t, &noted)
	if !strings.Contains(noted.Note, "mornings are bad") {
		t.Errorf("the rep is told %q", noted.Note)
	}
	if r := ana.do("POST", link, `{"offer": "`+other.Open[0].ID+`"}`); r.StatusCode != http.StatusCreated {
		t.Fatalf("picked: %d %s", r.StatusCode, r.body)
	}
	w.eventually("the proposal is cleared", func() bool { return dana.clearance(t, p.ID).Cleared })
	if r := ana.do("POST", link, `{"action": "cancel"}`); r.StatusCode != http.StatusOK {
		t.Fatalf("cancelled: %d %s", r.StatusCode, r.body)
	}
	if c := dana.clearance(t, p.ID); c.Cleared {
		t.Errorf("cancelled, the clearance is %+v", c)
	}
	w.eventually("the review is off the calendar", func() bool { return len(w.written(u, "review")) == 0 })
}

// A link that has expired is gone, whatever is asked of it.
func TestAnOldLinkIsGone(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	dana, u := w.ready(dana)
	link := w.link(dana.proposal(t, u, "Fleet renewal").BookingURL)
	w.rest()
	w.clock.advance(60 * 24 * time.Hour)
	ana := w.prospect()
	for _, r := range []reply{
		ana.do("GET", link, ""), ana.do("GET", link+"/review.ics", ""),
		ana.do("POST", link, `{"offer": "x"}`), ana.do("POST", link, `{"action": "cancel"}`),
	} {
		if r.StatusCode != http.StatusGone || !strings.Contains(r.body, `"code":"gone"`) {
			t.Errorf("%s %s: %d %s", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.body)
		}
	}
}

// What came over a slot since it was offered counts, though nobody told Holdfast; where
// the calendar cannot be read, or is not to be written to, nothing is booked.
func TestNothingIsBookedOverWhatIsOnTheCalendarNow(t *testing.T) {
	w := newRig(t, sqliteFile(t), func(s *serviceSettings) { s.Push = "off" })
	dana, u := w.ready(dana)
	p := dana.proposal(t, u, "Fleet renewal")
	w.rest()
	link, ana := w.link(p.BookingURL), w.prospect()
	pick := func(offer store.Offer) reply { return ana.do("POST", link, `{"offer": "`+offer.ID+`"}`) }

	w.google.Fault(emulator.Fault{User: u.Email(), Method: "calendar.events.list", Status: http.StatusInternalServerError})
	if r := pick(p.Offers[0]); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") != "60" || !strings.Contains(r.body, `"code":"unavailable"`) {
		t.Errorf("while the calendar cannot be read: %d %v %s", r.StatusCode, r.Header, r.body)
	}
	if _, err := u.Insert("primary", emulator.Event{
		Summary: "Board", Start: emulator.At(p.Offers[0].Start, "UTC"), End: emulator.At(p.Offers[0].End, "UTC"),
	}); err != nil {
		t.Fatal(err)
	}
	var taken struct {
		Code   string
		Offers []store.Offer
	}
	r := pick(p.Offers[0])
	r.into(t, &taken)
	if r.StatusCode != http.StatusConflict || taken.Code != "taken" || len(taken.Offers) < 2 || slices.ContainsFunc(taken.Offers, func(o store.Offer) bool {
		return o.ID == p.Offers[0].ID || o.Start.Equal(p.Offers[0].Start)
	}) {
		t.Errorf("something came over it: %d %s", r.StatusCode, r.body)
	}
	dana.api(http.StatusOK, "POST", "connection/pause", "")
	if r := pick(taken.Offers[0]); r.StatusCode == http.StatusCreated {
		t.Errorf("while the rep pauses: %d %s", r.StatusCode, r.body)
	}
	if n := len(w.written(u, "review")); n != 0 {
		t.Errorf("%d reviews", n)
	}
	dana.api(http.StatusOK, "POST", "connection/resume", "")
	if r := pick(taken.Offers[0]); r.StatusCode != http.StatusCreated {
		t.Errorf("then: %d %s", r.StatusCode, r.body)
	}
}
