package store

import (
	"fmt"
	"time"

	"holdfast/scheduler"
)

// entryOf returns what the calendar should say of an offer or a review, without what is
// the same for all rows. Whom it is the contact's act to tell is a guest of it.
func (t *Tx) entryOf(row *holdRow, settings scheduler.Settings) (scheduler.Entry, error) {
	p, err := t.proposalOf(row)
	if err != nil {
		return scheduler.Entry{}, err
	}
	proposal, err := p.domain()
	if err != nil {
		return scheduler.Entry{}, err
	}
	if row.Kind == string(scheduler.KindOffer) {
		e := scheduler.OfferEntry(proposal, row.offer(), settings)
		if t.s.public != "" && !row.Edited {
			e.Description = scheduler.WithLinks(e.Description, []scheduler.ActLink{{Label: "Proposal", URL: t.s.proposalURL(*row.ProposalID)}})
		}
		return e, nil
	}
	url, err := t.bookingURL(row)
	if err != nil {
		return scheduler.Entry{}, err
	}
	e := reviewEntry(proposal, row, settings, url != "")
	e.Description = reveal(e.Description, url)
	if !row.Tells {
		e.Guests = nil
	}
	return e, nil
}

// reviewEntry returns the event for a review as its row has it: with bookingMark in place
// of the address of the booking page.
func reviewEntry(p scheduler.Proposal, row *holdRow, settings scheduler.Settings, hasPage bool) scheduler.Entry {
	url := ""
	if hasPage {
		url = bookingMark
	}
	return scheduler.ReviewEntry(p, *row.booked(), settings, url)
}

// proposalURL is the address of the page about a proposal.
func (s *Store) proposalURL(id string) string { return s.public + "/proposals/" + id }

// adoptOffer takes over what was seen of an offer's event.
func (r *holdRow) adoptOffer(e scheduler.RemoteEvent, zone *time.Location) {
	o := scheduler.AdoptOffer(r.offer(), r.last(), e, zone)
	if !r.stands() {
		return
	}
	switch {
	case o.Deleted:
		r.State, r.Reason, r.OnCalendar = scheduler.Skipped, "you took it back", false
		return
	case o.Moved:
		r.State = scheduler.Moved
	case o.Written:
		r.State = scheduler.Written
	}
	r.StartsAt, r.EndsAt, r.OnCalendar = micros(o.Start), micros(o.End), true
	r.edit(o.Edited)
}

// edit takes over what the rep made of the row's event; nil: nothing.
func (r *holdRow) edit(theirs *scheduler.Content) {
	if theirs != nil {
		r.Edited, r.Title, r.Description, r.Busy = true, theirs.Title, theirs.Description, theirs.Busy
	}
}

// adoptReview takes over what was seen of a review's event. Where the rep put it to
// another time, that is their word, and nothing is promised any more but what is on the
// calendar. An edit of its text alone does not undo a move by the contact that is still
// to be written.
func (t *Tx) adoptReview(row *holdRow, e scheduler.RemoteEvent, zone *time.Location) error {
	url, err := t.bookingURL(row)
	if err != nil {
		return err
	}
	last := row.last()
	last.Description = reveal(last.Description, url)
	r := scheduler.AdoptReview(*row.booked(), last, e, zone)
	if !row.stands() {
		return nil
	}
	switch {
	case r.Deleted:
		row.State, row.Reason, row.OnCalendar = scheduler.Skipped, "you took it off the calendar", false
		return t.endBooking(row.ID)
	case r.Start.Equal(last.Start) && r.End.Equal(last.End):
	case !r.Start.Equal(row.StartsAt) || !r.End.Equal(row.EndsAt):
		row.State, row.StartsAt, row.EndsAt = scheduler.Moved, micros(r.Start), micros(r.End)
		if err := t.endBooking(row.ID); err != nil {
			return err
		}
		if err := t.keepLink(&proposalRow{ID: *row.ProposalID, RepID: row.RepID}, r.End); err != nil {
			return err
		}
	}
	if r.Edited != nil {
		row.edit(&scheduler.Content{Title: r.Edited.Title, Description: conceal(r.Edited.Description, url), Busy: r.Edited.Busy})
	}
	if r.Written && row.State == scheduler.Planned {
		row.State = scheduler.Written
	}
	return nil
}

// concealed is what an event says as it is kept of row: without the address of the
// booking page.
func (t *Tx) concealed(row *holdRow, c scheduler.Content) (scheduler.Content, error) {
	if row.Kind != string(scheduler.KindReview) {
		return c, nil
	}
	url, err := t.bookingURL(row)
	c.Description = conceal(c.Description, url)
	return c, err
}

// revealed is the reverse of concealed.
func (t *Tx) revealed(row *holdRow, c scheduler.Content) (scheduler.Content, error) {
	if row.Kind != string(scheduler.KindReview) {
		return c, nil
	}
	url, err := t.bookingURL(row)
	c.Description = reveal(c.Description, url)
	return c, err
}

// noteEntry logs what the rep did in their calendar to an offer or a review.
func (t *Tx) noteEntry(row, was *holdRow, zone *time.Location) error {
	thing, kind := "the time on offer", "offer_"
	if row.Kind == string(scheduler.KindReview) {
		thing, kind = "the review", "review_"
	}
	moved := row.State == scheduler.Moved && (was.State != scheduler.Moved || !row.StartsAt.Equal(was.StartsAt))
	switch {
	case row.State == scheduler.Skipped && was.State != scheduler.Skipped:
		words := fmt.Sprintf("You took %s “%s”, %s, off your calendar.", thing, was.Title, when(was.StartsAt, zone))
		return t.note(row.RepID, kind+"deleted", words, *row.ProposalID)
	case moved:
		words := fmt.Sprintf("You moved %s “%s” to %s.", thing, row.Title, when(row.StartsAt, zone))
		return t.note(row.RepID, kind+"moved_by_you", words, *row.ProposalID)
	}
	return nil
}
