package ics

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"syscall"
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

// BenchmarkFeed writes feeds, beside what go-ical alone needs to encode components that
// are made already, its lines neither folded nor escaped.
func BenchmarkFeed(b *testing.B) {
	for _, n := range []int{200, 10_000} {
		entries := make([]Entry, n)
		for i := range entries {
			entries[i] = feedEntry(i)
		}
		made := ical.NewCalendar()
		set(made.Component, ical.PropVersion, "2.0")
		set(made.Component, ical.PropProductID, productID)
		for i := range entries {
			d := newDraft()
			if err := d.fill(&entries[i]); err != nil {
				b.Fatal(err)
			}
			made.Children = append(made.Children, ordinary(d))
		}
		name := map[int]string{200: "200", 10_000: "10k"}[n]
		for _, writer := range []struct {
			name  string
			write func() error
		}{
			{"holdfast", func() error {
				return WriteFeed(io.Discard, Feed{Name: "Holdfast", Color: "teal", Refresh: time.Hour}, slices.Values(entries))
			}},
			{"go-ical", func() error { return ical.NewEncoder(io.Discard).Encode(made) }},
		} {
			b.Run(name+"/"+writer.name, func(b *testing.B) {
				b.ReportAllocs()
				begun := cpuTime(b)
				for b.Loop() {
					if err := writer.write(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((cpuTime(b)-begun).Nanoseconds())/float64(b.N)/float64(n), "cpu-ns/event")
			})
		}
	}
}

// cpuTime returns the processor time that this process has used: on a shared machine it
// says more than the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// ordinary returns the component of d as programs make them for go-ical: each property
// under its own name.
func ordinary(d *draft) *ical.Component {
	c := ical.NewComponent(d.component.Name)
	for _, props := range d.component.Props {
		for _, p := range props {
			c.Props[p.Name] = []ical.Prop{p}
		}
	}
	return c
}

// feedEntry is an entry as feeds have them.
func feedEntry(i int) Entry {
	start := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 15 * time.Minute)
	return Entry{
		UID: fmt.Sprintf("hold-%06d@holdfast", i), Summary: "Call Ana Ruiz (acme.com) · second contact 2/3",
		Description: "Why: the meeting of 18 November has no next step.\nPurpose: agree on one; ask how they want to be reached.",
		Start:       start, End: start.Add(15 * time.Minute), Private: true, Transparent: true,
		Kind: "hold", ID: fmt.Sprint(i), Categories: []string{"Hold"}, URL: "https://holdfast.example/today#flag-1",
		Stamp: start, Created: start, Modified: start, Sequence: 2,
	}
}
