package scheduler

// Clearance says whether a proposal may be sent, and why.
type Clearance struct {
	Cleared bool
	Reason  ClearanceReason
}

// ClearanceReason says why a proposal is clear to be sent, or is not.
type ClearanceReason string

// The reasons of a Clearance.
const (
	ClearedByReview  ClearanceReason = "review_booked"    // the only one that clears
	NotOffered       ClearanceReason = "no_review"        // no slot is on offer
	NotPicked        ClearanceReason = "waiting_for_pick" // slots are on offer
	NotWritten       ClearanceReason = "review_not_on_calendar"
	ReviewDeclined   ClearanceReason = "review_declined"
	ReviewCancelled  ClearanceReason = "review_cancelled"
	ProposalOff      ClearanceReason = "withdrawn"
	ProposalWasSent  ClearanceReason = "sent" // it was clear when it was sent
	SentWithoutClear ClearanceReason = "sent_not_cleared"
)

// Clearance says whether p may be sent: only while a review that both sides agreed on
// is on the calendar.
func (p *Proposal) Clearance() Clearance {
	reason := p.clearance()
	return Clearance{Cleared: reason == ClearedByReview, Reason: reason}
}

func (p *Proposal) clearance() ClearanceReason {
	switch {
	case p.State == ProposalWithdrawn:
		return ProposalOff
	case p.State == ProposalSent && p.SentUncleared:
		return SentWithoutClear
	case p.State == ProposalSent:
		return ProposalWasSent
	case p.Review != nil:
		return p.Review.clearance()
	case p.Trouble == troubleDeclined:
		return ReviewDeclined
	case p.Trouble == troubleCancelled, p.Trouble == troubleUninvited:
		return ReviewCancelled
	case p.held() > 0:
		return NotPicked
	}
	return NotOffered
}

func (r *BookedReview) clearance() ClearanceReason {
	switch {
	case r.Deleted:
		return ReviewCancelled
	case r.Response == Declined:
		return ReviewDeclined
	case !r.Written:
		return NotWritten
	}
	return ClearedByReview
}
