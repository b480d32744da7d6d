package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addBacklog(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/backlog", id: "backlog", summary: "What the first look at the calendar found, and what would be written"}, a.backlog)
	handle(a, h, operation{method: http.MethodPost, path: "/backlog/accept", id: "accept-backlog", summary: "Place the holds"}, a.acceptBacklog)
	handle(a, h, operation{method: http.MethodPost, path: "/backlog/dismiss", id: "dismiss-backlog", summary: "Let it be"}, a.dismissBacklog)
}

func (a *API) backlog(ctx context.Context, rep store.Rep, _ *nothing) (store.Backlog, error) {
	return a.Store.Backlog(ctx, rep.ID)
}

func (a *API) acceptBacklog(ctx context.Context, rep store.Rep, _ *nothing) (store.Backlog, error) {
	if err := a.Store.AcceptBacklog(ctx, rep.ID); err != nil {
		return store.Backlog{}, err
	}
	return a.Store.Backlog(ctx, rep.ID)
}

func (a *API) dismissBacklog(ctx context.Context, rep store.Rep, _ *nothing) (store.Backlog, error) {
	if err := a.Store.DismissBacklog(ctx, rep.ID); err != nil {
		return store.Backlog{}, err
	}
	return a.Store.Backlog(ctx, rep.ID)
}
