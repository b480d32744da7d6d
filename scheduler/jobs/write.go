package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// WriteHold makes the calendar say what a hold's row says: it inserts, changes or
// removes the event. It does nothing where they agree.
func (r *Runner) WriteHold(ctx context.Context, holdID string) error {
	w, err := r.Store.Writing(ctx, holdID)
	if errors.Is(err, scheduler.ErrNotFound) {
		return nil
	}
	if err != nil || w.Action() == store.ActNone {
		return err
	}
	return r.settle(ctx, w.RepID, r.Now(), r.writeHold(ctx, w))
}

func (r *Runner) writeHold(ctx context.Context, w store.Writing) error {
	if err := r.mayWrite(ctx, w.RepID); err != nil {
		return err
	}
	again := false
	if placed(w) {
		read, err := r.refresh(ctx, w.RepID)
		if err != nil {
			return err
		}
		again = read
	}
	var err error
	for range writeSteps {
		if again { // the row may want something else by now
			if w, err = r.Store.Writing(ctx, w.ID); err != nil {
				return gone(err)
			}
		}
		if w.Action() == store.ActNone {
			return nil
		}
		if again, err = r.write(ctx, w); permanent(err) {
			return gone(r.writeRefused(ctx, w, err))
		}
		if err != nil || !again {
			return err
		}
	}
	return fmt.Errorf("hold %s: calendar and row do not come to agree", w.ID)
}

// placed reports whether w takes a place on the calendar, which may have been taken,
// or be needed no more. What is removed or only shows otherwise asks for no other
// reading first: whether it is as it was last seen, its etag says. Nor does a review: it
// was promised to somebody, right after the calendar was read.
func placed(w store.Writing) bool {
	return w.Kind != scheduler.KindReview && (w.Action() == store.ActInsert || w.Moves())
}

// writeSteps is how many calls one run of WriteHold may need: an insert whose id is
// taken twice, then the change that the row saw meanwhile, then its removal.
const writeSteps = 5

// gone takes a row that was erased meanwhile for nothing left to do.
func gone(err error) error {
	if errors.Is(err, scheduler.ErrNotFound) {
		return nil
	}
	return err
}

// mayWrite returns why nothing can be written for the rep now: they paused, or Google
// keeps their calendar from being written to for some hours.
func (r *Runner) mayWrite(ctx context.Context, repID string) error {
	rep, err := r.connected(ctx, repID)
	if err != nil {
		return err
	}
	if rep.State != store.Connected {
		return errParked
	}
	if rep.WritesAfter != nil && rep.WritesAfter.After(r.Now()) {
		return river.JobSnooze(rep.WritesAfter.Sub(r.Now()))
	}
	return nil
}

// writeRefused tells the rep that a hold cannot be written.
func (r *Runner) writeRefused(ctx context.Context, w store.Writing, why error) error {
	r.Log.WarnContext(ctx, "hold refused", "rep", w.RepID, "hold", w.ID, "error", why)
	return r.Store.WriteFailed(ctx, w, refusal(why))
}

// write takes one step towards agreement of row and calendar. Again says that the row
// took something over and is to be looked at once more.
func (r *Runner) write(ctx context.Context, w store.Writing) (again bool, err error) {
	switch w.Action() {
	case store.ActInsert:
		return r.insert(ctx, w)
	case store.ActPatch:
		return r.patch(ctx, w)
	}
	return r.remove(ctx, w)
}

// insert writes the event under the id that only this row in this generation has, so
// that a second try of an insert whose answer was lost finds the first one.
func (r *Runner) insert(ctx context.Context, w store.Writing) (again bool, err error) {
	etag, err := r.Remote(w.RepID).Insert(ctx, w.Want)
	if errors.Is(err, scheduler.ErrTaken) {
		return true, r.taken(ctx, w)
	}
	if err != nil {
		return false, fmt.Errorf("insert hold %s: %w", w.ID, err)
	}
	return false, r.Store.SaveWritten(ctx, w, etag, w.Want.Content())
}

