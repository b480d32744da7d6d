package store

import (
	"fmt"
	"slices"

	"holdfast/scheduler"
)

// saveUpcoming keeps which meetings the rep has with whom, and has colleagues look
// again whose flags that may settle.
func (t *Tx) saveUpcoming(st *state, plan scheduler.Plan) error {
	if st.rep.Company == "" || st.snapshot.Incomplete {
		return nil
	}
	var rows []upcomingRow
	if err := t.db.Order("prospect, starts_at, uid").Find(&rows, "rep_id = ?", st.rep.ID).Error; err != nil {
		return fmt.Errorf("load upcoming meetings: %w", err)
	}
	want := upcomingRows(st.rep.ID, plan.Upcoming)
	prospects := differing(rows, want)
	if len(prospects) == 0 {
		return nil
	}
	if err := t.db.Delete(&upcomingRow{}, "rep_id = ?", st.rep.ID).Error; err != nil {
		return fmt.Errorf("replace upcoming meetings: %w", err)
	}
	if len(want) > 0 {
		if err := t.db.CreateInBatches(want, 100).Error; err != nil {
			return fmt.Errorf("replace upcoming meetings: %w", err)
		}
	}
	return t.wakeColleagues(st, prospects)
}

func (t *Tx) wakeColleagues(st *state, prospects []string) error {
	if len(st.colleagues) == 0 {
		return nil
	}
	var flagged, meeting []string // the latter for their reminders
	err := t.db.Model(&flagRow{}).Distinct("rep_id").Where("rep_id IN ? AND state IN ? AND prospect IN ?",
		st.colleagues, []string{FlagOpen, FlagResolved}, prospects).Pluck("rep_id", &flagged).Error
	if err != nil {
		return fmt.Errorf("find colleagues with flags: %w", err)
	}
	err = t.db.Model(&upcomingRow{}).Distinct("rep_id").Where("rep_id IN ? AND prospect IN ?", st.colleagues, prospects).
		Pluck("rep_id", &meeting).Error
	if err != nil {
		return fmt.Errorf("find colleagues with meetings: %w", err)
	}
	t.judgeOthersAnew(slices.Concat(flagged, meeting))
	return nil
}

// missedBy has the rep's colleagues judged anew, who count on the meetings of one who
// leaves.
func (t *Tx) missedBy(rep *repRow) error {
	if rep.Company == "" {
		return nil
	}
	var ids []string
	err := t.db.Model(&repRow{}).Where("company = ? AND id <> ? AND state <> ?", rep.Company, rep.ID, Disconnected).Pluck("id", &ids).Error
	if err != nil {
		return fmt.Errorf("find colleagues: %w", err)
	}
	t.judgeOthersAnew(ids)
	return nil
}

// judgeOthersAnew has reps judged anew whose rows this transaction does not hold.
func (t *Tx) judgeOthersAnew(ids []string) {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		t.enqueue(Reconcile{RepID: id})
		t.wake = append(t.wake, id)
	}
}

func upcomingRows(repID string, meetings []scheduler.ColleagueMeeting) []upcomingRow {
	var rows []upcomingRow
	seen := make(map[upcomingRow]bool)
	for _, m := range meetings {
		row := upcomingRow{RepID: repID, Prospect: m.Prospect, UID: m.UID, StartsAt: micros(m.Start)}
		if seen[row] {
			continue
		}
		seen[row] = true
		row.EndsAt, row.Accepted = micros(m.End), m.Accepted
		rows = append(rows, row)
	}
	return rows
}

// differing returns the prospects whose meetings differ between a and b.
func differing(a, b []upcomingRow) []string {
	counts := make(map[upcomingRow]int)
	for _, r := range a {
		r.StartsAt, r.EndsAt = micros(r.StartsAt), micros(r.EndsAt)
		counts[r]++
	}
	for _, r := range b {
		counts[r]--
	}
	var prospects []string
	for r, n := range counts {
		if n != 0 && !slices.Contains(prospects, r.Prospect) {
			prospects = append(prospects, r.Prospect)
		}
	}
	slices.Sort(prospects)
	return prospects
}
