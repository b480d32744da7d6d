package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
)

// desk is a rep with one calendar. The test plays the provider, the rep's hand in
// their calendar, and the workers that read and write it.
type desk struct {
	t     *testing.T
	s     *Store
	clock *clock
	rep   string
	zone  *time.Location

	remote  map[string]scheduler.RemoteEvent // what is on the calendar
	changed map[string]bool                  // since it was last read
	token   string
	edits   int
	writes  []string // what the workers did, in order
	mails   []string // whom the provider told of it, in order
}

const (
	deskCalendar = "dana@northwind.example"
	deskZone     = "Europe/London" // on UTC in winter
)

func newDesk(t *testing.T, s *Store, c *clock) *desk {
	t.Helper()
	return newDeskOf(t, s, c, "Dana Reyes", deskCalendar)
}

func newDeskOf(t *testing.T, s *Store, c *clock, name, address string) *desk {
	t.Helper()
	d := &desk{
		t: t, s: s, clock: c, zone: mustLoad(t, deskZone),
		remote: make(map[string]scheduler.RemoteEvent), changed: make(map[string]bool),
	}
	d.rep = d.signIn(name, address)
	return d
}

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// signIn connects the rep, and saves the list of their one calendar.
func (d *desk) signIn(name, address string) (rep string) {
	d.t.Helper()
	ctx := d.t.Context()
	who, err := d.s.SignIn(ctx, Identity{Subject: "sub-" + address, Email: address, Name: name}, scheduler.Grant{
		Access: "canary-access-" + address, Refresh: "canary-refresh-" + address, Expires: d.clock.Now().Add(time.Hour),
	})
	d.must(err)
	d.must(d.s.SaveCalendars(ctx, who.ID, []scheduler.RemoteCalendar{
		{ID: address, Name: name, Zone: deskZone, Primary: true, Owned: true},
	}))
	return who.ID
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// calendar returns the id of the rep's calendar.
func (d *desk) calendar() string {
	d.t.Helper()
	all, err := d.s.Calendars(d.t.Context(), d.rep)
	d.must(err)
	return all[0].ID
}

// meeting puts a meeting with somebody on the calendar, or changes it.
func (d *desk) meeting(id, with string, start time.Time, length time.Duration) {
	d.put(scheduler.RemoteEvent{ID: id, Event: scheduler.Event{
		UID: id + "@google.com", Summary: "Demo " + id,
		Created: start.Add(-240 * time.Hour), LastModified: start.Add(-240 * time.Hour),
		Start: moment(start, d.zone), End: moment(start.Add(length), d.zone),
		Attendees: []scheduler.Attendee{
			{Address: d.calendarOwner(), Response: scheduler.Accepted},
			{Address: with, Response: scheduler.Accepted},
		},
		Ref: scheduler.Ref{Calendar: d.calendar(), ID: id, Link: "https://calendar.example/" + id},
	}})
}

func (d *desk) calendarOwner() string {
	d.t.Helper()
	rep, err := d.s.Rep(d.t.Context(), d.rep)
	d.must(err)
	return rep.Email
}

func moment(t time.Time, zone *time.Location) scheduler.Moment {
	l := t.In(zone)
	return scheduler.Moment{
		Wall: time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC), Zone: zone,
	}
}

// put puts an event on the calendar, or replaces it.
func (d *desk) put(e scheduler.RemoteEvent) {
	d.edits++
	e.ETag = fmt.Sprintf("%q", fmt.Sprint("v", d.edits))
	d.remote[e.ID] = e
	d.changed[e.ID] = true
}

// edit changes an event by the rep's hand.
func (d *desk) edit(id string, change func(*scheduler.RemoteEvent)) {
	d.t.Helper()
	e, there := d.remote[id]
	if !there || e.Deleted {
		d.t.Fatalf("no event %s on the calendar", id)
	}
	change(&e)
	d.put(e)
}

