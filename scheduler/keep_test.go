package scheduler

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHoldsThatExist(t *testing.T) {
	taken := busyEvent("b", "2026-11-20 09:00", "2026-11-20 09:30")
	cases := []struct {
		rule  string
		state HoldState // of the second contact, Friday 09:00
		now   string
		more  []Event
		want  string
	}{
		{"stay where they are", Written, testNow, nil, "keep second-contact written Fri 20 Nov 09:00 on calendar"},
		{"move where their time was taken", Written, testNow, []Event{taken}, "keep second-contact written Fri 20 Nov 09:30 on calendar"},
		{"move before they were written, too", Planned, testNow, []Event{taken}, "keep second-contact planned Fri 20 Nov 09:30 on calendar"},
		{"stay where the rep moved them", Moved, testNow, []Event{taken}, "keep second-contact moved Fri 20 Nov 09:00 on calendar"},
		{"stay once they have begun on the calendar", Written, "2026-11-20 09:00", []Event{taken}, "keep second-contact written Fri 20 Nov 09:00 on calendar"},
		{"move while they wait to be written and their time comes", Planned, "2026-11-20 08:50", nil, "keep second-contact planned Fri 20 Nov 09:15 on calendar"},
		{"stay on the calendar though their time comes", Written, "2026-11-20 08:50", nil, "keep second-contact written Fri 20 Nov 09:00 on calendar"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
			s = carriedOut(s, decide(t, s))
			s.Holds[1].State = c.state
			s.Events, s.Now = append(s.Events, c.more...), at(c.now)
			p := decide(t, s)
			if got := stateLines(p); !slices.Contains(got, c.want) || len(got) != 3 || p.Keep[1].Row != s.Holds[1].Row {
				t.Errorf("%v, want %s in its row", got, c.want)
			}
		})
	}
}

func TestAHoldMovesAwayFromOneThatTheRepPutOnIt(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-17 16:00", "bo@globex.io"))
	s = carriedOut(s, decide(t, s))
	mine := slices.IndexFunc(s.Holds, func(h Hold) bool { return h.Prospect == "acme.com" && h.Step == "second-contact" })
	other := slices.IndexFunc(s.Holds, func(h Hold) bool { return h.Prospect == "globex.io" && h.Step == "second-contact" })
	s.Holds[other].Start, s.Holds[other].End, s.Holds[other].State = s.Holds[mine].Start, s.Holds[mine].End, Moved
	p := decide(t, s)
	for _, h := range p.Keep {
		if h.Row == s.Holds[mine].Row && h.Start.Equal(s.Holds[mine].Start) {
			t.Errorf("both are at %v", h.Start)
		}
	}
}

