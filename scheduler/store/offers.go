package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// The slots that a proposal offers, and its review, are rows of holds: they are
// written to the calendar, and adopted from it, as holds are.

// standing are the states of what takes its time on the calendar.
var standing = []scheduler.HoldState{scheduler.Planned, scheduler.Written, scheduler.Moved}

// stands reports whether the row takes its time on the calendar.
func (r *holdRow) stands() bool { return slices.Contains(standing, r.State) }

// over reports whether the row is a review that was called off, one way or another.
func (r *holdRow) over() bool { return r.Outcome != "" }

// The outcomes of reviews that are over.
const (
	outcomeCancelled = "cancelled" // by either side
	outcomeDeclined  = "declined"  // by the contact: its event is left on the calendar
)

func (r *holdRow) offer() scheduler.Offer {
	return scheduler.Offer{
		Row: r.ID, Round: int(r.Round), Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(), State: r.offerState(),
		Written: r.WrittenStartsAt != nil, Moved: r.State == scheduler.Moved, Deleted: r.State == scheduler.Skipped,
		From: r.movedFrom(), Edited: r.theirs(), Reason: r.Reason,
	}
}

// stepLayout is how the step of an offer says when it was to start first of all.
const stepLayout = "2006-01-02T15:04"

// offerStep tells the offers of a proposal apart: by their round and when they were to
// start first of all. A rep may move one; it remains the same.
func offerStep(round int, start time.Time) string {
	return fmt.Sprint(round, start.UTC().Format(" "+stepLayout))
}

// movedFrom is when an offer that the rep moved to another time was to start first of
// all; zero: it is at that time.
func (r *holdRow) movedFrom() time.Time {
	_, first, _ := strings.Cut(r.Step, " ")
	start, err := time.Parse(stepLayout, first)
	if err != nil || start.Equal(r.StartsAt) {
		return time.Time{}
	}
	return start
}

// theirs is what the rep made of the row's event; nil: nothing.
func (r *holdRow) theirs() *scheduler.Content {
	if !r.Edited {
		return nil
	}
	return &scheduler.Content{Title: r.Title, Description: r.Description, Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(), Busy: r.Busy}
}

func (r *holdRow) offerState() scheduler.OfferState {
	switch {
	case r.stands():
		return scheduler.OfferHeld
	case r.State == scheduler.Done:
		return scheduler.OfferPicked
	case r.Outcome == string(scheduler.OfferLost):
		return scheduler.OfferLost
	}
	return scheduler.OfferReleased
}

func (r *holdRow) booked() *scheduler.BookedReview {
	b := &scheduler.BookedReview{
		Row: r.ID, Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(),
		Written: r.WrittenStartsAt != nil, Deleted: !r.stands(), Edited: r.theirs(),
	}
	if b.Written {
		b.Event = scheduler.Ref{Calendar: r.CalendarID, ID: r.EventID}
	}
	return b
}

// calledOff is a review that does not stand, as its event is on the calendar.
func (r *holdRow) calledOff() *scheduler.BookedReview {
	b := r.booked()
	b.Start, b.End, b.Deleted = timeIn(r.WrittenStartsAt), timeIn(r.WrittenEndsAt), false
	return b
}

// proposed is a proposal with the rows of its offers and of its review.
type proposed struct {
	row    *proposalRow
	offers []*holdRow // of all rounds, by start
	review *holdRow   // that is not over; nil: none is booked
	last   *holdRow   // the review that was booked last, whatever became of it
	link   *linkRow   // see withLinks; nil: it has none
}

func (p *proposed) add(row *holdRow) {
	if row.Kind == string(scheduler.KindOffer) {
		p.offers = append(p.offers, row)
		return
	}
	if p.last == nil || p.last.CreatedAt.Before(row.CreatedAt) {
		p.last = row
	}
	if !row.over() && (p.review == nil || !p.review.stands()) {
		p.review = row
	}
}

// off returns the review that was booked last, if it was called off and its event is still
// on the calendar; else nil.
func (p *proposed) off() *holdRow {
	if p.last == nil || p.last.Outcome != outcomeDeclined || p.last.WrittenStartsAt == nil {
		return nil
	}
	return p.last
}

