package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// lookAgain is after how many seconds the page of a sync under way looks again.
const lookAgain = 2

// backlogPage is what the first sync found, and what would be written.
type backlogPage struct {
	Calendars []store.Calendar // while they are being read
	store.Backlog
	Rate  share
	Cards []flagCard
	Holds int
	// First and Last are the days of the first and last hold.
	First, Last time.Time
}

func (s *Site) backlog(r *request) error {
	if r.rep.Backlog == scheduler.BacklogFirst {
		return s.firstSync(r)
	}
	found, err := s.Store.Backlog(r.Request.Context(), r.rep.ID)
	if err != nil {
		return fmt.Errorf("load backlog: %w", err)
	}
	f := s.frame(r, "backlog", "What was found")
	page := backlogPage{Backlog: found, Rate: shareOf(found.Counts)}
	var starts []time.Time
	for _, flag := range found.Flags {
		card := f.flagCard(flag, false)
		page.Cards = append(page.Cards, card)
		for _, h := range card.Holds {
			starts = append(starts, h.Start)
		}
	}
	if page.Holds = len(starts); page.Holds > 0 {
		page.First, page.Last = slices.MinFunc(starts, time.Time.Compare), slices.MaxFunc(starts, time.Time.Compare)
	}
	return s.render(r, http.StatusOK, f, page)
}

// firstSync shows how far the first look at the calendars is.
func (s *Site) firstSync(r *request) error {
	calendars, err := s.Store.Calendars(r.Request.Context(), r.rep.ID)
	if err != nil {
		return fmt.Errorf("load calendars: %w", err)
	}
	f := s.frame(r, "reading", "Reading your calendar")
	f.Refresh = lookAgain
	reading := slices.DeleteFunc(calendars, func(c store.Calendar) bool { return !c.Counts && !c.Blocks })
	return s.render(r, http.StatusOK, f, backlogPage{Calendars: reading})
}

func (s *Site) acceptBacklog(r *request) error {
	if err := s.Store.AcceptBacklog(r.Request.Context(), r.rep.ID); err != nil {
		return fmt.Errorf("accept backlog: %w", err)
	}
	return s.say(r, said("All of it is going onto your calendar now. Move, edit or delete any of it there: your word counts."), "/today")
}

func (s *Site) dismissBacklog(r *request) error {
	if err := s.Store.DismissBacklog(r.Request.Context(), r.rep.ID); err != nil {
		return fmt.Errorf("dismiss backlog: %w", err)
	}
	return s.say(r, said("Left be. Meetings that end from now on get their holds by themselves."), "/today")
}
