package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// check says what is not as it should be once nothing is due any more.
func (s *schedule) check(ctx context.Context) (wrong []string) {
	for _, find := range []func(context.Context) ([]string, error){
		s.duplicates, s.resurrected, s.overridden, s.differing, s.unplanned, s.misread, s.restless, s.impolite,
		s.promised, s.mailed,
	} {
		found, err := find(ctx)
		if err != nil {
			found = append(found, err.Error())
		}
		wrong = append(wrong, found...)
	}
	return wrong
}

// byRow returns the live events that Holdfast wrote, by the row they stand for.
func (s *schedule) byRow() map[string][]emulator.Event {
	rows := make(map[string][]emulator.Event)
	for _, e := range s.written() {
		rows[private(e, "hfId")] = append(rows[private(e, "hfId")], e)
	}
	return rows
}

func (s *schedule) duplicates(context.Context) (wrong []string, err error) {
	for _, events := range s.byRow() {
		if len(events) > 1 {
			wrong = append(wrong, fmt.Sprintf("duplicate: %q is there %d times", events[0].Summary, len(events)))
		}
	}
	return wrong, nil
}

// resurrected finds what came back after the rep deleted it.
func (s *schedule) resurrected(context.Context) (wrong []string, err error) {
	rows := s.byRow()
	for _, d := range s.deeds {
		if d.deleted && !d.late && len(rows[d.row]) > 0 {
			wrong = append(wrong, fmt.Sprintf("resurrected: the rep deleted %q", rows[d.row][0].Summary))
		}
	}
	return wrong, nil
}

// overridden finds what the rep moved or edited and is not as they left it.
func (s *schedule) overridden(context.Context) (wrong []string, err error) {
	for id, d := range s.deeds {
		if d.deleted || s.acted[d.row] {
			continue
		}
		e, err := s.Event(s.Email(), id)
		if err != nil {
			return wrong, err
		}
		if e.Status == "cancelled" && private(e, "hfKind") == string(scheduler.KindOffer) {
			continue // picked, or not answered in time
		}
		if e.Status == "cancelled" {
			wrong = append(wrong, fmt.Sprintf("the rep's word: %q was touched by the rep and deleted by Holdfast", e.Summary))
		} else if diff := cmp.Diff(said(d.after), said(e)); diff != "" {
			wrong = append(wrong, fmt.Sprintf("the rep's word (-as they left it +now):\n%s", diff))
		}
	}
	return wrong, nil
}

// said is what a person sees of an event.
func said(e emulator.Event) scheduler.Content {
	return scheduler.Content{
		Title: e.Summary, Description: e.Description, Start: e.Start.Time.UTC(), End: e.End.Time.UTC(),
		Busy: e.Transparency != "transparent",
	}
}

// differing finds where the database and the calendar do not say the same: holds that
// are lost, and events that nobody stands for.
func (s *schedule) differing(ctx context.Context) (wrong []string, err error) {
	rows := s.byRow()
	page, err := s.world.store.Holds(ctx, s.rep, store.Query{Limit: 200})
	if err != nil {
		return nil, err
	}
	for _, h := range page.Items {
		w, err := s.world.store.Writing(ctx, h.ID)
		if err != nil {
			return wrong, err
		}
		if w.Action() != store.ActNone {
			wrong = append(wrong, fmt.Sprintf("unfinished: %s hold %q wants action %v", h.State, h.Title, w.Action()))
		}
		events := rows[h.ID]
		delete(rows, h.ID)
		switch wanted := w.OnCalendar && (h.State == scheduler.Planned || h.State == scheduler.Written || h.State == scheduler.Moved); {
		case wanted && len(events) == 0:
			wrong = append(wrong, fmt.Sprintf("lost: %s hold %q is not on the calendar", h.State, h.Title))
		case !wanted && len(events) > 0 && h.State != scheduler.Done:
			wrong = append(wrong, fmt.Sprintf("left over: %s hold %q is on the calendar", h.State, h.Title))
		case wanted && (events[0].Summary != h.Title || !events[0].Start.Time.Equal(h.Start) || !events[0].End.Time.Equal(h.End)):
			wrong = append(wrong, fmt.Sprintf("differs: hold %q %s, event %q %s", h.Title, h.Start, events[0].Summary, events[0].Start.Time))
		}
	}
	for row, events := range rows { // reminders are not listed among the holds
		w, err := s.world.store.Writing(ctx, row)
		if err != nil || w.Action() != store.ActNone || w.State == scheduler.Released || w.State == scheduler.Skipped {
			wrong = append(wrong, fmt.Sprintf("left over: %q, row %+v, %v", events[0].Summary, w, err))
		}
	}
	return wrong, nil
}

