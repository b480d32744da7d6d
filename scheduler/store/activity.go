package store

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// Activity is one line of the log of what happened for a rep.
type Activity struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"` // in the rep's zone
	Kind    string    `json:"kind"`
	Summary string    `json:"summary"` // in words
	Subject string    `json:"subject"` // id of the flag or hold it is about; "": neither
}

// Activity returns a page of the rep's log, the latest first.
func (s *Store) Activity(ctx context.Context, repID string, q Query) (Page[Activity], error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Page[Activity]{}, err
	}
	db := s.db.WithContext(ctx).Where("rep_id = ?", repID).Order("id DESC")
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor)
		if err != nil {
			return Page[Activity]{}, err
		}
		id, err := strconv.ParseInt(c.ID, 10, 64)
		if err != nil {
			return Page[Activity]{}, strangeCursor()
		}
		db = db.Where("id < ?", id)
	}
	rows, more, err := fetch[activityRow](db, q)
	if err != nil {
		return Page[Activity]{}, fmt.Errorf("list activity: %w", err)
	}
	page := Page[Activity]{Items: make([]Activity, 0, len(rows))}
	for _, r := range rows {
		page.Items = append(page.Items, Activity{strconv.FormatInt(r.ID, 10), r.At.In(zone), r.Kind, r.Summary, r.Subject})
	}
	if more {
		text := cursor{ID: strconv.FormatInt(rows[len(rows)-1].ID, 10)}.String()
		page.Next = &text
	}
	return page, nil
}

// ActivityOf returns what happened lately with one flag, hold or proposal of the rep's,
// the latest first.
func (s *Store) ActivityOf(ctx context.Context, repID, subject string) ([]Activity, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return nil, err
	}
	var rows []activityRow
	db := s.db.WithContext(ctx).Where("rep_id = ? AND subject = ?", repID, subject).Order("id DESC")
	if err := db.Limit(defaultLimit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list activity of %s: %w", subject, err)
	}
	log := make([]Activity, len(rows))
	for i, r := range rows {
		log[i] = Activity{strconv.FormatInt(r.ID, 10), r.At.In(zone), r.Kind, r.Summary, r.Subject}
	}
	return log, nil
}
