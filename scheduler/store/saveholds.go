package store

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// saveHolds makes the rows of holds, reminders, offers and reviews say what plan says, and enqueues
// what is to be written for it.
func (t *Tx) saveHolds(st *state, plan scheduler.Plan) error {
	changed := make(map[string]holdRow) // as they were
	touch := func(row *holdRow) {
		if _, ok := changed[row.ID]; !ok {
			changed[row.ID] = *row
		}
	}
	for i := range plan.Keep {
		if row := st.holds[plan.Keep[i].Row]; row != nil {
			touch(row)
			row.keep(&plan.Keep[i])
		}
	}
	for i := range plan.Release {
		if row := st.holds[plan.Release[i].Row]; row != nil {
			touch(row)
			row.release(st.why(row))
		}
	}
	for i := range plan.Flags {
		f := &plan.Flags[i]
		flag := st.flags[flagKey{f.Prospect, f.UID, recurrenceText(f.RecurrenceID)}]
		for j := range f.Holds {
			if err := t.plan(st, flag, &f.Holds[j], touch); err != nil {
				return err
			}
		}
	}
	if err := t.saveReminders(st, plan, touch); err != nil {
		return err
	}
	if err := t.saveProposals(st, plan, touch); err != nil {
		return err
	}
	return t.writeRows(st, changed)
}

