package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// unplaced is the state of a step that fits nowhere. It has no row: each decision
// looks for a place anew, and says so with its flag.
const unplaced scheduler.HoldState = "unplaced"

// MarshalJSON writes null for the times of a step that has no place.
func (h Hold) MarshalJSON() ([]byte, error) {
	type plain Hold // without this method
	shown := struct {
		plain
		Start *time.Time `json:"start"`
		End   *time.Time `json:"end"`
	}{plain: plain(h)}
	if !h.Start.IsZero() {
		shown.Start, shown.End = &h.Start, &h.End
	}
	return json.Marshal(shown)
}

// unplacedSteps returns a page of the steps of open flags that fit nowhere, by their
// ids: prospects have at most one open flag each, so all of them are few.
func (s *Store) unplacedSteps(ctx context.Context, repID string, q Query) (Page[Hold], error) {
	all, err := s.allUnplaced(ctx, repID)
	if err != nil {
		return Page[Hold]{}, err
	}
	first := 0
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor)
		if err != nil {
			return Page[Hold]{}, err
		}
		first, _ = slices.BinarySearchFunc(all, c.ID+"\x00", func(h Hold, id string) int { return strings.Compare(h.ID, id) })
	}
	page := Page[Hold]{Items: all[first:]}
	if len(page.Items) > q.limit() {
		page.Items = page.Items[:q.limit()]
		text := cursor{ID: page.Items[len(page.Items)-1].ID}.String()
		page.Next = &text
	}
	return page, nil
}

func (s *Store) allUnplaced(ctx context.Context, repID string) ([]Hold, error) {
	db := s.db.WithContext(ctx)
	var rep repRow
	if err := db.Take(&rep, "id = ?", repID).Error; err != nil {
		return nil, fmt.Errorf("load rep %s: %w", repID, notFound(err))
	}
	settings, err := domainSettings(&rep)
	if err != nil {
		return nil, err
	}
	var flags []flagRow
	if err := db.Find(&flags, "rep_id = ? AND state = ? AND unplaced <> '[]'", repID, FlagOpen).Error; err != nil {
		return nil, fmt.Errorf("list flags with unplaced steps: %w", err)
	}
	all := []Hold{}
	for i := range flags {
		all = append(all, flags[i].unplacedSteps(settings)...)
	}
	slices.SortFunc(all, func(a, b Hold) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// unplacedSteps returns the steps of a flag that fit nowhere, as holds without times.
func (r *flagRow) unplacedSteps(settings scheduler.Settings) []Hold {
	var steps []Hold
	for _, u := range r.Unplaced {
		h := Hold{
			ID: r.ID + "-" + u.Step, Prospect: r.Prospect, Contact: scheduler.Contact{Address: r.ContactAddress, Name: r.ContactName},
			Cadence: u.Cadence, Step: u.Step, State: unplaced, Reason: u.Reason, FlagID: r.ID,
		}
		var found bool
		if h.Channel, h.Title, found = u.Face(settings, r.Reason, h.Contact, r.Prospect); !found {
			h.Channel, h.Title = scheduler.Call, r.Prospect+" · "+u.Step
		}
		steps = append(steps, h)
	}
	return steps
}

// What a planned hold that is not to be on the calendar yet waits for.
const (
	waitsForTheEnd    = "it is written when the meeting has ended"
	waitsForTheAnswer = "it waits for your word about the backlog"
)

// views returns rows as reps see them; those that are not to be on the calendar yet
// say what they wait for.
func (s *Store) views(ctx context.Context, repID string, rows []holdRow, zone *time.Location) ([]Hold, error) {
	var waiting []string
	for i := range rows {
		if rows[i].waits() {
			waiting = append(waiting, *rows[i].FlagID)
		}
	}
	wrappingUp := make(map[string]bool)
	if len(waiting) > 0 {
		var flags []string
		err := s.db.WithContext(ctx).Model(&flagRow{}).
			Where("rep_id = ? AND reason = ? AND id IN ?", repID, scheduler.WrappingUp, waiting).Pluck("id", &flags).Error
		if err != nil {
			return nil, fmt.Errorf("list flags of holds: %w", err)
		}
		for _, id := range flags {
			wrappingUp[id] = true
		}
	}
	views := make([]Hold, 0, len(rows))
	for i := range rows {
		h := rows[i].view(zone)
		if rows[i].waits() && h.Reason == "" {
			h.Reason = waitsForTheAnswer
			if wrappingUp[h.FlagID] {
				h.Reason = waitsForTheEnd
			}
		}
		views = append(views, h)
	}
	return views, nil
}

// waits reports whether the row is planned, and not yet to be on the calendar.
func (r *holdRow) waits() bool {
	return r.State == scheduler.Planned && !r.OnCalendar && r.FlagID != nil
}
