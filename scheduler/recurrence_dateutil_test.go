package scheduler

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// peerCase and peerAnswer are the lines that testdata/dateutil_peer.py reads and writes.
type peerCase struct {
	Rule  string `json:"rule"`
	Start string `json:"start"`
	Zone  string `json:"zone"` // empty: floating
	From  string `json:"from"`
	To    string `json:"to"`
	Limit int    `json:"limit"`
}

type peerAnswer struct {
	Walls    []string `json:"walls"`
	Instants []int64  `json:"instants"`
}

const peerLayout = "2006-01-02T15:04:05"

// peerZones change their clocks in many ways between 1990 and 2037, the last year
// for which dateutil knows the offsets. Europe/Dublin and Africa/Casablanca are
// not among them, as dateutil misreads zones whose summer time is the standard.
var peerZones = []string{
	"", "UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo",
	"Africa/Cairo", "Asia/Tehran", "Pacific/Apia", "Asia/Gaza", "America/St_Johns",
}

// TestOccurrencesAgreeWithDateutil compares thousands of random rules, in zones
// and not, with python-dateutil: the wall-clock times, and the instants that
// Resolve gives for them.
func TestOccurrencesAgreeWithDateutil(t *testing.T) {
	python := pythonWithDateutil(t)
	random, seed := seeded(t)
	g := randomRules{pick: random.IntN, plain: true}
	cases := make([]peerCase, 3000)
	for i := range cases {
		cases[i] = g.peerCase()
	}
	occurred := 0
	for i, want := range askPeer(t, python, cases) {
		got := cases[i].expand(t)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("seed %d: %+v (-dateutil +ours):\n%s", seed, cases[i], diff)
		}
		if len(got.Walls) > 0 {
			occurred++
		}
	}
	if occurred < len(cases)/2 {
		t.Errorf("only %d of %d rules had any occurrence: they prove little", occurred, len(cases))
	}
}

// peerCase draws a rule and a window. UNTIL keeps away from the small hours, as
// dateutil compares times that a zone skips in another way than RFC 5545; and it
// is never a date, which dateutil reads as that day's midnight.
func (g randomRules) peerCase() peerCase {
	rule, start := g.rule(), g.start()
	zone, layout := peerZones[g.pick(len(peerZones))], localLayout+"Z"
	if zone == "" {
		layout = localLayout
	}
	span := min(g.span(rule), clock2037.Sub(start))
	rule = g.peerEnded(rule, start, span, zone, layout)
	from := start.Add(time.Duration(g.pick(500)) * (span / 1000)).Truncate(time.Second)
	if g.pick(2) == 0 {
		from = start
	}
	return peerCase{
		Rule: rule, Start: start.Format(peerLayout), Zone: zone, Limit: 120,
		From: from.Format(peerLayout), To: start.Add(span).Format(peerLayout),
	}
}

var clock2037 = time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC)

func (g randomRules) peerEnded(rule string, start time.Time, span time.Duration, zone, layout string) string {
	if zone == "" || zone == "UTC" {
		return g.ended(rule, start, span, layout)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // the list above is wrong
	}
	day := start.Add(time.Duration(g.pick(1000)) * (span / 1000))
	hour := 5 + g.pick(17)
	if h := start.Hour(); h >= 5 && h < 22 && g.pick(2) == 0 {
		hour = h
	}
	until := time.Date(day.Year(), day.Month(), day.Day(), hour, start.Minute(), 0, 0, location)
	switch g.pick(4) {
	case 0:
		return g.ended(rule, start, span, layout)
	case 1:
		return rule + ";UNTIL=" + until.UTC().Format(layout)
	}
	return rule
}

func (c peerCase) expand(t *testing.T) peerAnswer {
	t.Helper()
	at := func(s string) time.Time {
		wall, err := time.Parse(peerLayout, s)
		if err != nil {
			t.Fatal(err)
		}
		return wall
	}
	start := Moment{Wall: at(c.Start)}
	if c.Zone != "" {
		start.Zone = location(t, c.Zone)
	}
	r, steps := mustRule(t, c.Rule), plenty
	walls, err := r.Append(nil, start, at(c.From), at(c.To), &steps)
	if err != nil && !(errors.Is(err, ErrTooMuch) && len(walls) > c.Limit) {
		t.Fatalf("%+v: %v", c, err)
	}
	var answer peerAnswer
	cursor := zoneCursor{zone: start.Zone}
	for _, wall := range walls[:min(len(walls), c.Limit)] {
		answer.Walls = append(answer.Walls, wall.Format(peerLayout))
		var instant int64
		if start.Zone != nil {
			instant = cursor.resolve(wall).Unix()
		}
		answer.Instants = append(answer.Instants, instant)
	}
	return answer
}

// pythonWithDateutil finds a Python that has dateutil. There is no skipping: this
// test is what the recurrence engine is held against.
func pythonWithDateutil(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "-c", "import dateutil.rrule").Run() == nil {
			return path
		}
	}
	t.Fatal("no python3 can import dateutil: install the Debian package python3-dateutil")
	return ""
}

// askPeer has one process expand all cases.
func askPeer(t *testing.T, python string, cases []peerCase) []peerAnswer {
	t.Helper()
	var input, problems bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, c := range cases {
		if err := encoder.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(python, "testdata/dateutil_peer.py")
	command.Stdin, command.Stderr = &input, &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("dateutil_peer.py: %v\n%s", err, problems.String())
	}
	var answers []peerAnswer
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var answer peerAnswer
		if err := decoder.Decode(&answer); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	if len(answers) != len(cases) {
		t.Fatalf("dateutil_peer.py answered %d of %d cases\n%s", len(answers), len(cases), problems.String())
	}
	return answers
}
