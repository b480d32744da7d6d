package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

// result is what one run of the program left behind.
type result struct {
	code           int
	stdout, stderr string
}

// holdfast runs the program as a user would, on Wednesday 2026-11-18 at 15:00 UTC.
func holdfast(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	w := world{
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr,
		now:    func() time.Time { return time.Date(2026, 11, 18, 15, 0, 0, 0, time.UTC) },
		getenv: func(string) string { return "" },
	}
	code := w.run(args)
	return result{code, stdout.String(), stderr.String()}
}

// golden compares got with the expected output in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); after a change on purpose: make golden\n%s", path, diff)
	}
}

const example = "testdata/example.ics"

func TestGoldenOutputs(t *testing.T) {
	slots := []string{"--after", "2026-11-20", "--with-timezone", "Europe/Berlin", "--with-holidays", "de-by"}
	agenda := []string{"--from", "2026-11-16", "--to", "2026-11-21"}
	for _, c := range []struct {
		command string
		args    []string
	}{{"scan", nil}, {"slots", slots}, {"agenda", agenda}} {
		for format, extension := range map[string]string{"table": ".txt", "json": ".json", "ics": ".ics"} {
			t.Run(c.command+" "+format, func(t *testing.T) {
				args := append([]string{c.command, example, "--holidays", "us", "--format", format}, c.args...)
				first, second := holdfast(t, "", args...), holdfast(t, "", args...)
				if first.code != 0 || first.stderr != "" {
					t.Fatalf("exit %d, standard error: %s", first.code, first.stderr)
				}
				if first.stdout != second.stdout {
					t.Error("two runs print different bytes")
				}
				golden(t, c.command+extension, first.stdout)
			})
		}
	}
}

// The holds that scan writes as a calendar come back as they went out.
func TestHoldsImportCleanly(t *testing.T) {
	holds := holdfast(t, "", "scan", example, "--holidays", "us", "--format", "ics")
	back := holdfast(t, holds.stdout, "agenda", "-", "--rep", "dana@northwind.example", "--to", "2027-03-01", "--timezone", "UTC", "--format", "json")
	if back.code != 0 || back.stderr != "" {
		t.Fatalf("exit %d, standard error: %s", back.code, back.stderr)
	}
	var agenda struct {
		Instances []struct{ Summary, Start, End string }
	}
	var scan struct {
		Flags []struct {
			Holds []struct{ Title, Start, End string }
		}
	}
	decode(t, back.stdout, &agenda)
	decode(t, holdfast(t, "", "scan", example, "--holidays", "us", "--format", "json").stdout, &scan)
	want := map[string]string{}
	for _, f := range scan.Flags {
		for _, h := range f.Holds {
			want[h.Title] = h.Start + " " + h.End
		}
	}
	got := map[string]string{}
	for _, i := range agenda.Instances {
		got[i.Summary] = i.Start + " " + i.End
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("%d holds (-want +got):\n%s", len(want), diff)
	}
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}

