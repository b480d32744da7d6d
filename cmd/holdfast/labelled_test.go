package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// label is what must be true of one prospect: a scenario built from one sentence of
// the rules. Flag and Covered are as in scan's JSON; both are nil where the prospect
// must not appear.
type label struct {
	Scenario, Rule, Prospect string
	Flag                     *labelledFlag
	Covered                  *labelledCover
	Ambiguous                bool // the rule can be read in two ways: not compared
}

type labelledFlag struct {
	Reason       string
	UID          string
	RecurrenceID *string `json:"recurrence_id"`
	Summary      string
	Start, End   string
	Holds        []labelledHold
	Unplaced     []struct{ Step, Cadence string }
}

type labelledHold struct {
	Step, Cadence, Channel, Start, End string
	NotBefore                          string `json:"not_before"`
	DueBy                              string `json:"due_by"`
	Late                               bool
	CatchUp                            bool `json:"catch_up"`
}

type labelledCover struct {
	UID, Start *string
	NextStep   struct {
		UID, Start string
		Accepted   bool
	} `json:"next_step"`
}

// TestLabelledCalendars scans calendars whose labels come from elsewhere: scenarios
// built sentence by sentence from the rules, each with its answer known by
// construction, and the holds placed by a second implementation of the rules,
// written without knowledge of this one.
func TestLabelledCalendars(t *testing.T) {
	labels, err := filepath.Glob("testdata/labelled/*/labels.jsonl")
	if err != nil || len(labels) == 0 {
		t.Fatalf("no labelled calendars: %v", err)
	}
	for _, path := range labels {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) { checkLabels(t, path) })
	}
}

func checkLabels(t *testing.T, path string) {
	args, want := readLabels(t, path)
	r := holdfast(t, "", append([]string{"scan", "--format", "json"}, args...)...)
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	var report struct {
		Flags []struct {
			Prospect string
			labelledFlag
		}
		Covered []struct {
			Prospect string
			labelledCover
		}
	}
	decode(t, r.stdout, &report)
	got := map[string]label{}
	for _, f := range report.Flags {
		got[f.Prospect] = label{Flag: &f.labelledFlag}
	}
	for _, c := range report.Covered {
		got[c.Prospect] = label{Covered: &c.labelledCover}
	}
	for _, l := range want {
		g := got[l.Prospect]
		delete(got, l.Prospect)
		if l.Ambiguous {
			continue
		}
		if diff := cmp.Diff(label{Flag: l.Flag, Covered: l.Covered}, g); diff != "" {
			t.Errorf("%s (%s), %s (-want +got):\n%s", l.Scenario, l.Rule, l.Prospect, diff)
		}
	}
	for prospect := range got {
		t.Errorf("%s appears, and has no label", prospect)
	}
}

// readLabels reads a file of labels: its first line has the arguments, every other
// one a label.
func readLabels(t *testing.T, path string) (args []string, labels []label) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var head struct{ Args, Files []string }
	for n := 0; lines.Scan(); n++ {
		if n == 0 {
			err = json.Unmarshal(lines.Bytes(), &head)
		} else {
			labels = append(labels, label{})
			err = json.Unmarshal(lines.Bytes(), &labels[len(labels)-1])
		}
		if err != nil {
			t.Fatalf("%s:%d: %v", path, n+1, err)
		}
	}
	for _, file := range head.Files {
		args = append(args, filepath.Join(filepath.Dir(path), file))
	}
	return append(args, head.Args...), labels
}
