package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// everywhere has the rep leave rows in every table that there is for reps, and returns the
// secret of a token.
func (d *desk) everywhere() (secret string) {
	d.t.Helper()
	ctx, s := d.t.Context(), d.s
	d.flagged()
	p := d.propose()
	_, err := s.Book(ctx, p.token(), Pick{Offer: p.Offers[0].ID, Key: "click"})
	d.must(err)
	d.rest()
	contacts, err := s.Contacts(ctx, d.rep, ContactQuery{})
	d.must(err)
	_, err = s.AskContact(ctx, d.rep, contacts.Items[0].ID)
	d.must(err)
	_, feed := d.feed()
	d.read(feed)
	d.must(s.AddChannel(ctx, d.rep, scheduler.PushChannel{ID: "channel", Calendar: d.calendar(), Token: "canary-push"}))
	_, err = s.AddWebcal(ctx, d.rep, NewWebcal{Address: "https://canary.example/", Blocks: true}, "canary", d.clock.Now(),
		scheduler.Changes{Full: true, Token: "canary"}, d.clock.Now().Add(time.Hour))
	d.must(err)
	_, secret, err = s.CreateToken(ctx, d.rep, "canary")
	d.must(err)
	for _, table := range tables(d.t, s) {
		if table != "sessions" && table != "departures" && len(rowsOf(d.t, s, table, "*")) == 0 {
			d.t.Errorf("the test sees nothing in %s", table)
		}
	}
	return secret
}

func TestDisconnectingWithPurgeErasesTheRepAtOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		other := newDeskOf(t, s, c, "Eve", "eve@rival.example")
		d := newDesk(t, s, c)
		secret := d.everywhere()
		d.must(s.Disconnect(t.Context(), d.rep, true))
		if _, err := s.Rep(t.Context(), d.rep); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("the rep is there: %v", err)
		}
		if _, err := s.RepByToken(t.Context(), secret); err == nil {
			t.Error("their token is good")
		}
		for _, line := range dump(t, s) {
			if strings.HasPrefix(line, "departures") {
				line = strings.ReplaceAll(line, deskCalendar, "") // where their events still are
			}
			for _, canary := range []string{"acme", "Demo", "Ana", "Dana", "canary", "northwind"} {
				if strings.Contains(line, canary) {
					t.Errorf("%q is left in %s", canary, line)
				}
			}
			if strings.Contains(line, d.rep) && !strings.HasPrefix(line, "river_job") {
				t.Errorf("the rep is left in %s", line)
			}
		}
		if jobs := queued(t, s); !slices.Contains(jobs, "purge") || slices.Contains(jobs, "write_hold") || slices.Contains(jobs, "release_hold") {
			t.Errorf("the jobs are %v", jobs)
		}
		if _, err := s.Rep(t.Context(), other.rep); err != nil {
			t.Errorf("somebody else is gone: %v", err)
		}
	})
}

func TestWhoLeftWithPurgeIsNotInSQLitesFileEither(t *testing.T) {
	t.Parallel()
	file, c := migratedFile(t), newClock()
	s := openStore(t, file, c)
	d := newDesk(t, s, c)
	d.flagged()
	d.must(s.Disconnect(t.Context(), d.rep, true))
	var departure string
	d.must(s.db.Model(&departureRow{}).Pluck("id", &departure).Error)
	d.must(s.DepartureDone(t.Context(), departure))
	for _, name := range []string{file, file + "-wal"} {
		content, err := os.ReadFile(name)
		d.must(err)
		for _, canary := range []string{"acme", "Demo", "Ana", "Dana", "northwind"} {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%q is left in %s", canary, filepath.Base(name))
			}
		}
	}
}

