package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func (a *API) addFlags(h huma.API) {
	const one = "/flags/{id}"
	handle(a, h, operation{method: http.MethodGet, path: "/flags", id: "flags", summary: "Meetings without a next step"}, a.flags)
	handle(a, h, operation{method: http.MethodGet, path: one, id: "flag", summary: "One flag"}, a.flag)
	handle(a, h, operation{method: http.MethodPost, path: one + "/waive", id: "waive-flag", summary: "Let the meeting be without a next step"}, a.waive)
	handle(a, h, operation{method: http.MethodPost, path: one + "/did-not-happen", id: "did-not-happen", summary: "The meeting did not take place"}, a.didNotHappen)
	handle(a, h, operation{method: http.MethodPost, path: one + "/holds", id: "place-holds", summary: "Place the flag's holds now"}, a.placeHolds)
}

type flagsInput struct {
	PageInput
	State string `query:"state" enum:"open,resolved,waived,expired" doc:"Only those in this state."`
}

func (a *API) flags(ctx context.Context, rep store.Rep, in *flagsInput) (store.Page[store.Flag], error) {
	return a.Store.Flags(ctx, rep.ID, in.query(in.State))
}

func (a *API) flag(ctx context.Context, rep store.Rep, in *IDInput) (store.Flag, error) {
	return a.Store.Flag(ctx, rep.ID, in.ID)
}

type waiveInput struct {
	IDInput
	Body struct {
		Reason   scheduler.WaiverReason `json:"reason" enum:"agreed_otherwise,no_next_step_needed,not_interested,lost,not_a_prospect"`
		Note     string                 `json:"note,omitempty" maxLength:"2000"`
		ResumeOn string                 `json:"resume_on,omitempty" format:"date" doc:"The day from which the meeting may be flagged again."`
	}
}

func (a *API) waive(ctx context.Context, rep store.Rep, in *waiveInput) (store.Flag, error) {
	if on := in.Body.ResumeOn; on != "" && on <= a.Now().In(zoneOf(rep)).Format(time.DateOnly) {
		return store.Flag{}, invalid("resume_on", "must be a day to come")
	}
	return a.Store.Waive(ctx, rep.ID, in.ID, store.Waiver(in.Body))
}

func (a *API) didNotHappen(ctx context.Context, rep store.Rep, in *IDInput) (store.Flag, error) {
	return a.Store.DidNotHappen(ctx, rep.ID, in.ID)
}

func (a *API) placeHolds(ctx context.Context, rep store.Rep, in *IDInput) (store.Flag, error) {
	return a.Store.PlaceHolds(ctx, rep.ID, in.ID)
}
