package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler/store"
)

// demoElsewherePath is where the sample rep's other calendar is published.
const demoElsewherePath = "/elsewhere/family.ics"

// elsewhere answers with the sample rep's other calendar, which is at no Google. It has
// three lunch breaks less.
func (d *demoCalendar) elsewhere(w http.ResponseWriter, _ *http.Request) {
	now := d.now().In(d.zone)
	stamp := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.zone)
	var entries []ics.Entry
	for i, title := range []string{"Parents' evening: pick up the key", "School concert", "Swap winter tyres"} {
		start := businessDay(stamp, 2+3*i).Add(12 * time.Hour)
		entries = append(entries, ics.Entry{
			UID: fmt.Sprintf("%d-%s@family.example", i, start.Format(time.DateOnly)), Summary: title, Start: start, End: start.Add(time.Hour), Stamp: stamp,
		})
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	if err := ics.Write(w, "Family", entries); err != nil {
		d.log.Warn("the calendar elsewhere is not written", "error", err)
	}
}

// connectOthers has the rep's other calendar watched, and makes a feed for their phone.
func (d *demoStage) connectOthers(ctx context.Context) error {
	if _, err := d.service.runner.AddWebcal(ctx, d.rep, store.NewWebcal{Address: d.google.url + demoElsewherePath, Blocks: true}); err != nil {
		return err
	}
	feed := store.DefaultFeed()
	feed.Name = "Phone"
	_, _, err := d.service.store.CreateFeed(ctx, d.rep, feed)
	return err
}
