package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// healthz says that the program runs.
func (a *API) healthz(c *gin.Context) {
	c.JSON(http.StatusOK, gin.H{"status": "ok"})
}

// readyz says whether it can work: database, schema and queue are there.
func (a *API) readyz(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	if err := a.Store.Ready(ctx); err != nil {
		a.Log.WarnContext(ctx, "not ready", "error", err)
		problemOf(http.StatusServiceUnavailable, "").write(c.Writer)
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready", "database": a.Store.Dialect()})
}

// metrics gives the operator's program its figures. To everybody else, and to whoever
// comes through a proxy, there is no such thing here.
func (a *API) metrics(c *gin.Context) {
	if !a.isOperator(c.Request) {
		a.refuse(c.Writer, c.Request, problemOf(http.StatusNotFound, ""))
		return
	}
	a.Metrics.ServeHTTP(c.Writer, c.Request)
}

// isOperator reports whether a request comes straight from this machine or a private
// network. Who asks for the public name by https came through a proxy, also where that
// does not say so: nothing else here speaks it.
func (a *API) isOperator(r *http.Request) bool {
	if a.https() && strings.EqualFold(hostName(r.Host), hostName(a.public.Host)) {
		return false
	}
	for _, passedOn := range []string{"X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"} {
		if r.Header.Get(passedOn) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	return err == nil && (ip.IsLoopback() || ip.IsPrivate())
}
