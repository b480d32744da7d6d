package web

import (
	"errors"
	"net/http"
	"strings"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

var errMissing = scheduler.ErrNotFound

// trouble is what a page says about a status, to somebody who cannot see the log.
type trouble struct {
	Status int
	Title  string
	Text   string
}

// troubles has the statuses that have a page of their own.
var troubles = map[int]trouble{
	http.StatusBadRequest:          {Title: "That did not make sense", Text: "The form was incomplete or out of date. Go back, reload the page and try again."},
	http.StatusForbidden:           {Title: "Not from here", Text: "The request came from another site, so nothing was done. Open Holdfast in this window and try again."},
	http.StatusNotFound:            {Title: "There is nothing here", Text: "The page does not exist, or it is not yours, or the link was used up."},
	http.StatusUnprocessableEntity: {Title: "Not possible any more", Text: "This was done already, or it changed in the meantime. Go back and reload the page to see how it is now."},
	http.StatusGone:                {Title: "This is over", Text: "The link has expired. Ask for a new one."},
	http.StatusConflict:            {Title: "Somebody was faster", Text: "This changed in the meantime. Go back and reload the page to see how it is now."},
	http.StatusTooManyRequests:     {Title: "A little slower, please", Text: "There were too many requests from your address. Wait a minute and try again."},
	http.StatusInternalServerError: {Title: "That went wrong", Text: "Holdfast could not do this. Nothing is lost; the log says why. Try again in a moment."},
	http.StatusServiceUnavailable:  {Title: "Not ready yet", Text: "Holdfast cannot reach its database. It tries again by itself; so can you, in a moment."},
}

// bookingTroubles are what a prospect reads instead, behind a link to book.
var bookingTroubles = map[int]trouble{
	http.StatusNotFound:            {Title: "This link does not work", Text: "Please check that all of it was copied. If it was, ask whoever sent it to you for a new one."},
	http.StatusGone:                {Title: "This link has expired", Text: "Please ask whoever sent it to you for a new one."},
	http.StatusInternalServerError: {Title: "That went wrong", Text: "Nothing was booked or changed. Please try again in a moment."},
	http.StatusServiceUnavailable:  {Title: "Not available right now", Text: "Nothing was booked or changed. Please try again in a minute."},
}

// bookingPrefix is where the pages of prospects are.
const bookingPrefix = "/book/"

// statuses says which kind of error is which status, as the API has it.
var statuses = []struct {
	kind   error
	status int
}{
	{scheduler.ErrNotFound, http.StatusNotFound},
	{scheduler.ErrGone, http.StatusGone},
	{scheduler.ErrInvalid, http.StatusBadRequest},
	{scheduler.ErrNotPossible, http.StatusUnprocessableEntity},
	{scheduler.ErrTaken, http.StatusConflict},
	{scheduler.ErrChanged, http.StatusConflict},
	{scheduler.ErrForbidden, http.StatusForbidden},
}

// why returns what err, an ErrNotPossible, says of how things are.
func why(err error) string {
	_, words, _ := strings.Cut(err.Error(), scheduler.ErrNotPossible.Error()+": ")
	return words
}

func statusOf(err error) int {
	for _, s := range statuses {
		if errors.Is(err, s.kind) {
			return s.status
		}
	}
	if store.IsOutage(err) {
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with an error page. What the rep reads is kept apart from what the
// log gets.
func (s *Site) fail(r *request, err error) {
	status := statusOf(err)
	if status >= http.StatusInternalServerError {
		s.Log.ErrorContext(r.Request.Context(), "page failed", "route", r.FullPath(), "rep", r.rep.ID, "error", err)
	}
	if status == http.StatusServiceUnavailable {
		r.Header("Retry-After", "5")
	}
	s.Error(r.Writer, r.Request, status, "")
}

// Error answers with the error page of a status. text says what happened in words
// for the person; "" stands for what there is to say about the status.
func (s *Site) Error(w http.ResponseWriter, r *http.Request, status int, text string) {
	t, ok := troubles[status]
	if !ok {
		t = troubles[http.StatusInternalServerError]
	}
	public := strings.HasPrefix(r.URL.Path, bookingPrefix)
	if forProspect, ok := bookingTroubles[status]; public && ok {
		t = forProspect
	}
	t.Status = status
	if text != "" {
		t.Text = text
	}
	body, err := s.markup(view{frame{Title: t.Title, Page: "error", Demo: s.Demo, Public: public}, t})
	if err != nil {
		s.Log.ErrorContext(r.Context(), "error page failed", "error", err)
		http.Error(w, t.Title, status)
		return
	}
	writePage(w, status, body)
}
