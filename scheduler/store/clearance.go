package store

import (
	"fmt"
	"time"

	"holdfast/scheduler"
)

// clearance says whether p, which the rules know as known, may be sent.
func (p *proposed) clearance(known scheduler.Proposal, zone *time.Location) Clearance {
	c := known.Clearance()
	return Clearance{Cleared: c.Cleared, Reason: c.Reason, Detail: p.detail(c.Reason, zone), Review: p.reviewView(zone)}
}

// detail says in words why p is clear to be sent, or is not.
func (p *proposed) detail(reason scheduler.ClearanceReason, zone *time.Location) string {
	who := p.row.who()
	switch reason {
	case scheduler.ClearedByReview:
		return fmt.Sprintf("The review with %s is on the calendar, %s.", who, when(p.review.StartsAt, zone))
	case scheduler.NotPicked:
		return fmt.Sprintf("%s has not picked one of the times on offer yet.", who)
	case scheduler.NotWritten:
		if p.review.WriteError != "" {
			return "The review is booked, and could not be put on the calendar: " + p.review.WriteError
		}
		return "The review is booked, and is not on the calendar yet."
	case scheduler.ReviewDeclined:
		return fmt.Sprintf("%s declined the review.", who)
	case scheduler.ReviewCancelled:
		return "The review was cancelled."
	case scheduler.ProposalOff:
		return "The proposal was withdrawn."
	case scheduler.ProposalWasSent:
		return "The proposal was sent, with its review booked."
	case scheduler.SentWithoutClear:
		return "The proposal was sent, and its review was not booked."
	}
	return "No review is booked, and no time is on offer."
}
