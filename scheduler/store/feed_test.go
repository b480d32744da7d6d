package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// feed makes a feed, and returns it with its token.
func (d *desk) feed(change ...func(*FeedChoice)) (Feed, string) {
	d.t.Helper()
	c := DefaultFeed()
	for _, f := range change {
		f(&c)
	}
	feed, at, err := d.s.CreateFeed(d.t.Context(), d.rep, c)
	d.must(err)
	return feed, tokenIn(at)
}

func tokenIn(at FeedAddresses) string {
	return strings.TrimSuffix(at.HTTPS[strings.LastIndex(at.HTTPS, "/")+1:], ".ics")
}

// read reads the feed with a token.
func (d *desk) read(token string) (FeedState, []FeedEntry) {
	d.t.Helper()
	state, err := d.s.Feed(d.t.Context(), token)
	d.must(err)
	again, entries, err := d.s.FeedEntries(d.t.Context(), state.ID)
	d.must(err)
	if again.Digest != state.Digest || !again.ChangedAt.Equal(state.ChangedAt) {
		d.t.Errorf("the state is %+v and then %+v", state, again)
	}
	return state, entries
}

// titled returns the entry whose title has the given words.
func titled(t *testing.T, entries []FeedEntry, words string) FeedEntry {
	t.Helper()
	i := slices.IndexFunc(entries, func(e FeedEntry) bool { return strings.Contains(e.Summary, words) })
	if i < 0 {
		t.Fatalf("no entry %q in %+v", words, entries)
	}
	return entries[i]
}

func TestAFeedSaysWhatTheCalendarSays(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, token := d.feed()
		_, entries := d.read(token)
		if len(entries) != 4 {
			t.Fatalf("%d entries, want three holds and a flag: %+v", len(entries), entries)
		}
		hold := d.hold("thank-you")
		e := titled(t, entries, "thank you")
		if e.Summary != hold.Title || !e.Start.Equal(hold.Start) || !e.End.Equal(hold.End) || e.Kind != "hold" || e.ID != hold.ID ||
			e.Sequence != 0 || !strings.Contains(e.Description, "Opening: ") || !strings.Contains(e.URL, "https://holdfast.example/today#flag-") {
			t.Errorf("the entry is %+v, the hold %+v", e, hold)
		}
		flag := titled(t, entries, "No next step with acme.com: ")
		day := scheduler.DateOf(d.flag("open").Meeting.End)
		if !flag.AllDay || flag.Todo || !flag.Start.Equal(day.Wall()) || !flag.End.Equal((day + 1).Wall()) {
			t.Errorf("the flag is %+v, want it on %s", flag, day)
		}
	})
}

// A snoozed hold has the links that act in its description: those are the rep's alone.
func TestAFeedHasNoLinksThatAct(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, err := s.Snooze(t.Context(), d.rep, d.hold("thank-you").ID, time.Time{})
		d.must(err)
		d.write()
		d.sync()
		var row holdRow
		d.must(s.db.Take(&row, "id = ?", d.hold("thank-you").ID).Error)
		if !strings.Contains(row.Description, "/act/") {
			t.Fatalf("the row has no links: %q", row.Description)
		}
		_, token := d.feed()
		_, entries := d.read(token)
		if e := titled(t, entries, "thank you"); strings.Contains(e.Description, "/act/") || !strings.Contains(e.Description, "Opening: ") {
			t.Errorf("the entry says %q", e.Description)
		}
	})
}

func TestAFeedKeepsToItsWindowAndContents(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, holds := d.feed(func(f *FeedChoice) { f.Contents = []FeedContent{FeedHolds}; f.DaysBack, f.DaysAhead = 0, 2 })
		_, tasks := d.feed(func(f *FeedChoice) { f.Contents, f.FlagsAs = []FeedContent{FeedFlags}, FlagsTodo })
		if _, entries := d.read(holds); len(entries) != 1 || !strings.Contains(entries[0].Summary, "thank you") {
			t.Errorf("two days ahead are %+v", entries)
		}
		if _, entries := d.read(tasks); len(entries) != 1 || !entries[0].Todo {
			t.Errorf("the tasks are %+v", entries)
		}
		c.move(30 * 24 * time.Hour) // all is over, and nobody cancelled it
		if _, entries := d.read(holds); len(entries) != 0 {
			t.Errorf("a month on there are %+v", entries)
		}
	})
}

