package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler/store"
)

// The address of the prospect in these tests, and the zone that they are in.
const (
	ana       = "ana@acme.com"
	anasZone  = "Europe/Berlin"
	phoneWide = 360
	phoneHigh = 780
)

// A proposal as both people live it, each in front of a browser: the rep makes it, the
// prospect, far away and on a phone, picks a time and cancels, and what the rep's
// calendar and pages say follows.
func TestAProposalFromBothSides(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b, u := w.ready(dana)
	w.rest()
	rep := w.repsScreen(b)
	p := w.makesProposal(rep, b, u)

	prospect := newScreen(t)
	prospect.do(inZone(anasZone), chromedp.EmulateViewport(phoneWide, phoneHigh, chromedp.EmulateMobile))
	w.picks(prospect, p)
	w.isCleared(rep, b, u, p)
	w.cancels(prospect, rep, u, p)
	w.sends(rep, p)
}

// repsScreen is a browser of the rep's whose session b has.
func (w *rig) repsScreen(b *client) *screen {
	s := newScreen(w.t)
	s.do(withCookie(w.url, "holdfast", b.cookie()), chromedp.Navigate(w.url))
	s.until("Your holds")
	return s
}

// makesProposal: the form says what is wrong with it, and then makes a proposal with
// three times held on the calendar.
func (w *rig) makesProposal(rep *screen, b *client, u *emulator.User) store.Proposal {
	w.t.Helper()
	rep.do(chromedp.Navigate(w.url + "/proposals"))
	rep.until("No proposals yet")
	rep.usable()
	rep.do(chromedp.SendKeys("#contact", "Ana", chromedp.NodeVisible))
	rep.press("Create it and hold times")
	rep.until("Give a mail address")
	rep.usable()
	rep.forgive("status of 422")
	rep.do(
		chromedp.SetValue("#contact", "Ana Ruiz <"+ana+">"), chromedp.SetValue("#title", "Fleet <b>renewal</b>"),
		chromedp.SetValue("#send_on", "2026-12-02"),
	)
	rep.press("Create it and hold times")
	rep.until("3 times for the review are held")
	rep.usable()
	w.settle()
	if n := len(w.written(u, "offer")); n != 3 {
		w.t.Fatalf("%d offers are on the calendar", n)
	}
	var list store.Page[store.Proposal]
	b.api(200, "GET", "proposals", "").into(w.t, &list)
	p := list.Items[0]
	if shown := read[string](rep, `document.querySelector("#booking").textContent`); shown != p.BookingURL || p.Title != "Fleet <b>renewal</b>" {
		w.t.Fatalf("the page shows the link %s of %+v", shown, p)
	}
	if len(w.google.Mails()) > 0 {
		w.t.Errorf("somebody was mailed: %v", w.google.Mails())
	}
	return p
}

// picks: the prospect sees the times where they are, and picks the second.
func (w *rig) picks(prospect *screen, p store.Proposal) {
	w.t.Helper()
	prospect.do(chromedp.Navigate(w.local(p.BookingURL)))
	prospect.untilTrue(`location.search === "?zone=Europe%2FBerlin" && document.readyState === "complete"`)
	prospect.until("Times are in " + anasZone)
	prospect.usable()
	zone, err := time.LoadLocation(anasZone)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range p.Offers {
		prospect.until(o.Start.In(zone).Format("Monday 2 January"))
		prospect.until(o.Start.In(zone).Format("15:04") + " – " + o.End.In(zone).Format("15:04"))
	}
	prospect.press("How would you like me to follow up?")
	prospect.do(chromedp.Click(`//label[contains(., "Video call")]`, chromedp.NodeVisible))
	prospect.usable()
	prospect.do(chromedp.Click(fmt.Sprintf(`//label[input[@value=%q]]`, p.Offers[1].ID), chromedp.NodeVisible))
	prospect.press("Book this time")
	prospect.until("You are booked")
	prospect.until(p.Offers[1].Start.In(zone).Format("Monday 2 January"))
	prospect.usable()
}

// local returns a link of the service's as the browser of a test reaches it.
func (w *rig) local(address string) string {
	w.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.url + u.Path
}

// isCleared: the review is on the calendar with the prospect invited by one mail, the
// offers are gone, and the proposal may be sent.
func (w *rig) isCleared(rep *screen, b *client, u *emulator.User, p store.Proposal) {
	w.t.Helper()
	w.settle()
	reviews := w.written(u, "review")
	if len(reviews) != 1 || len(w.written(u, "offer")) != 0 || !reviews[0].Start.Time.Equal(p.Offers[1].Start) {
		w.t.Fatalf("on the calendar are %+v and %d offers", reviews, len(w.written(u, "offer")))
	}
	if guests := reviews[0].Attendees; len(guests) == 0 || guests[len(guests)-1].Email != ana && guests[0].Email != ana {
		w.t.Errorf("invited are %+v", guests)
	}
	if mails := w.google.Mails(); len(mails) != 1 {
		w.t.Errorf("mails: %+v", mails)
	}
	if c := b.clearance(w.t, p.ID); !c.Cleared {
		w.t.Errorf("the clearance is %+v", c)
	}
	rep.do(chromedp.Navigate(w.url + "/proposals/" + p.ID))
	rep.until("Cleared to send")
	rep.until("has not answered the invitation yet")
	rep.usable()
	rep.do(chromedp.Click(`//a[contains(., "Ana Ruiz")]`))
	rep.until("from a booking")
	rep.until("Video call")
	rep.usable()
}

