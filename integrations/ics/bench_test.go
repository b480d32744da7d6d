package ics

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	arran "github.com/arran4/golang-ical"
	ical "github.com/emersion/go-ical"

	"holdfast/integrations/ics/icstest"
)

// BenchmarkRead reads the fixture, beside what other libraries need only to
// decode it.
func BenchmarkRead(b *testing.B) {
	text := icstest.Export(b)
	readers := []struct {
		name string
		read func(io.Reader) (events int, err error)
	}{
		{"holdfast", func(r io.Reader) (int, error) {
			cal, err := Read(r, "fixture.ics")
			return len(cal.Events), err
		}},
		{"go-ical", func(r io.Reader) (int, error) {
			cal, err := ical.NewDecoder(r).Decode()
			return len(cal.Children), err
		}},
		{"golang-ical", func(r io.Reader) (int, error) {
			cal, err := arran.ParseCalendar(r)
			return len(cal.Components), err
		}},
	}
	for _, reader := range readers {
		b.Run("10k/"+reader.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if events, err := reader.read(bytes.NewReader(text)); err != nil || events != 10_000 {
					b.Fatal(events, err)
				}
			}
		})
	}
}

// BenchmarkFeed writes calendars.
func BenchmarkFeed(b *testing.B) {
	for _, n := range []int{200, 10_000} {
		entries := make([]Entry, n)
		for i := range entries {
			start := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 15 * time.Minute)
			entries[i] = Entry{
				UID: fmt.Sprintf("hold-%06d@holdfast", i), Summary: "Call Ana Ruiz (acme.com) · second contact 2/3",
				Description: "Why: the meeting of 18 November has no next step.\nPurpose: agree on one; ask how they want to be reached.",
				Start:       start, End: start.Add(15 * time.Minute), Private: true, Transparent: true,
				Kind: "hold", ID: fmt.Sprint(i), Stamp: start,
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Write(io.Discard, "Holdfast", entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
		})
	}
}
