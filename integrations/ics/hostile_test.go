package ics

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/ics/icstest"
)

// What reading one hostile megabyte may cost. The race detector slows the program
// and its collector down; make test runs these tests without it as well.
const (
	mostTime = underRace * time.Second
	mostHeap = underRace * 64 << 20
)

const megabyte = 1 << 20

// fill repeats unit up to a megabyte.
func fill(unit string) string { return strings.Repeat(unit, megabyte/len(unit)) }

// fillNumbered repeats format, with a number in it, up to a megabyte.
func fillNumbered(format string) string {
	var out strings.Builder
	for i := 0; out.Len() < megabyte; i++ {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}

func hostile() map[string]string {
	const begin, event = "BEGIN:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20261118T150000Z\r\n"
	const end = "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	noise := make([]byte, megabyte)
	random := rand.NewChaCha8([32]byte{})
	random.Read(noise)
	return map[string]string{
		"nested calendars":                 fill("BEGIN:VCALENDAR\n"),
		"nested events":                    begin + fill("BEGIN:VEVENT\n"),
		"nested unknown components":        begin + fill("BEGIN:X\n"),
		"nested and closed":                event + strings.Repeat("BEGIN:X\n", megabyte/16) + strings.Repeat("END:X\n", megabyte/16) + end,
		"ENDs of nothing":                  begin + fill("END:X\n"),
		"component name of a megabyte":     begin + "BEGIN:" + fill("X"),
		"needed line of 10 MB":             event + "SUMMARY:" + strings.Repeat(fill("x"), 10) + end,
		"unneeded line of 10 MB":           event + "ATTACH:" + strings.Repeat(fill("x"), 10) + end,
		"line of 10 MB that is no line":    event + strings.Repeat(fill("x"), 10) + end,
		"first line of 10 MB":              "BEGIN:VCALENDAR" + strings.Repeat(fill("x"), 10),
		"100,000 parameters":               event + "ATTENDEE" + strings.Repeat(";X=1", 100_000) + ":mailto:a@b.example" + end,
		"100,000 unneeded parameters":      event + "X-FOO" + strings.Repeat(";X=1", 100_000) + ":1" + end,
		"100,000 values of a parameter":    event + "ATTENDEE;CN=" + strings.Repeat("x,", 100_000) + ":mailto:a@b.example" + end,
		"long parameters":                  event + fill("EXDATE;TZID="+strings.Repeat("x", 5000)+":20261118T150000\n") + end,
		"quotes":                           event + fill("ATTENDEE;CN="+strings.Repeat(`"`, 20_001)+":mailto:a@b.example\n") + end,
		"quotes that are not closed":       event + fill(`ATTENDEE;X=";X=";X=";X="`+"\n") + end,
		"semicolons":                       event + fill(";") + end,
		"folds":                            event + "SUMMARY:" + fill("\n x") + end,
		"folds of an unneeded line":        event + "DESCRIPTION:" + fill("\n x") + end,
		"blank lines":                      event + fill("\n") + end,
		"carriage returns":                 event + fill("\r") + end,
		"spaces":                           event + fill(" ") + end,
		"NULs":                             event + fill("\x00") + end,
		"lines of text":                    event + fill("x\n") + end,
		"attendees":                        event + fill("ATTENDEE:a@b\n") + end,
		"different attendees":              event + fillNumbered("ATTENDEE:mailto:a%d@b.example\n") + end,
		"attendees of many events":         begin + fillNumbered("BEGIN:VEVENT\nDTSTART:20261118\nUID:%[1]d\nATTENDEE:a%[1]d@b.example\nEND:VEVENT\n"),
		"exceptions":                       event + fill("EXDATE:20261118\n") + end,
		"exceptions in lists":              event + fill("EXDATE:"+strings.Repeat("20261118,", 20_000)+"\n") + end,
		"exceptions that are none":         event + fill("EXDATE:x\n") + end,
		"dates in unknown zones":           event + fillNumbered("RDATE;TZID=Z%d:20261118T090000\n") + end,
		"commas":                           event + fill("RDATE:"+strings.Repeat(",", 200_000)+"\n") + end,
		"rules":                            event + fill("RRULE:FREQ=SECONDLY\n") + end,
		"endless rules":                    begin + fill("BEGIN:VEVENT\nUID:u\nDTSTART:20261118\nRRULE:FREQ=SECONDLY;COUNT=10000000\nEND:VEVENT\n"),
		"rules without an interval":        begin + fill("BEGIN:VEVENT\nUID:u\nDTSTART:20261118\nRRULE:FREQ=DAILY;INTERVAL=0\nEND:VEVENT\n"),
		"rules with long lists":            event + "RRULE:FREQ=YEARLY;BYYEARDAY=" + strings.Repeat("1,", 100_000) + "1" + end,
		"year 9999":                        begin + fill("BEGIN:VEVENT\nUID:u\nDTSTART:99991231T235959Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n"),
		"smallest events":                  begin + fill("BEGIN:VEVENT\nDTSTART:20261118\nUID:1\nEND:VEVENT\n"),
		"events without a UID":             begin + fillNumbered("BEGIN:VEVENT\nDTSTART:20261118\nSEQUENCE:%d\nEND:VEVENT\n"),
		"events in zones not known yet":    begin + fillNumbered("BEGIN:VEVENT\nDTSTART;TZID=Z%d:20261118T000000\nUID:1\nEND:VEVENT\n"),
		"calendars":                        fill("BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
		"calendars with a zone and event":  fillNumbered("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:19700101T%06d\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20261118T090000\nEND:VEVENT\nEND:VCALENDAR\n"),
		"zones":                            begin + fillNumbered("BEGIN:VTIMEZONE\nTZID:Z%d\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE\n"),
		"zone of a megabyte":               begin + "BEGIN:VTIMEZONE\nTZID:Own\n" + fill("BEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD\n") + "END:VTIMEZONE\n",
		"zone that changes every second":   begin + "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:00010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20261118T090000\nEND:VEVENT\n",
		"zone with many changes":           begin + "BEGIN:VTIMEZONE\nTZID:Own\n" + strings.Repeat("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=DAILY\nEND:STANDARD\n", 500) + "END:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20261118T090000\nEND:VEVENT\n",
		"escapes":                          event + fill("SUMMARY:"+strings.Repeat(`\\\n\,`, 20_000)+"\n") + end,
		"carets":                           event + fill("ATTENDEE;CN="+strings.Repeat("^^^n^'", 20_000)+":a@b.example\n") + end,
		"octets that are no UTF-8":         event + "SUMMARY:" + fill("\xff") + end,
		"lines with octets that are none":  event + fill("SUMMARY:\xff\n") + end,
		"line separators":                  event + "SUMMARY:" + strings.Repeat("\u2028", 80_000) + end,
		"noise":                            string(noise),
		"noise in a calendar":              begin + string(noise),
		"noise in an event":                event + string(noise) + end,
		"what go-ical panics on":           event + fill("0;0=\n") + end,
		"unclosed calendars with an event": fill(event),
		"gzip":                             "\x1f\x8b\x08" + string(noise),
	}
}

// TestHostileInputStaysCheap reads each of hostile and measures how long it takes
// and how much the heap grows at most, garbage included, looking every
// millisecond.
func TestHostileInputStaysCheap(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			var (
				cal   *Calendar
				err   error
				took  time.Duration
				grown uint64
			)
			for range 3 { // the machine may be busy with something else
				stop := watchHeap()
				start := time.Now()
				cal, err = Read(strings.NewReader(text), "a.ics")
				took, grown = time.Since(start), stop()
				if took <= mostTime {
					break
				}
			}
			if took > mostTime || grown > mostHeap {
				t.Errorf("%d octets took %v and %d MB, more than %v and %d MB", len(text), took, grown>>20, mostTime, mostHeap>>20)
			}
			if err == nil && len(cal.Warnings) > maxWarnings+1 {
				t.Errorf("%d warnings", len(cal.Warnings))
			}
			if err == nil {
				checkMessages(t, cal)
			}
			t.Logf("%d octets: %v, %.1f MB", len(text), took.Round(time.Millisecond), float64(grown)/(1<<20))
		})
	}
}

