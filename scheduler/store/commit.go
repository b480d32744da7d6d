package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// Commit is the one way in which flags, holds and proposals change. It locks the rep, makes
// change (nil: time has passed), decides what should be true now, and saves that
// together with the jobs that carry it out: all of it or nothing.
func (s *Store) Commit(ctx context.Context, repID string, change func(*Tx) error) (scheduler.Plan, error) {
	var plan scheduler.Plan
	err := s.transact(ctx, func(tx *Tx) error {
		if _, err := tx.lockRep(repID); err != nil {
			return err
		}
		if change != nil {
			if err := change(tx); err != nil {
				return err
			}
		}
		var err error
		plan, err = tx.decide(repID)
		return err
	})
	if err != nil {
		return scheduler.Plan{}, err
	}
	return plan, nil
}

// Snapshot returns what is known of a rep now, as Commit decides on.
func (s *Store) Snapshot(ctx context.Context, repID string) (scheduler.Snapshot, error) {
	var snapshot scheduler.Snapshot
	err := s.transact(ctx, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil {
			return err
		}
		st, err := tx.load(rep)
		snapshot = st.snapshot
		return err
	})
	return snapshot, err
}

// decide saves what should be true of a rep now. It decides nothing before every
// calendar that counts was read once: what is missing may be the next step.
func (t *Tx) decide(repID string) (scheduler.Plan, error) {
	rep, err := t.lockRep(repID) // anew: the change may have been to it
	if err != nil || rep.State == Disconnected {
		return scheduler.Plan{}, err
	}
	if rep.FirstSyncedAt == nil {
		if ready, err := t.allRead(&rep); err != nil || !ready {
			return scheduler.Plan{}, errors.Join(err, t.sleep(&rep)) // the reading that is awaited decides anew
		}
	}
	st, err := t.load(rep)
	if err != nil {
		return scheduler.Plan{}, err
	}
	plan := scheduler.Decide(st.snapshot)
	if err := t.save(st, plan); err != nil {
		return scheduler.Plan{}, fmt.Errorf("save the plan of rep %s: %w", repID, err)
	}
	return plan, nil
}

// sleep has the rep not looked at again for time alone.
func (t *Tx) sleep(rep *repRow) error {
	if rep.WakeAt == nil {
		return nil
	}
	return wrapf(t.db.Model(rep).Update("wake_at", nil).Error, "let the rep sleep")
}

// allRead reports whether every calendar that counts or blocks was read to its end,
// and that there is one. Before the list of them was read, nobody knows which there are.
func (t *Tx) allRead(rep *repRow) (bool, error) {
	if rep.CalendarsAt == nil {
		return false, nil
	}
	var rows []calendarRow
	if err := t.db.Find(&rows, "rep_id = ? AND (counts OR blocks)", rep.ID).Error; err != nil {
		return false, fmt.Errorf("list calendars: %w", err)
	}
	for _, c := range rows {
		if !c.Complete {
			return false, nil
		}
	}
	return len(rows) > 0, nil
}

// save makes the rows say what plan says.
func (t *Tx) save(st *state, plan scheduler.Plan) error {
	if err := t.saveFlags(st, plan); err != nil {
		return err
	}
	if err := t.saveHolds(st, plan); err != nil {
		return err
	}
	if err := t.saveContacts(st, plan); err != nil {
		return err
	}
	if err := t.saveUpcoming(st, plan); err != nil {
		return err
	}
	return t.saveRep(st, plan)
}

// saveRep keeps what the plan says of the rep, and when to look again.
func (t *Tx) saveRep(st *state, plan scheduler.Plan) error {
	rep := st.rep
	rep.Counts, rep.PlannedAt, rep.WakeAt = plan.Counts, &t.now, timeOrNil(plan.WakeAt)
	if rep.FirstSyncedAt == nil {
		rep.FirstSyncedAt = &t.now
		if err := t.firstLook(st, &rep, plan); err != nil {
			return err
		}
	}
	columns := []string{"counts", "planned_at", "wake_at", "first_synced_at", "backlog", "backlog_at"}
	if err := t.db.Select(columns).Updates(&rep).Error; err != nil {
		return fmt.Errorf("update rep: %w", err)
	}
	return nil
}

// firstLook puts what the first sync found before the rep. Where nothing would be
// written there is nothing to answer.
func (t *Tx) firstLook(st *state, rep *repRow, plan scheduler.Plan) error {
	backlog, holds := 0, 0
	for _, f := range plan.Flags {
		if f.Backlog {
			backlog++
			holds += len(f.Holds)
		}
	}
	rep.Backlog = scheduler.BacklogPending
	if backlog == 0 && len(scheduler.Decide(answered(st.snapshot)).Reminders) == 0 {
		rep.Backlog, rep.BacklogAt = scheduler.BacklogAccepted, &t.now
	}
	found := fmt.Sprintf("Read your calendar for the first time: %s with %s, %s without a next step.",
		count(plan.Counts.Meetings, "meeting"), count(plan.Counts.Prospects, "prospect"), count(backlog, "meeting"))
	if holds > 0 {
		found += fmt.Sprintf(" %s wait for your word.", count(holds, "hold"))
	}
	return t.note(rep.ID, "first_sync", found, "")
}

// answered returns s as if the rep had the backlog placed.
func answered(s scheduler.Snapshot) scheduler.Snapshot {
	s.Backlog = scheduler.BacklogAccepted
	return s
}

// count returns n things in words: "1 hold", "3 holds".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// timeIn returns *t, zero where it is nil.
func timeIn(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
