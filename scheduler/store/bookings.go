package store

import (
	"context"
	"errors"
	"time"
)

// Booking is what a prospect sees behind the link that they were given: the review of a
// proposal, or, without one, the question alone how they want to be followed up.
// Times are in UTC: the page shows them in the prospect's zone.
type Booking struct {
	RepID      string `json:"-"`
	ProposalID string `json:"-"` // "": the link only asks how to follow up
	ContactID  string `json:"-"`

	Host     string    `json:"host"` // the rep's name
	HostZone string    `json:"host_zone"`
	Company  string    `json:"company"` // the rep's; "": none
	Title    string    `json:"title"`
	Contact  string    `json:"contact"` // the prospect's own name
	Duration Duration  `json:"duration"`
	Open     []Offer   `json:"offers"`           // that can be picked, by start
	Review   *Review   `json:"review,omitempty"` // what is booked
	Meet     bool      `json:"-"`
	Changes  bool      `json:"changeable"` // the review has not begun: it can be moved and cancelled
	Closed   string    `json:"closed"`     // why nothing can be picked, in words; "": it can be
	Wishes   Wishes    `json:"preferences"`
	Expires  time.Time `json:"expires_at"`
}

// Pick is a prospect's choice of a slot.
type Pick struct {
	Offer string // its id
	// Key tells a second click on the same form from another one; "": none.
	Key string
	// Zone is the prospect's, as their browser says; "": not known.
	Zone string
	// Wishes are how they want to be followed up; nil: they did not say.
	Wishes *Wishes
}

// Booking returns what the link with the given token is for. A token that is none is
// ErrNotFound, one that has expired ErrGone.
func (s *Store) Booking(ctx context.Context, token string) (Booking, error) {
	return Booking{}, errors.ErrUnsupported
}

// Book books the slot of p, or moves the review that is booked to it. What the rep has
// on their calendar must have been read just before. Where the slot is not open any
// more, or somebody else was faster, it is ErrTaken, with the Booking as it is now; the
// same Key again is the same booking, and no error.
func (s *Store) Book(ctx context.Context, token string, p Pick) (Booking, error) {
	return Booking{}, errors.ErrUnsupported
}

// CancelReview cancels the booked review for the prospect: its event goes, and they are
// told by mail. Fresh slots are offered.
func (s *Store) CancelReview(ctx context.Context, token string) (Booking, error) {
	return Booking{}, errors.ErrUnsupported
}

// OtherTimes has other slots offered than those on offer, which the prospect turned
// down; where a review is booked, slots to move it to. Message is what they say to the
// rep, at most 1,000 characters; with instead, they say when it suits them in place of
// asking for other slots, so none are offered.
func (s *Store) OtherTimes(ctx context.Context, token, message string, instead bool) (Booking, error) {
	return Booking{}, errors.ErrUnsupported
}

// SaveWishes keeps how the prospect wants to be followed up (practice ask-how).
func (s *Store) SaveWishes(ctx context.Context, token string, w Wishes) (Booking, error) {
	return Booking{}, errors.ErrUnsupported
}

// Live names whom a booking needs to look at right before it is made: the rep's calendars
// and, where it is shown, the contact's.
type Live struct {
	RepID, ProposalID, Address string
	Open                       bool // the offer can be picked, as far as is known
}

// Live returns what to look at before the offer is picked. It changes nothing.
func (s *Store) Live(ctx context.Context, token, offerID string) (Live, error) {
	return Live{}, errors.ErrUnsupported
}
