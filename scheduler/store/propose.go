package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// NewProposal is what a rep says of a proposal. What is zero has its default: the
// prospect is the contact's, the contact the one of the prospect who was met last, the
// numbers those of the rep's settings.
type NewProposal struct {
	Prospect string
	Contact  scheduler.Contact
	Title    string
	SendOn   string // 2006-01-02
	Duration Duration
	FirstDay int
	LastDay  int
	// Key tells that the same is said again from the same said of another proposal; "":
	// none, and each is one of its own.
	Key string
	// TheirBusy are the contact's busy times, where their calendar shows them; nil: not
	// known.
	TheirBusy []scheduler.Span
}

// CreateProposal keeps a proposal, which is not clear to be sent, and has slots for its
// review offered. The same said again with the same Key is the same proposal, as it is by
// now. An *InvalidError says what of n cannot be, by the field's name in JSON.
func (s *Store) CreateProposal(ctx context.Context, repID string, n NewProposal) (Proposal, error) {
	id := n.id(repID)
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		settings, err := tx.proposing(repID)
		if err != nil {
			return err
		}
		if known, err := anyOf[proposalRow](tx.db, "id = ?", id); known != nil || err != nil {
			return wrapf(err, "look for the proposal")
		}
		row := &proposalRow{ID: id, RepID: repID, State: scheduler.ProposalDraft, CreatedAt: tx.now, UpdatedAt: tx.now}
		n.defaults(settings.Review)
		if err := tx.describe(row, n, settings); err != nil {
			return err
		}
		row.busy(n.TheirBusy)
		row.newRound(tx.now)
		if err := tx.db.Create(row).Error; err != nil {
			return fmt.Errorf("create proposal: %w", err)
		}
		if err := tx.keepLink(row, row.windowEnd(settings)); err != nil {
			return err
		}
		words := fmt.Sprintf("“%s” for %s is not clear to be sent until its review is booked.", row.Title, row.who())
		return tx.note(repID, "proposal_created", words, row.ID)
	})
	if err != nil {
		return Proposal{}, err
	}
	return s.Proposal(ctx, repID, id)
}

// id returns the id of the proposal that n is.
func (n *NewProposal) id(repID string) string {
	if n.Key == "" {
		return newID()
	}
	said := fmt.Sprint(n.Duration, n.FirstDay, n.LastDay)
	return stableID(repID, n.Key, n.Prospect, n.Contact.Address, n.Contact.Name, n.Title, n.SendOn, said)
}

// proposing returns the settings of a rep who is connected: for one who left nothing is
// offered.
func (t *Tx) proposing(repID string) (scheduler.Settings, error) {
	rep, err := t.lockRep(repID)
	if err != nil {
		return scheduler.Settings{}, err
	}
	if rep.State == Disconnected {
		return scheduler.Settings{}, fmt.Errorf("%w: the calendar is not connected", scheduler.ErrNotPossible)
	}
	return domainSettings(&rep)
}

// newRound has fresh slots offered, from now on.
func (r *proposalRow) newRound(now time.Time) {
	r.Round++
	r.Offering, r.RoundAt, r.Widened, r.Trouble = true, &now, "", ""
}

// who names the contact in words.
func (r *proposalRow) who() string {
	if r.ContactName != "" {
		return r.ContactName
	}
	return r.ContactAddress
}

// changeProposal runs change on the row of a rep's proposal and decides anew.
func (s *Store) changeProposal(ctx context.Context, repID, id string, change func(*Tx, *proposalRow, scheduler.Settings) error) (Proposal, error) {
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		settings, err := tx.proposing(repID)
		if err != nil {
			return err
		}
		row, err := loadProposal(tx.db, repID, id)
		if err != nil {
			return err
		}
		was := *row
		if err := change(tx, row, settings); err != nil {
			return err
		}
		return tx.saveProposal(row, &was)
	})
	if err != nil {
		return Proposal{}, err
	}
	return s.Proposal(ctx, repID, id)
}

