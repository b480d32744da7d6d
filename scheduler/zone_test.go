package scheduler

import (
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // what the program has where the machine has no zones

	"pgregory.net/rapid"
)

func TestResolve(t *testing.T) {
	tests := []struct{ name, zone, wall, want string }{
		{"ordinary", "America/New_York", "2026-11-18 15:00:00", "2026-11-18 20:00:00"},
		{"never, in spring", "America/New_York", "2026-03-08 02:30:00", "2026-03-08 07:30:00"}, // reads 03:30
		{"first that never was", "America/New_York", "2026-03-08 02:00:00", "2026-03-08 07:00:00"},
		{"last that never was", "America/New_York", "2026-03-08 02:59:59", "2026-03-08 07:59:59"},
		{"first after the gap", "America/New_York", "2026-03-08 03:00:00", "2026-03-08 07:00:00"},
		{"twice, in autumn", "America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00"},
		{"first that is twice", "America/New_York", "2026-11-01 01:00:00", "2026-11-01 05:00:00"},
		{"last that is twice", "America/New_York", "2026-11-01 01:59:59", "2026-11-01 05:59:59"},
		{"first after it", "America/New_York", "2026-11-01 02:00:00", "2026-11-01 07:00:00"},
		{"south of the equator, never", "Australia/Sydney", "2026-10-04 02:30:00", "2026-10-03 16:30:00"},
		{"south of the equator, twice", "Australia/Sydney", "2026-04-05 02:30:00", "2026-04-04 15:30:00"},
		{"half an hour, never", "Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03 15:45:00"},
		{"half an hour, twice", "Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 14:45:00"},
		{"winter time as the saving", "Europe/Dublin", "2026-10-25 01:30:00", "2026-10-25 00:30:00"},
		{"midnight that never was", "America/Havana", "2026-03-08 00:00:00", "2026-03-08 05:00:00"},
		{"date that never was, on Samoa", "Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00"},
		{"date that never was, on Kwajalein", "Pacific/Kwajalein", "1993-08-21 12:00:00", "1993-08-22 00:00:00"},
		{"date that was twice, on Kwajalein", "Pacific/Kwajalein", "1969-09-30 12:00:00", "1969-09-30 01:00:00"},
		{"date that was twice, in Alaska", "America/Juneau", "1867-10-18 12:00:00", "1867-10-17 20:57:41"},
		{"offset changed for good, back", "Asia/Pyongyang", "2015-08-14 23:45:00", "2015-08-14 14:45:00"},
		{"offset changed for good, ahead", "Asia/Pyongyang", "2018-05-04 23:45:00", "2018-05-04 15:15:00"},
		{"local mean time", "Europe/Berlin", "1800-01-01 00:00:00", "1799-12-31 23:06:32"},
		{"the first year", "America/New_York", "0001-01-01 00:00:00", "0001-01-01 04:56:02"},
		{"the first year, east", "Asia/Tokyo", "0001-01-01 00:00:00", "0000-12-31 14:41:01"},
		{"the last year", "America/New_York", "9999-12-31 23:59:59", "10000-01-01 04:59:59"},
		{"past the table, never", "America/New_York", "2044-03-13 02:30:00", "2044-03-13 07:30:00"},
		{"past the table, twice", "Europe/Berlin", "2044-10-30 02:30:00", "2044-10-30 00:30:00"},
		{"last day of a leap year past the table", "America/New_York", "2044-12-31 12:00:00", "2044-12-31 17:00:00"},
		{"last day of a leap year past the table, in summer", "Australia/Sydney", "2044-12-31 12:00:00", "2044-12-31 01:00:00"},
		{"no seasons", "Asia/Kolkata", "2026-11-18 15:00:00", "2026-11-18 09:30:00"},
		{"UTC", "UTC", "2026-11-18 15:00:00", "2026-11-18 15:00:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wall, err := time.Parse(time.DateTime, tt.wall)
			if err != nil {
				t.Fatal(err)
			}
			got := Resolve(wall, loadZone(t, tt.zone))
			if got.Format(time.DateTime) != tt.want || got.Location() != time.UTC {
				t.Errorf("Resolve(%s, %s) = %v, want %s UTC", tt.wall, tt.zone, got, tt.want)
			}
		})
	}
}

func TestResolveInAFixedZone(t *testing.T) {
	wall := time.Date(2026, 11, 18, 15, 0, 0, 0, time.UTC)
	for _, hours := range []int{-23, -12, 0, 14, 23} {
		want := wall.Add(-time.Duration(hours) * time.Hour)
		if got := Resolve(wall, time.FixedZone("office", hours*3600)); !got.Equal(want) {
			t.Errorf("%d hours ahead: %v, want %v", hours, got, want)
		}
	}
}

// Around every change of offset from 2024 to 2035 in every zone.
func TestResolveInEveryZone(t *testing.T) {
	list, err := os.ReadFile("../integrations/ics/ianazones.txt")
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	for _, name := range strings.Fields(string(list)) {
		changes += checkChanges(t, loadZone(t, name), 2024, 2036, 24*time.Hour)
	}
	if changes < 4000 {
		t.Errorf("only %d changes were looked at", changes)
	}
}

// Around every change of offset there ever was, in zones that were moved a lot.
func TestResolveInHistory(t *testing.T) {
	for _, name := range []string{
		"Africa/Casablanca", "Africa/Monrovia", "America/Argentina/San_Luis", "America/Juneau", "America/Nuuk",
		"Antarctica/Casey", "Antarctica/Troll", "Asia/Gaza", "Asia/Manila", "Asia/Pyongyang", "Asia/Shanghai",
		"Europe/Dublin", "Europe/Kaliningrad", "Europe/London", "Europe/Warsaw", "Pacific/Apia", "Pacific/Kwajalein",
	} {
		if checkChanges(t, loadZone(t, name), 1835, 2046, 12*time.Hour) == 0 {
			t.Errorf("%s has no changes", name)
		}
	}
}

func loadZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// change is an instant at which a zone's offset changes.
type change struct {
	at            time.Time
	before, after time.Duration
}

// checkChanges compares Resolve with expected around every change of offset in
// zone between two years, and returns how many there are. It finds them by their
// offsets, every step, and not by time.Time.ZoneBounds as Resolve does.
func checkChanges(t *testing.T, zone *time.Location, from, to int, step time.Duration) int {
	t.Helper()
	changes := changesIn(zone, time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC), step)
	for i, c := range changes {
		near := changes[max(0, i-2):min(len(changes), i+3)]
		low, high := min(c.before, c.after), max(c.before, c.after)
		for wall := c.at.Add(low - time.Hour); wall.Before(c.at.Add(high + time.Hour)); wall = wall.Add((high-low)/8 + 7*time.Minute) {
			checkWall(t, zone, near, wall)
		}
		for _, edge := range []time.Duration{low, high} {
			for _, around := range []time.Duration{-time.Minute, -time.Second, 0, time.Second, time.Minute} {
				checkWall(t, zone, near, c.at.Add(edge+around))
			}
		}
	}
	return len(changes)
}

// changesIn returns the changes of offset in zone, in order.
func changesIn(zone *time.Location, from, to time.Time, step time.Duration) []change {
	var changes []change
	after := offsetAt(zone, from)
	for at := from; at.Before(to); at = at.Add(step) {
		before := after
		if after = offsetAt(zone, at.Add(step)); before == after {
			continue
		}
		lo, hi := at, at.Add(step) // offsets differ; narrow down to a second
		for hi.Sub(lo) > time.Second {
			mid := lo.Add(hi.Sub(lo) / 2).Truncate(time.Second)
			if offsetAt(zone, mid) == before {
				lo = mid
			} else {
				hi = mid
			}
		}
		changes = append(changes, change{hi, before, after})
	}
	return changes
}

func offsetAt(zone *time.Location, at time.Time) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

func checkWall(t *testing.T, zone *time.Location, near []change, wall time.Time) {
	t.Helper()
	if got, want := Resolve(wall, zone), expected(zone, near, wall); !got.Equal(want) {
		t.Errorf("Resolve(%v, %v) = %v, want %v", wall.Format(time.DateTime), zone, got, want)
	}
}

// expected is Resolve by its definition: the first of the instants that read wall
// by an offset in force nearby, else the one by the offset before the gap.
func expected(zone *time.Location, near []change, wall time.Time) time.Time {
	var instants []time.Time
	for _, c := range near {
		for _, offset := range []time.Duration{c.before, c.after} {
			if at := wall.Add(-offset); offsetAt(zone, at) == offset {
				instants = append(instants, at)
			}
		}
	}
	if len(instants) > 0 {
		return slices.MinFunc(instants, time.Time.Compare)
	}
	for _, c := range near {
		if !wall.Before(c.at.Add(c.before)) && wall.Before(c.at.Add(c.after)) {
			return wall.Add(-c.before)
		}
	}
	return time.Time{}
}

// In zones made up, with changes of any size close together.
func TestResolveBetweenCloseChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := madeUpZone(t)
		start := time.Unix(0, 0).UTC()
		near := changesIn(zone, start.Add(-48*time.Hour), start.Add(96*time.Hour), time.Minute)
		for range 20 {
			wall := start.Add(time.Duration(rapid.IntRange(-24*60, 48*60).Draw(t, "wall")) * time.Minute)
			want := expected(zone, near, wall)
			if len(near) == 0 {
				want = wall.Add(-offsetAt(zone, start))
			}
			if got := Resolve(wall, zone); !got.Equal(want) {
				t.Fatalf("Resolve(%v) = %v, want %v; changes %v", wall, got, want, near)
			}
		}
	})
}

// madeUpZone draws a zone with up to six changes within two days of 1970, whole
// minutes apart, in the first version of the TZif format (RFC 8536 §3).
func madeUpZone(t *rapid.T) *time.Location {
	minutes := rapid.SliceOfNDistinct(rapid.IntRange(-12*60, 36*60), 0, 6, rapid.ID[int]).Draw(t, "minutes")
	slices.Sort(minutes)
	data := append([]byte("TZif"), make([]byte, 16+12)...)
	for _, n := range []int{len(minutes), len(minutes) + 1, 4} { // times, types, octets of names
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	for _, m := range minutes {
		data = binary.BigEndian.AppendUint32(data, uint32(int32(m*60)))
	}
	for i := range minutes {
		data = append(data, byte(i+1))
	}
	for range len(minutes) + 1 {
		offset := 15 * 60 * rapid.IntRange(-15*4, 15*4).Draw(t, "quarters")
		data = append(binary.BigEndian.AppendUint32(data, uint32(int32(offset))), 0, 0)
	}
	zone, err := time.LoadLocationFromTZData("made up", append(data, "ABC\x00"...))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func BenchmarkResolve(b *testing.B) {
	zone := loadZone(b, "America/New_York")
	for _, bb := range []struct {
		name string
		wall time.Time
	}{
		{"ordinary", time.Date(2027, 6, 18, 15, 0, 0, 0, time.UTC)},
		{"never", time.Date(2027, 3, 14, 2, 30, 0, 0, time.UTC)},
		{"twice", time.Date(2027, 11, 7, 1, 30, 0, 0, time.UTC)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Resolve(bb.wall, zone)
			}
		})
	}
}
