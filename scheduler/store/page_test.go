package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// backlogOf returns a desk with a flag for each of n prospects.
func backlogOf(t *testing.T, s *Store, c *clock, n int) *desk {
	t.Helper()
	d := newDesk(t, s, c)
	for i := range n {
		start := c.Now().Add(-time.Duration(i+2) * 3 * time.Hour)
		d.meeting(fmt.Sprint("m", i), fmt.Sprintf("ana@prospect%d.com", i), start, time.Hour)
	}
	d.sync()
	return d
}

func TestPagesHaveEachItemOnceWhileOthersAreAdded(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := backlogOf(t, s, c, 7)
		all := d.flags("open")
		if len(all) != 7 {
			t.Fatalf("%d flags, want 7", len(all))
		}
		var got []string
		query := Query{State: "open", Limit: 2}
		for pages := 0; ; pages++ {
			page, err := s.Flags(t.Context(), d.rep, query)
			d.must(err)
			for _, f := range page.Items {
				got = append(got, f.ID)
			}
			if pages == 1 {
				d.meeting("late", "zoe@late.com", c.Now().Add(-2*time.Hour), time.Hour)
				d.sync()
			}
			if page.Next == nil {
				break
			}
			query.Cursor = *page.Next
		}
		for _, f := range all {
			if n := occurrences(got, f.ID); n != 1 {
				t.Errorf("the pages have flag %s %d times", f.ID, n)
			}
		}
	})
}

func occurrences(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func TestEveryListGoesOnWhereItsPageEnded(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := backlogOf(t, s, c, 3)
		ctx := t.Context()
		lists := map[string]func(Query) (ids []string, next *string, err error){
			"flags": func(q Query) ([]string, *string, error) {
				p, err := s.Flags(ctx, d.rep, q)
				return idsOf(p.Items, func(f Flag) string { return f.ID }), p.Next, err
			},
			"holds": func(q Query) ([]string, *string, error) {
				p, err := s.Holds(ctx, d.rep, q)
				return idsOf(p.Items, func(h Hold) string { return h.ID }), p.Next, err
			},
			"activity": func(q Query) ([]string, *string, error) {
				p, err := s.Activity(ctx, d.rep, q)
				return idsOf(p.Items, func(a Activity) string { return fmt.Sprint(a.At, a.Kind, a.Summary) }), p.Next, err
			},
		}
		for name, list := range lists {
			whole, next, err := list(Query{})
			if err != nil || next != nil || len(whole) < 3 {
				t.Fatalf("%s: %d items, next %v, error %v", name, len(whole), next, err)
			}
			var paged []string
			for cursor, more := "", true; more; {
				ids, next, err := list(Query{Limit: 1, Cursor: cursor})
				if err != nil || len(ids) > 1 {
					t.Fatalf("%s: a page of one has %d items, error %v", name, len(ids), err)
				}
				if paged = append(paged, ids...); next != nil {
					cursor = *next
				}
				more = next != nil
			}
			if diff := cmp.Diff(whole, paged); diff != "" {
				t.Errorf("%s by pages (-whole +pages):\n%s", name, diff)
			}
		}
	})
}

func idsOf[T any](items []T, id func(T) string) []string {
	var ids []string
	for _, item := range items {
		ids = append(ids, id(item))
	}
	return ids
}

func TestACursorOrStateThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := backlogOf(t, s, c, 3)
		page, err := s.Flags(t.Context(), d.rep, Query{Limit: 1})
		d.must(err)
		for _, cursor := range []string{"x", "!", (*page.Next)[1:], "' OR 1=1 --", "e30"} {
			if _, err := s.Flags(t.Context(), d.rep, Query{Cursor: cursor}); !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("flags after %q: %v", cursor, err)
			}
			if _, err := s.Holds(t.Context(), d.rep, Query{Cursor: cursor}); !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("holds after %q: %v", cursor, err)
			}
			if _, err := s.Activity(t.Context(), d.rep, Query{Cursor: cursor}); !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("activity after %q: %v", cursor, err)
			}
		}
		if _, err := s.Flags(t.Context(), d.rep, Query{State: "closed"}); !errors.Is(err, scheduler.ErrInvalid) {
			t.Errorf("flags in an unknown state: %v", err)
		}
		if _, err := s.Holds(t.Context(), d.rep, Query{State: "open"}); !errors.Is(err, scheduler.ErrInvalid) {
			t.Errorf("holds in an unknown state: %v", err)
		}
	})
}

func TestAPageHasFiftyItemsUnlessAskedForUpTo200(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		var rows []activityRow
		for i := range 230 {
			rows = append(rows, activityRow{RepID: d.rep, At: c.Now(), Kind: "note", Summary: fmt.Sprint(i)})
		}
		d.must(s.db.CreateInBatches(rows, 50).Error)
		for limit, want := range map[int]int{0: 50, 7: 7, 200: 200, 1000: 200} {
			page, err := s.Activity(t.Context(), d.rep, Query{Limit: limit})
			d.must(err)
			if len(page.Items) != want || page.Next == nil {
				t.Errorf("limit %d: %d items, want %d", limit, len(page.Items), want)
			}
		}
		page, err := s.Activity(t.Context(), d.rep, Query{Limit: 1})
		d.must(err)
		if page.Items[0].Summary != "229" {
			t.Errorf("the log begins with %q, want the latest", page.Items[0].Summary)
		}
	})
}

func TestAnEmptyListIsNoNull(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		flags, err := s.Flags(t.Context(), d.rep, Query{})
		d.must(err)
		holds, err := s.Holds(t.Context(), d.rep, Query{})
		d.must(err)
		if flags.Items == nil || holds.Items == nil {
			t.Error("an empty list is null in JSON")
		}
	})
}

func TestRepsDoNotSeeOrTouchEachOthersRows(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		eve := newDeskOf(t, s, c, "Eve", "eve@rival.example")
		eve.settle()
		if n := len(eve.flags("")) + len(eve.holds("")); n > 0 {
			t.Errorf("a rep sees %d rows of another", n)
		}
		for _, a := range activity(eve) {
			if slices.Contains([]string{"flag_opened", "hold_written"}, a.Kind) {
				t.Errorf("a rep reads another's log: %+v", a)
			}
		}
		before := dump(t, s)
		ctx, flag, hold := t.Context(), d.flag("open").ID, d.hold("thank-you").ID
		tries := map[string]error{}
		_, tries["flag"] = s.Flag(ctx, eve.rep, flag)
		_, tries["waive"] = s.Waive(ctx, eve.rep, flag, Waiver{Reason: scheduler.Lost})
		_, tries["did not happen"] = s.DidNotHappen(ctx, eve.rep, flag)
		_, tries["place holds"] = s.PlaceHolds(ctx, eve.rep, flag)
		_, tries["hold"] = s.Hold(ctx, eve.rep, hold)
		_, tries["done"] = s.Done(ctx, eve.rep, hold)
		_, tries["skip"] = s.Skip(ctx, eve.rep, hold)
		_, tries["snooze"] = s.Snooze(ctx, eve.rep, hold, time.Time{})
		tries["replied"] = s.Replied(ctx, eve.rep, hold)
		tries["stop"] = s.StopFollowUp(ctx, eve.rep, hold)
		for name, err := range tries {
			if !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("trying changed (-before +after):\n%s", diff)
		}
	})
}
