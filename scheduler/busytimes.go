package scheduler

import "time"

// busyFar is how far ahead the busy times of others' calendars are read at least: as
// far as one call goes.
const busyFar = 60 * 24 * time.Hour

// BusyWindow is the time, seen from now, of which a plan needs to know when the rep is
// busy: a cadence that begins now, with its late days. It begins and ends with a day,
// so that a busy time that it cuts off looks the same all day.
func (s *Settings) BusyWindow(now time.Time) Span {
	const day = 24 * time.Hour
	var days int
	for _, cadence := range s.Cadences {
		for _, step := range cadence.Steps {
			days = max(days, step.Window.WithinDays, calendarDays(step.Window.Last))
		}
	}
	days += calendarDays(s.Holds.LateBusinessDays)
	today := now.UTC().Truncate(day)
	return Span{Start: today, End: today.Add(max(busyFar, time.Duration(days+1)*day))}
}

// calendarDays is how many days business days take, holidays not counted.
func calendarDays(business int) int { return (business*7 + 4) / 5 }

// BusyChanges makes of a calendar's busy times what a full read of its events would
// give: events that take time and are no meetings. Equal times are equal events.
func BusyChanges(busy []Span, token string) Changes {
	const layout = "20060102T150405Z"
	c := Changes{Full: true, BusyOnly: true, Token: token}
	for _, b := range busy {
		if !b.End.After(b.Start) {
			continue
		}
		start, end := b.Start.UTC(), b.End.UTC()
		id := start.Format(layout) + "-" + end.Format(layout)
		c.Events = append(c.Events, RemoteEvent{ID: id, ETag: "busy", Event: Event{
			UID: "busy-" + id, StatusOnly: true,
			Start: Moment{Wall: start, Zone: time.UTC}, End: Moment{Wall: end, Zone: time.UTC},
		}})
	}
	return c
}
