package api

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// bookingPrefix is where prospects book, without an account.
const bookingPrefix = "/book/"

// bookings adds what is behind the links that prospects are given, to engine and to
// the description that h is of. Browsers get the pages instead.
func (a *API) bookings(engine *gin.Engine, h huma.API) {
	const one = bookingPrefix + "{token}"
	public := humagin.NewWithGroup(engine, engine.Group("", a.orPage), huma.Config{
		OpenAPI: h.OpenAPI(), Formats: huma.DefaultFormats, DefaultFormat: "application/json", RejectUnknownQueryParameters: true,
	})
	show := described[bookingInput](public, operation{method: http.MethodGet, path: one, id: "booking", summary: "What a booking link is for"})
	huma.Register(public, atBooking(show), func(ctx context.Context, in *bookingInput) (*booked, error) {
		b, err := a.Store.Booking(ctx, in.Token)
		if err == nil && b.Over {
			err = fmt.Errorf("show booking: %w", scheduler.ErrGone)
		}
		if err != nil {
			return nil, a.failed(ctx, show.OperationID, err)
		}
		return &booked{http.StatusOK, b}, nil
	})
	do := described[bookInput](public, operation{
		method: http.MethodPost, path: one, id: "book", status: http.StatusCreated,
		summary: "Pick a slot (201), or do something else with the booking (200); where somebody was faster (409), offers has the slots still open",
	})
	do.Responses = map[string]*huma.Response{"200": bookingResponse(h), "default": problemResponse(h)}
	huma.Register(public, atBooking(do), func(ctx context.Context, in *bookInput) (*booked, error) {
		done, err := a.act(ctx, in)
		if err != nil {
			return nil, a.failed(ctx, do.OperationID, err)
		}
		return done, nil
	})
	a.addReviewFile(engine, h)
}

// atBooking returns o as an operation that is not below the prefix of the others and
// needs no sign-in: the token is all it takes.
func atBooking(o huma.Operation) huma.Operation {
	o.Servers = []*huma.Server{{URL: "/"}}
	o.Security = []map[string][]string{}
	return o
}

// bookingResponse describes an answer with a booking.
func bookingResponse(h huma.API) *huma.Response {
	schema := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[store.Booking](), true, "")
	return &huma.Response{Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// orPage has the pages answer what a person's browser asks.
func (a *API) orPage(c *gin.Context) {
	page := a.pages.ShowBooking
	if c.Request.Method == http.MethodPost {
		page = a.pages.DoBooking
	}
	if page == nil || asksForJSON(c.Request) {
		return
	}
	c.Abort()
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, mostInput)
	page(c)
}

// isBooking reports whether a request is for a booking link.
func isBooking(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, bookingPrefix) }

// asksForJSON reports whether a request, which may come from a browser or from a
// program, comes from a program: it sends JSON, or wants it and no page.
func asksForJSON(r *http.Request) bool {
	if r.Method == http.MethodPost {
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		return err == nil && kind == "application/json"
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// bookingInput has the token of the link. How it looks is not described: what is no
// token is not found, as any other that nobody was given.
type bookingInput struct {
	Token string `path:"token"`
}

type bookInput struct {
	Token string `path:"token"`
	Key   string `header:"Idempotency-Key" maxLength:"200" doc:"The same as key."`
	Body  BookingAct
}

// BookingAct is what a prospect does with a booking link.
type BookingAct struct {
	Offer   string        `json:"offer,omitempty" minLength:"1" maxLength:"100" doc:"The slot that is picked; a review that is booked already moves to it."`
	Key     string        `json:"key,omitempty" maxLength:"200" doc:"The same offer with the same key again is the same booking."`
	Zone    string        `json:"zone,omitempty" maxLength:"100" doc:"The prospect's zone, by its IANA name."`
	Action  string        `json:"action,omitempty" enum:"cancel,other_times,instead,preferences" doc:"What to do instead of picking a slot: cancel the review; ask for other times; say when it suits instead; say how to be followed up."`
	Message string        `json:"message,omitempty" maxLength:"1000" doc:"With other_times and instead: what to tell the rep."`
	Wishes  *store.Wishes `json:"preferences,omitempty" doc:"With a pick, or with the action of that name: how the prospect wants to be followed up."`
}

// booked is an answer with a booking as it is now.
type booked struct {
	Status int
	Body   store.Booking
}

// act does what a prospect asks for.
func (a *API) act(ctx context.Context, in *bookInput) (*booked, error) {
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	if in.Body.Action == "" {
		b, err := a.pick(ctx, in)
		return &booked{http.StatusCreated, b}, err
	}
	b, err := a.other(ctx, in)
	return &booked{http.StatusOK, b}, err
}

// other does what is no pick of a slot.
func (a *API) other(ctx context.Context, in *bookInput) (store.Booking, error) {
	switch do := in.Body; do.Action {
	case "cancel":
		return a.Store.CancelReview(ctx, in.Token)
	case "preferences":
		return a.Store.SaveWishes(ctx, in.Token, *do.Wishes)
	default:
		return a.Store.OtherTimes(ctx, in.Token, do.Message, do.Action == "instead")
	}
}

// check refuses what an act has and does not need, and what it needs and has not.
func (b *BookingAct) check() error {
	picks, tells := b.Action == "", b.Action == "other_times" || b.Action == "instead"
	for _, f := range []struct {
		name          string
		given, wanted bool
	}{
		{"offer", b.Offer != "", picks}, {"key", b.Key != "", picks}, {"zone", b.Zone != "", picks},
		{"message", b.Message != "", tells}, {"preferences", b.Wishes != nil, picks || b.Action == "preferences"},
	} {
		if f.given && !f.wanted {
			return invalid(f.name, "does not go with this action")
		}
	}
	switch {
	case picks && b.Offer == "":
		return invalid("offer", "is required, or an action")
	case b.Action == "preferences" && b.Wishes == nil:
		return invalid("preferences", "is required")
	case b.Action == "instead" && strings.TrimSpace(b.Message) == "":
		return invalid("message", "is required")
	}
	return nil
}

func (a *API) pick(ctx context.Context, in *bookInput) (store.Booking, error) {
	key := in.Body.Key
	if key == "" {
		key = in.Key
	}
	b, err := a.Book(ctx, in.Token, store.Pick{Offer: in.Body.Offer, Key: key, Zone: in.Body.Zone, Wishes: in.Body.Wishes})
	switch {
	case errors.Is(err, scheduler.ErrTaken):
		return b, taken(b.Open)
	case errors.Is(err, scheduler.ErrUnavailable):
		p := problemOf(http.StatusServiceUnavailable, "Nothing was booked: the calendar cannot be read right now. Try again in a minute.")
		p.retryAfter = time.Minute
		return b, p
	}
	return b, err
}

// taken is the problem of who was slower, and the slots that they can still pick.
func taken(open []store.Offer) *Problem {
	p := problemOf(http.StatusConflict, "That slot is not open any more.")
	p.Code, p.Offers = "taken", append([]store.Offer{}, open...) // never null
	return p
}