// domain returns p as the rules know it.
func (p *proposed) domain() (scheduler.Proposal, error) {
	r := p.row
	sendOn, err := parseDate(r.SendOn)
	if err != nil {
		return scheduler.Proposal{}, fmt.Errorf("proposal %s: %w", r.ID, err)
	}
	proposal := scheduler.Proposal{
		Row: r.ID, Prospect: r.Prospect, Contact: r.contact(), Title: r.Title, SendOn: sendOn, Length: r.length(),
		FirstDay: int(r.FirstDay), LastDay: int(r.LastDay), State: r.State, SentUncleared: r.SentUncleared, CreatedAt: r.CreatedAt.UTC(),
		Round: int(r.Round), Offering: r.Offering, RoundAt: timeIn(r.RoundAt), TheirBusy: r.TheirBusy,
		Widened: r.Widened, Trouble: r.Trouble, Source: meetingRef(r.SourceUID, r.SourceRecurrence),
	}
	for _, offer := range p.offers {
		proposal.Offers = append(proposal.Offers, offer.offer())
	}
	if p.review != nil {
		proposal.Review = p.review.booked()
		proposal.Review.Response = responseOf(r.Response)
	}
	if off := p.off(); off != nil {
		proposal.CalledOff = off.calledOff()
	}
	return proposal, nil
}

// loadProposals reads the proposals that are not settled, and settled ones that want
// slots or of which something is still on the calendar, or to be put there, with all they
// ever offered: no slot is offered twice.
func (t *Tx) loadProposals(st *state) error {
	there := t.db.Model(&holdRow{}).Select("proposal_id").Where("rep_id = ? AND outcome = '' AND state IN ?", st.rep.ID, standing).
		Where("(kind = ? OR kind = ? AND (ends_at > ? OR state = ?))", scheduler.KindOffer, scheduler.KindReview, t.now, scheduler.Planned)
	open := t.db.Where("rep_id = ?", st.rep.ID).
		Where("(state NOT IN ? OR offering OR id IN (?))", []scheduler.ProposalState{scheduler.ProposalSent, scheduler.ProposalWithdrawn}, there)
	var rows []*proposalRow
	if err := open.Order("created_at, id").Find(&rows).Error; err != nil {
		return fmt.Errorf("load proposals: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	all, err := withOffers(t.db, st.rep.ID, rows)
	if err != nil {
		return err
	}
	if err := withLinks(t.db, all); err != nil {
		return err
	}
	t.proposals = st.proposals
	for _, p := range all {
		proposal, err := p.domain()
		if err != nil {
			return err
		}
		st.proposals[p.row.ID] = p
		for _, row := range p.offers {
			st.holds[row.ID] = row
		}
		for _, row := range []*holdRow{p.review, p.off()} {
			if row != nil {
				st.holds[row.ID] = row
			}
		}
		st.snapshot.Proposals = append(st.snapshot.Proposals, proposal)
	}
	return nil
}

// withOffers reads what proposals of a rep offered, and their reviews.
func withOffers(db *gorm.DB, repID string, rows []*proposalRow) ([]*proposed, error) {
	all, index, ids := make([]*proposed, len(rows)), make(map[string]*proposed, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		all[i], ids[i] = &proposed{row: row}, row.ID
		index[row.ID] = all[i]
	}
	for some := range slices.Chunk(ids, batch) {
		var holds []*holdRow
		if err := db.Order("starts_at, id").Find(&holds, "rep_id = ? AND proposal_id IN ?", repID, some).Error; err != nil {
			return nil, fmt.Errorf("load offers: %w", err)
		}
		for _, row := range holds {
			index[*row.ProposalID].add(row)
		}
	}
	return all, nil
}

// withLinks adds to proposals the links that prospects have to them.
func withLinks(db *gorm.DB, all []*proposed) error {
	index := make(map[string]*proposed, len(all))
	for some := range slices.Chunk(all, batch) {
		ids := make([]string, len(some))
		for i, p := range some {
			ids[i], index[p.row.ID] = p.row.ID, p
		}
		var links []*linkRow
		if err := db.Find(&links, "proposal_id IN ?", ids).Error; err != nil {
			return fmt.Errorf("load links: %w", err)
		}
		for _, link := range links {
			index[*link.ProposalID].link = link
		}
	}
	return nil
}

// proposalOf returns the proposal of an offer or a review, with its link: as it was loaded
// with all others of the rep or, where they were not, alone.
func (t *Tx) proposalOf(row *holdRow) (*proposed, error) {
	id := *row.ProposalID
	if p := t.proposals[id]; p != nil {
		return p, nil
	}
	p := new(proposed)
	var err error
	if p.row, err = loadProposal(t.db, row.RepID, id); err != nil {
		return nil, err
	}
	if p.link, err = linkOf(t.db, id); err != nil {
		return nil, err
	}
	if t.proposals == nil {
		t.proposals = make(map[string]*proposed)
	}
	t.proposals[id] = p
	return p, nil
}
