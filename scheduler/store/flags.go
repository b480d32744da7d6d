package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// Flag is a meeting without a next step, as reps see it. Times are in their zone.
type Flag struct {
	ID         string            `json:"id"`
	Prospect   string            `json:"prospect"`
	Reason     scheduler.Reason  `json:"reason"`
	State      string            `json:"state" enum:"open,resolved,waived,expired"`
	Backlog    bool              `json:"backlog"` // the first sync found it
	Replied    bool              `json:"replied"` // they answered: its follow-up is over
	OpenedAt   time.Time         `json:"opened_at"`
	ResolvedAt *time.Time        `json:"resolved_at"` // when it was closed, in whatever way
	Meeting    Meeting           `json:"meeting"`
	Contact    scheduler.Contact `json:"contact"`
	// Times are bookable times, ready to be said aloud.
	Times    []time.Time          `json:"times"`
	NextStep *NextStep            `json:"next_step,omitempty"`
	Waiver   *Waiver              `json:"waiver,omitempty"`
	Holds    []Hold               `json:"holds"`
	Unplaced []scheduler.Unplaced `json:"unplaced"`
}

// Meeting is the meeting of a flag.
type Meeting struct {
	CalendarID string    `json:"calendar_id"`
	EventID    string    `json:"event_id"`
	ICalUID    string    `json:"ical_uid"`
	Summary    string    `json:"summary"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
	Link       string    `json:"link"`
}

// NextStep is the meeting that settled a flag. One of a colleague has no UID.
type NextStep struct {
	UID         string    `json:"uid,omitempty"`
	Start       time.Time `json:"start"`
	Accepted    bool      `json:"accepted"`
	BySeries    bool      `json:"by_series"`
	ByColleague bool      `json:"by_colleague"`
}

// nextStep returns n as it is kept and shown.
func nextStep(n scheduler.NextStep) *NextStep {
	return &NextStep{n.UID, n.Start.UTC(), n.Accepted, n.BySeries, n.ByColleague}
}

func (r *flagRow) flag(zone *time.Location) Flag {
	f := Flag{
		ID: r.ID, Prospect: r.Prospect, Reason: r.Reason, State: r.State, Backlog: r.Backlog, Replied: r.Rested,
		OpenedAt: r.OpenedAt.In(zone), ResolvedAt: in(r.ClosedAt, zone),
		Meeting: Meeting{
			CalendarID: r.CalendarID, EventID: r.EventID, ICalUID: r.UID, Summary: r.Summary,
			Start: r.StartsAt.In(zone), End: r.EndsAt.In(zone), Link: r.Link,
		},
		Contact: scheduler.Contact{Address: r.ContactAddress, Name: r.ContactName},
		Times:   []time.Time{}, Holds: []Hold{}, Unplaced: []scheduler.Unplaced{},
		Waiver: r.Waiver,
	}
	for _, t := range r.Times {
		f.Times = append(f.Times, t.In(zone))
	}
	f.Unplaced = append(f.Unplaced, r.Unplaced...)
	if r.NextStep != nil {
		step := *r.NextStep
		step.Start = step.Start.In(zone)
		f.NextStep = &step
	}
	return f
}

// in returns *t in zone; nil stays nil.
func in(t *time.Time, zone *time.Location) *time.Time {
	if t == nil {
		return nil
	}
	local := t.In(zone)
	return &local
}

// Flags returns a page of a rep's flags with their holds, the latest opened first.
func (s *Store) Flags(ctx context.Context, repID string, q Query) (Page[Flag], error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Page[Flag]{}, err
	}
	db := s.db.WithContext(ctx).Where("rep_id = ?", repID).Order("opened_at DESC, id DESC")
	if db, err = inState(db, q, FlagOpen, FlagResolved, FlagWaived, FlagExpired); err != nil {
		return Page[Flag]{}, err
	}
	if db, err = after(db, q, "opened_at", "<"); err != nil {
		return Page[Flag]{}, err
	}
	rows, more, err := fetch[flagRow](db, q)
	if err != nil {
		return Page[Flag]{}, fmt.Errorf("list flags: %w", err)
	}
	page := Page[Flag]{Items: make([]Flag, 0, len(rows))}
	for _, r := range rows {
		page.Items = append(page.Items, r.flag(zone))
	}
	if more {
		last := rows[len(rows)-1]
		page.Next = next(last.OpenedAt, last.ID)
	}
	return page, s.withHolds(ctx, repID, page.Items, zone)
}

// after begins a page where its cursor says, for a list by column, then id, in the
// order that operator says.
func after(db *gorm.DB, q Query, column, operator string) (*gorm.DB, error) {
	if q.Cursor == "" {
		return db, nil
	}
	c, err := parseCursor(q.Cursor)
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339Nano, c.At)
	if err != nil {
		return nil, strangeCursor()
	}
	// The names come from the callers in this package, never from a request.
	return db.Where("("+column+" "+operator+" ? OR "+column+" = ? AND id "+operator+" ?)", at.UTC(), at.UTC(), c.ID), nil
}

func next(at time.Time, id string) *string {
	text := cursor{At: at.UTC().Format(time.RFC3339Nano), ID: id}.String()
	return &text
}

// Flag returns one flag of a rep, with its holds.
func (s *Store) Flag(ctx context.Context, repID, id string) (Flag, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Flag{}, err
	}
	var row flagRow
	if err := s.db.WithContext(ctx).Take(&row, "id = ? AND rep_id = ?", id, repID).Error; err != nil {
		return Flag{}, fmt.Errorf("load flag %s: %w", id, notFound(err))
	}
	flags := []Flag{row.flag(zone)}
	if err := s.withHolds(ctx, repID, flags, zone); err != nil {
		return Flag{}, err
	}
	return flags[0], nil
}

// withHolds puts the holds of flags into them, by time.
func (s *Store) withHolds(ctx context.Context, repID string, flags []Flag, zone *time.Location) error {
	index := make(map[string]int, len(flags))
	ids := make([]string, len(flags))
	for i := range flags {
		index[flags[i].ID], ids[i] = i, flags[i].ID
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []holdRow
	err := s.db.WithContext(ctx).Order("starts_at, id").Find(&rows, "rep_id = ? AND flag_id IN ?", repID, ids).Error
	if err != nil {
		return fmt.Errorf("list holds of flags: %w", err)
	}
	holds, err := s.views(ctx, repID, rows, zone)
	if err != nil {
		return err
	}
	for _, h := range holds {
		f := &flags[index[h.FlagID]]
		f.Holds = append(f.Holds, h)
	}
	return nil
}

// zone returns the rep's zone.
func (s *Store) zone(ctx context.Context, repID string) (*time.Location, error) {
	var row repRow
	if err := s.db.WithContext(ctx).Take(&row, "id = ?", repID).Error; err != nil {
		return nil, fmt.Errorf("load rep %s: %w", repID, notFound(err))
	}
	settings, err := domainSettings(&row)
	if err != nil {
		return nil, err
	}
	return settings.Zone, nil
}
