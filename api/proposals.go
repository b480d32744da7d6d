package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func (a *API) addProposals(h huma.API) {
	const all, one = "/proposals", "/proposals/{id}"
	handle(a, h, operation{method: http.MethodGet, path: all, id: "proposals", summary: "Proposals, and whether they may be sent"}, a.proposals)
	handle(a, h, operation{method: http.MethodPost, path: all, id: "create-proposal", summary: "Have a review booked before a proposal is sent: times for it are held, and booking_url is for you to send", status: http.StatusCreated}, a.createProposal)
	handle(a, h, operation{method: http.MethodGet, path: one, id: "proposal", summary: "One proposal"}, a.proposal)
	handle(a, h, operation{method: http.MethodPatch, path: one, id: "change-proposal", summary: "Change what was said of a proposal"}, a.changeProposal)
	handle(a, h, operation{method: http.MethodPost, path: one + "/offers", id: "offer-slots", summary: "Offer fresh slots for the review"}, a.offer)
	handle(a, h, operation{method: http.MethodGet, path: one + "/clearance", id: "clearance", summary: "May it be sent? Only while a review that both sides agreed on is on the calendar"}, a.clearance)
	handle(a, h, operation{method: http.MethodPost, path: one + "/sent", id: "proposal-sent", summary: "It was sent, cleared or not"}, a.sent)
	handle(a, h, operation{method: http.MethodPost, path: one + "/withdraw", id: "withdraw-proposal", summary: "It will not be sent: what is on offer goes"}, a.withdraw)
}

type proposalsInput struct {
	PageInput
	State string `query:"state" enum:"draft,offered,booked,cleared,sent,withdrawn" doc:"Only those in this state."`
}

func (a *API) proposals(ctx context.Context, rep store.Rep, in *proposalsInput) (store.Page[store.Proposal], error) {
	return a.Store.Proposals(ctx, rep.ID, in.query(in.State))
}

// NewProposal is what has to be said of a proposal, and what may be. It is exported, as
// ProposalDetails is, for the names of the schemas.
type NewProposal struct {
	ProposalDetails
	Title  string `json:"title" minLength:"1" doc:"As the prospect reads it."`
	SendOn string `json:"send_on" format:"date" doc:"The day on which it is to be sent."`
}

// ProposalChange is what changes of a proposal: what it does not name stays.
type ProposalChange struct {
	ProposalDetails
	Title  string `json:"title,omitempty" minLength:"1" doc:"As the prospect reads it."`
	SendOn string `json:"send_on,omitempty" format:"date" doc:"The day on which it is to be sent."`
}

// ProposalDetails is what has a default.
type ProposalDetails struct {
	Prospect string           `json:"prospect,omitempty" minLength:"1" doc:"A company's domain, or an address at a free-mail domain. Default: the contact's."`
	Contact  *ProposalContact `json:"contact,omitempty" doc:"Who is to be at the review. Default: whom you met last of the prospect's people."`
	Duration string           `json:"duration,omitempty" example:"30m" doc:"Of the review. Default: what your settings say."`
	FirstDay int              `json:"first_day,omitempty" minimum:"1" doc:"The first business day after the send date on which the review may be."`
	LastDay  int              `json:"last_day,omitempty" minimum:"1" doc:"The last one."`
}

// ProposalContact is whom a proposal is for.
type ProposalContact struct {
	Address string `json:"address" minLength:"1"`
	Name    string `json:"name,omitempty"`
}

func (d *ProposalDetails) proposal(title, sendOn string) (store.NewProposal, error) {
	n := store.NewProposal{Prospect: d.Prospect, Title: title, SendOn: sendOn, FirstDay: d.FirstDay, LastDay: d.LastDay}
	if d.Contact != nil {
		n.Contact = scheduler.Contact(*d.Contact)
	}
	var err error
	n.Duration, err = lengthOf("duration", d.Duration)
	return n, err
}

// lengthOf reads a duration that must be some; "": it was left out.
func lengthOf(field, text string) (store.Duration, error) {
	if text == "" {
		return 0, nil
	}
	var d store.Duration
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return 0, invalid(field, err.Error())
	}
	if d <= 0 {
		return 0, invalid(field, "must be longer than nothing")
	}
	return d, nil
}

type newProposalInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"The same sent again with the same key is the same proposal."`
	Body NewProposal
}

func (a *API) createProposal(ctx context.Context, rep store.Rep, in *newProposalInput) (store.Proposal, error) {
	n, err := in.Body.proposal(in.Body.Title, in.Body.SendOn)
	if err != nil {
		return store.Proposal{}, err
	}
	n.Key = in.Key
	return a.Propose(ctx, rep.ID, n)
}

func (a *API) proposal(ctx context.Context, rep store.Rep, in *IDInput) (store.Proposal, error) {
	return a.Store.Proposal(ctx, rep.ID, in.ID)
}

type proposalChangeInput struct {
	IDInput
	Body ProposalChange
}

func (a *API) changeProposal(ctx context.Context, rep store.Rep, in *proposalChangeInput) (store.Proposal, error) {
	n, err := in.Body.proposal(in.Body.Title, in.Body.SendOn)
	if err != nil {
		return store.Proposal{}, err
	}
	return a.Update(ctx, rep.ID, in.ID, n)
}

func (a *API) offer(ctx context.Context, rep store.Rep, in *IDInput) (store.Proposal, error) {
	return a.Offer(ctx, rep.ID, in.ID)
}

// clearance is what a CRM or an e-signature tool asks before it sends. It is kept, and
// nothing has to be read from the provider first.
func (a *API) clearance(ctx context.Context, rep store.Rep, in *IDInput) (store.Clearance, error) {
	p, err := a.Store.Proposal(ctx, rep.ID, in.ID)
	return p.Clearance, err
}

func (a *API) sent(ctx context.Context, rep store.Rep, in *IDInput) (store.Proposal, error) {
	return a.Store.MarkSent(ctx, rep.ID, in.ID)
}

func (a *API) withdraw(ctx context.Context, rep store.Rep, in *IDInput) (store.Proposal, error) {
	return a.Store.Withdraw(ctx, rep.ID, in.ID)
}
