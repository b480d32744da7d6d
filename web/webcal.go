package web

import (
	"errors"
	"fmt"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// watchCalendar begins to watch a calendar elsewhere, which is read before the answer.
func (s *Site) watchCalendar(r *request) error {
	calendar, err := s.Watch(r.Request.Context(), r.rep.ID, store.NewWebcal{
		Address: r.PostForm("address"), Name: r.PostForm("name"), Counts: r.PostForm("counts") == "true", Blocks: true,
	})
	if why := notWatched(err); why != "" {
		return s.say(r, problem("Not added. "+plain(why)), "/connection")
	}
	if err != nil {
		return fmt.Errorf("watch calendar: %w", err)
	}
	return s.say(r, said(plain(calendar.Name)+" is watched from now on."), "/connection")
}

// notWatched says in words why a calendar elsewhere cannot be watched; "": that is no
// fault of the calendar's.
func notWatched(err error) string {
	var unread *scheduler.WebcalError
	var wrong *store.InvalidError
	switch {
	case errors.As(err, &unread):
		return unread.Words
	case errors.As(err, &wrong):
		return "This calendar " + wrong.Fields[0].Message + "."
	case errors.Is(err, scheduler.ErrNotPossible):
		return "As many calendars are watched as there can be. Remove one first."
	}
	return ""
}

// removeCalendar ends the watching of a calendar elsewhere.
func (s *Site) removeCalendar(r *request) error {
	if err := s.Store.RemoveWebcal(r.Request.Context(), r.rep.ID, r.Param("id")); err != nil {
		return fmt.Errorf("remove calendar: %w", err)
	}
	return s.say(r, said("Removed. Nothing of that calendar is known here any more."), "/connection")
}
