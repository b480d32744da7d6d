package api

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// limits bound how often one address may knock at the doors that need no key, or that
// lead elsewhere.
type limits struct {
	signIn *limiter // sign-ins
	act    *limiter // links from holds
	hook   *limiter // pushes that were refused
	bearer *limiter // tokens that were refused
	look   *limiter // at a booking link
	book   *limiter // and what is done there
	webcal *limiter // calendars elsewhere: each is a question to somebody else's server

	feed      *limiter // readings of one feed
	feedGuess *limiter // addresses of feeds that were refused
}

func newLimits(now func() time.Time) limits {
	return limits{
		signIn: newLimiter(now, 1, 60),
		act:    newLimiter(now, 1, 60),
		hook:   newLimiter(now, 5, 120),
		bearer: newLimiter(now, 1, 60),
		look:   newLimiter(now, 10, 600),
		book:   newLimiter(now, 1, 240),
		webcal: newLimiter(now, 0.1, 20),

		feed:      newLimiter(now, 5, 100),
		feedGuess: newLimiter(now, 1, 60),
	}
}

// most is how many addresses a limiter remembers. Beyond it those it has not heard of
// share one bucket, so that it fails closed and its memory has an end.
const most = 20_000

// limiter is a token bucket for each address.
type limiter struct {
	now   func() time.Time
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
	swept   time.Time
}

func newLimiter(now func() time.Time, perSecond float64, burst int) *limiter {
	return &limiter{now: now, rate: rate.Limit(perSecond), burst: burst, buckets: make(map[string]*rate.Limiter)}
}

// take takes one from the bucket of an address; where it is empty, it returns how
// long to wait.
func (l *limiter) take(address string) (wait time.Duration, ok bool) {
	now := l.now()
	reservation := l.bucket(address, now).ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return wait, false
	}
	return 0, true
}

func (l *limiter) bucket(address string, now time.Time) *rate.Limiter {
	key := network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.buckets[key]; ok {
		return b
	}
	l.sweep(now)
	if len(l.buckets) >= most {
		key = ""
		if b, ok := l.buckets[key]; ok {
			return b
		}
	}
	b := rate.NewLimiter(l.rate, l.burst)
	l.buckets[key] = b
	return b
}

// sweep forgets the buckets that are full again: they say nothing.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute && !l.swept.IsZero() {
		return
	}
	l.swept = now
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
}

// network returns what an address is counted as: an IPv6 client has a whole /64.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is6() {
		if prefix, err := ip.WithZone("").Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return ip.String()
}

// limited refuses what comes too fast: sign-ins, links from holds, bookings, calendars
// elsewhere. Which it is is told by route, so that pages need not know.
func (a *API) limited(c *gin.Context) {
	var l *limiter
	switch route := c.FullPath(); {
	case strings.HasPrefix(route, "/auth/google/"):
		l = a.limits.signIn
	case strings.HasPrefix(route, actPrefix):
		l = a.limits.act
	case strings.HasPrefix(route, bookingPrefix) && c.Request.Method == http.MethodGet:
		l = a.limits.look
	case strings.HasPrefix(route, bookingPrefix):
		l = a.limits.book
	case c.Request.Method == http.MethodPost && (route == prefix+"/calendars" || route == "/connection/webcal"):
		l = a.limits.webcal
	default:
		return
	}
	if wait, ok := l.take(c.ClientIP()); !ok {
		a.slowDown(c, wait)
	}
}

func (a *API) slowDown(c *gin.Context, wait time.Duration) {
	p := problemOf(429, "")
	p.retryAfter = max(wait, time.Second)
	c.Abort()
	a.refuse(c.Writer, c.Request, p)
}
