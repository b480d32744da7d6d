package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"holdfast/scheduler"
)

// changeFlag runs change on the row of a rep's flag and decides anew.
func (s *Store) changeFlag(ctx context.Context, repID, id string, change func(*Tx, *flagRow) error) (Flag, error) {
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		row := new(flagRow)
		if err := tx.db.Take(row, "id = ? AND rep_id = ?", id, repID).Error; err != nil {
			return fmt.Errorf("load flag %s: %w", id, notFound(err))
		}
		was := *row
		if err := change(tx, row); err != nil || sameJSON(was, *row) {
			return err
		}
		if err := tx.db.Save(row).Error; err != nil {
			return fmt.Errorf("save flag %s: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return Flag{}, err
	}
	return s.Flag(ctx, repID, id)
}

// Waive keeps that a meeting may be without a next step, and why. The same meeting
// is not flagged again, unless the waiver has a day from which it may be. One with
// nobody who is a prospect is never asked about again.
func (s *Store) Waive(ctx context.Context, repID, flagID string, w Waiver) (Flag, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Flag{}, err
	}
	if err := w.check(scheduler.DateOf(s.Now().In(zone))); err != nil {
		return Flag{}, fmt.Errorf("waive: %w", err)
	}
	return s.changeFlag(ctx, repID, flagID, func(tx *Tx, row *flagRow) error {
		row.Waiver = &w
		if w.Reason == scheduler.NotAProspect {
			return tx.ignore(repID, row.Prospect)
		}
		return nil
	})
}

