package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addConnection(h huma.API) {
	const path = "/connection"
	handle(a, h, operation{method: http.MethodGet, path: path, id: "connection", summary: "How well Holdfast is connected"}, a.connection)
	handle(a, h, operation{method: http.MethodPost, path: path + "/pause", id: "pause", summary: "Write nothing for a while"}, a.pause)
	handle(a, h, operation{method: http.MethodPost, path: path + "/resume", id: "resume", summary: "Write again"}, a.resume)
	handle(a, h, operation{method: http.MethodPost, path: path + "/sync", id: "sync", summary: "Read the calendars now", status: http.StatusAccepted}, a.sync)
	handleSilent(a, h, operation{method: http.MethodDelete, path: path, id: "disconnect", summary: "Disconnect, and remove everything on demand"}, a.disconnect)
}

func (a *API) connection(ctx context.Context, rep store.Rep, _ *nothing) (store.Health, error) {
	return a.Store.Health(ctx, rep.ID)
}

func (a *API) pause(ctx context.Context, rep store.Rep, _ *nothing) (store.Health, error) {
	if rep.State == store.Reconnect {
		return store.Health{}, notPossible("the connection to Google is broken; nothing is written anyway")
	}
	if err := a.Store.Pause(ctx, rep.ID); err != nil {
		return store.Health{}, err
	}
	return a.Store.Health(ctx, rep.ID)
}

func (a *API) resume(ctx context.Context, rep store.Rep, _ *nothing) (store.Health, error) {
	if rep.State == store.Reconnect {
		return store.Health{}, notPossible("the connection to Google is broken; sign in again")
	}
	if err := a.Store.Resume(ctx, rep.ID); err != nil {
		return store.Health{}, err
	}
	return a.Store.Health(ctx, rep.ID)
}

func (a *API) sync(ctx context.Context, rep store.Rep, _ *nothing) (store.Health, error) {
	if rep.State == store.Reconnect {
		return store.Health{}, notPossible("the connection to Google is broken; sign in again")
	}
	if err := a.Store.SyncNow(ctx, rep.ID); err != nil {
		return store.Health{}, err
	}
	return a.Store.Health(ctx, rep.ID)
}

type disconnectInput struct {
	Purge bool `query:"purge" doc:"Remove every event Holdfast wrote, and erase everything here. Otherwise flags, holds and the log stay."`
}

func (a *API) disconnect(ctx context.Context, rep store.Rep, in *disconnectInput) error {
	if err := a.Store.Disconnect(ctx, rep.ID, in.Purge); err != nil {
		return err
	}
	if !callerOf(ctx).session {
		return nil
	}
	return a.sessions.Destroy(ctx)
}