// saveProposal saves row where it is not what it was.
func (t *Tx) saveProposal(row, was *proposalRow) error {
	if sameJSON(*row, *was) {
		return nil
	}
	row.UpdatedAt = t.now
	if err := t.db.Save(row).Error; err != nil {
		return fmt.Errorf("save proposal %s: %w", row.ID, err)
	}
	return nil
}

// UpdateProposal changes what the rep says of a proposal that was not sent yet; fields of
// n that are zero stay. Another send date, length, window or contact has fresh slots
// offered; another contact is given another link.
func (s *Store) UpdateProposal(ctx context.Context, repID, id string, n NewProposal) (Proposal, error) {
	return s.changeProposal(ctx, repID, id, func(tx *Tx, row *proposalRow, settings scheduler.Settings) error {
		if row.State.Settled() {
			return fmt.Errorf("%w: the proposal is %s", scheduler.ErrNotPossible, row.State)
		}
		was := *row
		review, err := bookedReview(tx.db, row)
		if err != nil {
			return err
		}
		n.unlessSaid(row)
		if err := tx.describe(row, n, settings); err != nil {
			return err
		}
		readdressed := row.ContactAddress != was.ContactAddress
		if readdressed && review != nil {
			return fmt.Errorf("%w: the review is booked with %s", scheduler.ErrNotPossible, was.who())
		}
		if readdressed {
			if err := tx.dropLink(row); err != nil {
				return err
			}
		}
		if readdressed || n.TheirBusy != nil { // what was known of them before may still be true
			row.busy(n.TheirBusy)
		}
		moved := readdressed || row.SendOn != was.SendOn || row.Length != was.Length || row.FirstDay != was.FirstDay || row.LastDay != was.LastDay
		if !moved || review != nil || row.Round == 0 {
			return nil
		}
		return tx.offerAnew(row, settings, "you changed the proposal")
	})
}

// offerAnew begins a new round: what is on offer is taken back, for the reason why.
func (t *Tx) offerAnew(row *proposalRow, settings scheduler.Settings, why string) error {
	if row.ContactAddress == "" {
		return fmt.Errorf("%w: say first who the proposal is for", scheduler.ErrNotPossible)
	}
	if err := t.takeBack(row, why); err != nil {
		return err
	}
	row.newRound(t.now)
	return t.keepLink(row, row.windowEnd(settings))
}

// takeBack releases the slots that a proposal has on offer.
func (t *Tx) takeBack(p *proposalRow, why string) error {
	var rows []*holdRow
	err := t.db.Order("starts_at, id").Find(&rows, "proposal_id = ? AND kind = ? AND state IN ?", p.ID, scheduler.KindOffer, standing).Error
	if err != nil {
		return fmt.Errorf("load offers: %w", err)
	}
	for _, row := range rows {
		if err := t.changeRow(row, func() { row.release(why) }); err != nil {
			return err
		}
	}
	return nil
}

// changeRow runs change on an offer or a review, and saves it.
func (t *Tx) changeRow(row *holdRow, change func()) error {
	rep, err := t.lockRep(row.RepID)
	if err != nil {
		return err
	}
	settings, err := domainSettings(&rep)
	if err != nil {
		return err
	}
	was := *row
	change()
	return t.saveHold(&state{rep: rep, snapshot: scheduler.Snapshot{Settings: settings}}, row, &was)
}

// bookedReview returns the review of a proposal that stands; nil: none does.
func bookedReview(db *gorm.DB, p *proposalRow) (*holdRow, error) {
	row, err := anyOf[holdRow](db, "proposal_id = ? AND kind = ? AND outcome = '' AND state IN ?", p.ID, scheduler.KindReview, standing)
	return row, wrapf(err, "load review")
}

