package webcal

import (
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// maxNamed is for how many zones of one file a name is looked for. Others keep theirs.
const maxNamed = 50

// nameZones gives moments in zones that only the file describes the zone of IANA's that
// is the same, for they are kept without the file. A moment in a zone that is like none
// stays as it is.
func nameZones(events []scheduler.Event) {
	known := make(map[*time.Location]*time.Location)
	name := func(m *scheduler.Moment) {
		if m == nil || m.Zone == nil || m.Zone == time.UTC {
			return
		}
		zone, seen := known[m.Zone]
		if !seen && len(known) < maxNamed {
			zone = m.Zone
			if like, ok := ics.Named(m.Zone); ok {
				zone = like
			}
			known[m.Zone] = zone
			seen = true
		}
		if seen {
			m.Zone = zone
		}
	}
	for i := range events {
		e := &events[i]
		name(&e.Start)
		name(&e.End)
		name(e.RecurrenceID)
		for j := range e.RDates {
			name(&e.RDates[j].Start)
			name(&e.RDates[j].End)
		}
		for j := range e.ExDates {
			name(&e.ExDates[j])
		}
	}
}