func TestAFeedTellsAsMuchAsItMay(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, titles := d.feed(func(f *FeedChoice) { f.Detail = FeedTitles })
		_, busy := d.feed(func(f *FeedChoice) { f.Detail, f.Contents = FeedBusy, []FeedContent{FeedHolds} })
		_, entries := d.read(titles)
		for _, e := range entries {
			if e.Description != "" || e.Summary == "" {
				t.Errorf("titles only: %+v", e)
			}
		}
		_, entries = d.read(busy)
		for _, e := range entries {
			want := FeedEntry{
				UID: e.UID, Created: e.Created, Changed: e.Changed, Start: e.Start, End: e.End, Busy: e.Busy,
				Summary: map[bool]string{false: "Held", true: "Busy"}[e.Busy],
			}
			if diff := cmp.Diff(want, e, cmp.AllowUnexported(FeedEntry{})); diff != "" {
				t.Errorf("busy only tells more (-want +got):\n%s", diff)
			}
		}
		if len(entries) != 3 {
			t.Errorf("%d entries", len(entries))
		}
	})
}

func TestEachKindFallsUnderItsContents(t *testing.T) {
	t.Parallel()
	all := []FeedContent{FeedHolds, FeedProposals, FeedReminders}
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		kind     string
		content  FeedContent
		category string
		status   scheduler.Status
	}{
		{"hold", FeedHolds, "Hold", scheduler.Confirmed},
		{"wrap_up", FeedReminders, "Reminder", scheduler.Confirmed},
		{"offer", FeedProposals, "Offer", scheduler.Tentative},
		{"review", FeedProposals, "Review", scheduler.Confirmed},
	} {
		row := holdRow{ID: "a", Kind: tt.kind, State: scheduler.Written, StartsAt: start, EndsAt: start.Add(time.Hour), Title: "T"}
		for _, content := range all {
			m := &feedMaker{feed: &feedRow{Contents: []FeedContent{content}, Detail: FeedFull}, zone: time.UTC}
			entries := m.entries([]holdRow{row}, nil)
			if want := content == tt.content; (len(entries) == 1) != want {
				t.Errorf("%s in a feed of %s: %+v", tt.kind, content, entries)
			}
			if len(entries) == 1 && (entries[0].Category != tt.category || entries[0].Status != tt.status) {
				t.Errorf("%s: %+v", tt.kind, entries[0])
			}
		}
	}
}

func TestAnEntryLeadsToThePageThatSaysWhy(t *testing.T) {
	t.Parallel()
	flag, proposal := "f", "p"
	m := &feedMaker{feed: &feedRow{Detail: FeedTitles}, zone: time.UTC, public: "https://holdfast.example"}
	for want, row := range map[string]holdRow{
		"/today#flag-f": {Kind: "hold", FlagID: &flag},
		"/today":        {Kind: "wrap_up"},
		"/proposals/p":  {Kind: "offer", ProposalID: &proposal},
	} {
		if got := m.hold(&row).URL; got != m.public+want {
			t.Errorf("%s leads to %s", row.Kind, got)
		}
	}
}

func TestAlarmsAreThereWhereAskedFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind   string
		state  scheduler.HoldState
		asked  bool
		alarm  bool
		before time.Duration
	}{
		{"hold", scheduler.Written, false, false, 0},
		{"hold", scheduler.Written, true, true, 5 * time.Minute},
		{"wrap_up", scheduler.Written, true, true, 0},
		{"hold", scheduler.Done, true, false, 0},
	} {
		m := &feedMaker{feed: &feedRow{Alarms: tt.asked}, zone: time.UTC, alarm: 5 * time.Minute}
		if e := m.hold(&holdRow{Kind: tt.kind, State: tt.state}); e.Alarm != tt.alarm || e.Reminder != tt.before {
			t.Errorf("%+v: %t, %s", tt, e.Alarm, e.Reminder)
		}
	}
}

