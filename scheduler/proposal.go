package scheduler

import "time"

// ProposalState is how far a proposal is (practice review-before-proposal).
type ProposalState string

// The states of a proposal. Only a cleared one should be sent.
const (
	ProposalDraft     ProposalState = "draft"     // no slot is on offer: new, from the calendar, or nobody answered in time
	ProposalOffered   ProposalState = "offered"   // slots are held, and the prospect may pick one
	ProposalBooked    ProposalState = "booked"    // one was picked; the review is not on the calendar yet
	ProposalCleared   ProposalState = "cleared"   // the review is on both calendars: it may be sent
	ProposalSent      ProposalState = "sent"      // the rep sent it, cleared or not
	ProposalWithdrawn ProposalState = "withdrawn" // it will not be sent
)

// Settled reports whether the rep said what became of a proposal in this state: the
// calendar changes that state no more.
func (s ProposalState) Settled() bool { return s == ProposalSent || s == ProposalWithdrawn }

// OfferState is what has become of a slot that was offered.
type OfferState string

// The states of an offer.
const (
	OfferHeld     OfferState = "held"     // on the rep's calendar, and open to be picked
	OfferPicked   OfferState = "picked"   // booked
	OfferReleased OfferState = "released" // taken back: another was picked, turned down, not answered, deleted by the rep
	OfferLost     OfferState = "lost"     // something else took its time
)

// Offer is a slot that was offered for the review of a proposal. It is held on the
// rep's calendar as a busy, private event until it is picked or goes.
type Offer struct {
	Row        string // its id in the store; "": it is new
	Round      int    // the round it belongs to; see Proposal.Round
	Start, End time.Time
	State      OfferState
	// Written: its event is on the calendar.
	Written bool
	// Moved: the rep moved it; it is offered where they put it.
	Moved bool
	// From is when it started before the rep moved it to another time: that time is not
	// offered again. Zero: they did not.
	From time.Time
	// Deleted: the rep deleted its event. It is released, and no other takes its place.
	Deleted bool
	// Edited is what its event says since the rep changed it; nil: they did not.
	Edited *Content
	// Reason says in words why a released or lost one went.
	Reason string
}

// BookedReview is the meeting at which a proposal is gone through, as it was booked.
type BookedReview struct {
	Row        string    // of its event in the store
	Event      Ref       // at the provider; zero: not written yet
	Start, End time.Time // as it is now: a rep may move it
	Written    bool      // its event is on the rep's calendar
	Moved      bool      // the rep moved it since it was booked
	Deleted    bool      // the rep deleted or cancelled its event
	// Response is what the contact answered to the invitation. Decide sets it.
	Response Response
	// Edited is what its event says since the rep changed it; nil: they did not.
	Edited *Content
}

// Stands reports whether r is agreed on by both sides; nil does not.
func (r *BookedReview) Stands() bool { return r != nil && !r.Deleted && r.Response != Declined }

// Proposal is a proposal that is to be gone through together before it counts as
// clear to be sent (practice review-before-proposal).
type Proposal struct {
	Row      string // its id in the store
	Prospect string
	Contact  Contact
	Title    string
	SendOn   Date
	Length   time.Duration // of the review
	// FirstDay and LastDay are the business days after SendOn on which the review
	// may be.
	FirstDay, LastDay int
	State             ProposalState
	// SentUncleared: it was sent while it was not clear to be sent.
	SentUncleared bool
	CreatedAt     time.Time

	// Round counts how often slots were asked for; 0: not yet. Offering: slots of
	// this round are wanted: those that are lost are replaced. RoundAt is when it
	// began: three business days later the offers that nobody answered are released.
	Round    int
	Offering bool
	RoundAt  time.Time
	Offers   []Offer       // of all rounds, by start
	Review   *BookedReview // nil: none is booked
	// CalledOff is the review that was booked last, where it was called off and its event
	// stayed on the calendar; nil: none. Where the contact accepts it after all, it stands.
	CalledOff *BookedReview

	// TheirBusy are the contact's busy times, where their calendar shows them.
	TheirBusy []Span
	// Widened says in words how far beyond its window slots of this round had to be
	// looked for; "": they were found in it.
	Widened string
	// Trouble says in words what the rep should know: nobody answered, the prospect
	// declined, no slot was found; "": nothing.
	Trouble string

	// Source is the event that the proposal was read from; zero: the rep made it.
	Source MeetingRef
}

// Begin begins a new round: slots are wanted that were not on offer before.
func (p *Proposal) Begin(now time.Time) {
	p.Round++
	p.RoundAt, p.Offering = now, true
	p.Widened, p.Trouble = "", ""
}

// unconfirmed reports whether p was read from the calendar and the rep has not asked for
// slots yet.
func (p *Proposal) unconfirmed() bool {
	return p.Source.UID != "" && p.Round == 0 && p.State == ProposalDraft
}

// KnownContact is one of a prospect's people, met or invited.
type KnownContact struct {
	Contact
	Prospect string
	MetAt    time.Time // the latest meeting that began with them; zero: none yet
}
