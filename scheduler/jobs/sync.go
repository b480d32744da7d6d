package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// SyncCalendars reads the rep's list of calendars.
func (r *Runner) SyncCalendars(ctx context.Context, repID string) error {
	return r.settle(ctx, repID, r.Now(), r.syncCalendars(ctx, repID))
}

func (r *Runner) syncCalendars(ctx context.Context, repID string) error {
	if _, err := r.connected(ctx, repID); err != nil {
		return err
	}
	list, err := r.Remote(repID).Calendars(ctx)
	if err != nil {
		return fmt.Errorf("read the list of calendars: %w", err)
	}
	if err := r.Store.SaveCalendars(ctx, repID, list); err != nil {
		return err
	}
	return r.openChannels(ctx, repID)
}

// SyncCalendar reads what changed in a calendar, if that is due, and decides anew.
func (r *Runner) SyncCalendar(ctx context.Context, repID, calendarID string) error {
	due := func(c *store.Calendar) bool { return c.SyncAt == nil || !c.SyncAt.After(r.Now()) }
	return r.settle(ctx, repID, r.Now(), r.sync(ctx, repID, calendarID, due))
}

// freshness is how old what is known of the rep's calendars may be when a hold is
// written into one.
const freshness = 30 * time.Second

// refresh reads every calendar of the rep at Google that was not read for a while: the
// place of a hold may be taken, or its meeting have a next step. It says whether it read
// any. Calendars elsewhere are read in their own time: their servers are not to be asked
// for every hold.
func (r *Runner) refresh(ctx context.Context, repID string) (read bool, err error) {
	calendars, err := r.Store.Calendars(ctx, repID)
	if err != nil {
		return false, err
	}
	stale := func(c *store.Calendar) bool {
		// Either way: what was read at a time to come was read before the clock was set back.
		return c.SyncedAt == nil || r.Now().Sub(*c.SyncedAt).Abs() > freshness
	}
	for _, c := range calendars {
		if c.Kind != store.GoogleCalendar || !c.Counts && !c.Blocks || !stale(&c) || c.Error != "" { // one that Google refuses is looked at in its own time
			continue
		}
		if c.Suspect > 0 && c.SyncAt != nil && c.SyncAt.After(r.Now()) {
			return read, river.JobSnooze(c.SyncAt.Sub(r.Now())) // so is one whose events seem to be gone
		}
		if err := r.sync(ctx, repID, c.ID, stale); err != nil {
			return read, err
		}
		read = true
	}
	return read, nil
}

// sync reads what changed in a calendar and saves it, with all that follows from it,
// unless someone else did so while this one waited for its turn.
func (r *Runner) sync(ctx context.Context, repID, calendarID string, wanted func(*store.Calendar) bool) error {
	_, err := r.read(ctx, repID, calendarID, wanted)
	return err
}

// reading is what came of reading a calendar.
type reading int

const (
	readSaved   reading = iota // what is known of it is as it was when the reading began, or it was not wanted
	readAgain                  // somebody else was faster, and may have begun before: nothing was saved
	readDoubted                // half of it seems to be gone: nothing is believed yet
	readHidden                 // it does not show when it is busy; what was known last stays
	readRefused                // the provider does not give it any more
)

// read is sync, for who has to know what came of it.
func (r *Runner) read(ctx context.Context, repID, calendarID string, wanted func(*store.Calendar) bool) (reading, error) {
	give, err := r.turns.take(ctx, repID+" "+calendarID)
	if err != nil {
		return 0, err
	}
	defer give()
	rep, err := r.connected(ctx, repID)
	if err != nil {
		return 0, err
	}
	c, err := r.Store.Calendar(ctx, repID, calendarID)
	if errors.Is(err, scheduler.ErrNotFound) {
		return readSaved, nil
	}
	if err != nil || !c.Counts && !c.Blocks || !wanted(&c) {
		return readSaved, err
	}
	if c.Kind == store.WebcalCalendar {
		return readSaved, r.syncWebcal(ctx, rep, c)
	}
	begun := r.Now()
	changes, err := r.changes(ctx, rep, c)
	if errors.Is(err, scheduler.ErrHidden) || !c.Owned && permanent(err) {
		return readHidden, r.hidden(ctx, c, err)
	}
	if permanent(err) {
		return readRefused, r.refused(ctx, c, err)
	}
	if err != nil {
		return 0, fmt.Errorf("read calendar %s: %w", calendarID, err)
	}
	return r.saveChanges(ctx, c, begun, changes)
}

