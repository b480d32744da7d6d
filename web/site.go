package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler/store"
)

// Config is what the pages need. All but Demo must be set.
type Config struct {
	Store *store.Store
	// Book books a slot for a prospect, right after the calendars were read.
	Book func(ctx context.Context, token string, p store.Pick) (store.Booking, error)
	// Propose creates a proposal with slots on offer, Update changes one, Offer has fresh
	// slots offered, all in what is free now.
	Propose func(ctx context.Context, repID string, n store.NewProposal) (store.Proposal, error)
	Update  func(ctx context.Context, repID, proposalID string, n store.NewProposal) (store.Proposal, error)
	Offer   func(ctx context.Context, repID, proposalID string) (store.Proposal, error)
	// Watch begins to watch a calendar elsewhere; what is wrong with it is a
	// *scheduler.WebcalError.
	Watch func(ctx context.Context, repID string, w store.NewWebcal) (store.Calendar, error)
	// Rep tells who is signed in.
	Rep func(*http.Request) (repID string, ok bool)
	// Say keeps a notice for the next page of this browser; Said takes it.
	Say  func(*http.Request, Notice)
	Said func(*http.Request) (Notice, bool)
	// SignOut ends the session.
	SignOut func(*http.Request) error
	// OAuth is the client that reps consent to.
	OAuth OAuth
	// Demo is the address of the sample calendar's own pages; "": this is no demo.
	Demo string
	Log  *slog.Logger
}

// OAuth is what the sign-in page says about the OAuth client.
type OAuth struct {
	Ready    bool // a client is set
	Redirect string
	Scopes   []string
}

// Site serves the pages.
type Site struct {
	Config
	templates map[string]*template.Template
	assets    *assets
	zones     template.HTML // every time zone, as options
}

// New reads the templates.
func New(c Config) (*Site, error) {
	a, err := readAssets()
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	t, err := readTemplates(a)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	return &Site{c, t, a, zoneOptions()}, nil
}

// Routes adds the pages to r, but for the booking page: its path answers programs too.
func (s *Site) Routes(r gin.IRouter) {
	r.GET("/static/:name", s.assets.serve)
	r.GET("/favicon.ico", s.assets.favicon)
	r.GET("/robots.txt", s.robots)

	r.GET("/", s.page(s.start))
	r.GET("/act/:token", s.page(s.showAct))
	r.POST("/act/:token", s.page(s.doAct))

	r.GET("/backlog", s.forRep(s.backlog))
	r.POST("/backlog/accept", s.forRep(s.acceptBacklog))
	r.POST("/backlog/dismiss", s.forRep(s.dismissBacklog))

	r.GET("/today", s.forRep(s.today))
	r.POST("/flags/:id/waive", s.forRep(s.waive))
	r.POST("/flags/:id/did-not-happen", s.forRep(s.didNotHappen))
	r.POST("/flags/:id/not-a-prospect", s.forRep(s.notAProspect))
	r.POST("/flags/:id/holds", s.forRep(s.placeHolds))
	r.POST("/holds/:id/done", s.forRep(s.done))
	r.POST("/holds/:id/replied", s.forRep(s.replied))
	r.POST("/holds/:id/skip", s.forRep(s.skip))
	r.POST("/holds/:id/snooze", s.forRep(s.snooze))

	r.GET("/proposals", s.forRep(s.proposals))
	r.POST("/proposals", s.forRep(s.createProposal))
	r.GET("/proposals/:id", s.forRep(s.proposal))
	r.POST("/proposals/:id", s.forRep(s.updateProposal))
	r.POST("/proposals/:id/offers", s.forRep(s.offer))
	r.POST("/proposals/:id/sent", s.forRep(s.markSent))
	r.POST("/proposals/:id/withdraw", s.forRep(s.withdraw))

	r.GET("/contacts", s.forRep(s.contacts))
	r.GET("/contacts/:id", s.forRep(s.contact))
	r.POST("/contacts/:id", s.forRep(s.updateContact))
	r.POST("/contacts/:id/ask", s.forRep(s.askContact))

	r.GET("/connection", s.forRep(s.connection))
	r.POST("/connection/pause", s.forRep(s.pause))
	r.POST("/connection/resume", s.forRep(s.resume))
	r.POST("/connection/sync", s.forRep(s.sync))
	r.POST("/connection/calendars", s.forRep(s.chooseCalendar))
	r.POST("/connection/webcal", s.forRep(s.watchCalendar))
	r.POST("/connection/webcal/:id/remove", s.forRep(s.removeCalendar))
	r.POST("/connection/disconnect", s.forRep(s.disconnect))

	r.GET("/activity", s.forRep(s.activity))

	r.GET("/settings", s.forRep(s.settings))
	r.POST("/settings", s.forRep(s.saveSettings))
	r.POST("/settings/tokens", s.forRep(s.createToken))
	r.POST("/settings/tokens/:id/delete", s.forRep(s.deleteToken))

	r.GET(feedsPath, s.forRep(s.feeds))
	r.POST(feedsPath, s.forRep(s.createFeed))
	r.POST(feedsPath+"/:id/rotate", s.forRep(s.rotateFeed))
	r.POST(feedsPath+"/:id/delete", s.forRep(s.deleteFeed))
}

// request is one request for a page.
type request struct {
	*gin.Context
	rep store.Rep // zero for pages that need none
	now time.Time
}

// handler answers a request; an error becomes an error page.
type handler func(*request) error

// page makes h a handler of gin's.
func (s *Site) page(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := &request{Context: c, now: s.Store.Now()}
		if err := h(r); err != nil {
			s.fail(r, err)
		}
	}
}

// forRep makes h a handler that is called for reps who are signed in; everybody
// else is sent to sign in.
func (s *Site) forRep(h handler) gin.HandlerFunc {
	return s.page(func(r *request) error {
		rep, ok, err := s.signedIn(r)
		if err != nil {
			return err
		}
		if !ok {
			r.Redirect(http.StatusSeeOther, "/")
			return nil
		}
		r.rep = rep
		return h(r)
	})
}

// signedIn returns the rep of the session. A rep who is not connected any more is
// not signed in.
func (s *Site) signedIn(r *request) (store.Rep, bool, error) {
	id, ok := s.Rep(r.Request)
	if !ok {
		return store.Rep{}, false, nil
	}
	rep, err := s.Store.Rep(r.Request.Context(), id)
	switch {
	case errors.Is(err, errMissing), err == nil && rep.State == store.Disconnected:
		return store.Rep{}, false, nil
	case err != nil:
		return store.Rep{}, false, fmt.Errorf("load rep: %w", err)
	}
	return rep, true, nil
}

// say keeps a notice and sends the browser on to path.
func (s *Site) say(r *request, n Notice, path string) error {
	s.Say(r.Request, n)
	r.Redirect(http.StatusSeeOther, path)
	return nil
}
