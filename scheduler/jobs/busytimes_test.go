package jobs

import (
	"context"
	"fmt"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

const freeBusyQuery = "calendar.freebusy.query"

// withBoss is a rep with holds, who sees the calendar of their boss.
func withBoss(t *testing.T, w *world) (dana, boss *person) {
	t.Helper()
	dana = withHolds(t, w)
	boss, err := w.newPerson("boss@northwind.example")
	if err == nil {
		err = boss.Share(boss.Email(), dana.Email(), emulator.Reader)
	}
	if err == nil {
		err = w.runner.SyncCalendars(t.Context(), dana.rep)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dana, boss
}

// blockedBy has the other's calendar block the person's time.
func (p *person) blockedBy(other *person) {
	p.world.tb.Helper()
	yes := true
	if _, err := p.world.store.ChooseCalendar(p.world.tb.Context(), p.rep, other.Email(), nil, &yes); err != nil {
		p.world.tb.Fatal(err)
	}
	p.world.settleDown()
}

// isBusy puts something into the person's calendar for the time of an event.
func (p *person) isBusy(during emulator.Event) emulator.Event {
	p.world.tb.Helper()
	e, err := p.Insert(p.Email(), emulator.Event{Summary: "Secret", Start: during.Start, End: during.End})
	if err != nil {
		p.world.tb.Fatal(err)
	}
	return e
}

// during returns the holds that overlap one of the events.
func during(holds []emulator.Event, events ...emulator.Event) (overlapping []string) {
	for _, h := range holds {
		for _, e := range events {
			if h.Start.Time.Before(e.End.Time) && e.Start.Time.Before(h.End.Time) {
				overlapping = append(overlapping, fmt.Sprintf("%s at %s", h.Summary, h.Start.Time))
			}
		}
	}
	return overlapping
}

// seen returns what is known of the other's calendar.
func (p *person) seen(other *person) store.Calendar {
	p.world.tb.Helper()
	c, err := p.world.store.Calendar(p.world.tb.Context(), p.rep, other.Email())
	if err != nil {
		p.world.tb.Fatal(err)
	}
	return c
}

func TestHoldsKeepOffTheBusyTimesOfACalendarThatIsNotTheReps(t *testing.T) {
	w := newWorld(t, "")
	dana, boss := withBoss(t, w)
	first := boss.isBusy(dana.holds()[0])
	dana.blockedBy(boss)
	if holds := dana.holds(); len(holds) != 3 || during(holds, first) != nil {
		t.Errorf("of %d holds on the boss's time are %v", len(holds), during(holds, first))
	}
	c := dana.seen(boss)
	if next := c.SyncAt.Sub(w.clock.Now()); c.Error != "" || next < 54*time.Minute || next > 66*time.Minute {
		t.Errorf("the calendar is read again in %s, want about an hour; error %q", next, c.Error)
	}

	second := boss.isBusy(dana.holds()[1])
	w.later(67 * time.Minute)
	if holds := dana.holds(); len(holds) != 3 || during(holds, first, second) != nil {
		t.Errorf("an hour later, of %d holds on the boss's time are %v", len(holds), during(holds, first, second))
	}
	for _, call := range w.google.Calls() {
		if call.Status >= 400 {
			t.Errorf("%s was refused with %d: of that calendar only busy times may be read", call.Method, call.Status)
		}
	}
}

func TestBusyTimesAreAskedForOncePerHour(t *testing.T) {
	w := newWorld(t, "")
	dana, boss := withBoss(t, w)
	dana.blockedBy(boss)
	before := w.google.Count(dana.Email(), freeBusyQuery)
	for range 10 * 6 {
		w.later(10 * time.Minute)
	}
	if n := w.google.Count(dana.Email(), freeBusyQuery) - before; n < 8 || n > 11 {
		t.Errorf("asked %d times in ten hours", n)
	}
}

func TestBusyTimesThatAreHiddenStayAsTheyWereKnownLast(t *testing.T) {
	w := newWorld(t, "")
	dana, boss := withBoss(t, w)
	first := boss.isBusy(dana.holds()[0])
	dana.blockedBy(boss)
	if err := boss.Share(boss.Email(), dana.Email(), emulator.None); err != nil {
		t.Fatal(err)
	}
	w.later(67 * time.Minute)
	if c := dana.seen(boss); c.Error != "Google does not show when this calendar is busy. Holdfast keeps off the times it knew last." || !c.Blocks {
		t.Errorf("the rep is told %q of %+v", c.Error, c)
	}
	dana.meets("bo@globex.io", "Talk", w.clock.Now().Add(-time.Hour), 30*time.Minute)
	w.later(10 * time.Second)
	if holds := dana.holds(); len(holds) != 6 || during(holds, first) != nil {
		t.Errorf("of %d holds on the boss's time are %v", len(holds), during(holds, first))
	}

	if err := boss.Share(boss.Email(), dana.Email(), emulator.Reader); err != nil {
		t.Fatal(err)
	}
	w.later(67 * time.Minute)
	if c := dana.seen(boss); c.Error != "" {
		t.Errorf("shown again, the rep is told %q", c.Error)
	}
}

func TestACalendarThatNeverShowedItsBusyTimesIsLeftOutAndHoldsUpNothing(t *testing.T) {
	w := newWorld(t, "")
	dana, boss := withBoss(t, w)
	if err := boss.Share(boss.Email(), dana.Email(), emulator.None); err != nil {
		t.Fatal(err)
	}
	dana.blockedBy(boss)
	if c := dana.seen(boss); c.Blocks || c.Error == "" {
		t.Errorf("the calendar is %+v", c)
	}
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.later(10 * time.Second)
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds, want 6", n)
	}
}

// silent hides every busy time for a while.
type silent struct {
	Remote
	asked *int
}

func (r silent) BusyTimes(context.Context, string, time.Time, time.Time) ([]scheduler.Span, error) {
	*r.asked++
	return nil, fmt.Errorf("%w: internalError", scheduler.ErrHidden)
}

func TestBusyTimesThatAreHiddenForAWhileAreAskedForAgainSoon(t *testing.T) {
	w := newWorld(t, "")
	dana, boss := withBoss(t, w)
	asked := 0
	w.wrap = func(r Remote) Remote { return silent{r, &asked} }
	dana.blockedBy(boss)
	if c := dana.seen(boss); asked != 1 || !c.Blocks || c.Complete || c.Error != "Google does not show when this calendar is busy." {
		t.Errorf("asked %d times, the calendar is %+v", asked, c)
	}
	w.later(4 * time.Minute)
	if asked != 1 {
		t.Errorf("asked again at once: %d times", asked)
	}
	w.wrap = nil
	w.later(2 * time.Minute)
	if c := dana.seen(boss); !c.Complete || c.Error != "" {
		t.Errorf("once shown the calendar is %+v", c)
	}
}
