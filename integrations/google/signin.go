package google

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"holdfast/scheduler"
)

// The scopes Holdfast asks for, no wider than it needs: events on calendars the rep
// owns, free and busy times, and the list of calendars.
const (
	scopeEvents    = "https://www.googleapis.com/auth/calendar.events.owned"
	scopeFreeBusy  = "https://www.googleapis.com/auth/calendar.freebusy"
	scopeCalendars = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
)

var scopes = []string{oidc.ScopeOpenID, "email", scopeEvents, scopeFreeBusy, scopeCalendars}

// Scopes returns what a consent is asked for.
func Scopes() []string { return slices.Clone(scopes) }

// Missing says in words which of the boxes on Google's consent page were left
// unticked, given the scopes that were granted. None: the consent is complete.
func Missing(granted []string) []string {
	var missing []string
	for _, s := range []struct{ scope, words string }{
		{scopeEvents, "see and change events on calendars you own"},
		{scopeFreeBusy, "see your free and busy times"},
		{scopeCalendars, "see the list of your calendars"},
	} {
		if !slices.Contains(granted, s.scope) {
			missing = append(missing, s.words)
		}
	}
	return missing
}

// Identity is who signed in. Subject alone names an account: addresses change hands.
type Identity struct {
	Subject string
	Email   string
	Name    string
}

// Attempt is one sign-in under way. It is kept on the server, bound to the browser's
// session, and good for one answer.
type Attempt struct {
	State, Nonce, Verifier string
}

// ErrAnswer is a sign-in's answer that does not fit the attempt, or that Google did
// not stand for.
var ErrAnswer = errors.New("the answer of the sign-in is not valid")

// Begin returns the address of Google's consent page, and what the answer is
// checked against.
func (c *Client) Begin(ctx context.Context) (string, Attempt, error) {
	provider, _, err := c.discover(ctx)
	if err != nil {
		return "", Attempt{}, err
	}
	a := Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return c.oauth(provider).AuthCodeURL(a.State,
		oauth2.AccessTypeOffline,
		oauth2.SetAuthURLParam("prompt", "consent"), // a refresh token comes with a consent only
		oidc.Nonce(a.Nonce),
		oauth2.S256ChallengeOption(a.Verifier),
	), a, nil
}

// Finish exchanges the code that the consent page sent back. The caller has compared
// the state. Errors that wrap ErrAnswer are the answer's fault; others are Google's
// or the network's.
func (c *Client) Finish(ctx context.Context, code string, a Attempt) (Identity, scheduler.Grant, error) {
	provider, _, err := c.discover(ctx)
	if err != nil {
		return Identity{}, scheduler.Grant{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := c.oauth(provider).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Identity{}, scheduler.Grant{}, exchangeError(err)
	}
	who, err := c.identify(ctx, provider, token, a.Nonce)
	if err != nil {
		return Identity{}, scheduler.Grant{}, err
	}
	g := c.grant(token)
	if g.Refresh == "" {
		// Without one the consent would be over within the hour.
		return Identity{}, scheduler.Grant{}, fmt.Errorf("%w: it has no refresh token", ErrAnswer)
	}
	return who, g, nil
}

// exchangeError keeps what the token endpoint said of the code, never the code.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return fmt.Errorf("exchange the code: %w", withoutURL(err))
	}
	switch refused.ErrorCode {
	case "invalid_grant", "invalid_request":
		return fmt.Errorf("%w: %s", ErrAnswer, refused.ErrorCode)
	}
	return fmt.Errorf("exchange the code: %w", tokenError(refused)) // the OAuth client's settings, or Google's trouble
}

func (c *Client) identify(ctx context.Context, p *oidc.Provider, token *oauth2.Token, nonce string) (Identity, error) {
	raw, _ := token.Extra("id_token").(string)
	verifier := p.Verifier(&oidc.Config{ClientID: c.config.ClientID, Now: c.config.Now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: its ID token: %s", ErrAnswer, reasonOf(err))
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return Identity{}, fmt.Errorf("%w: its nonce is another one's", ErrAnswer)
	}
	var claims claims
	if err := id.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("%w: its claims cannot be read", ErrAnswer)
	}
	if id.Subject == "" || !claims.usable() {
		return Identity{}, fmt.Errorf("%w: the account has no verified address", ErrAnswer)
	}
	return Identity{Subject: id.Subject, Email: strings.ToLower(claims.Email), Name: claims.Name}, nil
}

// claims are what an ID token says besides who it is about.
type claims struct {
	Email    string `json:"email"`
	Verified *bool  `json:"email_verified"`
	Name     string `json:"name"`
}

// usable reports whether the address may be taken for the account's. An issuer that
// says nothing about its verification stands for it: the claim is optional (OpenID
// Connect Core §5.1), and an account is known by its subject alone.
func (c *claims) usable() bool { return c.Email != "" && (c.Verified == nil || *c.Verified) }

// reasonOf shortens what go-oidc says to what holds no part of the token.
func reasonOf(err error) string {
	var expired *oidc.TokenExpiredError
	if errors.As(err, &expired) {
		return "it has expired"
	}
	return "it cannot be verified"
}

func (c *Client) grant(token *oauth2.Token) scheduler.Grant {
	g := scheduler.Grant{Access: token.AccessToken, Refresh: token.RefreshToken, Expires: token.Expiry.UTC()}
	if token.ExpiresIn > 0 {
		g.Expires = expiry(c.config.Now(), token.ExpiresIn)
	}
	if granted, _ := token.Extra("scope").(string); granted != "" {
		g.Scopes = strings.Fields(granted)
	} else {
		g.Scopes = Scopes() // RFC 6749 §5.1: left out where it is what was asked for
	}
	return g
}

// Revoke ends the rep's whole grant. One that has ended already is no error.
func (c *Client) Revoke(ctx context.Context, g scheduler.Grant) error {
	_, revoke, err := c.discover(ctx)
	if err != nil {
		return err
	}
	if revoke == "" {
		return nil // the issuer has no such thing
	}
	token := g.Refresh
	if token == "" {
		token = g.Access
	}
	body := strings.NewReader(url.Values{"token": {token}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, revoke, body)
	if err != nil {
		return fmt.Errorf("revoke the grant: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("revoke the grant: %w", withoutURL(err))
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusBadRequest {
		return nil // 400: invalid_token, it was revoked before
	}
	return fmt.Errorf("revoke the grant: %s", response.Status)
}

// withoutURL drops the address from an error of net/http: it may hold a secret.
func withoutURL(err error) error {
	var where *url.Error
	if errors.As(err, &where) {
		return where.Err
	}
	return err
}
