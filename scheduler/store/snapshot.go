package store

import (
	"encoding/json"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// remembered is how long flags and holds matter to decisions after their time: longer
// than any window of the rules.
const remembered = 90 * 24 * time.Hour

// planned is how far ahead busy times matter: holds may be placed that late.
const planned = 180 * 24 * time.Hour

// state is what Commit loaded: the rows, and what they say together.
type state struct {
	rep        repRow
	zone       *time.Location
	flags      map[flagKey]*flagRow
	holds      map[string]*holdRow  // by id; reminders, offers and reviews too
	proposals  map[string]*proposed // by id
	colleagues []string             // ids of the reps
	snapshot   scheduler.Snapshot
}

// flagKey is what the database keeps unique of a flag, for one rep.
type flagKey struct{ prospect, uid, recurrence string }

func (r *flagRow) key() flagKey { return flagKey{r.Prospect, r.UID, r.Recurrence} }

func (r *flagRow) domain() scheduler.Key {
	return scheduler.Key{Prospect: r.Prospect, Meeting: meetingRef(r.UID, r.Recurrence)}
}

// load reads all that is known of a rep.
func (t *Tx) load(rep repRow) (*state, error) {
	st := &state{
		rep: rep, flags: make(map[flagKey]*flagRow), holds: make(map[string]*holdRow),
		proposals: make(map[string]*proposed),
	}
	settings, err := domainSettings(&rep)
	if err != nil {
		return st, err
	}
	st.zone = settings.Zone
	st.snapshot = scheduler.Snapshot{Now: t.now, Settings: settings, Backlog: rep.Backlog}
	from := t.now.Add(-settings.Lookback - 24*time.Hour)
	if st.snapshot.Events, st.snapshot.Incomplete, err = t.mirrored(rep.ID, from, t.now.Add(max(settings.Horizon, planned))); err != nil {
		return st, fmt.Errorf("load events: %w", err)
	}
	for _, part := range []func(*state) error{t.loadFlags, t.loadHolds, t.loadProposals, t.loadPreferences, t.loadColleagues} {
		if err := part(st); err != nil {
			return st, err
		}
	}
	return st, nil
}

func (t *Tx) loadFlags(st *state) error {
	var rows []*flagRow
	err := t.db.Order("id").Find(&rows, "rep_id = ? AND (state = ? OR starts_at > ?)", st.rep.ID, FlagOpen, t.now.Add(-remembered)).Error
	if err != nil {
		return fmt.Errorf("load flags: %w", err)
	}
	s := &st.snapshot
	for _, r := range rows {
		st.flags[r.key()] = r
		if r.State == FlagOpen {
			s.Known = append(s.Known, scheduler.KnownFlag{Key: r.domain(), Backlog: r.Backlog, Start: r.StartsAt, Opened: r.OpenedAt})
		}
		if r.NoShow {
			s.NoShows = append(s.NoShows, r.domain())
		}
		if r.Rested {
			s.Rested = append(s.Rested, r.domain())
		}
		if r.Waiver != nil {
			s.Waivers = append(s.Waivers, r.Waiver.domain(r, st.zone))
		}
	}
	return nil
}

func (w *Waiver) domain(r *flagRow, zone *time.Location) scheduler.Waiver {
	waiver := scheduler.Waiver{Prospect: r.Prospect, Meeting: meetingRef(r.UID, r.Recurrence), Reason: w.Reason}
	if day, err := time.Parse(time.DateOnly, w.ResumeOn); err == nil {
		waiver.ResumeOn = scheduler.Resolve(day, zone)
	}
	return waiver
}

// loadHolds reads the holds that matter: recent ones, and however old they are those
// of a flag that matters. A step that had its hold gets no other.
func (t *Tx) loadHolds(st *state) error {
	var rows []*holdRow
	recent := t.now.Add(-remembered)
	ofFlags := t.db.Model(&flagRow{}).Select("id").Where("rep_id = ? AND (state = ? OR starts_at > ?)", st.rep.ID, FlagOpen, recent)
	err := t.db.Where("rep_id = ? AND kind IN ?", st.rep.ID, []scheduler.Kind{scheduler.KindHold, scheduler.KindWrapUp}).Where("ends_at > ? OR flag_id IN (?)", recent, ofFlags).
		Order("starts_at, id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("load holds: %w", err)
	}
	for _, r := range rows {
		st.holds[r.ID] = r
		if r.Kind == string(scheduler.KindWrapUp) {
			st.snapshot.Reminders = append(st.snapshot.Reminders, r.reminder())
			continue
		}
		st.snapshot.Holds = append(st.snapshot.Holds, r.hold())
	}
	return nil
}

// loadColleagues reads who else of the company is connected, and which meetings they
// have with prospects.
func (t *Tx) loadColleagues(st *state) error {
	if st.rep.Company == "" {
		return nil
	}
	var reps []repRow
	err := t.db.Order("id").Find(&reps, "company = ? AND id <> ? AND state <> ?", st.rep.Company, st.rep.ID, Disconnected).Error
	if err != nil {
		return fmt.Errorf("load colleagues: %w", err)
	}
	for _, r := range reps {
		settings, err := domainSettings(&r)
		if err != nil {
			return err
		}
		st.colleagues = append(st.colleagues, r.ID)
		st.snapshot.Colleagues = append(st.snapshot.Colleagues, settings.Addresses)
	}
	if len(reps) == 0 || !st.snapshot.Settings.ColleaguesCount {
		return nil
	}
	var rows []upcomingRow
	err = t.db.Order("prospect, starts_at, uid, rep_id").Find(&rows, "rep_id IN ? AND ends_at > ?", st.colleagues, t.now).Error
	if err != nil {
		return fmt.Errorf("load colleagues' meetings: %w", err)
	}
	for _, r := range rows {
		st.snapshot.Elsewhere = append(st.snapshot.Elsewhere, r.domain())
	}
	return nil
}

func (r *upcomingRow) domain() scheduler.ColleagueMeeting {
	return scheduler.ColleagueMeeting{Prospect: r.Prospect, UID: r.UID, Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(), Accepted: r.Accepted}
}

// recurrenceText writes a RecurrenceID for a column: "" for none, a date as
// 2006-01-02, a time in RFC 3339.
func recurrenceText(id *scheduler.RecurrenceID) string {
	switch {
	case id == nil:
		return ""
	case id.DateOnly:
		return id.Time.Format(time.DateOnly)
	}
	return id.Time.UTC().Format(time.RFC3339)
}

// meetingRef reads what recurrenceText wrote.
func meetingRef(uid, recurrence string) scheduler.MeetingRef {
	ref := scheduler.MeetingRef{UID: uid}
	if day, err := time.Parse(time.DateOnly, recurrence); err == nil {
		ref.RecurrenceID = &scheduler.RecurrenceID{Time: day, DateOnly: true}
	} else if at, err := time.Parse(time.RFC3339, recurrence); err == nil {
		ref.RecurrenceID = &scheduler.RecurrenceID{Time: at.UTC()}
	}
	return ref
}

func (r *holdRow) hold() scheduler.Hold {
	return scheduler.Hold{
		Row: r.ID, Step: r.Step, Cadence: r.Cadence, Channel: scheduler.Channel(r.Channel),
		Title: r.Title, Description: r.Description, Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(),
		NotBefore: timeIn(r.NotBefore), DueBy: timeIn(r.DueBy), Late: r.Late, CatchUp: r.CatchUp, Notes: r.Notes,
		Prospect: r.Prospect, Meeting: meetingRef(r.UID, r.Recurrence), State: r.State,
		Contact: scheduler.Contact{Address: r.ContactAddress, Name: r.ContactName},
		Edited:  r.Edited, OnCalendar: r.OnCalendar, Busy: r.Busy,
	}
}

func (r *holdRow) reminder() scheduler.Reminder {
	return scheduler.Reminder{
		Row: r.ID, Meeting: meetingRef(r.UID, r.Recurrence), Prospects: r.Prospects,
		Title: r.Title, Description: r.Description, Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(),
		State: r.State, Edited: r.Edited, Times: r.Times,
	}
}

// sameJSON reports whether a and b are the same once written to a column.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// domainSettings returns what the rules need of a rep's settings.
func domainSettings(row *repRow) (scheduler.Settings, error) {
	rep, err := row.rep()
	if err != nil {
		return scheduler.Settings{}, err
	}
	settings, err := rep.Settings.Domain(rep)
	if err != nil {
		return scheduler.Settings{}, fmt.Errorf("settings of rep %s: %w", row.ID, err)
	}
	return settings, nil
}
