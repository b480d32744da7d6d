package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

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

func (r *proposalRow) contact() scheduler.Contact {
	return scheduler.Contact{Address: r.ContactAddress, Name: r.ContactName}
}

func (r *proposalRow) length() time.Duration { return time.Duration(r.Length) * time.Second }

// fromCalendar reports whether an event told of the proposal, and the rep has not said
// yet that it is one.
func (r *proposalRow) fromCalendar() bool {
	return r.SourceUID != "" && r.Round == 0 && r.State == scheduler.ProposalDraft
}

// Proposals returns a page of the rep's proposals, the newest first.
func (s *Store) Proposals(ctx context.Context, repID string, q Query) (Page[Proposal], error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Page[Proposal]{}, err
	}
	db := s.db.WithContext(ctx).Where("rep_id = ?", repID).Order("created_at DESC, id DESC")
	states := []string{
		string(scheduler.ProposalDraft), string(scheduler.ProposalOffered), string(scheduler.ProposalBooked),
		string(scheduler.ProposalCleared), string(scheduler.ProposalSent), string(scheduler.ProposalWithdrawn),
	}
	if db, err = inState(db, q, states...); err != nil {
		return Page[Proposal]{}, err
	}
	if db, err = after(db, q, "created_at", "<"); err != nil {
		return Page[Proposal]{}, err
	}
	rows, more, err := fetch[*proposalRow](db, q)
	if err != nil {
		return Page[Proposal]{}, fmt.Errorf("list proposals: %w", err)
	}
	page := Page[Proposal]{}
	if page.Items, err = s.proposalViews(s.db.WithContext(ctx), repID, rows, zone); err != nil {
		return Page[Proposal]{}, err
	}
	if more {
		last := rows[len(rows)-1]
		page.Next = next(last.CreatedAt, last.ID)
	}
	return page, nil
}

// Proposal returns one of the rep's proposals.
func (s *Store) Proposal(ctx context.Context, repID, id string) (Proposal, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Proposal{}, err
	}
	db := s.db.WithContext(ctx)
	row, err := loadProposal(db, repID, id)
	if err != nil {
		return Proposal{}, err
	}
	views, err := s.proposalViews(db, repID, []*proposalRow{row}, zone)
	if err != nil {
		return Proposal{}, err
	}
	return views[0], nil
}

func loadProposal(db *gorm.DB, repID, id string) (*proposalRow, error) {
	row := new(proposalRow)
	if err := db.Take(row, "id = ? AND rep_id = ?", id, repID).Error; err != nil {
		return nil, fmt.Errorf("load proposal %s: %w", id, notFound(err))
	}
	return row, nil
}

// proposalViews returns proposals as their rep sees them.
func (s *Store) proposalViews(db *gorm.DB, repID string, rows []*proposalRow, zone *time.Location) ([]Proposal, error) {
	all, err := withOffers(db, repID, rows)
	if err != nil {
		return nil, err
	}
	if err := withLinks(db, all); err != nil {
		return nil, err
	}
	views := make([]Proposal, len(all))
	for i, p := range all {
		if views[i], err = p.view(zone); err != nil {
			return nil, err
		}
		if p.link == nil {
			continue
		}
		if views[i].BookingURL, err = s.linkURL(p.link); err != nil {
			return nil, err
		}
	}
	return views, nil
}

func (p *proposed) view(zone *time.Location) (Proposal, error) {
	known, err := p.domain()
	if err != nil {
		return Proposal{}, err
	}
	r := p.row
	v := Proposal{
		ID: r.ID, Prospect: r.Prospect, Contact: r.contact(), Title: r.Title, SendOn: r.SendOn, Duration: Duration(r.length()),
		FirstDay: int(r.FirstDay), LastDay: int(r.LastDay), State: known.Progress(), Offers: []Offer{}, Review: p.reviewView(zone),
		Note: r.note(), FromCalendar: r.fromCalendar(), SentAt: in(r.SentAt, zone), SentUncleared: r.SentUncleared,
		CreatedAt: r.CreatedAt.In(zone),
	}
	for _, o := range p.offers {
		if o.Round != r.Round {
			continue
		}
		offer := o.offerView(zone)
		if o.WriteError != "" {
			offer.Reason = o.WriteError
		}
		v.Offers = append(v.Offers, offer)
	}
	v.Clearance = p.clearance(known, zone)
	return v, nil
}

// reviewView returns the review as it is shown; nil: none is booked.
func (p *proposed) reviewView(zone *time.Location) *Review {
	r := p.review
	if r == nil || !r.stands() {
		return nil
	}
	v := &Review{Start: r.StartsAt.In(zone), End: r.EndsAt.In(zone), Response: responseOf(p.row.Response).String()}
	if r.WrittenStartsAt != nil {
		v.EventID = r.EventID
	}
	return v
}

func (r *holdRow) offerView(zone *time.Location) Offer {
	return Offer{ID: r.ID, Start: r.StartsAt.In(zone), End: r.EndsAt.In(zone), State: r.offerState(), Reason: r.Reason}
}

// note says what the rep should know of r, in words, each thing in a line of its own.
func (r *proposalRow) note() string {
	var said []string
	for _, words := range []string{r.Trouble, r.Widened} {
		if words != "" {
			said = append(said, words)
		}
	}
	if r.Message != "" {
		said = append(said, "They wrote: “"+strings.Join(strings.Fields(r.Message), " ")+"”")
	}
	return strings.Join(said, "\n")
}
