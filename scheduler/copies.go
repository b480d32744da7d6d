package scheduler

import "time"

// eventKey tells events apart: copies of one event on two calendars share it.
type eventKey struct {
	uid      string
	original int64
	override bool
}

// family is a series, or a single event, with its overrides.
type family struct {
	event     *Event // nil: only overrides were found
	overrides []*Event
}

// families merges the copies of each event and sorts what is left into families,
// in the order in which they were first seen. Of two copies the one with the
// higher SEQUENCE counts, then the later LAST-MODIFIED, then the first.
func families(events []Event, local *time.Location) []family {
	superseded := supersededCopies(events, local)
	var all []family
	index := make(map[string]int, len(events))
	for i := range events {
		if superseded[i] {
			continue
		}
		e := &events[i]
		at, seen := index[e.UID]
		if !seen {
			at = len(all)
			index[e.UID] = at
			all = append(all, family{})
		}
		if e.RecurrenceID == nil {
			all[at].event = e
		} else {
			all[at].overrides = append(all[at].overrides, e)
		}
	}
	return all
}

// supersededCopies says which events do not count because another copy does.
func supersededCopies(events []Event, local *time.Location) []bool {
	superseded := make([]bool, len(events))
	best := make(map[eventKey]int, len(events))
	for i := range events {
		key := keyOf(&events[i], local)
		j, seen := best[key]
		switch {
		case !seen:
			best[key] = i
		case supersedes(&events[i], &events[j]):
			superseded[j] = true
			best[key] = i
		default:
			superseded[i] = true
		}
	}
	return superseded
}

func keyOf(e *Event, local *time.Location) eventKey {
	if e.RecurrenceID == nil {
		return eventKey{uid: e.UID}
	}
	return eventKey{e.UID, e.RecurrenceID.In(local).Unix(), true}
}

// supersedes reports whether copy a counts instead of copy b.
func supersedes(a, b *Event) bool {
	if a.Sequence != b.Sequence {
		return a.Sequence > b.Sequence
	}
	return a.LastModified.After(b.LastModified)
}
