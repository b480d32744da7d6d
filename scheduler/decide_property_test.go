package scheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyCalendar draws a calendar of meetings, busy times and days off around now,
// with few enough prospects for them to meet often.
func anyCalendar(t *rapid.T) Snapshot {
	s := Snapshot{Now: at("2026-11-16 00:00").Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "now")) * time.Minute), Settings: testSettings()}
	for i := range rapid.IntRange(1, 40).Draw(t, "events") {
		s.Events = append(s.Events, anyEvent(t, i, s.Now))
	}
	if rapid.Bool().Draw(t, "wishes") {
		s.Preferences = map[string]Preferences{"a@p1.com": {Zone: mustZone("Europe/Berlin"), Hours: Hours{14 * time.Hour, 18 * time.Hour}, Days: []time.Weekday{time.Tuesday, time.Thursday}}}
	}
	return s
}

func anyEvent(t *rapid.T, i int, now time.Time) Event {
	start := now.Truncate(5 * time.Minute).Add(time.Duration(rapid.IntRange(-35*288, 60*288).Draw(t, "start")) * 5 * time.Minute)
	local := start.In(newYork)
	if rapid.IntRange(0, 14).Draw(t, "all-day") == 0 {
		first := DateOf(local)
		end := first + Date(rapid.IntRange(1, 9).Draw(t, "days"))
		return allDay(fmt.Sprint("off", i), first.String(), end.String())
	}
	answers := rapid.SampledFrom([]string{"", "=accepted", "=declined"})
	guests := ""
	for range rapid.IntRange(0, 2).Draw(t, "guests") {
		guests += fmt.Sprintf(" a@p%d.com%s", rapid.IntRange(0, 8).Draw(t, "prospect"), answers.Draw(t, "answer"))
	}
	changes := []tweak{lasting(time.Duration(rapid.IntRange(0, 36).Draw(t, "length")) * 5 * time.Minute)}
	for _, c := range []struct {
		name string
		one  int
		do   tweak
	}{
		{"cancelled", 6, cancelled}, {"transparent", 5, transparent}, {"weekly", 8, recurs("FREQ=WEEKLY;COUNT=5")},
	} {
		if rapid.IntRange(0, c.one).Draw(t, c.name) == 0 {
			changes = append(changes, c.do)
		}
	}
	return meeting(fmt.Sprint("m", i), local.Format("2006-01-02 15:04"), guests, changes...)
}

func allHolds(p Plan) []Hold {
	var all []Hold
	for _, f := range p.Flags {
		all = append(all, f.Holds...)
	}
	return all
}

func TestNoHoldOverlapsBusyTimeOrAnotherHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyCalendar(t)
		instances, _ := Expand(s.Events, newYork, s.Now, s.Now.Add(busyAhead))
		lists := NewGuestLists(s.Settings)
		holds := allHolds(Decide(s))
		for i, h := range holds {
			place := span{h.Start.Unix(), h.End.Unix()}
			for j := range instances {
				if lists.TakesTime(instances[j].Event) && instances[j].span.start < instances[j].span.end && place.overlaps(instances[j].span) {
					t.Fatalf("%s at %v is over %s", h.Title, h.Start, instances[j].Event.UID)
				}
			}
			for _, other := range holds[:i] {
				if place.overlaps(toSpan(Span{other.Start, other.End})) {
					t.Fatalf("%s and %s overlap at %v", h.Title, other.Title, h.Start)
				}
			}
		}
	})
}

