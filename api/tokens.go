package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

// NewToken is a token just made: its secret is shown this once.
type NewToken struct {
	store.Token
	Secret string `json:"secret"`
}

func (a *API) addTokens(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/tokens", id: "tokens", summary: "Personal tokens"}, a.tokens)
	handle(a, h, operation{method: http.MethodPost, path: "/tokens", id: "create-token", summary: "Make a personal token (in a session only)", status: http.StatusCreated}, a.createToken)
	handleSilent(a, h, operation{method: http.MethodDelete, path: "/tokens/{id}", id: "delete-token", summary: "End a token (in a session only)"}, a.deleteToken)
}

func (a *API) tokens(ctx context.Context, rep store.Rep, in *PageInput) (store.Page[store.Token], error) {
	all, err := a.Store.Tokens(ctx, rep.ID)
	if err != nil {
		return store.Page[store.Token]{}, err
	}
	for i := range all {
		all[i] = local(all[i], rep)
	}
	return pageOf(*in, all, func(t store.Token) string { return t.ID })
}

// local returns t with its times in the rep's zone.
func local(t store.Token, rep store.Rep) store.Token {
	zone := zoneOf(rep)
	t.CreatedAt = t.CreatedAt.In(zone)
	if t.LastUsedAt != nil {
		used := t.LastUsedAt.In(zone)
		t.LastUsedAt = &used
	}
	return t
}

type tokenInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" doc:"What it is for."`
	}
}

func (a *API) createToken(ctx context.Context, rep store.Rep, in *tokenInput) (NewToken, error) {
	if err := inSession(ctx); err != nil {
		return NewToken{}, err
	}
	token, secret, err := a.Store.CreateToken(ctx, rep.ID, in.Body.Name)
	return NewToken{local(token, rep), secret}, err
}

func (a *API) deleteToken(ctx context.Context, rep store.Rep, in *IDInput) error {
	if err := inSession(ctx); err != nil {
		return err
	}
	return a.Store.DeleteToken(ctx, rep.ID, in.ID)
}

// inSession keeps a token that leaked from making others, or ending those of its
// owner.
func inSession(ctx context.Context) error {
	if !callerOf(ctx).session {
		return problemOf(http.StatusForbidden, "Sign in for this: a token may not make or end tokens.")
	}
	return nil
}
