package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// daysDuration is a Go duration, or a whole number of days such as 30d.
type daysDuration time.Duration

// UnmarshalText reads d from a flag.
func (d *daysDuration) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= maxDays {
			*d = daysDuration(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	}
	parsed, err := time.ParseDuration(s)
	if err != nil || parsed < 0 || parsed > maxDays*24*time.Hour {
		return fmt.Errorf("%q is no duration such as 45m, 36h or 30d (at most %dd)", s, maxDays)
	}
	*d = daysDuration(parsed)
	return nil
}

// maxDays bounds a window, so that a slip of the finger is told and not computed.
const maxDays = 3660

// momentLayouts are the ways to write a time on the command line; those without an
// offset are in the rep's zone.
var momentLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

// moment is a time as written on the command line; its zone may be known only
// once the calendar was read.
type moment string

// in returns the instant that the flag gives, reading a time without an offset in zone.
func (m moment) in(flag string, zone *time.Location) (time.Time, error) {
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, string(m), zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("%s %q is no time such as 2026-11-18T15:00:00Z, 2026-11-18T09:00 or 2026-11-18", flag, string(m))
}
