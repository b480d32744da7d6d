package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addActivity(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/activity", id: "activity", summary: "What happened, the latest first"}, a.activity)
}

func (a *API) activity(ctx context.Context, rep store.Rep, in *PageInput) (store.Page[store.Activity], error) {
	return a.Store.Activity(ctx, rep.ID, in.query(""))
}
