package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// FeedEntry is one event or task of a feed. Its texts say as much as the feed tells.
type FeedEntry struct {
	// The version: the UID stays, Sequence and Changed rise when anything else changes.
	UID              string    `json:"-"`
	Sequence         int64     `json:"-"`
	Created, Changed time.Time `json:"-"`

	Kind        string           `json:"kind"` // "": is not told
	ID          string           `json:"id"`   // of the row it stands for; "": is not told
	Summary     string           `json:"summary"`
	Description string           `json:"description"`
	Category    string           `json:"category"`
	URL         string           `json:"url"`
	Start       time.Time        `json:"start"` // UTC; of an AllDay entry the midnight of its date
	End         time.Time        `json:"end"`
	AllDay      bool             `json:"all_day"`
	Todo        bool             `json:"todo"`
	Busy        bool             `json:"busy"`
	Private     bool             `json:"private"`
	Status      scheduler.Status `json:"status"`
	Alarm       bool             `json:"alarm"`
	Reminder    time.Duration    `json:"reminder"`
	Always      bool             `json:"always"` // it is in the feed whatever its window

	subject string // what it stands for, in its feed
}

// cancelledKept is how long a feed says that an entry was cancelled, for clients that
// keep what they are not told is gone.
const cancelledKept = 30 * 24 * time.Hour

// feedWindow is the time that a feed covers.
type feedWindow struct{ from, to time.Time }

func (w feedWindow) has(e *FeedEntry) bool { return e.End.After(w.from) && e.Start.Before(w.to) }

// reconciled is what becomes of the entries of a feed.
type reconciled struct {
	kept    []feedEntryRow // all that it has now, by subject
	changed []feedEntryRow // those of them that are new, or others than before
	gone    []string       // subjects of those that it has no more
}

// reconcile makes a feed that has the entries stored have those that are wanted. What is
// stored and not wanted any more is cancelled first, and goes later, whatever the window;
// what only the window moved away from goes without a word.
func reconcile(stored []feedEntryRow, wanted []FeedEntry, window feedWindow, now time.Time) (reconciled, error) {
	var out reconciled
	known := make(map[string]feedEntryRow, len(stored))
	for _, row := range stored {
		known[row.Subject] = row
	}
	for i := range wanted {
		e := &wanted[i]
		if !e.Always && !window.has(e) {
			continue // its row, if there is one, goes below
		}
		row, isKnown := known[e.subject]
		delete(known, e.subject)
		body, err := json.Marshal(e)
		if err != nil {
			return reconciled{}, err
		}
		if !isKnown {
			row = feedEntryRow{Subject: e.subject, UID: newID(), Sequence: -1, CreatedAt: now}
		}
		out.keep(row, string(body), nil, now)
	}
	standing := make(map[string]bool, len(wanted))
	for i := range wanted {
		standing[wanted[i].subject] = true
	}
	for subject, row := range known {
		if err := out.retire(row, standing[subject], window, now); err != nil {
			return reconciled{}, err
		}
	}
	bySubject := func(a, b feedEntryRow) int { return strings.Compare(a.Subject, b.Subject) }
	slices.SortFunc(out.kept, bySubject)
	slices.SortFunc(out.changed, bySubject)
	slices.Sort(out.gone)
	return out, nil
}

// keep has row say body, in another version where it said something else.
func (o *reconciled) keep(row feedEntryRow, body string, cancelled *time.Time, now time.Time) {
	if row.Body != body {
		row.Body, row.CancelledAt = body, cancelled
		row.Sequence++
		row.ChangedAt = laterSecond(row.ChangedAt, now) // in which clients are told of it
		o.changed = append(o.changed, row)
	}
	o.kept = append(o.kept, row)
}

// retire decides about an entry that is not to be shown: whether it is cancelled, or
// forgotten. What stands, or is not looked for as it ended before the window, goes only
// from the window.
func (o *reconciled) retire(row feedEntryRow, stands bool, window feedWindow, now time.Time) error {
	var e FeedEntry
	if err := json.Unmarshal([]byte(row.Body), &e); err != nil {
		return fmt.Errorf("read entry %s: %w", row.Subject, err)
	}
	over := !e.Always && !e.End.After(window.from)
	if row.CancelledAt != nil {
		over = !now.Before(row.CancelledAt.Add(cancelledKept))
	}
	if stands || over {
		o.gone = append(o.gone, row.Subject)
		return nil
	}
	e.Status, e.Busy, e.Alarm, e.Reminder = scheduler.Cancelled, false, false, 0
	if e.Kind == teamKind { // its colleague may cease to share the names of prospects
		e.Description = ""
	}
	body, err := json.Marshal(&e)
	if err != nil {
		return err
	}
	o.keep(row, string(body), &now, now)
	return nil
}

// entriesOf returns the entries of a feed, by subject.
func (t *Tx) entriesOf(feedID string) ([]feedEntryRow, error) {
	var rows []feedEntryRow
	err := t.db.Order("subject").Find(&rows, "feed_id = ?", feedID).Error
	return rows, wrapf(err, "load the feed's entries")
}

// saveEntries keeps what became of the entries of a feed.
func (t *Tx) saveEntries(feedID string, r reconciled) error {
	gone := slices.Clone(r.gone)
	for i := range r.changed {
		r.changed[i].FeedID = feedID
		gone = append(gone, r.changed[i].Subject)
	}
	for some := range slices.Chunk(gone, batch) {
		if err := t.db.Delete(&feedEntryRow{}, "feed_id = ? AND subject IN ?", feedID, some).Error; err != nil {
			return fmt.Errorf("replace the feed's entries: %w", err)
		}
	}
	if len(r.changed) == 0 {
		return nil
	}
	return wrapf(t.db.CreateInBatches(r.changed, batch).Error, "replace the feed's entries")
}

// readEntries returns what rows say, in order of time.
func readEntries(rows []feedEntryRow) ([]FeedEntry, error) {
	entries := make([]FeedEntry, len(rows))
	for i, row := range rows {
		e := &entries[i]
		if err := json.Unmarshal([]byte(row.Body), e); err != nil {
			return nil, fmt.Errorf("read entry %s: %w", row.Subject, err)
		}
		e.UID, e.Sequence, e.Created, e.Changed = row.UID, row.Sequence, row.CreatedAt, row.ChangedAt
	}
	slices.SortFunc(entries, func(a, b FeedEntry) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.UID, b.UID))
	})
	return entries, nil
}
