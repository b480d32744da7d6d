package store

import (
	"context"
	"errors"
	"time"

	"holdfast/scheduler"
)

// Proposal is a proposal and its review, as reps see it. Times are in their zone.
type Proposal struct {
	ID       string                  `json:"id"`
	Prospect string                  `json:"prospect"`
	Contact  scheduler.Contact       `json:"contact"`
	Title    string                  `json:"title"`
	SendOn   string                  `json:"send_on" format:"date"`
	Duration Duration                `json:"duration"` // of the review
	FirstDay int                     `json:"first_day"`
	LastDay  int                     `json:"last_day"`
	State    scheduler.ProposalState `json:"state" enum:"draft,offered,booked,cleared,sent,withdrawn"`
	// Offers are those of the latest round, by start.
	Offers []Offer `json:"offers"`
	Review *Review `json:"review,omitempty"`
	// BookingURL is where the prospect picks; "" once the link has expired.
	BookingURL string    `json:"booking_url"`
	Clearance  Clearance `json:"clearance"`
	// Note says what the rep should know: how far the window was widened, that nobody
	// answered, what the prospect wrote.
	Note string `json:"note"`
	// FromCalendar: an event said that it is to be sent, and the rep has not asked for
	// slots yet.
	FromCalendar  bool       `json:"from_calendar"`
	SentAt        *time.Time `json:"sent_at"`
	SentUncleared bool       `json:"sent_uncleared"`
	CreatedAt     time.Time  `json:"created_at"`
}

// Offer is a slot on offer, as reps and prospects see it.
type Offer struct {
	ID     string               `json:"id"`
	Start  time.Time            `json:"start"`
	End    time.Time            `json:"end"`
	State  scheduler.OfferState `json:"state" enum:"held,picked,released,lost"`
	Reason string               `json:"reason,omitempty"`
}

// Review is the meeting at which a proposal is gone through.
type Review struct {
	EventID  string    `json:"event_id"` // "": not on the calendar yet
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Response string    `json:"response" enum:"needs_action,accepted,tentative,declined"`
}

// Clearance says whether a proposal may be sent, and why: a stable code, and words.
type Clearance struct {
	Cleared bool                      `json:"cleared"`
	Reason  scheduler.ClearanceReason `json:"reason" enum:"review_booked,no_review,waiting_for_pick,review_not_on_calendar,review_declined,review_cancelled,withdrawn,sent,sent_not_cleared"`
	Detail  string                    `json:"detail"`
	Review  *Review                   `json:"review,omitempty"`
}

// NewProposal is what a rep says of a proposal. What is zero has its default: the
// prospect is the contact's, the contact the one of the prospect who was met last, the
// numbers those of the rep's settings.
type NewProposal struct {
	Prospect string
	Contact  scheduler.Contact
	Title    string
	SendOn   string // 2006-01-02
	Duration Duration
	FirstDay int
	LastDay  int
}

// CreateProposal keeps a proposal, which is not clear to be sent, and has slots for its
// review offered. An *InvalidError says what of n cannot be, by the field's name in JSON.
func (s *Store) CreateProposal(ctx context.Context, repID string, n NewProposal) (Proposal, error) {
	return Proposal{}, errors.ErrUnsupported
}

// UpdateProposal changes what the rep says of a proposal that was not sent yet; fields of
// n that are zero stay. Another send date, length or window has fresh slots offered.
func (s *Store) UpdateProposal(ctx context.Context, repID, id string, n NewProposal) (Proposal, error) {
	return Proposal{}, errors.ErrUnsupported
}

// Proposals returns a page of the rep's proposals, the newest first.
func (s *Store) Proposals(ctx context.Context, repID string, q Query) (Page[Proposal], error) {
	return Page[Proposal]{}, errors.ErrUnsupported
}

// Proposal returns one of the rep's proposals.
func (s *Store) Proposal(ctx context.Context, repID, id string) (Proposal, error) {
	return Proposal{}, errors.ErrUnsupported
}

// Offer begins a new round: fresh slots are held, and those on offer are taken back. It
// confirms a draft that the calendar told of. With a review booked, or once the
// proposal is withdrawn, it is ErrNotPossible.
func (s *Store) Offer(ctx context.Context, repID, id string) (Proposal, error) {
	return Proposal{}, errors.ErrUnsupported
}

// MarkSent keeps that the rep sent the proposal, and whether it was clear to be sent.
// Doing it twice is doing it once.
func (s *Store) MarkSent(ctx context.Context, repID, id string) (Proposal, error) {
	return Proposal{}, errors.ErrUnsupported
}

// Withdraw ends a proposal: what is on offer goes. A review that is booked stays on the
// calendar, as it is a meeting with people; the rep cancels it there.
func (s *Store) Withdraw(ctx context.Context, repID, id string) (Proposal, error) {
	return Proposal{}, errors.ErrUnsupported
}

// SaveTheirBusy keeps when the contact of a proposal is busy, as their calendar shows it;
// nil: it does not show it, and nothing is known.
func (s *Store) SaveTheirBusy(ctx context.Context, repID, id string, busy []scheduler.Span) error {
	return errors.ErrUnsupported
}
