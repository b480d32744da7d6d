package scheduler

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cursorZones have changes by an hour and half an hour, close together, by a
// whole day, of local mean time, by rule for ever, and none.
var cursorZones = []string{
	"UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "Pacific/Apia", "Pacific/Kwajalein",
	"Asia/Kolkata", "Asia/Gaza", "Europe/Dublin", "America/Argentina/San_Luis", "Antarctica/Troll", "Asia/Manila", "America/Caracas",
}

// A cursor gives what Resolve gives, whatever it was asked before.
func TestZoneCursorResolvesLikeResolve(t *testing.T) {
	var zones []*time.Location
	for _, name := range cursorZones {
		zones = append(zones, location(t, name))
	}
	zones = append(zones, time.FixedZone("far", 23*3600))
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		cursor := zoneCursor{zone: zone}
		wall := time.Date(rapid.IntRange(1830, 2500).Draw(t, "year"), 1, 1, 0, 0, 0, 0, time.UTC)
		for range 50 {
			step := rapid.SampledFrom([]time.Duration{time.Minute, 45 * time.Minute, 13 * time.Hour, 24 * time.Hour, 20 * 24 * time.Hour}).Draw(t, "step")
			wall = wall.Add(step * time.Duration(rapid.IntRange(-3, 12).Draw(t, "times")))
			if got, want := cursor.resolve(wall), Resolve(wall, zone); !got.Equal(want) || got.Location() != time.UTC {
				t.Fatalf("%s in %s is %s, want %s", wall, zone, got, want)
			}
		}
	})
}

// Around each change of the offset, minute by minute, up and down.
func TestZoneCursorNearChanges(t *testing.T) {
	for _, name := range cursorZones {
		zone := location(t, name)
		up, down := zoneCursor{zone: zone}, zoneCursor{zone: zone}
		change := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
		for range 40 {
			_, change = change.ZoneBounds()
			if change.IsZero() {
				break
			}
			for m := -3000; m <= 3000; m += 15 {
				checkCursor(t, &up, change.UTC().Add(time.Duration(m)*time.Minute))
				checkCursor(t, &down, change.UTC().Add(-time.Duration(m)*time.Minute))
			}
		}
	}
}

func checkCursor(t *testing.T, c *zoneCursor, wall time.Time) {
	t.Helper()
	if got, want := c.resolve(wall), Resolve(wall, c.zone); !got.Equal(want) {
		t.Fatalf("%s in %s is %s, want %s", wall, c.zone, got, want)
	}
}

func TestZoneCursorSeldomAsksTheZone(t *testing.T) {
	zone := location(t, "America/New_York")
	cursor := zoneCursor{zone: zone}
	misses := 0
	for day := range 365 {
		wall := time.Date(2025, 1, 1+day, 9, 0, 0, 0, time.UTC)
		if at := wall.Unix(); at < cursor.low || at >= cursor.high {
			misses++
		}
		cursor.resolve(wall)
	}
	if misses > 10 {
		t.Errorf("the zone was asked for %d of 365 days", misses)
	}
}
