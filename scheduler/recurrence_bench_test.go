package scheduler

import (
	"testing"
	"time"

	"github.com/teambition/rrule-go"
)

// benchRule is Monday, Wednesday and Friday at nine for five years: 782 times.
const benchRule = "FREQ=WEEKLY;BYDAY=MO,WE,FR"

var (
	benchStart = time.Date(2021, 1, 4, 9, 0, 0, 0, time.UTC)
	benchEnd   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

const benchOccurrences = 782

// BenchmarkRecurrence expands benchRule, and resolves it in a zone, beside
// rrule-go. Compare ns/occ within one run.
func BenchmarkRecurrence(b *testing.B) {
	newYork := location(b, "America/New_York")
	for _, bench := range []struct {
		name string
		zone *time.Location
	}{{"utc", time.UTC}, {"new-york", newYork}} {
		b.Run(bench.name, func(b *testing.B) {
			rule := mustRule(b, benchRule)
			var walls []time.Time
			b.ReportAllocs()
			for b.Loop() {
				walls = expandBench(b, walls[:0], &rule, bench.zone)
			}
			reportOccurrences(b, len(walls))
		})
		b.Run(bench.name+"/rrule-go", func(b *testing.B) {
			start := time.Date(2021, 1, 4, 9, 0, 0, 0, bench.zone)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				rule, err := rrule.NewRRule(rrule.ROption{
					Freq: rrule.WEEKLY, Byweekday: []rrule.Weekday{rrule.MO, rrule.WE, rrule.FR}, Dtstart: start,
				})
				if err != nil {
					b.Fatal(err)
				}
				n = len(rule.Between(start, benchEnd, true))
			}
			reportOccurrences(b, n)
		})
	}
}

func expandBench(b *testing.B, dst []time.Time, rule *Rule, zone *time.Location) []time.Time {
	steps := 10_000
	dst, err := rule.Append(dst, Moment{Wall: benchStart, Zone: zone}, benchStart, benchEnd, &steps)
	if err != nil {
		b.Fatal(err)
	}
	cursor := zoneCursor{zone: zone}
	for i, wall := range dst {
		dst[i] = cursor.resolve(wall)
	}
	return dst
}

func reportOccurrences(b *testing.B, n int) {
	b.Helper()
	if n != benchOccurrences {
		b.Fatalf("%d occurrences, want %d", n, benchOccurrences)
	}
	reportEach(b, n, "ns/occ")
}

// BenchmarkRecurrenceAge expands one window of a daily series that started one
// year, a hundred years and a thousand years before: it costs the same.
func BenchmarkRecurrenceAge(b *testing.B) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, bench := range []struct {
		name  string
		years int
		rule  string
	}{
		{"1-year", 1, "FREQ=DAILY"},
		{"100-years", 100, "FREQ=DAILY"},
		{"1000-years", 1000, "FREQ=DAILY"},
		{"1000-years-counted", 1000, "FREQ=DAILY;COUNT=1000000"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			rule, start := mustRule(b, bench.rule), Moment{Wall: from.AddDate(-bench.years, 0, 0)}
			var walls []time.Time
			for b.Loop() {
				var err error
				steps := 10_000
				if walls, err = rule.Append(walls[:0], start, from, from.AddDate(0, 0, 150), &steps); err != nil {
					b.Fatal(err)
				}
			}
			if len(walls) != 150 {
				b.Fatalf("%d occurrences, want 150", len(walls))
			}
		})
	}
}