func TestAHoldWithoutAnotherPlaceStaysAndSaysSo(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Holds[2].State = Planned
	s.Events = append(s.Events, busyEvent("b", "2026-11-19 00:00", "2027-06-01 00:00"))
	p := decide(t, s)
	want := []string{
		"keep thank-you written Wed 18 Nov 10:15 on calendar",
		"keep second-contact written Fri 20 Nov 09:00 on calendar",
		"release third-contact released Fri 11 Dec 09:00",
	}
	if diff := cmp.Diff(want, stateLines(p)); diff != "" {
		t.Errorf("one that was never written is unplaced (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{noOtherPlace}, p.Keep[1].Notes); diff != "" || len(p.Flags[0].Unplaced) != 1 {
		t.Errorf("unplaced %v; notes (-want +got):\n%s", p.Flags[0].Unplaced, diff)
	}
	s = carriedOut(s, p)
	s.Events = s.Events[:1]
	if p = decide(t, s); len(p.Keep[1].Notes) != 0 || len(p.Flags[0].Holds) != 1 {
		t.Errorf("free again, it says %v; planned %v", p.Keep[1].Notes, allHolds(p))
	}
}

func TestStepsThatWereNeverWrittenAndAreOverdueBecomeOneCatchUp(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-12 14:00", ana))
	s.Now, s.Backlog = at("2026-11-12 15:00"), BacklogFirst
	s = carriedOut(s, decide(t, s))
	s.Now, s.Backlog = at("2026-11-20 10:00"), BacklogAccepted
	want := []string{
		"keep second-contact planned Fri 20 Nov 10:15 on calendar",
		"keep third-contact planned Mon 7 Dec 09:00 on calendar",
		"release thank-you released Fri 13 Nov 09:00",
	}
	p := decide(t, s)
	if diff := cmp.Diff(want, stateLines(p)); diff != "" || !p.Keep[0].CatchUp {
		t.Errorf("catch-up: %v; holds (-want +got):\n%s", p.Keep[0].CatchUp, diff)
	}
}

func TestAHoldThatIsPlannedAgainKeepsItsRow(t *testing.T) {
	open := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s := carriedOut(open, decide(t, open))
	rows := []string{s.Holds[0].Row, s.Holds[1].Row, s.Holds[2].Row}
	s.Events = append(slices.Clone(open.Events), meeting("n", "2026-11-24 14:00", ana))
	s = carriedOut(s, decide(t, s)) // released
	s.Events = open.Events
	var again []string
	for _, h := range allHolds(decide(t, s)) {
		again = append(again, h.Row)
	}
	if diff := cmp.Diff(rows, again); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestHowAHoldShows(t *testing.T) {
	cases := []struct {
		rule   string
		showAs ShowAs
		ahead  time.Duration
		want   bool
	}{
		{"free more than 24 hours before", ShowFreeThenBusy, 24*time.Hour + time.Second, false},
		{"busy from 24 hours before", ShowFreeThenBusy, 24 * time.Hour, true},
		{"busy afterwards", ShowFreeThenBusy, -time.Hour, true},
		{"always free", ShowFree, time.Hour, false},
		{"always busy", ShowBusy, 48 * time.Hour, true},
	}
	for _, c := range cases {
		s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
		s = carriedOut(s, decide(t, s))
		s.Settings.ShowAs = c.showAs
		s.Now = s.Holds[1].Start.Add(-c.ahead)
		if h := decide(t, s).Keep[1]; h.Busy != c.want {
			t.Errorf("%s: busy is %v", c.rule, h.Busy)
		}
		s.Holds[1].State, s.Holds[1].Busy = Moved, !c.want
		if h := decide(t, s).Keep[1]; h.Busy == c.want {
			t.Errorf("%s: it changed a hold that the rep moved", c.rule)
		}
	}
}

func TestACatchUpThatMovesStaysOne(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-12 14:00", ana)) // second contact due today
	s = carriedOut(s, decide(t, s))
	s.Holds[0].State, s.Now = Planned, at("2026-11-18 10:10")
	p := decide(t, s)
	if h := p.Keep[0]; !h.CatchUp || h.Late || !h.Start.Equal(at("2026-11-18 10:30")) || len(allHolds(p)) > 0 {
		t.Errorf("%v: catch-up is %v", stateLines(p), h.CatchUp)
	}
}

func TestACatchUpStandsForAllThatWasOverdueThen(t *testing.T) {
	// Business days 3 and 4 are the 19th and 20th; the third contact was due on the 18th.
	s := serviceSnapshot(meeting("m", "2026-10-19 14:00", ana), allDay("o", "2026-10-21", "2026-11-18"))
	s.Now, s.Settings.Lookback = at("2026-11-19 10:00"), 40*24*time.Hour
	first := decide(t, s)
	if got := holdsOf(t, first); len(got) != 1 || got[0] != "second-contact call Thu 19 Nov 10:15 catch-up" {
		t.Fatal(got)
	}
	s = carriedOut(s, first)
	if p := decide(t, s); len(allHolds(p)) > 0 {
		t.Errorf("planned besides it: %v", stateLines(p))
	}
}

func TestALateHoldOnTheCalendarKeepsItsOwnPlaceBesideACatchUp(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Holds[0].Start, s.Holds[0].End = at("2026-11-24 15:00"), at("2026-11-24 15:15")
	s.Holds[1].State = Planned // for the 20th, and due by the 23rd
	s.Now = at("2026-11-24 10:00")
	s.Events = append(s.Events, busyEvent("b", "2026-11-24 15:00", "2026-11-24 15:30"))
	want := []string{
		"keep thank-you written Tue 24 Nov 10:15 on calendar",
		"keep second-contact planned Wed 25 Nov 09:00 on calendar",
		"keep third-contact written Fri 11 Dec 09:00 on calendar",
	}
	if diff := cmp.Diff(want, stateLines(decide(t, s))); diff != "" {
		t.Errorf("holds (-want +got):\n%s", diff)
	}
}

func TestOfTwoHoldsAtOneTimeTheOneOnTheCalendarStays(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-17 16:00", "bo@globex.io"))
	s = carriedOut(s, decide(t, s))
	place := func(prospect string, state HoldState) {
		for i := range s.Holds {
			if h := &s.Holds[i]; h.Prospect == prospect && h.Step == "second-contact" {
				h.Start, h.End, h.State = at("2026-11-20 11:00"), at("2026-11-20 11:15"), state
			}
		}
	}
	for _, written := range []string{"acme.com", "globex.io"} {
		place("acme.com", Planned)
		place("globex.io", Planned)
		place(written, Written)
		for _, h := range decide(t, s).Keep {
			if stays := h.Start.Equal(at("2026-11-20 11:00")); h.Step == "second-contact" && stays != (h.Prospect == written) {
				t.Errorf("%s is on the calendar; %s is at %v", written, h.Prospect, h.Start.In(newYork))
			}
		}
	}
}

func TestAHoldOnTheCalendarStaysThereWhileItsMeetingGoesOn(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-18 09:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Events[0] = meeting("m", "2026-11-18 09:00", ana, lasting(65*time.Minute)) // made longer
	p := decide(t, s)
	if p.Flags[0].Reason != WrappingUp || len(p.Keep) != 3 || !p.Keep[0].OnCalendar {
		t.Errorf("%s: %v", p.Flags[0].Reason, stateLines(p))
	}
}

// Of a meeting that was cancelled ahead of its time business day 0 is the day on
// which that was first seen, not each day until then.
func TestTheWindowsOfACancelledMeetingToComeDoNotWander(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-12-17 14:00", ana, cancelled))
	s = carriedOut(s, decide(t, s))
	s.Now = at("2026-11-23 08:00")
	s.Events = append(s.Events, busyEvent("b", "2026-11-23 09:00", "2026-11-23 17:00"))
	p := decide(t, s)
	if h := p.Keep[1]; h.Step != "second-contact" || !h.Start.Equal(at("2026-11-24 09:00")) || h.Late {
		t.Errorf("%v, want the second contact on business day 4", stateLines(p))
	}
}
