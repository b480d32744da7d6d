package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addContacts(h huma.API) {
	const one = "/contacts/{id}"
	handle(a, h, operation{method: http.MethodGet, path: "/contacts", id: "contacts", summary: "Prospects' people, and how they want to be followed up"}, a.contacts)
	handle(a, h, operation{method: http.MethodGet, path: one, id: "contact", summary: "One contact"}, a.contact)
	handle(a, h, operation{method: http.MethodPatch, path: one, id: "change-contact", summary: "Say how a contact wants to be followed up"}, a.changeContact)
	handle(a, h, operation{method: http.MethodPost, path: one + "/ask", id: "ask-contact", summary: "A link at which the contact says how they want to be followed up; send it yourself"}, a.askContact)
}

type contactsInput struct {
	PageInput
	Prospect string `query:"prospect" maxLength:"254" doc:"Only the people of this prospect."`
	Search   string `query:"search" maxLength:"254" doc:"Only those whose name or address has this in it."`
}

func (a *API) contacts(ctx context.Context, rep store.Rep, in *contactsInput) (store.Page[store.Contact], error) {
	return a.Store.Contacts(ctx, rep.ID, store.ContactQuery{Query: in.query(""), Prospect: in.Prospect, Search: in.Search})
}

func (a *API) contact(ctx context.Context, rep store.Rep, in *IDInput) (store.Contact, error) {
	return a.Store.Contact(ctx, rep.ID, in.ID)
}

type contactInput struct {
	IDInput
	Body store.ContactChange
}

func (a *API) changeContact(ctx context.Context, rep store.Rep, in *contactInput) (store.Contact, error) {
	return a.Store.UpdateContact(ctx, rep.ID, in.ID, in.Body)
}

// Asking is where a contact is asked.
type Asking struct {
	URL string `json:"url" format:"uri"`
}

func (a *API) askContact(ctx context.Context, rep store.Rep, in *IDInput) (Asking, error) {
	address, err := a.Store.AskContact(ctx, rep.ID, in.ID)
	return Asking{address}, err
}
