package store

import (
	"testing"
	"time"

	"holdfast/scheduler"
)

func TestTheHoldsOfARenamedAccountStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		d.must(s.SaveCalendars(t.Context(), d.rep, []scheduler.RemoteCalendar{
			{ID: "dana@southwind.example", Name: "Dana", Zone: deskZone, Primary: true, Owned: true},
		}))
		d.token = ""
		for id := range d.remote {
			d.changed[id] = true
		}
		d.sync()
		if n := d.write(); n != 0 {
			t.Errorf("%d writes after the renaming: %v", n, d.writes)
		}
		for _, h := range d.holds("") {
			if h.State != scheduler.Written || h.CalendarID != "dana@southwind.example" {
				t.Errorf("hold %s is %s on %s", h.Step, h.State, h.CalendarID)
			}
		}
		d.remove(d.hold("thank-you").EventID)
		d.sync()
		if h := d.hold("thank-you"); h.State != scheduler.Skipped {
			t.Errorf("a hold deleted there is %s", h.State)
		}
	})
}

func TestACalendarThatIsNotTheRepsOwnAnyMoreHasThemJudgedAnew(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, yes, rep := t.Context(), true, connectedRep(t, s, c)
		if _, err := s.ChooseCalendar(ctx, rep.ID, "team", &yes, nil); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{primary, "team"} {
			mirror(t, s, rep, id, "", scheduler.Changes{Full: true, Token: "t1"})
		}
		if _, err := s.Commit(ctx, rep.ID, nil); err != nil {
			t.Fatal(err)
		}
		err := s.SaveCalendars(ctx, rep.ID, []scheduler.RemoteCalendar{
			{ID: primary, Name: "Dana", Primary: true, Owned: true}, {ID: "team", Name: "Team"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if rep, err = s.Rep(ctx, rep.ID); err != nil || rep.WakeAt == nil || rep.WakeAt.After(c.Now()) {
			t.Errorf("the rep is looked at again at %v, %v", rep.WakeAt, err)
		}
	})
}

func TestWhatIsTooOldToMatterIsForgottenWithTheDailyList(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		mirror(t, s, rep, primary, "", scheduler.Changes{Full: true, Token: "t1", Events: append(meetings(3), weekly("w", "1"))})
		old := c.Now()
		c.move(activityKept + time.Hour)
		err := s.SaveCalendars(ctx, rep.ID, []scheduler.RemoteCalendar{{ID: primary, Name: "Dana", Primary: true, Owned: true}})
		if err != nil {
			t.Fatal(err)
		}
		var events, lines int64
		if err := s.db.Model(&eventRow{}).Count(&events).Error; err != nil || events != 1 {
			t.Errorf("%d events are kept, want the series alone (%v)", events, err)
		}
		if err := s.db.Model(&activityRow{}).Where("at <= ?", old).Count(&lines).Error; err != nil || lines != 0 {
			t.Errorf("%d lines of a year ago are kept (%v)", lines, err)
		}
	})
}

func TestAReadingOfOneEventLoadsTheHoldsItNames(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		one := scheduler.RemoteEvent{ID: d.hold("thank-you").EventID}
		for _, tt := range []struct {
			changes scheduler.Changes
			want    int
		}{
			{scheduler.Changes{}, 0},
			{scheduler.Changes{Events: []scheduler.RemoteEvent{one, {ID: "another"}}}, 1},
			{scheduler.Changes{Full: true}, 3},
		} {
			d.must(s.transact(t.Context(), func(tx *Tx) error {
				rows, err := tx.adoptable(d.rep, d.calendar(), tt.changes)
				if len(rows) != tt.want {
					t.Errorf("of %d events %d rows are loaded, want %d", len(tt.changes.Events), len(rows), tt.want)
				}
				return err
			}))
		}
	})
}

func TestAListThatWasReadWhileTheRepLeftIsDropped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), connectedRep(t, s, c)
		if err := s.Disconnect(ctx, rep.ID, false); err != nil {
			t.Fatal(err)
		}
		err := s.SaveCalendars(ctx, rep.ID, []scheduler.RemoteCalendar{{ID: primary, Name: "Dana", Primary: true, Owned: true}})
		if err != nil {
			t.Fatal(err)
		}
		if calendars, err := s.Calendars(ctx, rep.ID); err != nil || len(calendars) != 0 {
			t.Errorf("who left has the calendars %v, %v", calendars, err)
		}
	})
}
