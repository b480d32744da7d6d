package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler/store"
)

// callsOfADay is how many calls of Google a rep's working day may take on the average:
// with it, an install of 25,000 reps stays within what Google gives a project.
const callsOfADay = 40

// officeOpens is a Monday in New York, at the time of day at which a demo is looked at.
var officeOpens = time.Date(2026, 11, 30, 16, 30, 0, 0, time.UTC)

// workdays are the business days of the sample that are lived through, from the day
// after the rep signed in. On the next one they are off.
const (
	workdays  = 5
	daysLived = 8 // from the sign-in on a Monday to the end of the next
)

// deed is something that happens to the rep's calendar, by somebody's hand.
type deed struct {
	at string // local time
	do func(o *office, day time.Time) error
}

// routine is what happens on the n-th working day besides the meetings that end.
func routine(n int) []deed {
	asked := []string{"First meeting", "Demo for operations", "Pilot decision", "Call about integrations", "Technical deep dive"}
	shifted := []string{"Battle cards", "Physio", "Forecast", "Call about integrations", "Onboarding: new colleague"}
	met := []string{
		"Ana Ruiz <ana@bluepeak.example>", "Tom Okafor <tom@harborline.example>", "Mei Tan <mei@copperfield.example>",
		"Sam Doyle <sam@maplegrove.example>", "Ida Berg <ida@velvetsky.example>",
	}
	newly := []string{
		"Una Frey <una@oakline.example>", "Ravi Das <ravi@northgate.example>", "Eva Holm <eva@skylark.example>",
		"Max Weil <max@ironwood.example>", "Lia Conti <lia@seabright.example>",
	}
	return []deed{
		{"08:15", answers(asked[n], "tentative")},
		{"08:50", moves()},
		{"09:20", shifts(shifted[n], 30*time.Minute)}, {"09:20", shifts(shifted[n], -15*time.Minute)},
		{"10:50", books(met[n], "Next step", 6, "13:15")},
		{"11:35", does()},
		{"12:20", books(newly[n], "Introduction", 3, "11:45")},
		{"13:50", deletes()},
		{"15:10", books("Kim Wolf <kim@northwind.example>", "Hand-over", 1, "16:00")},
	}
}

func books(guest, title string, days int, at string) func(*office, time.Time) error {
	return func(o *office, day time.Time) error {
		e, err := sampleEvent{day: days, at: at, minutes: 30, title: title, guests: guest}.event(day)
		if err != nil {
			return err
		}
		_, err = o.rep.Insert("", e)
		return err
	}
}

// titled returns the rep's event with a title.
func (o *office) titled(title string) (emulator.Event, error) {
	for _, e := range o.rep.Events("") {
		if e.Summary == title && e.Status != "cancelled" {
			return e, nil
		}
	}
	return emulator.Event{}, fmt.Errorf("there is no %q", title)
}

func answers(title, response string) func(*office, time.Time) error {
	return func(o *office, _ time.Time) error {
		e, err := o.titled(title)
		if err != nil {
			return err
		}
		_, err = o.rep.Respond("", e.ID, e.Attendees[0].Email, response)
		return err
	}
}

func shifts(title string, by time.Duration) func(*office, time.Time) error {
	return func(o *office, _ time.Time) error {
		e, err := o.titled(title)
		if err != nil {
			return err
		}
		_, err = o.rep.Move("", e.ID, e.Start.Time.Add(by), e.End.Time.Add(by))
		return err
	}
}

// holds returns the events of holds that are to come, in their order.
func (o *office) holds() []emulator.Event {
	var coming []emulator.Event
	for _, e := range o.rep.Events("") {
		if e.Status != "cancelled" && e.ExtendedProperties != nil && e.ExtendedProperties.Private["hfKind"] == "hold" && e.Start.Time.After(o.clock.Now()) {
			coming = append(coming, e)
		}
	}
	slices.SortFunc(coming, func(a, b emulator.Event) int { return a.Start.Time.Compare(b.Start.Time) })
	return coming
}

// moves has the rep put their next hold half an hour later.
func moves() func(*office, time.Time) error {
	return func(o *office, _ time.Time) error {
		e := o.holds()[0]
		_, err := o.rep.Move("", e.ID, e.Start.Time.Add(30*time.Minute), e.End.Time.Add(30*time.Minute))
		return err
	}
}

// deletes has the rep delete the last of their holds.
func deletes() func(*office, time.Time) error {
	return func(o *office, _ time.Time) error {
		coming := o.holds()
		return o.rep.Delete("", coming[len(coming)-1].ID)
	}
}

// does has the rep do what their next hold is for, and say so.
func does() func(*office, time.Time) error {
	return func(o *office, _ time.Time) error {
		var written store.Page[store.Hold]
		o.send(http.MethodGet, "/api/v1/holds?state=written", &written)
		next := slices.MinFunc(written.Items, func(a, b store.Hold) int { return a.Start.Compare(b.Start) })
		o.send(http.MethodPost, "/api/v1/holds/"+next.ID+"/done", nil)
		return nil
	}
}

