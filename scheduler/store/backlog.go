package store

import (
	"context"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// Backlog is what the first sync found, and exactly what would be written for it.
type Backlog struct {
	State     scheduler.Backlog `json:"state" enum:"first,pending,accepted,dismissed"` // first: the calendar is being read
	FoundAt   *time.Time        `json:"found_at"`
	Counts    scheduler.Counts  `json:"counts"`
	Flags     []Flag            `json:"flags"`     // with the holds that would be written
	Reminders []PlannedReminder `json:"reminders"` // wrap-up reminders that would be written
}

// PlannedReminder is a wrap-up reminder that is not written yet.
type PlannedReminder struct {
	Title string    `json:"title"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Backlog returns what the rep's first sync found. Once it is answered there is
// nothing more to show than the answer.
func (s *Store) Backlog(ctx context.Context, repID string) (Backlog, error) {
	rep, err := s.Rep(ctx, repID)
	if err != nil {
		return Backlog{}, err
	}
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Backlog{}, err
	}
	b := Backlog{State: rep.Backlog, FoundAt: in(rep.FirstSyncedAt, zone), Counts: rep.Counts, Flags: []Flag{}, Reminders: []PlannedReminder{}}
	if rep.Backlog != scheduler.BacklogPending {
		return b, nil
	}
	var rows []flagRow
	err = s.db.WithContext(ctx).Order("starts_at DESC, id").Find(&rows, "rep_id = ? AND state = ? AND backlog", repID, FlagOpen).Error
	if err != nil {
		return Backlog{}, fmt.Errorf("load the backlog: %w", err)
	}
	for i := range rows {
		b.Flags = append(b.Flags, rows[i].flag(zone))
	}
	if err := s.withHolds(ctx, repID, b.Flags, zone); err != nil {
		return Backlog{}, err
	}
	for i := range b.Flags {
		b.Flags[i].Holds = waiting(b.Flags[i].Holds)
	}
	return b, s.plannedReminders(ctx, repID, zone, &b)
}

// waiting leaves out the holds that would not be written.
func waiting(holds []Hold) []Hold {
	kept := []Hold{}
	for _, h := range holds {
		if h.State == scheduler.Planned {
			kept = append(kept, h)
		}
	}
	return kept
}

// plannedReminders adds the reminders that an answer brings.
func (s *Store) plannedReminders(ctx context.Context, repID string, zone *time.Location, b *Backlog) error {
	snapshot, err := s.Snapshot(ctx, repID)
	if err != nil {
		return err
	}
	for _, r := range scheduler.Decide(answered(snapshot)).Reminders {
		b.Reminders = append(b.Reminders, PlannedReminder{r.Title, r.Start.In(zone), r.End.In(zone)})
	}
	return nil
}

// AcceptBacklog has the holds of the backlog placed.
func (s *Store) AcceptBacklog(ctx context.Context, repID string) error {
	return s.answer(ctx, repID, scheduler.BacklogAccepted, "You placed the holds for what was found at first.")
}

// DismissBacklog lets the backlog be: no holds are placed for it.
func (s *Store) DismissBacklog(ctx context.Context, repID string) error {
	return s.answer(ctx, repID, scheduler.BacklogDismissed, "You left be what was found at first.")
}

// answer keeps the rep's first answer about the backlog. The same answer again
// changes nothing; another one is too late.
func (s *Store) answer(ctx context.Context, repID string, answer scheduler.Backlog, words string) error {
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil || rep.Backlog == answer {
			return err
		}
		if rep.Backlog == scheduler.BacklogFirst {
			return fmt.Errorf("%w: your calendar is still being read for the first time", scheduler.ErrNotPossible)
		}
		if rep.Backlog != scheduler.BacklogPending {
			return fmt.Errorf("%w: the backlog is answered already", scheduler.ErrNotPossible)
		}
		rep.Backlog, rep.BacklogAt = answer, &tx.now
		if err := tx.db.Select("backlog", "backlog_at").Updates(&rep).Error; err != nil {
			return fmt.Errorf("keep the answer: %w", err)
		}
		return tx.note(repID, "backlog_"+string(answer), words, "")
	})
	return err
}
