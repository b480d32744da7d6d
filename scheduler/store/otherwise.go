package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/scheduler"
)

// CancelReview cancels the booked review for the prospect: its event goes, and they are
// told by mail. Fresh slots are offered. Doing it twice is doing it once.
func (s *Store) CancelReview(ctx context.Context, token string) (Booking, error) {
	err := s.changeBooking(ctx, token, func(tx *Tx, _ *repRow, row *proposalRow) error {
		review, err := bookedReview(tx.db, row)
		if err != nil {
			return err
		}
		if review == nil {
			return tx.wasCancelled(row)
		}
		if !review.StartsAt.After(tx.now) {
			return fmt.Errorf("%w: the meeting has begun or is over", scheduler.ErrNotPossible)
		}
		err = tx.changeRow(review, func() {
			review.release("the contact cancelled it")
			review.Tells = true
		})
		if err != nil {
			return err
		}
		if err := tx.endBooking(review.ID); err != nil {
			return err
		}
		return tx.note(row.RepID, "review_cancelled", fmt.Sprintf("%s cancelled the review of “%s”.", row.who(), row.Title), row.ID)
	})
	if err != nil {
		return Booking{}, fmt.Errorf("cancel review: %w", err)
	}
	return s.Booking(ctx, token)
}

// wasCancelled returns nil where a review of p was booked and is not any more.
func (t *Tx) wasCancelled(p *proposalRow) error {
	var before int64
	if err := t.db.Model(&holdRow{}).Where("proposal_id = ? AND kind = ?", p.ID, scheduler.KindReview).Count(&before).Error; err != nil {
		return fmt.Errorf("look for a review: %w", err)
	}
	if before == 0 {
		return fmt.Errorf("%w: nothing is booked", scheduler.ErrNotPossible)
	}
	return nil
}

const (
	messageRunes = 1000
	// clickTwice is how long the same form that turns slots down is taken for a second
	// click on it.
	clickTwice = 10 * time.Second
	// roundsADay is how often a day a prospect has other slots offered, each time three
	// events on the rep's calendar; wordsADay how often they say something of them at all.
	roundsADay = 5
	wordsADay  = 20
	// noteTurnedDown is the kind of activity that it is.
	noteTurnedDown = "offers_turned_down"
)

// OtherTimes has other slots offered than those on offer, which the prospect turned
// down; where a review is booked, slots to move it to. Message is what they say to the
// rep, at most 1,000 characters; with instead, they say when it suits them in place of
// asking for other slots, so none are offered. Many times a day it is ErrTooOften.
func (s *Store) OtherTimes(ctx context.Context, token, message string, instead bool) (Booking, error) {
	message = strings.TrimSpace(message)
	if err := checkMessage(message, instead); err != nil {
		return Booking{}, err
	}
	err := s.changeBooking(ctx, token, func(tx *Tx, rep *repRow, row *proposalRow) error {
		review, err := bookedReview(tx.db, row)
		if err != nil {
			return err
		}
		words := turnedDownWords(row, message, instead, review != nil)
		if again, err := tx.turnedDown(row, words, clickTwice); again > 0 || err != nil {
			return err // the fresh slots are not turned down unseen
		}
		today, err := tx.turnedDown(row, "", day)
		switch {
		case err != nil:
			return err
		case today >= wordsADay, today >= roundsADay && !instead:
			return scheduler.ErrTooOften
		}
		if err := tx.turnDown(rep, row, review, words); err != nil {
			return err
		}
		row.Message, row.Offering = message, !instead
		return nil
	})
	if err != nil {
		return Booking{}, fmt.Errorf("ask for other times: %w", err)
	}
	return s.Booking(ctx, token)
}

func checkMessage(message string, instead bool) error {
	var wrong faults
	switch {
	case instead && message == "":
		wrong.report("message", "is missing: say when it suits you")
	case utf8.RuneCountInString(message) > messageRunes:
		wrong.report("message", "must have at most %d characters", messageRunes)
	case !utf8.ValidString(message) || strings.ContainsRune(message, 0):
		wrong.report("message", "is no text")
	}
	return wrong.err()
}