// unplanned finds what Decide would do if it were asked now, and where the calendar is
// not what it wants.
func (s *schedule) unplanned(ctx context.Context) (wrong []string, err error) {
	snapshot, err := s.world.store.Snapshot(ctx, s.rep)
	if err != nil {
		return nil, err
	}
	if snapshot.Incomplete {
		return []string{"the calendar is not read completely"}, nil
	}
	rows := s.byRow()
	plan := scheduler.Decide(snapshot)
	for _, f := range plan.Flags {
		for _, h := range f.Holds {
			if h.Row == "" {
				wrong = append(wrong, fmt.Sprintf("unplanned: %q is wanted and nobody knows", h.Title))
			}
		}
	}
	for _, h := range plan.Keep {
		if h.OnCalendar && len(rows[h.Row]) == 0 {
			wrong = append(wrong, fmt.Sprintf("lost: %q is kept and not on the calendar", h.Title))
		}
	}
	for _, r := range plan.Reminders {
		if len(rows[r.Row]) == 0 {
			wrong = append(wrong, fmt.Sprintf("lost: reminder %q is wanted and not on the calendar", r.Title))
		}
	}
	for _, p := range plan.Proposals {
		for _, o := range p.Offers {
			if o.Row == "" {
				wrong = append(wrong, fmt.Sprintf("unplanned: a slot of %q at %s", p.Title, o.Start))
			}
		}
	}
	if n := len(plan.Release) + len(plan.ReleaseReminders); n > 0 {
		wrong = append(wrong, fmt.Sprintf("unplanned: %d holds and reminders are needed no more", n))
	}
	return wrong, nil
}

// misread compares what the store knows of the calendar with what Google says.
func (s *schedule) misread(ctx context.Context) (wrong []string, err error) {
	snapshot, err := s.world.store.Snapshot(ctx, s.rep)
	if err != nil {
		return nil, err
	}
	known := make(map[string]time.Time)
	for _, e := range snapshot.Events {
		if e.Kind == scheduler.KindReview {
			continue
		}
		known[e.Ref.ID] = e.Start.In(newYork).UTC()
	}
	current := make(map[string]time.Time)
	recent := s.world.clock.Now().Add(-20 * 24 * time.Hour)
	for _, e := range s.Events(s.Email()) {
		if e.Status != "cancelled" && private(e, "hfInstall") == "" && e.End.Time.After(recent) {
			current[e.ID] = e.Start.Time.UTC()
		}
	}
	for id, start := range known {
		if _, there := current[id]; !there && start.Before(recent) {
			delete(known, id) // too old to matter
		}
	}
	if diff := cmp.Diff(current, known); diff != "" {
		wrong = append(wrong, "misread (-Google +mirror):\n"+diff)
	}
	return wrong, nil
}

// restless finds what Holdfast writes though nothing happened.
func (s *schedule) restless(ctx context.Context) (wrong []string, err error) {
	w := s.world
	before := len(w.google.Writes(s.Email()))
	calendars, err := w.store.Calendars(ctx, s.rep)
	if err != nil {
		return nil, err
	}
	for _, c := range calendars {
		if err := w.runner.sync(ctx, s.rep, c.ID, func(*store.Calendar) bool { return true }); err != nil {
			return nil, err
		}
	}
	if err := w.runner.Reconcile(ctx, s.rep); err != nil {
		return nil, err
	}
	if _, err := w.runner.drain(ctx); err != nil {
		return nil, err
	}
	for _, write := range w.google.Writes(s.Email())[before:] {
		wrong = append(wrong, fmt.Sprintf("restless: %s %q", write.Method, write.Summary))
	}
	return wrong, nil
}

// impolite finds requests that Google would not take.
func (s *schedule) impolite(context.Context) (wrong []string, err error) {
	for _, v := range s.world.google.Violations() {
		wrong = append(wrong, "violation: "+v.String())
	}
	return wrong, nil
}
