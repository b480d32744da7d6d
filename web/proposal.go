package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// proposalPage is one proposal.
type proposalPage struct {
	proposalCard
	// ContactID is where the contact's own page is; "": they are not known yet.
	ContactID string
	// Theirs shows times where the contact is; nil: not known, or where the rep is.
	Theirs *frame
	Offers []offerLine // with a review booked, those that it may be moved to
	Notes  []string
	Answer string // what the contact answered to the invitation, in words
	Mail   string // a text to paste, with the link
	// LinkWords say what the contact can do with the link; "": nothing.
	LinkWords string
	Log       []store.Activity
	Form      proposalForm
	// Editable: it can still be changed. CanOffer: fresh slots can be asked for.
	Editable, CanOffer bool
	FormOpen           bool
}

// offerLine is a slot as the rep sees it.
type offerLine struct {
	store.Offer
	Words string // what became of it
	Open  bool
}

func offerLines(p store.Proposal) []offerLine {
	var lines []offerLine
	for _, o := range p.Offers {
		if open := o.State == scheduler.OfferHeld; open || p.Review == nil {
			lines = append(lines, offerLine{o, offerName(o), open})
		}
	}
	return lines
}

// offerName says what has become of a slot.
func offerName(o store.Offer) string {
	name := map[scheduler.OfferState]string{
		scheduler.OfferHeld: "held for them", scheduler.OfferPicked: "picked", scheduler.OfferReleased: "taken back", scheduler.OfferLost: "lost",
	}[o.State]
	if why := plain(o.Reason); why != "" {
		name += " · " + why
	}
	return name
}

// answerName says what a contact answered to an invitation.
func answerName(response, who string) string {
	switch response {
	case "accepted":
		return who + " accepted the invitation"
	case "tentative":
		return who + " may come"
	case "declined":
		return who + " declined the invitation"
	}
	return who + " has not answered the invitation yet"
}

// linkWords says, after their name, what a contact can do with the link to p at now; "":
// nothing.
func linkWords(p store.Proposal, now time.Time) string {
	withdrawn := p.State == scheduler.ProposalWithdrawn
	switch {
	case p.Review != nil && !p.Review.Start.After(now), p.Review == nil && withdrawn:
		return ""
	case p.Review != nil && withdrawn:
		return "can cancel the review there. The invitation has the link, too."
	case p.Review != nil:
		return "can move or cancel the review there. The invitation has the link, too."
	case held(p.Offers) > 0:
		return "picks a time there, without an account. Holdfast does not mail it: send it yourself."
	}
	return "can ask for other times there, without an account. Holdfast does not mail it: send it yourself."
}

func (s *Site) proposal(r *request) error {
	p, err := s.Store.Proposal(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("load proposal: %w", err)
	}
	return s.renderProposal(r, http.StatusOK, p, formOf(p), false)
}

// formOf returns the form with what is known of p.
func formOf(p store.Proposal) proposalForm {
	length := p.Duration.String()
	return proposalForm{
		Contact: addressLine(p.Contact.Name, p.Contact.Address), Title: p.Title, SendOn: p.SendOn, Duration: length,
		FirstDay: fmt.Sprint(p.FirstDay), LastDay: fmt.Sprint(p.LastDay), Lengths: lengths(length),
	}
}

func (s *Site) renderProposal(r *request, status int, p store.Proposal, form proposalForm, open bool) error {
	ctx := r.Request.Context()
	f := s.frame(r, "proposal", plain(p.Title))
	page := proposalPage{
		proposalCard: proposalCards([]store.Proposal{p}, r.now)[0], Offers: offerLines(p), Notes: notesOf(p),
		LinkWords: linkWords(p, r.now), Form: form, FormOpen: open,
	}
	page.Editable = p.State != scheduler.ProposalSent && p.State != scheduler.ProposalWithdrawn
	page.CanOffer = p.Review == nil && (page.Editable || p.SentUncleared)
	if p.Review != nil {
		page.Answer = answerName(p.Review.Response, contactName(p.Contact))
	}
	contact, found, err := s.contactAt(r, p.Contact)
	if err != nil {
		return err
	}
	zone := f.zone
	if found {
		page.ContactID = contact.ID
		if theirs, ok := zoneNamed(contact.Wishes.Zone); ok && theirs.String() != f.zone.String() {
			page.Theirs, zone = &frame{zone: theirs, now: f.now}, theirs
		}
	}
	page.Mail = proposalMail(p, frame{zone: zone, now: f.now})
	if page.Log, err = s.Store.ActivityOf(ctx, r.rep.ID, p.ID); err != nil {
		return fmt.Errorf("load activity: %w", err)
	}
	if len(form.Problems) > 0 {
		f.Notices = append(f.Notices, problem("Nothing was changed: see what is marked below."))
	}
	return s.render(r, status, f, page)
}

