package scheduler

import (
	"math"
	"time"
)

// zoneCursor resolves many wall-clock times in one zone. While they stay between
// the same two changes of the zone's offset, as a series mostly does, it needs
// no look-up. Its zero value with a zone is ready; one goroutine may use it.
type zoneCursor struct {
	zone *time.Location
	// Wall-clock times in [low, high), written as if they were UTC, are ahead of
	// UTC by offset, and happen first so. An empty span says nothing is known.
	low, high, offset int64
}

// resolve returns Resolve(wall, c.zone).
func (c *zoneCursor) resolve(wall time.Time) time.Time {
	at := wall.Unix()
	if at >= c.low && at < c.high {
		return time.Unix(at-c.offset, int64(wall.Nanosecond())).UTC()
	}
	t := Resolve(wall, c.zone)
	c.remember(t)
	return t
}

// remember notes the span around t in which the offset does not change. The
// first days of it are left out: clocks set back may show them before it too.
func (c *zoneCursor) remember(t time.Time) {
	local := t.In(c.zone)
	_, offset := local.Zone()
	start, end := local.ZoneBounds()
	c.offset = int64(offset)
	c.low, c.high = math.MinInt64, math.MaxInt64
	if !start.IsZero() {
		c.low = start.Unix() + zoneMargin
	}
	if !end.IsZero() {
		c.high = end.Unix() + c.offset
	}
}
