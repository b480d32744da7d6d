package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

// NewFeed is a feed just made, or moved: its addresses are shown this once.
type NewFeed struct {
	store.Feed
	Addresses store.FeedAddresses `json:"addresses"`
}

func (a *API) addFeeds(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/feeds", id: "feeds", summary: "Feeds for calendar clients"}, a.listFeeds)
	handle(a, h, operation{method: http.MethodPost, path: "/feeds", id: "create-feed", summary: "Make a feed; its addresses are shown this once", status: http.StatusCreated}, a.createFeed)
	handle(a, h, operation{method: http.MethodPost, path: "/feeds/{id}/rotate", id: "rotate-feed", summary: "Give a feed other addresses; the old ones are good no more"}, a.rotateFeed)
	handleSilent(a, h, operation{method: http.MethodDelete, path: "/feeds/{id}", id: "delete-feed", summary: "End a feed, at once"}, a.deleteFeed)
}

func (a *API) listFeeds(ctx context.Context, rep store.Rep, in *PageInput) (store.Page[store.Feed], error) {
	all, err := a.Store.Feeds(ctx, rep.ID)
	if err != nil {
		return store.Page[store.Feed]{}, err
	}
	for i := range all {
		all[i] = localFeed(all[i], rep)
	}
	return pageOf(*in, all, func(f store.Feed) string { return f.ID })
}

// localFeed returns f with its times in the rep's zone.
func localFeed(f store.Feed, rep store.Rep) store.Feed {
	zone := zoneOf(rep)
	f.CreatedAt = f.CreatedAt.In(zone)
	f.LastReadAt = inZone(f.LastReadAt, zone)
	return f
}

// inZone returns *t in zone; nil stays nil.
func inZone(t *time.Time, zone *time.Location) *time.Time {
	if t == nil {
		return nil
	}
	local := t.In(zone)
	return &local
}

// feedInput is what is chosen of a feed. What it does not name is as by default; no day at
// all is a choice, too, so days are pointers.
type feedInput struct {
	Body struct {
		Name      string               `json:"name" minLength:"1" maxLength:"100"`
		Contents  *[]store.FeedContent `json:"contents,omitempty" enum:"holds,flags,proposals,reminders" doc:"By default holds, flags and proposals; in a team feed flags and proposals; where only busy times are told holds and proposals."`
		Detail    store.FeedDetail     `json:"detail,omitempty" enum:"full,titles,busy" default:"full"`
		DaysBack  *int                 `json:"days_back,omitempty" minimum:"0" maximum:"365" default:"14"`
		DaysAhead *int                 `json:"days_ahead,omitempty" minimum:"0" maximum:"365" default:"90"`
		FlagsAs   store.FlagsAs        `json:"flags_as,omitempty" enum:"all_day,todo" default:"all_day"`
		Alarms    bool                 `json:"alarms,omitempty"`
		Team      bool                 `json:"team,omitempty"`
	}
}

func (in *feedInput) choice() store.FeedChoice {
	b := &in.Body
	c := store.FeedChoice{
		Name: b.Name, Detail: b.Detail, DaysBack: *b.DaysBack, DaysAhead: *b.DaysAhead, FlagsAs: b.FlagsAs, Alarms: b.Alarms, Team: b.Team,
	}
	switch {
	case b.Contents != nil:
		c.Contents = *b.Contents
	case c.Team:
		c.Contents = []store.FeedContent{store.FeedFlags, store.FeedProposals}
	case c.Detail == store.FeedBusy:
		c.Contents = []store.FeedContent{store.FeedHolds, store.FeedProposals}
	default:
		c.Contents = store.DefaultFeed().Contents
	}
	return c
}

func (a *API) createFeed(ctx context.Context, rep store.Rep, in *feedInput) (NewFeed, error) {
	feed, at, err := a.Store.CreateFeed(ctx, rep.ID, in.choice())
	return NewFeed{localFeed(feed, rep), at}, err
}

func (a *API) rotateFeed(ctx context.Context, rep store.Rep, in *IDInput) (NewFeed, error) {
	feed, at, err := a.Store.RotateFeed(ctx, rep.ID, in.ID)
	return NewFeed{localFeed(feed, rep), at}, err
}

func (a *API) deleteFeed(ctx context.Context, rep store.Rep, in *IDInput) error {
	return a.Store.DeleteFeed(ctx, rep.ID, in.ID)
}