// dayOfCalls is what a day cost in calls of Google, by method. Fetching tokens is not
// among them: it counts towards no quota of the calendar's.
type dayOfCalls struct {
	day   time.Time
	calls map[string]int
}

func (d dayOfCalls) total() int {
	n := 0
	for _, calls := range d.calls {
		n += calls
	}
	return n
}

// liveAWeek has the sample rep sign in, accept their backlog and live on for a week,
// and returns what its days cost, the day of the sign-in first.
func liveAWeek(tb testing.TB) []dayOfCalls {
	tb.Helper()
	o := newOffice(tb, officeOpens)
	o.signIn()
	first := o.clock.Now().In(o.zone)
	midnight := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, o.zone)
	var days []dayOfCalls
	for n := 0; len(days) < daysLived; {
		day := midnight.AddDate(0, 0, len(days))
		lived := dayOfCalls{day: day}
		if len(days) > 0 && lived.working() {
			o.work(day, routine(n))
			n++
		}
		o.until(day.AddDate(0, 0, 1))
		lived.calls = o.callsBetween(day, o.clock.Now())
		days = append(days, lived)
	}
	o.inspect()
	return days
}

// work lets a day's deeds happen at their times.
func (o *office) work(day time.Time, deeds []deed) {
	o.tb.Helper()
	for _, d := range deeds {
		at, err := time.ParseInLocation(time.DateOnly+" 15:04", day.Format(time.DateOnly)+" "+d.at, o.zone)
		if err != nil {
			o.tb.Fatal(err)
		}
		o.until(at)
		if err := d.do(o, at); err != nil {
			o.tb.Fatalf("%v: %v", at, err)
		}
		o.settle()
		o.active = o.clock.Now()
	}
}

func (o *office) callsBetween(from, to time.Time) map[string]int {
	calls := make(map[string]int)
	for _, c := range o.google.Calls() {
		if !c.At.Before(from) && c.At.Before(to) && !strings.HasPrefix(c.Method, "oauth.") {
			calls[strings.TrimPrefix(c.Method, "calendar.")]++
		}
	}
	return calls
}

// inspect wants everything done that was to be done, and as Google would have it.
func (o *office) inspect() {
	o.tb.Helper()
	var health store.Health
	if o.send(http.MethodGet, "/api/v1/connection", &health); health.Waiting > 0 || health.State != store.Connected || !health.Push {
		o.tb.Errorf("connection %+v, want it live, with pushes, and nothing unwritten", health)
	}
	if mails := o.google.Mails(); len(mails) > 0 {
		o.tb.Errorf("somebody was mailed: %v", mails)
	}
	for _, v := range o.google.Violations() {
		o.tb.Errorf("Google would refuse: %s", v)
	}
}

// working reports whether the rep works on the day.
func (d dayOfCalls) working() bool {
	return d.day.Weekday() != time.Saturday && d.day.Weekday() != time.Sunday
}

func TestADayOfTheSampleCalendarTakesFewCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("a week takes some seconds")
	}
	t.Parallel()
	week, total := make(map[string]int), 0
	for i, d := range liveAWeek(t) {
		t.Logf("%s: %d calls: %v", d.day.Format("Mon 2 January"), d.total(), d.calls)
		if i == 0 || !d.working() { // on the first the backlog is placed, as large as it is
			continue
		}
		total += d.total()
		for method, n := range d.calls {
			week[method] += n
		}
	}
	if total > callsOfADay*workdays {
		t.Errorf("%d calls on %d working days, want at most %d on each on the average", total, workdays, callsOfADay)
	}
	for _, method := range []string{"events.insert", "events.patch", "events.delete"} {
		if week[method] < 2*workdays {
			t.Errorf("%d × %s in the week, want two for each working day or more", week[method], method)
		}
	}
	if week["events.list"] < 10*workdays {
		t.Errorf("%d × events.list in the week, fewer than the changes to the calendar", week["events.list"])
	}
}

// BenchmarkSyncDay reports what the demo's calendar costs in calls of Google: on a
// working day on the average, by method; on the worst of them; and on the day of the
// sign-in. Its clock is moved, so the time it takes is only what the machine needs.
func BenchmarkSyncDay(b *testing.B) {
	var all []dayOfCalls
	for b.Loop() {
		all = append(all, liveAWeek(b)...)
	}
	var first, worst int
	sums := make(map[string]int)
	for i, d := range all {
		switch {
		case i%daysLived == 0:
			first += d.total()
		case d.working():
			worst = max(worst, d.total())
			for method, n := range d.calls {
				sums[method] += n
				sums["calls"] += n
			}
		}
	}
	for _, method := range slices.Sorted(maps.Keys(sums)) {
		b.ReportMetric(float64(sums[method])/float64(b.N*workdays), method+"/day")
	}
	b.ReportMetric(float64(worst), "calls/worst-day")
	b.ReportMetric(float64(first)/float64(b.N), "calls/first-day")
}
