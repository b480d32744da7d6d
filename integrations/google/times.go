package google

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// Limits of one event, far above what Google keeps.
const (
	maxRules = 10
	maxDates = 5000
)

// zoneNamed returns the zone of an IANA name, else UTC.
func zoneNamed(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return time.UTC
	}
	return zone
}

// readTimes reads start, end, recurrence and which instance is overridden. What
// cannot be read makes the event a cancelled one.
func readTimes(e *scheduler.Event, from *calendar.Event, zone *time.Location) {
	if from.OriginalStartTime != nil {
		if m, err := moment(from.OriginalStartTime, zone); err == nil {
			e.RecurrenceID = &m
		}
	}
	var err error
	if from.Start == nil || from.End == nil {
		e.Status = scheduler.Cancelled // a tombstone says only what is gone
		return
	}
	if e.Start, err = moment(from.Start, zone); err != nil {
		e.Status = scheduler.Cancelled
		return
	}
	if e.End, err = moment(from.End, zone); err != nil || from.EndTimeUnspecified {
		e.End = e.Start
	}
	if err := readRecurrence(e, from.Recurrence); err != nil {
		// Its instances cannot be known: it is left out rather than read wrongly.
		e.Status = scheduler.Cancelled
	}
}

// moment reads Google's date or date-time. A time with a zone's name keeps its wall
// clock, so that a series stays at 09:00 over a change of offset; one with an offset
// alone is read in the calendar's zone.
func moment(t *calendar.EventDateTime, zone *time.Location) (scheduler.Moment, error) {
	if t.Date != "" {
		day, err := time.Parse(time.DateOnly, t.Date)
		if err != nil {
			return scheduler.Moment{}, fmt.Errorf("date: %w", err)
		}
		return scheduler.Moment{Wall: day, DateOnly: true}, nil
	}
	at, err := time.Parse(time.RFC3339, t.DateTime)
	if err != nil {
		return scheduler.Moment{}, fmt.Errorf("time: %w", err)
	}
	if named, err := time.LoadLocation(t.TimeZone); err == nil && t.TimeZone != "" && t.TimeZone != "Local" {
		zone = named
	}
	return momentAt(at, zone), nil
}

// momentAt returns the moment of an instant on the clocks of zone. The second of two
// equal clock times cannot be said in a zone: that one is given in UTC.
func momentAt(at time.Time, zone *time.Location) scheduler.Moment {
	local := at.In(zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	m := scheduler.Moment{Wall: wall, Zone: zone}
	if !m.In(zone).Equal(at.Truncate(time.Second)) {
		return scheduler.Moment{Wall: at.UTC().Truncate(time.Second), Zone: time.UTC}
	}
	return m
}

// readRecurrence reads lines of RRULE, RDATE and EXDATE (RFC 5545 §3.8.5).
func readRecurrence(e *scheduler.Event, lines []string) error {
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("no value in %q", name)
		}
		name, params, _ := strings.Cut(name, ";")
		switch strings.ToUpper(name) {
		case "RRULE":
			rule, err := scheduler.ParseRule(value)
			if err != nil {
				return err
			}
			if e.Rules = append(e.Rules, rule); len(e.Rules) > maxRules {
				return errors.New("too many rules")
			}
		case "EXDATE", "RDATE":
			if err := readDates(e, strings.ToUpper(name), params, value); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is not read", name) // EXRULE is obsolete (RFC 5545)
		}
	}
	return nil
}

func readDates(e *scheduler.Event, name, params, value string) error {
	zone := e.Start.Zone
	for param := range strings.SplitSeq(params, ";") {
		if id, ok := strings.CutPrefix(strings.ToUpper(param), "TZID="); ok && id != "" {
			zone = zoneNamed(strings.Trim(param[len("TZID="):], `"`))
		}
	}
	for text := range strings.SplitSeq(value, ",") {
		from, to, isPeriod := strings.Cut(text, "/")
		start, err := icalMoment(from, zone)
		if err != nil {
			return err
		}
		if name == "EXDATE" {
			e.ExDates = append(e.ExDates, start)
			continue
		}
		period := scheduler.Period{Start: start}
		if isPeriod {
			if period.End, err = icalMoment(to, zone); err != nil {
				return err
			}
		}
		e.RDates = append(e.RDates, period)
	}
	if len(e.RDates)+len(e.ExDates) > maxDates {
		return errors.New("too many dates")
	}
	return nil
}

// icalMoment reads a DATE or DATE-TIME (RFC 5545 §3.3.4, §3.3.5).
func icalMoment(text string, zone *time.Location) (scheduler.Moment, error) {
	text = strings.TrimSpace(text)
	if day, err := time.Parse("20060102", text); err == nil {
		return scheduler.Moment{Wall: day, DateOnly: true}, nil
	}
	if at, err := time.Parse("20060102T150405Z", text); err == nil {
		return scheduler.Moment{Wall: at, Zone: time.UTC}, nil
	}
	at, err := time.Parse("20060102T150405", text)
	if err != nil {
		return scheduler.Moment{}, fmt.Errorf("date: %w", err)
	}
	return scheduler.Moment{Wall: at, Zone: zone}, nil
}
