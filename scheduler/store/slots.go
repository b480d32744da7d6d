package store

import (
	"context"
	"errors"
	"time"

	"holdfast/scheduler"
)

// SlotsQuery asks for times to go through a proposal.
type SlotsQuery struct {
	Contact  string    // their address, whose wishes and zone count; "": none
	After    time.Time // the send date; zero: now
	Duration time.Duration
	Count    int
}

// Slots returns review slots that the rep can make, as the command of that name does.
func (s *Store) Slots(ctx context.Context, repID string, q SlotsQuery) (scheduler.ReviewSlots, error) {
	return scheduler.ReviewSlots{}, errors.ErrUnsupported
}
