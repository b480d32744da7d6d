package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// holdsOf returns the holds of the only flag as lines: "thank-you email Wed 18 Nov
// 10:15" with "late", "catch-up" and the notes after it.
func holdsOf(t *testing.T, p Plan) []string {
	t.Helper()
	if len(p.Flags) != 1 {
		t.Fatalf("%d flags, want 1: %+v", len(p.Flags), p.Flags)
	}
	return holdLines(p.Flags[0])
}

func holdLines(f Flag) []string {
	var lines []string
	for _, h := range f.Holds {
		line := fmt.Sprintf("%s %s %s", h.Step, h.Channel, h.Start.In(newYork).Format("Mon 2 Jan 15:04"))
		if h.Late {
			line += " late"
		}
		if h.CatchUp {
			line += " catch-up"
		}
		lines = append(lines, strings.Join(append([]string{line}, h.Notes...), "; "))
	}
	for _, u := range f.Unplaced {
		lines = append(lines, u.Step+" unplaced: "+u.Reason)
	}
	return lines
}

// TestHolds holds placement to the rules. Now is Wednesday 2026-11-18 10:00 local;
// Thursday the 26th is Thanksgiving.
func TestHolds(t *testing.T) {
	yesterday := meeting("m", "2026-11-17 14:00", ana)
	cases := []struct {
		rule   string
		events []Event
		want   []string
	}{
		{"after-meeting: thank-you on business day 1, second contact on 3 or 4, third within 30 calendar days",
			[]Event{yesterday},
			[]string{"thank-you email Wed 18 Nov 10:15", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"rebook: new time on business day 1, counted from now where the event is still to come",
			[]Event{meeting("m", "2026-12-17 14:00", ana, cancelled)},
			[]string{"new-time call Thu 19 Nov 09:00", "second-contact call Mon 23 Nov 09:00", "third-contact call Mon 14 Dec 09:00"}},
		{"rebook: counted from the event's end where that is earlier",
			[]Event{meeting("m", "2026-11-17 14:00", ana, cancelled)},
			[]string{"new-time call Wed 18 Nov 10:15", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"wrapping_up plans the same holds",
			[]Event{meeting("m", "2026-11-18 09:20", ana)},
			[]string{"thank-you email Thu 19 Nov 09:00", "second-contact call Mon 23 Nov 09:00", "third-contact call Mon 14 Dec 09:00"}},
		{"never over anything busy",
			[]Event{yesterday, busyEvent("b", "2026-11-18 10:00", "2026-11-18 13:20"), busyEvent("c", "2026-11-20 08:00", "2026-11-20 16:50")},
			[]string{"thank-you email Wed 18 Nov 13:30", "second-contact call Mon 23 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"transparent, cancelled and declined events do not block",
			[]Event{yesterday, busyEvent("b", "2026-11-18 10:00", "2026-11-18 17:00", transparent), busyEvent("c", "2026-11-18 10:00", "2026-11-18 17:00", cancelled), busyEvent("d", "2026-11-18 10:00", "2026-11-18 17:00", repAnswers(Declined))},
			[]string{"thank-you email Wed 18 Nov 10:15", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"starts on a quarter hour",
			[]Event{yesterday, busyEvent("b", "2026-11-18 10:00", "2026-11-18 10:20")},
			[]string{"thank-you email Wed 18 Nov 10:30", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"an opaque all-day event makes a day off, which is no business day",
			[]Event{yesterday, allDay("o", "2026-11-18", "2026-11-19")},
			[]string{"thank-you email Thu 19 Nov 09:00", "second-contact call Mon 23 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"a transparent all-day event does not",
			[]Event{yesterday, allDay("o", "2026-11-18", "2026-11-19", transparent)},
			[]string{"thank-you email Wed 18 Nov 10:15", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"out of office for the whole working hours is a day off, even when shown as free",
			[]Event{yesterday, busyEvent("o", "2026-11-18 09:00", "2026-11-18 17:00", transparent, func(e *Event) { e.OutOfOffice = true })},
			[]string{"thank-you email Thu 19 Nov 09:00", "second-contact call Mon 23 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"out of office for less is not",
			[]Event{yesterday, busyEvent("o", "2026-11-18 09:00", "2026-11-18 16:30", func(e *Event) { e.OutOfOffice = true })},
			[]string{"thank-you email Wed 18 Nov 16:30", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"overdue steps become one catch-up; a step whose window has begun speaks for them",
			[]Event{meeting("m", "2026-11-12 14:00", ana)}, // day 1: 13 Nov; days 3 and 4: 17 and 18 Nov
			[]string{"second-contact call Wed 18 Nov 10:15 catch-up", "third-contact call Mon 7 Dec 09:00"}},
		{"otherwise the catch-up has the name and channel of the last overdue step",
			[]Event{meeting("m", "2026-11-06 14:00", ana)}, // days 3 and 4: 11 and 12 Nov
			[]string{"second-contact call Wed 18 Nov 10:15 catch-up", "third-contact call Mon 30 Nov 09:00"}},
		{"the step that speaks for overdue ones need not be the first that is left",
			[]Event{meeting("m", "2026-10-19 14:00", ana), allDay("o", "2026-10-21", "2026-11-18")}, // day 1: 20 Oct; days 3 and 4: 19 and 20 Nov; the last up to 18 Nov
			[]string{"third-contact call Wed 18 Nov 10:15 catch-up", "second-contact call Thu 19 Nov 09:00"}},
		{"Holdfast's own holds keep their place while they show as free",
			[]Event{yesterday, busyEvent("h", "2026-11-18 10:00", "2026-11-18 11:00", transparent, written(KindHold))},
			[]string{"thank-you email Wed 18 Nov 11:00", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"a thank-you that alone is overdue is the catch-up",
			[]Event{meeting("m", "2026-11-16 08:00", ana, lasting(time.Hour)), busyEvent("b", "2026-11-17 00:00", "2026-11-17 00:30")}, // day 1: 17 Nov
			[]string{"thank-you email Wed 18 Nov 10:15 catch-up", "second-contact call Thu 19 Nov 09:00", "third-contact call Thu 10 Dec 09:00"}},
		{"a step that fits nowhere before its deadline is placed at the first place after it, and late",
			[]Event{yesterday, busyEvent("b", "2026-11-18 09:00", "2026-11-18 17:00")},
			[]string{"thank-you email Thu 19 Nov 09:00 late", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"one that fits nowhere within 20 business days of its deadline is unplaced",
			[]Event{yesterday, busyEvent("b", "2026-11-18 00:00", "2027-06-01 00:00")},
			[]string{
				"thank-you unplaced: no free time within 20 business days of its deadline",
				"second-contact unplaced: no free time within 20 business days of its deadline",
				"third-contact unplaced: no free time within 20 business days of its deadline",
			}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if diff := cmp.Diff(c.want, holdsOf(t, decide(t, snapshot(c.events...)))); diff != "" {
				t.Errorf("holds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHoldSaysWindowTitleAndPurpose(t *testing.T) {
	p := decide(t, snapshot(meeting("m", "2026-11-17 14:00", ana, func(e *Event) { e.Attendees[1].Name = "Ana Ruiz" })))
	h := p.Flags[0].Holds[1]
	want := Hold{
		Step: "second-contact", Cadence: "after-meeting", Channel: Call,
		Title: "Call Ana Ruiz (acme.com) · second contact 2/3",
		Start: at("2026-11-20 09:00"), End: at("2026-11-20 09:15"),
		NotBefore: at("2026-11-20 09:00"), DueBy: at("2026-11-23 17:00"),
		Notes: []string{}, Prospect: "acme.com", Meeting: MeetingRef{UID: "m"}, State: Planned,
		Description: "The meeting ended without a next step.\nMeeting: Demo, Tue 17 Nov 2026 14:00\nPurpose: Agree on the next meeting.\n" +
			"Opening: I am following up on “Demo”: what would be a good next step for you?\n",
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("hold (-want +got):\n%s", diff)
	}
}

func TestHoldTitleLeavesOutABracketThatRepeatsTheName(t *testing.T) {
	cases := []struct{ name, address, prospect, want string }{
		{"Ana Ruiz", "ana@acme.com", "acme.com", "Call Ana Ruiz (acme.com) · second contact 2/3"},
		{"", "ana@acme.com", "acme.com", "Call ana@acme.com · second contact 2/3"},
		{"", "sam@gmail.com", "sam@gmail.com", "Call sam@gmail.com · second contact 2/3"},
		{"Sam", "sam@gmail.com", "sam@gmail.com", "Call Sam (sam@gmail.com) · second contact 2/3"},
	}
	for _, c := range cases {
		if got := holdTitle(Call, Contact{c.address, c.name}, c.prospect, AfterMeeting(), 1); got != c.want {
			t.Errorf("title %q, want %q", got, c.want)
		}
	}
}

func TestTheContactIs(t *testing.T) {
	cases := []struct {
		rule   string
		guests string
		tweak  tweak
		want   string
	}{
		{"the organizer", "bo@acme.com=accepted cy@acme.com", organizedBy("cy@acme.com"), "cy@acme.com"},
		{"not an organizer who declined", "bo@acme.com cy@acme.com=declined", organizedBy("cy@acme.com"), "bo@acme.com"},
		{"else the first who accepted", "bo@acme.com cy@acme.com=accepted di@acme.com=accepted", func(*Event) {}, "cy@acme.com"},
		{"else the first in the invitation's order", "bo@acme.com=declined cy@acme.com di@acme.com=tentative", func(*Event) {}, "cy@acme.com"},
		{"if all declined, the organizer", "bo@acme.com=declined cy@acme.com=declined", organizedBy("cy@acme.com"), "cy@acme.com"},
		{"if all declined, else the first", "bo@acme.com=declined cy@acme.com=declined", func(*Event) {}, "bo@acme.com"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			p := decide(t, snapshot(meeting("m", "2026-11-17 14:00", c.guests, c.tweak)))
			if len(p.Flags) != 1 || p.Flags[0].Contact.Address != c.want {
				t.Errorf("flags %+v, want the contact %s", p.Flags, c.want)
			}
		})
	}
}

// many makes n flagged meetings with n prospects, 15 minutes apart from start on.
func many(n int, start string) []Event {
	var events []Event
	for i := range n {
		e := meeting(fmt.Sprintf("m%02d", i), start, fmt.Sprintf("a@company%02d.com", i), lasting(10*time.Minute))
		shift := time.Duration(i) * 15 * time.Minute
		e.Start.Wall, e.End.Wall = e.Start.Wall.Add(shift), e.End.Wall.Add(shift)
		events = append(events, e)
	}
	return events
}

// byDay counts what p places on each local day.
func byDay(p Plan, counts func(Hold) bool) map[string]int {
	days := map[string]int{}
	for _, f := range p.Flags {
		for _, h := range f.Holds {
			if counts(h) {
				days[h.Start.In(newYork).Format(time.DateOnly)]++
			}
		}
	}
	return days
}

func TestAtMostSixHoldsADay(t *testing.T) {
	p := decide(t, snapshot(many(20, "2026-11-17 09:00")...))
	days := byDay(p, func(Hold) bool { return true })
	if len(days) == 0 || days["2026-11-18"] != 6 {
		t.Errorf("holds by day %v, want 6 on the 18th", days)
	}
	for d, n := range days {
		if n > 6 {
			t.Errorf("%d holds on %s", n, d)
		}
	}
}

func TestAtMostTwoCatchUpsADayTheLatestMeetingFirst(t *testing.T) {
	p := decide(t, snapshot(many(6, "2026-11-05 09:00")...))
	days := byDay(p, func(h Hold) bool { return h.CatchUp })
	if diff := cmp.Diff(map[string]int{"2026-11-18": 2, "2026-11-19": 2, "2026-11-20": 2}, days); diff != "" {
		t.Errorf("catch-ups by day (-want +got):\n%s", diff)
	}
	first := slices.IndexFunc(p.Flags, func(f Flag) bool { return f.Prospect == "company05.com" })
	if got := holdLines(p.Flags[first])[0]; got != "second-contact call Wed 18 Nov 10:15 catch-up" {
		t.Errorf("the latest meeting's: %s, want it first of all", got)
	}
}

// A new meeting's thank-you is worth more than the backlog, and one late step must
// not make the rest late.
func TestLateStepsWaitUntilAllOthersHaveTheirPlace(t *testing.T) {
	events := append(many(8, "2026-11-17 09:00"), busyEvent("b", "2026-11-18 09:00", "2026-11-18 17:00"))
	events = append(events, many2("2026-11-18 08:00")...)
	p := decide(t, snapshot(events...))
	for _, f := range p.Flags {
		for _, h := range f.Holds {
			if h.Step == "thank-you" && f.Start.After(at("2026-11-18 00:00")) && h.Late {
				t.Errorf("%s: today's meeting has a late thank-you: yesterday's took its place", f.Prospect)
			}
		}
	}
}

func many2(start string) []Event {
	return []Event{
		meeting("x1", start, "a@late1.com", lasting(30*time.Minute)), meeting("x2", start, "a@late2.com", lasting(30*time.Minute)),
		meeting("x3", start, "a@late3.com", lasting(30*time.Minute)), meeting("x4", start, "a@late4.com", lasting(30*time.Minute)),
	}
}

func TestAStartThatSplitsALongFreeBlockIsTakenLast(t *testing.T) {
	// Contact hours from 11:00 keep the hold away from the edges of the free block
	// 09:00–13:00 on Friday; 13:00–13:30 is busy, and 13:30–13:45 splits nothing.
	s := snapshot(meeting("m", "2026-11-17 14:00", ana),
		busyEvent("b", "2026-11-20 13:00", "2026-11-20 13:30"), busyEvent("c", "2026-11-20 14:00", "2026-11-20 17:00"))
	s.Preferences = map[string]Preferences{ana: {Zone: newYork, Hours: Hours{11 * time.Hour, 14 * time.Hour}}}
	if got := holdsOf(t, decide(t, s))[1]; got != "second-contact call Fri 20 Nov 12:45" {
		t.Errorf("%s, want the end of the block, which splits nothing", got)
	}
}

func TestTheContactsWishes(t *testing.T) {
	berlin := mustZone("Europe/Berlin")
	cases := []struct {
		rule  string
		prefs Preferences
		want  []string
	}{
		{"calls are between 09:00 and 17:00 in their zone", Preferences{Zone: berlin},
			[]string{"thank-you email Wed 18 Nov 10:15", "second-contact call Fri 20 Nov 09:00", "third-contact call Fri 11 Dec 09:00"}},
		{"their own hours bind every channel", Preferences{Zone: newYork, Hours: Hours{15 * time.Hour, 16 * time.Hour}},
			[]string{"thank-you email Wed 18 Nov 15:00", "second-contact call Fri 20 Nov 15:00", "third-contact call Fri 11 Dec 15:00"}},
		{"their preferred days", Preferences{Zone: newYork, Days: []time.Weekday{time.Monday}},
			[]string{"second-contact call Mon 23 Nov 09:00", "thank-you email Mon 30 Nov 09:00 late", "third-contact call Mon 14 Dec 09:00"}},
		{"their preferred channel", Preferences{Channel: Video},
			[]string{"thank-you email Wed 18 Nov 10:15", "second-contact video Fri 20 Nov 09:00", "third-contact video Fri 11 Dec 09:00"}},
		{"if that leaves nothing, hours give way first", Preferences{Zone: newYork, Hours: Hours{6 * time.Hour, 7 * time.Hour}, Days: []time.Weekday{time.Monday}},
			[]string{
				"second-contact call Mon 23 Nov 09:00; outside the contact's hours: nothing else is free",
				"thank-you email Mon 30 Nov 09:00 late; outside the contact's hours: nothing else is free",
				"third-contact call Mon 14 Dec 09:00; outside the contact's hours: nothing else is free",
			}},
		{"then days", Preferences{Zone: newYork, Days: []time.Weekday{time.Sunday}},
			[]string{
				"thank-you email Wed 18 Nov 10:15; outside the contact's hours and days: nothing else is free",
				"second-contact call Fri 20 Nov 09:00; outside the contact's hours and days: nothing else is free",
				"third-contact call Fri 11 Dec 09:00; outside the contact's hours and days: nothing else is free",
			}},
		{"not-before never gives way", Preferences{NotBefore: at("2027-03-01 00:00")},
			[]string{
				"thank-you unplaced: no free time that the contact asked for within 20 business days of its deadline",
				"second-contact unplaced: no free time that the contact asked for within 20 business days of its deadline",
				"third-contact unplaced: no free time that the contact asked for within 20 business days of its deadline",
			}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := snapshot(meeting("m", "2026-11-17 14:00", ana))
			s.Preferences = map[string]Preferences{ana: c.prefs}
			if diff := cmp.Diff(c.want, holdsOf(t, decide(t, s))); diff != "" {
				t.Errorf("holds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPublicHolidaysOfTheContactsRegionAreNoBusinessDays(t *testing.T) {
	// Business days 3 and 4 are the 20th and the 23rd, a holiday in Japan.
	events := []Event{meeting("m", "2026-11-17 14:00", ana), busyEvent("b", "2026-11-20 09:00", "2026-11-20 17:00")}
	for region, want := range map[Region]string{"": "second-contact call Mon 23 Nov 09:00", "jp": "second-contact call Tue 24 Nov 09:00"} {
		s := snapshot(events...)
		s.Preferences = map[string]Preferences{ana: {Region: region}}
		if got := holdsOf(t, decide(t, s))[1]; got != want {
			t.Errorf("region %q: %s, want %s", region, got, want)
		}
	}
}

func TestAtMostSixTouchesInThirtyDays(t *testing.T) {
	s := snapshot(meeting("m", "2026-11-17 14:00", ana))
	for i := range 5 {
		start := at("2026-11-02 09:00").Add(time.Duration(i) * 24 * time.Hour)
		s.Holds = append(s.Holds, Hold{Prospect: "acme.com", Start: start, End: start.Add(15 * time.Minute), State: Done, Meeting: MeetingRef{UID: "old"}})
	}
	want := []string{"thank-you email Wed 18 Nov 10:15", "second-contact call Wed 2 Dec 09:00 late", "third-contact call Fri 11 Dec 09:00"}
	if diff := cmp.Diff(want, holdsOf(t, decide(t, s))); diff != "" {
		t.Errorf("holds (-want +got):\n%s", diff)
	}
}

func TestOneHoldADayForAProspect(t *testing.T) {
	s := snapshot(meeting("m", "2026-11-17 14:00", ana))
	s.Holds = []Hold{{Prospect: "acme.com", Start: at("2026-11-18 15:00"), End: at("2026-11-18 15:15"), State: Moved, Meeting: MeetingRef{UID: "old"}}}
	if got := holdsOf(t, decide(t, s))[0]; got != "thank-you email Thu 19 Nov 09:00 late" {
		t.Errorf("%s, want it on another day than the hold that the rep moved", got)
	}
}

func TestANextStepReleasesTheUntouchedHolds(t *testing.T) {
	before := snapshot(meeting("m", "2026-11-17 14:00", ana))
	after := before
	after.Holds = slices.Clone(decide(t, before).Flags[0].Holds)
	after.Holds[0].State, after.Holds[1].State = Moved, Written
	after.Events = append(slices.Clone(before.Events), meeting("n", "2026-11-24 14:00", ana))
	p := decide(t, after)
	var released []string
	for _, h := range p.Release {
		released = append(released, h.Step+" "+string(h.State))
	}
	if diff := cmp.Diff([]string{"second-contact released", "third-contact released"}, released); diff != "" {
		t.Errorf("released (-want +got):\n%s", diff)
	}
}

func TestAHoldThatTheRepDeletedDoesNotComeBack(t *testing.T) {
	s := snapshot(meeting("m", "2026-11-17 14:00", ana))
	s.Holds = decide(t, s).Flags[0].Holds
	s.Holds[1].State = Skipped
	if p := decide(t, s); len(p.Flags[0].Holds) != 0 {
		t.Errorf("planned anew: %v", holdLines(p.Flags[0]))
	}
}