// calendar wraps events in a calendar of the tests' rep.
func calendar(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nX-WR-CALNAME:dana@northwind.example\r\nX-WR-TIMEZONE:America/New_York\r\n" +
		strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func vevent(uid, start string, lines ...string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:" + start + "\r\nDURATION:PT30M\r\nATTENDEE:mailto:ana@acme.com\r\n" +
		strings.Join(append(lines, "END:VEVENT", ""), "\r\n")
}

const endedDemo = "20261117T190000Z" // yesterday

func TestExitCodesAndMessages(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.ics", calendar(vevent("m", endedDemo)))
	nameless := write("nameless.ics", strings.Replace(calendar(vevent("m", endedDemo)), "dana@northwind.example", "Work", 1))
	cut := write("cut.ics", strings.TrimSuffix(calendar(vevent("m", endedDemo)), "END:VEVENT\r\nEND:VCALENDAR\r\n"))
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		args   []string
		code   int
		stderr []string // parts of the one line
	}{
		{"a good calendar", []string{"scan", good}, 0, nil},
		{"an unknown command", []string{"scam", good}, 2, []string{"scam"}},
		{"an unknown flag", []string{"scan", good, "--colour"}, 2, []string{"--colour"}},
		{"no file", []string{"scan"}, 2, []string{"file"}},
		{"no address of the rep", []string{"scan", nameless}, 2, []string{"--rep"}},
		{"a rep that is no address", []string{"scan", good, "--rep", "Dana"}, 2, []string{"--rep", `"Dana"`}},
		{"an unknown zone", []string{"scan", good, "--timezone", "Mars/Olympus"}, 2, []string{"--timezone", "Mars/Olympus"}},
		{"an unknown region names near ones", []string{"scan", good, "--holidays", "de-xx"}, 2, []string{"--holidays", "de-xx", "de-b"}},
		{"bad hours", []string{"scan", good, "--hours", "17:00-09:00"}, 2, []string{"--hours", "17:00-09:00"}},
		{"a bad time", []string{"scan", good, "--now", "tomorrow"}, 2, []string{"tomorrow"}},
		{"a bad duration", []string{"scan", good, "--lookback", "-3d"}, 2, []string{"-3d"}},
		{"a bad format", []string{"scan", good, "--format", "xml"}, 2, []string{"xml"}},
		{"a bad domain", []string{"scan", good, "--internal", "a b"}, 2, []string{"--internal", "a b"}},
		{"a count out of range", []string{"slots", good, "--count", "0"}, 2, []string{"--count"}},
		{"a window that ends before it starts", []string{"agenda", good, "--from", "2026-12-01", "--to", "2026-11-01"}, 2, []string{"--from", "--to"}},
		{"a missing file", []string{"scan", filepath.Join(dir, "none.ics")}, 1, []string{"none.ics", "no such file"}},
		{"a folder without calendars", []string{"scan", empty}, 1, []string{"empty", ".ics"}},
		{"what is no calendar", []string{"scan", write("page.ics", "<!DOCTYPE html><html></html>")}, 1, []string{"page.ics", "calendar"}},
		{"an empty file", []string{"scan", write("nothing.ics", "")}, 1, []string{"nothing.ics"}},
		{"a calendar that ends inside an event", []string{"scan", cut}, 1, []string{"cut.ics", "nothing is flagged"}},
		{"an output that cannot be written", []string{"scan", good, "--out", filepath.Join(dir, "none", "x.json")}, 1, []string{"--out", "x.json"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := holdfast(t, "", c.args...)
			if r.code != c.code {
				t.Errorf("exit %d, want %d; standard error: %s", r.code, c.code, r.stderr)
			}
			if c.code != 0 && strings.Count(r.stderr, "\n") != 1 || c.code == 0 && r.stderr != "" {
				t.Errorf("standard error has to be one line for a failure and none otherwise:\n%s", r.stderr)
			}
			for _, part := range c.stderr {
				if !strings.Contains(r.stderr, part) {
					t.Errorf("standard error %q does not say %q", r.stderr, part)
				}
			}
		})
	}
}

func TestAnIncompleteCalendarPrintsWhatItCan(t *testing.T) {
	whole := calendar(vevent("m", endedDemo), vevent("n", "20261117T190000Z", "ATTENDEE:mailto:bo@globex.com"), vevent("o", "20261201T190000Z", "ATTENDEE:mailto:bo@globex.com"))
	r := holdfast(t, strings.TrimSuffix(whole, "END:VCALENDAR\r\n"), "scan", "-", "--format", "json")
	var report struct {
		Flags   []any
		Covered []struct{ Prospect string }
	}
	decode(t, r.stdout, &report)
	if r.code != 1 || len(report.Flags) != 0 || len(report.Covered) != 2 {
		t.Errorf("exit %d, %d flags, covered %v; want 1, none, both prospects", r.code, len(report.Flags), report.Covered)
	}
	table := holdfast(t, strings.TrimSuffix(whole, "END:VCALENDAR\r\n"), "scan", "-").stdout
	if !strings.Contains(table, "not read to its end") || strings.Contains(table, "next-step rate") || strings.Contains(table, "Every prospect") {
		t.Errorf("the table claims what is not known:\n%s", table)
	}
}

