package scheduler

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"syscall"
	"testing"
	"time"
)

// cpuTime returns the processor time that this process has used: on a shared
// machine it says more than the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// measure runs f b.N times and reports processor time, per iteration and for each
// of the n things that one iteration handles.
func measure(b *testing.B, n int, thing string, f func()) {
	b.Helper()
	b.ReportAllocs()
	begun := cpuTime(b)
	for b.Loop() {
		f()
	}
	spent := float64((cpuTime(b) - begun).Nanoseconds()) / float64(b.N)
	b.ReportMetric(spent, "cpu-ns/op")
	if n > 0 {
		b.ReportMetric(spent/float64(n), "cpu-ns/"+thing)
	}
}

// BenchmarkSlots finds the free starts of the slot fixtures. Beside each is a plain
// merge, the yardstick for what any implementation has to do.
func BenchmarkSlots(b *testing.B) {
	for _, f := range slotFixtures {
		parties, search := f.parties(), f.search()
		for _, by := range []struct {
			name string
			find func([]Party, Search) []time.Time
		}{{"", FreeStarts}, {"/merge", plainMerge}} {
			b.Run(f.name+by.name, func(b *testing.B) {
				var starts []time.Time
				measure(b, 0, "", func() { starts = by.find(parties, search) })
				if len(starts) != f.slots {
					b.Fatalf("%d slots, want %d", len(starts), f.slots)
				}
				b.ReportMetric(float64(len(starts)), "slots")
				b.ReportMetric(float64(hashOf(starts)), "hash")
			})
		}
	}
}

// plainMerge finds free starts in the plainest way: everything that blocks, nights
// and weekends included, in one list, which is sorted and walked once.
func plainMerge(parties []Party, q Search) []time.Time {
	var blocks []span
	for _, p := range parties {
		for _, b := range p.Busy {
			blocks = append(blocks, span{b.Start.Add(-q.Buffer).Unix(), b.End.Add(q.Buffer).Unix()})
		}
		end := q.Window.Start.Unix()
		for day := q.Window.Start; day.Before(q.Window.End); day = day.AddDate(0, 0, 1) {
			if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
				continue
			}
			open := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, int(p.Hours.Start.Seconds()), 0, p.Zone).Unix()
			blocks = append(blocks, span{end, open})
			end = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, int(p.Hours.End.Seconds()), 0, p.Zone).Unix()
		}
		blocks = append(blocks, span{end, q.Window.End.Unix()})
	}
	sortSpans(blocks)
	var starts []time.Time
	length, grid := int64(q.Length.Seconds()), int64(q.Grid.Seconds())
	at := q.Window.Start.Unix()
	for _, b := range append(blocks, span{q.Window.End.Unix(), q.Window.End.Unix()}) {
		for at = ceilTo(at, grid); at+length <= b.start; at += grid {
			starts = append(starts, time.Unix(at, 0).UTC())
		}
		at = max(at, b.end)
	}
	return starts
}

// hashOf tells results apart in 24 bits, which a float64 prints exactly.
func hashOf(starts []time.Time) uint32 {
	h := fnv.New32a()
	for _, t := range starts {
		binary.Write(h, binary.LittleEndian, t.Unix()) //nolint:errcheck // a hash takes everything
	}
	return h.Sum32() >> 8
}

// gapMeetings makes n meetings of one rep with as many prospects as n/10, over the
// 30 days before and the 14 days after testNow.
func gapMeetings(seed uint32, n int) []Event {
	r := lcg(seed)
	events := make([]Event, n)
	first := at(testNow).Add(-30 * 24 * time.Hour)
	for i := range events {
		start := first.Add(time.Duration(r.draw(44*24*12)) * 5 * time.Minute)
		p := r.draw(max(1, n/10))
		events[i] = Event{
			UID: fmt.Sprintf("m%06d", i), Summary: "Demo",
			Start:     Moment{Wall: start, Zone: time.UTC},
			End:       Moment{Wall: start.Add(30 * time.Minute), Zone: time.UTC},
			Organizer: &Attendee{Address: testRep},
			Attendees: []Attendee{{Address: testRep, Response: Accepted}, {Address: fmt.Sprintf("ana@prospect%d.com", p)}},
		}
	}
	return events
}

// BenchmarkGaps finds the meetings without a next step in calendars that are
// expanded, and whose guest lists were read: what the service repeats at every
// change.
func BenchmarkGaps(b *testing.B) {
	for _, reps := range []int{1, 1000} {
		b.Run(fmt.Sprintf("%dx1k", reps), func(b *testing.B) {
			const meetings = 1000
			s := snapshot()
			window := span{s.Now.Add(-s.Settings.Lookback).Unix(), s.Now.Add(s.Settings.Horizon).Unix()}
			calendars := make([]*calendarView, reps)
			for i := range calendars {
				instances, _ := Expand(gapMeetings(uint32(fixtureSeed+i), meetings), newYork, time.Unix(window.start, 0), time.Unix(window.end, 0))
				calendars[i] = newCalendarView(s.Settings, instances)
			}
			for _, c := range calendars {
				c.things(window) // guest lists are read once for each event
			}
			var flagged int
			measure(b, reps*meetings, "meeting", func() {
				flagged = 0
				for _, c := range calendars {
					for _, k := range c.things(window) {
						if judge(k.things, s.Now, &s.Settings).flagged != nil {
							flagged++
						}
					}
				}
			})
			b.ReportMetric(float64(flagged), "flags")
		})
	}
}

// BenchmarkDecide makes whole plans, holds included, of calendars that grow: the
// time of one meeting may grow only as that of sorting does.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{1_000, 4_000, 16_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := snapshot(gapMeetings(fixtureSeed, n)...)
			var p Plan
			measure(b, n, "meeting", func() { p = Decide(s) })
			b.ReportMetric(float64(len(p.Flags)), "flags")
		})
	}
}

// BenchmarkExpand expands weekly series that began ten years ago, over the window
// that scan looks at.
func BenchmarkExpand(b *testing.B) {
	for _, n := range []int{100, 400, 1600} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var events []Event
			for i := range n {
				e := meeting(fmt.Sprint(i), fmt.Sprintf("2016-11-14 %02d:%02d", i%24, i%60), ana, recurs("FREQ=WEEKLY;BYDAY=MO,WE,FR"))
				events = append(events, e)
			}
			from := at(testNow)
			var instances []Instance
			measure(b, 0, "", func() { instances, _ = Expand(events, newYork, from, from.Add(150*24*time.Hour)) })
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(instances)), "ns/instance")
		})
	}
}
