package ics

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// anEntry is an entry with everything in it.
func anEntry() Entry {
	return Entry{
		UID: "hold-1@holdfast", Summary: "Call Ana Ruiz (acme.com) · second contact 2/3, by phone",
		Description: "Why: no next step.\nPurpose: agree on one; ask how.",
		Start:       utc("2026-11-19 15:00"), End: utc("2026-11-19 15:15"), Stamp: utc("2026-11-18 16:00"),
		Status: scheduler.Tentative, Transparent: true, Private: true, Kind: "hold", ID: "a,b",
		Alarm: true, Reminder: 5 * time.Minute,
	}
}

func mustWrite(t *testing.T, name string, entries ...Entry) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, name, entries); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWritesAnEntry(t *testing.T) {
	want := strings.Join([]string{
		"BEGIN:VCALENDAR",
		"NAME:Holds\\; mine",
		"PRODID:-//Holdfast//Holdfast//EN",
		"VERSION:2.0",
		"X-WR-CALNAME:Holds\\; mine",
		"BEGIN:VEVENT",
		"DTSTAMP:20261118T160000Z",
		"UID:hold-1@holdfast",
		"DTSTART:20261119T150000Z",
		"DTEND:20261119T151500Z",
		`SUMMARY:Call Ana Ruiz (acme.com) · second contact 2/3\, by phone`,
		`DESCRIPTION:Why: no next step.\nPurpose: agree on one\; ask how.`,
		"STATUS:TENTATIVE",
		"CLASS:PRIVATE",
		"TRANSP:TRANSPARENT",
		"X-HOLDFAST-KIND:hold",
		`X-HOLDFAST-ID:a\,b`,
		"BEGIN:VALARM",
		"ACTION:DISPLAY",
		`DESCRIPTION:Call Ana Ruiz (acme.com) · second contact 2/3\, by phone`,
		"TRIGGER:-PT5M",
		"END:VALARM",
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	}, "\r\n")
	if diff := cmp.Diff(want, mustWrite(t, "Holds; mine", anEntry())); diff != "" {
		t.Errorf("calendar (-want +got):\n%s", diff)
	}
}

func TestWritesACalendarWithoutEntries(t *testing.T) {
	want := "BEGIN:VCALENDAR\r\nNAME:Holds\r\nPRODID:-//Holdfast//Holdfast//EN\r\nVERSION:2.0\r\nX-WR-CALNAME:Holds\r\nEND:VCALENDAR\r\n"
	got := mustWrite(t, "Holds")
	if got != want {
		t.Errorf("Write = %q, want %q", got, want)
	}
	if cal := mustRead(t, got); len(cal.Events) > 0 || len(cal.Warnings) > 0 || cal.Incomplete != "" || cal.Name != "Holds" {
		t.Errorf("read back: %+v", cal)
	}
}

func TestWritesAllDayEntriesAsDatesOfTheirZone(t *testing.T) {
	auckland := location(t, "Pacific/Auckland")
	e := anEntry()
	e.AllDay = true
	e.Start, e.End = time.Date(2026, 11, 19, 0, 0, 0, 0, auckland), time.Date(2026, 11, 21, 0, 0, 0, 0, auckland)
	got := mustWrite(t, "", e)
	for _, want := range []string{"\r\nDTSTART;VALUE=DATE:20261119\r\n", "\r\nDTEND;VALUE=DATE:20261121\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "NAME") {
		t.Errorf("a calendar without a name has one:\n%s", got)
	}
}

// DTEND must be later than DTSTART (RFC 5545 §3.8.2.2).
func TestAnEntryThatTakesNoTimeHasNoEnd(t *testing.T) {
	e := anEntry()
	e.End = e.Start
	got := mustWrite(t, "", e)
	if read := mustRead(t, got).Events; strings.Contains(got, "DTEND") || len(read) != 1 || !read[0].End.In(time.UTC).Equal(e.Start) {
		t.Errorf("read back it is %+v, of\n%s", read, got)
	}
}