// writeRows saves the rows that differ from what they were, in a stable order.
func (t *Tx) writeRows(st *state, before map[string]holdRow) error {
	ids := make([]string, 0, len(before))
	for id := range before {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		x, y := st.holds[a], st.holds[b]
		if c := x.StartsAt.Compare(y.StartsAt); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for _, id := range ids {
		row, was := st.holds[id], before[id]
		if err := t.saveHold(st, row, &was); err != nil {
			return err
		}
	}
	return nil
}

// saveHold saves row where it is not what it was, and has it written to the calendar
// where the two do not agree.
func (t *Tx) saveHold(st *state, row, was *holdRow) error {
	w, err := t.writing(row, st.snapshot.Settings)
	if err != nil {
		return err
	}
	if w.Action() == ActNone {
		row.WriteAt, row.WriteError, row.Tells = nil, "", false
	} else if row.WriteAt == nil || !sameJSON(*row, *was) {
		row.WriteAt = &t.now
	}
	isNew := row.CreatedAt.IsZero()
	if !isNew && sameJSON(*row, *was) {
		return nil
	}
	save := t.db.Save
	if isNew {
		row.CreatedAt, row.UpdatedAt = t.now, t.now
		save = t.db.Create
	}
	if err := save(row).Error; err != nil {
		return fmt.Errorf("save hold %s: %w", row.ID, err)
	}
	if row.WriteAt != nil && st.rep.State == Connected {
		t.enqueue(row.job())
	}
	return t.noteHold(row, was)
}

// noteHold logs what the plan did to a hold, where the rep would want to know.
func (t *Tx) noteHold(row, was *holdRow) error {
	if row.Kind != string(scheduler.KindHold) || row.State != scheduler.Released || was.State == scheduler.Released {
		return nil
	}
	return t.note(row.RepID, "hold_released", fmt.Sprintf("Released “%s”: %s.", row.Title, row.Reason), row.ID)
}

// leaving reports whether the event of a released row is still to be removed. Until it
// is gone the row cannot stand for another one; then the rep is looked at again.
func (st *state) leaving(id string) bool {
	row := st.holds[id]
	return row != nil && row.State == scheduler.Released && row.EventID != ""
}

// plan puts a new hold into its row: a new one, or that of the same step which was
// released before. The event of the old generation is never used again.
func (t *Tx) plan(st *state, flag *flagRow, h *scheduler.Hold, touch func(*holdRow)) error {
	row := st.holds[h.Row]
	if row == nil {
		var err error
		row, err = t.holdRow(st, &holdRow{
			Kind: string(scheduler.KindHold), Prospect: h.Prospect,
			UID: h.Meeting.UID, Recurrence: recurrenceText(h.Meeting.RecurrenceID), Cadence: h.Cadence, Step: h.Step,
		})
		if err != nil {
			return err
		}
	}
	if st.leaving(row.ID) {
		return nil
	}
	touch(row)
	row.begin()
	row.FlagID = &flag.ID
	row.ContactAddress, row.ContactName = flag.ContactAddress, flag.ContactName
	row.keep(h)
	return nil
}

// holdRow returns the row of a hold that is planned without knowing of any: a new one
// like one, or that of long ago which was not loaded, of a meeting that was moved to
// come again.
func (t *Tx) holdRow(st *state, one *holdRow) (*holdRow, error) {
	var rows []*holdRow
	err := t.db.Find(&rows, "rep_id = ? AND kind = ? AND prospect = ? AND uid = ? AND recurrence = ? AND cadence = ? AND step = ?",
		st.rep.ID, one.Kind, one.Prospect, one.UID, one.Recurrence, one.Cadence, one.Step).Error
	if err != nil {
		return nil, fmt.Errorf("look for a hold: %w", err)
	}
	row := one
	if len(rows) > 0 {
		row = rows[0]
	} else {
		row.ID, row.RepID, row.State = holdID(st.rep.ID, row), st.rep.ID, scheduler.Planned
		row.Prospects, row.Notes, row.Times = []string{}, []string{}, []time.Time{}
	}
	st.holds[row.ID] = row
	return row, nil
}

// holdID returns the id of the row that stands for what one stands for. It is always the
// same, and so are the ids of its events: a database that was restored from a backup of
// before finds those that are on the calendar, and writes none twice.
func holdID(repID string, one *holdRow) string {
	return stableID(repID, one.Kind, one.Prospect, one.UID, one.Recurrence, one.Cadence, one.Step)
}

// stableID returns an id that is the same for the same parts.
func stableID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

// begin makes row a planned one that is not on any calendar, in a new generation.
func (r *holdRow) begin() {
	r.State, r.Reason, r.Edited = scheduler.Planned, "", false
	r.Generation++
	r.EventID, r.ETag = "", ""
	r.forget()
}

// forget drops what was known of the row's event.
func (r *holdRow) forget() {
	r.WrittenTitle, r.WrittenDescription, r.WrittenBusy = "", "", false
	r.WrittenStartsAt, r.WrittenEndsAt = nil, nil
}

// keep takes what the plan says of a hold.
func (r *holdRow) keep(h *scheduler.Hold) {
	r.Channel, r.Title, r.Description = string(h.Channel), h.Title, h.Description
	r.StartsAt, r.EndsAt = micros(h.Start), micros(h.End)
	r.NotBefore, r.DueBy = timeOrNil(h.NotBefore), timeOrNil(h.DueBy)
	r.Late, r.CatchUp, r.OnCalendar, r.Busy = h.Late, h.CatchUp, h.OnCalendar, h.Busy
	r.Notes = slices.Clone(h.Notes)
	if r.Notes == nil {
		r.Notes = []string{}
	}
	if h.Contact.Address != "" {
		r.ContactAddress, r.ContactName = h.Contact.Address, h.Contact.Name
	}
}

func (r *holdRow) release(why string) {
	r.State, r.Reason, r.OnCalendar = scheduler.Released, why, false
}

// why says in words why the untouched hold of row is needed no more.
func (st *state) why(row *holdRow) string {
	if row.FlagID == nil {
		return ""
	}
	for _, f := range st.flags {
		if f.ID != *row.FlagID {
			continue
		}
		switch {
		case f.Rested:
			return "its cadence was ended"
		case f.State == FlagWaived:
			return "you waived its meeting"
		case f.State == FlagResolved && f.NextStep != nil:
			return "a next step was found"
		case f.State == FlagExpired:
			return "its meeting is too long ago"
		case f.State == FlagOpen:
			return "another cadence took its place"
		}
	}
	return "its meeting needs no next step any more"
}

func (t *Tx) saveReminders(st *state, plan scheduler.Plan, touch func(*holdRow)) error {
	for i := range plan.Reminders {
		if err := t.remind(st, &plan.Reminders[i], touch); err != nil {
			return err
		}
	}
	for i := range plan.ReleaseReminders {
		if row := st.holds[plan.ReleaseReminders[i].Row]; row != nil {
			touch(row)
			row.release("the meeting is over or has a next step")
		}
	}
	return nil
}

// remind puts a reminder into its row. One that was released may be needed again.
func (t *Tx) remind(st *state, r *scheduler.Reminder, touch func(*holdRow)) error {
	row := st.holds[r.Row]
	if row == nil {
		var err error
		row, err = t.holdRow(st, &holdRow{
			Kind: string(scheduler.KindWrapUp), UID: r.Meeting.UID, Recurrence: recurrenceText(r.Meeting.RecurrenceID),
		})
		if err != nil {
			return err
		}
	}
	if st.leaving(row.ID) || row.touched() || row.State == scheduler.Skipped {
		return nil
	}
	touch(row)
	if row.Generation == 0 || row.State == scheduler.Released {
		row.begin()
	}
	row.OnCalendar, row.Title, row.Description = true, r.Title, r.Description
	row.StartsAt, row.EndsAt = micros(r.Start), micros(r.End)
	row.Prospects, row.Times = slices.Clone(r.Prospects), slices.Clone(r.Times)
	if row.Times == nil {
		row.Times = []time.Time{}
	}
	return nil
}
