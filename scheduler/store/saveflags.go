package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// The states of a flag.
const (
	FlagOpen     = "open"
	FlagResolved = "resolved" // a next step appeared, or the meeting is none any more
	FlagWaived   = "waived"   // the rep said why none is needed
	FlagExpired  = "expired"  // it left the window
)

// saveFlags opens the flags of plan that are new, closes those that are no more, and
// keeps the others up to date. From a calendar that was not read to its end nothing
// is opened or closed.
func (t *Tx) saveFlags(st *state, plan scheduler.Plan) error {
	if st.snapshot.Incomplete {
		return nil
	}
	flagged := make(map[flagKey]bool)
	for i := range plan.Flags {
		f := &plan.Flags[i]
		key := flagKey{f.Prospect, f.UID, recurrenceText(f.RecurrenceID)}
		flagged[key] = true
		if err := t.saveFlag(st, key, f); err != nil {
			return err
		}
	}
	for _, row := range st.open() {
		if flagged[row.key()] {
			continue
		}
		if err := t.closeFlag(st, row, plan); err != nil {
			return err
		}
	}
	return nil
}

// open returns the flags that are open, by id.
func (st *state) open() []*flagRow {
	var rows []*flagRow
	for _, row := range st.flags {
		if row.State == FlagOpen {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b *flagRow) int { return strings.Compare(a.ID, b.ID) })
	return rows
}

// saveFlag makes the row of f say what f says; a closed one opens again.
func (t *Tx) saveFlag(st *state, key flagKey, f *scheduler.Flag) error {
	row, err := t.knownFlag(st, key)
	if err != nil {
		return err
	}
	if row == nil {
		row = &flagRow{
			ID: newID(), RepID: st.rep.ID, Prospect: f.Prospect, UID: f.UID, Recurrence: key.recurrence,
			State: FlagOpen, Backlog: f.Backlog, OpenedAt: t.now,
		}
		row.take(f)
		st.flags[key] = row
		if err := t.db.Create(row).Error; err != nil {
			return fmt.Errorf("open flag: %w", err)
		}
		return t.noteFlag(row, "flag_opened", flagWords(f))
	}
	before := *row
	row.take(f)
	opened := row.State != FlagOpen
	if opened {
		row.State, row.ClosedAt, row.NextStep, row.OpenedAt = FlagOpen, nil, nil, t.now
	}
	if sameJSON(before, *row) {
		return nil
	}
	if err := t.db.Save(row).Error; err != nil {
		return fmt.Errorf("update flag %s: %w", row.ID, err)
	}
	if opened || before.Reason != row.Reason {
		return t.noteFlag(row, "flag_opened", flagWords(f))
	}
	return nil
}

// knownFlag returns the row of a flag, nil where it has none. The row of a meeting
// of long ago that was moved to come again was not loaded.
func (t *Tx) knownFlag(st *state, key flagKey) (*flagRow, error) {
	if row := st.flags[key]; row != nil {
		return row, nil
	}
	var rows []*flagRow
	err := t.db.Find(&rows, "rep_id = ? AND prospect = ? AND uid = ? AND recurrence = ?", st.rep.ID, key.prospect, key.uid, key.recurrence).Error
	if err != nil || len(rows) == 0 {
		return nil, wrapf(err, "look for a flag")
	}
	st.flags[key] = rows[0]
	return rows[0], nil
}

// take copies what may change of f.
func (r *flagRow) take(f *scheduler.Flag) {
	r.Reason, r.Summary, r.StartsAt, r.EndsAt = f.Reason, f.Summary, f.Start.UTC(), f.End.UTC()
	r.CalendarID, r.EventID, r.Link = f.Ref.Calendar, f.Ref.ID, f.Ref.Link
	r.ContactAddress, r.ContactName = f.Contact.Address, f.Contact.Name
	r.Times, r.Unplaced = slices.Clone(f.Times), slices.Clone(f.Unplaced)
	if r.Times == nil {
		r.Times = []time.Time{}
	}
	if r.Unplaced == nil {
		r.Unplaced = []scheduler.Unplaced{}
	}
}

// closeFlag says what became of an open flag that is one no more.
func (t *Tx) closeFlag(st *state, row *flagRow, plan scheduler.Plan) error {
	row.ClosedAt = &t.now
	next := slices.IndexFunc(plan.Covered, func(c scheduler.Covered) bool { return c.Prospect == row.Prospect })
	var kind, words string
	switch {
	case row.waived(t.now, st.zone):
		row.State, kind, words = FlagWaived, "flag_waived", "You settled “%s” with %s."
	case next >= 0:
		row.State, row.NextStep, kind, words = FlagResolved, nextStep(plan.Covered[next].NextStep), "flag_resolved", "“%s” with %s has a next step."
	case slices.ContainsFunc(plan.Expired, func(k scheduler.Key) bool { return k.Prospect == row.Prospect && k.Meeting.UID == row.UID }):
		row.State, kind, words = FlagExpired, "flag_expired", "“%s” with %s is too long ago to be followed up."
	default:
		row.State, kind, words = FlagResolved, "flag_resolved", "“%s” with %s needs no next step any more."
	}
	if err := t.db.Save(row).Error; err != nil {
		return fmt.Errorf("close flag %s: %w", row.ID, err)
	}
	return t.noteFlag(row, kind, words)
}

func (t *Tx) noteFlag(row *flagRow, kind, words string) error {
	return t.note(row.RepID, kind, fmt.Sprintf(words, row.Summary, row.Prospect), row.ID)
}

func flagWords(f *scheduler.Flag) string {
	switch f.Reason {
	case scheduler.WrappingUp:
		return "“%s” with %s is about to end without a next step."
	case scheduler.NotRebooked:
		return "“%s” with %s was cancelled, declined or missed, and not rebooked."
	}
	return "“%s” with %s ended without a next step."
}

// waived reports whether the rep's waiver still holds.
func (r *flagRow) waived(now time.Time, zone *time.Location) bool {
	if r.Waiver == nil {
		return false
	}
	until := r.Waiver.domain(r, zone).ResumeOn
	return until.IsZero() || now.Before(until)
}
