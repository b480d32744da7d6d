package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
)

// mostBody bounds every request's body.
const mostBody = 1 << 20

// around puts around h what every request needs, the outermost first: a line in the
// log, an answer where the program fails, headers, protection against other sites'
// forms, and the session.
func (a *API) around(h http.Handler) http.Handler {
	h = headAsGet(h)
	h = a.session(h)
	h = a.sameOrigin(h)
	h = a.headers(h)
	h = a.recovered(h)
	return a.logged(h)
}

// session gives requests their session, but for those of calendar clients, Google and the
// operator: no cookie is read or set there, and no database asked for it.
func (a *API) session(next http.Handler) http.Handler {
	with := a.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.Path; forPrograms(path) && !strings.HasPrefix(path, prefix) {
			next.ServeHTTP(w, r)
			return
		}
		with.ServeHTTP(w, r)
	})
}

// visit is what the log learns about a request on its way in.
type visit struct {
	route string // as registered: paths may hold secrets
	rep   string
}

type visitKey struct{}

// visitOf returns the visit that r is; never nil.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return new(visit)
}

// named tells the log which route a request took.
func (a *API) named(c *gin.Context) { visitOf(c.Request.Context()).route = c.FullPath() }

// logged writes one line for each request, without anything that may be a secret:
// the route and not the path, no query, no header.
func (a *API) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := new(visit)
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		begun := a.Now()
		next.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		took := a.Now().Sub(begun)
		a.Metrics.request(v.route, r.Method, answer.status, took)
		a.Log.InfoContext(r.Context(), "request", "method", methodName(r.Method), "route", v.route,
			"status", answer.status, "took_ms", float64(took.Microseconds())/1000, "rep", v.rep)
	})
}

// methodName keeps what a stranger may write as a method out of log and metrics.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// answer remembers its status.
type answer struct {
	http.ResponseWriter
	status  int
	started bool
}

// WriteHeader implements http.ResponseWriter.
func (w *answer) WriteHeader(status int) {
	if !w.started && status >= http.StatusOK { // 1xx are not the answer yet
		w.status, w.started = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *answer) Write(b []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recovered answers 500 where the program fails. What the panic says may hold a
// secret, so the log gets its type and where it happened.
func (a *API) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // the way to end a connection
			}
			a.Log.ErrorContext(r.Context(), "panic", "route", visitOf(r.Context()).route, "what", panicKind(p), "stack", string(debug.Stack()))
			if answer, ok := w.(*answer); !ok || !answer.started {
				a.refuse(w, r, problemOf(http.StatusInternalServerError, ""))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func panicKind(p any) string {
	var fault runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &fault) {
		return fault.Error()
	}
	return fmt.Sprintf("%T", p)
}

// headAsGet has HEAD answered as GET is; the server leaves the body out.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context()) // a copy: the server looks at its own
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// headers sets what every answer says, and bounds every request's body.
func (a *API) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if a.https() { // elsewhere browsers ignore the one, and complain of the other
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if forPrograms(r.URL.Path) || isBooking(r) {
			h.Set("Cache-Control", "no-store")
		}
		if isSecret(r) {
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("X-Robots-Tag", "noindex, nofollow")
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		next.ServeHTTP(w, r)
	})
}

// isSecret reports whether the address of r is what lets one in: that of a booking, of a
// feed, or of what the links in a hold do.
func isSecret(r *http.Request) bool {
	return isBooking(r) || isFeed(r.URL.Path) || strings.HasPrefix(r.URL.Path, actPrefix)
}

// actPrefix is where the links in a hold's description lead.
const actPrefix = "/act/"

// sameOrigin refuses what a page of another site has a browser send. Requests of
// programs, which say nothing about an origin, pass: cookies are no use to them. So does
// what an old browser sends from a page that gives no referrer, and that asks for no
// cookie: it has null for the origin, and no other site knows the address.
func (a *API) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(a.origin()); err != nil {
		panic(err) // New has read the address
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, problemOf(http.StatusForbidden, "The request came from another site."))
	}))
	protected := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isSecret(r) && r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
			next.ServeHTTP(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}
