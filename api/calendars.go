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
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Timezone string     `json:"timezone"`
	Primary  bool       `json:"primary"`
	Owned    bool       `json:"owned" doc:"It may be read and written. Of others only the busy times can be read: they can block, and not count."`
	Counts   bool       `json:"counts" doc:"Its meetings need next steps, and are some."`
	Blocks   bool       `json:"blocks" doc:"Its events take the rep's time."`
	LastSync *time.Time `json:"last_sync"`
	Error    string     `json:"error" doc:"Why it could not be read, in words. What was known of it stays."`
}

func calendarOf(c store.Calendar, zone *time.Location) Calendar {
	shown := Calendar{
		ID: c.ID, Name: c.Name, Timezone: c.Zone, Primary: c.Primary, Owned: c.Owned, Counts: c.Counts, Blocks: c.Blocks, Error: c.Error,
	}
	if c.SyncedAt != nil {
		local := c.SyncedAt.In(zone)
		shown.LastSync = &local
	}
	return shown
}

func (a *API) addCalendars(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/calendars", id: "calendars", summary: "Calendars"}, a.calendars)
	handle(a, h, operation{method: http.MethodPatch, path: "/calendars/{id}", id: "choose-calendar", summary: "Say what a calendar is for"}, a.chooseCalendar)
}

func (a *API) calendars(ctx context.Context, rep store.Rep, in *PageInput) (store.Page[Calendar], error) {
	all, err := a.Store.Calendars(ctx, rep.ID)
	if err != nil {
		return store.Page[Calendar]{}, err
	}
	shown := make([]Calendar, 0, len(all))
	for _, c := range all {
		shown = append(shown, calendarOf(c, zoneOf(rep)))
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
	return calendarOf(c, zoneOf(rep)), err
}
