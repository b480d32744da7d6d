package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Whoever saves a flag, a hold or a proposal, in whatever way, has the feeds of its rep made anew:
// gorm calls AfterSave of each row that is created or saved as a whole. Updates of
// single columns are of what no feed tells.

// AfterSave is for gorm.
func (r *flagRow) AfterSave(db *gorm.DB) error { return revise(db, r.RepID) }

// AfterSave is for gorm.
func (r *holdRow) AfterSave(db *gorm.DB) error { return revise(db, r.RepID) }

// AfterSave is for gorm.
func (r *proposalRow) AfterSave(db *gorm.DB) error { return revise(db, r.RepID) }

// revise counts up the revision of a rep's feeds: at the end of the transaction, once,
// where db is in one.
func revise(db *gorm.DB, repID string) error {
	if repID == "" { // an update of single columns
		return nil
	}
	tx, ok := db.Statement.Context.Value(txKey{}).(*Tx)
	if !ok {
		return reviseFeedsOf(db.Session(&gorm.Session{NewDB: true}), repID)
	}
	if !slices.Contains(tx.revised, repID) {
		tx.revised = append(tx.revised, repID)
	}
	return nil
}

func (t *Tx) reviseFeeds() error {
	slices.Sort(t.revised)
	return reviseFeedsOf(t.db, t.revised...)
}

func reviseFeedsOf(db *gorm.DB, repIDs ...string) error {
	for _, id := range repIDs {
		err := db.Model(&repRow{}).Where("id = ?", id).Update("feed_revision", gorm.Expr("feed_revision + 1")).Error
		if err != nil {
			return fmt.Errorf("revise the feeds of rep %s: %w", id, err)
		}
	}
	return nil
}