func TestAFeedsAddressIsKnownOnceAndEndsAtOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		feed, token := d.feed()
		if len(token) != 26 || strings.Contains(strings.Join(dump(t, s), "\n"), token) {
			t.Errorf("token %q", token)
		}
		readable := func(token string) bool {
			_, err := s.Feed(t.Context(), token)
			if err != nil && !errors.Is(err, scheduler.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		_, at, err := s.RotateFeed(t.Context(), d.rep, feed.ID)
		d.must(err)
		rotated := tokenIn(at)
		if readable(token) || !readable(rotated) {
			t.Error("the old address is good, or the new one is not")
		}
		if _, _, err := s.RotateFeed(t.Context(), "somebody", feed.ID); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		if err := s.DeleteFeed(t.Context(), "somebody", feed.ID); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		d.must(s.DeleteFeed(t.Context(), d.rep, feed.ID))
		if readable(rotated) {
			t.Error("a deleted feed is read")
		}
		_, left := d.feed()
		d.must(s.Disconnect(t.Context(), d.rep, false))
		if readable(left) {
			t.Error("the feed of a rep who left is read")
		}
	})
}

func TestReadingIsNotedToTheMinute(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		_, token := d.feed()
		for _, tt := range []struct {
			after time.Duration
			by    string
			want  string
		}{{0, "vdirsyncer", "vdirsyncer"}, {59 * time.Second, "khal", "vdirsyncer"}, {time.Second, "Evolution", "Evolution"}} {
			c.move(tt.after)
			state, err := s.Feed(t.Context(), token)
			d.must(err)
			d.must(s.FeedRead(t.Context(), state.Feed, tt.by))
			feeds, err := s.Feeds(t.Context(), d.rep)
			d.must(err)
			if feeds[0].LastReadBy != tt.want {
				t.Errorf("%s later by %s: last read by %q", tt.after, tt.by, feeds[0].LastReadBy)
			}
		}
	})
}

func TestFeedsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDeskOf(t, s, c, "Dana", "dana@gmail.com")
		for name, spoil := range map[string]func(*FeedChoice){
			"name":       func(f *FeedChoice) { f.Name = " " },
			"name long":  func(f *FeedChoice) { f.Name = strings.Repeat("я", 101) },
			"contents":   func(f *FeedChoice) { f.Contents = nil },
			"contents ":  func(f *FeedChoice) { f.Contents = []FeedContent{"everything"} },
			"contents  ": func(f *FeedChoice) { f.Detail = FeedBusy },
			"detail":     func(f *FeedChoice) { f.Detail = "all" },
			"days_back":  func(f *FeedChoice) { f.DaysBack = -1 },
			"days_ahead": func(f *FeedChoice) { f.DaysAhead = 366 },
			"flags_as":   func(f *FeedChoice) { f.FlagsAs = "" },
			"contents t": func(f *FeedChoice) { f.Team = true },
		} {
			choice := DefaultFeed()
			spoil(&choice)
			_, _, err := s.CreateFeed(t.Context(), d.rep, choice)
			var wrong *InvalidError
			if field, _, _ := strings.Cut(name, " "); !errors.As(err, &wrong) || wrong.Fields[0].Field != field {
				t.Errorf("%q: %v", name, err)
			}
		}
		choice := DefaultFeed()
		choice.Name = strings.Repeat("я", 100)
		long, _, err := s.CreateFeed(t.Context(), d.rep, choice)
		if err != nil {
			t.Fatalf("a name of 100 characters: %v", err)
		}
		d.must(s.DeleteFeed(t.Context(), d.rep, long.ID))
		team := DefaultFeed()
		team.Team, team.Contents = true, []FeedContent{FeedFlags}
		if _, _, err := s.CreateFeed(t.Context(), d.rep, team); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("a team of people at a free-mail provider: %v", err)
		}
		for range feedsLimit {
			d.feed()
		}
		if _, _, err := s.CreateFeed(t.Context(), d.rep, DefaultFeed()); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("one more than there may be: %v", err)
		}
	})
}

// Two replicas that work a feed out at once give it the same UIDs and the same state.
func TestReplicasAgreeOnAFeed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		_, token := d.feed()
		states := make(chan string, 8)
		for range cap(states) {
			go func() {
				state, err := s.Feed(t.Context(), token)
				states <- fmt.Sprint(state.Digest, state.ChangedAt, err)
			}()
		}
		first := <-states
		for range cap(states) - 1 {
			if other := <-states; other != first {
				t.Errorf("one is %s, another %s", first, other)
			}
		}
	})
}
