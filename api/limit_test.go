package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

func TestALimiterLetsABurstThroughAndThenAsManyAsItSays(t *testing.T) {
	now := noon
	l := newLimiter(func() time.Time { return now }, 1, 3)
	for i := range 3 {
		if _, ok := l.take("192.0.2.1"); !ok {
			t.Fatalf("%d of the burst was refused", i)
		}
	}
	if wait, ok := l.take("192.0.2.1"); ok || wait != time.Second {
		t.Errorf("ok %v, wait %v; want to wait a second", ok, wait)
	}
	if _, ok := l.take("192.0.2.2"); !ok {
		t.Error("another address was refused")
	}
	now = now.Add(time.Second)
	if _, ok := l.take("192.0.2.1"); !ok {
		t.Error("refused a second later")
	}
}

// An attacker with many addresses neither fills the memory nor gets through.
func TestALimiterFailsClosedAndForgets(t *testing.T) {
	now := noon
	l := newLimiter(func() time.Time { return now }, 1, 2)
	through := 0
	for i := range most + 1000 {
		if _, ok := l.take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)); ok {
			through++
		}
	}
	if len(l.buckets) > most+1 || through > most+2 {
		t.Errorf("%d buckets, %d let through", len(l.buckets), through)
	}
	now = now.Add(time.Hour)
	l.take("192.0.2.1")
	if len(l.buckets) != 1 {
		t.Errorf("%d buckets an hour later, want 1", len(l.buckets))
	}
}

func TestAnIPv6ClientCountsAsItsNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"2001:db8:1:2:3::4": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64",
		"::ffff:192.0.2.1": "192.0.2.1", "192.0.2.1": "192.0.2.1", "pipe": "pipe",
	} {
		if got := network(address); got != want {
			t.Errorf("%s counts as %s, want %s", address, got, want)
		}
	}
}

func TestDoorsWithoutAKeyAreNotKnockedAtForEver(t *testing.T) {
	d := newDesk(t, Pages{Routes: func(r gin.IRouter) {
		r.GET("/act/:token", func(c *gin.Context) { c.Status(http.StatusOK) })
		r.POST("/act/:token", func(c *gin.Context) { c.Status(http.StatusOK) })
	}})
	for _, door := range []struct {
		method, path string
		burst        int
	}{
		{"GET", "/auth/google/start", 60}, {"GET", "/act/x", 60}, {"POST", "/hooks/google", 120},
	} {
		for i := range door.burst {
			if w := d.answer(request(door.method, door.path, "")); w.Code == http.StatusTooManyRequests {
				t.Fatalf("%s: slowed down after %d", door.path, i)
			}
		}
		w := d.answer(request(door.method, door.path, ""))
		if p := problemIn(t, w); p.Code != "slow_down" || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: %+v, retry after %q", door.path, p, w.Header().Get("Retry-After"))
		}
		elsewhere := request(door.method, door.path, "")
		elsewhere.RemoteAddr = "198.51.100.7:4000"
		if w := d.answer(elsewhere); w.Code == http.StatusTooManyRequests {
			t.Errorf("%s: somebody else is slowed down too", door.path)
		}
	}
	// The finished part of a sign-in and the posted part of a link share the bucket.
	if w := d.answer(request("GET", "/auth/google/callback?state=x", "")); w.Code != http.StatusTooManyRequests {
		t.Errorf("callback: %d", w.Code)
	}
	if w := d.answer(request("POST", "/act/y", "")); w.Code != http.StatusTooManyRequests {
		t.Errorf("POST act: %d", w.Code)
	}
}
