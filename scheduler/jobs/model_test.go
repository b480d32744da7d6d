package jobs

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
	"holdfast/scheduler/store/storetest"
)

// The model test draws schedules of a person's doings, faults and crashes, lets them
// happen to a rep, heals everything and looks at what is on the calendar.
var (
	seed      = flag.Uint64("seed", 0, "what the schedules of the model test are drawn from; 0: another one each time")
	schedules = flag.Int("schedules", 0, "how many schedules the model test runs; 0: some dozens")
	only      = flag.Int("schedule", -1, "the one schedule of the model test to run")
)

// schedulesOfWorld is how many schedules follow each other in one world: its clock
// goes on, and holidays are known for ten years.
const schedulesOfWorld = 100

// model runs schedules against one kind of database, with one kind of writer.
type model struct {
	seed    uint64
	address func(t *testing.T) string // of a new database; "": SQLite
	broken  func(Remote) Remote       // what is wrong with the writer; nil: nothing
}

func TestRandomSchedulesOfFaultsCrashesAndEditsEndAsTheyShould(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	if wrong := m.run(t, cmp.Or(*schedules, 50), runtime.GOMAXPROCS(0), 1); len(wrong) > 0 {
		t.Errorf("seed %d:\n%s", m.seed, strings.Join(wrong, "\n"))
	}
}

func TestRandomSchedulesEndAsTheyShouldOnPostgreSQL(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	m.address = func(t *testing.T) string { return storetest.Postgres(t) }
	if wrong := m.run(t, max(20, *schedules/50), 1, 1); len(wrong) > 0 {
		t.Errorf("seed %d:\n%s", m.seed, strings.Join(wrong, "\n"))
	}
}

// A model that finds nothing wrong proves something only if it finds what is wrong.
func TestTheModelFindsBrokenWriters(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(Remote) Remote{
		"ids that Google makes":                        func(r Remote) Remote { return googleMadeIDs{r} },
		"an id that is taken is never the row's own":   func(r Remote) Remote { return neverMine{r} },
		"writes without a look at what changed before": func(r Remote) Remote { return blindWrites{r} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t)
			m.broken = broken
			if wrong := m.run(t, 2000, 1, 1); len(wrong) == 0 {
				t.Errorf("seed %d: nothing found wrong", m.seed)
			}
		})
	}
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{seed: *seed, address: func(*testing.T) string { return "" }}
	for m.seed == 0 {
		m.seed = rand.Uint64()
	}
	t.Logf("seed %d", m.seed)
	return m
}

