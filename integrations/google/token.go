package google

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"holdfast/scheduler"
)

// Grants keeps the reps' grants.
type Grants interface {
	// Grant returns the grant of a rep.
	Grant(ctx context.Context, repID string) (scheduler.Grant, error)
	// RefreshGrant calls renew with the rep's grant, under a lock that all processes
	// share, and keeps what it returns. Where the access token is not the stale one
	// any more somebody else was faster: theirs is returned, and renew not called.
	RefreshGrant(ctx context.Context, repID, stale string, renew func(scheduler.Grant) (scheduler.Grant, error)) (scheduler.Grant, error)
}

// expirySkew is how long before its end an access token is not used any more: clocks
// differ, and calls take time. One that lives for minutes only is used for half its life,
// rather than for one call.
const expirySkew = 5 * time.Minute

// fresh reports whether the access token of g is used still.
func fresh(g scheduler.Grant, now time.Time) bool {
	return now.Add(min(expirySkew, g.Expires.Sub(g.Kept)/2)).Before(g.Expires)
}

func expiry(now time.Time, seconds int64) time.Time {
	return now.Add(time.Duration(seconds) * time.Second).UTC()
}

// access returns an access token that is good for some minutes, and not the refused
// one.
func (c *Calendar) access(ctx context.Context, refused string) (string, error) {
	g, err := c.grants.Grant(ctx, c.rep)
	if err != nil {
		return "", fmt.Errorf("load the grant: %w", err)
	}
	if g.Access != refused && fresh(g, c.client.config.Now()) {
		return g.Access, nil
	}
	g, err = c.grants.RefreshGrant(ctx, c.rep, g.Access, func(g scheduler.Grant) (scheduler.Grant, error) {
		return c.client.renew(ctx, g)
	})
	if err != nil {
		return "", fmt.Errorf("refresh the grant: %w", err)
	}
	return g.Access, nil
}

// renew asks for a new access token, once.
func (c *Client) renew(ctx context.Context, g scheduler.Grant) (scheduler.Grant, error) {
	provider, _, err := c.discover(ctx)
	if err != nil {
		return g, err
	}
	if g.Refresh == "" {
		return g, fmt.Errorf("%w: there is no refresh token", scheduler.ErrSignedOut)
	}
	// A token source made for one call: it would keep its context.
	old := &oauth2.Token{RefreshToken: g.Refresh, Expiry: time.Unix(1, 0)}
	token, err := c.oauth(provider).TokenSource(oidc.ClientContext(ctx, c.http), old).Token()
	if err != nil {
		return g, renewError(err)
	}
	fresh := c.grant(token) // its refresh token is the old one where the answer has none
	if granted, _ := token.Extra("scope").(string); granted == "" {
		fresh.Scopes = g.Scopes
	}
	return fresh, nil
}

// renewError tells the end of a grant from trouble that passes.
func renewError(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return withoutURL(err)
	}
	if refused.ErrorCode == "invalid_grant" {
		return fmt.Errorf("%w: %s", scheduler.ErrSignedOut, plainWords(refused.ErrorDescription))
	}
	return tokenError(refused)
}

// tokenError keeps of a refusal what holds nothing of the request.
func tokenError(refused *oauth2.RetrieveError) error {
	return fmt.Errorf("token endpoint: %s %s", refused.Response.Status, plainWords(refused.ErrorCode))
}

// fixed is a grant without a store: of a rep who left, whose rows are gone.
type fixed struct{ grant scheduler.Grant }

func (f *fixed) Grant(context.Context, string) (scheduler.Grant, error) { return f.grant, nil }

func (f *fixed) RefreshGrant(_ context.Context, _, _ string, renew func(scheduler.Grant) (scheduler.Grant, error)) (scheduler.Grant, error) {
	g, err := renew(f.grant)
	if err == nil {
		f.grant = g
	}
	return f.grant, err
}
