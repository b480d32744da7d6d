package scheduler

import (
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	calus "github.com/rickar/cal/v2/us"
)

// BenchmarkBizday answers a million questions an iteration and compares with
// rickar/cal on a small part of them, as that takes microseconds for each.
func BenchmarkBizday(b *testing.B) {
	pairs := millionPairs()
	off := federalHolidays(2020, 2045)
	days := NewBusinessDays(nil, off)
	results := make([]int32, len(pairs))

	b.Run("add1M", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i, p := range pairs {
				results[i] = int32(days.Add(p.from, p.n))
			}
		}
		reportEach(b, len(pairs), "ns/add")
		if got := digest(results); got != millionDigest {
			b.Fatalf("digest %s, want %s", got, millionDigest)
		}
		b.Logf("digest %s", digest(results))
	})
	b.Run("count1M", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i, p := range pairs {
				results[i] = int32(days.Count(p.from, p.from+Date(p.n)))
			}
		}
		reportEach(b, len(pairs), "ns/count")
		b.Logf("digest %s", digest(results))
	})
	b.Run("build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewBusinessDays(nil, off)
		}
	})
	b.Run("buildRegions", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewBusinessDays([]Region{"us-ca", "de-by"}, nil)
		}
	})
	b.Run("parseRegion", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseRegion("us-ca"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("peerAdd", func(b *testing.B) { benchmarkPeer(b, pairs[:200], days) })
}

func benchmarkPeer(b *testing.B, pairs []datePair, days *BusinessDays) {
	peer := cal.NewBusinessCalendar()
	peer.Cacheable = true
	peer.AddHoliday(calus.Holidays...)
	results := make([]time.Time, len(pairs))
	for b.Loop() {
		for i, p := range pairs {
			results[i] = peer.WorkdaysFrom(p.from.Wall(), p.n)
		}
	}
	reportEach(b, len(pairs), "ns/add")
	for i, p := range pairs {
		if got, want := DateOf(results[i]), days.Add(p.from, p.n); got != want {
			b.Fatalf("rickar/cal: %s and %d business days are %s, ours %s", p.from, p.n, got, want)
		}
	}
}

// reportEach reports the time of one of the n questions of an iteration.
func reportEach(b *testing.B, n int, unit string) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), unit)
}