// run runs so many schedules in so many goroutines and returns what went wrong, of at
// most as many schedules as enough says.
func (m *model) run(t *testing.T, number, goroutines, enough int) (wrong []string) {
	t.Helper()
	first := 0
	if *only >= 0 {
		first, number = *only, *only+1
	}
	var next, ran atomic.Int64
	next.Store(int64(first))
	var mu sync.Mutex
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for full := false; !full; {
				w := newWorld(t, m.address(t))
				for range schedulesOfWorld {
					mu.Lock()
					full = len(wrong) >= enough
					mu.Unlock()
					i := int(next.Add(1)) - 1
					if full = full || i >= number; full {
						break
					}
					ran.Add(1)
					if found := m.schedule(w, i).play(t.Context()); len(found) > 0 {
						mu.Lock()
						wrong = append(wrong, found...)
						mu.Unlock()
						break // the world is not what it should be any more
					}
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d schedules", ran.Load())
	return wrong
}

// schedule is what happens to one rep.
type schedule struct {
	*person
	index  int
	random *rand.Rand
	broken func(Remote) Remote
	log    []string // what happened, for the report

	meetings []emulator.Event // put there by the person
	deeds    map[string]*deed // what the person did to what Holdfast wrote, by event
	acted    map[string]bool  // rows of which the rep, or a prospect, said something to Holdfast
	promises []*promise       // what was proposed
}

// deed is what a person did last to an event that Holdfast wrote.
type deed struct {
	row     string
	deleted bool
	after   emulator.Event // as they left it
	late    bool           // its row was released already
}

func (m *model) schedule(w *world, index int) *schedule {
	return &schedule{
		person: &person{world: w}, index: index, broken: m.broken,
		random: rand.New(rand.NewPCG(m.seed, uint64(index))),
		deeds:  make(map[string]*deed), acted: make(map[string]bool),
	}
}

// play lets the schedule happen and returns what is wrong in the end.
func (s *schedule) play(ctx context.Context) []string {
	w := s.world
	w.runner, w.wrap = w.newRunner(), s.broken
	err := s.begin(ctx)
	for range 3 + s.random.IntN(8) {
		if err == nil {
			err = s.step(ctx)
		}
	}
	if err == nil {
		err = s.heal(ctx)
	}
	var wrong []string
	if err == nil {
		wrong = s.check(ctx)
	}
	if err == nil && len(wrong) == 0 {
		wrong, err = s.leave(ctx)
	}
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	if len(wrong) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("schedule %d:\n\t%s\nafter:\n\t%s", s.index, strings.Join(wrong, "\n\t"), strings.Join(s.log, "\n\t"))}
}

func (s *schedule) note(format string, args ...any) {
	s.log = append(s.log, s.world.clock.Now().In(newYork).Format("Mon 2 Jan 15:04:05 ")+fmt.Sprintf(format, args...))
}

// begin makes the rep, with a calendar that has something in it.
func (s *schedule) begin(ctx context.Context) error {
	domain := fmt.Sprintf("rep%d.example", s.index)
	user, err := s.world.google.AddUser(emulator.Profile{Email: "dana@" + domain, Name: "Dana Reyes", Zone: "America/New_York"})
	if err != nil {
		return err
	}
	s.User = user
	for range 1 + s.random.IntN(3) {
		if err := s.meetSomeone(); err != nil {
			return err
		}
	}
	if err := s.signIn(ctx); err != nil {
		return err
	}
	s.drain(ctx, s.world.runner)
	if s.random.IntN(2) == 0 {
		return nil
	}
	err = s.propose(ctx)
	s.drain(ctx, s.world.runner)
	if err == nil && s.random.IntN(2) == 0 {
		err = s.pick(ctx)
		s.drain(ctx, s.world.runner)
	}
	return err
}

// heal ends all that goes wrong, and lets time do the rest: what no push told of is
// found by the safety poll.
func (s *schedule) heal(ctx context.Context) error {
	s.note("healing")
	w := s.world
	w.google.ClearFaults()
	w.wrap, w.runner = s.broken, w.newRunner()
	for _, wait := range []time.Duration{7 * time.Hour, 2 * time.Hour, time.Minute} {
		w.clock.Advance(wait)
		if err := errors.Join(w.google.Flush(ctx), s.reconnect(ctx)); err != nil {
			return err
		}
		failed, err := w.runner.drain(ctx)
		if err != nil {
			return err
		}
		if len(failed) > 0 && wait == time.Minute {
			return fmt.Errorf("healed, and still: %w", failed[0])
		}
	}
	return nil
}

// reconnect has the rep do what is theirs so that Holdfast may go on.
func (s *schedule) reconnect(ctx context.Context) error {
	rep, err := s.world.store.Rep(ctx, s.rep)
	if err != nil {
		return err
	}
	switch rep.State {
	case store.Reconnect:
		return s.signIn(ctx)
	case store.Paused:
		return s.world.store.Resume(ctx, s.rep)
	}
	return nil
}

// leave has the rep disconnect with everything removed.
func (s *schedule) leave(ctx context.Context) (wrong []string, err error) {
	w := s.world
	mails := len(w.google.Mails())
	if err := w.store.Disconnect(ctx, s.rep, true); err != nil {
		return nil, err
	}
	failed, err := w.runner.drain(ctx)
	if err != nil {
		return nil, err
	}
	for _, err := range failed {
		wrong = append(wrong, "leaving: "+err.Error())
	}
	for _, e := range s.written() {
		wrong = append(wrong, fmt.Sprintf("%q stayed after the rep left", e.Summary))
	}
	if n := len(w.google.Mails()) - mails; n != 0 {
		wrong = append(wrong, fmt.Sprintf("%d mails as the rep left", n))
	}
	if _, err := w.store.Rep(ctx, s.rep); err == nil {
		wrong = append(wrong, "the rep's row stayed after they left")
	}
	return wrong, nil
}

// drain runs what is due. What fails is due again.
func (s *schedule) drain(ctx context.Context, r *Runner) {
	failed, err := r.drain(ctx)
	if err != nil {
		failed = append(failed, err)
	}
	for _, err := range failed {
		s.note("  failed: %v", err)
	}
}

var newYork = mustLoad("America/New_York")

func mustLoad(zone string) *time.Location {
	location, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return location
}

// googleMadeIDs is a writer that lets Google choose the ids: it does not find again
// what it wrote when the answer was lost.
type googleMadeIDs struct{ Remote }

func (r googleMadeIDs) Insert(ctx context.Context, e scheduler.Entry) (string, error) {
	e.ID = scheduler.EventID("", "", fmt.Sprint(rand.Uint64()), 1)
	return r.Remote.Insert(ctx, e)
}

// neverMine is a writer that takes the next id where one is taken.
type neverMine struct{ Remote }

func (r neverMine) Event(ctx context.Context, calendar, id string) (scheduler.RemoteEvent, error) {
	e, err := r.Remote.Event(ctx, calendar, id)
	e.Tags, e.Deleted = scheduler.Tags{}, false
	return e, err
}

// blindWrites is a writer that sends no If-Match.
type blindWrites struct{ Remote }

func (r blindWrites) Patch(ctx context.Context, e scheduler.Entry, _ string) (string, error) {
	return r.Remote.Patch(ctx, e, "")
}

func (r blindWrites) Delete(ctx context.Context, e scheduler.Entry, _ string) error {
	return r.Remote.Delete(ctx, e, "")
}
