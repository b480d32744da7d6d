package api

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"holdfast/scheduler"
)

// mostPush is the longest body that a push may have. Google's have none.
const mostPush = 4 << 10

// pushed takes a push: a hint that a calendar changed. Nothing in it is believed but
// the channel's own secret; its body is not read beyond its length.
func (a *API) pushed(c *gin.Context) {
	body := http.MaxBytesReader(c.Writer, c.Request.Body, mostPush)
	if _, err := io.Copy(io.Discard, body); err != nil {
		problemOf(http.StatusRequestEntityTooLarge, "").write(c.Writer)
		return
	}
	channel, token := c.GetHeader("X-Goog-Channel-ID"), c.GetHeader("X-Goog-Channel-Token")
	if channel == "" || token == "" {
		a.refusePush(c, http.StatusUnauthorized, "missing")
		return
	}
	err := a.Store.Pushed(c.Request.Context(), channel, token, c.GetHeader("X-Goog-Resource-ID"))
	switch {
	case errors.Is(err, scheduler.ErrNotFound):
		a.refusePush(c, http.StatusNotFound, "unknown")
	case err != nil:
		a.Log.ErrorContext(c.Request.Context(), "push not taken", "error", err)
		a.Metrics.push("failed")
		problemOf(http.StatusServiceUnavailable, "").write(c.Writer) // Google tries again
	default:
		a.Metrics.push("taken")
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
	}
}

// refusePush turns a push away that is nobody's. Who sends many of them is slowed down;
// what is Google's is taken all the same, also where a proxy gives all one address.
func (a *API) refusePush(c *gin.Context, status int, why string) {
	a.Metrics.push(why)
	if wait, ok := a.limits.hook.take(c.ClientIP()); !ok {
		a.slowDown(c, wait)
		return
	}
	problemOf(status, "").write(c.Writer)
}
