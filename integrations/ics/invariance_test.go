package ics

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	ical "github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/integrations/ics/icstest"
	"holdfast/scheduler"
)

// exports returns the files of testdata, by name.
func exports(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.ics")
	if err != nil || len(names) == 0 {
		t.Fatal("no exports in testdata", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = text
	}
	return files
}

// eventsOf reads text and forgets the lines of the events.
func eventsOf(t rapid.TB, r io.Reader) []scheduler.Event {
	t.Helper()
	cal, err := Read(r, "a.ics")
	if err != nil {
		t.Fatal(err)
	}
	for i := range cal.Events {
		cal.Events[i].Source.Line = 0
	}
	return cal.Events
}

// unfolded returns the content lines of text.
func unfolded(text []byte) []string {
	plain := strings.ReplaceAll(strings.TrimPrefix(string(text), byteOrderMark), "\r\n", "\n")
	plain = strings.NewReplacer("\n ", "", "\n\t", "").Replace(plain)
	return strings.Split(strings.TrimSuffix(plain, "\n"), "\n")
}

func TestLineEndsDoNotMatter(t *testing.T) {
	for name, text := range exports(t) {
		want, err := Read(bytes.NewReader(text), "a.ics")
		if err != nil {
			t.Fatal(err)
		}
		lf := bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		for _, eol := range []string{"\n", "\r\n", "\r", "\r\r\n"} {
			got, err := Read(bytes.NewReader(bytes.ReplaceAll(lf, []byte("\n"), []byte(eol))), "a.ics")
			if diff := cmp.Diff(want, got, sameMeaning); err != nil || diff != "" {
				t.Errorf("%s with line ends %q: error %v, calendar (-want +got):\n%s", name, eol, err, diff)
			}
		}
	}
}

func TestSizeOfReadsDoesNotMatter(t *testing.T) {
	for name, text := range exports(t) {
		want := eventsOf(t, bytes.NewReader(text))
		got := eventsOf(t, iotest.OneByteReader(bytes.NewReader(text)))
		if diff := cmp.Diff(want, got, sameMeaning); diff != "" {
			t.Errorf("%s read octet by octet (-want +got):\n%s", name, diff)
		}
	}
}

func TestFoldingDoesNotMatter(t *testing.T) {
	files := exports(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"apple.ics", "exchange.ics", "google.ics", "nextcloud.ics", "outlook.ics", "thunderbird.ics"}).Draw(t, "file")
		var folded strings.Builder
		for _, line := range unfolded(files[name]) {
			width := rapid.IntRange(1, 80).Draw(t, "width")
			fold := rapid.SampledFrom([]string{"\n ", "\r\n\t", "\r\r\n \r\n "}).Draw(t, "fold")
			for len(line) > width { // also inside a character
				folded.WriteString(line[:width] + fold)
				line = line[width:]
			}
			folded.WriteString(line + "\r\n")
		}
		want, got := eventsOf(t, bytes.NewReader(files[name])), eventsOf(t, strings.NewReader(folded.String()))
		if diff := cmp.Diff(want, got, sameMeaning); diff != "" {
			t.Errorf("%s folded anew (-want +got):\n%s", name, diff)
		}
	})
}

func TestAFileThatIsCutIsIncomplete(t *testing.T) {
	for name, text := range exports(t) {
		if bytes.Count(text, []byte("BEGIN:VCALENDAR")) > 1 {
			continue // cut between two calendars it is whole
		}
		text = bytes.TrimSpace(text)
		for n := len("\ufeffBEGIN:VCALENDAR"); n < len(text); n += 7 {
			cal, err := Read(bytes.NewReader(text[:n]), name)
			if err != nil || cal.Incomplete == "" {
				t.Fatalf("%s cut after %d octets: error %v, Incomplete = %q", name, n, err, cal.Incomplete)
			}
		}
	}
}

// TestAgreesWithGoICal holds Read to go-ical's own decoder on a file that both
// can read.
func TestAgreesWithGoICal(t *testing.T) {
	text := icstest.Export(t)
	decoded, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatal(err)
	}
	cal := mustRead(t, string(text))
	if len(cal.Events) != len(decoded.Children) || len(cal.Warnings) > 0 {
		t.Fatalf("%d events, warnings %q; go-ical reads %d", len(cal.Events), messages(cal), len(decoded.Children))
	}
	for i, component := range decoded.Children {
		if diff := cmp.Diff(viaGoICal(t, component), cal.Events[i], sameMeaning, ignoreSource); diff != "" {
			t.Fatalf("event %d (-go-ical +ours):\n%s", i, diff)
		}
	}
}

var ignoreSource = cmp.Comparer(func(a, b scheduler.Source) bool { return true })

// viaGoICal reads an event of the fixture with go-ical's accessors.
func viaGoICal(t *testing.T, c *ical.Component) scheduler.Event {
	t.Helper()
	text := func(name string) string {
		value, err := c.Props.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	moment := func(name string) scheduler.Moment {
		at, err := c.Props.DateTime(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		return scheduler.Moment{Wall: at, Zone: at.Location()}
	}
	sequence, err := c.Props.Get("SEQUENCE").Int()
	if err != nil {
		t.Fatal(err)
	}
	e := scheduler.Event{
		UID: text("UID"), Summary: text("SUMMARY"), Sequence: sequence, Start: moment("DTSTART"), End: moment("DTEND"),
		Organizer: &scheduler.Attendee{Address: strings.TrimPrefix(c.Props.Get("ORGANIZER").Value, "mailto:")},
	}
	for _, p := range c.Props.Values("ATTENDEE") {
		e.Attendees = append(e.Attendees, scheduler.Attendee{Address: strings.TrimPrefix(p.Value, "mailto:")})
	}
	return e
}
