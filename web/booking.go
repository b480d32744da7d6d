package web

import (
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler/store"
)

// bookingPage is what a prospect sees behind their link.
type bookingPage struct {
	store.Booking
	Token string
	Host  string // how the rep is called
	State bookingState
	Days  []offerDay
	// Key tells a second click on this form from another form.
	Key string
	// Zone is what the prospect's zone is known to be; "": nobody said.
	Zone  string
	Zones template.HTML
	// HoursZone is the zone of the hours in Wishes: what they said before keeps its own.
	HoursZone string
	// Detect: the browser may say in which zone it is, and have the page shown in that.
	Detect  bool
	Picked  string // the offer that was chosen, where the form is shown again
	Message string
	Wishes  wishForm
	// Shown is what the form shows that was not filled in: the rep may say otherwise before
	// it is sent.
	Shown string
	// Done says what was done by the form before, Failed what went wrong with it.
	Done, Failed string
	// Problems say what is wrong, by field.
	Problems map[string]string
}

// bookingState says which of its faces the page shows.
type bookingState string

const (
	bookingOpen   bookingState = "open"   // there are slots to pick from
	bookingNone   bookingState = "none"   // there are none now; others can be asked for
	bookingBooked bookingState = "booked" // a review is booked, and can be changed
	bookingBegun  bookingState = "begun"  // it has begun, or is over
	bookingClosed bookingState = "closed" // nothing can be booked
	bookingAsk    bookingState = "ask"    // the link only asks how to follow up
)

func stateOf(b store.Booking) bookingState {
	switch {
	case b.ProposalID == "":
		return bookingAsk
	case b.Review != nil && b.Changes:
		return bookingBooked
	case b.Review != nil:
		return bookingBegun
	case len(b.Open) > 0:
		return bookingOpen
	case b.Asks:
		return bookingNone
	}
	return bookingClosed
}

// offerDay are the slots of one day.
type offerDay struct {
	Day   time.Time
	Slots []store.Offer
}

// doneWords say what a form did; %s is the rep.
var doneWords = map[string]string{
	"booked":      "An invitation is on its way to you by mail.",
	"cancelled":   "The review is cancelled. %s sees it in the calendar, and a mail confirms it to you.",
	"other_times": "Here are other times.",
	"none":        "%s has no other times open right now. Write below when it would suit you.",
	"instead":     "%s has your message.",
	"preferences": "Noted. %s will keep to it.",
}

// ShowBooking shows a prospect what their link is for. It changes nothing: mail and
// chat programs open links by themselves.
func (s *Site) ShowBooking(c *gin.Context) { s.page(s.showBooking)(c) }

// DoBooking does what a prospect asks for: it books, moves or cancels a review, or keeps
// what they say.
func (s *Site) DoBooking(c *gin.Context) { s.page(s.doBooking)(c) }

func (s *Site) showBooking(r *request) error {
	b, err := s.Store.Booking(r.Request.Context(), r.Param("token"))
	if err != nil {
		return fmt.Errorf("load booking: %w", err)
	}
	page, f := s.bookingPage(r, b, r.Query("zone"))
	page.Detect = r.Query("zone") == ""
	page.Done = page.said(r.Query("done"))
	status := http.StatusOK
	if b.Over {
		status = http.StatusGone
	}
	return s.renderBooking(r, status, f, page)
}

// said tells what the form before did; "": nothing that p still shows. An address that
// was kept must not say what is true no more.
func (p bookingPage) said(done string) string {
	booked := p.State == bookingBooked
	if done == "booked" && !booked || done == "cancelled" && booked || done == "other_times" && len(p.Open) == 0 {
		return ""
	}
	return strings.ReplaceAll(doneWords[done], "%s", p.Host)
}

// bookingPage returns the page of a booking, in the zone with the given name; where
// there is none, in the one that the prospect is known to be in, else in the rep's.
func (s *Site) bookingPage(r *request, b store.Booking, zoneName string) (bookingPage, frame) {
	page := bookingPage{
		Booking: b, Token: r.Param("token"), Host: hostName(b), State: stateOf(b), Zones: s.zones,
		Key: rand.Text(), Wishes: wishForm{Wishes: b.Wishes}, Shown: asForm(b.Wishes),
	}
	f := frame{Page: "booking", Public: true, Demo: s.Demo, zone: time.UTC, now: r.now}
	if zone, ok := zoneNamed(b.HostZone); ok {
		f.zone = zone
	}
	for _, name := range []string{zoneName, b.Wishes.Zone} {
		if zone, ok := zoneNamed(name); ok {
			f.zone, page.Zone = zone, name
			break
		}
	}
	page.Days, page.HoursZone = f.offerDays(b.Open), f.Zone()
	if b.Wishes.Hours != nil && isZone(b.Wishes.Zone) {
		page.HoursZone = b.Wishes.Zone
	}
	return page, f
}

// hostName is how the rep is called towards prospects.
func hostName(b store.Booking) string {
	for _, name := range []string{b.Host, b.Company} {
		if name = plain(name); name != "" {
			return name
		}
	}
	return "Your contact"
}

// offerDays groups slots, which are in order, by day.
func (f frame) offerDays(offers []store.Offer) []offerDay {
	var days []offerDay
	for _, o := range offers {
		if n := len(days); n == 0 || !f.sameDay(days[n-1].Day, o.Start) {
			days = append(days, offerDay{Day: o.Start})
		}
		last := &days[len(days)-1]
		last.Slots = append(last.Slots, o)
	}
	return days
}

func (s *Site) renderBooking(r *request, status int, f frame, page bookingPage) error {
	f.Title = bookingTitle(page)
	return s.render(r, status, f, page)
}

func bookingTitle(p bookingPage) string {
	switch p.State {
	case bookingAsk:
		return "How to follow up · " + p.Host
	case bookingBooked, bookingBegun:
		return "Booked with " + p.Host
	}
	return "Pick a time with " + p.Host
}

// adding are the ways to put the review into a calendar by hand.
type adding struct{ Google, Outlook, File string }

// Adding returns the ways to put p's review, which is booked, into a calendar.
func (p bookingPage) Adding() adding {
	const stamp = "20060102T150405Z"
	title := "Review: " + plain(p.Title)
	details := "With " + p.Host + "."
	start, end := p.Review.Start.UTC(), p.Review.End.UTC()
	google := url.Values{
		"action": {"TEMPLATE"}, "text": {title}, "details": {details}, "dates": {start.Format(stamp) + "/" + end.Format(stamp)},
	}
	outlook := url.Values{
		"path": {"/calendar/action/compose"}, "rru": {"addevent"}, "subject": {title}, "body": {details},
		"startdt": {start.Format(time.RFC3339)}, "enddt": {end.Format(time.RFC3339)},
	}
	return adding{
		Google:  "https://calendar.google.com/calendar/render?" + google.Encode(),
		Outlook: "https://outlook.office.com/calendar/deeplink/compose?" + outlook.Encode(),
		File:    bookingPrefix + url.PathEscape(p.Token) + "/review.ics",
	}
}
