package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Slots are times to go through a proposal together, as the command of that name
// prints them.
type Slots struct {
	Slots      []scheduler.Slot  `json:"slots"`
	Considered int               `json:"considered" doc:"How many starts were looked at."`
	Refused    scheduler.Refused `json:"refused" doc:"Why so many of them are not free."`
}

func (a *API) addSlots(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/slots", id: "slots", summary: "Times to go through a proposal together"}, a.slots)
}

type slotsInput struct {
	Contact  string `query:"contact" maxLength:"254" doc:"Their address: what they asked for, their zone and their holidays count, and when they are busy, where their calendar shows it."`
	After    string `query:"after" example:"2026-12-01" doc:"When the proposal is to be sent: a day, or a time. Default: now."`
	Duration string `query:"duration" example:"30m" doc:"How long it lasts. Default: what your settings say."`
	Count    int    `query:"count" minimum:"1" maximum:"20" doc:"How many to find. Default: what your settings say."`
}

func (a *API) slots(ctx context.Context, rep store.Rep, in *slotsInput) (Slots, error) {
	q := store.SlotsQuery{Contact: in.Contact, Count: in.Count}
	var err error
	if q.After, err = momentIn("after", in.After, zoneOf(rep)); err != nil {
		return Slots{}, err
	}
	length, err := lengthOf("duration", in.Duration)
	if err != nil {
		return Slots{}, err
	}
	q.Duration = time.Duration(length)
	found, err := a.FindSlots(ctx, rep.ID, q)
	return Slots(found), err
}

// momentIn reads a time, or a day that begins in zone; "": zero.
func momentIn(field, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, invalid(field, "is no time such as 2026-12-01T09:00:00Z and no day such as 2026-12-01")
}
