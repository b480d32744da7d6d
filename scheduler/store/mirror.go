package store

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// Saved says what became of changes read from a calendar.
type Saved struct {
	Changed int  // events that are not as they were
	Confirm bool // it looks as if much were lost: nothing was believed, a second read decides
	Lost    bool // somebody else was faster: nothing was saved
}

// The mass-disappearance brake: a full read that knows nothing of half or more of
// the events that were known, if they are this many, is confirmed by a second one that
// lacks no more of them. A server elsewhere that has lost a calendar does not find it
// again within seconds.
const (
	brakeFrom   = 4
	brakeAgain  = 30 * time.Second
	brakeWebcal = 15 * time.Minute
)

// brakeFrom is how many events make a loss by c that is not believed at once. Where a
// server elsewhere has nothing at all any more, however few they were may be a mistake.
func (row *calendarRow) brakeFrom(c scheduler.Changes) int {
	if row.Kind == WebcalCalendar && len(live(c.Events)) == 0 {
		return 1
	}
	return brakeFrom
}

// mirrorPast is how far back full reads go: what ended earlier may be missing.
const mirrorPast = 30 * 24 * time.Hour

const batch = 200

// saveMirror takes changes that a read from the sync token from gave into the mirror
// of cal, and says when to read next. The rep must be locked. Read is when reading
// began: what was pushed since is read at once.
func (t *Tx) saveMirror(cal calendarRow, from string, c scheduler.Changes, read, next time.Time) (Saved, error) {
	if cal.SyncToken != from || c.BusyOnly == cal.readable() {
		return Saved{Lost: true}, nil
	}
	known, err := t.knownEvents(cal, c)
	if err != nil {
		return Saved{}, err
	}
	if c.Full && !c.BusyOnly { // busy times come and go, and no meeting is lost with them
		own, err := t.ownEvents(cal)
		if err != nil {
			return Saved{}, err
		}
		if lost := massLoss(slices.Concat(slices.Collect(maps.Values(known)), own), c, t.now, cal.brakeFrom(c)); lost > int(cal.Suspect) {
			return Saved{Confirm: true}, t.doubt(cal, lost)
		}
	}
	gone := goneEvents(known, c)
	if err := t.deleteEvents(cal, gone); err != nil {
		return Saved{}, err
	}
	changed := len(gone)
	for some := range slices.Chunk(c.Events, batch) { // the rows of a large calendar are much larger than its events
		n, err := t.saveEvents(cal, known, some)
		if err != nil {
			return Saved{}, err
		}
		changed += n
	}
	return Saved{Changed: changed}, t.synced(cal, c, read, next)
}

// saveEvents saves those events that are new or not as they were, and returns how many.
func (t *Tx) saveEvents(cal calendarRow, known map[string]knownEvent, events []scheduler.RemoteEvent) (int, error) {
	rows, err := t.upserts(cal, known, events)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	all := clause.OnConflict{Columns: []clause.Column{{Name: "rep_id"}, {Name: "calendar_id"}, {Name: "id"}}, UpdateAll: true}
	if err := t.db.Clauses(all).Create(&rows).Error; err != nil {
		return 0, fmt.Errorf("save events: %w", err)
	}
	return len(rows), nil
}

// knownEvent is what the mirror has to know of an event to compare it.
type knownEvent struct {
	ID        string
	ETag      string `gorm:"column:etag"`
	SeriesID  string
	Recurring bool
	EndsAt    *time.Time
}

// knownEvents returns the events of the mirror that c may change: all of them where
// it is full, else those it names and the instances of the series it names.
func (t *Tx) knownEvents(cal calendarRow, c scheduler.Changes) (map[string]knownEvent, error) {
	known := make(map[string]knownEvent)
	add := func(query *gorm.DB) error {
		var rows []knownEvent
		if err := query.Find(&rows).Error; err != nil {
			return fmt.Errorf("load known events: %w", err)
		}
		for _, row := range rows {
			known[row.ID] = row
		}
		return nil
	}
	events := func() *gorm.DB {
		return t.db.Model(&eventRow{}).Where("rep_id = ? AND calendar_id = ?", cal.RepID, cal.ID)
	}
	if c.Full {
		return known, add(events())
	}
	for some := range slices.Chunk(c.Events, batch) {
		ids := make([]string, len(some))
		for i := range some {
			ids[i] = some[i].ID
		}
		if err := add(events().Where("id IN ? OR series_id IN ?", ids, ids)); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// ownEvents returns what Holdfast has written to cal and that should be there.
func (t *Tx) ownEvents(cal calendarRow) ([]knownEvent, error) {
	var rows []knownEvent
	err := t.db.Model(&holdRow{}).Select("event_id AS id, written_ends_at AS ends_at").
		Where("rep_id = ? AND calendar_id = ? AND event_id <> '' AND etag <> ''", cal.RepID, cal.ID).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("load known holds: %w", err)
	}
	return rows, nil
}

// massLoss returns how many events a full read lacks of those it should have, if
// these are so many, from brakeFrom on, that it is not to be believed at once.
func massLoss(known []knownEvent, c scheduler.Changes, now time.Time, brakeFrom int) int {
	listed := live(c.Events)
	var relevant, lost int
	for _, e := range known {
		if e.SeriesID != "" || !e.Recurring && (e.EndsAt == nil || e.EndsAt.Before(now.Add(-mirrorPast))) {
			continue
		}
		relevant++
		if !listed[e.ID] {
			lost++
		}
	}
	if relevant < brakeFrom || lost*2 < relevant {
		return 0
	}
	return lost
}

func live(events []scheduler.RemoteEvent) map[string]bool {
	listed := make(map[string]bool, len(events))
	for i := range events {
		if !events[i].Deleted {
			listed[events[i].ID] = true
		}
	}
	return listed
}

// doubt has the calendar read in full once more, and soon. Until then it is not
// complete: nothing is concluded from what it lacks. Of one elsewhere the last good copy
// is good enough meanwhile: its server may be down for days.
func (t *Tx) doubt(cal calendarRow, lost int) error {
	changes := map[string]any{"suspect": lost, "sync_token": "", "complete": false, "sync_at": t.now.Add(brakeAgain)}
	if cal.Kind == WebcalCalendar {
		changes["complete"], changes["sync_at"], changes["failures"] = cal.Complete, t.now.Add(brakeWebcal), 0
		changes["error"] = "Most of this calendar seems to be gone. It is read once more before that is believed."
	}
	if err := t.updateCalendar(cal, changes); err != nil {
		return err
	}
	return t.note(cal.RepID, "sync", fmt.Sprintf("Lost sight of %s on %s: it is read once more before that is believed.", count(lost, "event"), cal.Name), "")
}

// upserts returns the rows of the events that are new or not as they were. What
// Holdfast writes is not mirrored: its rows are the holds.
func (t *Tx) upserts(cal calendarRow, known map[string]knownEvent, events []scheduler.RemoteEvent) ([]eventRow, error) {
	install, err := t.install()
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(events)) // of two copies in one answer the later counts
	var rows []eventRow
	for i := range events {
		e := &events[i]
		if e.Deleted || ownHold(e, install) || e.ETag != "" && known[e.ID].ETag == e.ETag {
			continue
		}
		row, err := t.eventRow(cal, e)
		if err != nil {
			return nil, fmt.Errorf("save event %s: %w", e.ID, err)
		}
		if row.ETag == "" { // in a file: told by what it says
			if row.ETag = digest(row.Body); known[e.ID].ETag == row.ETag {
				continue
			}
		}
		if i, again := at[e.ID]; again {
			rows[i] = row
			continue
		}
		at[e.ID] = len(rows)
		rows = append(rows, row)
	}
	return rows, nil
}