func TestOneOddEventNeverSpoilsTheOutput(t *testing.T) {
	odd := []string{
		"BEGIN:VEVENT\r\nUID:y10k\r\nSTATUS:CANCELLED\r\nDTSTART:20261117T190000Z\r\nDTEND;TZID=America/New_York:99991231T235959\r\nATTENDEE:mailto:ana@acme.com\r\nEND:VEVENT\r\n",
		"BEGIN:VEVENT\r\nUID:lone\r\nSTATUS:CANCELLED\r\nRECURRENCE-ID;VALUE=DATE:20261119\r\nEND:VEVENT\r\n",
	}
	for _, command := range []string{"scan", "agenda", "slots"} {
		for _, format := range []string{"table", "json", "ics"} {
			r := holdfast(t, calendar(odd...), command, "-", "--format", format)
			if r.code != 0 || r.stdout == "" || format == "json" && !json.Valid([]byte(r.stdout)) {
				t.Errorf("%s --format %s: exit %d, %d octets, %s", command, format, r.code, len(r.stdout), r.stderr)
			}
		}
	}
}

func TestABrokenEventIsAWarningAndTheRestGoesOn(t *testing.T) {
	text := calendar("BEGIN:VEVENT\r\nUID:broken\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:yesterday\r\nEND:VEVENT\r\n", vevent("m", endedDemo))
	r := holdfast(t, text, "scan", "-", "--format", "json")
	var report struct {
		Flags    []struct{ UID string }
		Warnings []struct {
			File    string
			Line    int
			Message string
		}
	}
	decode(t, r.stdout, &report)
	if r.code != 0 || len(report.Flags) != 1 || report.Flags[0].UID != "m" {
		t.Errorf("exit %d, flags %v; want m flagged", r.code, report.Flags)
	}
	if len(report.Warnings) != 1 || report.Warnings[0].File != "-" || report.Warnings[0].Line != 9 {
		t.Errorf("warnings %v, want one for line 9 of -", report.Warnings)
	}
	if r := holdfast(t, text, "scan", "-"); !strings.Contains(r.stderr, "warning: -:9:") {
		t.Errorf("standard error %q, want the warning with its place", r.stderr)
	}
}