// ignore adds who is no prospect to the rep's settings.
func (t *Tx) ignore(repID, prospect string) error {
	rep, err := t.lockRep(repID)
	if err != nil {
		return err
	}
	err = rep.changeSettings(func(r *RepSettings) error {
		if !slices.Contains(r.Ignored, prospect) {
			r.Ignored = append(r.Ignored, prospect)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return wrapf(t.db.Model(&rep).Update("settings", rep.Settings).Error, "ignore "+prospect)
}

// DidNotHappen keeps that a meeting was a no-show: it wants to be rebooked.
func (s *Store) DidNotHappen(ctx context.Context, repID, flagID string) (Flag, error) {
	return s.changeFlag(ctx, repID, flagID, func(tx *Tx, row *flagRow) error {
		if row.State != FlagOpen {
			return fmt.Errorf("%w: the flag is not open", scheduler.ErrNotPossible)
		}
		row.NoShow = true
		return nil
	})
}

// PlaceHolds has the holds of one flag placed now: of one in the backlog, or one
// whose follow-up was ended.
func (s *Store) PlaceHolds(ctx context.Context, repID, flagID string) (Flag, error) {
	return s.changeFlag(ctx, repID, flagID, func(tx *Tx, row *flagRow) error {
		if row.State != FlagOpen {
			return fmt.Errorf("%w: the flag is not open", scheduler.ErrNotPossible)
		}
		row.Backlog, row.Rested = false, false
		return nil
	})
}

// changeOne runs change on the row of a rep's hold and decides anew.
func (s *Store) changeOne(ctx context.Context, repID, id string, change func(*Tx, *holdRow, *state) error) (Hold, error) {
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil {
			return err
		}
		st, err := tx.load(rep)
		if err != nil {
			return err
		}
		row := st.holds[id]
		if row == nil || row.Kind != string(scheduler.KindHold) {
			return fmt.Errorf("load hold %s: %w", id, scheduler.ErrNotFound)
		}
		was := *row
		if err := change(tx, row, st); err != nil {
			return err
		}
		return tx.saveHold(st, row, &was)
	})
	if err != nil {
		return Hold{}, err
	}
	return s.Hold(ctx, repID, id)
}

// Done keeps that the touch was made. Its event goes if its time has not come yet,
// and stays as a record otherwise.
func (s *Store) Done(ctx context.Context, repID, holdID string) (Hold, error) {
	return s.changeOne(ctx, repID, holdID, func(tx *Tx, row *holdRow, _ *state) error {
		if row.State == scheduler.Done {
			return nil
		}
		row.settle(scheduler.Done)
		row.OnCalendar = row.EventID != "" && !row.StartsAt.After(tx.now)
		return tx.note(repID, "hold_done", fmt.Sprintf("You ticked off “%s”.", row.Title), row.ID)
	})
}

// Skip keeps that the touch will not be made. Its event goes.
func (s *Store) Skip(ctx context.Context, repID, holdID string) (Hold, error) {
	return s.changeOne(ctx, repID, holdID, func(tx *Tx, row *holdRow, _ *state) error {
		if row.State == scheduler.Skipped {
			return nil
		}
		row.settle(scheduler.Skipped)
		return tx.note(repID, "hold_skipped", fmt.Sprintf("You skipped “%s”.", row.Title), row.ID)
	})
}

func (r *holdRow) settle(state scheduler.HoldState) {
	r.State, r.Reason, r.OnCalendar = state, "", false
}

// noteSnoozed is the kind of activity that a snooze is.
const noteSnoozed = "hold_snoozed"

// Snooze moves a hold to the first free place on or after until; the zero time is the
// next business day. It stays where it was put, as if the rep had moved it.
func (s *Store) Snooze(ctx context.Context, repID, holdID string, until time.Time) (Hold, error) {
	return s.changeOne(ctx, repID, holdID, func(tx *Tx, row *holdRow, st *state) error {
		if !slices.Contains([]scheduler.HoldState{scheduler.Planned, scheduler.Written, scheduler.Moved}, row.State) {
			return fmt.Errorf("%w: the hold is %s", scheduler.ErrNotPossible, row.State)
		}
		start, ok := scheduler.NextPlace(st.snapshot, row.hold(), until)
		if !ok {
			return fmt.Errorf("%w: there is no free time after that", scheduler.ErrNotPossible)
		}
		if !row.touched() {
			row.Description = scheduler.WithLinks(row.Description, tx.s.actLinks(row.ID))
		}
		row.StartsAt, row.EndsAt = micros(start), micros(start.Add(row.EndsAt.Sub(row.StartsAt)))
		row.snoozed()
		words := fmt.Sprintf("You put off “%s” to %s.", row.Title, start.In(st.zone).Format("Mon 2 Jan 15:04"))
		return tx.note(repID, noteSnoozed, words, row.ID)
	})
}

// snoozed makes the row one that the rep moved: where it is on the calendar already it
// is theirs from now on.
func (r *holdRow) snoozed() {
	if r.State == scheduler.Written {
		r.State = scheduler.Moved
	}
	r.Late = r.DueBy != nil && r.EndsAt.After(*r.DueBy)
}

// Replied ends the cadence of a hold: the contact answered. Its untouched holds go.
func (s *Store) Replied(ctx context.Context, repID, holdID string) error {
	return s.changeFlagOf(ctx, repID, holdID, func(tx *Tx, row *flagRow) error {
		if row.Rested {
			return nil
		}
		row.Rested = true
		return tx.note(repID, "replied", fmt.Sprintf("%s replied: their follow-up ends.", row.Prospect), row.ID)
	})
}

// StopFollowUp ends following up the prospect of a hold: they are not interested.
func (s *Store) StopFollowUp(ctx context.Context, repID, holdID string) error {
	return s.changeFlagOf(ctx, repID, holdID, func(_ *Tx, row *flagRow) error {
		row.Waiver = &Waiver{Reason: scheduler.NotInterested}
		return nil
	})
}

func (s *Store) changeFlagOf(ctx context.Context, repID, holdID string, change func(*Tx, *flagRow) error) error {
	hold, err := s.Hold(ctx, repID, holdID)
	if err != nil {
		return err
	}
	_, err = s.changeFlag(ctx, repID, hold.FlagID, change)
	return err
}
