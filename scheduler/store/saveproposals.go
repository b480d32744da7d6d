package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// saveProposals makes the rows of proposals, and of what they offer, say what plan says.
func (t *Tx) saveProposals(st *state, plan scheduler.Plan, touch func(*holdRow)) error {
	for i := range plan.Proposals {
		p := &plan.Proposals[i]
		known := st.proposals[p.Row]
		if known == nil {
			continue
		}
		was := *known.row
		known.row.take(p)
		if err := t.saveProposal(known.row, &was); err != nil {
			return err
		}
		fresh, gone := t.saveOffers(st, known, p, touch)
		if err := t.saveReview(st, known, p, touch); err != nil {
			return err
		}
		if err := t.noteProposal(st, known.row, &was, p, fresh, gone); err != nil {
			return err
		}
	}
	return t.saveDrafts(st, plan.Drafts)
}

// take takes over what the plan decides of a proposal.
func (r *proposalRow) take(p *scheduler.Proposal) {
	r.State, r.SendOn = p.State, p.SendOn.String()
	r.Round, r.Offering, r.RoundAt = int64(p.Round), p.Offering, timeOrNil(p.RoundAt)
	r.Widened, r.Trouble, r.Response = p.Widened, p.Trouble, ""
	if p.Review != nil && p.Review.Response != scheduler.NeedsAction {
		r.Response = p.Review.Response.String()
	}
}

// saveOffers keeps what became of the offers of a proposal, and returns those that are
// new and those that went.
func (t *Tx) saveOffers(st *state, known *proposed, p *scheduler.Proposal, touch func(*holdRow)) (fresh, gone []scheduler.Offer) {
	for _, o := range p.Offers {
		row := st.holds[o.Row]
		switch {
		case o.Row == "":
			if row = st.newOffer(known.row, o, touch); row == nil {
				continue
			}
			fresh = append(fresh, o)
		case row == nil:
			continue
		case row.stands() && o.State != scheduler.OfferHeld:
			gone = append(gone, o)
			touch(row)
			row.release(o.Reason)
			if o.State == scheduler.OfferLost {
				row.Outcome = string(scheduler.OfferLost)
			}
		}
		if row.stands() && !row.Edited {
			touch(row)
			e := scheduler.OfferEntry(*p, row.offer(), st.snapshot.Settings)
			row.Title, row.Description = e.Title, e.Description
		}
	}
	return fresh, gone
}

// newOffer returns the row of a slot that is offered: a new one, or that of the same slot
// which was lost, and is free again. It is nil while the event of before is still to go:
// then the rep is looked at again.
func (st *state) newOffer(p *proposalRow, o scheduler.Offer, touch func(*holdRow)) *holdRow {
	row := p.newEntry(scheduler.KindOffer, offerStep(o.Round, o.Start))
	if before := st.holds[row.ID]; before != nil {
		if st.leaving(row.ID) {
			return nil
		}
		row = before
		touch(row)
		row.begin()
		row.Outcome = ""
	}
	st.holds[row.ID] = row
	touch(row)
	row.Round, row.StartsAt, row.EndsAt, row.OnCalendar, row.Busy = int64(o.Round), micros(o.Start), micros(o.End), true, true
	return row
}

// saveReview keeps whether the review of a proposal stands.
func (t *Tx) saveReview(st *state, known *proposed, p *scheduler.Proposal, touch func(*holdRow)) error {
	if row := known.review; row != nil && p.Review == nil {
		touch(row)
		row.callOff(p.Trouble)
		if err := t.endBooking(row.ID); err != nil {
			return err
		}
	}
	if p.Review == nil {
		return nil
	}
	row := st.holds[p.Review.Row]
	touch(row)
	if row.over() {
		row.State, row.Outcome, row.Reason = scheduler.Written, "", ""
		row.StartsAt, row.EndsAt = micros(p.Review.Start), micros(p.Review.End)
	}
	if row.stands() && !row.Edited {
		e := reviewEntry(*p, row, st.snapshot.Settings, true)
		row.Title, row.Description = e.Title, e.Description
	}
	return nil
}

// callOff says that a review does not stand any more; what was promised by it is to be
// ended, too. One that was declined is left on the calendar: Holdfast deletes no meeting
// on its own.
func (r *holdRow) callOff(why string) {
	r.Outcome = outcomeCancelled
	if r.stands() {
		r.State, r.Outcome, r.OnCalendar, r.Reason = scheduler.Done, outcomeDeclined, r.EventID != "", why
	}
}

