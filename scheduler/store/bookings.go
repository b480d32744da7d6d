package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
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
	Asks     bool      `json:"-"`          // other times can be asked for
	Over     bool      `json:"-"`          // the link is of no use any more: withdrawn, and nothing is booked
	Wishes   Wishes    `json:"preferences"`
	Expires  time.Time `json:"expires_at"`
}

// Booking returns what the link with the given token is for. A token that is none is
// ErrNotFound, one that has expired ErrGone.
func (s *Store) Booking(ctx context.Context, token string) (Booking, error) {
	db := s.db.WithContext(ctx)
	link, err := s.findLink(db, token)
	if err != nil {
		return Booking{}, err
	}
	rep, err := s.Rep(ctx, link.RepID)
	if err != nil {
		return Booking{}, err
	}
	b := Booking{
		RepID: rep.ID, Host: rep.calledName(), HostZone: rep.Zone, Company: rep.Company, Open: []Offer{},
		Meet: rep.Settings.ReviewMeet, Expires: link.ExpiresAt.UTC(),
	}
	if link.ProposalID == nil {
		b.ContactID = *link.ContactID
		return b, s.bookingContact(db, &b, "id = ?", b.ContactID)
	}
	b.ProposalID = *link.ProposalID
	return b, s.bookingProposal(db, &rep, &b)
}

// bookingContact puts into b who is asked, and what they wished before.
func (s *Store) bookingContact(db *gorm.DB, b *Booking, where string, value any) error {
	var rows []contactRow
	if err := db.Where(where, value).Find(&rows, "rep_id = ?", b.RepID).Error; err != nil {
		return fmt.Errorf("load contact: %w", err)
	}
	for _, row := range rows {
		view, err := row.view(time.UTC)
		if err != nil {
			return err
		}
		b.ContactID, b.Wishes = row.ID, view.Wishes
		if b.Contact == "" {
			b.Contact = row.Name
		}
	}
	return nil
}

// bookingProposal puts into b what is on offer and what is booked.
func (s *Store) bookingProposal(db *gorm.DB, rep *Rep, b *Booking) error {
	row, err := loadProposal(db, rep.ID, b.ProposalID)
	if err != nil {
		return err
	}
	all, err := withOffers(db, rep.ID, []*proposalRow{row})
	if err != nil {
		return err
	}
	now, p := s.Now(), all[0]
	b.Title, b.Contact, b.Duration, b.Review = row.Title, row.ContactName, Duration(row.length()), p.reviewView(time.UTC)
	b.Changes = b.Review != nil && b.Review.Start.After(now)
	b.Closed = p.closed(rep, now)
	b.Over = row.State == scheduler.ProposalWithdrawn && b.Review == nil
	b.Asks = row.State != scheduler.ProposalWithdrawn && (b.Review == nil || b.Changes)
	for _, o := range p.offers {
		if b.Closed == "" && o.open(now, rep.Settings) {
			b.Open = append(b.Open, o.offerView(time.UTC))
		}
	}
	if b.Closed == "" && len(b.Open) == 0 && b.Review == nil {
		b.Closed = "No times are on offer at the moment."
	}
	return s.bookingContact(db, b, "address = ?", row.contact().Compared())
}

// closed says why nothing of p can be picked, whatever is on offer; "": it can be.
func (p *proposed) closed(rep *Rep, now time.Time) string {
	switch {
	case p.row.State == scheduler.ProposalWithdrawn:
		return "This is not on offer any more."
	case p.review != nil && p.review.stands() && !p.review.StartsAt.After(now):
		return "The meeting has begun or is over."
	case rep.State != Connected:
		return "Nothing can be booked right now: please try again later."
	}
	return ""
}

// open reports whether the slot of r can be picked: it is on offer, and not so near that it is
// about to be taken back.
func (r *holdRow) open(now time.Time, settings RepSettings) bool {
	return r.Kind == string(scheduler.KindOffer) && r.stands() && now.Before(r.StartsAt.Add(-time.Duration(settings.ReviewNotice)))
}

// Live names whom a booking needs to look at right before it is made: the rep's calendars
// and, where it is shown, the contact's.
type Live struct {
	RepID, ProposalID string
	Open              bool    // the offer can be picked, as far as is known
	Again             bool    // it is what is booked already: a second click
	Booking           Booking // as it is
}

// Live returns what to look at before a slot is picked. It changes nothing and keeps
// nobody waiting, so that whoever comes too late, or many times a day (ErrTooOften), is
// told at once.
func (s *Store) Live(ctx context.Context, token string, p Pick) (Live, error) {
	if err := p.check(); err != nil {
		return Live{}, fmt.Errorf("book: %w", err)
	}
	db := s.db.WithContext(ctx)
	link, err := s.proposalLink(db, token)
	if err != nil {
		return Live{}, err
	}
	live := Live{RepID: link.RepID, ProposalID: *link.ProposalID}
	if live.Booking, err = s.Booking(ctx, token); err != nil {
		return Live{}, err
	}
	live.Open = slices.ContainsFunc(live.Booking.Open, func(o Offer) bool { return o.ID == p.Offer })
	known, err := activeBooking(db, live.ProposalID)
	switch live.Again = known.isOf(p); {
	case err != nil:
	case live.Again && live.Booking.Review == nil: // it was booked in between
		live.Booking, err = s.Booking(ctx, token)
	case live.Open && !live.Again:
		err = mayBook(db, live.RepID, live.ProposalID, s.Now())
	}
	return live, err
}

// proposalLink returns the link with the given token, which must be to a proposal.
func (s *Store) proposalLink(db *gorm.DB, token string) (linkRow, error) {
	link, err := s.findLink(db, token)
	if err == nil && link.ProposalID == nil {
		return linkRow{}, fmt.Errorf("%w: this link only asks how to follow up", scheduler.ErrNotPossible)
	}
	return link, err
}
