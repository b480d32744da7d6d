package api

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/integrations/google"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// attemptLife is how long a rep may take on Google's pages.
const attemptLife = 10 * time.Minute

// attempt is a sign-in under way. It stays on the server, in the session of the
// browser that began it.
type attempt struct {
	google.Attempt
	Next  string // where to go afterwards
	Begun time.Time
}

// otherLoopback reports whether a browser on this machine calls it by another name than
// the public URL does: 127.0.0.1 for localhost. The cookie that a sign-in begins with
// would not be there when Google sends the browser back.
func (a *API) otherLoopback(r *http.Request) bool {
	here, public := hostName(r.Host), hostName(a.public.Host)
	return !strings.EqualFold(here, public) && isLoopback(here) && isLoopback(public)
}

// hostName returns host without its port: cookies do not tell ports apart.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func isLoopback(name string) bool {
	ip, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && ip.IsLoopback()
}

func (a *API) startSignIn(c *gin.Context) {
	if !a.Google.Configured() {
		c.Redirect(http.StatusFound, "/") // which says how to get an OAuth client
		return
	}
	if a.otherLoopback(c.Request) {
		c.Redirect(http.StatusFound, a.origin()+c.Request.URL.RequestURI())
		return
	}
	address, begun, err := a.Google.Begin(c.Request.Context())
	if err != nil {
		a.Log.ErrorContext(c.Request.Context(), "sign-in cannot begin", "error", err)
		a.refuse(c.Writer, c.Request, problemOf(http.StatusServiceUnavailable, "Google cannot be reached. Try again in a moment."))
		return
	}
	a.keep(c.Request, sessionAttempt, attempt{begun, localPath(c.Query("next")), a.Now().UTC()})
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusFound, address)
}

// finishSignIn takes Google's answer.
func (a *API) finishSignIn(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	begun, ok := a.takeAttempt(c.Request, c.Query("state"))
	if !ok {
		a.refuse(c.Writer, c.Request, problemOf(http.StatusBadRequest,
			"This sign-in was not begun in this browser, or it was finished before, or it took too long. Nothing was connected: go to the start page and sign in again."))
		return
	}
	if c.Query("error") != "" {
		a.tryAgain(c, "You did not agree on Google's page, so nothing was connected. Sign in again whenever you like.")
		return
	}
	who, grant, err := a.Google.Finish(c.Request.Context(), c.Query("code"), begun.Attempt)
	if err != nil {
		a.signInFailed(c, err)
		return
	}
	a.connect(c, who, grant, begun.Next)
}

// connect lets a rep in whom Google stands for, if their consent is enough.
func (a *API) connect(c *gin.Context, who google.Identity, grant scheduler.Grant, next string) {
	ctx := c.Request.Context()
	if !a.mayConnect(who.Email) {
		a.Log.WarnContext(ctx, "sign-in from a domain that is not allowed")
		a.refuse(c.Writer, c.Request, problemOf(http.StatusForbidden, "Accounts of your domain may not connect to this Holdfast. Ask who runs it."))
		return
	}
	if missing := google.Missing(grant.Scopes); len(missing) > 0 {
		a.tryAgain(c, "Nothing was connected: on Google's page the box to “"+strings.Join(missing, "” and the box to “")+
			"” was left unticked, and Holdfast cannot work without. Sign in again and leave every box ticked.")
		return
	}
	rep, err := a.Store.SignIn(ctx, store.Identity{Subject: who.Subject, Email: who.Email, Name: who.Name}, grant)
	if err == nil {
		// A session from before may be known to somebody else.
		err = a.sessions.RenewToken(ctx)
	}
	if err != nil {
		a.signInFailed(c, err)
		return
	}
	a.sessions.Put(ctx, sessionRep, rep.ID)
	visitOf(ctx).rep = rep.ID
	c.Redirect(http.StatusFound, next)
}

// tryAgain shows the page to sign in with what went wrong.
func (a *API) tryAgain(c *gin.Context, why string) {
	a.Say(c.Request, why, true)
	c.Redirect(http.StatusFound, "/")
}

func (a *API) signInFailed(c *gin.Context, err error) {
	ctx := c.Request.Context()
	if errors.Is(err, google.ErrAnswer) {
		a.Log.WarnContext(ctx, "sign-in refused", "error", err)
		a.refuse(c.Writer, c.Request, problemOf(http.StatusBadRequest,
			"Google's answer does not hold, so nothing was connected. Go to the start page and sign in again."))
		return
	}
	a.Log.ErrorContext(ctx, "sign-in failed", "error", err)
	p := problemFor(err)
	if p.Status == http.StatusInternalServerError {
		p = problemOf(http.StatusServiceUnavailable, "The sign-in could not be finished. Try again in a moment.")
	}
	a.refuse(c.Writer, c.Request, p)
}

// takeAttempt takes the sign-in that state answers out of the session; ok is false
// where there is none. It is good for one answer.
func (a *API) takeAttempt(r *http.Request, state string) (attempt, bool) {
	var begun attempt
	kept := a.sessions.GetString(r.Context(), sessionAttempt)
	if kept == "" || json.Unmarshal([]byte(kept), &begun) != nil {
		return attempt{}, false
	}
	if subtle.ConstantTimeCompare([]byte(begun.State), []byte(state)) != 1 {
		return attempt{}, false
	}
	a.sessions.Remove(r.Context(), sessionAttempt)
	return begun, a.Now().Sub(begun.Begun) <= attemptLife
}

// mayConnect reports whether the operator lets people of address's domain in.
func (a *API) mayConnect(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return len(a.AllowedDomains) == 0 || slices.ContainsFunc(a.AllowedDomains, func(allowed string) bool {
		return strings.EqualFold(allowed, domain)
	})
}

// localPath returns next where it is a place on this site, else the start page.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, notInPath) {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}

// notInPath reports whether r is a character by which browsers leave the site: they
// read a backslash as a slash, and drop control characters.
func notInPath(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }

// signOut ends the session.
func (a *API) signOut(c *gin.Context) {
	if err := a.SignOut(c.Request); err != nil {
		a.Log.ErrorContext(c.Request.Context(), "sign-out failed", "error", fmt.Errorf("sign out: %w", err))
		a.refuse(c.Writer, c.Request, problemFor(err))
		return
	}
	c.Redirect(http.StatusSeeOther, "/")
}
