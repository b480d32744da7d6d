package web

import (
	"net/http"

	"holdfast/scheduler/store"
)

// start sends a rep to the page that is theirs now; others see how to sign in.
func (s *Site) start(r *request) error {
	rep, ok, err := s.signedIn(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.render(r, http.StatusOK, s.frame(r, "signin", "Sign in"), s.OAuth)
	}
	if rep.State != store.Reconnect && !rep.Backlog.Answered() {
		r.Redirect(http.StatusSeeOther, "/backlog")
		return nil
	}
	r.Redirect(http.StatusSeeOther, "/today")
	return nil
}
