package scheduler

import (
	"errors"
	"testing"
	"time"
)

// FuzzRule reads rules from anywhere and expands them in windows anywhere. That
// ends within its budget, and gives what Append promises.
func FuzzRule(f *testing.F) {
	f.Add("FREQ=WEEKLY;BYDAY=MO,WE,FR", int64(0), int64(3600), uint32(86400*30))
	f.Fuzz(func(t *testing.T, text string, start, wait int64, length uint32) {
		r, err := ParseRule(text)
		if err != nil {
			return
		}
		again, err := ParseRule(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q is %s, which is read as %s, error %v", text, r, again, err)
		}
		const budget = 20_000
		begin := time.Unix(start%(1<<38), 0).UTC() // some 8,000 years around 1970
		from := begin.Add(time.Duration(wait % (1 << 53)))
		to := from.Add(time.Duration(length) * time.Second)
		steps := budget
		got, err := r.Append(nil, Moment{Wall: begin, Zone: time.FixedZone("", 3600)}, from, to, &steps)
		if err != nil && !errors.Is(err, ErrTooMuch) {
			t.Fatal(err)
		}
		if steps < 0 || len(got) > budget-steps {
			t.Fatalf("%d occurrences for %d steps", len(got), budget-steps)
		}
		checkOccurrences(t, got, from, to, begin)
	})
}

// checkOccurrences checks that they ascend, in [from, to), from the start on.
func checkOccurrences(t *testing.T, got []time.Time, from, to, start time.Time) {
	t.Helper()
	last := time.Time{}
	for i, at := range got {
		if at.Before(from) || !at.Before(to) || at.Before(start) || at.Year() > 9999 || i > 0 && !at.After(last) {
			t.Fatalf("occurrence %d, %s, is out of [%s, %s), before %s or not after %s", i, at, from, to, start, last)
		}
		last = at
	}
}
