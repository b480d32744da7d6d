package store

import (
	"slices"
	"sync"
	"testing"
	"time"

	"holdfast/scheduler"
)

// woken reports whether the rep is to be looked at again, by a job and by their row.
func (d *desk) woken() bool {
	d.t.Helper()
	rep, err := d.s.Rep(d.t.Context(), d.rep)
	d.must(err)
	return rep.WakeAt != nil && !rep.WakeAt.After(d.clock.Now()) && slices.Contains(queued(d.t, d.s), "reconcile")
}

func TestANextStepOnAColleaguesCalendarCountsUnlessTheRepSaysNo(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		dana := newDesk(t, s, c)
		dana.flagged()
		eli := newDeskOf(t, s, c, "Eli Stone", "eli@northwind.example")
		forgetJobs(t, s)
		eli.meeting("elis", "ana@acme.com", c.Now().Add(30*time.Hour), time.Hour)
		eli.sync()
		if !dana.woken() {
			t.Errorf("a colleague books with a flagged prospect, and nobody looks; jobs %v", queued(t, s))
		}
		dana.commit()
		f := dana.flag("resolved")
		if f.NextStep == nil || !f.NextStep.ByColleague || f.NextStep.UID != "" {
			t.Errorf("the next step on a colleague's calendar is %+v", f.NextStep)
		}
		_, err := s.UpdateSettings(t.Context(), dana.rep, func(r *RepSettings) error { r.ColleaguesCount = false; return nil })
		dana.must(err)
		dana.commit()
		dana.flag("open")
	})
}

func TestAColleaguesMeetingMakesAReminderNeedless(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		dana := newDesk(t, s, c)
		dana.settle()
		dana.meeting("soon", "ana@acme.com", c.Now().Add(20*time.Hour), time.Hour)
		dana.sync()
		dana.write()
		eli := newDeskOf(t, s, c, "Eli Stone", "eli@northwind.example")
		forgetJobs(t, s)
		eli.meeting("elis", "ana@acme.com", c.Now().Add(60*time.Hour), time.Hour)
		eli.sync()
		if !dana.woken() {
			t.Error("nobody looks again at whom the reminder is for")
		}
		dana.commit()
		dana.write()
		if left := dana.ours(); len(left) > 0 {
			t.Errorf("%d reminders are left", len(left))
		}
	})
}

func TestOneWhoLeavesTakesTheirMeetingsAlong(t *testing.T) {
	t.Parallel()
	for _, purge := range []bool{false, true} {
		eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
			dana := newDesk(t, s, c)
			eli := newDeskOf(t, s, c, "Eli Stone", "eli@northwind.example")
			dana.flagged()
			eli.meeting("elis", "ana@acme.com", c.Now().Add(30*time.Hour), time.Hour)
			eli.sync()
			dana.commit()
			dana.flag("resolved")
			forgetJobs(t, s)
			dana.must(s.Disconnect(t.Context(), eli.rep, purge))
			if !dana.woken() {
				t.Errorf("purge %t: nobody looks again at who counted on them", purge)
			}
			dana.commit()
			dana.flag("open")
		})
	}
}

func TestOnlyTheOwnerOfAMeetingFollowsItUp(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		dana := newDesk(t, s, c)
		eli := newDeskOf(t, s, c, "Eli Stone", "eli@northwind.example")
		dana.settle()
		eli.settle()
		for _, d := range []*desk{dana, eli} { // both were there; Eli had invited
			d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Hour), 30*time.Minute)
			d.edit("demo", func(e *scheduler.RemoteEvent) {
				e.Event.Organizer = &scheduler.Attendee{Address: "eli@northwind.example", Response: scheduler.Accepted}
			})
			d.sync()
		}
		eli.flag("open")
		if n := len(dana.flags("")) + len(dana.holds("")); n > 0 {
			t.Errorf("the colleague has %d flags and holds", n)
		}
	})
}

func TestColleaguesWhoWakeEachOtherDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		desks := []*desk{
			newDesk(t, s, c), newDeskOf(t, s, c, "Eli Stone", "eli@northwind.example"), newDeskOf(t, s, c, "Fay", "fay@northwind.example"),
		}
		for i, d := range desks {
			d.settle()
			d.meeting("demo", "ana@acme.com", c.Now().Add(-time.Duration(i+1)*time.Hour), 30*time.Minute)
			d.sync()
		}
		var all sync.WaitGroup
		for _, d := range desks {
			all.Go(func() {
				for i := range 5 {
					d.meeting("next", "ana@acme.com", c.Now().Add(time.Duration(30+i)*time.Hour), time.Hour)
					d.sync()
				}
			})
		}
		all.Wait()
		for _, d := range desks {
			d.commit()
			if open := d.flags("open"); len(open) > 0 {
				t.Errorf("%d flags of %s are open", len(open), d.rep)
			}
		}
	})
}
