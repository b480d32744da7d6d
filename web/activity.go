package web

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"holdfast/scheduler/store"
)

// activityPage is the log of what Holdfast did, latest first.
type activityPage struct {
	Days []activityDay
	Next string // link to what came before
}

// activityDay is what was done on one day.
type activityDay struct {
	Day     time.Time
	Entries []store.Activity
}

func (s *Site) activity(r *request) error {
	log, err := s.Store.Activity(r.Request.Context(), r.rep.ID, store.Query{Cursor: r.Query("before")})
	if err != nil {
		return fmt.Errorf("load activity: %w", err)
	}
	f := s.frame(r, "activity", "Activity")
	var page activityPage
	for _, entry := range log.Items {
		if n := len(page.Days); n == 0 || !f.sameDay(page.Days[n-1].Day, entry.At) {
			page.Days = append(page.Days, activityDay{Day: entry.At})
		}
		last := &page.Days[len(page.Days)-1]
		last.Entries = append(last.Entries, entry)
	}
	if log.Next != nil {
		page.Next = "/activity?" + url.Values{"before": {*log.Next}}.Encode()
	}
	return s.render(r, http.StatusOK, f, page)
}
