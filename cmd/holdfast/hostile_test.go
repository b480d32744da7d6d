package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hostileFiles is how many broken calendars are made, and mostTime what each may
// take: a generous bound for a machine that runs other tests beside this one.
const (
	hostileFiles = 2000
	mostTime     = 5 * time.Second
)

// Every broken file ends with an exit code, one line for a failure, and no panic;
// what is printed with exit code 0 or for an incomplete calendar is whole JSON.
func TestHostileFilesNeverBreakTheProgram(t *testing.T) {
	seed := testSeed(t)
	random := rand.New(rand.NewPCG(seed, 0))
	sources := calendarSources(t)
	for i := range hostileFiles {
		text := mutate(random, sources[random.IntN(len(sources))], sources)
		begun := time.Now()
		command := []string{"scan", "agenda", "slots"}[random.IntN(3)]
		r := holdfast(t, string(text), command, "-", "--rep", "dana@northwind.example", "--timezone", "UTC", "--format", "json")
		if took := time.Since(begun); took > mostTime {
			t.Errorf("file %d took %v", i, took)
		}
		switch {
		case r.code == exitDone && failures(r) == 0 && strings.HasSuffix(r.stdout, "}\n"):
		case r.code == exitFault && failures(r) == 1:
			if r.stdout != "" && !strings.HasSuffix(r.stdout, "}\n") {
				t.Errorf("file %d: exit 1 with half a result", i)
			}
		default:
			t.Errorf("file %d: %s, exit %d, standard error %q", i, command, r.code, r.stderr)
		}
		if t.Failed() {
			t.Fatalf("the file begins %q", text[:min(len(text), 2000)])
		}
	}
}

// testSeed returns a seed that differs from run to run, and is HOLDFAST_TEST_SEED
// where that is set: to see again what failed.
func testSeed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if again, err := strconv.ParseUint(os.Getenv("HOLDFAST_TEST_SEED"), 10, 64); err == nil {
		seed = again
	}
	t.Logf("HOLDFAST_TEST_SEED=%d", seed)
	return seed
}

// failures counts the lines of standard error that tell of a failure.
func failures(r result) int {
	return strings.Count(r.stderr, "\n") - strings.Count(r.stderr, "holdfast: warning: ")
}

// Files made to be slow, large or both. Bounds are generous: what they cost exactly,
// the reader's own tests measure.
func TestHostileFilesEndSoon(t *testing.T) {
	series := func(lines ...string) string { return calendar(vevent("s", "20200101T090000Z", lines...)) }
	files := map[string]string{
		"a cancelled series of thousands":     series("RRULE:FREQ=MINUTELY;INTERVAL=6", "STATUS:CANCELLED", "LAST-MODIFIED:20200101T000000Z"),
		"a long title on thousands":           series("RRULE:FREQ=MINUTELY;INTERVAL=6", "SUMMARY:"+strings.Repeat("x", 120_000)),
		"thousands of guests on thousands":    series("RRULE:FREQ=MINUTELY;INTERVAL=6", strings.Repeat("ATTENDEE:mailto:a@b.example\r\n", 2000)+"CLASS:PUBLIC"),
		"exceptions in a change of all later": series("RRULE:FREQ=MINUTELY;INTERVAL=5") + calendar(vevent("s", "20200101T100000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20200101T090000Z", "EXDATE:20200101T090000Z"+strings.Repeat(",20200101T090000Z", 9000))),
	}
	for name, text := range files {
		for _, command := range []string{"scan", "agenda", "slots"} {
			for _, format := range []string{"table", "json", "ics"} {
				begun := time.Now()
				r := holdfast(t, text, command, "-", "--timezone", "UTC", "--format", format)
				if took := time.Since(begun); r.code != exitDone || took > mostTime || len(r.stdout) > 64<<20 {
					t.Errorf("%s: %s --format %s: exit %d, %v, %d octets, %.200s", name, command, format, r.code, took, len(r.stdout), r.stderr)
				}
			}
		}
	}
}

// calendarSources returns the calendars that broken ones are made of.
func calendarSources(t *testing.T) [][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../integrations/ics/testdata/*.ics")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no calendars to break: %v", err)
	}
	var all [][]byte
	for _, path := range append(paths, example) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content)
	}
	return all
}

// poison are lines that have broken readers of calendars before.
var poison = []string{
	"0;0=", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY;COUNT=10000000",
	"RRULE:FREQ=WEEKLY;INTERVAL=0", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "DTSTART:99991231T235959Z", "DTSTART;TZID=\"Nowhere: Land\":20261117T090000",
	"DURATION:P9999999W", "EXDATE:,,,", "ATTENDEE;CN=\"unclosed:mailto:a@b.c", "RECURRENCE-ID:never", "DTSTART;VALUE=DATE:20260230", "\x00\xff\xfe", "SUMMARY:\u202e\x1b[2J",
	"BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+9999\r\nTZOFFSETTO:-9999\r\nEND:STANDARD\r\nEND:VTIMEZONE",
}

// mutate breaks a calendar in one to eight ways.
func mutate(random *rand.Rand, text []byte, sources [][]byte) []byte {
	text = bytes.Clone(text)
	for range 1 + random.IntN(8) {
		if len(text) == 0 {
			break
		}
		at := random.IntN(len(text))
		switch random.IntN(8) {
		case 0: // cut short
			text = text[:at]
		case 1: // an octet changed
			text[at] = byte(random.IntN(256))
		case 2: // a stretch lost
			text = append(text[:at], text[min(len(text), at+random.IntN(200)):]...)
		case 3: // a stretch repeated
			text = append(text[:at:at], text[max(0, at-random.IntN(2000)):]...)
		case 4: // a poisonous line
			text = insertLine(text, at, poison[random.IntN(len(poison))])
		case 5: // another file inside
			text = insertLine(text, at, string(sources[random.IntN(len(sources))]))
		case 6: // other line ends
			text = bytes.ReplaceAll(text, []byte("\r\n"), []byte([]string{"\n", "\r", "\r\r\n", "\n\n"}[random.IntN(4)]))
		case 7: // something very long
			text = insertLine(text, at, "X-LONG;"+strings.Repeat("A=B;", random.IntN(20000))+":"+strings.Repeat("x", random.IntN(100000)))
		}
	}
	return text
}

// insertLine puts line before the first line that starts at or after at.
func insertLine(text []byte, at int, line string) []byte {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		at += i + 1
	}
	return bytes.Join([][]byte{text[:at], []byte(line + "\r\n"), text[at:]}, nil)
}
