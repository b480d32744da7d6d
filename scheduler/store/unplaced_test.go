package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"holdfast/scheduler"
)

func TestStepsThatFitNowhereAreListedAsUnplaced(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		if got := d.holds("unplaced"); len(got) != 0 {
			t.Fatalf("steps that have a place are unplaced: %+v", got)
		}
		_, err := s.UpdateSettings(t.Context(), d.rep, func(r *RepSettings) error { r.HoldsPerDay = 0; return nil })
		d.must(err)
		d.meeting("other", "bob@globex.com", c.Now().Add(-time.Hour), 30*time.Minute)
		d.sync()
		var paged []Hold
		query := Query{State: "unplaced", Limit: 2}
		for more := true; more; {
			page, err := s.Holds(t.Context(), d.rep, query)
			d.must(err)
			paged = append(paged, page.Items...)
			if more = page.Next != nil; more {
				query.Cursor = *page.Next
			}
		}
		if !slices.EqualFunc(paged, d.holds("unplaced"), func(a, b Hold) bool { return a.ID == b.ID }) || len(paged) != 3 {
			t.Fatalf("the pages have %d steps, want the 3 of globex.com: %+v", len(paged), paged)
		}
		i := slices.IndexFunc(paged, func(h Hold) bool { return h.Step == "thank-you" })
		h := paged[i]
		if h.State != "unplaced" || h.Prospect != "globex.com" || h.Reason == "" || h.FlagID == "" || h.Channel != scheduler.Email ||
			h.Title != "Email bob@globex.com · thank you 1/3" {
			t.Errorf("an unplaced step is %+v", h)
		}
		var shown map[string]any
		text, err := json.Marshal(h)
		d.must(err)
		d.must(json.Unmarshal(text, &shown))
		if start, there := shown["start"]; !there || start != nil || shown["end"] != nil || shown["step"] != "thank-you" {
			t.Errorf("in JSON it is %s", text)
		}
	})
}

func TestAHoldOfAMeetingAboutToEndSaysThatItWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		d.meeting("demo", "ana@acme.com", c.Now().Add(-25*time.Minute), 30*time.Minute)
		d.sync()
		if h := d.hold("thank-you"); h.State != scheduler.Planned || h.Reason != waitsForTheEnd {
			t.Errorf("while its meeting wraps up the hold is %s, %q", h.State, h.Reason)
		}
		if f := d.flag("open"); f.Holds[0].Reason != waitsForTheEnd {
			t.Errorf("with its flag it says %q", f.Holds[0].Reason)
		}
		c.move(10 * time.Minute)
		d.sync()
		d.write()
		if h := d.hold("thank-you"); h.State != scheduler.Written || h.Reason != "" {
			t.Errorf("when it has ended the hold is %s, %q", h.State, h.Reason)
		}
	})
}

// However many holds there were before.
func TestTheHoldsToComeAreThoseThatStand(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.meeting("old", "zoe@old.com", c.Now().Add(-3*time.Hour), time.Hour)
		d.sync()
		if h := d.hold("thank-you"); h.Reason != waitsForTheAnswer {
			t.Errorf("a hold of the backlog says %q", h.Reason)
		}
		coming := func(from time.Time) []Hold {
			holds, err := s.Coming(t.Context(), d.rep, from)
			d.must(err)
			return holds
		}
		if holds := coming(c.Now()); len(holds) != 0 {
			t.Errorf("holds that wait for the rep's word are to come: %+v", holds)
		}
		d.must(s.AcceptBacklog(t.Context(), d.rep))
		d.write()
		all := coming(c.Now())
		if len(all) != 3 {
			t.Fatalf("%d holds are to come, want 3", len(all))
		}
		d.bury(all[0].ID, 2*maxLimit)
		if got := coming(c.Now()); len(got) != 3 {
			t.Errorf("after many that are over %d holds are to come, want 3", len(got))
		}
		if got := coming(all[0].End); len(got) != 2 || got[0].ID != all[1].ID {
			t.Errorf("once the first is over %d are to come", len(got))
		}
		_, err := s.Skip(t.Context(), d.rep, all[1].ID)
		d.must(err)
		if got := coming(c.Now()); len(got) != 2 {
			t.Errorf("once one is skipped %d are to come", len(got))
		}
	})
}

// bury puts n copies of a hold into the past.
func (d *desk) bury(id string, n int) {
	d.t.Helper()
	var row holdRow
	d.must(d.s.db.Take(&row, "id = ?", id).Error)
	row.EventID, row.UID = "", "buried"
	for i := range n {
		row.ID, row.Step = fmt.Sprint("buried", i), fmt.Sprint("step", i)
		row.StartsAt = row.StartsAt.Add(-24 * time.Hour)
		row.EndsAt = row.StartsAt.Add(15 * time.Minute)
		d.must(d.s.db.Create(&row).Error)
	}
}

func TestAReplyIsToldWithTheFlag(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		if d.flag("open").Replied {
			t.Error("before it the flag says that they replied")
		}
		d.must(s.Replied(t.Context(), d.rep, d.hold("thank-you").ID))
		if !d.flag("open").Replied {
			t.Error("after it the flag does not say so")
		}
	})
}