// ownHold reports whether this install wrote e to take its place on the calendar. A
// review it wrote is a meeting like others.
func ownHold(e *scheduler.RemoteEvent, install string) bool {
	return e.Tags.Install == install && e.Tags.Kind != "" && e.Tags.Kind != scheduler.KindReview
}

func (t *Tx) eventRow(cal calendarRow, e *scheduler.RemoteEvent) (eventRow, error) {
	body, err := t.s.zones.encodeEvent(&e.Event)
	if err != nil {
		return eventRow{}, err
	}
	row := eventRow{
		RepID: cal.RepID, CalendarID: cal.ID, ID: e.ID, ICalUID: e.Event.UID, ETag: e.ETag, SeriesID: e.Series,
		Recurring: len(e.Event.Rules)+len(e.Event.RDates) > 0, Body: body,
	}
	if !e.Event.Start.Wall.IsZero() {
		row.StartsAt, row.EndsAt = timeOrNil(e.Event.Start.In(time.UTC)), timeOrNil(e.Event.End.In(time.UTC))
	}
	return row, nil
}

// goneEvents returns the ids of known events that are no more: those said to be
// deleted, with the instances of a series; in a full read also those not in it.
func goneEvents(known map[string]knownEvent, c scheduler.Changes) []string {
	deleted := make(map[string]bool)
	for i := range c.Events {
		if c.Events[i].Deleted {
			deleted[c.Events[i].ID] = true
		}
	}
	listed := live(c.Events)
	var gone []string
	for id, e := range known {
		if !listed[id] && (c.Full || deleted[id] || deleted[e.SeriesID]) {
			gone = append(gone, id)
		}
	}
	return gone
}

func (t *Tx) deleteEvents(cal calendarRow, ids []string) error {
	for some := range slices.Chunk(ids, batch) {
		err := t.db.Where("rep_id = ? AND calendar_id = ? AND id IN ?", cal.RepID, cal.ID, some).Delete(&eventRow{}).Error
		if err != nil {
			return fmt.Errorf("delete events: %w", err)
		}
	}
	return nil
}

// synced keeps the token of a read that was believed.
func (t *Tx) synced(cal calendarRow, c scheduler.Changes, read, next time.Time) error {
	changes := map[string]any{
		"sync_token": c.Token, "complete": true, "suspect": 0, "synced_at": micros(read), "sync_at": micros(next), "error": "", "failures": 0,
	}
	if c.Zone != "" {
		changes["zone"] = c.Zone
	}
	if c.Full {
		changes["full_at"] = micros(read)
	}
	if err := t.updateCalendar(cal, changes); err != nil {
		return err
	}
	return t.againIfDirty(cal, read)
}

// againIfDirty has cal read at once where a push came since the reading began. Pushes
// do not wait for the rep's lock: what was loaded of cal may not know of them, the row
// does, now that it is locked.
func (t *Tx) againIfDirty(cal calendarRow, read time.Time) error {
	err := t.db.Model(&calendarRow{}).Where("rep_id = ? AND id = ? AND dirty_at > ?", cal.RepID, cal.ID, micros(read)).
		Update("sync_at", t.now).Error
	return wrapf(err, "read calendar "+cal.ID+" again")
}

func (t *Tx) updateCalendar(cal calendarRow, changes map[string]any) error {
	err := t.db.Model(&calendarRow{}).Where("rep_id = ? AND id = ?", cal.RepID, cal.ID).Updates(changes).Error
	if err != nil {
		return fmt.Errorf("update calendar %s: %w", cal.ID, err)
	}
	return nil
}
