package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Book books a slot for a prospect, right after the rep's calendars, and the prospect's
// where it is shown, were read: whatever came over the slot meanwhile counts. It fails as
// store.Book does; with ErrUnavailable where the calendars cannot be read now, and with
// ErrNotPossible where the rep has to do something first: then nothing is booked.
func (r *Runner) Book(ctx context.Context, token string, p store.Pick) (store.Booking, error) {
	live, err := r.Store.Live(ctx, token, p)
	switch {
	case err != nil:
		return store.Booking{}, err
	case live.Again:
		return live.Booking, nil
	case !live.Open && live.Booking.Closed == "": // no calendar is asked, and nobody waits
		return live.Booking, fmt.Errorf("book: %w: this time is not on offer any more", scheduler.ErrTaken)
	case live.Open:
		if err := r.look(ctx, live); err != nil {
			return store.Booking{}, err
		}
	}
	return r.Store.Book(ctx, token, p)
}

// look reads all that a booking depends on. Attempts that come at once share a reading.
func (r *Runner) look(ctx context.Context, live store.Live) error {
	rep, err := r.Store.Rep(ctx, live.RepID)
	if err != nil {
		return err
	}
	if rep.State != store.Connected {
		return fmt.Errorf("%w: no time can be booked here just now", scheduler.ErrNotPossible)
	}
	err = r.looks.join(ctx, live.RepID, func(ctx context.Context) error { return r.lookAtRep(ctx, live.RepID) })
	if err == nil {
		err = r.looks.join(ctx, live.ProposalID, func(ctx context.Context) error {
			return r.lookAtContact(ctx, live.RepID, live.ProposalID)
		})
	}
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "no booking, as the calendars cannot be read", "rep", live.RepID, "error", err)
		return fmt.Errorf("%w: %v", scheduler.ErrUnavailable, err) // of no other kind: nothing is wrong with what was asked
	}
	return err
}

// lookAtRep reads every calendar of a rep at Google that takes their time. What is known of
// those elsewhere counts as it is: prospects do not wait for other people's servers.
func (r *Runner) lookAtRep(ctx context.Context, repID string) error {
	begun := r.Now()
	calendars, err := r.Store.Calendars(ctx, repID)
	if err != nil {
		return err
	}
	for _, c := range calendars {
		if c.Kind != store.GoogleCalendar || !c.Counts && !c.Blocks {
			continue
		}
		if c.Suspect > 0 && c.SyncAt != nil && c.SyncAt.After(begun) { // it is to be read again, and not sooner
			return fmt.Errorf("half of calendar %s seems to be gone", c.ID)
		}
		if err := r.settle(ctx, repID, begun, r.lookAtCalendar(ctx, c)); err != nil {
			return err
		}
	}
	return nil
}

// lookSteps is how often a calendar is read at most, where other processes are faster.
const lookSteps = 5

// lookAtCalendar reads a calendar now, whoever read it before. It fails where it is not
// known then. Of one that is not the rep's and shows nothing any more, what was known last
// counts, as it does for all that is placed.
func (r *Runner) lookAtCalendar(ctx context.Context, c store.Calendar) error {
	always := func(*store.Calendar) bool { return true }
	for range lookSteps {
		came, err := r.read(ctx, c.RepID, c.ID, always)
		switch {
		case errors.Is(err, errParked): // settle takes it for done
			return errors.New("the rep is not connected any more")
		case err != nil:
			return err
		case came == readSaved, came == readHidden && c.Complete:
			return nil
		case came != readAgain:
			return fmt.Errorf("calendar %s cannot be read", c.ID)
		}
	}
	return fmt.Errorf("calendar %s is read by others all the time", c.ID)
}

// lookAtContact reads when the contact of a proposal is busy, and keeps it.
func (r *Runner) lookAtContact(ctx context.Context, repID, proposalID string) error {
	begun := r.Now()
	p, err := r.Store.Proposal(ctx, repID, proposalID)
	if err != nil {
		return err
	}
	busy, err := r.theirBusy(ctx, repID, p.Contact.Address, p.SendOn, p.LastDay)
	if err != nil {
		return r.settle(ctx, repID, begun, err)
	}
	return r.Store.SaveTheirBusy(ctx, repID, proposalID, busy)
}

// theirBusy returns when somebody is busy around the days of a review, as their calendar
// shows it to the rep; nil: it does not, and nothing is known.
func (r *Runner) theirBusy(ctx context.Context, repID, address, sendOn string, lastDay int) ([]scheduler.Span, error) {
	rep, err := r.connected(ctx, repID)
	if err != nil {
		return nil, err
	}
	settings, err := rep.Settings.Domain(rep)
	if err != nil {
		return nil, fmt.Errorf("settings of rep %s: %w", repID, err)
	}
	window := reviewWindow(r.Now(), sendOn, lastDay, settings.Review)
	busy, err := r.Remote(repID).BusyTimes(ctx, address, window.Start, window.End)
	if errors.Is(err, scheduler.ErrHidden) || errors.Is(err, scheduler.ErrScope) || permanent(err) {
		return nil, nil // no failure: most prospects' calendars are not shown
	}
	if err != nil {
		return nil, fmt.Errorf("read when %s is busy: %w", address, err)
	}
	if busy == nil {
		busy = []scheduler.Span{} // known to be free
	}
	return busy, nil
}

