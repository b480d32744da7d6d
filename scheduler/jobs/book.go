package jobs

import (
	"context"
	"errors"

	"holdfast/scheduler/store"
)

// Book books a slot for a prospect, right after the rep's calendars, and the prospect's
// where it is shown, were read: whatever came over the slot meanwhile counts. It fails as
// store.Book does, and with an error of the provider's where the calendars cannot be
// read: then nothing is booked.
func (r *Runner) Book(ctx context.Context, token string, p store.Pick) (store.Booking, error) {
	return store.Booking{}, errors.ErrUnsupported
}

// Propose creates a proposal with offers in what is free now: the rep's calendars and the
// contact's are read first, as far as they can be.
func (r *Runner) Propose(ctx context.Context, repID string, n store.NewProposal) (store.Proposal, error) {
	return store.Proposal{}, errors.ErrUnsupported
}

// Offer has fresh slots offered in what is free now; see store.Offer.
func (r *Runner) Offer(ctx context.Context, repID, proposalID string) (store.Proposal, error) {
	return store.Proposal{}, errors.ErrUnsupported
}