func TestRefusesEntriesThatCannotBeWritten(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Entry)
	}{
		{"no UID", func(e *Entry) { e.UID = " \n" }},
		{"ends before it starts", func(e *Entry) { e.End = e.Start.Add(-time.Minute) }},
		{"all-day, ends on the day it starts", func(e *Entry) { e.AllDay = true }},
		{"year 10000", func(e *Entry) { e.End = e.End.AddDate(8000, 0, 0) }},
		{"before year 1", func(e *Entry) { e.Start = e.Start.AddDate(-2100, 0, 0) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := anEntry()
			tt.spoil(&e)
			if err := Write(new(bytes.Buffer), "", []Entry{e}); err == nil || !strings.HasPrefix(err.Error(), "write calendar: ") {
				t.Errorf("Write = %v, want an error that says what was being done", err)
			}
		})
	}
}

// full is a writer that is full after n octets.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestSaysWhenItCannotWrite(t *testing.T) {
	entries := make([]Entry, 100)
	for i := range entries {
		entries[i] = anEntry()
	}
	for _, room := range []int{0, 10_000} {
		if err := Write(&full{room}, "", entries); err == nil {
			t.Errorf("no error with room for %d octets", room)
		}
	}
}

// nasty draws a text from what breaks calendars.
func nasty(random *rand.Rand) string {
	pieces := []string{"\r", "\n", "\r\n", "\u2028", "\u2029", "\u0085", "\v", "\f", "\x00", "\x1b[31m", "\x7f", "\u009f", "\t", `\`, `\n`, ";", ",", ":", `"`, "^", "=",
		"END:VEVENT", "BEGIN:VEVENT", "ATTENDEE:mailto:victim@example.com", "东京", "🍽️", "é", "e\u0301", "\xff", "\xc3", "�", " ", "word", strings.Repeat("long", 30), "\u202e"}
	var text strings.Builder
	for range random.IntN(12) {
		text.WriteString(pieces[random.IntN(len(pieces))])
	}
	return text.String()
}

// nastyEntries draws entries and the seed they can be drawn with again.
func nastyEntries(t *testing.T, n int) []Entry {
	seed := uint64(time.Now().UnixNano())
	if again, err := strconv.ParseUint(os.Getenv("HOLDFAST_TEST_SEED"), 10, 64); err == nil {
		seed = again
	}
	t.Logf("HOLDFAST_TEST_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	entries := make([]Entry, n)
	for i := range entries {
		e := anEntry()
		e.UID = fmt.Sprint("uid", i, "/", nasty(random))
		e.Summary, e.Description, e.Kind, e.ID = nasty(random), nasty(random), nasty(random), nasty(random)
		e.Start = e.Start.Add(time.Duration(random.IntN(1e9)) * time.Second)
		e.End = e.Start.Add(time.Duration(random.IntN(1e6)*min(random.IntN(50), 1)) * time.Second) // some take no time
		e.AllDay = false
		e.Status = scheduler.Status(random.IntN(3))
		e.Transparent, e.Private = random.IntN(2) == 0, random.IntN(2) == 0
		entries[i] = e
	}
	return entries
}

// asWritten is what is left of a text that was written: every line break a
// newline, no other control characters, nothing that is no UTF-8, no outer spaces.
func asWritten(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n", "\t", " ").Replace(text)
	var kept strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if valid := r != utf8.RuneError || size > 1; valid && (r == '\n' || !unicode.IsControl(r)) {
			kept.WriteString(text[:size])
		}
		text = text[size:]
	}
	return strings.Trim(kept.String(), " ")
}

// asLine is asWritten for what is one line.
func asLine(text string) string { return strings.ReplaceAll(asWritten(oneLine(text)), "\n", " ") }

