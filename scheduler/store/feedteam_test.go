package store

import (
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
)

func TestATeamFeedNamesProspectsOnlyWhereTheyAreShared(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		dana, lee := newDesk(t, s, c), newDeskOf(t, s, c, "Lee Park", "lee@northwind.example")
		stranger := newDeskOf(t, s, c, "Sam", "sam@rival.example")
		dana.meeting("one", "ana@acme.com", c.Now().Add(-26*time.Hour), time.Hour)
		lee.meeting("two", "bo@globex.io", c.Now().Add(-26*time.Hour), time.Hour)
		lee.meeting("three", "cy@initech.com", c.Now().Add(-27*time.Hour), time.Hour)
		stranger.meeting("four", "di@umbrella.example", c.Now().Add(-26*time.Hour), time.Hour)
		for _, d := range []*desk{dana, lee, stranger} {
			d.sync()
		}
		_, token := dana.feed(func(f *FeedChoice) { f.Team, f.Contents = true, []FeedContent{FeedFlags, FeedProposals} })
		_, entries := dana.read(token)
		mine, theirs := titled(t, entries, "Dana Reyes: 1 meeting without"), titled(t, entries, "Lee Park: 2 meetings without")
		if len(entries) != 2 || !strings.Contains(mine.Description, "acme.com") || theirs.Description != "" {
			t.Errorf("the team feed has %+v", entries)
		}
		today := scheduler.DateOf(c.Now().In(dana.zone)).Wall()
		if !mine.AllDay || !mine.Start.Equal(today) {
			t.Errorf("it is on %v", mine.Start)
		}
		_, err := s.UpdateSettings(t.Context(), lee.rep, func(r *RepSettings) error { r.ShareWithTeam = true; return nil })
		dana.must(err)
		_, entries = dana.read(token)
		if theirs = titled(t, entries, "Lee Park"); theirs.Description != "Without a next step: globex.io, initech.com" || theirs.Sequence != 1 {
			t.Errorf("shared it is %+v", theirs)
		}
		dana.must(s.Disconnect(t.Context(), lee.rep, false))
		_, entries = dana.read(token)
		if theirs = titled(t, entries, "Lee Park"); theirs.Status != scheduler.Cancelled || theirs.Description != "" {
			t.Errorf("after they left it is %+v", theirs)
		}
	})
}

// What is erased of a rep is erased in their colleagues' feeds too, whether or not anybody
// reads them again.
func TestWhoLeftWithPurgeIsInNoTeamFeed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		dana, lee := newDesk(t, s, c), newDeskOf(t, s, c, "Lee Park", "lee@northwind.example")
		dana.flagged()
		lee.meeting("two", "bo@globex.io", c.Now().Add(-26*time.Hour), time.Hour)
		lee.sync()
		_, err := s.UpdateSettings(t.Context(), lee.rep, func(r *RepSettings) error { r.ShareWithTeam = true; return nil })
		dana.must(err)
		_, token := dana.feed(func(f *FeedChoice) { f.Team, f.Contents = true, []FeedContent{FeedFlags} })
		before, entries := dana.read(token)
		titled(t, entries, "Lee Park")
		dana.must(s.Disconnect(t.Context(), lee.rep, true))
		for _, line := range dump(t, s) {
			if strings.HasPrefix(line, "feed") && (strings.Contains(line, "Lee") || strings.Contains(line, "globex") || strings.Contains(line, lee.rep)) {
				t.Errorf("left is %s", line)
			}
		}
		after, entries := dana.read(token)
		if titled(t, entries, "Dana Reyes"); len(entries) != 1 || after.Digest == before.Digest {
			t.Errorf("the feed has %+v", entries)
		}
	})
}

// Whoever waits for another replica to work the feed out may have begun the day before.
func TestAFeedWorkedOutOverMidnightIsOfTheDayThatItNames(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		feed, token := d.feed(func(f *FeedChoice) { f.Team, f.Contents = true, []FeedContent{FeedFlags} })
		c.move(23*time.Hour + 30*time.Minute - c.Now().Sub(c.Now().Truncate(day)))
		d.must(s.transact(t.Context(), func(tx *Tx) error {
			c.move(time.Hour)
			_, err := tx.refreshFeed(feed.ID)
			return err
		}))
		_, entries := d.read(token)
		if today := scheduler.DateOf(c.Now().In(d.zone)).Wall(); !entries[0].Start.Equal(today) {
			t.Errorf("it is of %v, want %v", entries[0].Start, today)
		}
	})
}

func TestATeamFeedCountsProposalsUntilTheyAreCleared(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		_, token := d.feed(func(f *FeedChoice) { f.Team, f.Contents = true, []FeedContent{FeedProposals} })
		p := d.propose()
		_, entries := d.read(token)
		e := titled(t, entries, "Dana Reyes: 1 proposal not cleared")
		if len(entries) != 1 || e.Description != "Not cleared: acme.com" || e.URL != "https://holdfast.example/today" {
			t.Errorf("while it is on offer: %+v", entries)
		}
		_, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[0].ID, Key: "click"})
		d.must(err)
		if _, entries = d.read(token); entries[0].Status == scheduler.Cancelled {
			t.Errorf("before its review is on the calendar: %+v", entries)
		}
		d.rest()
		if _, entries = d.read(token); len(entries) != 1 || entries[0].Status != scheduler.Cancelled {
			t.Errorf("once it is cleared: %+v", entries)
		}
	})
}
