package web

import (
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// testWishes are wishes of every kind.
var testWishes = store.Wishes{
	Channel: scheduler.Email, Days: []string{"tue", "thu"}, Hours: &store.DayHours{Start: "09:00", End: "12:00"},
	Zone: "Europe/Berlin", NotBefore: "2027-01-11", Region: "de-by",
}

var testSources = map[string]string{
	"channel": store.FromAsked, "days": store.FromAsked, "hours": store.FromAsked, "zone": store.FromBooked, "not_before": store.FromAsked, "region": store.FromRep,
}

func testContact(text string) store.Contact {
	met := testFrame("", "").now.AddDate(0, 0, -3)
	return store.Contact{
		ID: "c1", Address: "ana@acme.com", Name: "Ana Ruiz " + text, Prospect: text, MetAt: &met, Wishes: testWishes, Sources: testSources, AskedAt: &met,
	}
}

func testContactForm(text string) contactForm {
	wrong := map[string]string{"zone": text, "hours": "Give both: from when, and until when."}
	return contactForm{Name: text, Zone: "Europe/Berlin", Wishes: wishForm{testWishes, wrong}, Zones: zoneOptions(), Problems: wrong}
}

func testProposalForm(text string) proposalForm {
	return proposalForm{
		Contact: text, Title: text, SendOn: "2026-12-01", Duration: "30m", Lengths: lengths("30m"), Known: []string{text, "Bo Lind <bo@acme.com>"},
		Problems: map[string]string{"contact": "Give a mail address.", "first_day": text},
	}
}

// testReview is a week after the frame's now.
func testReview() *store.Review {
	start := testFrame("", "").now.AddDate(0, 0, 7)
	return &store.Review{EventID: "e", Start: start, End: start.Add(30 * time.Minute), Response: "accepted"}
}

func testOffers(text string) []store.Offer {
	start := testReview().Start
	offer := func(id string, days, hours int, state scheduler.OfferState, reason string) store.Offer {
		at := start.AddDate(0, 0, days).Add(time.Duration(hours) * time.Hour)
		return store.Offer{ID: id, Start: at, End: at.Add(30 * time.Minute), State: state, Reason: reason}
	}
	return []store.Offer{
		offer("o1", 0, 0, scheduler.OfferHeld, ""), offer("o2", 1, -3, scheduler.OfferLost, "“Team” "+text+" took its time"),
		offer("o3", 1, 4, scheduler.OfferHeld, ""), offer("o4", 2, 2, scheduler.OfferHeld, ""),
	}
}

// testProposals are proposals in every state.
func testProposals(text string) []store.Proposal {
	now := testFrame("", "").now
	proposal := func(state scheduler.ProposalState, reason scheduler.ClearanceReason, detail string) store.Proposal {
		return store.Proposal{
			ID: "p-" + string(state) + string(reason), Prospect: "acme.com " + text, Title: "Website relaunch " + text, SendOn: "2026-11-23", State: state,
			Contact: scheduler.Contact{Address: "ana@acme.com", Name: "Ana Ruiz " + text}, Duration: store.Duration(30 * time.Minute), FirstDay: 2, LastDay: 5,
			Clearance: store.Clearance{Cleared: state == scheduler.ProposalCleared, Reason: reason, Detail: detail}, CreatedAt: now,
		}
	}
	draft := proposal(scheduler.ProposalDraft, scheduler.NotOffered, "no time for the review is on offer")
	draft.FromCalendar = true
	offered := proposal(scheduler.ProposalOffered, scheduler.NotPicked, "3 times are on offer, and none was picked yet")
	offered.Offers, offered.BookingURL, offered.Note = testOffers(text), "https://h.example/book/0123456789abcdef0123456789abcdef0123456789a", text
	booked := proposal(scheduler.ProposalBooked, scheduler.NotWritten, "the review is not on the calendar yet")
	booked.Review = testReview()
	cleared := proposal(scheduler.ProposalCleared, scheduler.ClearedByReview, "the review is on both calendars: Wed 25 Nov 10:00")
	cleared.Review, cleared.BookingURL, cleared.Offers = testReview(), offered.BookingURL, testOffers(text)[:1]
	cleared.Offers[0].State = scheduler.OfferPicked
	back := proposal(scheduler.ProposalOffered, scheduler.ReviewDeclined, text+" declined the review")
	back.Offers, back.BookingURL = testOffers(text), offered.BookingURL
	sent := proposal(scheduler.ProposalSent, scheduler.SentWithoutClear, "it was sent while it was not cleared")
	sent.SentUncleared, sent.SentAt = true, &now
	return []store.Proposal{
		draft, offered, booked, cleared, back, sent,
		proposal(scheduler.ProposalWithdrawn, scheduler.ProposalOff, "it was withdrawn"),
	}
}

func testProposalPage(p store.Proposal, text string) proposalPage {
	f := testFrame("", "")
	theirs := f
	theirs.zone, _ = zoneNamed("Europe/Berlin")
	editable := p.State != scheduler.ProposalSent && p.State != scheduler.ProposalWithdrawn
	return proposalPage{
		proposalCard: proposalCards([]store.Proposal{p}, f.now)[0], ContactID: "c1", Theirs: &theirs, Offers: offerLines(p), Notes: notesOf(p), LinkWords: linkWords(p, f.now),
		Answer: answerName("accepted", contactName(p.Contact)), Mail: proposalMail(p, theirs), Form: formOf(p), Editable: editable, CanOffer: editable && p.Review == nil,
		Log: []store.Activity{{At: f.now, Summary: text}},
	}
}

// testBookings are what prospects see, in every state.
func testBookings(text string) []store.Booking {
	open := store.Booking{
		ProposalID: "p1", Host: "Dana Reyes " + text, HostZone: "America/New_York", Company: "Northwind " + text, Title: "Website relaunch " + text,
		Contact: "Ana Ruiz " + text, Duration: store.Duration(30 * time.Minute), Open: testOffers(text), Meet: true,
	}
	none := open
	none.Open, none.Asks, none.Closed = nil, true, "No times are on offer at the moment. "+text
	closed := none
	closed.Asks, closed.Closed = false, text
	booked := none
	booked.Review, booked.Changes, booked.Wishes = testReview(), true, testWishes
	moving := booked
	moving.Open = testOffers(text)
	begun := booked
	begun.Changes = false
	ask := store.Booking{Host: "Dana Reyes " + text, HostZone: "America/New_York", Company: "northwind.example", Contact: "Ana"}
	return []store.Booking{open, none, closed, booked, moving, begun, ask}
}

func testBooking(b store.Booking, text string) view {
	zone, _ := zoneNamed("Europe/Berlin")
	f := frame{Page: "booking", Public: true, zone: zone, now: testFrame("", "").now}
	p := bookingPage{
		Booking: b, Token: "token", Host: hostName(b), State: stateOf(b), Days: f.offerDays(b.Open), Key: "key", Zone: "Europe/Berlin", Zones: zoneOptions(),
		HoursZone: "Europe/Berlin", Detect: true, Message: text, Wishes: wishForm{Wishes: b.Wishes}, Done: text, Failed: text, Problems: map[string]string{"message": text},
	}
	f.Title = bookingTitle(p)
	return view{f, p}
}
