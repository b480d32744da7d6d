package webcal

import (
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// maxNamed is for how many zones of one file a name is looked for. Others keep theirs.
const maxNamed = 20

// nameZones gives moments in zones that only the file describes the zone of IANA's that
// is the same, for they are kept without the file. A moment in a zone that is like none
// stays as it is.
func nameZones(events []scheduler.Event) {
	names := make(zoneNames)
	for i := range events {
		e := &events[i]
		names.give(&e.Start)
		names.give(&e.End)
		if e.RecurrenceID != nil {
			names.give(e.RecurrenceID)
		}
		for j := range e.RDates {
			names.give(&e.RDates[j].Start)
			names.give(&e.RDates[j].End)
		}
		for j := range e.ExDates {
			names.give(&e.ExDates[j])
		}
	}
}

// zoneNames is which zone of IANA's each zone of a file is; itself where it is none.
type zoneNames map[*time.Location]*time.Location

func (n zoneNames) give(m *scheduler.Moment) {
	if m.Zone == nil || m.Zone == time.UTC {
		return
	}
	zone, known := n[m.Zone]
	if !known && len(n) < maxNamed {
		zone = m.Zone
		if like, ok := ics.Named(m.Zone); ok {
			zone = like
		}
		n[m.Zone] = zone
	}
	if zone != nil {
		m.Zone = zone
	}
}
