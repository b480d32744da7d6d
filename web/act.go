package web

import (
	"fmt"
	"net/http"

	"holdfast/scheduler/store"
)

// actPage is one of the links in a hold's description.
type actPage struct {
	Hold                     holdLine
	Question, Button, Answer string
	Done                     bool
}

// actWords says what each action does, by its name.
var actWords = map[store.ActKind]struct{ question, button, answer string }{
	store.ActDone:    {"Tick this hold off?", "Yes, it is done", "Done. The hold is ticked off."},
	store.ActSnooze:  {"Put this hold off to the next business day?", "Put it off", "Put off to the next business day with a free place."},
	store.ActReplied: {"Did they reply?", "Yes, they replied", "Good. The other holds of this follow-up are coming off your calendar."},
	store.ActStop:    {"Stop following up?", "Stop", "Stopped. The holds of this follow-up are coming off your calendar."},
}

// showAct says what the link would do. It changes nothing: mail and chat programs
// open links by themselves.
func (s *Site) showAct(r *request) error {
	act, err := s.Store.Act(r.Request.Context(), r.Param("token"))
	if err != nil {
		return fmt.Errorf("read act link: %w", err)
	}
	return s.renderAct(r, act, false)
}

// doAct does what the link says; doing it again changes nothing more.
func (s *Site) doAct(r *request) error {
	act, err := s.Store.DoAct(r.Request.Context(), r.Param("token"))
	if err != nil {
		return fmt.Errorf("carry out act link: %w", err)
	}
	return s.renderAct(r, act, true)
}

func (s *Site) renderAct(r *request, act store.Act, done bool) error {
	words := actWords[act.Kind]
	f := frame{Title: words.question, Page: "act", Demo: s.Demo, zone: act.Hold.Start.Location(), now: r.now}
	return s.render(r, http.StatusOK, f, actPage{f.holdLine(act.Hold), words.question, words.button, words.answer, done})
}
