package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"holdfast/scheduler"
)

func addChannel(t *testing.T, s *Store, c *clock, rep Rep, calendar, id string) scheduler.PushChannel {
	t.Helper()
	channel := scheduler.PushChannel{ID: id, Calendar: calendar, Token: "canary-" + id, Expires: c.Now().Add(7 * day)}
	if err := s.AddChannel(t.Context(), rep.ID, channel); err != nil {
		t.Fatal(err)
	}
	return channel
}

func promote(t *testing.T, s *Store, channel scheduler.PushChannel) scheduler.PushChannel {
	t.Helper()
	channel.Resource = "resource-" + channel.ID
	if err := s.PromoteChannel(t.Context(), channel); err != nil {
		t.Fatal(err)
	}
	return channel
}

func TestOnlyItsOwnPushesReachACalendar(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		live := promote(t, s, addChannel(t, s, c, rep, primary, "live"))
		creating := addChannel(t, s, c, rep, primary, "creating")
		for _, tt := range []struct {
			name, id, token, resource string
			reaches                   bool
		}{
			{"its own", live.ID, live.Token, live.Resource, true},
			{"one that comes before the answer", creating.ID, creating.Token, "anything", true},
			{"an unknown channel", "nobody", live.Token, live.Resource, false},
			{"a forged token", live.ID, "forged", live.Resource, false},
			{"no token", live.ID, "", live.Resource, false},
			{"the token of another channel", live.ID, creating.Token, live.Resource, false},
			{"another resource", live.ID, live.Token, "another", false},
		} {
			err := s.Pushed(ctx, tt.id, tt.token, tt.resource)
			if tt.reaches && err != nil || !tt.reaches && !errors.Is(err, scheduler.ErrNotFound) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		c.move(7 * day)
		if err := s.Pushed(ctx, live.ID, live.Token, live.Resource); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("after its end: %v", err)
		}
		var row channelRow
		if err := s.db.Take(&row, "id = ?", live.ID).Error; err != nil || row.TokenHash == live.Token || row.LastPushAt == nil {
			t.Errorf("the row is %+v, %v", row, err)
		}
	})
}

func TestAThousandPushesAreOneSync(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		channel := addChannel(t, s, c, rep, primary, "c1")
		before := jobsIn(t, s, "")
		for range 50 {
			if err := s.Pushed(ctx, channel.ID, channel.Token, ""); err != nil {
				t.Fatal(err)
			}
		}
		if n := jobsIn(t, s, "") - before; n != 0 { // the first sync waits since the calendar is there
			t.Errorf("pushes made %d more jobs", n)
		}
	})
}

func TestAPushRightAfterAReadWaitsAMoment(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		channel := addChannel(t, s, c, rep, primary, "c1")
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1"})
		read := c.Now()
		c.move(time.Second)
		if err := s.Pushed(ctx, channel.ID, channel.Token, ""); err != nil {
			t.Fatal(err)
		}
		if cal, err := s.Calendar(ctx, rep.ID, primary); err != nil || !cal.SyncAt.Equal(read.Add(pushRest)) {
			t.Errorf("read next at %v, %v", cal.SyncAt, err)
		}
		c.move(time.Minute)
		if err := s.Pushed(ctx, channel.ID, channel.Token, ""); err != nil {
			t.Fatal(err)
		}
		if cal, err := s.Calendar(ctx, rep.ID, primary); err != nil || !cal.SyncAt.Equal(read.Add(pushRest)) {
			t.Errorf("a later push puts the read off to %v, %v", cal.SyncAt, err)
		}
	})
}

func TestAChannelIsReplacedBeforeItEnds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		old := promote(t, s, addChannel(t, s, c, rep, primary, "old"))
		channels, err := s.Channels(ctx, rep.ID)
		if err != nil || len(channels) != 1 || channels[0].State != channelLive || channels[0].Resource != old.Resource {
			t.Fatalf("channels %+v, %v", channels, err)
		}
		if left := channels[0].RenewAt.Sub(c.Now()); left < 5*day || left > 6*day {
			t.Errorf("of seven days it is replaced after %v", left)
		}
		c.move(day)
		addChannel(t, s, c, rep, primary, "failed")
		c.move(2 * channelPatience)
		promote(t, s, addChannel(t, s, c, rep, primary, "new"))
		stale, err := s.StaleChannels(ctx, rep.ID, primary)
		var ids []string
		for _, channel := range stale {
			ids = append(ids, channel.ID)
		}
		if slices.Sort(ids); err != nil || !slices.Equal(ids, []string{"failed", "old"}) {
			t.Errorf("to be stopped: %v, %v", ids, err)
		}
		if err := s.RemoveChannel(ctx, "old"); err != nil {
			t.Fatal(err)
		}
		if channels, err = s.Channels(ctx, rep.ID); err != nil || len(channels) != 2 {
			t.Errorf("channels %+v, %v", channels, err)
		}
	})
}

func TestTheChannelsOfACalendarNotReadAnyMoreAreStopped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, no, rep := t.Context(), true, false, connectedRep(t, s, c)
		_, chosen := s.ChooseCalendar(ctx, rep.ID, "team", nil, &yes)
		channel := promote(t, s, addChannel(t, s, c, rep, "team", "c1"))
		_, left := s.ChooseCalendar(ctx, rep.ID, "team", nil, &no)
		if err := errors.Join(chosen, left); err != nil {
			t.Fatal(err)
		}
		if stale, err := s.StaleChannels(ctx, rep.ID, "team"); err != nil || len(stale) != 1 {
			t.Errorf("to be stopped: %+v, %v", stale, err)
		}
		if err := s.Pushed(ctx, channel.ID, channel.Token, channel.Resource); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("a push is taken: %v", err)
		}
		due, err := s.Due(ctx)
		if err != nil || !slices.Contains(due, any(RenewChannel{rep.ID, "team"}).(jobArgs)) {
			t.Errorf("due: %v, %v", due, err)
		}
	})
}
