package store

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// zoneCache loads zones by name, each once. Its zero value is ready.
type zoneCache struct{ loaded sync.Map } // string → *time.Location

// name returns what load reads as a zone like z around at: its IANA name, or
// its offset where it has no name that means the same.
func (c *zoneCache) name(z *time.Location, at time.Time) string {
	known, err := c.load(z.String())
	if err == nil && z.String() != "Local" && alike(known, z, at.Year()) {
		return z.String()
	}
	_, offset := at.In(z).Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d:%02d:%02d", sign, offset/3600, offset/60%60, offset%60)
}

// alike reports whether two zones have the same offsets, in the winters and summers of
// some years from one on: the fixed zone CET is not the CET that has a summer time.
func alike(a, b *time.Location, year int) bool {
	for _, year := range []int{year, 2000, 2026, 2040} {
		for _, month := range []time.Month{time.January, time.July} {
			at := time.Date(year, month, 1, 12, 0, 0, 0, time.UTC)
			_, inA := at.In(a).Zone()
			_, inB := at.In(b).Zone()
			if inA != inB {
				return false
			}
		}
	}
	return true
}

// load returns the zone with a name that name gave.
func (c *zoneCache) load(name string) (*time.Location, error) {
	if known, ok := c.loaded.Load(name); ok {
		return known.(*time.Location), nil
	}
	zone, err := parseZone(name)
	if err != nil {
		return nil, err
	}
	known, _ := c.loaded.LoadOrStore(name, zone)
	return known.(*time.Location), nil
}

func parseZone(name string) (*time.Location, error) {
	if name == "" {
		return nil, fmt.Errorf("a zone without a name")
	}
	if !strings.ContainsRune("+-", rune(name[0])) {
		return time.LoadLocation(name)
	}
	var hours, minutes, seconds int
	if _, err := fmt.Sscanf(name[1:], "%02d:%02d:%02d", &hours, &minutes, &seconds); err != nil {
		return nil, fmt.Errorf("zone %q: %w", name, err)
	}
	offset := hours*3600 + minutes*60 + seconds
	if name[0] == '-' {
		offset = -offset
	}
	return time.FixedZone(name, offset), nil
}
