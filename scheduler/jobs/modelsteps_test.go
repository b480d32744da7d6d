package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// possible is one thing that can happen, and how often among the others.
type possible struct {
	weight int
	happen func(*schedule, context.Context) error
}

var possibles = []possible{
	{8, (*schedule).timePasses},
	{5, func(s *schedule, _ context.Context) error { return s.meetSomeone() }},
	{3, (*schedule).cancelMeeting},
	{5, (*schedule).touchHold},
	{7, (*schedule).fault},
	{2, (*schedule).forgetTokens},
	{2, (*schedule).forge},
	{4, (*schedule).tell},
	{1, (*schedule).pauseOrResume},
	{1, (*schedule).revoke},
	{3, (*schedule).answerBacklog},
	{5, (*schedule).crash},
	{5, (*schedule).meddle},
	{1, (*schedule).race},
	{3, (*schedule).loseOrDoublePushes},
	{3, (*schedule).propose},
	{2, (*schedule).desk},
	{12, (*schedule).pick},
	{4, (*schedule).answer},
	{4, (*schedule).changeMind},
}

// step lets one thing happen, and then most often what is due.
func (s *schedule) step(ctx context.Context) error {
	total := 0
	for _, p := range possibles {
		total += p.weight
	}
	at := s.random.IntN(total)
	for _, p := range possibles {
		if at -= p.weight; at < 0 {
			if err := p.happen(s, ctx); err != nil {
				return err
			}
			break
		}
	}
	if s.random.IntN(4) == 0 {
		return nil
	}
	if err := s.world.google.Flush(ctx); err != nil {
		return err
	}
	s.drain(ctx, s.world.runner)
	return nil
}

func (s *schedule) timePasses(context.Context) error {
	passed := time.Duration(1+s.random.IntN(60)) * time.Second
	switch s.random.IntN(3) {
	case 0:
		passed = time.Duration(1+s.random.IntN(90)) * time.Minute
	case 1:
		passed = time.Duration(1+s.random.IntN(60)) * time.Hour
	}
	s.world.clock.Advance(passed)
	s.note("%s passed", passed)
	return nil
}

var prospects = []string{"ana@acme.com", "bo@globex.io", "cy@gmail.com"}

// meetSomeone puts a meeting with a prospect into the calendar, some days from now,
// either side.
func (s *schedule) meetSomeone() error {
	guest := prospects[s.random.IntN(len(prospects))]
	start := s.world.clock.Now().Truncate(15 * time.Minute).Add(time.Duration(s.random.IntN(4*6*24)-4*24) * 15 * time.Minute)
	e, err := s.Insert(s.Email(), emulator.Event{
		Summary: fmt.Sprintf("Talk %d", len(s.meetings)+1),
		Start:   emulator.At(start, "America/New_York"), End: emulator.At(start.Add(30*time.Minute), "America/New_York"),
		Attendees: []emulator.Attendee{{Email: s.Email(), ResponseStatus: "accepted"}, {Email: guest, ResponseStatus: "accepted"}},
	})
	if err != nil {
		return err
	}
	s.meetings = append(s.meetings, e)
	s.note("%s with %s is put at %s", e.Summary, guest, start.In(newYork).Format("Mon 2 Jan 15:04"))
	return nil
}

func (s *schedule) cancelMeeting(context.Context) error {
	if len(s.meetings) == 0 {
		return nil
	}
	i := s.random.IntN(len(s.meetings))
	e := s.meetings[i]
	s.meetings = append(s.meetings[:i:i], s.meetings[i+1:]...)
	s.note("%s is deleted", e.Summary)
	return s.Delete(s.Email(), e.ID)
}

// touchHold has the person move, edit or delete something that Holdfast wrote.
func (s *schedule) touchHold(ctx context.Context) error {
	live := s.written()
	if len(live) == 0 {
		return nil
	}
	s.world.clock.Advance(time.Second) // nobody is as fast as to see it and do something in the same moment
	return s.touch(ctx, live[s.random.IntN(len(live))])
}

