package jobs

import (
	"fmt"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
)

// callsOfADay is how many calls of Google a rep's day may take: with it, an install of
// 25,000 reps stays within what Google gives a project.
const callsOfADay = 40

// lively fills a calendar as the demo's is: some 60 events around today, a dozen
// prospects, routines among colleagues, and a day with five meetings.
func (p *person) lively(today time.Time) {
	p.world.tb.Helper()
	at := func(days, hour, minute int) time.Time {
		d := today.AddDate(0, 0, days)
		return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, newYork)
	}
	for i := range 12 { // prospects that were met, some with a next step
		guest := fmt.Sprintf("buyer%d@prospect%d.example", i, i)
		p.meets(guest, "Intro", at(-20+i, 9+i%8, 0), 30*time.Minute)
		p.meets(guest, "Demo", at(-9+i%7, 9+i%8, 30), 45*time.Minute)
		if i%2 == 0 {
			p.meets(guest, "Review", at(2+i, 10, 0), 30*time.Minute)
		}
	}
	for i, hour := range []int{9, 10, 13, 15, 16} { // today's
		p.meets(fmt.Sprintf("buyer%d@prospect%d.example", i+4, i+4), "Talk", at(0, hour, 0), 30*time.Minute)
	}
	for i := range 15 {
		p.meets(fmt.Sprintf("colleague%d@northwind.example", i), "Sync", at(-5+i, 11, 30), 30*time.Minute)
	}
	for _, rule := range []string{"RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR", "RRULE:FREQ=WEEKLY;BYDAY=TU"} {
		_, err := p.Insert(p.Email(), emulator.Event{
			Summary: "Stand-up", Start: emulator.At(at(-28, 8, 45), "America/New_York"), End: emulator.At(at(-28, 9, 0), "America/New_York"),
			Recurrence: []string{rule},
		})
		if err != nil {
			p.world.tb.Fatal(err)
		}
	}
}

// change is something that a person does to their calendar in the course of a day.
type change struct {
	at time.Duration // since midnight
	do func(p *person, mine []emulator.Event) error
}

// changesOfADay are fourteen, some of them in bursts.
func changesOfADay(midnight time.Time) []change {
	book := func(guest string, days int) func(*person, []emulator.Event) error {
		return func(p *person, _ []emulator.Event) error {
			p.meets(guest, "Follow-on", midnight.AddDate(0, 0, days).Add(14*time.Hour), 30*time.Minute)
			return nil
		}
	}
	shift := func(i int, by time.Duration) func(*person, []emulator.Event) error {
		return func(p *person, mine []emulator.Event) error {
			e, err := p.Event(p.Email(), mine[i].ID)
			if err != nil {
				return err
			}
			_, err = p.Move(p.Email(), e.ID, e.Start.Time.Add(by), e.End.Time.Add(by))
			return err
		}
	}
	answer := func(i int) func(*person, []emulator.Event) error {
		return func(p *person, mine []emulator.Event) error {
			_, err := p.Respond(p.Email(), mine[i].ID, mine[i].Attendees[1].Email, "tentative")
			return err
		}
	}
	const minute, hour = time.Minute, time.Hour
	return []change{
		{8*hour + 10*minute, answer(1)},
		{8*hour + 40*minute, shift(30, 30*minute)}, {8*hour + 40*minute + 20*time.Second, shift(30, 15*minute)},
		{10*hour + 25*minute, book("buyer5@prospect5.example", 3)}, // in the meeting's last minutes
		{10*hour + 45*minute, shift(31, hour)},
		{11*hour + 20*minute, book("buyer9@prospect9.example", 5)}, {12*hour + 15*minute, answer(21)},
		{13*hour + 35*minute, answer(20)},
		{14*hour + 10*minute, shift(32, hour)}, {14*hour + 11*minute, shift(32, -hour)},
		{15*hour + 5*minute, answer(33)}, {16*hour + 40*minute, book("buyer1@prospect1.example", 4)},
		{17*hour + 30*minute, shift(33, 24*hour)},
	}
}

// liveADay lets a rep, who accepted their backlog the day before, live through a day,
// and returns how many calls of Google it took, by method.
func liveADay(tb testing.TB) map[string]int {
	w := newWorld(tb, "")
	yesterday := time.Date(2026, 11, 30, 18, 0, 0, 0, newYork)
	midnight := time.Date(2026, 12, 1, 0, 0, 0, 0, newYork)
	w.clock.Advance(yesterday.Sub(w.clock.Now()))
	dana, err := w.newPerson("dana@northwind.example")
	if err != nil {
		tb.Fatal(err)
	}
	dana.lively(midnight)
	if err := dana.signIn(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	w.settleDown()
	if err := w.store.AcceptBacklog(tb.Context(), dana.rep); err != nil {
		tb.Fatal(err)
	}
	w.later(0)
	mine := dana.Events(dana.Email())
	w.until(midnight, yesterday)
	before := len(w.google.Calls())
	changes := changesOfADay(midnight)
	for i, c := range changes {
		w.until(midnight.Add(c.at), w.changedAt(midnight, changes, i))
		if err := c.do(dana, mine); err != nil {
			tb.Fatal(err)
		}
	}
	w.until(midnight.AddDate(0, 0, 1), midnight.Add(changes[len(changes)-1].at))
	calls := make(map[string]int)
	for _, c := range w.google.Calls()[before:] {
		if c.Method != "oauth.token" { // of another quota
			calls[c.Method]++
		}
	}
	return calls
}

func (w *world) changedAt(midnight time.Time, changes []change, next int) time.Time {
	if next == 0 {
		return midnight
	}
	return midnight.Add(changes[next-1].at)
}

// until lets the clock go on to a time: in small steps after the calendar changed,
// else in larger ones.
func (w *world) until(end, changed time.Time) {
	for now := w.clock.Now(); now.Before(end); now = w.clock.Now() {
		step := time.Minute
		if now.Sub(changed) < 2*time.Minute {
			step = 5 * time.Second
		}
		w.flush()
		w.clock.Advance(min(step, end.Sub(now)))
		w.settleDown()
	}
}

func TestADayOfALivelyCalendarTakesFewCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("a day takes some seconds")
	}
	t.Parallel()
	calls, total := liveADay(t), 0
	for _, n := range calls {
		total += n
	}
	t.Logf("%d calls: %v", total, calls)
	if total > callsOfADay {
		t.Errorf("%d calls, want at most %d: %v", total, callsOfADay, calls)
	}
	if calls["calendar.events.insert"] == 0 || calls["calendar.events.list"] < 10 {
		t.Errorf("nothing happened on this day: %v", calls)
	}
}

// BenchmarkSyncDay reports what a rep's day costs in calls of Google. Its clock is
// moved, so the time it takes is only what the machine needs.
func BenchmarkSyncDay(b *testing.B) {
	total, sums := 0, make(map[string]int)
	for b.Loop() {
		for method, n := range liveADay(b) {
			sums[method] += n
			total += n
		}
	}
	for method, n := range sums {
		b.ReportMetric(float64(n)/float64(b.N), method+"/day")
	}
	b.ReportMetric(float64(total)/float64(b.N), "calls/day")
}
