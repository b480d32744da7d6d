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

func TestSnooze(t *testing.T) {
	cases := []struct {
		rule  string
		until string
		more  []Event
		want  string // "": there is no place
	}{
		{"to the next business day", "", nil, "Thu 19 Nov 09:00"},
		{"to the first free place of it", "", []Event{busyEvent("b", "2026-11-19 08:00", "2026-11-19 11:50")}, "Thu 19 Nov 12:00"},
		{"to the first free place from a moment on", "2026-11-23 14:20", nil, "Mon 23 Nov 14:30"},
		{"not to a weekend or a holiday", "2026-11-26 12:00", nil, "Fri 27 Nov 09:00"},
		{"not to a day on which they have another hold", "2026-11-20 08:00", nil, "Mon 23 Nov 09:00"},
		{"nowhere where nothing is free", "", []Event{busyEvent("b", "2026-11-19 00:00", "2027-06-01 00:00")}, ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
			s = carriedOut(s, decide(t, s))
			s.Events = append(s.Events, c.more...)
			var until time.Time
			if c.until != "" {
				until = at(c.until)
			}
			h, ok := Snooze(s, s.Holds[0].Row, until)
			if ok != (c.want != "") || ok && (h.Start.In(newYork).Format("Mon 2 Jan 15:04") != c.want || h.State != Moved || h.Row != s.Holds[0].Row) {
				t.Errorf("%v %s %v, want it moved to %s", ok, h.State, h.Start.In(newYork), c.want)
			}
		})
	}
	if _, ok := Snooze(serviceSnapshot(), "none", time.Time{}); ok {
		t.Error("a hold that does not exist is snoozed")
	}
}
