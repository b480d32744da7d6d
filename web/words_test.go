package web

import (
	"slices"
	"testing"
	"time"
)

func TestTimesAreToldAsTheRepKnowsThem(t *testing.T) {
	f := testFrame("", "") // Wednesday 18 November 2026, 10:00 in New York
	for _, test := range []struct {
		name string
		got  string
		want string
	}{
		{"this year", f.When(time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)), "Thu 19 Nov 20:30"},
		{"a heading", f.LongDay(time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)), "Thursday 19 November"},
		{"a heading of another year", f.LongDay(time.Date(2027, 1, 4, 15, 0, 0, 0, time.UTC)), "Monday 4 January 2027"},
		{"another year", f.When(time.Date(2027, 1, 4, 15, 0, 0, 0, time.UTC)), "Mon 4 Jan 2027 10:00"},
		{"for machines", f.Stamp(time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)), "2026-11-19T20:30:00-05:00"},
		{"tomorrow", f.Tomorrow(), "2026-11-19"},
		{"seconds ago", f.Ago(f.now.Add(-20 * time.Second)), "just now"},
		{"a minute ago", f.Ago(f.now.Add(-time.Minute)), "1 minute ago"},
		{"hours ago", f.Ago(f.now.Add(-5 * time.Hour)), "5 hours ago"},
		{"days ago", f.Ago(f.now.Add(-72 * time.Hour)), "3 days ago"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestTextOfCalendarsStaysOnItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"Demo":                  "Demo",
		"a\r\nb":                "a  b",
		"\u202egnp.exe\u202c":   "gnp.exe",
		"line\u2028separator":   "line separator",
		"tab\tand\x00null":      "tab and null",
		"Ünïcode – 会議 · fine ✓": "Ünïcode – 会議 · fine ✓",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWordsBecomeSentences(t *testing.T) {
	for words, want := range map[string]string{
		"":                                "",
		"the slot is gone":                "The slot is gone.",
		"Ana has not answered yet.":       "Ana has not answered yet.",
		"école fermée":                    "École fermée.",
		"ana@acme.com has not picked one": "ana@acme.com has not picked one.",
	} {
		if got := sentence(words); got != want {
			t.Errorf("sentence(%q) = %q, want %q", words, got, want)
		}
	}
}

func TestHoldsAreGroupedByTheRepsOwnDays(t *testing.T) {
	f := testFrame("", "")
	flag := testFlag("f", "acme.com")
	late := flag.Holds[0]
	late.Start = time.Date(2026, 11, 19, 3, 0, 0, 0, time.UTC) // still Wednesday in New York
	days := f.holdDays(append(flag.Holds, late))
	var got []string
	for _, d := range days {
		for _, h := range d.Holds {
			got = append(got, f.Day(d.Day)+" "+f.Clock(h.Start))
		}
	}
	want := []string{"Wed 18 Nov 10:00", "Wed 18 Nov 22:00", "Fri 20 Nov 10:00", "Mon 7 Dec 10:00"}
	if len(days) != 3 || !days[0].Today || days[1].Today || !slices.Equal(got, want) {
		t.Errorf("days %v, want %v", got, want)
	}
}
