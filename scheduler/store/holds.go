package store

import (
	"context"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// Hold is time set aside for one touch, as reps see it. Times are in their zone.
type Hold struct {
	ID         string              `json:"id"`
	Prospect   string              `json:"prospect"`
	Contact    scheduler.Contact   `json:"contact"`
	Cadence    string              `json:"cadence"`
	Step       string              `json:"step"`
	Channel    scheduler.Channel   `json:"channel"`
	Title      string              `json:"title"`
	Start      time.Time           `json:"start" nullable:"true"` // zero, null in JSON: it is unplaced
	End        time.Time           `json:"end" nullable:"true"`
	DueBy      *time.Time          `json:"due_by"`
	Late       bool                `json:"late"`
	CatchUp    bool                `json:"catch_up"`
	State      scheduler.HoldState `json:"state" enum:"planned,written,moved,done,skipped,released,unplaced"`
	Edited     bool                `json:"edited"` // the rep changed its text: it is theirs
	EventID    string              `json:"event_id"`
	CalendarID string              `json:"calendar_id"`
	Reason     string              `json:"reason"` // why it is as it is: why it was released, what gave way, what it waits for
	FlagID     string              `json:"flag_id"`
}

func (r *holdRow) view(zone *time.Location) Hold {
	h := Hold{
		ID: r.ID, Prospect: r.Prospect, Contact: scheduler.Contact{Address: r.ContactAddress, Name: r.ContactName},
		Cadence: r.Cadence, Step: r.Step, Channel: scheduler.Channel(r.Channel), Title: r.Title,
		Start: r.StartsAt.In(zone), End: r.EndsAt.In(zone), DueBy: in(r.DueBy, zone), Late: r.Late, CatchUp: r.CatchUp,
		State: r.State, Edited: r.Edited, EventID: r.EventID, CalendarID: r.CalendarID, Reason: r.Reason,
	}
	if h.Reason == "" && len(r.Notes) > 0 {
		h.Reason = r.Notes[0]
	}
	if r.WriteError != "" {
		h.Reason = r.WriteError
	}
	if r.FlagID != nil {
		h.FlagID = *r.FlagID
	}
	return h
}

// Holds returns a page of a rep's holds, by time. Steps that fit nowhere are listed
// only where their state is asked for.
func (s *Store) Holds(ctx context.Context, repID string, q Query) (Page[Hold], error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Page[Hold]{}, err
	}
	if q.State == string(unplaced) {
		return s.unplacedSteps(ctx, repID, q)
	}
	db := s.db.WithContext(ctx).Where("rep_id = ? AND kind = ?", repID, scheduler.KindHold).Order("starts_at, id")
	states := []string{
		string(scheduler.Planned), string(scheduler.Written), string(scheduler.Moved),
		string(scheduler.Done), string(scheduler.Skipped), string(scheduler.Released), string(unplaced),
	}
	if db, err = inState(db, q, states...); err != nil {
		return Page[Hold]{}, err
	}
	if db, err = after(db, q, "starts_at", ">"); err != nil {
		return Page[Hold]{}, err
	}
	rows, more, err := fetch[holdRow](db, q)
	if err != nil {
		return Page[Hold]{}, fmt.Errorf("list holds: %w", err)
	}
	page := Page[Hold]{}
	if page.Items, err = s.views(ctx, repID, rows, zone); err != nil {
		return Page[Hold]{}, err
	}
	if more {
		last := rows[len(rows)-1]
		page.Next = next(last.StartsAt, last.ID)
	}
	return page, nil
}

// Hold returns one hold of a rep.
func (s *Store) Hold(ctx context.Context, repID, id string) (Hold, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Hold{}, err
	}
	var row holdRow
	if err := s.db.WithContext(ctx).Take(&row, "id = ? AND rep_id = ? AND kind = ?", id, repID, scheduler.KindHold).Error; err != nil {
		return Hold{}, fmt.Errorf("load hold %s: %w", id, notFound(err))
	}
	views, err := s.views(ctx, repID, []holdRow{row}, zone)
	if err != nil {
		return Hold{}, err
	}
	return views[0], nil
}

// Coming returns the holds of a rep that stand and end after from, by time: as many as
// the longest page has. Those of a backlog that has not been accepted are left out.
func (s *Store) Coming(ctx context.Context, repID string, from time.Time) ([]Hold, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return nil, err
	}
	standing := []scheduler.HoldState{scheduler.Planned, scheduler.Written, scheduler.Moved}
	unanswered := s.db.Model(&flagRow{}).Select("id").Where("rep_id = ? AND backlog", repID)
	var rows []holdRow
	err = s.db.WithContext(ctx).Order("starts_at, id").Limit(maxLimit).
		Where("rep_id = ? AND kind = ? AND state IN ? AND ends_at > ?", repID, scheduler.KindHold, standing, from.UTC()).
		Where("NOT (state = ? AND NOT on_calendar AND flag_id IN (?))", scheduler.Planned, unanswered).
		Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list holds to come: %w", err)
	}
	return s.views(ctx, repID, rows, zone)
}