// cancels: the review goes, the clearance with it, and fresh times are held.
func (w *rig) cancels(prospect, rep *screen, u *emulator.User, p store.Proposal) {
	w.t.Helper()
	prospect.press("Cancel the review")
	prospect.usable()
	prospect.press("Yes, cancel it")
	prospect.until("The review is cancelled")
	prospect.until("Pick a time")
	prospect.usable()
	w.settle()
	if n, offers := len(w.written(u, "review")), w.written(u, "offer"); n != 0 || len(offers) != 3 {
		w.t.Errorf("after cancelling, %d reviews and %d offers are on the calendar", n, len(offers))
	}
	for _, e := range w.written(u, "offer") {
		for _, before := range p.Offers {
			if e.Start.Time.Equal(before.Start) {
				w.t.Errorf("what was offered before is offered again: %v", e.Start.Time)
			}
		}
	}
	rep.do(chromedp.Navigate(w.url + "/today"))
	rep.until("The clearance was taken back")
	rep.usable()
	rep.do(chromedp.Navigate(w.url + "/proposals/" + p.ID))
	rep.until("Not cleared to send")
	rep.until("The review was cancelled")
	rep.usable()
}

// sends: what is sent without a review is kept so; and the prospect may still book.
func (w *rig) sends(rep *screen, p store.Proposal) {
	w.t.Helper()
	rep.press("I have sent it")
	rep.press("Keep it as sent, not cleared")
	rep.until("Sent while not cleared")
	rep.usable()
	rep.do(chromedp.Navigate(w.url + "/proposals"))
	rep.until("no review was booked")
	rep.usable()
	if strings.Contains(read[string](rep, "document.body.innerHTML"), "<b>renewal") {
		w.t.Errorf("the title of %s is markup", p.ID)
	}
}

// Everything that a prospect does is done by plain forms: a browser that runs no scripts
// does it too.
// Nor does the browser say where its forms come from.
func TestAProspectBooksWithoutScripts(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b, u := w.ready(dana)
	w.rest()
	p := b.proposal(t, u, "Fleet renewal")
	s := newScreen(t)
	s.do(withoutScripts(true), inZone(anasZone), chromedp.Navigate(strings.Replace(w.local(p.BookingURL), "localhost", farHost, 1)))
	s.until("Times are in America/New_York")
	s.press("Change")
	s.do(chromedp.SetValue("#zone", anasZone))
	s.press("Show these times")
	s.until("Times are in " + anasZone)
	s.press("None of these suit me")
	s.press("Show me other times")
	s.until("Here are other times.")
	s.until("Times are in " + anasZone)
	w.settle()
	s.do(chromedp.Click(`(//label[@class="slot"])[1]`, chromedp.NodeVisible))
	s.press("Book this time")
	s.until("You are booked")
	w.settle()
	if n := len(w.written(u, "review")); n != 1 {
		t.Errorf("%d reviews are on the calendar", n)
	}
	s.press("Cancel the review")
	s.press("Yes, cancel it")
	s.until("The review is cancelled")
}

// A page that a prospect left open, and a time that is gone by then.
func TestAProspectWhoIsTooLateSeesWhatIsOpen(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b, u := w.ready(dana)
	w.rest()
	p := b.proposal(t, u, "Fleet renewal")
	s := newScreen(t)
	s.do(inZone("America/New_York"), chromedp.Navigate(w.local(p.BookingURL)))
	s.until("Pick a time")
	if detected := read[bool](s, `location.search === ""`); !detected {
		t.Error("a page that is in the browser's zone was loaded anew")
	}
	w.meet(u, "Board", "boss@other.example", p.Offers[0].Start.Sub(w.clock.Now()), time.Hour)
	s.do(chromedp.Click(fmt.Sprintf(`//label[input[@value=%q]]`, p.Offers[0].ID), chromedp.NodeVisible))
	s.press("Book this time")
	s.until("just been taken")
	s.usable()
	s.forgive("status of 409")
	if focused := read[string](s, `document.activeElement.getAttribute("role")`); focused != "alert" {
		t.Errorf("the focus is on %q", focused)
	}
	if open := read[bool](s, fmt.Sprintf(`!!document.querySelector('input[value="%s"]')`, p.Offers[0].ID)); open {
		t.Error("what is taken is still offered")
	}
	s.do(chromedp.Navigate(w.local(p.BookingURL) + "x"))
	s.until("This link does not work")
	s.accessible()
	s.forgive("status of 404")
}