// Offer begins a new round: fresh slots are held, and those on offer are taken back. It
// confirms a draft that the calendar told of. With a review booked, or once the
// proposal is withdrawn, it is ErrNotPossible.
func (s *Store) Offer(ctx context.Context, repID, id string) (Proposal, error) {
	return s.changeProposal(ctx, repID, id, func(tx *Tx, row *proposalRow, settings scheduler.Settings) error {
		if row.State == scheduler.ProposalWithdrawn || row.State == scheduler.ProposalSent && !row.SentUncleared {
			return fmt.Errorf("%w: the proposal is %s", scheduler.ErrNotPossible, row.State)
		}
		review, err := bookedReview(tx.db, row)
		if err != nil {
			return err
		}
		if review != nil {
			return fmt.Errorf("%w: the review is booked", scheduler.ErrNotPossible)
		}
		row.Message = ""
		return tx.offerAnew(row, settings, "you asked for other times")
	})
}

// MarkSent keeps that the rep sent the proposal, and whether it was clear to be sent.
// Doing it twice is doing it once.
func (s *Store) MarkSent(ctx context.Context, repID, id string) (Proposal, error) {
	return s.changeProposal(ctx, repID, id, func(tx *Tx, row *proposalRow, _ scheduler.Settings) error {
		switch row.State {
		case scheduler.ProposalSent:
			return nil
		case scheduler.ProposalWithdrawn:
			return fmt.Errorf("%w: the proposal is withdrawn", scheduler.ErrNotPossible)
		}
		cleared, err := tx.cleared(row)
		if err != nil {
			return err
		}
		kind, words := "proposal_sent", fmt.Sprintf("You sent “%s” to %s: its review is booked.", row.Title, row.who())
		if !cleared {
			kind, words = "proposal_sent_uncleared", fmt.Sprintf("You sent “%s” to %s, and its review was not booked.", row.Title, row.who())
		}
		row.SentUncleared = !cleared
		row.Offering = row.Offering && row.SentUncleared
		row.State, row.SentAt = scheduler.ProposalSent, &tx.now
		return tx.note(repID, kind, words, row.ID)
	})
}

// cleared reports whether a proposal may be sent, as its clearance says: its state says so
// only once the calendar was read again.
func (t *Tx) cleared(row *proposalRow) (bool, error) {
	all, err := withOffers(t.db, row.RepID, []*proposalRow{row})
	if err != nil {
		return false, err
	}
	known, err := all[0].domain()
	return known.Clearance().Cleared, err
}

// Withdraw ends a proposal: what is on offer goes. A review that is booked stays on the
// calendar, as it is a meeting with people; the rep cancels it there.
func (s *Store) Withdraw(ctx context.Context, repID, id string) (Proposal, error) {
	return s.changeProposal(ctx, repID, id, func(tx *Tx, row *proposalRow, _ scheduler.Settings) error {
		switch row.State {
		case scheduler.ProposalWithdrawn:
			return nil
		case scheduler.ProposalSent:
			return fmt.Errorf("%w: the proposal was sent", scheduler.ErrNotPossible)
		}
		if err := tx.takeBack(row, "you withdrew the proposal"); err != nil {
			return err
		}
		row.State, row.Offering, row.Trouble, row.Widened = scheduler.ProposalWithdrawn, false, "", ""
		return tx.note(repID, "proposal_withdrawn", fmt.Sprintf("You withdrew “%s” for %s.", row.Title, row.who()), row.ID)
	})
}

// SaveTheirBusy keeps when the contact of a proposal is busy, as their calendar shows it;
// nil: it does not show it, and nothing is known.
func (s *Store) SaveTheirBusy(ctx context.Context, repID, id string, busy []scheduler.Span) error {
	_, err := s.changeProposal(ctx, repID, id, func(_ *Tx, row *proposalRow, _ scheduler.Settings) error {
		row.busy(busy)
		return nil
	})
	return wrapf(err, "save busy times")
}

// busy keeps when the contact is busy; nil: not known.
func (r *proposalRow) busy(spans []scheduler.Span) {
	r.TheirBusy = nil
	if spans != nil {
		r.TheirBusy = []scheduler.Span{}
	}
	for _, span := range spans {
		r.TheirBusy = append(r.TheirBusy, scheduler.Span{Start: micros(span.Start), End: micros(span.End)})
	}
}
