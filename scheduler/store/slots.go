package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"holdfast/scheduler"
)

// SlotsQuery asks for times to go through a proposal.
type SlotsQuery struct {
	Contact  string    // their address, whose wishes and zone count; "": none
	After    time.Time // the send date; zero: now
	Duration time.Duration
	Count    int
	// TheirBusy are the contact's busy times, where their calendar shows them.
	TheirBusy []scheduler.Span
}

// mostSlots is how many slots are asked for at most.
const mostSlots = 20

// Slots returns review slots that the rep can make, as the command of that name does.
func (s *Store) Slots(ctx context.Context, repID string, q SlotsQuery) (scheduler.ReviewSlots, error) {
	snapshot, err := s.Snapshot(ctx, repID)
	if err != nil {
		return scheduler.ReviewSlots{}, err
	}
	query, err := q.check(snapshot)
	if err != nil {
		return scheduler.ReviewSlots{}, fmt.Errorf("find slots: %w", err)
	}
	if snapshot.Incomplete {
		return scheduler.ReviewSlots{}, fmt.Errorf("find slots: %w: the calendar was not read to its end yet", scheduler.ErrNotPossible)
	}
	return scheduler.Slots(snapshot, query), nil
}

// check fills in the defaults of q, and says what of it cannot be.
func (q SlotsQuery) check(s scheduler.Snapshot) (scheduler.SlotQuery, error) {
	var wrong faults
	query := scheduler.SlotQuery{After: q.After, Length: q.Duration, Count: q.Count, TheirBusy: q.TheirBusy}
	if query.After.IsZero() {
		query.After = s.Now
	}
	if query.Length == 0 {
		query.Length = s.Settings.Review.Length
	}
	if query.Count == 0 {
		query.Count = s.Settings.Review.Count
	}
	if strings.TrimSpace(q.Contact) != "" {
		address, ok := scheduler.ParseAddress(q.Contact)
		if query.Contact = address; !ok {
			wrong.report("contact", "%q is no mail address", q.Contact)
		}
	}
	if query.After.Sub(s.Now) > farthest*day {
		wrong.report("after", "is more than %d days ahead", farthest)
	}
	if query.Length < time.Minute || query.Length > longestTalk {
		wrong.report("duration", "must be from %s to %s", Duration(time.Minute), Duration(longestTalk))
	}
	if query.Count < 1 || query.Count > mostSlots {
		wrong.report("count", "must be from 1 to %d", mostSlots)
	}
	return query, wrong.err()
}
