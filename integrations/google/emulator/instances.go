package emulator

import (
	"slices"
	"strings"
	"time"
)

// lookup finds an event by id: stored, deleted, or an instance of a series that
// nobody touched. It is nil where there is none.
func (s *Server) lookup(cal *calendar, id string) *record {
	if r := cal.events[id]; r != nil {
		return r
	}
	cut := strings.LastIndexByte(id, '_')
	if cut < 0 {
		return nil
	}
	master := cal.events[id[:cut]]
	if master == nil {
		return nil
	}
	q := s.seriesOf(cal, master.event)
	if q == nil {
		return nil
	}
	e := q.find(id)
	if e == nil {
		return nil
	}
	return &record{event: e, rev: master.rev, state: master.state}
}

// occurrences visits, in no order, all single events of a calendar and those
// instances of its series that overlap [from, to).
func (s *Server) occurrences(cal *calendar, from, to time.Time, visit func(*Event)) {
	for _, r := range cal.events {
		q := s.seriesOf(cal, r.event)
		switch {
		case r.state != live:
		case q == nil:
			visit(r.event)
		default:
			q.instances(from, to, func(e *Event) bool {
				if cal.exceptions[r.event.ID][e.ID] == nil {
					visit(e)
				}
				return true
			})
		}
	}
}

func (s *Server) listInstances(c *call) (any, error) {
	cal, role, err := s.calendarFor(c)
	if err != nil {
		return nil, err
	}
	v, err := s.viewOf(c, cal, role)
	if err != nil {
		return nil, err
	}
	master := cal.events[c.path["eventId"]]
	if master == nil || master.state != live {
		return nil, notFound()
	}
	q := s.seriesOf(cal, master.event)
	if q == nil {
		return nil, invalidParameter("eventId", "The event is not recurring.")
	}
	l := &listing{view: v, call: c, size: s.pageSize(c), timeMin: c.time("timeMin"), timeMax: c.time("timeMax")}
	if err := l.checkParameters(); err != nil {
		return nil, err
	}
	if l.cursor, err = l.start(); err != nil {
		return nil, err
	}
	return l.instancesPage(q), nil
}

// instancesPage is the page of a series' instances at the cursor, by start.
func (l *listing) instancesPage(q *series) *eventsPage {
	var items []*Event
	exceptions := l.calendar.exceptions[q.master.ID]
	q.instances(l.timeMin, l.timeMax, func(e *Event) bool {
		if exceptions[e.ID] == nil {
			items = append(items, l.renderEvent(e))
		}
		return true
	})
	for _, r := range exceptions {
		if r.state == live && l.overlaps(r.event.Start, r.event.End) || r.state == cancelled && l.call.flag("showDeleted") {
			items = append(items, l.render(r))
		}
	}
	if at := l.call.query.Get("originalStart"); at != "" {
		items = slices.DeleteFunc(items, func(e *Event) bool { return !l.startedAt(e, at) })
	}
	slices.SortFunc(items, func(a, b *Event) int {
		if byStart := l.startOf(a).Compare(l.startOf(b)); byStart != 0 {
			return byStart
		}
		return strings.Compare(a.ID, b.ID)
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

// startedAt compares an instance's original start with a date or a time.
func (l *listing) startedAt(e *Event, text string) bool {
	if e.OriginalStartTime.Date != "" {
		return e.OriginalStartTime.Date == text
	}
	return e.OriginalStartTime.Time.Equal(parseTime(text))
}
