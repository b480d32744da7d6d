package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// FeedState is a feed as it is to be read now.
type FeedState struct {
	Feed
	// Digest tells what the feed says from what it said before; it is the same on every
	// replica. ChangedAt, in whole seconds, is when that changed, and rises with it.
	Digest    string
	ChangedAt time.Time
}

func (r *feedRow) state() FeedState { return FeedState{r.feed(), r.Digest, r.ChangedAt} }

// Feed returns the feed with the given token. Where something happened since it was last
// read, what it says is worked out anew; else that is one look-up, or two of a team's.
func (s *Store) Feed(ctx context.Context, token string) (FeedState, error) {
	db := s.db.WithContext(ctx)
	row, err := feedOf(db, token)
	if err != nil {
		return FeedState{}, fmt.Errorf("find feed: %w", err)
	}
	reps, err := audience(db, &row)
	if err != nil {
		return FeedState{}, err
	}
	now, err := s.feedRevision(&row, reps, s.Now())
	if err != nil {
		return FeedState{}, err
	}
	if row.Revision == now {
		return row.state(), nil
	}
	id := row.ID
	err = s.transact(ctx, func(tx *Tx) (err error) {
		row, err = tx.refreshFeed(id)
		return err
	})
	if err != nil {
		return FeedState{}, fmt.Errorf("work out feed %s: %w", id, err)
	}
	return row.state(), nil
}

// FeedEntries returns what a feed says, with its state at the same moment, in order of
// time.
func (s *Store) FeedEntries(ctx context.Context, id string) (FeedState, []FeedEntry, error) {
	var row feedRow
	var entries []FeedEntry
	err := s.transact(ctx, func(tx *Tx) error {
		var err error
		if row, err = tx.refreshFeed(id); err != nil {
			return err
		}
		rows, err := tx.entriesOf(id)
		if err != nil {
			return err
		}
		entries, err = readEntries(rows)
		return err
	})
	if err != nil {
		return FeedState{}, nil, fmt.Errorf("read feed %s: %w", id, err)
	}
	return row.state(), entries, nil
}

// audience returns the reps of whom a feed tells: its own first, and for a team feed
// their colleagues who are connected.
func audience(db *gorm.DB, row *feedRow) ([]repRow, error) {
	reps := []repRow{*row.Rep}
	if company := row.Rep.Company; row.Team && company != "" {
		var colleagues []repRow
		err := db.Order("name, id").Find(&colleagues, "company = ? AND id <> ? AND state <> ?", company, row.RepID, Disconnected).Error
		if err != nil {
			return nil, fmt.Errorf("load colleagues: %w", err)
		}
		reps = append(reps, colleagues...)
	}
	return reps, nil
}

// feedRules is counted up when the same rows are to make another feed than before.
const feedRules = 1

// revisionColumns are those of reps that audience and feedRevision look at.
var revisionColumns = []string{"id", "company", "feed_revision", "name", "email", "zone", "settings"}

// feedRevision names all that a feed of reps is made of: their flags and holds, names and
// settings, and the day that now is on, with which its window moves.
func (s *Store) feedRevision(row *feedRow, reps []repRow, now time.Time) (string, error) {
	zone, err := s.zones.load(reps[0].Zone)
	if err != nil {
		return "", fmt.Errorf("feed %s: %w", row.ID, err)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %q %s", feedRules, s.public, scheduler.DateOf(now.In(zone)))
	for _, r := range reps {
		fmt.Fprintf(sum, " %q", []string{r.ID, fmt.Sprint(r.FeedRevision), r.Name, r.Email, r.Zone, r.Settings})
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// refreshFeed has the entries of a feed say what is so now, and returns its row. Its lock
// keeps two replicas from doing so at once: the second finds it done.
func (t *Tx) refreshFeed(id string) (feedRow, error) {
	var row feedRow
	// Its rep, who counts what happened, is read once it is locked and before what they
	// count: what comes in between is worked out once more, not missed.
	err := t.db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Preload("Rep").Take(&row, "id = ?", id).Error
	if err != nil {
		return feedRow{}, notFound(err)
	}
	reps, err := audience(t.db, &row)
	if err != nil {
		return feedRow{}, err
	}
	revision, err := t.s.feedRevision(&row, reps, t.now)
	if err != nil || row.Revision == revision {
		return row, err
	}
	wanted, window, err := t.wanted(&row, reps)
	if err != nil {
		return feedRow{}, err
	}
	stored, err := t.entriesOf(id)
	if err != nil {
		return feedRow{}, err
	}
	now, err := reconcile(stored, wanted, window, t.now)
	if err != nil {
		return feedRow{}, err
	}
	if err := t.saveEntries(id, now); err != nil {
		return feedRow{}, err
	}
	row.Revision = revision
	if digest := digestOf(&row, now.kept); digest != row.Digest {
		row.Digest, row.ChangedAt = digest, laterSecond(row.ChangedAt, t.now)
	}
	err = t.db.Model(&row).Select("revision", "digest", "changed_at").Updates(&row).Error
	return row, wrapf(err, "keep the feed's state")
}

// laterSecond returns now in whole seconds, at least one after before: what changed twice
// within a second changed twice.
func laterSecond(before, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	if next := before.UTC().Add(time.Second); now.Before(next) {
		return next
	}
	return now
}

// digestOf tells what a feed says from what it said before.
func digestOf(row *feedRow, entries []feedEntryRow) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q", row.Name)
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(sum, " %q %d %d %q", e.UID, e.Sequence, e.ChangedAt.Unix(), e.Body)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
