package scheduler

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// serviceSnapshot is the snapshot of a rep who has accepted their backlog.
func serviceSnapshot(events ...Event) Snapshot {
	s := snapshot(events...)
	s.Backlog = BacklogAccepted
	return s
}

func keyOfMeeting(prospect, uid string) Key { return Key{prospect, MeetingRef{UID: uid}} }

// carriedOut returns s after p was carried out: all that may be on the calendar is.
func carriedOut(s Snapshot, p Plan) Snapshot {
	s.Known = nil
	for _, f := range p.Flags {
		s.Known = append(s.Known, KnownFlag{Key: f.key(), Start: f.Start, Opened: s.Now, Backlog: f.Backlog})
	}
	s.Holds = livedHolds(s, p, true)
	s.Reminders = livedReminders(s, p, true)
	return s
}

// stateLines says of each hold that p keeps, plans and releases where it is.
func stateLines(p Plan) []string {
	var lines []string
	add := func(what string, holds []Hold) {
		for _, h := range holds {
			line := fmt.Sprintf("%s %s %s %s", what, h.Step, h.State, h.Start.In(newYork).Format("Mon 2 Jan 15:04"))
			if h.OnCalendar {
				line += " on calendar"
			}
			lines = append(lines, line)
		}
	}
	add("keep", p.Keep)
	add("plan", allHolds(p))
	add("release", p.Release)
	return lines
}

func TestAMeetingThatDidNotHappenIsRebooked(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana, lastModified("2026-11-01 09:00")),
		meeting("before", "2026-11-12 14:00", ana, created("2026-11-05 09:00")))
	s = carriedOut(s, decide(t, s))
	s.NoShows = []Key{keyOfMeeting("acme.com", "m")}
	p := decide(t, s)
	if got := outcome(p, "acme.com"); got != "flag not_rebooked m" {
		t.Fatal(got)
	}
	want := []string{
		"plan new-time planned Wed 18 Nov 10:15 on calendar",
		"plan second-contact planned Fri 20 Nov 09:00 on calendar",
		"plan third-contact planned Fri 11 Dec 09:00 on calendar",
		"release thank-you released Wed 18 Nov 10:15",
		"release second-contact released Fri 20 Nov 09:00",
		"release third-contact released Fri 11 Dec 09:00",
	}
	if diff := cmp.Diff(want, stateLines(p)); diff != "" {
		t.Errorf("the holds of the other cadence stay (-want +got):\n%s", diff)
	}
}

func TestARestedFlagHasNoHolds(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Holds[0].State, s.Holds[1].Edited = Moved, true
	s.Rested = []Key{keyOfMeeting("acme.com", "m")}
	p := decide(t, s)
	want := []string{
		"keep thank-you moved Wed 18 Nov 10:15 on calendar",
		"keep second-contact written Fri 20 Nov 09:00 on calendar",
		"release third-contact released Fri 11 Dec 09:00",
	}
	if diff := cmp.Diff(want, stateLines(p)); diff != "" || len(p.Flags) != 1 {
		t.Errorf("%d flags, want 1; holds (-want +got):\n%s", len(p.Flags), diff)
	}
}

