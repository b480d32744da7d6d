package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// Pick is a prospect's choice of a slot.
type Pick struct {
	Offer string // its id
	// Key tells a second click on the same form from another one; "": none, and every
	// click is one of its own.
	Key string
	// Zone is the prospect's, as their browser says; "": not known.
	Zone string
	// Wishes are how they want to be followed up; nil: they did not say.
	Wishes *Wishes
}

// Book books the slot of p, or moves the review that is booked to it. What the rep has
// on their calendar must have been read just before. Where the slot is not open any
// more, or somebody else was faster, it is ErrTaken, with the Booking as it is now; where
// the proposal was withdrawn, ErrGone; many times a day, ErrTooOften. The same Key again is
// the same booking, and no error.
func (s *Store) Book(ctx context.Context, token string, p Pick) (Booking, error) {
	if err := p.check(); err != nil {
		return Booking{}, fmt.Errorf("book: %w", err)
	}
	err := s.changeBooking(ctx, token, func(tx *Tx, rep *repRow, row *proposalRow) error {
		return tx.book(rep, row, p)
	})
	if err != nil && !errors.Is(err, scheduler.ErrTaken) {
		return Booking{}, fmt.Errorf("book: %w", err)
	}
	b, failed := s.Booking(ctx, token)
	if failed != nil {
		return Booking{}, failed
	}
	return b, wrapf(err, "book")
}

// check puts p into the form in which it is kept, and says what of it cannot be.
func (p *Pick) check() error {
	var wrong faults
	if p.Offer == "" {
		wrong.report("offer", "is missing: pick a time")
	}
	if p.Wishes != nil {
		w := *p.Wishes
		w.normalize()
		w.check(wrong.within("preferences"))
		p.Wishes = &w
	}
	return wrong.err()
}

// changeBooking runs change on the proposal that the link with the given token is to,
// and decides anew.
func (s *Store) changeBooking(ctx context.Context, token string, change func(*Tx, *repRow, *proposalRow) error) error {
	link, err := s.proposalLink(s.db.WithContext(ctx), token)
	if err != nil {
		return err
	}
	_, err = s.Commit(ctx, link.RepID, func(tx *Tx) error {
		if _, err := s.proposalLink(tx.db, token); err != nil { // it may be gone since
			return err
		}
		rep, err := tx.lockRep(link.RepID)
		if err != nil {
			return err
		}
		row, err := loadProposal(tx.db, rep.ID, *link.ProposalID)
		if err != nil {
			return err
		}
		was := *row
		if err := change(tx, &rep, row); err != nil {
			return err
		}
		return tx.saveProposal(row, &was)
	})
	return err
}

// taken says why a slot cannot be booked, as an ErrTaken.
func taken(why string) error { return fmt.Errorf("%w: %s", scheduler.ErrTaken, why) }

func (t *Tx) book(rep *repRow, row *proposalRow, p Pick) error {
	known, err := activeBooking(t.db, row.ID)
	if err != nil || known.isOf(p) {
		return err
	}
	if row.State == scheduler.ProposalWithdrawn {
		return fmt.Errorf("%w: the proposal was withdrawn", scheduler.ErrGone)
	}
	if err := mayBook(t.db, row.RepID, row.ID, t.now); err != nil {
		return err
	}
	offer, err := t.openOffer(rep, row, p.Offer)
	if err != nil {
		return err
	}
	review, err := t.bookReview(row, offer)
	if err != nil {
		return err
	}
	if err := t.promise(known, review, offer, p.Key); err != nil {
		return err
	}
	if err := t.changeRow(offer, func() { offer.settle(scheduler.Done) }); err != nil {
		return err
	}
	row.Response, row.Message = "", ""
	if err := t.hear(row, p); err != nil {
		return err
	}
	return t.noteBooked(row, review, known)
}

// bookingsADay is how often a day one link books and moves a review: each time somebody
// gets a mail.
const bookingsADay = 10

// mayBook returns why the prospect of a proposal cannot book once more today.
func mayBook(db *gorm.DB, repID, proposalID string, now time.Time) error {
	var today int64
	err := db.Model(&bookingRow{}).Where("rep_id = ? AND proposal_id = ? AND created_at > ?", repID, proposalID, now.Add(-day)).Count(&today).Error
	if err != nil || today < bookingsADay {
		return wrapf(err, "count bookings")
	}
	return scheduler.ErrTooOften
}

// activeBooking returns the promise made for a proposal; nil: there is none.
func activeBooking(db *gorm.DB, proposalID string) (*bookingRow, error) {
	row, err := anyOf[bookingRow](db, "proposal_id = ? AND active", proposalID)
	return row, wrapf(err, "load booking")
}

// isOf reports whether p is the click that made the booking, again. Without a key nobody
// can tell: then whoever comes second is told that the slot is gone.
func (r *bookingRow) isOf(p Pick) bool {
	return r != nil && p.Key != "" && r.OfferID == p.Offer && r.ClickKey == digest(p.Key)
}

