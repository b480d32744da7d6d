package ics

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"holdfast/integrations/ics/icstest"
)

// foreignEvent is what the scripts in testdata say of an event.
type foreignEvent struct {
	UID, Summary, Description string
	Names                     []string
}

// A hundred thousand random titles and as many descriptions come back as they were through
// two readers that are not ours, and no property with them that was not there.
func TestRandomTextsComeBackFromOtherReaders(t *testing.T) {
	const feeds, size = 5, 20_000
	for n := range feeds {
		entries := nastyEntries(t, size)
		for i := range entries {
			entries[i].UID = fmt.Sprintf("entry-%d@holdfast", i)
			entries[i].Kind, entries[i].ID = "hold", ""
			entries[i].Alarm = false // a component of its own
		}
		var readers sync.WaitGroup
		readers.Go(func() { comesBack(t, "read_libical.py", entries) })
		// python3-icalendar 4 decodes backslashes twice, so that those of the text itself
		// are lost.
		readers.Go(func() { comesBack(t, "read_calendar.py", withoutBackslashes(entries)) })
		readers.Wait()
		if t.Failed() {
			t.Fatalf("in feed %d of %d", n+1, feeds)
		}
	}
}

func withoutBackslashes(entries []Entry) []Entry {
	out := slices.Clone(entries)
	for i := range out {
		e := &out[i]
		for _, text := range []*string{&e.UID, &e.Summary, &e.Description, &e.Kind, &e.ID} {
			*text = strings.ReplaceAll(*text, `\`, "/")
		}
	}
	return out
}

// comesBack has a script read a feed of entries, and compares.
func comesBack(t *testing.T, script string, entries []Entry) {
	feed := new(strings.Builder)
	if err := Write(feed, "Holds", entries); err != nil {
		t.Error(err)
		return
	}
	if wrong := icstest.Lint(feed.String()); len(wrong) > 0 {
		t.Errorf("lint: %q", wrong[:min(len(wrong), 5)])
	}
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "testdata/"+script)
	cmd.Stdin = strings.NewReader(feed.String())
	said := new(strings.Builder)
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Errorf("%s: %v", script, err)
		return
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	read := 0
	for lines.Scan() {
		if read > 0 && read <= len(entries) {
			same(t, script, &entries[read-1], lines.Bytes())
		}
		read++
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v: %s", script, err, said)
	}
	if read != len(entries)+1 {
		t.Errorf("%s read %d entries of %d", script, read-1, len(entries))
	}
}

// same compares e with the line that a script says of it.
func same(t *testing.T, script string, e *Entry, line []byte) {
	var got foreignEvent
	if err := json.Unmarshal(line, &got); err != nil {
		t.Errorf("%s: %v in %s", script, err, line)
		return
	}
	want := inPython(*e)
	if got.UID != want.UID || got.Summary != want.Summary || got.Description != want.Description || !slices.Equal(got.Names, want.Names) {
		t.Errorf("%s: %s\nreads %+v\nwant %q, %q, %q", script, e.UID, got, want.Summary, want.Description, want.Names)
	}
}