func TestWhatTheFirstSyncFoundWaitsForTheRepsWord(t *testing.T) {
	ended, wrapping := meeting("m", "2026-11-17 14:00", ana), meeting("w", "2026-11-18 09:20", "bo@globex.io")
	cases := []struct {
		rule    string
		backlog Backlog
		known   bool // as backlog
		want    []string
	}{
		{"at first the holds of what has ended are planned and not placed", BacklogFirst, false, []string{"acme.com backlog thank-you", "globex.io thank-you"}},
		{"a known flag stays backlog until the rep answers", BacklogPending, true, []string{"acme.com backlog thank-you", "globex.io thank-you"}},
		{"what ends after the first sync is placed by itself", BacklogPending, false, []string{"acme.com thank-you on calendar", "globex.io thank-you"}},
		{"accepted, it is placed", BacklogAccepted, true, []string{"acme.com backlog thank-you on calendar", "globex.io thank-you"}},
		{"dismissed, it has no holds", BacklogDismissed, true, []string{"acme.com backlog", "globex.io thank-you"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(ended, wrapping)
			s.Backlog = c.backlog
			if c.known {
				s.Known = []KnownFlag{{Key: keyOfMeeting("acme.com", "m"), Start: at("2026-11-17 14:00"), Backlog: true}}
			}
			var got []string
			for _, f := range decide(t, s).Flags {
				line := f.Prospect
				if f.Backlog {
					line += " backlog"
				}
				if len(f.Holds) > 0 {
					line += " " + f.Holds[0].Step
				}
				if len(f.Holds) > 0 && f.Holds[0].OnCalendar {
					line += " on calendar"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADismissedBacklogReleasesItsHolds(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s.Backlog = BacklogFirst
	s = carriedOut(s, decide(t, s))
	s.Backlog = BacklogDismissed
	if p := decide(t, s); len(p.Release) != 3 || len(p.Keep) != 0 {
		t.Errorf("%v", stateLines(p))
	}
}

func TestHoldsOfAMeetingThatIsWrappingUpAreWrittenWhenItHasEnded(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-18 09:20", ana)) // ends at 10:05
	first := decide(t, s)
	s = carriedOut(s, first)
	if h := s.Holds[0]; h.State != Planned || h.OnCalendar {
		t.Fatalf("while it is wrapping up: %s, on the calendar: %v", h.State, h.OnCalendar)
	}
	if !first.WakeAt.Equal(at("2026-11-18 10:05")) {
		t.Errorf("wakes at %v, want its end", first.WakeAt)
	}
	s.Now = first.WakeAt
	p := decide(t, s)
	if h := p.Keep[0]; !h.OnCalendar || h.Description[:len("The meeting ended")] != "The meeting ended" {
		t.Errorf("after it: on the calendar: %v, %s", h.OnCalendar, h.Description)
	}
}

func TestACalendarThatIsNotCompleteChangesNothing(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana), meeting("soon", "2026-11-19 14:00", "bo@globex.io"))
	s = carriedOut(s, decide(t, s))
	s.Incomplete = true
	s.Events = []Event{busyEvent("b", "2026-11-20 09:00", "2026-11-20 09:30")}
	p := decide(t, s)
	if len(p.Flags)+len(p.Release)+len(p.ReleaseReminders)+len(p.Expired) > 0 {
		t.Errorf("it changes something: %+v", p)
	}
	if diff := cmp.Diff(s.Holds, p.Keep); diff != "" {
		t.Errorf("holds (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(s.Reminders, p.Reminders); diff != "" || len(p.Reminders) != 1 {
		t.Errorf("reminders (-want +got):\n%s", diff)
	}
}

func TestAFlagExpiresWhenItsMeetingLeavesTheWindow(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	first := decide(t, s)
	s = carriedOut(s, first)
	s.Now = at("2026-11-17 14:00").Add(30 * 24 * time.Hour)
	p := decide(t, s)
	if len(p.Flags) != 1 || len(p.Expired) != 0 {
		t.Fatalf("30 days after: flags %v, expired %v", p.Flags, p.Expired)
	}
	if want := s.Now.Add(time.Second); !p.WakeAt.Equal(want) {
		t.Errorf("it wakes at %v, want %v", p.WakeAt, want)
	}
	s.Now = p.WakeAt
	p = decide(t, s)
	if diff := cmp.Diff([]Key{keyOfMeeting("acme.com", "m")}, p.Expired); diff != "" || len(p.Flags) != 0 {
		t.Errorf("flags %v, expired (-want +got):\n%s", p.Flags, diff)
	}
	s.Events = append(s.Events, meeting("n", "2026-12-24 14:00", ana))
	if p = decide(t, s); len(p.Expired) != 0 {
		t.Errorf("expired %v, but it is covered", p.Expired)
	}
}

func TestAFlagKnowsWhereItsMeetingLives(t *testing.T) {
	at1 := func(id string) tweak {
		return func(e *Event) { e.Ref = Ref{Calendar: "c", ID: id, Link: "https://calendar/" + id} }
	}
	series := []tweak{recurs("FREQ=WEEKLY;COUNT=2"), at1("series")}
	cases := []struct {
		rule   string
		events []Event
		want   string
	}{
		{"a single event by its id", []Event{meeting("m", "2026-11-17 14:00", ana, at1("single"))}, "single"},
		{"an instance by the series' with its original start", []Event{meeting("m", "2026-11-10 14:00", ana, series...)}, "series_20261117T190000Z"},
		{"an override by its own", []Event{
			meeting("m", "2026-11-10 14:00", ana, series...),
			meeting("m", "2026-11-17 16:00", ana, at1("own"), overriding("2026-11-17 14:00")),
		}, "own"},
	}
	for _, c := range cases {
		p := decide(t, serviceSnapshot(c.events...))
		if len(p.Flags) != 1 || p.Flags[0].Ref.ID != c.want {
			t.Errorf("%s: %+v", c.rule, p.Flags)
		}
	}
	dated := Instance{Event: &Event{Ref: Ref{ID: "series"}}, recurs: true, dated: true, original: dateOf("2026-11-17").Wall().Unix()}
	if got := dated.ref().ID; got != "series_20261117" {
		t.Errorf("an all-day instance: %s", got)
	}
}

func TestAFlagNamesTheFirstTimesToSayAloud(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana), busyEvent("b", "2026-11-18 10:45", "2026-11-18 16:20"))
	want := []time.Time{at("2026-11-18 16:30"), at("2026-11-19 09:00"), at("2026-11-19 09:30")}
	if diff := cmp.Diff(want, decide(t, s).Flags[0].Times); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

func TestUpcomingAreTheMeetingsThatHaveNotEnded(t *testing.T) {
	s := serviceSnapshot(
		meeting("over", "2026-11-17 14:00", ana), meeting("now", "2026-11-18 09:30", ana),
		meeting("next", "2026-11-24 14:00", ana+" bo@globex.io=accepted"), meeting("off", "2026-11-25 14:00", ana, cancelled),
		meeting("far", "2027-03-25 14:00", ana))
	want := []ColleagueMeeting{
		{"acme.com", "now", at("2026-11-18 09:30"), at("2026-11-18 10:15"), false},
		{"acme.com", "next", at("2026-11-24 14:00"), at("2026-11-24 14:45"), false},
		{"globex.io", "next", at("2026-11-24 14:00"), at("2026-11-24 14:45"), true},
	}
	if diff := cmp.Diff(want, decide(t, s).Upcoming, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("upcoming (-want +got):\n%s", diff)
	}
}

func TestAFlagIsWaivedUntilItsResumeDate(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	resume := at("2026-11-18 12:00")
	s.Waivers = []Waiver{{Prospect: "acme.com", Meeting: MeetingRef{UID: "m"}, Reason: AgreedOtherwise, ResumeOn: resume}}
	p := decide(t, s)
	if len(p.Flags) != 0 || !p.WakeAt.Equal(resume) {
		t.Errorf("flags %v, wakes at %v", p.Flags, p.WakeAt)
	}
}

func TestWithNothingAheadItLooksAgainAfterADay(t *testing.T) {
	s := serviceSnapshot()
	if p := decide(t, s); !p.WakeAt.Equal(s.Now.Add(24 * time.Hour)) {
		t.Errorf("wakes at %v", p.WakeAt)
	}
}

func TestAStepThatIsUnplacedIsTriedAgainWhenItsDeadlinePasses(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana), busyEvent("b", "2026-11-18 00:00", "2027-06-01 00:00"))
	if p := decide(t, s); !p.WakeAt.Equal(at("2026-11-18 17:00").Add(time.Second)) {
		t.Errorf("wakes at %v, want the end of business day 1", p.WakeAt)
	}
	s.Now = at("2026-11-18 18:00")
	if p := decide(t, s); !p.WakeAt.Equal(at("2026-11-19 00:00")) {
		t.Errorf("wakes at %v, want the next day", p.WakeAt)
	}
}

func TestItWakesWhenAHoldWithoutAnotherPlaceBegins(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Events = append(s.Events, busyEvent("b", "2026-11-18 00:00", "2027-06-01 00:00"))
	if p := decide(t, s); !p.WakeAt.Equal(s.Holds[0].Start) {
		t.Errorf("wakes at %v, want %v", p.WakeAt, s.Holds[0].Start)
	}
}

// The meeting that a cancelled one was moved to takes it out of the window's sight.
func TestItWakesWhenTheMeetingThatReplacedACancelledOneLeavesTheWindow(t *testing.T) {
	s := serviceSnapshot(
		meeting("off", "2026-10-23 14:00", ana, cancelled, lastModified("2026-10-10 09:00")),
		meeting("moved", "2026-10-19 12:00", ana, created("2026-10-11 09:00"), func(e *Event) { e.GuestsHidden = true }))
	p := decide(t, s)
	want := at("2026-10-19 12:00").Add(s.Settings.Lookback + time.Second)
	if len(p.Flags) != 0 || !p.WakeAt.Equal(want) {
		t.Fatalf("flags %v, wakes at %v, want %v", p.Flags, p.WakeAt, want)
	}
	s.Now = p.WakeAt
	if got := outcome(decide(t, s), "acme.com"); got != "flag not_rebooked off" {
		t.Error(got)
	}
}
