package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"holdfast/scheduler"
)

// story is a random run of a desk: meetings come and go, the rep acts in their
// calendar and here, workers are late, die, or get no answer.
type story struct {
	*desk
	random  *rand.Rand
	said    []string          // what happened, to be read when it ended badly
	deleted map[string]bool   // rows whose event the rep deleted
	theirs  map[string]string // what events the rep changed last look like, by id
	quiet   bool              // nothing comes in between any more
	clicks  int               // what prospects did of which they are told by mail

	subscriptions []*subscription
}

func TestWhateverHappensCalendarAndRowsAgreeInTheEnd(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		stories := 60
		if s.Dialect() == dialectPostgres {
			stories = 15
		}
		if testing.Short() {
			stories = 5
		}
		seed := rand.Uint64()
		for i := range stories {
			tell(t, s, c, seed+uint64(i), fmt.Sprintf("rep%d@northwind%d.example", i, i))
		}
	})
}

func tell(t *testing.T, s *Store, c *clock, seed uint64, address string) {
	t.Helper()
	st := &story{
		desk: newDeskOf(t, s, c, "Rep", address), random: rand.New(rand.NewPCG(seed, 0)),
		deleted: make(map[string]bool), theirs: make(map[string]string),
	}
	st.subscribe()
	st.book()
	st.sync()
	if st.random.IntN(2) == 0 {
		st.must(s.AcceptBacklog(t.Context(), st.rep))
	}
	for range 30 {
		st.step()
		st.forgive()
		if st.random.IntN(4) == 0 {
			st.readFeeds()
		}
	}
	st.must(s.Resume(t.Context(), st.rep))
	rounds := st.calm()
	st.check()
	st.readFeeds()
	if t.Failed() {
		t.Fatalf("seed %d, at rest after %d rounds:\n%s", seed, rounds, st.said)
	}
}

func (st *story) say(format string, args ...any) {
	st.said = append(st.said, fmt.Sprintf("\n%s "+format, append([]any{st.clock.Now().Format("02 15:04:05")}, args...)...))
}

// step does one thing of many.
func (st *story) step() {
	st.t.Helper()
	switch n := st.random.IntN(26); {
	case n < 3:
		st.book()
	case n < 6:
		st.sync()
	case n < 10:
		st.work()
	case n < 12:
		by := time.Duration(st.random.IntN(30*60)) * time.Minute
		st.clock.move(by)
		st.say("%v later", by)
		st.commit()
	case n < 15:
		st.hand()
	case n < 17:
		st.act()
	case n < 18:
		st.cancel()
	case n < 19:
		st.expire()
		st.say("the sync token expired")
	case n < 22:
		st.propose()
	case n < 25:
		st.prospect()
	default:
		st.say("paused or resumed")
		pause := st.s.Pause
		if st.random.IntN(2) == 0 {
			pause = st.s.Resume
		}
		st.must(pause(st.t.Context(), st.rep))
	}
}

// forgive forgets the deletions of events whose rows were released before anybody read
// that they are gone: those may be planned again.
func (st *story) forgive() {
	st.t.Helper()
	for id := range st.deleted {
		if st.row(id).State == scheduler.Released {
			delete(st.deleted, id)
		}
	}
}

// book puts a meeting with one of few prospects somewhere around now.
func (st *story) book() {
	start := st.clock.Now().Add(time.Duration(st.random.IntN(96)-36) * time.Hour).Truncate(time.Hour)
	with := fmt.Sprintf("ana@prospect%d.com", st.random.IntN(3))
	id := fmt.Sprint("meeting", st.edits)
	st.meeting(id, with, start, 30*time.Minute)
	st.say("%s with %s at %s", id, with, start.Format("02 15:04"))
}

// cancel removes one of the meetings.
func (st *story) cancel() {
	for _, id := range st.shuffled() {
		if e := st.remote[id]; !e.Deleted && e.Tags.ID == "" {
			st.remove(id)
			st.say("%s is cancelled", id)
			return
		}
	}
}

func (st *story) shuffled() []string {
	ids := slices.Sorted(maps.Keys(st.remote))
	st.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids
}

