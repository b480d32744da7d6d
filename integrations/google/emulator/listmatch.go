package emulator

import (
	"slices"
	"strings"
	"time"
)

// cancellationsTold is how far ahead the instances of a deleted series are told of
// one by one.
const cancellationsTold = 183 * 24 * time.Hour

// emit is what a record contributes to the list.
func (l *listing) emit(r *record) []*Event {
	if !l.wanted(r) {
		return nil
	}
	e := r.event
	if len(e.Recurrence) > 0 && l.call.flag("singleEvents") {
		return l.expanded(r)
	}
	if r.state != live || l.inWindow(e) {
		return []*Event{l.render(r)}
	}
	return nil
}

// wanted applies every filter but the time window.
func (l *listing) wanted(r *record) bool {
	q, e := l.call.query, r.event
	if r.state == cancelled && !l.showsDeleted(e) {
		return false
	}
	types := q["eventTypes"]
	switch {
	case len(types) > 0 && !slices.Contains(types, e.EventType),
		q.Has("iCalUID") && e.ICalUID != q.Get("iCalUID"),
		q.Has("q") && !matchesText(e, q.Get("q")),
		q.Has("updatedMin") && e.Updated < l.call.time("updatedMin").Format("2006-01-02T15:04:05.000Z"):
		return false
	}
	var private, shared map[string]string
	if e.ExtendedProperties != nil {
		private, shared = e.ExtendedProperties.Private, e.ExtendedProperties.Shared
	}
	return hasProperties(private, q["privateExtendedProperty"]) && hasProperties(shared, q["sharedExtendedProperty"])
}

// showsDeleted: changes always hold deletions, and a list of series needs to know
// their cancelled instances.
func (l *listing) showsDeleted(e *Event) bool {
	if l.cursor.Delta || l.call.flag("showDeleted") || l.call.query.Has("updatedMin") {
		return true
	}
	return e.RecurringEventID != "" && !l.call.flag("singleEvents") && l.overlaps(e.OriginalStartTime, e.OriginalStartTime)
}

func hasProperties(of map[string]string, constraints []string) bool {
	for _, c := range constraints {
		key, value, _ := strings.Cut(c, "=")
		if got, has := of[key]; !has || got != value {
			return false
		}
	}
	return true
}

// inWindow: a sync token excludes a window, so changes come whatever it was. An
// instance that was moved counts where it is and where it was.
func (l *listing) inWindow(e *Event) bool {
	if l.overlaps(e.Start, e.End) {
		return true
	}
	if len(e.Recurrence) == 0 {
		return e.OriginalStartTime != nil && !l.call.flag("singleEvents") && l.overlaps(e.OriginalStartTime, e.OriginalStartTime)
	}
	found := false
	if q := l.server.seriesOf(l.calendar, e); q != nil {
		q.instances(l.timeMin, l.timeMax, func(*Event) bool { found = true; return false })
	}
	return found
}

func (l *listing) overlaps(start, end *When) bool {
	zone := l.server.zoneOf(l.calendar)
	from, to := start.instant(zone), end.instant(zone)
	if !l.timeMin.IsZero() && !to.After(l.timeMin) && !from.Equal(l.timeMin) {
		return false
	}
	return l.timeMax.IsZero() || from.Before(l.timeMax)
}

// expanded is a series as its instances. One touch of a series brings them all; a
// deleted one brings half a year of cancellations.
func (l *listing) expanded(r *record) []*Event {
	q := l.server.seriesOf(l.calendar, r.event)
	if q == nil {
		return nil
	}
	from, to := l.timeMin, l.timeMax
	if r.state != live {
		from = l.server.now()
		to = from.Add(cancellationsTold)
	}
	exceptions := l.calendar.exceptions[r.event.ID]
	var all []*Event
	q.instances(from, to, func(e *Event) bool {
		if exceptions[e.ID] == nil {
			all = append(all, l.render(&record{event: e, rev: r.rev, state: r.state}))
		}
		return true
	})
	return all
}

// seriesOf is the expansion of a stored recurring event; nil where it has none.
func (s *Server) seriesOf(cal *calendar, master *Event) *series {
	if len(master.Recurrence) == 0 {
		return nil
	}
	zone := s.zoneOf(cal)
	startZone, err := s.location(master.Start.Zone)
	if err != nil {
		startZone = zone
	}
	q, err := newSeries(master, startZone, zone)
	if err != nil {
		return nil // it was checked when it was stored
	}
	return q
}
