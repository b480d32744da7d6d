package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// feedPath is where calendar clients read feeds.
const feedPath = "/feeds/"

// isFeed reports whether a path is one that calendar clients read: they have no session
// and are given none.
func isFeed(path string) bool { return strings.HasPrefix(path, feedPath) }

// readFeed answers a calendar client. Where a feed cannot be read the answer is an error:
// clients would take an empty calendar for the news that everything is gone. It never
// asks who they are, and sends them nowhere else, which some take for the end of a feed.
func (a *API) readFeed(c *gin.Context) {
	feed, err := store.FeedState{}, scheduler.ErrNotFound
	if token, named := strings.CutSuffix(c.Param("file"), ".ics"); named {
		feed, err = a.Store.Feed(c.Request.Context(), token)
	}
	switch {
	case errors.Is(err, scheduler.ErrNotFound):
		a.refuseFeed(c)
	case err != nil:
		a.feedFailed(c, err)
	default:
		if wait, ok := a.limits.feed.take(feed.ID); !ok {
			a.slowDown(c, wait)
			return
		}
		a.noteFeedRead(c, feed.Feed)
		a.serveFeed(c, feed)
	}
}

// refuseFeed answers who has a wrong address, one that is good no more, or none: all of
// them alike. Those who come too often are slowed down; who has the right address is not,
// whoever else comes from where they do.
func (a *API) refuseFeed(c *gin.Context) {
	a.Metrics.feed("unknown")
	if wait, ok := a.limits.feedGuess.take(c.ClientIP()); !ok {
		a.slowDown(c, wait)
		return
	}
	problemOf(http.StatusNotFound, "").write(c.Writer)
}

// feedRetry is when clients shall try again where a feed cannot be read.
const feedRetry = time.Minute

func (a *API) feedFailed(c *gin.Context, err error) {
	if !errors.Is(err, context.Canceled) { // then nobody waits for it
		a.Log.ErrorContext(c.Request.Context(), "feed not read", "error", err)
		a.Metrics.feed("failed")
	}
	p := problemOf(http.StatusServiceUnavailable, "")
	p.retryAfter = feedRetry
	p.write(c.Writer)
}

// noteFeedRead keeps who read a feed. Where that fails they read it all the same.
func (a *API) noteFeedRead(c *gin.Context, feed store.Feed) {
	if err := a.Store.FeedRead(c.Request.Context(), feed, clientName(c.GetHeader("User-Agent"))); err != nil {
		a.Log.WarnContext(c.Request.Context(), "reading of a feed not noted", "error", err)
	}
}

// serveFeed answers with a feed, or that it is as it was.
func (a *API) serveFeed(c *gin.Context, feed store.FeedState) {
	if tag, same := unchanged(c.Request, feed); same {
		a.Metrics.feed("unchanged")
		a.feedHeaders(c, feed, tag)
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	kept, err := a.encodedFeed(c.Request.Context(), feed)
	if err != nil {
		a.feedFailed(c, err)
		return
	}
	body, tag := kept.plain, plainTag(kept.state)
	if acceptsGzip(c.Request) {
		body, tag = kept.zipped, zippedTag(kept.state)
		c.Header("Content-Encoding", "gzip")
	}
	a.feedHeaders(c, kept.state, tag)
	c.Header("Content-Type", "text/calendar; charset=utf-8")
	c.Header("Content-Disposition", `inline; filename="holdfast.ics"`)
	c.Header("Content-Length", strconv.Itoa(body.size()))
	c.Status(http.StatusOK)
	body.writeTo(c.Writer)
}

// feedHeaders sets what both an answer with a feed and one without it say of it. What
// changed twice within a second counts as of the next one, which no answer may name
// before it comes (RFC 9110 §8.8.2.1): who asks by date gets the feed once more then.
func (a *API) feedHeaders(c *gin.Context, feed store.FeedState, tag string) {
	modified := feed.ChangedAt
	if now := a.Now(); modified.After(now) {
		modified = now
	}
	c.Header("ETag", tag)
	c.Header("Last-Modified", modified.UTC().Format(http.TimeFormat))
	c.Header("Cache-Control", "private, no-cache")
	c.Header("Vary", "Accept-Encoding")
}

// plainTag and zippedTag name the octets that are sent of a feed: what it says, in the
// way it is written, packed or not.
func plainTag(feed store.FeedState) string {
	return `"` + feed.Digest + "-" + strconv.Itoa(ics.FeedVersion) + `"`
}

func zippedTag(feed store.FeedState) string {
	return `"` + feed.Digest + "-" + strconv.Itoa(ics.FeedVersion) + `-gzip"`
}

// unchanged reports whether the client has the feed as it is, and under which tag. One
// that was sent it packed may ask for it otherwise now: what it has is still good.
func unchanged(r *http.Request, feed store.FeedState) (tag string, same bool) {
	plain, zipped := plainTag(feed), zippedTag(feed)
	if tags := r.Header.Values("If-None-Match"); len(tags) > 0 {
		for has := range strings.SplitSeq(strings.Join(tags, ","), ",") {
			switch has = strings.TrimPrefix(strings.TrimSpace(has), "W/"); has {
			case plain, zipped:
				return has, true
			case "*":
				return plain, true
			}
		}
		return "", false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return plain, err == nil && !feed.ChangedAt.After(since)
}

// acceptsGzip reports whether the client takes gzip.
func acceptsGzip(r *http.Request) bool {
	accepts := false
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "x-gzip" && coding != "*" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		wanted := weight == "" || err == nil && q > 0
		if coding != "*" {
			return wanted
		}
		accepts = wanted
	}
	return accepts
}
