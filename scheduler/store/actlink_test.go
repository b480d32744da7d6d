package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestALinkInADescriptionActsWithoutASession(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		h := d.hold("thank-you")
		token := actToken(t, d.remote[h.EventID].Description, "Done")
		before := dump(t, s)
		act, err := s.Act(t.Context(), token)
		d.must(err)
		if act.Hold.ID != h.ID {
			t.Errorf("the link is for %+v", act)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("looking at a link changed (-before +after):\n%s", diff)
		}
		for range 2 {
			_, err = s.DoAct(t.Context(), token)
			d.must(err)
			if h := d.hold("thank-you"); h.State != scheduler.Done {
				t.Errorf("the hold is %s", h.State)
			}
		}
		if log := activity(d); !slices.ContainsFunc(log, func(a Activity) bool {
			return strings.Contains(a.Summary, "Ana") || strings.Contains(a.Summary, "ana@")
		}) {
			t.Errorf("the log says %v", log)
		}
	})
}

func TestASecondClickOnSnoozeIsTheFirst(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		token := actToken(t, d.remote[d.hold("thank-you").EventID].Description, "Snooze to the next business day")
		var starts []time.Time
		for range 2 {
			_, err := s.DoAct(t.Context(), token)
			d.must(err)
			starts = append(starts, d.hold("thank-you").Start)
		}
		c.move(time.Hour)
		_, err := s.DoAct(t.Context(), token)
		d.must(err)
		if third := d.hold("thank-you").Start; !starts[0].Equal(starts[1]) || !third.After(starts[1]) {
			t.Errorf("clicked twice it is at %v, then at %v; an hour later at %v", starts[0], starts[1], third)
		}
	})
}

func actToken(t *testing.T, description, label string) string {
	t.Helper()
	for line := range strings.Lines(description) {
		if url, found := strings.CutPrefix(strings.TrimSpace(line), label+": "); found {
			if _, token, found := strings.Cut(url, "/act/"); found {
				return token
			}
		}
	}
	t.Fatalf("no link %s in %q", label, description)
	return ""
}

func TestAForgedLinkDoesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		token := actToken(t, d.remote[d.hold("thank-you").EventID].Description, "Stop following up")
		forged := []string{"", "x", token + "x", token[:len(token)-1], strings.ToUpper(token), strings.Replace(token, "stop", "done", 1) + "=", "a.b.c"}
		for i := range token { // each character matters
			other := byte('A')
			if token[i] == other {
				other = 'B'
			}
			forged = append(forged, token[:i]+string(other)+token[i+1:])
		}
		before := dump(t, s)
		for _, f := range forged {
			if _, err := s.Act(t.Context(), f); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("the link %q: %v", f, err)
			}
			if _, err := s.DoAct(t.Context(), f); !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("doing %q: %v", f, err)
			}
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("forged links changed (-before +after):\n%s", diff)
		}
	})
}

func activity(d *desk) []Activity {
	d.t.Helper()
	page, err := d.s.Activity(d.t.Context(), d.rep, Query{})
	d.must(err)
	return page.Items
}