func TestEveryHoldIsOnABusinessDayInHoursAndNotTooSoon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyCalendar(t)
		for _, h := range allHolds(Decide(s)) {
			local := h.Start.In(newYork)
			hours := s.Settings.Hours.on(DateOf(local), newYork)
			_, holiday := Region("us").Holiday(DateOf(local))
			weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
			switch {
			case weekend || holiday || dayOff(s, DateOf(local)):
				t.Fatalf("%s on %v, which is no business day", h.Title, local)
			case h.Start.Unix() < hours.start || h.End.Unix() > hours.end:
				t.Fatalf("%s at %v is outside working hours", h.Title, local)
			case h.Start.Before(s.Now.Add(15 * time.Minute)):
				t.Fatalf("%s at %v is less than 15 minutes from now, %v", h.Title, local, s.Now)
			case local.Minute()%15 != 0 || local.Second() != 0:
				t.Fatalf("%s at %v is not on a quarter hour", h.Title, local)
			case h.Late != (!h.CatchUp && h.Start.After(h.DueBy)):
				t.Fatalf("%s at %v, due by %v: late is %v", h.Title, h.Start, h.DueBy, h.Late)
			case !h.CatchUp && h.Start.Before(h.NotBefore):
				t.Fatalf("%s at %v is before its window, %v", h.Title, h.Start, h.NotBefore)
			}
		}
	})
}

func dayOff(s Snapshot, d Date) bool {
	return slices.ContainsFunc(s.Events, func(e Event) bool {
		return e.AllDay() && !e.Transparent && DateOf(e.Start.Wall) <= d && d < DateOf(e.End.Wall)
	})
}

func TestTheDaysShareOfHoldsIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type perDay struct{ holds, catchUps int }
		days, prospects := map[Date]perDay{}, map[string]bool{}
		for _, h := range allHolds(Decide(anyCalendar(t))) {
			d := DateOf(h.Start.In(newYork))
			n := days[d]
			n.holds++
			if h.CatchUp {
				n.catchUps++
			}
			days[d] = n
			key := h.Prospect + d.String()
			if n.holds > 6 || n.catchUps > 2 || prospects[key] {
				t.Fatalf("%v has %+v, %s again: %v", d, n, h.Prospect, prospects[key])
			}
			prospects[key] = true
		}
	})
}

func TestSameInputSameOutputWhateverTheOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyCalendar(t)
		first := Decide(s)
		again := s
		again.Events = rapid.Permutation(s.Events).Draw(t, "order")
		if diff := cmp.Diff(first, Decide(again)); diff != "" {
			t.Fatalf("the plan differs (-first +again):\n%s", diff)
		}
	})
}

func TestAddingAFollowOnMeetingNeverAddsAFlag(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyCalendar(t)
		before := Decide(s)
		prospect := fmt.Sprintf("p%d.com", rapid.IntRange(0, 8).Draw(t, "prospect"))
		start := s.Now.Add(time.Duration(rapid.IntRange(1, 100*24*60).Draw(t, "in")) * time.Minute)
		s.Events = append(slices.Clone(s.Events), meeting("follow-on", start.In(newYork).Format("2006-01-02 15:04"), "a@"+prospect))
		after := Decide(s)
		if got := outcome(after, prospect); got[:len("covered")] != "covered" {
			t.Fatalf("%s has a meeting at %v: %s", prospect, start, got)
		}
		for _, f := range after.Flags {
			if outcome(before, f.Prospect) != outcome(after, f.Prospect) {
				t.Fatalf("%s: %s, before: %s", f.Prospect, outcome(after, f.Prospect), outcome(before, f.Prospect))
			}
		}
	})
}

func TestDecidingTwicePlansNothingNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyCalendar(t)
		first := Decide(s)
		s.Holds = allHolds(first)
		second := Decide(s)
		if again := allHolds(second); len(again) > 0 || len(second.Release) > 0 {
			t.Fatalf("planned again: %+v, released: %+v", again, second.Release)
		}
		for i := range first.Flags {
			if len(second.Flags[i].Unplaced) > len(first.Flags[i].Unplaced) {
				t.Fatalf("%s: unplaced %v, at first %v", first.Flags[i].Prospect, second.Flags[i].Unplaced, first.Flags[i].Unplaced)
			}
		}
	})
}

func TestAtMostOneFlagForAKeyAndNeverOneThatIsCovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Decide(anyCalendar(t))
		seen := map[string]bool{}
		for _, f := range p.Flags {
			if seen[f.Prospect] {
				t.Fatalf("%s is flagged twice", f.Prospect)
			}
			seen[f.Prospect] = true
		}
		for _, c := range p.Covered {
			if seen[c.Prospect] {
				t.Fatalf("%s is flagged and covered", c.Prospect)
			}
		}
	})
}
