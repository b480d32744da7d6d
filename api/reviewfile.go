package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func (a *API) addReviewFile(engine *gin.Engine, h huma.API) {
	const path = bookingPrefix + "{token}/review.ics"
	engine.GET(strings.ReplaceAll(path, "{token}", ":token"), a.reviewFile)
	o := atBooking(operation{method: http.MethodGet, path: path, id: "review-file", summary: "The review that is booked, for any calendar"}.huma())
	o.Parameters = []*huma.Param{{Name: "token", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
	failed := problemResponse(h)
	failed.Content["text/html"] = &huma.MediaType{} // for who does not ask for JSON
	o.Responses = map[string]*huma.Response{
		"200":     {Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{"text/calendar": {}}},
		"default": failed,
	}
	h.OpenAPI().AddOperation(&o)
}

// reviewFile serves the review that is booked as a file for any calendar.
func (a *API) reviewFile(c *gin.Context) {
	ctx := c.Request.Context()
	b, err := a.Store.Booking(ctx, c.Param("token"))
	switch {
	case err != nil:
	case b.Review == nil:
		err = scheduler.ErrNotFound
	case b.Review.EventID == "":
		err = problemOf(http.StatusServiceUnavailable, "The review is on its way to the calendar. Try again in a moment.")
	}
	var file bytes.Buffer
	if err == nil {
		err = ics.Write(&file, "", []ics.Entry{a.reviewEntry(b, c.Param("token"))})
	}
	if err != nil {
		a.refuse(c.Writer, c.Request, a.failed(ctx, "review file", err))
		return
	}
	c.Header("Content-Disposition", `attachment; filename="review.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", file.Bytes())
}

// reviewEntry returns the review as the prospect's calendar shows it. Its UID is that
// of the invitation, so that a calendar that has both shows one.
func (a *API) reviewEntry(b store.Booking, token string) ics.Entry {
	with := b.Host
	if b.Company != "" {
		with += " (" + b.Company + ")"
	}
	return ics.Entry{
		UID:         b.Review.EventID + "@google.com",
		Summary:     "Review: " + b.Title,
		Description: fmt.Sprintf("Going through “%s” with %s.\nMove or cancel it: %s%s%s", b.Title, with, a.PublicURL, bookingPrefix, token),
		Start:       b.Review.Start, End: b.Review.End, Stamp: a.Now(),
	}
}
