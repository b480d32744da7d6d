package scheduler

import "time"

// Preferences are how a contact wants to be followed up (practice ask-how). The
// zero value states none.
type Preferences struct {
	Channel   Channel        // Preferred: not stated, a call
	Zone      *time.Location // nil: not known
	Hours     Hours          // in Zone; zero: not stated
	Days      []time.Weekday // in Zone where known; none: any
	NotBefore time.Time      // zero: none
	Region    Region         // whose public holidays the contact has; "": not known
}

// leniency is how many of a contact's wishes give way, when keeping them leaves no
// place: first hours, then days; a not-before date never does.
type leniency int

const (
	keepAll leniency = iota
	waiveHours
	waiveDays
	leniencies
)

// note says what gave way.
func (l leniency) note() string {
	if l == waiveHours {
		return "outside the contact's hours: nothing else is free"
	}
	return "outside the contact's hours and days: nothing else is free"
}

// allow reports whether s suits the contact of the rep with the given settings.
func (p *Preferences) allow(s span, channel Channel, l leniency, settings *Settings) bool {
	if !p.NotBefore.IsZero() && s.start < p.NotBefore.Unix() {
		return false
	}
	zone := p.Zone
	if zone == nil {
		zone = settings.Zone
	}
	start := time.Unix(s.start, 0).In(zone)
	if l < waiveDays && !p.onDay(start.Weekday()) {
		return false
	}
	hours, limited := p.hours(channel, settings.CallHours)
	if l >= waiveHours || !limited {
		return true
	}
	open := hours.on(DateOf(start), zone)
	return open.start <= s.start && s.end <= open.end
}

func (p *Preferences) onDay(day time.Weekday) bool {
	for _, d := range p.Days {
		if d == day {
			return true
		}
	}
	return len(p.Days) == 0
}

// hours returns the hours that bind a touch on channel. Without a known zone
// hours say nothing.
func (p *Preferences) hours(channel Channel, callHours Hours) (Hours, bool) {
	switch {
	case p.Zone == nil:
		return Hours{}, false
	case p.Hours != Hours{}:
		return p.Hours, true
	}
	return callHours, channel == Call
}

// channel returns the channel that a step uses for this contact.
func (p *Preferences) channel(step Channel) Channel {
	switch {
	case step != Preferred:
		return step
	case p.Channel != Preferred:
		return p.Channel
	}
	return Call
}