func TestDisconnectingWithoutPurgeKeepsTheHistory(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.must(s.Disconnect(t.Context(), d.rep, false))
		rep, err := s.Rep(t.Context(), d.rep)
		d.must(err)
		if rep.State != Disconnected || len(d.flags("")) != 1 || len(d.holds("")) != 3 {
			t.Errorf("the rep is %s with %d flags and %d holds", rep.State, len(d.flags("")), len(d.holds("")))
		}
		if _, err := s.Grant(t.Context(), d.rep); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("their grant is there: %v", err)
		}
		c.move(d.hold("second-contact").Start.Sub(c.Now())) // it would show as busy by now
		d.commit()
		if due := d.due(); len(due) > 0 {
			t.Errorf("%d holds wait to be written", len(due))
		}
	})
}

func TestADepartureHasAllThatIsLeftToDo(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		ctx := t.Context()
		channel := scheduler.PushChannel{ID: "channel", Calendar: d.calendar(), Token: "canary-push", Expires: c.Now().Add(time.Hour)}
		d.must(s.AddChannel(ctx, d.rep, channel))
		channel.Resource = "resource"
		d.must(s.PromoteChannel(ctx, channel))
		d.must(s.Disconnect(ctx, d.rep, true))
		id := departureID(t, s)
		left, err := s.Departure(ctx, id)
		d.must(err)
		if left.Subject != "sub-"+deskCalendar || left.Grant.Refresh != "canary-refresh-"+deskCalendar || !left.Purge || !left.Revoke {
			t.Errorf("the departure is %+v", left)
		}
		if diff := cmp.Diff([]string{deskCalendar}, left.Calendars); diff != "" {
			t.Errorf("calendars (-want +got):\n%s", diff)
		}
		if len(left.Channels) != 1 || left.Channels[0].ID != "channel" || left.Channels[0].Resource != "resource" {
			t.Errorf("channels %+v", left.Channels)
		}
		later := c.Now().Add(time.Minute)
		d.must(s.DepartureFailed(ctx, id, "503", later))
		if left, err = s.Departure(ctx, id); err != nil || left.Attempts != 1 {
			t.Errorf("after a try that failed: %d attempts, error %v", left.Attempts, err)
		}
		d.must(s.DepartureDone(ctx, id))
		if _, err := s.Departure(ctx, id); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("the departure that is done: %v", err)
		}
	})
}

func departureID(t *testing.T, s *Store) string {
	t.Helper()
	var id string
	if err := s.db.WithContext(t.Context()).Model(&departureRow{}).Select("id").Take(&id).Error; err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSigningInAgainKeepsTheNewConsentAndItsHolds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.must(s.Disconnect(t.Context(), d.rep, true))
		again := newDesk(t, s, c)
		again.flagged()
		left, err := s.Departure(t.Context(), departureID(t, s))
		d.must(err)
		if left.Revoke {
			t.Error("the departure revokes what the rep consented to anew")
		}
		keeps, err := s.Keeps(t.Context(), left, again.hold("thank-you").ID)
		d.must(err)
		if !keeps {
			t.Error("the departure does not keep a hold that was written since")
		}
		if keeps, err := s.Keeps(t.Context(), left, "of before"); err != nil || keeps {
			t.Errorf("the departure keeps what nobody knows: %t, %v", keeps, err)
		}
	})
}

func TestLeavingTwiceIsLeavingOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.must(s.Disconnect(t.Context(), d.rep, false))
		d.must(s.Disconnect(t.Context(), d.rep, false))
		if n := len(rowsOf(t, s, "departures", "id")); n != 1 {
			t.Errorf("there are %d departures", n)
		}
		d.must(s.Disconnect(t.Context(), d.rep, true))
		if left, err := s.Departure(t.Context(), departureID(t, s)); err != nil || !left.Purge {
			t.Errorf("who left without a word about their events, and then had them removed: %+v, %v", left, err)
		}
		if _, err := s.Rep(t.Context(), d.rep); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("the rep is there: %v", err)
		}
		if err := s.Disconnect(t.Context(), d.rep, true); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("who is gone cannot leave: %v", err)
		}
	})
}
