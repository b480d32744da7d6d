package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"holdfast/integrations/google"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Config is what an API needs. Store, Google, Propose, Update, Offer, Book,
// FindSlots, PublicURL, Now and Log must be set.
type Config struct {
	Store  *store.Store
	Google *google.Client
	// Propose, Update, Offer and Book do what the store does with proposals, right after
	// the calendars were read that count for it.
	Propose func(ctx context.Context, repID string, n store.NewProposal) (store.Proposal, error)
	Update  func(ctx context.Context, repID, proposalID string, n store.NewProposal) (store.Proposal, error)
	Offer   func(ctx context.Context, repID, proposalID string) (store.Proposal, error)
	Book    func(ctx context.Context, token string, p store.Pick) (store.Booking, error)
	// FindSlots does what Store.Slots does, around what the contact's calendar shows.
	FindSlots func(ctx context.Context, repID string, q store.SlotsQuery) (scheduler.ReviewSlots, error)
	// Watch begins to watch a calendar elsewhere for a rep; what is wrong with it is a
	// *scheduler.WebcalError. Needed where calendars are added.
	Watch func(ctx context.Context, repID string, w store.NewWebcal) (store.Calendar, error)
	// PublicURL is where people reach the service; https makes cookies secure.
	PublicURL string
	// AllowedDomains are those whose people may sign in; none: everybody may.
	AllowedDomains []string
	// TrustedProxies may say, by X-Forwarded-For, whose request they pass on.
	TrustedProxies []netip.Prefix
	Version        string
	Metrics        *Metrics // nil: nothing is counted
	Now            func() time.Time
	Log            *slog.Logger
}

// API answers programs. Make one with New.
type API struct {
	Config
	public   *url.URL
	sessions *scs.SessionManager
	limits   limits
	feeds    *feedCache
	pages    Pages
	openAPI  []byte
}

// Pages are the service's pages for people, which share engine and sessions with the
// API. Without them people get what programs get.
type Pages struct {
	// Routes adds the pages' routes.
	Routes func(gin.IRouter)
	// Error answers with an error page that says text, or, where text is "", what
	// there is to say about the status.
	Error func(w http.ResponseWriter, r *http.Request, status int, text string)
	// ShowBooking is the page behind a prospect's link, /book/:token; DoBooking is
	// what its forms are sent to, at the same address.
	ShowBooking, DoBooking gin.HandlerFunc
}

// New returns an API.
func New(c Config) (*API, error) {
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" {
		return nil, fmt.Errorf("the public URL %q has no host", c.PublicURL)
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	a := &API{Config: c, public: public, limits: newLimits(c.Now), feeds: newFeedCache(feedCacheSize)}
	a.sessions = a.newSessions()
	return a, nil
}

// https reports whether people reach the service by TLS.
func (a *API) https() bool { return a.public.Scheme == "https" }

// origin is what browsers call the service.
func (a *API) origin() string { return a.public.Scheme + "://" + a.public.Host }

// Handler returns what serves every request: the API's routes, the pages', and
// around both what all answers have in common.
func (a *API) Handler(pages Pages) (http.Handler, error) {
	a.pages = pages
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = false // what does not exist, and what cannot be done to it, look the same
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(a.trusted()); err != nil {
		return nil, fmt.Errorf("trust proxies: %w", err)
	}
	engine.Use(a.named, a.limited)
	engine.NoRoute(func(c *gin.Context) { a.refuse(c.Writer, c.Request, problemOf(http.StatusNotFound, "")) })
	if err := a.routes(engine); err != nil {
		return nil, err
	}
	if pages.Routes != nil {
		pages.Routes(engine)
	}
	return a.around(engine), nil
}

// trusted returns the proxies in gin's words; nil: none.
func (a *API) trusted() []string {
	var all []string
	for _, p := range a.TrustedProxies {
		all = append(all, p.String())
	}
	return all
}

func (a *API) routes(engine *gin.Engine) error {
	engine.GET("/healthz", a.healthz)
	engine.GET("/readyz", a.readyz)
	engine.GET("/metrics", a.metrics)
	engine.GET("/auth/google/start", a.startSignIn)
	engine.GET("/auth/google/callback", a.finishSignIn)
	engine.POST("/auth/sign-out", a.signOut)
	engine.POST("/hooks/google", a.pushed)
	engine.GET(feedPath+":file", a.readFeed)
	engine.GET("/openapi.json", a.describe)
	return a.resources(engine)
}

// forPrograms reports whether a path's answers are read by programs only.
func forPrograms(path string) bool {
	for _, prefix := range []string{"/api/", feedPath, "/hooks/", "/healthz", "/readyz", "/metrics", "/openapi.json"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}