// taken finds out who has the id of an event that was to be inserted: the row itself,
// by a call whose answer was lost, or someone else.
func (r *Runner) taken(ctx context.Context, w store.Writing) error {
	e, err := r.Remote(w.RepID).Event(ctx, w.Want.Calendar, w.Want.ID)
	switch {
	case errors.Is(err, scheduler.ErrNotFound), err == nil && !e.Deleted && !mine(w, e):
		return r.Store.NextGeneration(ctx, w)
	case err != nil:
		return fmt.Errorf("read what has the id of hold %s: %w", w.ID, err)
	}
	return r.adopt(ctx, w, e)
}

// mine reports whether e was written for the row of w, in its generation.
func mine(w store.Writing, e scheduler.RemoteEvent) bool {
	t := w.Want.Tags
	return e.Tags.Install == t.Install && e.Tags.ID == t.ID && e.Tags.Gen == t.Gen
}

// patch changes the event, unless somebody else did since it was last seen.
func (r *Runner) patch(ctx context.Context, w store.Writing) (again bool, err error) {
	etag, err := r.Remote(w.RepID).Patch(ctx, w.Want, w.ETag)
	switch {
	case errors.Is(err, scheduler.ErrChanged):
		return true, r.changed(ctx, w)
	case errors.Is(err, scheduler.ErrNotFound), errors.Is(err, scheduler.ErrGone):
		return true, r.adopt(ctx, w, scheduler.RemoteEvent{ID: w.Want.ID, Deleted: true})
	case errors.Is(err, scheduler.ErrForbidden):
		return r.forbidden(ctx, w, err)
	case err != nil:
		return false, fmt.Errorf("change hold %s: %w", w.ID, err)
	}
	return false, r.Store.SaveWritten(ctx, w, etag, w.Want.Content())
}

// forbidden finds out whether an event may not be changed because it was deleted, which
// Google answers the same way.
func (r *Runner) forbidden(ctx context.Context, w store.Writing, why error) (again bool, err error) {
	e, err := r.Remote(w.RepID).Event(ctx, w.Want.Calendar, w.Want.ID)
	switch {
	case err == nil && e.Deleted:
		return true, r.adopt(ctx, w, e)
	case err != nil && !permanent(err):
		return false, fmt.Errorf("read hold %s: %w", w.ID, err)
	}
	return false, fmt.Errorf("change hold %s: %w", w.ID, why)
}

// remove deletes the event, unless somebody else changed it since it was last seen.
func (r *Runner) remove(ctx context.Context, w store.Writing) (again bool, err error) {
	if w.ETag == "" { // its insert was tried, and nobody heard the answer
		return true, r.changed(ctx, w)
	}
	err = r.Remote(w.RepID).Delete(ctx, w.Want, w.ETag)
	switch {
	case errors.Is(err, scheduler.ErrChanged):
		return true, r.changed(ctx, w)
	case errors.Is(err, scheduler.ErrNotFound), errors.Is(err, scheduler.ErrGone), err == nil:
		return false, r.Store.Deleted(ctx, w)
	}
	return false, fmt.Errorf("remove hold %s: %w", w.ID, err)
}

// changed reads the event anew and takes over what it finds: a person's edit wins, an
// echo of our own write only brings its etag.
func (r *Runner) changed(ctx context.Context, w store.Writing) error {
	e, err := r.Remote(w.RepID).Event(ctx, w.Want.Calendar, w.Want.ID)
	if errors.Is(err, scheduler.ErrNotFound) {
		e, err = scheduler.RemoteEvent{ID: w.Want.ID, Deleted: true}, nil
	}
	if err != nil {
		return fmt.Errorf("read hold %s: %w", w.ID, err)
	}
	return r.adopt(ctx, w, e)
}

// adopt takes what the calendar says of a row's event into the row.
func (r *Runner) adopt(ctx context.Context, w store.Writing, e scheduler.RemoteEvent) error {
	if e.Deleted && w.Action() == store.ActDelete {
		return r.Store.Deleted(ctx, w)
	}
	return r.Store.AdoptRemote(ctx, w, e)
}
