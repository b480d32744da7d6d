package scheduler

import (
	"fmt"
	"strings"
	"time"
)

// OfferEntry returns the event for a slot of p that is on offer, without what only the
// store knows; see HoldEntry. What the rep made of it stays.
func OfferEntry(p Proposal, o Offer, s Settings) Entry {
	e := Entry{
		Title: fmt.Sprintf("Offered: review of “%s” with %s", p.Title, p.Contact.at(p.Prospect)), Description: offerDescription(p, s),
		Start: o.Start, End: o.End, Zone: s.Zone,
		Busy: true, Tentative: true,
		Tags: Tags{Kind: KindOffer, Key: p.Prospect},
	}
	return e.edited(o.Edited)
}

// offerDescription says why the slot is held and when it goes by itself.
func offerDescription(p Proposal, s Settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "This time is held for %s, who can pick it to go through “%s” with you before it is sent.\n", p.Contact.at(p.Prospect), p.Title)
	fmt.Fprintf(&b, "It goes by itself when another time is picked, %s before it starts, and when nobody has answered for %s.\n",
		hours(s.Review.Notice), businessDays(s.Review.Answer))
	b.WriteString("Move it, and it is offered at its new time. Delete it, and it is not offered any more.\n")
	return b.String()
}

func hours(d time.Duration) string {
	if d == time.Hour {
		return "1 hour"
	}
	return fmt.Sprintf("%g hours", d.Hours())
}

func businessDays(n int) string {
	if n == 1 {
		return "1 business day"
	}
	return fmt.Sprintf("%d business days", n)
}

// ReviewEntry returns the event for the booked review r of p, without what only the
// store knows; see HoldEntry. It is a meeting with the contact, who moves or cancels it
// at bookingURL. What the rep made of it stays.
func ReviewEntry(p Proposal, r BookedReview, s Settings, bookingURL string) Entry {
	e := Entry{
		Title: "Review: " + p.Title, Description: reviewDescription(p, r, bookingURL),
		Start: r.Start, End: r.End, Zone: s.Zone,
		Busy:   true,
		Guests: []Contact{p.Contact}, Meet: s.Review.Meet,
		Tags: Tags{Kind: KindReview, Key: p.Prospect},
	}
	return e.edited(r.Edited)
}

// reviewDescription is the agenda of a review, as both sides read it.
func reviewDescription(p Proposal, r BookedReview, bookingURL string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "We go through “%s” together, before it is sent: %d minutes.\n\n", p.Title, int(r.End.Sub(r.Start).Minutes()))
	b.WriteString("1. What it is to solve, and what has changed since we spoke\n")
	b.WriteString("2. What it contains, what it costs, and what is still open\n")
	b.WriteString("3. Who decides, by when, and our next step\n")
	if bookingURL != "" {
		fmt.Fprintf(&b, "\nMove or cancel: %s\n", bookingURL)
	}
	return b.String()
}

// edited returns e with what the rep made of its text, and of whether it shows as busy;
// nil: nothing.
func (e Entry) edited(theirs *Content) Entry {
	if theirs != nil {
		e.Title, e.Description, e.Busy = theirs.Title, theirs.Description, theirs.Busy
	}
	return e
}