func TestReadsBackWhatItWrote(t *testing.T) {
	entries := nastyEntries(t, 500)
	cal := mustRead(t, mustWrite(t, "Holds", entries...))
	if len(cal.Warnings) > 0 || cal.Incomplete != "" || len(cal.Events) != len(entries) {
		t.Fatalf("%d events, Incomplete = %q, warnings %q", len(cal.Events), cal.Incomplete, messages(cal))
	}
	for i, e := range entries {
		want := scheduler.Event{
			UID: asLine(e.UID), Summary: asLine(e.Summary), Status: e.Status, Transparent: e.Transparent, Private: e.Private,
			Start: scheduler.Moment{Wall: e.Start, Zone: time.UTC}, End: scheduler.Moment{Wall: e.End, Zone: time.UTC},
		}
		if diff := cmp.Diff(want, cal.Events[i], sameMeaning, ignoreSource); diff != "" {
			t.Fatalf("entry %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestFoldsLinesBetweenCharacters(t *testing.T) {
	for line := range strings.SplitSeq(strings.TrimSuffix(mustWrite(t, "Holds", nastyEntries(t, 500)...), "\r\n"), "\r\n") {
		if len(line) > maxOctets || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("line of %d octets: %q", len(line), line)
		}
	}
}

// pythonEvent is what testdata/read_calendar.py says of an event.
type pythonEvent struct {
	UID, Summary, Description, Start, End, Stamp, Status, Transp, Class, Kind, ID string
	Names                                                                         []string
}

func TestPythonReadsWhatWasWritten(t *testing.T) {
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import icalendar").CombinedOutput(); err != nil {
		t.Fatalf("install python3-icalendar (Debian): %v: %s", err, out)
	}
	entries := nastyEntries(t, 500)
	for i := range entries {
		e := &entries[i]
		for _, text := range []*string{&e.UID, &e.Summary, &e.Description, &e.Kind, &e.ID} {
			// python3-icalendar 4 decodes backslashes twice, so that those of the
			// text itself are lost; TestReadsBackWhatItWrote has them.
			*text = strings.ReplaceAll(*text, `\`, "/")
		}
	}
	cmd := exec.Command(python, "testdata/read_calendar.py")
	cmd.Stdin = strings.NewReader(mustWrite(t, "Holds", entries...))
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		t.Fatalf("read_calendar.py: %v: %s", err, exit.Stderr)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if want := `{"name": "Holds", "wr_name": "Holds", "names": ["NAME", "PRODID", "VERSION", "X-WR-CALNAME"]}`; lines[0] != want {
		t.Errorf("calendar %s, want %s", lines[0], want)
	}
	if len(lines) != len(entries)+1 {
		t.Fatalf("%d events, want %d", len(lines)-1, len(entries))
	}
	for i, e := range entries {
		var got pythonEvent
		if err := json.Unmarshal([]byte(lines[i+1]), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(inPython(e), got); diff != "" {
			t.Fatalf("entry %d (-want +got):\n%s", i, diff)
		}
	}
}

// inPython is what testdata/read_calendar.py should say of e.
func inPython(e Entry) pythonEvent {
	const stamp = "2006-01-02T15:04:05-07:00"
	want := pythonEvent{
		UID: asLine(e.UID), Summary: asLine(e.Summary), Description: asWritten(e.Description), Kind: asLine(e.Kind), ID: asLine(e.ID),
		Start: e.Start.Format(stamp), End: e.End.Format(stamp), Stamp: e.Stamp.Format(stamp),
		Status: statusName(e.Status, false), Transp: "OPAQUE",
		Names: []string{"DTSTAMP", "DTSTART", "STATUS", "TRANSP", "UID"},
	}
	if e.End.After(e.Start) {
		want.Names = append(want.Names, "DTEND")
	}
	if e.Transparent {
		want.Transp = "TRANSPARENT"
	}
	if e.Private {
		want.Class = "PRIVATE"
	}
	for name, text := range map[string]string{"SUMMARY": want.Summary, "DESCRIPTION": want.Description, "CLASS": want.Class, "X-HOLDFAST-KIND": want.Kind, "X-HOLDFAST-ID": want.ID} {
		if text != "" { // what is empty is left out
			want.Names = append(want.Names, name)
		}
	}
	slices.Sort(want.Names)
	return want
}
