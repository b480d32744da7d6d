package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// connectionPage is how the connection to Google is.
type connectionPage struct {
	store.Health
	StateName string
	Waiting   int              // changes to be written
	Calendars []store.Calendar // at Google
	Elsewhere []store.Calendar
}

func (s *Site) connection(r *request) error {
	ctx := r.Request.Context()
	health, err := s.Store.Health(ctx, r.rep.ID)
	if err != nil {
		return fmt.Errorf("load health: %w", err)
	}
	calendars, err := s.Store.Calendars(ctx, r.rep.ID)
	if err != nil {
		return fmt.Errorf("load calendars: %w", err)
	}
	page := connectionPage{Health: health, StateName: connectionName(health.State), Waiting: int(health.Waiting)}
	for _, c := range calendars {
		if c.Kind == store.WebcalCalendar {
			page.Elsewhere = append(page.Elsewhere, c)
			continue
		}
		page.Calendars = append(page.Calendars, c)
	}
	return s.render(r, http.StatusOK, s.frame(r, "connection", "Connection"), page)
}

func (s *Site) pause(r *request) error {
	if err := s.Store.Pause(r.Request.Context(), r.rep.ID); err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	return s.say(r, said("Paused. Holdfast reads your calendar and writes nothing."), "/connection")
}

func (s *Site) resume(r *request) error {
	if err := s.Store.Resume(r.Request.Context(), r.rep.ID); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return s.say(r, said("Resumed. What is due is being written now."), "/connection")
}

func (s *Site) sync(r *request) error {
	if err := s.Store.SyncNow(r.Request.Context(), r.rep.ID); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return s.say(r, said("Reading your calendar now."), "/connection")
}

// chooseCalendar says what a calendar is for.
func (s *Site) chooseCalendar(r *request) error {
	use := r.PostForm("use")
	counts, blocks := use == "counts", use == "counts" || use == "blocks"
	calendar, err := s.Store.ChooseCalendar(r.Request.Context(), r.rep.ID, r.PostForm("calendar"), &counts, &blocks)
	if errors.Is(err, scheduler.ErrNotPossible) {
		return s.say(r, problem("Nothing was changed: "+why(err)+"."), "/connection")
	}
	if err != nil {
		return fmt.Errorf("choose calendar: %w", err)
	}
	return s.say(r, said(plain(calendar.Name)+": noted."), "/connection")
}

// disconnect takes Holdfast off the rep's calendar. Removing everything asks for
// the rep's address, so that no slip of the hand does it.
func (s *Site) disconnect(r *request) error {
	purge := r.PostForm("purge") == "true"
	if typed := strings.TrimSpace(r.PostForm("confirm")); purge && !strings.EqualFold(typed, r.rep.Email) {
		return s.say(r, problem("Nothing was removed: what you typed is not "+plain(r.rep.Email)+"."), "/connection")
	}
	if err := s.Store.Disconnect(r.Request.Context(), r.rep.ID, purge); err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	if err := s.SignOut(r.Request); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	s.Say(r.Request, said(goodbye(purge)))
	r.Redirect(http.StatusSeeOther, "/")
	return nil
}

func goodbye(purge bool) string {
	if purge {
		return "Disconnected. Your data here is erased, and what Holdfast wrote is coming off your calendar."
	}
	return "Disconnected. Holdfast has no access to your calendar any more."
}
