package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// caller is who asks.
type caller struct {
	rep     store.Rep
	session bool // signed in by session; else by token
}

type callerKey struct{}

// callerOf returns who asks. Only handlers behind authenticated may call it.
func callerOf(ctx context.Context) caller {
	who, _ := ctx.Value(callerKey{}).(caller)
	return who
}

// authenticated lets only those through who are signed in, by session or by token.
func (a *API) authenticated(c *gin.Context) {
	who, err := a.identify(c)
	if err != nil {
		p := problemFor(err)
		if p.Status >= http.StatusInternalServerError {
			a.Log.ErrorContext(c.Request.Context(), "authentication failed", "error", err)
		}
		c.Abort()
		if p.Status == http.StatusUnauthorized {
			c.Header("WWW-Authenticate", `Bearer realm="holdfast"`)
		}
		p.write(c.Writer)
		return
	}
	visitOf(c.Request.Context()).rep = who.rep.ID
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), callerKey{}, who))
}

var errSignedOut = problemOf(http.StatusUnauthorized, "")

func (a *API) identify(c *gin.Context) (caller, error) {
	if header := c.GetHeader("Authorization"); header != "" {
		return a.byToken(c, header)
	}
	id, ok := a.Rep(c.Request)
	if !ok {
		return caller{}, errSignedOut
	}
	rep, err := a.Store.Rep(c.Request.Context(), id)
	return caller{rep, true}, connected(rep, err)
}

// byToken identifies the rep of a personal token. Who guesses is slowed down; who has
// one is let in, whoever else guesses from behind the same address.
func (a *API) byToken(c *gin.Context, header string) (caller, error) {
	scheme, secret, _ := strings.Cut(header, " ")
	err := error(errSignedOut)
	var rep store.Rep
	if strings.EqualFold(scheme, "Bearer") {
		rep, err = a.Store.RepByToken(c.Request.Context(), strings.TrimSpace(secret))
		err = connected(rep, err)
	}
	if !errors.Is(err, errSignedOut) {
		return caller{rep, false}, err
	}
	if wait, ok := a.limits.bearer.take(c.ClientIP()); !ok {
		p := problemOf(http.StatusTooManyRequests, "")
		p.retryAfter = max(wait, time.Second)
		return caller{}, p
	}
	return caller{}, err
}

// connected tells a rep who is here from one who left.
func connected(rep store.Rep, err error) error {
	if errors.Is(err, scheduler.ErrNotFound) || err == nil && rep.State == store.Disconnected {
		return errSignedOut
	}
	return err
}