func TestAFolderIsReadAsOneCalendar(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.ics": calendar(vevent("m", endedDemo)), "sub/b.ICS": calendar(vevent("n", "20261201T190000Z")), "notes.txt": "no calendar",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := holdfast(t, "", "scan", dir)
	if r.code != 0 || !strings.Contains(r.stdout, "next-step rate 100% (1 of 1)") {
		t.Errorf("exit %d:\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestOutReplacesTheFileOnlyWithAWholeResult(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := holdfast(t, "no calendar", "scan", "-", "--out", path); r.code != 1 {
		t.Fatalf("exit %d, want 1", r.code)
	}
	if content, _ := os.ReadFile(path); string(content) != "before" {
		t.Errorf("a run that failed left %q", content)
	}
	if r := holdfast(t, calendar(vevent("m", endedDemo)), "scan", "-", "--out", path); r.code != 0 || r.stdout != "" {
		t.Fatalf("exit %d, standard output %q, standard error %q", r.code, r.stdout, r.stderr)
	}
	content, err := os.ReadFile(path)
	if err != nil || !json.Valid(content) {
		t.Errorf("%v, want JSON as the name says, got %q", err, content)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".holdfast-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOutKeepsLinksModesAndTheExportItself(t *testing.T) {
	dir := t.TempDir()
	export, target, link := filepath.Join(dir, "export.ics"), filepath.Join(dir, "target.json"), filepath.Join(dir, "link.json")
	for path, mode := range map[string]os.FileMode{export: 0o600, target: 0o640} {
		if err := os.WriteFile(path, []byte(calendar(vevent("m", endedDemo))), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if r := holdfast(t, "", "scan", export, "--out", export); r.code != 2 || !strings.Contains(r.stderr, "the calendar that was read") {
		t.Errorf("over its own input: exit %d, %s", r.code, r.stderr)
	}
	if r := holdfast(t, "", "scan", export, "--out", link, "--format", "json"); r.code != 0 {
		t.Fatalf("over a link: exit %d, %s", r.code, r.stderr)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v (%v)", info, err)
	}
	info, err := os.Stat(target)
	content, _ := os.ReadFile(target)
	if err != nil || info.Mode().Perm() != 0o640 || !json.Valid(content) {
		t.Errorf("the link's target has mode %v (%v) and %q", info.Mode(), err, content)
	}
	if r := holdfast(t, "", "scan", export, "--out", "/dev/null"); r.code != 0 {
		t.Errorf("into a device: exit %d, %s", r.code, r.stderr)
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode().IsRegular() {
		t.Fatalf("the device is now %v (%v)", info, err)
	}
}

func TestAFolderMayBeALink(t *testing.T) {
	dir := t.TempDir()
	folder, link := filepath.Join(dir, "folder"), filepath.Join(dir, "link")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "a.ics"), []byte(calendar(vevent("m", endedDemo))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	if r := holdfast(t, "", "scan", link); r.code != 0 || !strings.Contains(r.stdout, "acme.com") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestIgnoreInternalAndSplit(t *testing.T) {
	text := calendar(vevent("m", endedDemo), vevent("n", "20261201T190000Z", "ATTENDEE:mailto:bo@acme.com"))
	cases := []struct {
		args []string
		want string
	}{
		{nil, "1 prospect · next-step rate 100%"},
		{[]string{"--split", "acme.com"}, "2 prospects · next-step rate 100% (2 of 2)"},
		{[]string{"--split", "ACME.com", "--ignore", "bo@acme.com", "--horizon", "10d"}, "1 prospect · next-step rate 0%"},
		{[]string{"--ignore", "acme.com"}, "0 prospects · nothing to judge"},
		{[]string{"--internal", "acme.com"}, "0 prospects · nothing to judge"},
	}
	for _, c := range cases {
		r := holdfast(t, text, append([]string{"scan", "-"}, c.args...)...)
		if r.code != 0 || !strings.Contains(r.stdout, c.want) {
			t.Errorf("%v: exit %d, want %q in:\n%s%s", c.args, r.code, c.want, r.stdout, r.stderr)
		}
	}
}

func TestTextFromCalendarsCannotActOnTheTerminal(t *testing.T) {
	r := holdfast(t, calendar(vevent("m", endedDemo, "SUMMARY:\x1b[31mred\u202e\\nnext line")), "scan", "-")
	if strings.ContainsAny(r.stdout, "\x1b\u202e") || !strings.Contains(r.stdout, "red") {
		t.Errorf("the table has control characters: %q", r.stdout)
	}
}

func TestHelpShowsAnExampleForEachCommand(t *testing.T) {
	for _, command := range []string{"scan", "slots", "agenda", "version"} {
		r := holdfast(t, "", command, "--help")
		if r.code != 0 || !strings.Contains(r.stdout, "holdfast "+command) || !strings.Contains(r.stdout, "Example") {
			t.Errorf("%s --help, exit %d:\n%s", command, r.code, r.stdout)
		}
	}
}

func TestVersionNamesGoAndCommit(t *testing.T) {
	r := holdfast(t, "", "version")
	for _, part := range []string{"holdfast", "commit", "go1.", "databases"} {
		if !strings.Contains(r.stdout, part) {
			t.Errorf("version does not say %q:\n%s", part, r.stdout)
		}
	}
}