// notesOf returns what the rep should know of p. Why a clearance was taken back is the
// first note, and is told beside the clearance.
func notesOf(p store.Proposal) []string {
	if p.Note == "" {
		return nil
	}
	notes := strings.Split(p.Note, "\n")
	if takenBack(p) && p.Review == nil {
		return notes[1:]
	}
	return notes
}

// contactAt returns the rep's contact with the address of who.
func (s *Site) contactAt(r *request, who scheduler.Contact) (contact store.Contact, found bool, err error) {
	address := who.Compared()
	list, err := s.Store.Contacts(r.Request.Context(), r.rep.ID, store.ContactQuery{Search: address})
	if err != nil {
		return store.Contact{}, false, fmt.Errorf("find contact: %w", err)
	}
	for _, c := range list.Items {
		if strings.EqualFold(c.Address, address) {
			return c, true, nil
		}
	}
	return store.Contact{}, false, nil
}

// proposalMail is a text for the rep to send; "": nothing is on offer. Times are f's.
func proposalMail(p store.Proposal, f frame) string {
	if p.BookingURL == "" || held(p.Offers) == 0 {
		return ""
	}
	var b strings.Builder
	hello := "Hello"
	if name := plain(p.Contact.Name); name != "" {
		hello += " " + name
	}
	ask := fmt.Sprintf("before I send you “%s”, I would like to go through it with you. It takes %s. Would one of these times suit you?",
		plain(p.Title), lengthWords(p.Duration))
	if p.Review != nil {
		ask = fmt.Sprintf("here are other times to go through “%s”. It stays on %s, %s, until you pick one.",
			plain(p.Title), f.LongDay(p.Review.Start), f.Clock(p.Review.Start))
	}
	fmt.Fprintf(&b, "%s,\n\n%s\n\n", hello, ask)
	for _, o := range p.Offers {
		if o.State == scheduler.OfferHeld {
			fmt.Fprintf(&b, "- %s, %s\n", f.LongDay(o.Start), f.Clock(o.Start))
		}
	}
	fmt.Fprintf(&b, "(%s time)\n\nPick one here, or tell me what suits you better:\n%s\n", f.Zone(), p.BookingURL)
	return b.String()
}

// updateProposal changes what the rep says of a proposal.
func (s *Site) updateProposal(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	form, n := readProposal(r)
	if len(form.Problems) == 0 {
		p, err := s.Update(ctx, r.rep.ID, id, n)
		if err == nil {
			return s.say(r, said("Saved: "+plain(p.Title)), proposalPath(p))
		}
		if !fieldProblems(err, form.Problems) {
			return fmt.Errorf("update proposal: %w", err)
		}
	}
	p, err := s.Store.Proposal(ctx, r.rep.ID, id)
	if err != nil {
		return fmt.Errorf("load proposal: %w", err)
	}
	return s.renderProposal(r, http.StatusUnprocessableEntity, p, form, true)
}

func proposalPath(p store.Proposal) string { return "/proposals/" + url.PathEscape(p.ID) }

// offer has fresh slots offered; a draft of the calendar's is confirmed by it.
func (s *Site) offer(r *request) error {
	p, err := s.Offer(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("offer slots: %w", err)
	}
	if held(p.Offers) == 0 {
		return s.say(r, problem("No time for the review was found."), proposalPath(p))
	}
	return s.say(r, said(createdWords(p)), proposalPath(p))
}

func (s *Site) markSent(r *request) error {
	p, err := s.Store.MarkSent(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("mark proposal as sent: %w", err)
	}
	if p.SentUncleared {
		return s.say(r, problem("Noted as sent, while it was not cleared: no review is booked. Their link still works."), proposalPath(p))
	}
	return s.say(r, said("Sent. The review is on both calendars."), proposalPath(p))
}

func (s *Site) withdraw(r *request) error {
	p, err := s.Store.Withdraw(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("withdraw proposal: %w", err)
	}
	words := "Withdrawn. What was held for it is coming off your calendar."
	if p.Review != nil {
		words = "Withdrawn. The review stays on your calendar: cancel it there if it is not to be."
	}
	return s.say(r, said(words), proposalPath(p))
}
