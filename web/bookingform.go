package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// messageLimit bounds what a prospect writes to the rep, in characters.
const messageLimit = 1000

// What the forms of the booking page do, by their field action; a form that books has
// none.
const (
	actCancel      = "cancel"
	actOtherTimes  = "other_times"
	actInstead     = "instead"
	actPreferences = "preferences"
)

// doBooking does what the form says. A form that cannot be done is shown again with
// what is wrong, and with what was filled in.
func (s *Site) doBooking(r *request) error {
	b, err := s.Store.Booking(r.Request.Context(), r.Param("token"))
	if err != nil {
		return fmt.Errorf("load booking: %w", err)
	}
	form := s.readBooking(r, b)
	if form.page.Failed != "" {
		return s.renderBooking(r, http.StatusUnprocessableEntity, form.frame, form.page)
	}
	done, err := form.carryOut()
	if err != nil {
		return s.bookingFailed(form, err)
	}
	query := url.Values{"done": {done}}
	if form.page.Zone != "" {
		query.Set("zone", form.page.Zone)
	}
	r.Redirect(http.StatusSeeOther, bookingPrefix+url.PathEscape(form.page.Token)+"?"+query.Encode())
	return nil
}

// bookingForm is a form of the booking page, as it was sent.
type bookingForm struct {
	*request
	site   *Site
	frame  frame
	page   bookingPage
	action string        // "": book
	wishes *store.Wishes // nil: they are as the page showed them
}

// seeBelow is said above a form that is shown again.
const seeBelow = "Nothing was done yet: please see what is marked below."

func (s *Site) readBooking(r *request, b store.Booking) *bookingForm {
	zone := r.PostForm("zone")
	if zone == "" {
		zone = r.Query("zone")
	}
	page, f := s.bookingPage(r, b, zone)
	form := &bookingForm{request: r, site: s, frame: f, page: page, action: r.PostForm("action")}
	form.page.Picked, form.page.Message = r.PostForm("offer"), strings.TrimSpace(r.PostForm("message"))
	form.page.Problems = make(map[string]string)
	form.readWishes(b)
	form.check()
	return form
}

// readWishes reads how to follow up, where the form that was sent asks for it.
func (form *bookingForm) readWishes(b store.Booking) {
	if _, asked := form.GetPostForm("channel"); !asked {
		return
	}
	wishes, problems := readWishes(form.request, b.Wishes)
	form.page.Wishes = wishForm{wishes, problems}
	if len(problems) > 0 {
		form.page.Failed = seeBelow
		return
	}
	shown, sent := form.GetPostForm("shown")
	if !sent {
		shown = form.page.Shown
	}
	if form.action != actPreferences && asForm(wishes) == shown { // the question was left alone
		return
	}
	wishes.Zone, wishes.Region, wishes.Whole = form.wishedZone(wishes, b.Wishes), "", true
	form.wishes = &wishes
}

// wishedZone returns the zone that goes with what they wish; "": none is said by it.
func (form *bookingForm) wishedZone(wishes, known store.Wishes) string {
	asked := form.PostForm("hours_zone")
	switch {
	case wishes.Hours != nil && isZone(asked):
		return asked
	case wishes.Hours != nil:
		return form.page.HoursZone
	case form.action == actPreferences && known.Zone == "": // a pick tells the zone by itself
		return form.page.Zone
	}
	return ""
}

// check says what is wrong with the form as far as it can be known here.
func (form *bookingForm) check() {
	p := &form.page
	fail := func(field, words string) {
		p.Problems[field] = words
		p.Failed = seeBelow
	}
	switch {
	case form.PostForm("website") != "":
		// People do not see that field; programs that fill in forms do.
		p.Failed = "A hidden field was filled in, as programs do, so nothing was done. Please press the button once more."
	case utf8.RuneCountInString(p.Message) > messageLimit:
		fail("message", fmt.Sprintf("Please keep it under %d characters.", messageLimit))
	case form.action == actInstead && p.Message == "":
		fail("message", "Write when it would suit you.")
	case form.action == "" && p.Picked == "":
		fail("offer", "Pick one of the times.")
	}
}

// carryOut does what the form says, and returns what was done, as in doneWords.
func (form *bookingForm) carryOut() (done string, err error) {
	ctx, st, token := form.Request.Context(), form.site.Store, form.page.Token
	switch form.action {
	case actCancel:
		_, err = st.CancelReview(ctx, token)
		return "cancelled", err
	case actOtherTimes:
		b, err := st.OtherTimes(ctx, token, form.page.Message, false)
		if len(b.Open) == 0 {
			return "none", err
		}
		return "other_times", err
	case actInstead:
		_, err = st.OtherTimes(ctx, token, form.page.Message, true)
		return "instead", err
	case actPreferences:
		if form.wishes == nil {
			return "", fmt.Errorf("%w: nothing was said of how to follow up", scheduler.ErrInvalid)
		}
		_, err = st.SaveWishes(ctx, token, *form.wishes)
		return "preferences", err
	case "":
		_, err = form.site.Book(ctx, token, store.Pick{
			Offer: form.page.Picked, Key: form.PostForm("key"), Zone: form.page.Zone, Wishes: form.wishes,
		})
		return "booked", err
	}
	return "", fmt.Errorf("%w: no such action", scheduler.ErrInvalid)
}

// bookingFailed shows the page again as things are now, with why the form could not be
// carried out.
func (s *Site) bookingFailed(form *bookingForm, err error) error {
	ctx, host := form.Request.Context(), form.page.Host
	problems := make(map[string]string)
	status, words := http.StatusUnprocessableEntity, seeBelow
	switch {
	case fieldProblems(err, problems):
	case errors.Is(err, scheduler.ErrTaken):
		status, words = http.StatusConflict, "That time has just been taken, so nothing was booked. Below is what is open now."
	case errors.Is(err, scheduler.ErrTooOften):
		words = "That was asked for very often today, so nothing was changed. Please write to " + host + " when it would suit you."
	case errors.Is(err, scheduler.ErrGone): // one that has expired is told below
		status, words = http.StatusGone, "Nothing was booked: this is not on offer any more."
	case errors.Is(err, scheduler.ErrNotPossible):
		words = "That is not possible any more: things changed meanwhile. Below is how it is now."
	case form.action != "" || store.IsOutage(err):
		return err
	default: // the provider's trouble: a link that is none is told below
		s.Log.WarnContext(ctx, "booking failed", "error", err)
		status, words = http.StatusServiceUnavailable, "Nothing was booked: the calendar of "+host+" cannot be read right now. Please try again in a minute."
		form.Header("Retry-After", "60")
	}
	now, err := s.Store.Booking(ctx, form.page.Token)
	if err != nil {
		return fmt.Errorf("load booking: %w", err)
	}
	page, f := s.bookingPage(form.request, now, form.page.Zone)
	page.Picked, page.Message, page.Failed, page.Problems = form.page.Picked, form.page.Message, words, problems
	page.Wishes = wishForm{form.page.Wishes.Wishes, problems}
	return s.renderBooking(form.request, status, f, page)
}
