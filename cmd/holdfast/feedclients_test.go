package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/ics/icstest"
)

// hostileTitles are what titles may hold that breaks calendars, or their clients.
var hostileTitles = []string{
	"Call Ana; agree, then \\ book", "two\r\nlines", "lone\rCR", "line\u2028separator\u2029s", "x\r\nATTENDEE:mailto:victim@example.com",
	"x\nEND:VEVENT\nEND:VCALENDAR", "BEGIN:VEVENT", `"quoted" 100% %s %n {title} {uid}`, `\n \N \, \; \\`, "<script>alert(1)</script>", "&amp; <b>",
	"\u202ertl \u202d", "e\u0301 é 東京 🍽️ 👩‍👩‍👧", strings.Repeat("é", 200), strings.Repeat("long ", 60), "nul\x00 bell\x07 esc\x1b[31m", "- dash", "# hash", "@ at", "> quote", ":", "tab\there",
	"javascript:alert(1)", "';DROP TABLE holds;--", "=cmd|' /C calc'!A0",
}

const manyEntries = 1000

// bigFeed gives a rep a feed of a thousand holds with hostile titles, and returns where it
// is and which entries clients should see.
func bigFeed(t *testing.T, w *rig) (path string, want map[string]string) {
	t.Helper()
	w.addRep(dana)
	b := w.signIn(dana)
	w.eventually("the first look is over", func() bool {
		return strings.Contains(b.api(http.StatusOK, "GET", "backlog", "").body, `"state":"accepted"`)
	})
	w.rest()
	rep := column(t, w.db, "SELECT id FROM reps")[0]
	tx, err := w.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want = make(map[string]string, manyEntries)
	for i := range manyEntries {
		title := fmt.Sprintf("%04d %s", i, hostileTitles[i%len(hostileTitles)])
		start := wireStart.Add(time.Duration(i) * 15 * time.Minute)
		want[shown(title)] = start.Format(clientTime)
		// Moved by the rep: nothing that Holdfast plans changes them.
		_, err := tx.ExecContext(t.Context(), `INSERT INTO holds (id, rep_id, kind, prospect, uid, title, description, starts_at, ends_at, state, created_at, updated_at)
			VALUES (?, ?, 'hold', 'acme.com', ?, ?, ?, ?, ?, 'moved', ?, ?)`,
			fmt.Sprintf("hold%04d", i), rep, fmt.Sprint(i), title, title+"\nEND:VEVENT\n", kept(start), kept(start.Add(15*time.Minute)), kept(wireStart), kept(wireStart))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return b.feed(`{"name": "Holds; all, of them", "contents": ["holds"]}`), want
}

// clientTime is how the clients are asked to write times.
const clientTime = "2006-01-02T15:04"

// kept is a time as SQLite has it.
func kept(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999999-07:00") }

// shown is what is to be seen of a title: one line, and spaces as they fall.
func shown(title string) string {
	return strings.Join(strings.FieldsFunc(title, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
}

// A thousand entries with hostile titles are, to the last one, what each client sees.
func TestClientsReadAFeedOfAThousandEntries(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	path, want := bigFeed(t, w)
	feed := w.newClient().do("GET", path, "")
	if wrong := icstest.Lint(feed.body); len(wrong) > 0 || feed.StatusCode != http.StatusOK {
		t.Fatalf("%d, lint: %q", feed.StatusCode, wrong[:min(len(wrong), 5)])
	}
	file := filepath.Join(t.TempDir(), "feed.ics")
	if err := os.WriteFile(file, []byte(feed.body), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("libical", func(t *testing.T) { sees(t, want, scripted(t, feed.body, "read_libical.py"), exactly) })
	t.Run("vobject", func(t *testing.T) { sees(t, want, scripted(t, feed.body, "read_vobject.py"), exactly) })
	t.Run("icalendar", func(t *testing.T) { sees(t, want, scripted(t, feed.body, "read_calendar.py"), unescaped) })
	t.Run("calcurse", func(t *testing.T) { sees(t, want, byCalcurse(t, file), exactly) })
	t.Run("vdirsyncer and khal", func(t *testing.T) {
		k := newKhal(t, w.url+path)
		if copied := strings.Count(k.sync(), "Copying"); copied != manyEntries {
			t.Errorf("vdirsyncer copies %d entries", copied)
		}
		sees(t, want, k.list(), unescaped)
		if copied := strings.Count(k.sync(), "Copying"); copied != 0 {
			t.Errorf("nothing changed, and vdirsyncer copies %d entries", copied)
		}
		w.changesOne(path, feed, want)
		if copied := k.sync(); strings.Count(copied, "Copying") != 1 {
			t.Errorf("one entry changed, and vdirsyncer says:\n%s", copied)
		}
		sees(t, want, k.list(), unescaped)
	})
}

// changesOne moves one of the holds, which changes its entry and no other.
func (w *rig) changesOne(path string, before reply, want map[string]string) {
	w.t.Helper()
	b := w.newClient()
	b.header.Set("If-None-Match", before.Header.Get("ETag"))
	if r := b.do("GET", path, ""); r.StatusCode != http.StatusNotModified || r.body != "" {
		w.t.Errorf("the second fetch: %d, %d octets", r.StatusCode, len(r.body))
	}
	start := wireStart.Add(7*15*time.Minute + 5*time.Minute)
	for _, change := range []string{
		"UPDATE holds SET starts_at = '" + kept(start) + "' WHERE id = 'hold0007'", "UPDATE reps SET feed_revision = feed_revision + 1",
	} {
		if _, err := w.db.ExecContext(w.t.Context(), change); err != nil {
			w.t.Fatal(err)
		}
	}
	w.clock.advance(time.Minute)
	after := b.do("GET", path, "")
	var differ []string
	was, is := entriesIn(before.body), entriesIn(after.body)
	for uid := range was {
		if was[uid] != is[uid] {
			differ = append(differ, is[uid])
		}
	}
	if len(was) != manyEntries || len(is) != manyEntries || len(differ) != 1 ||
		!strings.Contains(differ[0], "SEQUENCE:1\r\n") || !strings.Contains(differ[0], "DTSTART:"+start.Format("20060102T150405Z")) {
		w.t.Errorf("%d entries differ: %q", len(differ), differ)
	}
	title := slices.Collect(maps.Keys(want))
	want[title[slices.IndexFunc(title, func(s string) bool { return strings.HasPrefix(s, "0007 ") })]] = start.Format(clientTime)
}

// entriesIn returns the entries of a feed as they stand in it, by UID.
func entriesIn(feed string) map[string]string {
	entries := make(map[string]string)
	for _, part := range strings.Split(feed, "\r\nBEGIN:VEVENT\r\n")[1:] {
		entry, _, _ := strings.Cut(part, "\r\nEND:VEVENT")
		_, rest, _ := strings.Cut(entry, "UID:")
		uid, _, _ := strings.Cut(rest, "\r\n")
		entries[uid] = entry
	}
	return entries
}

// sees compares what a client sees with what there is.
func sees(t *testing.T, want, got map[string]string, as func(string) string) {
	t.Helper()
	read := func(m map[string]string) map[string]string {
		out := make(map[string]string, len(m))
		for title, start := range m {
			out[as(title)] = start
		}
		return out
	}
	if len(got) != len(want) {
		t.Errorf("%d entries of %d", len(got), len(want))
	}
	if diff := cmp.Diff(read(want), read(got)); diff != "" {
		t.Errorf("entries (-want +got):\n%.3000s", diff)
	}
}

func exactly(title string) string { return title }

// unescaped is what python3-icalendar 4 leaves of a title: it decodes backslashes twice.
func unescaped(title string) string {
	for _, escape := range []string{`\\`, `\n`, `\N`, `\`} {
		title = strings.ReplaceAll(title, escape, " ")
	}
	return shown(title)
}

// scripted returns what a script of integrations/ics says that there is.
func scripted(t *testing.T, stdin, script string, args ...string) map[string]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", append([]string{"../../integrations/ics/testdata/" + script}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	return eventsOf(t, strings.Split(strings.TrimSpace(ran(t, cmd)), "\n"))
}

// eventsOf reads the lines of a script, of which the first is about the calendar.
func eventsOf(t *testing.T, lines []string) map[string]string {
	t.Helper()
	seen := make(map[string]string)
	for _, line := range lines[1:] {
		var event struct{ Summary, Start string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		for _, layout := range []string{"20060102T150405Z", time.RFC3339} {
			if start, err := time.Parse(layout, event.Start); err == nil {
				seen[shown(event.Summary)] = start.UTC().Format(clientTime)
			}
		}
	}
	return seen
}

// byCalcurse has calcurse import a feed.
func byCalcurse(t *testing.T, file string) map[string]string {
	t.Helper()
	calcurse := func(args ...string) string {
		dir := filepath.Join(filepath.Dir(file), "calcurse")
		cmd := exec.CommandContext(t.Context(), "calcurse", append([]string{"-D", dir, "-C", dir}, args...)...)
		cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
		return ran(t, cmd)
	}
	calcurse("-i", file)
	return listed(calcurse("-Q", "--input-datefmt", "4", "--from", "2026-11-01", "--days", "90", "--filter-type", "cal",
		"--format-apt", mark+"%(start:%Y-%m-%dT%H:%M) %m\n"))
}

// mark begins an entry in what clients are asked to print.
const mark = "@@@ "

// listed reads what clients print: mark, the time, and the title, over several lines
// where a client shows it so. An entry that goes over midnight is listed twice.
func listed(text string) map[string]string {
	seen := make(map[string]string)
	for _, entry := range strings.Split(text, mark)[1:] {
		start, title, _ := strings.Cut(entry, " ")
		if heading := strings.LastIndex(title, "\n\n"); heading >= 0 { // calcurse's, of the next day
			title = title[:heading]
		}
		if title = shown(title); seen[title] == "" {
			seen[title] = start
		}
	}
	return seen
}

// khal is a directory that vdirsyncer keeps like a feed, and that khal shows.
type khal struct {
	t   *testing.T
	dir string
}

func newKhal(t *testing.T, address string) *khal {
	t.Helper()
	k := &khal{t, t.TempDir()}
	for name, text := range map[string]string{
		"vdirsyncer": fmt.Sprintf(`[general]
status_path = "%[1]s/status"
[pair feed]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "%[1]s/calendar"
fileext = ".ics"
[storage there]
type = "http"
url = "%[2]s"
`, k.dir, address),
		"khal": fmt.Sprintf(`[calendars]
[[feed]]
path = %[1]s/calendar
[sqlite]
path = %[1]s/khal.db
[locale]
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
local_timezone = UTC
default_timezone = UTC
`, k.dir),
	} {
		if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(k.dir, "calendar"), 0o700); err != nil {
		t.Fatal(err)
	}
	k.run("vdirsyncer", "-c", filepath.Join(k.dir, "vdirsyncer"), "discover")
	return k
}

func (k *khal) run(name string, args ...string) string {
	k.t.Helper()
	cmd := exec.CommandContext(k.t.Context(), name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "HOME="+k.dir)
	cmd.Stdin = strings.NewReader("y\ny\n")
	return ran(k.t, cmd)
}

// sync has vdirsyncer fetch the feed, and returns what it says.
func (k *khal) sync() string {
	k.t.Helper()
	return k.run("vdirsyncer", "-c", filepath.Join(k.dir, "vdirsyncer"), "sync")
}

// list returns what khal shows.
func (k *khal) list() map[string]string {
	k.t.Helper()
	return listed(k.run("khal", "-c", filepath.Join(k.dir, "khal"), "list", "--once", "--day-format", "",
		"--format", mark+"{start-date}T{start-time} {title}", "2026-11-30", "60d"))
}

// ran runs a program of another project, see .ci/needs, and returns what it prints.
func ran(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	said := new(strings.Builder)
	cmd.Stderr = said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", cmd, err, said)
	}
	if cmd.Args[0] == "vdirsyncer" {
		return string(out) + said.String()
	}
	return string(out)
}
