package api

import (
	"compress/gzip"
	"container/list"
	"context"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// feedRefresh is how often clients are asked to look again. Most take their own time.
const feedRefresh = time.Hour

// feedColor is what clients that ask the feed show it in.
const feedColor = "teal"

// encodedFeed returns feed as it is sent: as it was encoded for another reader, where it
// says the same, or anew. One is encoded at a time, so that readers who come together
// share it, and no more than one is in the making.
func (a *API) encodedFeed(ctx context.Context, feed store.FeedState) (*sentFeed, error) {
	if kept := a.feeds.get(feed); kept != nil {
		a.Metrics.feed("kept")
		return kept, nil
	}
	a.feeds.encoding.Lock()
	defer a.feeds.encoding.Unlock()
	if kept := a.feeds.get(feed); kept != nil {
		a.Metrics.feed("kept")
		return kept, nil
	}
	state, entries, err := a.Store.FeedEntries(ctx, feed.ID)
	if err != nil {
		return nil, err
	}
	sent, err := encodeFeed(state, entries)
	if err != nil {
		return nil, fmt.Errorf("encode feed %s: %w", feed.ID, err)
	}
	a.Metrics.feed("encoded")
	a.feeds.put(sent)
	return sent, nil
}

// sentFeed is a feed as it is sent.
type sentFeed struct {
	state         store.FeedState
	plain, zipped chunks
}

// held is how much memory it takes.
func (f *sentFeed) held() int { return f.plain.held() + f.zipped.held() }

// encodeFeed writes a feed, packed and not, in one go.
func encodeFeed(state store.FeedState, entries []store.FeedEntry) (*sentFeed, error) {
	f := &sentFeed{state: state}
	zip := gzip.NewWriter(&f.zipped)
	as := ics.Feed{Name: state.Name, Color: feedColor, Refresh: feedRefresh}
	if err := ics.WriteFeed(io.MultiWriter(&f.plain, zip), as, written(entries)); err != nil {
		return nil, err
	}
	return f, zip.Close()
}

// written are entries as they are written.
func written(entries []store.FeedEntry) iter.Seq[ics.Entry] {
	return func(yield func(ics.Entry) bool) {
		for i := range entries {
			e := &entries[i]
			w := ics.Entry{
				UID: e.UID + scheduler.UIDSuffix, Summary: e.Summary, Description: e.Description, Start: e.Start, End: e.End,
				AllDay: e.AllDay, Todo: e.Todo, Status: e.Status, Transparent: !e.Busy, Private: e.Private,
				Kind: e.Kind, ID: e.ID, URL: e.URL, Stamp: e.Changed, Sequence: e.Sequence, Created: e.Created,
				Modified: e.Changed, Alarm: e.Alarm, Reminder: e.Reminder,
			}
			if e.Category != "" {
				w.Categories = []string{e.Category}
			}
			if !yield(w) {
				return
			}
		}
	}
}

// chunks are octets in pieces: growing, they are never held twice.
type chunks [][]byte

// The sizes of pieces: each is twice that of the one before.
const (
	firstChunk   = 2 << 10
	largestChunk = 64 << 10
)

// Write implements io.Writer. It never fails.
func (c *chunks) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if n := len(*c); n == 0 || len((*c)[n-1]) == cap((*c)[n-1]) {
			*c = append(*c, make([]byte, 0, min(firstChunk<<min(n, 10), largestChunk)))
		}
		last := &(*c)[len(*c)-1]
		room := min(len(rest), cap(*last)-len(*last))
		*last, rest = append(*last, rest[:room]...), rest[room:]
	}
	return len(p), nil
}

func (c chunks) size() int {
	n := 0
	for _, piece := range c {
		n += len(piece)
	}
	return n
}

func (c chunks) held() int {
	n := 0
	for _, piece := range c {
		n += cap(piece)
	}
	return n
}

func (c chunks) writeTo(w io.Writer) {
	for _, piece := range c {
		if _, err := w.Write(piece); err != nil {
			return // the client has gone away: nobody is left to tell
		}
	}
}

// feedCacheSize bounds the octets that are kept of feeds.
const feedCacheSize = 64 << 20

// feedCache keeps feeds as they are sent, those that were read last. Each replica has its
// own: what is in it is only ever good for the state that the database names.
type feedCache struct {
	encoding sync.Mutex

	mu     sync.Mutex // guards what follows
	room   int
	recent list.List                // of *sentFeed, the last read first
	byID   map[string]*list.Element // of recent, by the feed's id
}

func newFeedCache(size int) *feedCache {
	return &feedCache{room: size, byID: make(map[string]*list.Element)}
}

// get returns what is kept of a feed that says what it says now; nil: nothing.
func (c *feedCache) get(feed store.FeedState) *sentFeed {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byID[feed.ID]
	if !ok {
		return nil
	}
	kept := at.Value.(*sentFeed)
	if kept.state.Digest != feed.Digest {
		return nil
	}
	c.recent.MoveToFront(at)
	return kept
}

// put keeps a feed in place of what it said before, and forgets what was not read for
// the longest where there is no room.
func (c *feedCache) put(f *sentFeed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before, ok := c.byID[f.state.ID]; ok {
		c.drop(before)
	}
	c.byID[f.state.ID] = c.recent.PushFront(f)
	c.room -= f.held()
	for c.room < 0 {
		c.drop(c.recent.Back())
	}
}

func (c *feedCache) drop(at *list.Element) {
	f := c.recent.Remove(at).(*sentFeed)
	delete(c.byID, f.state.ID)
	c.room += f.held()
}