// move moves an event by the rep's hand.
func (d *desk) move(id string, start time.Time) {
	d.t.Helper()
	d.edit(id, func(e *scheduler.RemoteEvent) {
		length := e.Event.End.Wall.Sub(e.Event.Start.Wall)
		e.Event.Start, e.Event.End = moment(start, d.zone), moment(start.Add(length), d.zone)
	})
}

// remove deletes an event by the rep's hand.
func (d *desk) remove(id string) {
	d.t.Helper()
	d.edit(id, func(e *scheduler.RemoteEvent) { *e = scheduler.RemoteEvent{ID: id, Deleted: true} })
}

// sync reads what changed on the calendar, or, the first time, all of it.
func (d *desk) sync() Saved {
	d.t.Helper()
	d.clock.move(time.Second) // what was written before was written before
	changes := scheduler.Changes{Zone: deskZone, Token: fmt.Sprint("token-", d.edits), Full: d.token == ""}
	for _, id := range slices.Sorted(maps.Keys(d.changed)) {
		if e := d.remote[id]; !changes.Full || !e.Deleted {
			changes.Events = append(changes.Events, e)
		}
	}
	now := d.clock.Now()
	saved, err := d.s.SaveChanges(d.t.Context(), d.rep, d.calendar(), d.token, now, changes, now.Add(15*time.Minute))
	d.must(err)
	if saved.Confirm { // nothing was believed: a second reading of all of it decides
		d.expire()
		return d.sync()
	}
	d.token, d.changed = changes.Token, make(map[string]bool)
	return saved
}

// expire has the next reading begin anew.
func (d *desk) expire() {
	d.t.Helper()
	d.token = ""
	for id := range d.remote {
		d.changed[id] = true
	}
	d.must(d.s.db.Model(&calendarRow{}).Where("rep_id = ?", d.rep).Update("sync_token", "").Error)
}

// commit judges the calendar again, as a wake-up does.
func (d *desk) commit() scheduler.Plan {
	d.t.Helper()
	plan, err := d.s.Commit(d.t.Context(), d.rep, nil)
	d.must(err)
	return plan
}

// write does what is due on the calendar as a worker does, and returns how much.
func (d *desk) write() int {
	d.t.Helper()
	before := len(d.writes)
	for _, id := range d.due() {
		w, err := d.s.Writing(d.t.Context(), id)
		d.must(err)
		d.carryOut(w)
	}
	return len(d.writes) - before
}

// due returns the ids of the holds that wait to be written.
func (d *desk) due() []string {
	d.t.Helper()
	var ids []string
	d.must(d.s.db.Model(&holdRow{}).Where("rep_id = ? AND write_at IS NOT NULL", d.rep).Order("id").Pluck("id", &ids).Error)
	return ids
}

func (d *desk) carryOut(w Writing) {
	d.t.Helper()
	switch ctx := d.t.Context(); w.Action() {
	case ActInsert, ActPatch:
		d.writes = append(d.writes, "put "+w.Want.ID)
		d.tell(w)
		d.put(d.asRemote(w.Want))
		d.must(d.s.SaveWritten(ctx, w, d.remote[w.Want.ID].ETag, w.Want.Content()))
	case ActDelete:
		d.writes = append(d.writes, "delete "+w.Want.ID)
		d.tell(w)
		d.put(scheduler.RemoteEvent{ID: w.Want.ID, Deleted: true})
		d.must(d.s.Deleted(ctx, w))
	case ActNone:
		d.t.Errorf("hold %s waits to be written, and there is nothing to write", w.ID)
	}
}

// ours returns the events of Holdfast's that are on the calendar, by their start.
func (d *desk) ours() []scheduler.RemoteEvent {
	var all []scheduler.RemoteEvent
	for _, e := range d.remote {
		if !e.Deleted && e.Tags.Install != "" {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b scheduler.RemoteEvent) int { return a.Event.Start.Wall.Compare(b.Event.Start.Wall) })
	return all
}

