package store

import (
	"fmt"
	"time"

	"holdfast/scheduler"
)

// mirrored returns the events of the rep's calendars that matter between from and
// to: those that count as they are, those that only block as no meetings.
// Incomplete says that a calendar was not read to its end yet, or none is chosen.
func (t *Tx) mirrored(repID string, from, to time.Time) (events []scheduler.Event, incomplete bool, err error) {
	var calendars []calendarRow
	if err := t.db.Order("counts DESC, id").Find(&calendars, "rep_id = ? AND (counts OR blocks)", repID).Error; err != nil {
		return nil, false, fmt.Errorf("load calendars: %w", err)
	}
	incomplete = len(calendars) == 0
	counted := make(map[eventKey]bool)
	for _, cal := range calendars {
		incomplete = incomplete || !cal.Complete
		some, err := t.mirroredIn(cal, from, to)
		if err != nil {
			return nil, false, err
		}
		for _, e := range some {
			key := keyOf(&e)
			if !cal.Counts && (counted[key] || counted[key.series()]) {
				continue // a copy that says less, or would change an instance of what counts
			}
			counted[key] = cal.Counts
			events = append(events, e)
		}
	}
	return events, incomplete, nil
}

// eventKey is what copies of an event on several calendars have in common.
type eventKey struct {
	uid      string
	original int64 // of overrides: when the instance began, in whatever zone that is told
	override bool
}

func keyOf(e *scheduler.Event) eventKey {
	if e.RecurrenceID == nil {
		return eventKey{uid: e.UID}
	}
	return eventKey{e.UID, e.RecurrenceID.In(time.UTC).Unix(), true}
}

// series returns the key of the event that k is an override of; k where it is none.
func (k eventKey) series() eventKey { return eventKey{uid: k.uid} }

func (t *Tx) mirroredIn(cal calendarRow, from, to time.Time) ([]scheduler.Event, error) {
	var rows []eventRow
	// A day more on each side, as dates and floating times are stored as if in UTC.
	// Overrides come with their series, wherever they were moved to.
	err := t.db.Where("rep_id = ? AND calendar_id = ?", cal.RepID, cal.ID).
		Where("recurring OR series_id <> '' OR (starts_at < ? AND ends_at >= ?)", micros(to).Add(day), micros(from).Add(-day)).
		Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("load events: %w", err)
	}
	uids := make(map[string]string)
	for _, row := range rows {
		if row.Recurring {
			uids[row.ID] = row.ICalUID
		}
	}
	events := make([]scheduler.Event, 0, len(rows))
	for i := range rows {
		e, err := t.s.zones.decodeEvent(rows[i].Body)
		if err != nil {
			return nil, fmt.Errorf("load event %s: %w", rows[i].ID, err)
		}
		e.Ref.Calendar, e.Ref.ID = cal.ID, rows[i].ID
		if e.UID == "" { // a cancelled instance is named by its series only
			e.UID = uids[rows[i].SeriesID]
		}
		if e.UID != "" {
			events = append(events, cal.seen(e))
		}
	}
	return events, nil
}

// seen returns e as far as its calendar is chosen: on one that only blocks nothing
// is a meeting, one that only counts leaves the time free.
func (cal *calendarRow) seen(e scheduler.Event) scheduler.Event {
	if !cal.Counts {
		e.StatusOnly, e.GuestsHidden = true, false
	}
	if !cal.Blocks {
		e.Transparent = true
	}
	return e
}
