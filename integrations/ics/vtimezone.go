package ics

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"

	"holdfast/scheduler"
)

// What one VTIMEZONE may ask for. The longest that clients write, every change
// of offset since 1883 in an observance of its own, stay far below.
const (
	// maxObservances bounds the STANDARD and DAYLIGHT parts.
	maxObservances = 500

	// maxChanges bounds the changes of offset: two a year fill a thousand years.
	maxChanges = 2000

	// zoneSteps is the work that the rules of one zone may take: one or two
	// for each change that they give.
	zoneSteps = 4 * maxChanges
)

// The rules of a zone are followed in these years; the last offset goes on for
// ever. Before 1900 only dates that are written out count: Windows' zones have
// rules from 1601 on, which were never in force.
const (
	firstZoneYear = 1900
	lastZoneYear  = 2100
)

// maxOffset is beyond the offset of any zone, in seconds.
const maxOffset = 24 * 60 * 60

// compileZone returns the zone that a VTIMEZONE describes (RFC 5545 §3.6.5), by
// the name of its TZID. It reads DTSTART, TZOFFSETFROM, TZOFFSETTO, RRULE, RDATE
// and TZNAME of the observances, in any order and number. Before the first
// change the zone is at that one's TZOFFSETFROM.
//
// A DTSTART beside an RRULE counts only if the rule matches it: clients that
// write it carelessly mean the rule.
func compileZone(tz *ical.Component) (*time.Location, error) {
	id := zoneText(tz, ical.PropTimezoneID)
	zone, err := compileObservances(id, tz.Children)
	if err != nil {
		return nil, fmt.Errorf("compile VTIMEZONE %.40q: %w", id, err)
	}
	return zone, nil
}

func compileObservances(id string, parts []*ical.Component) (*time.Location, error) {
	if id == "" {
		return nil, errors.New("no TZID")
	}
	if len(parts) > maxObservances {
		return nil, fmt.Errorf("more than %d observances", maxObservances)
	}
	compiler := zoneCompiler{steps: zoneSteps}
	for _, part := range parts {
		if part.Name != ical.CompTimezoneStandard && part.Name != ical.CompTimezoneDaylight {
			continue // somebody's extension
		}
		if err := compiler.add(part); err != nil {
			return nil, fmt.Errorf("%s: %w", part.Name, err)
		}
	}
	return compiler.location(id)
}

// zoneChange is a moment at which the clocks of a zone change.
type zoneChange struct {
	at     int64 // Unix seconds
	before int   // the offset until then, in seconds east of UTC
	after  localTime
}

// zoneCompiler gathers the changes of one VTIMEZONE.
type zoneCompiler struct {
	changes []zoneChange
	walls   []time.Time // for one rule after the other
	steps   int
}

// add adds the changes of one STANDARD or DAYLIGHT.
func (z *zoneCompiler) add(part *ical.Component) error {
	before, err := zoneOffset(part, ical.PropTimezoneOffsetFrom)
	if err != nil {
		return err
	}
	after, err := zoneOffset(part, ical.PropTimezoneOffsetTo)
	if err != nil {
		return err
	}
	onsets, err := z.onsets(part, before)
	if err != nil {
		return err
	}
	if len(z.changes)+len(onsets) > maxChanges {
		return fmt.Errorf("more than %d changes of offset", maxChanges)
	}
	now := localTime{offset: after, daylight: part.Name == ical.CompTimezoneDaylight, name: zoneText(part, ical.PropTimezoneName)}
	for _, wall := range onsets {
		z.changes = append(z.changes, zoneChange{at: wall.Unix() - int64(before), before: before, after: now})
	}
	return nil
}

// onsets returns when an observance begins, in the wall-clock time before it.
func (z *zoneCompiler) onsets(part *ical.Component, offset int) ([]time.Time, error) {
	start, err := parseOnset(zoneText(part, ical.PropDateTimeStart))
	if err != nil {
		return nil, fmt.Errorf("DTSTART: %w", err)
	}
	z.walls = z.walls[:0]
	rules := part.Props.Values(ical.PropRecurrenceRule)
	if len(rules) == 0 {
		z.walls = append(z.walls, start)
	}
	// UNTIL is in UTC, at the offset that the change ends.
	moment := scheduler.Moment{Wall: start, Zone: time.FixedZone("", offset)}
	for i := range rules {
		if err := z.addRule(rules[i].Value, moment); err != nil {
			return nil, fmt.Errorf("RRULE: %w", err)
		}
	}
	for _, dates := range part.Props.Values(ical.PropRecurrenceDates) {
		if err := z.addDates(dates.Value); err != nil {
			return nil, fmt.Errorf("RDATE: %w", err)
		}
	}
	return z.walls, nil
}

func (z *zoneCompiler) addRule(text string, start scheduler.Moment) error {
	rule, err := scheduler.ParseRule(text)
	if err != nil {
		return err
	}
	from := time.Date(firstZoneYear, 1, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(lastZoneYear+1, 1, 1, 0, 0, 0, 0, time.UTC)
	z.walls, err = rule.Append(z.walls, start, from, to, &z.steps)
	return err
}

// addDates adds the values of one RDATE. Of a period only its start counts.
func (z *zoneCompiler) addDates(list string) error {
	if strings.Count(list, ",") >= maxChanges {
		return fmt.Errorf("more than %d dates", maxChanges)
	}
	for text := range strings.SplitSeq(list, ",") {
		text, _, _ = strings.Cut(text, "/")
		wall, err := parseOnset(text)
		if err != nil {
			return err
		}
		z.walls = append(z.walls, wall)
	}
	return nil
}

// location returns the zone of the changes gathered.
func (z *zoneCompiler) location(id string) (*time.Location, error) {
	if len(z.changes) == 0 {
		return nil, errors.New("no change of offset, and no offset")
	}
	// Of two changes at one moment, the one written later counts.
	slices.SortStableFunc(z.changes, func(a, b zoneChange) int { return cmp.Compare(a.at, b.at) })
	data, err := encodeZone(z.changes)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(id, data)
}

// zoneText returns the value of a property that is there once; "" if it is not.
func zoneText(c *ical.Component, name string) string {
	if p := c.Props.Get(name); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

// zoneOffset reads a UTC-OFFSET, such as -0500 or +053730 (RFC 5545 §3.3.14), in
// seconds east of UTC.
func zoneOffset(c *ical.Component, name string) (int, error) {
	text := zoneText(c, name)
	layout := "-0700"
	if len(text) == len("+053730") {
		layout = "-070000"
	}
	t, err := time.Parse(layout, text)
	if err != nil {
		return 0, fmt.Errorf("%s: %.40q is no offset", name, text)
	}
	_, offset := t.Zone()
	if offset <= -maxOffset || offset >= maxOffset {
		return 0, fmt.Errorf("%s: %.40q is beyond a day", name, text)
	}
	return offset, nil
}

// parseOnset reads a local time; a date is its midnight.
func parseOnset(text string) (time.Time, error) {
	wall, form, ok := parseTime(strings.TrimSpace(text))
	if !ok || form == utcForm {
		return time.Time{}, fmt.Errorf("%.40q is no local time", text)
	}
	return wall, nil
}