// hand is the rep's, on an event of Holdfast's.
func (st *story) hand() {
	for _, id := range st.shuffled() {
		e := st.remote[id]
		if e.Deleted || e.Tags.ID == "" {
			continue
		}
		switch st.random.IntN(3) {
		case 0:
			st.move(id, e.Event.Start.In(st.zone).Add(time.Duration(1+st.random.IntN(40))*time.Hour))
		case 1:
			st.edit(id, func(e *scheduler.RemoteEvent) { e.Event.Summary = fmt.Sprint("mine ", st.edits) })
		case 2:
			st.remove(id)
			st.deleted[e.Tags.ID] = true
			delete(st.theirs, id)
			st.say("%s of row %s deleted by hand", id, e.Tags.ID)
			return
		}
		if st.settled(e.Tags.ID) { // the rep's earlier word: it goes
			return
		}
		if kind := e.Tags.Kind; kind == scheduler.KindOffer || kind == scheduler.KindReview { // prospects have a word too
			st.say("%s %s changed by hand to %s", kind, id, looks(st.remote[id]))
			return
		}
		st.theirs[id] = looks(st.remote[id])
		st.say("%s changed by hand to %s", id, st.theirs[id])
		return
	}
}

// settled reports whether the rep has said that a hold is done or skipped.
func (st *story) settled(id string) bool {
	state := st.row(id).State
	return state == scheduler.Done || state == scheduler.Skipped
}

// looks says what a person sees of an event.
func looks(e scheduler.RemoteEvent) string {
	return fmt.Sprintf("%s %s busy %t", e.Event.Summary, e.Event.Start.Wall.Format("02 15:04"), !e.Event.Transparent)
}

// act is the rep's, on a hold or a flag, here.
func (st *story) act() {
	ctx, holds := st.t.Context(), st.holds("")
	if len(holds) == 0 {
		return
	}
	h := holds[st.random.IntN(len(holds))]
	var err error
	var what string
	switch st.random.IntN(7) {
	case 0:
		what = "done"
		_, err = st.s.Done(ctx, st.rep, h.ID)
	case 1:
		what = "skip"
		_, err = st.s.Skip(ctx, st.rep, h.ID)
	case 2:
		what = "snooze"
		_, err = st.s.Snooze(ctx, st.rep, h.ID, time.Time{})
	case 3:
		what = "replied"
		err = st.s.Replied(ctx, st.rep, h.ID)
	case 4:
		what = "stop"
		err = st.s.StopFollowUp(ctx, st.rep, h.ID)
	case 5:
		what = "accept"
		err = st.s.AcceptBacklog(ctx, st.rep)
	case 6:
		what = "no show"
		if open := st.flags(FlagOpen); len(open) > 0 {
			_, err = st.s.DidNotHappen(ctx, st.rep, open[0].ID)
		}
	}
	st.say("%s of row %s, which is %s: %v", what, h.ID, h.State, err)
	if err == nil { // the rep's own word about the event, after their hand
		delete(st.theirs, h.EventID)
	}
}

// work does some of what is due, as a worker that may die at any point.
func (st *story) work() {
	st.t.Helper()
	for _, id := range st.due() {
		if st.random.IntN(3) == 0 {
			continue
		}
		st.attempt(id, st.random.IntN(6))
	}
}

// The points at which a worker dies.
const (
	diesBefore = iota // the call
	diesAfter         // the call was carried out; nobody was told
	dies              // how many these are
)

// attempt makes calendar and row agree, as a worker does, unless it dies.
func (st *story) attempt(id string, death int) {
	st.t.Helper()
	ctx := st.t.Context()
	w, err := st.s.Writing(ctx, id)
	st.must(err)
	action := w.Action()
	there, known := st.remote[w.Want.ID]
	if !st.quiet && st.random.IntN(8) == 0 { // the rep is faster than the call
		st.hand()
		there, known = st.remote[w.Want.ID]
	}
	st.say("row %s: action %d on %s, death %d", id, action, w.Want.ID, death)
	if death == diesBefore || action == ActNone {
		return
	}
	refused := known && action == ActInsert || action != ActInsert && (!known || there.Deleted || there.ETag != w.ETag)
	if refused {
		st.adoptRefused(w, action, there, known)
		return
	}
	if action == ActDelete {
		st.put(scheduler.RemoteEvent{ID: w.Want.ID, Deleted: true})
	} else {
		st.put(st.asRemote(w.Want))
	}
	st.tell(w)
	switch {
	case death == diesAfter:
	case action == ActDelete:
		st.must(st.s.Deleted(ctx, w))
	default:
		st.must(st.s.SaveWritten(ctx, w, st.remote[w.Want.ID].ETag, w.Want.Content()))
	}
}