// checkMessages checks that what a person reads of cal is short, and one line of
// text.
func checkMessages(t *testing.T, cal *Calendar) {
	t.Helper()
	for _, w := range cal.Warnings {
		if len(w.Message) > 500 || w.Message != oneLine(w.Message) {
			t.Errorf("message of %d octets: %q", len(w.Message), w.Message)
		}
	}
	if cal.Incomplete != oneLine(cal.Incomplete) {
		t.Errorf("Incomplete = %q", cal.Incomplete)
	}
}

// watchHeap samples the heap until the returned function is called, which gives
// how much it grew at most.
func watchHeap() (stop func() uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := heap()
	most := before
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				most = max(most, heap())
				return
			case <-tick.C:
				most = max(most, heap())
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return most - before
	}
}

// TestLongLinesCostNoMemory streams a property of 64 MB.
func TestLongLinesCostNoMemory(t *testing.T) {
	tests := []struct {
		name, property string
		events         int
	}{
		{"unneeded", "ATTACH;ENCODING=BASE64;VALUE=BINARY:", 2},
		{"needed", "SUMMARY:", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value := strings.NewReader(strings.Repeat(fill("QUJD"), 64))
			file := io.MultiReader(
				strings.NewReader("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20261118\n"+tt.property),
				value,
				strings.NewReader("\nEND:VEVENT\n"+vevent("after")+"\nEND:VCALENDAR\n"))
			stop := watchHeap()
			cal, err := Read(file, "a.ics")
			if grown := stop(); grown > 4<<20 {
				t.Errorf("a line of 64 MB took %d KB", grown>>10)
			}
			if err != nil || len(cal.Events) != tt.events || len(cal.Warnings) != 2-tt.events {
				t.Errorf("Read = %+v, %v", cal, err)
			}
		})
	}
}

func TestMemoryStaysASmallMultipleOfTheFile(t *testing.T) {
	text := icstest.Export(t)
	stop := watchHeap()
	cal, err := Read(bytes.NewReader(text), "a.ics")
	grown := stop()
	if err != nil || len(cal.Events) != 10_000 {
		t.Fatalf("%d events, %v", len(cal.Events), err)
	}
	if most := uint64(4 * len(text)); grown > most {
		t.Errorf("a file of %d KB took %d KB, more than %d", len(text)>>10, grown>>10, most>>10)
	}
	t.Logf("a file of %d KB took %d KB", len(text)>>10, grown>>10)
}