func (s *schedule) touch(ctx context.Context, e emulator.Event) error {
	d := &deed{row: private(e, "hfId")}
	w, err := s.world.store.Writing(ctx, d.row)
	if err != nil && !errors.Is(err, scheduler.ErrNotFound) {
		return err
	}
	d.late = w.State == scheduler.Released || w.Kind == scheduler.KindOffer && w.State == scheduler.Done
	switch s.random.IntN(3) {
	case 0:
		d.deleted = true
		s.note("the rep deletes %q", e.Summary)
		err = s.Delete(s.Email(), e.ID)
	case 1:
		start := e.Start.Time.Add(time.Duration(s.random.IntN(24)-8) * 15 * time.Minute)
		s.note("the rep moves %q to %s", e.Summary, start.In(newYork).Format("Mon 2 Jan 15:04"))
		d.after, err = s.Move(s.Email(), e.ID, start, start.Add(e.End.Time.Sub(e.Start.Time)))
	case 2:
		s.note("the rep edits %q", e.Summary)
		d.after, err = s.Edit(s.Email(), e.ID, func(e *emulator.Event) { e.Summary += " (mine)" })
	}
	if e.Start.Time.Equal(afterStart(d)) && d.after.Summary == e.Summary { // moved to where it was
		return err
	}
	s.deeds[e.ID] = d
	return err
}

func afterStart(d *deed) time.Time {
	if d.after.Start == nil {
		return time.Time{}
	}
	return d.after.Start.Time
}

// fault plans something to go wrong at one of the next calls.
func (s *schedule) fault(context.Context) error {
	f := emulator.Fault{User: s.Email(), Nth: 1 + s.random.IntN(4), Times: 1 + s.random.IntN(2)}
	switch s.random.IntN(7) {
	case 0:
		f.Status = http.StatusInternalServerError
	case 1:
		f.Status, f.AfterApply = http.StatusServiceUnavailable, true
	case 2, 3: // the answer is lost
		f.AfterApply, f.Writes = true, true
	case 4: // the request is
	case 5:
		f.Status, f.RetryAfter = http.StatusTooManyRequests, time.Duration(1+s.random.IntN(90))*time.Second
	case 6:
		f.Status, f.Reason, f.Writes = http.StatusForbidden, "quotaExceeded", true
	}
	s.note("fault: %d %s, call %d and %d more, applied %t, writes only %t", f.Status, f.Reason, f.Nth, f.Times-1, f.AfterApply, f.Writes)
	s.world.google.Fault(f)
	return nil
}

func (s *schedule) forgetTokens(context.Context) error {
	s.note("Google forgets its sync tokens")
	return s.world.google.ExpireSyncTokens(s.Email(), s.Email())
}

// forge sends a push that Google did not send.
func (s *schedule) forge(ctx context.Context) error {
	channels, err := s.world.store.Channels(ctx, s.rep)
	if err != nil || len(channels) == 0 {
		return err
	}
	s.note("a forged push")
	err = s.world.store.Pushed(ctx, channels[0].ID, "guess", channels[0].Resource)
	if !errors.Is(err, scheduler.ErrNotFound) {
		return fmt.Errorf("a forged push: %w", err)
	}
	return nil
}

// tell has the rep say something of a hold to Holdfast itself.
func (s *schedule) tell(ctx context.Context) error {
	page, err := s.world.store.Holds(ctx, s.rep, store.Query{Limit: 50})
	if err != nil || len(page.Items) == 0 {
		return err
	}
	h := page.Items[s.random.IntN(len(page.Items))]
	if h.State != scheduler.Planned && h.State != scheduler.Written && h.State != scheduler.Moved {
		return nil
	}
	s.acted[h.ID] = true
	switch s.random.IntN(3) {
	case 0:
		s.note("the rep says %q is done", h.Title)
		_, err = s.world.store.Done(ctx, s.rep, h.ID)
	case 1:
		s.note("the rep skips %q", h.Title)
		_, err = s.world.store.Skip(ctx, s.rep, h.ID)
	case 2:
		s.note("the rep snoozes %q", h.Title)
		_, err = s.world.store.Snooze(ctx, s.rep, h.ID, time.Time{})
	}
	return err
}

