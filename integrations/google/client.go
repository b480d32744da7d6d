package google

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"
)

// Google's own quotas are 10,000 calls a minute for a project and 600 for each user
// of it. Holdfast keeps below, so that bursts elsewhere leave it working.
const (
	projectPerMinute = 9000
	userPerMinute    = 300
	callDeadline     = 10 * time.Second
)

// Config is what a Client needs.
type Config struct {
	Issuer       string // OpenID discovery; every OAuth address comes from it
	API          string // root of the Calendar API, ends with a slash
	ClientID     string
	ClientSecret string
	RedirectURL  string
	Now          func() time.Time
	// Transport carries all requests; nil is a transport of the client's own.
	Transport http.RoundTripper
	// Count is called after each call of the Calendar API with the rep, the method
	// ("calendar.events.list") and what came of it ("ok", "slow_down", …). Nil: not
	// counted.
	Count func(repID, method, outcome string)
}

// Client is Google for one OAuth client. It is safe for concurrent use.
type Client struct {
	config  Config
	http    *http.Client
	project *rate.Limiter

	mu       sync.Mutex
	provider *oidc.Provider
	revoke   string                  // revocation endpoint
	users    map[string]*userLimiter // by rep
}

type userLimiter struct {
	*rate.Limiter
	used time.Time
}

// New returns a Client. It makes no request: discovery happens when it is needed.
func New(c Config) *Client {
	transport := c.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = 16
		transport = own
	}
	return &Client{
		config:  c,
		http:    &http.Client{Transport: transport, Timeout: callDeadline},
		project: rate.NewLimiter(projectPerMinute/60, projectPerMinute/60),
		users:   make(map[string]*userLimiter),
	}
}

// Configured reports whether there is an OAuth client to sign in with.
func (c *Client) Configured() bool { return c.config.ClientID != "" && c.config.ClientSecret != "" }

// discover returns the issuer's addresses and keys; a failure is tried anew next time.
func (c *Client) discover(ctx context.Context) (*oidc.Provider, string, error) {
	c.mu.Lock()
	provider, revoke := c.provider, c.revoke
	c.mu.Unlock()
	if provider != nil {
		return provider, revoke, nil
	}
	// The provider keeps the context for fetching keys, so it must not end with
	// this request.
	provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), c.http), c.config.Issuer)
	if err != nil {
		return nil, "", fmt.Errorf("discover %s: %w", c.config.Issuer, err)
	}
	var more struct {
		Revocation string `json:"revocation_endpoint"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, "", fmt.Errorf("discover %s: %w", c.config.Issuer, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.provider, c.revoke = provider, more.Revocation
	return provider, more.Revocation, nil
}

func (c *Client) oauth(p *oidc.Provider) *oauth2.Config {
	endpoint := p.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams // else a first, failing request probes it
	return &oauth2.Config{
		ClientID:     c.config.ClientID,
		ClientSecret: c.config.ClientSecret,
		RedirectURL:  c.config.RedirectURL,
		Endpoint:     endpoint,
		Scopes:       scopes,
	}
}

// userBudget returns the rep's own rate limit. Those of reps who made no call for an
// hour are forgotten.
func (c *Client) userBudget(repID string) *rate.Limiter {
	now := c.config.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	u, ok := c.users[repID]
	if !ok {
		for id, other := range c.users {
			if now.Sub(other.used) > time.Hour {
				delete(c.users, id)
			}
		}
		u = &userLimiter{Limiter: rate.NewLimiter(userPerMinute/60, userPerMinute/10)}
		c.users[repID] = u
	}
	u.used = now
	return u.Limiter
}
