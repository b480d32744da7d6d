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

// callDeadline is how long one request may take.
const callDeadline = 10 * time.Second

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
	// ProjectPerMinute and UserPerMinute bound the calls for all reps and for each of
	// them; 0: what Google's default quotas leave room for.
	ProjectPerMinute, UserPerMinute int
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
	revoke   string                 // revocation endpoint
	users    map[string]*userBudget // by rep
	swept    time.Time              // when budgets were last forgotten
}

// New returns a Client. It makes no request: discovery happens when it is needed.
func New(c Config) *Client {
	transport := c.Transport
	if transport == nil {
		pool := http.DefaultTransport.(*http.Transport).Clone()
		pool.MaxIdleConnsPerHost = 16
		transport = pool
	}
	if c.ProjectPerMinute == 0 {
		c.ProjectPerMinute = projectPerMinute
	}
	if c.UserPerMinute == 0 {
		c.UserPerMinute = userPerMinute
	}
	own := httpClient(transport)
	own.Timeout = callDeadline
	return &Client{
		config:  c,
		http:    own,
		project: newBudget(c.ProjectPerMinute, c.ProjectPerMinute/10),
		users:   make(map[string]*userBudget),
	}
}

// httpClient returns a client that follows no redirects: what carries a token goes
// to the address it was meant for and nowhere else.
func httpClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
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
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.config.Issuer) // keeps the client, not the context
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
