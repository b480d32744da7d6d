package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"holdfast/integrations/ics/icstest"
)

// BenchmarkScan10k scans an export of 10,000 events, flags and holds included,
// beside what go-ical alone needs to decode the same file. Processor time is what to
// compare: cpu-ms/op.
func BenchmarkScan10k(b *testing.B) {
	export := icstest.Export(b)
	path := filepath.Join(b.TempDir(), "export.ics")
	if err := os.WriteFile(path, export, 0o600); err != nil {
		b.Fatal(err)
	}
	w := world{
		stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" },
		now: func() time.Time { return time.Date(2027, 6, 1, 12, 0, 0, 0, time.UTC) },
	}
	b.Run("holdfast", func(b *testing.B) {
		measure(b, func() {
			if code := w.run([]string{"scan", path, "--rep", "rep1@sales.example", "--holidays", "us", "--format", "json"}); code != exitDone {
				b.Fatalf("exit %d", code)
			}
		})
	})
	b.Run("go-ical", func(b *testing.B) {
		measure(b, func() {
			if _, err := ical.NewDecoder(bytes.NewReader(export)).Decode(); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// measure runs f b.N times and reports the processor time of each.
func measure(b *testing.B, f func()) {
	b.Helper()
	b.ReportAllocs()
	begun := cpuTime(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric((cpuTime(b)-begun).Seconds()*1000/float64(b.N), "cpu-ms/op")
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