// flags returns the rep's flags in a state, "": all.
func (d *desk) flags(state string) []Flag {
	d.t.Helper()
	page, err := d.s.Flags(d.t.Context(), d.rep, Query{State: state})
	d.must(err)
	return page.Items
}

// flag returns the one flag in a state.
func (d *desk) flag(state string) Flag {
	d.t.Helper()
	all := d.flags(state)
	if len(all) != 1 {
		d.t.Fatalf("%d flags are %s, want one", len(all), state)
	}
	return all[0]
}

// holds returns the rep's holds in a state, "": all.
func (d *desk) holds(state string) []Hold {
	d.t.Helper()
	page, err := d.s.Holds(d.t.Context(), d.rep, Query{State: state})
	d.must(err)
	return page.Items
}

// hold returns the hold of a step.
func (d *desk) hold(step string) Hold {
	d.t.Helper()
	for _, h := range d.holds("") {
		if h.Step == step {
			return h
		}
	}
	d.t.Fatalf("there is no hold %s among %v", step, d.steps(""))
	return Hold{}
}

// steps returns the steps of the rep's holds in a state with their states, sorted.
func (d *desk) steps(state string) []string {
	d.t.Helper()
	steps := []string{}
	for _, h := range d.holds(state) {
		steps = append(steps, fmt.Sprint(h.Step, " ", h.State))
	}
	slices.Sort(steps)
	return steps
}

// accept reads an empty calendar for the first time, so that what ends from now on
// is no backlog.
func (d *desk) settle() {
	d.t.Helper()
	d.sync()
	rep, err := d.s.Rep(d.t.Context(), d.rep)
	d.must(err)
	if rep.Backlog != scheduler.BacklogAccepted {
		d.t.Fatalf("the first look at an empty calendar leaves the backlog %s", rep.Backlog)
	}
}

// flagged has a meeting with Ana end without a next step, and its holds written.
func (d *desk) flagged() {
	d.t.Helper()
	d.settle()
	d.meeting("demo", "ana@acme.com", d.clock.Now().Add(-time.Hour), 30*time.Minute)
	d.sync()
	if n := d.write(); n != 3 {
		d.t.Fatalf("wrote %d holds, want 3", n)
	}
	d.sync()
}

// tables are all that rows of reps may be in, as the database has them.
func tables(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := s.db.WithContext(context.Background()).Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return name == "installs" || name == "replicas" || strings.HasPrefix(name, "river") || strings.HasPrefix(name, "goose")
	})
}

// dump returns every row of the database and the jobs that wait, as text.
func dump(t *testing.T, s *Store) []string {
	t.Helper()
	var lines []string
	for _, table := range tables(t, s) {
		lines = append(lines, rowsOf(t, s, table, "*")...)
	}
	return append(lines, rowsOf(t, s, "river_job", "kind, args, state")...)
}

func rowsOf(t *testing.T, s *Store, table, columns string) []string {
	t.Helper()
	var rows []map[string]any
	if err := s.db.WithContext(context.Background()).Table(table).Select(columns).Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var line strings.Builder
		line.WriteString(table)
		for _, column := range slices.Sorted(maps.Keys(row)) {
			value := row[column]
			if text, isBytes := value.([]byte); isBytes {
				value = string(text)
			}
			fmt.Fprintf(&line, " %s=%v", column, value)
		}
		lines[i] = line.String()
	}
	slices.Sort(lines)
	return lines
}

// queued returns the kinds of the jobs that wait, sorted.
func queued(t *testing.T, s *Store) []string {
	t.Helper()
	var kinds []string
	if err := s.db.WithContext(t.Context()).Table("river_job").Order("kind").Pluck("kind", &kinds).Error; err != nil {
		t.Fatal(err)
	}
	return kinds
}

// forgetJobs empties the queue, as if all had been worked.
func forgetJobs(t *testing.T, s *Store) {
	t.Helper()
	if err := s.db.WithContext(t.Context()).Exec("DELETE FROM river_job").Error; err != nil {
		t.Fatal(err)
	}
}
