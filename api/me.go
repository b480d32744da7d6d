package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Me is the rep who asks.
type Me struct {
	ID          string            `json:"id"`
	Email       string            `json:"email"`
	Name        string            `json:"name"`
	Timezone    string            `json:"timezone" doc:"IANA name"`
	State       store.RepState    `json:"state" enum:"connected,paused,reconnect"`
	Reason      string            `json:"reason" doc:"Why it is not connected, in words."`
	Backlog     scheduler.Backlog `json:"backlog" enum:"first,pending,accepted,dismissed"`
	ConnectedAt time.Time         `json:"connected_at"`
}

func (a *API) addMe(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/me", id: "me", summary: "Who am I"}, a.me)
}

func (a *API) me(_ context.Context, rep store.Rep, _ *nothing) (Me, error) {
	return Me{
		ID: rep.ID, Email: rep.Email, Name: rep.Name, Timezone: rep.Zone, State: rep.State, Reason: rep.Reason,
		Backlog: rep.Backlog, ConnectedAt: rep.ConnectedAt.In(zoneOf(rep)),
	}, nil
}

// zoneOf returns the rep's zone, in which they are told times.
func zoneOf(rep store.Rep) *time.Location {
	zone, err := time.LoadLocation(rep.Zone)
	if err != nil {
		return time.UTC // this machine does not know it any more: the instant is right still
	}
	return zone
}