// noteProposal logs what the rep would want to know of a proposal.
func (t *Tx) noteProposal(st *state, row, was *proposalRow, p *scheduler.Proposal, fresh, gone []scheduler.Offer) error {
	lines := newsOf(row, was, p, st.zone)
	if len(fresh) > 0 {
		lines = append(lines, news{"offers_held", fmt.Sprintf("Held %s for the review of “%s” with %s.", times(fresh, st.zone), row.Title, row.who())})
	}
	for _, o := range gone {
		if p.Review.Stands() || row.Trouble != was.Trouble || o.Round != p.Round {
			break // what is said already tells of them
		}
		lines = append(lines, news{"offer_released", fmt.Sprintf("%s is not on offer for “%s” any more: %s.", when(o.Start, st.zone), row.Title, o.Reason)})
	}
	for _, line := range lines {
		if err := t.note(row.RepID, line.kind, line.words, row.ID); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	last := slices.MaxFunc(fresh, func(a, b scheduler.Offer) int { return a.End.Compare(b.End) })
	return t.keepLink(row, last.End)
}

// news is a line of the activity log.
type news struct{ kind, words string }

// newsOf says what changed of a proposal.
func newsOf(row, was *proposalRow, p *scheduler.Proposal, zone *time.Location) []news {
	var lines []news
	say := func(kind, words string, args ...any) { lines = append(lines, news{kind, fmt.Sprintf(words, args...)}) }
	isCleared, wasCleared := row.State == scheduler.ProposalCleared, was.State == scheduler.ProposalCleared
	switch {
	case isCleared && !wasCleared:
		say("clearance_granted", "“%s” is clear to be sent: its review with %s is on the calendar, %s.", row.Title, row.who(), when(p.Review.Start, zone))
	case wasCleared && !isCleared && row.State != scheduler.ProposalSent && row.State != scheduler.ProposalWithdrawn:
		say("clearance_taken_back", "“%s” is not clear to be sent any more. %s", row.Title, row.Trouble)
	case row.Trouble != was.Trouble && row.Trouble != "":
		say("proposal_trouble", "“%s” for %s: %s", row.Title, row.who(), row.Trouble)
	case row.State == scheduler.ProposalWithdrawn && was.State != scheduler.ProposalWithdrawn:
		say("draft_withdrawn", "“%s” is not on your calendar any more: nothing is proposed.", row.Title)
	}
	if row.Widened != was.Widened && row.Widened != "" {
		say("proposal_widened", "“%s” for %s: %s", row.Title, row.who(), row.Widened)
	}
	if row.Response != was.Response && row.Response != "" {
		say("review_answered", "%s answered the invitation to the review of “%s”: %s.", row.who(), row.Title, row.Response)
	}
	return lines
}

// times lists when offers are, in words.
func times(offers []scheduler.Offer, zone *time.Location) string {
	all := make([]string, len(offers))
	for i, o := range offers {
		all[i] = when(o.Start, zone)
	}
	return strings.Join(all, ", ")
}

// saveDrafts keeps the proposals that the calendar tells of. An event tells of one, once
// and for all: also where that was withdrawn.
func (t *Tx) saveDrafts(st *state, drafts []scheduler.Proposal) error {
	if len(drafts) == 0 {
		return nil
	}
	var known []proposalRow
	err := t.db.Select("source_uid, source_recurrence").Find(&known, "rep_id = ? AND source_uid <> ''", st.rep.ID).Error
	if err != nil {
		return fmt.Errorf("look for drafts: %w", err)
	}
	for i := range drafts {
		row := t.draftRow(st.rep.ID, &drafts[i])
		if slices.ContainsFunc(known, row.sameSource) {
			continue
		}
		once := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
		if once.Error != nil {
			return fmt.Errorf("keep draft: %w", once.Error)
		}
		if once.RowsAffected == 0 {
			continue
		}
		words := fmt.Sprintf("Your calendar says that “%s” is to be sent on %s: confirm it, and times for its review are held.", row.Title, drafts[i].SendOn.Wall().Format("Mon 2 Jan"))
		if err := t.note(row.RepID, "proposal_drafted", words, row.ID); err != nil {
			return err
		}
	}
	return nil
}

func (r *proposalRow) sameSource(other proposalRow) bool {
	return r.SourceUID == other.SourceUID && r.SourceRecurrence == other.SourceRecurrence
}

func (t *Tx) draftRow(repID string, p *scheduler.Proposal) *proposalRow {
	row := &proposalRow{
		ID: newID(), RepID: repID, Prospect: p.Prospect, ContactAddress: p.Contact.Address, ContactName: p.Contact.Name,
		Title: cut(p.Title, titleRunes), Length: int64(p.Length / time.Second), FirstDay: int64(p.FirstDay), LastDay: int64(p.LastDay),
		SourceUID: p.Source.UID, SourceRecurrence: recurrenceText(p.Source.RecurrenceID), CreatedAt: t.now, UpdatedAt: t.now,
	}
	row.take(p)
	return row
}

// cut returns at most so many characters of text.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