// reviewWindow is the time in which a review may be that is looked for from now on:
// from the send date or today, whichever is later, as far as the window may be widened,
// with two weeks more for holidays.
func reviewWindow(now time.Time, sendOn string, lastDay int, limits scheduler.ReviewLimits) scheduler.Span {
	const day = 24 * time.Hour
	from := now.UTC().Truncate(day)
	if send, err := time.Parse(time.DateOnly, sendOn); err == nil && send.Add(-day).After(from) {
		from = send.Add(-day) // the day before, for zones in which it is the send date already
	}
	if lastDay == 0 {
		lastDay = limits.LastDay
	}
	business := lastDay + limits.Widen*limits.Widenings
	return scheduler.Span{Start: from, End: from.Add(time.Duration(business*7/5+14) * day)}
}

// Propose creates a proposal with offers in what is free now: the rep's calendars and the
// contact's are read first, as far as they can be.
func (r *Runner) Propose(ctx context.Context, repID string, n store.NewProposal) (store.Proposal, error) {
	looking, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	r.lookAhead(looking, repID)
	var err error
	if n.TheirBusy, err = r.busyOf(looking, repID, n); err != nil {
		r.withoutContact(ctx, repID, err)
	}
	return r.Store.CreateProposal(ctx, repID, n)
}

// busyOf returns when whom n is for is busy; nil where that is not known, or it is not
// known who that is.
func (r *Runner) busyOf(ctx context.Context, repID string, n store.NewProposal) ([]scheduler.Span, error) {
	address := n.Contact.Address
	if address == "" && n.Prospect != "" { // the one of them who was met last
		page, err := r.Store.Contacts(ctx, repID, store.ContactQuery{Query: store.Query{Limit: 1}, Prospect: n.Prospect})
		if err != nil || len(page.Items) == 0 {
			return nil, err
		}
		address = page.Items[0].Address
	}
	return r.busyAt(ctx, repID, address, n.SendOn, n.LastDay)
}

// busyAt returns when whoever has an address is busy, as theirBusy does; nil where it is
// none.
func (r *Runner) busyAt(ctx context.Context, repID, address, sendOn string, lastDay int) ([]scheduler.Span, error) {
	if _, ok := scheduler.ParseAddress(address); !ok {
		return nil, nil // the store says so
	}
	begun := r.Now()
	busy, err := r.theirBusy(ctx, repID, address, sendOn, lastDay)
	return busy, r.settle(ctx, repID, begun, err)
}

func (r *Runner) withoutContact(ctx context.Context, repID string, why error) {
	r.Log.InfoContext(ctx, "offering without a look at the contact's calendar", "rep", repID, "error", why)
}

// Offer has fresh slots offered in what is free now; see store.Offer.
func (r *Runner) Offer(ctx context.Context, repID, proposalID string) (store.Proposal, error) {
	looking, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	r.lookAhead(looking, repID)
	if err := r.lookAtContact(looking, repID, proposalID); err != nil {
		r.withoutContact(ctx, repID, err)
	}
	return r.Store.Offer(ctx, repID, proposalID)
}

// Update changes what the rep says of a proposal; see store.UpdateProposal. Where it has
// fresh slots offered, they are in what is free now.
func (r *Runner) Update(ctx context.Context, repID, proposalID string, n store.NewProposal) (store.Proposal, error) {
	known, err := r.Store.Proposal(ctx, repID, proposalID)
	if err != nil {
		return store.Proposal{}, err
	}
	looking, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	r.lookAhead(looking, repID)
	said := n
	said.SendOn, said.LastDay = cmp.Or(n.SendOn, known.SendOn), cmp.Or(n.LastDay, known.LastDay)
	if n.Prospect == "" && n.Contact.Address == "" {
		said.Contact = known.Contact
	}
	if n.TheirBusy, err = r.busyOf(looking, repID, said); err != nil {
		r.withoutContact(ctx, repID, err)
	}
	return r.Store.UpdateProposal(ctx, repID, proposalID, n)
}

// Slots finds times to go through a proposal; see store.Slots. Where the contact's
// calendar shows when they are busy, it is then none of them.
func (r *Runner) Slots(ctx context.Context, repID string, q store.SlotsQuery) (scheduler.ReviewSlots, error) {
	looking, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	sendOn := ""
	if !q.After.IsZero() {
		sendOn = q.After.UTC().Format(time.DateOnly)
	}
	var err error
	if q.TheirBusy, err = r.busyAt(looking, repID, q.Contact, sendOn, 0); err != nil {
		r.withoutContact(ctx, repID, err)
	}
	return r.Store.Slots(ctx, repID, q)
}

// longestLook is how long a rep waits for a look at calendars that is of use, and not
// needed: offers that are not free are replaced once that is known.
const longestLook = 10 * time.Second

// lookAhead reads the rep's calendars, as far as they can be read now.
func (r *Runner) lookAhead(ctx context.Context, repID string) {
	begun := r.Now()
	_, err := r.refresh(ctx, repID)
	if err = r.settle(ctx, repID, begun, err); err != nil {
		r.Log.InfoContext(ctx, "offering what was known to be free", "rep", repID, "error", err)
	}
}
