package emulator

import (
	"slices"
	"strings"
	"time"
)

// eventsPage is one page of events.list and events.instances.
type eventsPage struct {
	Kind             string     `json:"kind"`
	ETag             string     `json:"etag"`
	Summary          string     `json:"summary"`
	Updated          string     `json:"updated"`
	TimeZone         string     `json:"timeZone"`
	AccessRole       Role       `json:"accessRole"`
	DefaultReminders []Reminder `json:"defaultReminders"`
	NextPageToken    string     `json:"nextPageToken,omitempty"`
	NextSyncToken    string     `json:"nextSyncToken,omitempty"`
	Items            []*Event   `json:"items"`
}

const (
	defaultPage = 250
	largestPage = 2500
)

// listing is one call of events.list.
type listing struct {
	view
	call    *call
	cursor  cursor
	size    int
	timeMin time.Time
	timeMax time.Time
}

func (s *Server) listEvents(c *call) (any, error) {
	cal, role, err := s.calendarFor(c)
	if err != nil {
		return nil, err
	}
	v, err := s.viewOf(c, cal, role)
	if err != nil {
		return nil, err
	}
	l := &listing{view: v, call: c, size: s.pageSize(c), timeMin: c.time("timeMin"), timeMax: c.time("timeMax")}
	if err := l.checkParameters(); err != nil {
		return nil, err
	}
	if l.cursor, err = l.start(); err != nil {
		return nil, err
	}
	if s.config.EmptyPages && !l.cursor.Blank {
		l.cursor.Blank = true
		page := l.page(nil)
		page.NextPageToken = s.seal(l.cursor)
		return page, nil
	}
	l.cursor.Blank = false
	if c.query.Has("orderBy") {
		return l.ordered(), nil
	}
	return l.next(), nil
}

func (s *Server) pageSize(c *call) int {
	size := min(c.number("maxResults", defaultPage), largestPage)
	if s.config.PageCap > 0 {
		size = min(size, s.config.PageCap)
	}
	return max(size, 1)
}

func (l *listing) checkParameters() error {
	q := l.call.query
	if q.Get("orderBy") == "startTime" && !l.call.flag("singleEvents") {
		return invalidParameter("orderBy", "The requested ordering is not available for the particular query.")
	}
	if !l.timeMin.IsZero() && !l.timeMax.IsZero() && !l.timeMax.After(l.timeMin) {
		return timeRangeEmpty()
	}
	for _, name := range []string{"privateExtendedProperty", "sharedExtendedProperty"} {
		for _, constraint := range q[name] {
			if !strings.Contains(constraint, "=") {
				return invalidParameter(name, "Invalid extended property constraint.")
			}
		}
		if len(q[name]) > 1 {
			return l.server.refuse(l.call.method.ID, name+" given several times: Google's pages disagree on what that means")
		}
	}
	return nil
}

// page wraps items.
func (l *listing) page(items []*Event) *eventsPage { return l.view.page(items) }

func (v view) page(items []*Event) *eventsPage {
	if items == nil {
		items = []*Event{}
	}
	return &eventsPage{
		Kind: "calendar#events", ETag: v.server.listETag(), Summary: v.calendar.summary,
		Updated: v.calendar.updated.Format("2006-01-02T15:04:05.000Z"), TimeZone: v.zone.String(), AccessRole: v.role,
		DefaultReminders: []Reminder{{"popup", 10}}, Items: items,
	}
}

// next is the page that follows the cursor, in order of change.
func (l *listing) next() *eventsPage {
	var items []*Event
	full := false
	l.calendar.changed(max(l.cursor.Since, l.cursor.At), l.cursor.UpTo, func(r *record) bool {
		found := l.emit(r)
		rest := found[min(l.cursor.Skip, len(found)):]
		room := l.size - len(items)
		if len(rest) > room {
			items = append(items, rest[:room]...)
			l.cursor.Skip += room
			full = true
			return false
		}
		items = append(items, rest...)
		l.cursor.At, l.cursor.Skip = r.rev, 0
		return true
	})
	page := l.page(items)
	if full {
		page.NextPageToken = l.server.seal(l.cursor)
		return page
	}
	page.NextSyncToken = l.server.seal(cursor{
		Sync: true, Of: l.cursor.Of, Params: fingerprint(l.call.query, unsynced...), Since: l.cursor.UpTo,
	})
	return page
}

// ordered is a page of a sorted list. Such lists cannot be synchronised.
func (l *listing) ordered() *eventsPage {
	var items []*Event
	l.calendar.changed(0, l.cursor.UpTo, func(r *record) bool {
		items = append(items, l.emit(r)...)
		return true
	})
	slices.SortStableFunc(items, func(a, b *Event) int {
		if l.call.query.Get("orderBy") == "updated" {
			return strings.Compare(a.Updated, b.Updated)
		}
		return l.startOf(a).Compare(l.startOf(b))
	})
	rest := items[min(l.cursor.Skip, len(items)):]
	if len(rest) <= l.size {
		return l.page(rest)
	}
	l.cursor.Skip += l.size
	page := l.page(rest[:l.size])
	page.NextPageToken = l.server.seal(l.cursor)
	return page
}

func (v view) startOf(e *Event) time.Time {
	switch {
	case e.Start != nil:
		return e.Start.instant(v.server.zoneOf(v.calendar))
	case e.OriginalStartTime != nil:
		return e.OriginalStartTime.instant(v.server.zoneOf(v.calendar))
	}
	return time.Time{}
}
