package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addStats(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/stats", id: "stats", summary: "How many meetings have a next step"}, a.stats)
}

func (a *API) stats(ctx context.Context, rep store.Rep, _ *nothing) (store.Stats, error) {
	return a.Store.Stats(ctx, rep.ID)
}