// mirrorPast is how far back every full reading goes at least, whatever the rep's
// window is: it is compared with what earlier ones knew.
const mirrorPast = 30 * 24 * time.Hour

// changes reads what happened since the calendar was read last; everything anew where
// Google forgot what that was.
func (r *Runner) changes(ctx context.Context, rep store.Rep, c store.Calendar) (scheduler.Changes, error) {
	settings, err := rep.Settings.Domain(rep)
	if err != nil {
		return scheduler.Changes{}, fmt.Errorf("settings of rep %s: %w", rep.ID, err)
	}
	if !c.Owned {
		return r.busyChanges(ctx, c, settings.BusyWindow(r.Now()))
	}
	since := r.since(settings)
	remote := r.Remote(rep.ID)
	changes, err := remote.Changes(ctx, c.ID, c.SyncToken, since)
	if c.SyncToken != "" && errors.Is(err, scheduler.ErrSyncToken) {
		r.Log.InfoContext(ctx, "reading calendar anew", "rep", rep.ID, "calendar", c.ID)
		return remote.Changes(ctx, c.ID, "", since)
	}
	return changes, err
}

// since is when what a full reading gives must have ended at the earliest.
func (r *Runner) since(settings scheduler.Settings) time.Time {
	return r.Now().Add(-max(settings.Lookback, mirrorPast) - 24*time.Hour) // a day more: what began the day before
}

func (r *Runner) saveChanges(ctx context.Context, c store.Calendar, begun time.Time, changes scheduler.Changes) (reading, error) {
	next, err := r.nextPoll(ctx, c)
	if err != nil {
		return 0, err
	}
	saved, err := r.Store.SaveChanges(ctx, c.RepID, c.ID, c.SyncToken, begun, changes, next)
	if err != nil {
		return 0, fmt.Errorf("save changes of calendar %s: %w", c.ID, err)
	}
	if saved.Lost {
		return readAgain, nil
	}
	came := readSaved
	if saved.Confirm {
		came = readDoubted
		r.Log.WarnContext(ctx, "half of a calendar or more is gone: reading again before believing it", "rep", c.RepID, "calendar", c.ID)
	}
	if c.SyncToken != "" {
		return came, nil
	}
	return came, r.openChannels(ctx, c.RepID) // this was its first reading
}

// nextPoll says when to read c again though no push tells of changes: at the latest when
// none will come any more.
func (r *Runner) nextPoll(ctx context.Context, c store.Calendar) (time.Time, error) {
	now := r.Now()
	switch {
	case r.Poll != 0:
		return now.Add(around(r.Poll)), nil
	case !c.Owned:
		return now.Add(around(PollBusyTimes)), nil
	}
	channels, err := r.Store.Channels(ctx, c.RepID)
	if err != nil {
		return time.Time{}, err
	}
	until := pushedUntil(channels, c.ID, now)
	if until.IsZero() {
		return now.Add(around(PollWithoutPush)), nil
	}
	if next := now.Add(around(PollWithPush)); next.Before(until) {
		return next, nil
	}
	return until, nil
}

// refused tells the rep that Google does not give a calendar any more, and has the
// list of calendars read: it may be gone from there.
func (r *Runner) refused(ctx context.Context, c store.Calendar, why error) error {
	r.Log.WarnContext(ctx, "calendar refused", "rep", c.RepID, "calendar", c.ID, "error", why)
	if err := r.Store.SyncFailed(ctx, c.RepID, c.ID, refusal(why), r.Now().Add(around(lookAgain))); err != nil {
		return fmt.Errorf("remember that calendar %s is refused: %w", c.ID, err)
	}
	if c.Error != "" {
		return nil // the list was read when it was refused first
	}
	return r.Store.Enqueue(ctx, store.SyncCalendars{RepID: c.RepID})
}

// refusal says in words for the rep why a calendar cannot be used.
func refusal(err error) string {
	switch {
	case errors.Is(err, scheduler.ErrForbidden):
		return "Google does not allow Holdfast to use this calendar."
	case errors.Is(err, scheduler.ErrNotFound), errors.Is(err, scheduler.ErrGone):
		return "Google does not know this calendar any more."
	}
	return "Google refused a request for this calendar."
}

// Reconcile decides anew: the time has come at which something changes by itself.
func (r *Runner) Reconcile(ctx context.Context, repID string) error {
	_, err := r.Store.Commit(ctx, repID, nil)
	if errors.Is(err, scheduler.ErrNotFound) {
		return nil
	}
	return err
}