// openOffer returns the offer that is to be booked, if it can be: by its row, and by
// what the rules say of the calendar as it is now.
func (t *Tx) openOffer(rep *repRow, p *proposalRow, id string) (*holdRow, error) {
	if rep.State != Connected {
		return nil, fmt.Errorf("%w: nothing can be booked right now", scheduler.ErrNotPossible)
	}
	offer, err := anyOf[holdRow](t.db, "id = ? AND proposal_id = ? AND kind = ?", id, p.ID, scheduler.KindOffer)
	if err != nil {
		return nil, fmt.Errorf("load offer: %w", err)
	}
	if offer == nil || !offer.stands() {
		return nil, taken("this time is not on offer any more")
	}
	st, err := t.load(*rep)
	if err != nil {
		return nil, err
	}
	if st.snapshot.Incomplete {
		return nil, fmt.Errorf("%w: nothing can be booked right now", scheduler.ErrNotPossible)
	}
	if !held(scheduler.Decide(st.snapshot), id) {
		return nil, taken("this time is not on offer any more")
	}
	return offer, nil
}

// held reports whether a plan leaves the offer of a row as it is.
func held(plan scheduler.Plan, row string) bool {
	for i := range plan.Proposals {
		for _, o := range plan.Proposals[i].Offers {
			if o.Row == row {
				return o.State == scheduler.OfferHeld
			}
		}
	}
	return false
}

// bookReview puts the review of p to the time of offer: a new one, or the one that is
// booked. One that the contact declined would stay declined wherever it is put.
func (t *Tx) bookReview(p *proposalRow, offer *holdRow) (*holdRow, error) {
	row, err := bookedReview(t.db, p)
	if err != nil {
		return nil, err
	}
	if row != nil && responseOf(p.Response) == scheduler.Declined {
		if err := t.changeRow(row, func() { row.callOff("the contact declined it") }); err != nil {
			return nil, err
		}
		row = nil
	}
	if row == nil {
		row = p.newEntry(scheduler.KindReview, offer.ID)
	}
	return row, t.changeRow(row, func() {
		row.StartsAt, row.EndsAt = offer.StartsAt.UTC(), offer.EndsAt.UTC()
		row.OnCalendar, row.Busy, row.Tells = true, true, true
	})
}

// newEntry returns a new row for an event of r's. Step tells those of a kind apart; see
// holdID.
func (r *proposalRow) newEntry(kind scheduler.Kind, step string) *holdRow {
	row := &holdRow{
		RepID: r.RepID, ProposalID: &r.ID, Kind: string(kind), Prospect: r.Prospect, UID: r.ID, Step: step,
		ContactAddress: r.ContactAddress, ContactName: r.ContactName, State: scheduler.Planned, Generation: 1,
		Prospects: []string{}, Notes: []string{}, Times: []time.Time{},
	}
	row.ID = holdID(r.RepID, row)
	return row
}

// promise keeps that review is at the time of offer, instead of what was promised
// before. The database refuses it where another promise is at that time.
func (t *Tx) promise(before *bookingRow, review, offer *holdRow, key string) error {
	if before != nil {
		if err := t.endBooking(before.HoldID); err != nil {
			return err
		}
	}
	row := bookingRow{
		ID: newID(), RepID: review.RepID, ProposalID: *review.ProposalID, HoldID: review.ID, OfferID: offer.ID,
		StartsAt: review.StartsAt, EndsAt: review.EndsAt, Active: true, CreatedAt: t.now,
	}
	if key != "" {
		row.ClickKey = digest(key)
	}
	err := t.db.Create(&row).Error
	if isTaken(err) {
		return taken("this time was booked just now")
	}
	return wrapf(err, "keep booking")
}

// isTaken reports whether the database refused a booking beside another one: for
// PostgreSQL it breaks an exclusion (23P01), for SQLite a trigger or an index.
func isTaken(err error) bool {
	return errors.Is(err, gorm.ErrDuplicatedKey) || sqlState(err) == "23P01"
}

// endBooking takes back the promise that a review is when it was booked: it was called
// off, or put to another time.
func (t *Tx) endBooking(reviewID string) error {
	err := t.db.Model(&bookingRow{}).Where("hold_id = ? AND active", reviewID).Update("active", false).Error
	return wrapf(err, "end booking")
}

// hear keeps what a prospect said of themselves when they booked. A zone that is not
// known here is no reason to refuse the booking.
func (t *Tx) hear(p *proposalRow, said Pick) error {
	row, err := t.contact(p.RepID, scheduler.KnownContact{Contact: p.contact(), Prospect: p.Prospect})
	if err != nil {
		return err
	}
	return t.changeContact(row, func(w wishes) error {
		if isZone(said.Zone) {
			if err := w.learnZone(said.Zone, t.now); err != nil {
				return err
			}
		}
		if said.Wishes == nil {
			return nil
		}
		row.AskedAt = &t.now
		return w.answer(*said.Wishes, t.now)
	})
}

func (t *Tx) noteBooked(p *proposalRow, review *holdRow, before *bookingRow) error {
	zone, err := t.zone(p.RepID)
	if err != nil {
		return err
	}
	kind, words := "review_booked", "%s picked %s for the review of “%s”."
	if before != nil {
		kind, words = "review_moved", "%s moved to %s the review of “%s”."
	}
	return t.note(p.RepID, kind, fmt.Sprintf(words, p.who(), when(review.StartsAt, zone), p.Title), p.ID)
}

func (t *Tx) zone(repID string) (*time.Location, error) {
	rep, err := t.lockRep(repID)
	if err != nil {
		return nil, err
	}
	settings, err := domainSettings(&rep)
	return settings.Zone, err
}

// when says a time in words.
func when(at time.Time, zone *time.Location) string { return at.In(zone).Format("Mon 2 Jan 15:04") }