// adoptRefused takes over what is there instead.
func (st *story) adoptRefused(w Writing, action Action, there scheduler.RemoteEvent, known bool) {
	st.t.Helper()
	ctx := st.t.Context()
	switch {
	case action == ActDelete && (!known || there.Deleted):
		st.must(st.s.Deleted(ctx, w))
	case !known || there.Deleted:
		st.must(st.s.AdoptRemote(ctx, w, scheduler.RemoteEvent{ID: w.Want.ID, Deleted: true}))
	default:
		st.must(st.s.AdoptRemote(ctx, w, there))
	}
}

// calm reads and writes until there is nothing to do, and returns how often.
func (st *story) calm() int {
	st.t.Helper()
	st.quiet = true
	for round := range 20 {
		st.sync()
		due := st.due()
		if len(due) == 0 {
			return round
		}
		for _, id := range due {
			st.attempt(id, dies)
		}
	}
	st.t.Errorf("rows %v wait to be written for ever", st.due())
	return 20
}

// check looks for anything that should not be.
func (st *story) check() {
	st.t.Helper()
	rows := st.rows()
	live := make(map[string]string) // event by row
	for _, e := range st.ours() {
		if first, twice := live[e.Tags.ID]; twice {
			st.t.Errorf("row %s has two events: %s and %s", e.Tags.ID, first, e.ID)
		}
		live[e.Tags.ID] = e.ID
		st.checkEvent(e, rows[e.Tags.ID])
	}
	for id, row := range rows {
		if (row.State == scheduler.Written || row.State == scheduler.Moved) && live[id] == "" {
			st.t.Errorf("row %s (%s, %s) is %s and has no event", id, row.Prospect, row.Step, row.State)
		}
		if row.State == scheduler.Planned && row.OnCalendar {
			st.t.Errorf("row %s (%s, %s) was never written", id, row.Prospect, row.Step)
		}
	}
	for id := range st.deleted {
		if live[id] != "" {
			st.t.Errorf("row %s came back as %s after the rep deleted it", id, live[id])
		}
	}
	for id, seen := range st.theirs {
		if now := st.remote[id]; now.Deleted || looks(now) != seen {
			st.t.Errorf("the rep's %s was %q and is %q (deleted %t)", id, seen, looks(now), now.Deleted)
		}
	}
	st.checkProposals(rows)
}

func (st *story) checkEvent(e scheduler.RemoteEvent, row holdRow) {
	st.t.Helper()
	switch {
	case row.ID == "" || row.EventID != e.ID:
		st.t.Errorf("event %s stands for row %s, whose event is %q", e.ID, e.Tags.ID, row.EventID)
	case row.State != scheduler.Written && row.State != scheduler.Moved && row.State != scheduler.Done:
		st.t.Errorf("event %s is on the calendar, and its row %s", e.ID, row.State)
	case row.State == scheduler.Done: // a record, on which the rep may write
	case !e.Event.Start.In(st.zone).Equal(row.StartsAt) || e.Event.Summary != row.Title || e.ETag != row.ETag:
		st.t.Errorf("event %s is %q with %s, its row %q at %v with %s", e.ID, looks(e), e.ETag, row.Title, row.StartsAt, row.ETag)
	}
}

func (st *story) rows() map[string]holdRow {
	st.t.Helper()
	var all []holdRow
	st.must(st.s.db.Find(&all, "rep_id = ?", st.rep).Error)
	rows := make(map[string]holdRow, len(all))
	for _, row := range all {
		rows[row.ID] = row
	}
	return rows
}
