package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

// Calendar is a calendar in the rep's list.
type Calendar struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind" enum:"google,webcal" doc:"webcal: a calendar elsewhere, watched by its address. It is only read."`
	Name     string          `json:"name"`
	Host     string          `json:"host" doc:"Where a webcal calendar is. The rest of its address may be a secret, and is not shown."`
	Timezone string          `json:"timezone"`
	Primary  bool            `json:"primary" doc:"Holds are written into it, so it is never left out: it counts, blocks, or both."`
	Owned    bool            `json:"owned" doc:"It may be read and written. Of others at Google only the busy times can be read: they can block, and not count."`
	Counts   bool            `json:"counts" doc:"Its meetings need next steps, and are some."`
	Blocks   bool            `json:"blocks" doc:"Its events take the rep's time."`
	LastSync *time.Time      `json:"last_sync" doc:"When what is known of it was read, or found unchanged."`
	Age      *store.Duration `json:"age" doc:"How long ago that was."`
	Error    string          `json:"error" doc:"Why it could not be read, in words. What was known of it stays."`
}

func (a *API) calendarOf(c store.Calendar, rep store.Rep) Calendar {
	shown := Calendar{
		ID: c.ID, Kind: string(c.Kind), Name: c.Name, Host: c.Host, Timezone: c.Zone, Primary: c.Primary, Owned: c.Owned,
		Counts: c.Counts, Blocks: c.Blocks, Error: c.Error,
	}
	if c.SyncedAt != nil {
		local, age := c.SyncedAt.In(zoneOf(rep)), store.Duration(a.Now().Sub(*c.SyncedAt).Truncate(time.Second))
		shown.LastSync, shown.Age = &local, &age
	}
	return shown
}

func (a *API) addCalendars(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/calendars", id: "calendars", summary: "Calendars"}, a.calendars)
	handle(a, h, operation{
		method: http.MethodPost, path: "/calendars", id: "watch-calendar", summary: "Watch a calendar elsewhere by its address", status: http.StatusCreated,
	}, a.watchCalendar)
	handle(a, h, operation{method: http.MethodPatch, path: "/calendars/{id}", id: "choose-calendar", summary: "Say what a calendar is for"}, a.chooseCalendar)
	handleSilent(a, h, operation{method: http.MethodDelete, path: "/calendars/{id}", id: "remove-calendar", summary: "Watch a calendar elsewhere no more"}, a.removeCalendar)
}

func (a *API) calendars(ctx context.Context, rep store.Rep, in *PageInput) (store.Page[Calendar], error) {
	all, err := a.Store.Calendars(ctx, rep.ID)
	if err != nil {
		return store.Page[Calendar]{}, err
	}
	shown := make([]Calendar, 0, len(all))
	for _, c := range all {
		shown = append(shown, a.calendarOf(c, rep))
	}
	return pageOf(*in, shown, func(c Calendar) string { return c.ID })
}

type calendarInput struct {
	IDInput
	Body struct {
		Counts *bool `json:"counts,omitempty"`
		Blocks *bool `json:"blocks,omitempty"`
	}
}

func (a *API) chooseCalendar(ctx context.Context, rep store.Rep, in *calendarInput) (Calendar, error) {
	c, err := a.Store.ChooseCalendar(ctx, rep.ID, in.ID, in.Body.Counts, in.Body.Blocks)
	return a.calendarOf(c, rep), err
}

type watchInput struct {
	Body struct {
		Address string `json:"address" maxLength:"2000" doc:"Where its iCalendar file is: https, http, or webcal, which means https."`
		Name    string `json:"name,omitempty" maxLength:"200" doc:"Else it is called as it calls itself."`
		Counts  bool   `json:"counts,omitempty" doc:"Its meetings need next steps, and are some."`
		Blocks  *bool  `json:"blocks,omitempty" doc:"Its events take the rep's time. Without it they do."`
	}
}

// watchCalendar reads a calendar elsewhere before it answers.
func (a *API) watchCalendar(ctx context.Context, rep store.Rep, in *watchInput) (Calendar, error) {
	blocks := in.Body.Blocks == nil || *in.Body.Blocks
	c, err := a.Watch(ctx, rep.ID, store.NewWebcal{Address: in.Body.Address, Name: in.Body.Name, Counts: in.Body.Counts, Blocks: blocks})
	return a.calendarOf(c, rep), err
}

func (a *API) removeCalendar(ctx context.Context, rep store.Rep, in *IDInput) error {
	return a.Store.RemoveWebcal(ctx, rep.ID, in.ID)
}
