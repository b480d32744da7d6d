package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addHolds(h huma.API) {
	const one = "/holds/{id}"
	handle(a, h, operation{method: http.MethodGet, path: "/holds", id: "holds", summary: "Time held for follow-up"}, a.holds)
	handle(a, h, operation{method: http.MethodGet, path: one, id: "hold", summary: "One hold"}, a.hold)
	handle(a, h, operation{method: http.MethodPost, path: one + "/done", id: "hold-done", summary: "The touch was made"}, a.done)
	handle(a, h, operation{method: http.MethodPost, path: one + "/skip", id: "skip-hold", summary: "Do without this touch"}, a.skip)
	handle(a, h, operation{method: http.MethodPost, path: one + "/snooze", id: "snooze-hold", summary: "Put it off"}, a.snooze)
}

type holdsInput struct {
	PageInput
	State string `query:"state" enum:"planned,written,moved,done,skipped,released,unplaced" doc:"Only those in this state."`
}

func (a *API) holds(ctx context.Context, rep store.Rep, in *holdsInput) (store.Page[store.Hold], error) {
	return a.Store.Holds(ctx, rep.ID, in.query(in.State))
}

func (a *API) hold(ctx context.Context, rep store.Rep, in *IDInput) (store.Hold, error) {
	return a.Store.Hold(ctx, rep.ID, in.ID)
}

func (a *API) done(ctx context.Context, rep store.Rep, in *IDInput) (store.Hold, error) {
	return a.Store.Done(ctx, rep.ID, in.ID)
}

func (a *API) skip(ctx context.Context, rep store.Rep, in *IDInput) (store.Hold, error) {
	return a.Store.Skip(ctx, rep.ID, in.ID)
}

type snoozeInput struct {
	IDInput
	Body *snoozeTo
}

// snoozeTo says until when; nothing: the next business day.
type snoozeTo struct {
	Until *time.Time `json:"until,omitempty" doc:"The first free place on or after this time is taken."`
	Days  *int       `json:"days,omitempty" minimum:"1" maximum:"90" doc:"From the beginning of the day that is so many days from today."`
}

func (a *API) snooze(ctx context.Context, rep store.Rep, in *snoozeInput) (store.Hold, error) {
	until, err := in.Body.time(a.Now().In(zoneOf(rep)))
	if err != nil {
		return store.Hold{}, err
	}
	return a.Store.Snooze(ctx, rep.ID, in.ID, until)
}

// time returns the time that s means, now being in the rep's zone; zero where it says
// nothing.
func (s *snoozeTo) time(now time.Time) (time.Time, error) {
	switch {
	case s == nil, s.Until == nil && s.Days == nil:
		return time.Time{}, nil
	case s.Until != nil && s.Days != nil:
		return time.Time{}, invalid("days", "say either until or days")
	case s.Days != nil:
		return time.Date(now.Year(), now.Month(), now.Day()+*s.Days, 0, 0, 0, 0, now.Location()).UTC(), nil
	case !s.Until.After(now):
		return time.Time{}, invalid("until", "must be a time to come")
	}
	return s.Until.UTC(), nil
}