func (s *schedule) pauseOrResume(ctx context.Context) error {
	rep, err := s.world.store.Rep(ctx, s.rep)
	if err != nil {
		return err
	}
	switch rep.State {
	case store.Connected:
		s.note("the rep pauses")
		return s.world.store.Pause(ctx, s.rep)
	case store.Paused:
		s.note("the rep resumes")
		return s.world.store.Resume(ctx, s.rep)
	}
	return nil
}

// revoke ends the consent; at the next step the rep may sign in again.
func (s *schedule) revoke(ctx context.Context) error {
	rep, err := s.world.store.Rep(ctx, s.rep)
	if err != nil {
		return err
	}
	if rep.State == store.Reconnect {
		err := s.signIn(ctx) // may meet a fault, too
		s.note("the rep signs in again: %v", err)
		return nil
	}
	s.note("the consent is revoked")
	s.world.google.Revoke(s.Email())
	return nil
}

func (s *schedule) answerBacklog(ctx context.Context) error {
	backlog, err := s.world.store.Backlog(ctx, s.rep)
	if err != nil || backlog.State != scheduler.BacklogPending {
		return err
	}
	if s.random.IntN(4) == 0 {
		s.note("the rep dismisses the backlog")
		return s.world.store.DismissBacklog(ctx, s.rep)
	}
	s.note("the rep accepts the backlog")
	return s.world.store.AcceptBacklog(ctx, s.rep)
}

// crash kills the process somewhere in what it does, and starts another.
func (s *schedule) crash(ctx context.Context) error {
	w := s.world
	dying, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.random.IntN(2) == 0 {
		left := 1 + s.random.IntN(6)
		s.note("the process dies at its call %d", left)
		c := crasher{kill: cancel, left: left, after: s.random.IntN(2) == 0}
		w.wrap = func(r Remote) Remote {
			if s.broken != nil {
				r = s.broken(r)
			}
			return &crashing{r, &c}
		}
		s.drain(dying, w.runner)
	} else {
		left := 1 + s.random.IntN(150)
		s.note("the process dies at its step %d", left)
		s.drain(&mortal{Context: dying, kill: cancel, left: left}, w.runner)
	}
	w.wrap, w.runner = s.broken, w.newRunner()
	return nil
}

// meddle has the person touch an event just before Holdfast changes or removes it.
func (s *schedule) meddle(ctx context.Context) error {
	w, times := s.world, 1+s.random.IntN(2)
	w.wrap = func(r Remote) Remote {
		if s.broken != nil {
			r = s.broken(r)
		}
		return &meddling{r, func(id string) {
			e, err := s.Event(s.Email(), id)
			if times--; times < 0 || err != nil || e.Status == "cancelled" {
				return
			}
			s.note("in the middle of a write:")
			if err := s.touch(ctx, e); err != nil {
				s.note("  failed: %v", err)
			}
		}}
	}
	if err := s.timePasses(ctx); err != nil {
		return err
	}
	s.drain(ctx, w.runner)
	w.wrap = s.broken
	return nil
}

// race lets two processes do what is due at the same time.
func (s *schedule) race(ctx context.Context) error {
	s.note("two processes at once")
	var both sync.WaitGroup
	var failures [2][]error
	for i := range failures {
		both.Go(func() {
			failed, err := s.world.newRunner().drain(ctx)
			failures[i] = append(failed, err)
		})
	}
	both.Wait()
	return nil
}

// loseOrDoublePushes lets what becomes of pushes be drawn for each.
func (s *schedule) loseOrDoublePushes(context.Context) error {
	fates := []emulator.Fate{emulator.Deliver, emulator.Drop, emulator.Duplicate}
	fate := fates[s.random.IntN(len(fates))]
	s.note("pushes from now on: %d", fate)
	s.world.google.SetFate(func(emulator.Notification) emulator.Fate { return fate })
	return nil
}