// turnedDown returns how often the prospect turned slots of p down within the last while,
// as the log says: in these words; "": in any.
func (t *Tx) turnedDown(p *proposalRow, words string, within time.Duration) (int64, error) {
	return t.logged(activityRow{RepID: p.RepID, Kind: noteTurnedDown, Subject: p.ID, Summary: words}, within)
}

// logged returns how often something like line, in what it says, was logged within the
// last while.
func (t *Tx) logged(line activityRow, within time.Duration) (int64, error) {
	var n int64
	err := t.db.Model(&activityRow{}).Where(&line).Where("at > ?", t.now.Add(-within)).Count(&n).Error
	return n, wrapf(err, "look for earlier clicks")
}

// turnDown begins a round of other slots, as words say to the rep.
func (t *Tx) turnDown(rep *repRow, row *proposalRow, review *holdRow, words string) error {
	if row.State == scheduler.ProposalWithdrawn {
		return fmt.Errorf("%w: this is not on offer any more", scheduler.ErrNotPossible)
	}
	if review != nil && !review.StartsAt.After(t.now) {
		return fmt.Errorf("%w: the meeting has begun or is over", scheduler.ErrNotPossible)
	}
	settings, err := domainSettings(rep)
	if err != nil {
		return err
	}
	if err := t.offerAnew(row, settings, "the contact turned it down"); err != nil {
		return err
	}
	return t.note(row.RepID, noteTurnedDown, words, row.ID)
}

func turnedDownWords(p *proposalRow, message string, instead, isBooked bool) string {
	words := "%s turned down the times for the review of “%s” and asked for others."
	switch {
	case instead:
		words = "%s said when the review of “%s” would suit them."
	case isBooked:
		words = "%s asked for other times to move the review of “%s” to."
	}
	words = fmt.Sprintf(words, p.who(), p.Title)
	if message != "" {
		words += " They wrote: “" + message + "”"
	}
	return words
}

// SaveWishes keeps how the prospect wants to be followed up (practice ask-how).
func (s *Store) SaveWishes(ctx context.Context, token string, w Wishes) (Booking, error) {
	var wrong faults
	w.normalize()
	w.check(wrong.within("preferences"))
	if err := wrong.err(); err != nil {
		return Booking{}, fmt.Errorf("save preferences: %w", err)
	}
	link, err := s.findLink(s.db.WithContext(ctx), token)
	if err != nil {
		return Booking{}, err
	}
	_, err = s.Commit(ctx, link.RepID, func(tx *Tx) error {
		if _, err := s.findLink(tx.db, token); err != nil { // it may be gone since
			return err
		}
		row, err := tx.asked(&link)
		if err != nil {
			return err
		}
		return tx.answered(row, w)
	})
	if err != nil {
		return Booking{}, fmt.Errorf("save preferences: %w", err)
	}
	return s.Booking(ctx, token)
}

// noteAnswered is the kind of activity that an answer is.
const noteAnswered = "preferences_asked"

// answered keeps what a contact answered. The same again, as by a second click, is no
// news; many times a day it is ErrTooOften: each time holds may move.
func (t *Tx) answered(row *contactRow, w Wishes) error {
	today, err := t.logged(activityRow{RepID: row.RepID, Kind: noteAnswered, Subject: row.ID}, day)
	switch {
	case err != nil:
		return err
	case today >= wordsADay:
		return scheduler.ErrTooOften
	}
	was := *row
	err = t.changeContact(row, func(known wishes) error {
		row.AskedAt = &t.now
		return known.answer(w, t.now)
	})
	if err != nil {
		return err
	}
	if was.AskedAt != nil && row.Preferences == was.Preferences {
		return nil
	}
	return t.note(row.RepID, noteAnswered, fmt.Sprintf("%s said how they want to be followed up.", contactName(row)), row.ID)
}

// asked returns the contact whom a link was given to.
func (t *Tx) asked(link *linkRow) (*contactRow, error) {
	if link.ContactID != nil {
		return loadContact(t.db, link.RepID, *link.ContactID)
	}
	p, err := loadProposal(t.db, link.RepID, *link.ProposalID)
	if err != nil {
		return nil, err
	}
	return t.contact(p.RepID, scheduler.KnownContact{Contact: p.contact(), Prospect: p.Prospect})
}

func contactName(c *contactRow) string {
	if c.Name != "" {
		return c.Name
	}
	return c.Address
}
