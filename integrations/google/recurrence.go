package google

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// Limits of one event; those of files (package ics).
const (
	maxRules = 16
	maxDates = 10_000
)

// readRecurrence reads lines of RRULE, RDATE and EXDATE (RFC 5545 §3.8.5). Where one
// cannot be read the instances cannot be known, so it is a fault; only a single date
// that is no date is a warning.
func (r *reader) readRecurrence(e *scheduler.Event, from *calendar.Event) error {
	for _, line := range from.Recurrence {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return errors.New("a line without a value")
		}
		name, params, _ := strings.Cut(name, ";")
		switch name = strings.ToUpper(strings.TrimSpace(name)); name {
		case "RRULE":
			rule, err := scheduler.ParseRule(strings.TrimSpace(value))
			if err != nil {
				return fmt.Errorf("RRULE: %w", err)
			}
			e.Rules = append(e.Rules, rule)
		case "EXDATE":
			r.readExDates(e, from.Id, r.tzid(e, params), value)
		case "RDATE":
			r.readRDates(e, from.Id, r.tzid(e, params), value)
		default: // EXRULE, which RFC 5545 dropped
			return errors.New("a line that is no RRULE, RDATE or EXDATE")
		}
		if len(e.Rules) > maxRules || len(e.RDates)+len(e.ExDates) > maxDates {
			return fmt.Errorf("more than %d rules or %d dates", maxRules, maxDates)
		}
	}
	return nil
}

// tzid returns the zone that the parameters of a line name, else that of the event.
func (r *reader) tzid(e *scheduler.Event, params string) *time.Location {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "TZID") {
			continue
		}
		if zone, ok := r.zoneNamed(strings.Trim(value, `" `)); ok {
			return zone
		}
	}
	if e.Start.Zone != nil {
		return e.Start.Zone
	}
	return r.zone
}

func (r *reader) readExDates(e *scheduler.Event, id string, zone *time.Location, value string) {
	for text := range strings.SplitSeq(value, ",") {
		m, err := icalMoment(text, zone)
		if err != nil {
			r.warn(id, "EXDATE: %v: ignored", err)
			continue
		}
		if e.ExDates = append(e.ExDates, m); len(e.ExDates) > maxDates {
			return
		}
	}
}

func (r *reader) readRDates(e *scheduler.Event, id string, zone *time.Location, value string) {
	for text := range strings.SplitSeq(value, ",") {
		p, err := period(text, zone)
		if err != nil {
			r.warn(id, "RDATE: %v: ignored", err)
			continue
		}
		if e.RDates = append(e.RDates, p); len(e.RDates) > maxDates {
			return
		}
	}
}

// period reads one value of RDATE: a date, a time, or a start and an end.
func period(text string, zone *time.Location) (scheduler.Period, error) {
	from, to, hasEnd := strings.Cut(text, "/")
	start, err := icalMoment(from, zone)
	if err != nil || !hasEnd {
		return scheduler.Period{Start: start}, err
	}
	end, err := icalMoment(to, zone)
	if err == nil && end.In(time.UTC).Before(start.In(time.UTC)) {
		err = errors.New("it ends before it starts")
	}
	if err != nil {
		return scheduler.Period{}, err
	}
	return scheduler.Period{Start: start, End: end}, nil
}

// icalMoment reads a DATE or DATE-TIME (RFC 5545 §3.3.4, §3.3.5).
func icalMoment(text string, zone *time.Location) (scheduler.Moment, error) {
	text = strings.TrimSpace(text)
	var m scheduler.Moment
	if at, err := time.Parse("20060102", text); err == nil {
		m = scheduler.Moment{Wall: at, DateOnly: true}
	} else if at, err := time.Parse("20060102T150405Z", text); err == nil {
		m = scheduler.Moment{Wall: at, Zone: time.UTC}
	} else if at, err := time.Parse("20060102T150405", text); err == nil {
		m = scheduler.Moment{Wall: at, Zone: zone}
	} else {
		return m, errors.New("neither a date nor a time")
	}
	if m.Wall.Year() < minYear || m.Wall.Year() > maxYear {
		return scheduler.Moment{}, errYear
	}
	return m, nil
}
