package scheduler

import (
	"fmt"
	"slices"
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

func TestAMeetingOnAColleaguesCalendarIsANextStep(t *testing.T) {
	cases := []struct {
		rule  string
		other ColleagueMeeting
		off   bool
		want  string
	}{
		{"one to come covers, without its details", ColleagueMeeting{"acme.com", "e", at("2026-11-24 14:00"), at("2026-11-24 15:00"), true}, false, "covered m by "},
		{"one that has ended does not", ColleagueMeeting{"acme.com", "e", at("2026-11-18 08:00"), at("2026-11-18 09:00"), true}, false, "flag no_next_step m"},
		{"nor one with another prospect", ColleagueMeeting{"globex.io", "e", at("2026-11-24 14:00"), at("2026-11-24 15:00"), true}, false, "flag no_next_step m"},
		{"nor where they do not count", ColleagueMeeting{"acme.com", "e", at("2026-11-24 14:00"), at("2026-11-24 15:00"), true}, true, "flag no_next_step m"},
		{"nor one beyond the horizon", ColleagueMeeting{"acme.com", "e", at("2027-03-24 14:00"), at("2027-03-24 15:00"), true}, false, "flag no_next_step m"},
		{"nor the rep's own meeting as the colleague sees it", ColleagueMeeting{"acme.com", "m", at("2026-11-17 14:00"), at("2026-11-18 15:00"), true}, false, "flag no_next_step m"},
	}
	for _, c := range cases {
		s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana))
		s.Elsewhere, s.Settings.ColleaguesCount = []ColleagueMeeting{c.other}, !c.off
		p := decide(t, s)
		if got := outcome(p, "acme.com"); got != c.want {
			t.Errorf("%s: %s", c.rule, got)
		}
		if len(p.Covered) > 0 && !p.Covered[0].NextStep.ByColleague {
			t.Errorf("%s: it is not said to be a colleague's", c.rule)
		}
	}
}

func TestTheEarlierOfTwoNextStepsIsShownTheRepsOwnFirst(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana))
	for start, want := range map[string]string{"2026-11-23 14:00": "covered m by ", "2026-11-25 14:00": "covered m by n", "2026-11-24 14:00": "covered m by n"} {
		s.Elsewhere = []ColleagueMeeting{{"acme.com", "z", at(start), at(start).Add(time.Hour), false}}
		if got := outcome(decide(t, s), "acme.com"); got != want {
			t.Errorf("the colleague's at %s: %s, want %s", start, got, want)
		}
	}
}

func TestTheOwnerOfAMeetingIs(t *testing.T) {
	const kim, kimAlias, lee = "kim@northwind.example", "k.ng@northwind.example", "lee@northwind.example"
	cases := []struct {
		rule   string
		guests string
		tweaks []tweak
		want   string
	}{
		{"the organizer if own", ana + " " + kim + "=accepted", nil, ""},
		{"the colleague who organized it", ana + " " + kim, []tweak{organizedBy(kim)}, kim},
		{"else the first own attendee who accepted", kim + " " + lee + "=accepted " + ana, []tweak{organizedBy(ana), repAnswers(NeedsAction)}, lee},
		{"else the first own attendee", ana + " " + kim, []tweak{organizedBy(ana), repAnswers(NeedsAction)}, ""},
		{"by the main address", ana + " " + kimAlias + "=accepted", []tweak{organizedBy(ana), repAnswers(TentativelyAccepted)}, kim},
		{"nobody who declined", ana + " " + kim + "=declined", []tweak{organizedBy(kim)}, ""},
		{"a rep who is not listed has accepted", ana + " " + kim, []tweak{organizedBy(ana), onlyGuests}, ""},
		{"after those who are listed and accepted", ana + " " + kim + "=accepted", []tweak{organizedBy(ana), onlyGuests}, kim},
		{"a colleague who is not connected owns nothing", ana + " zoe@northwind.example", []tweak{organizedBy("zoe@northwind.example")}, ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(meeting("m", "2026-11-17 14:00", c.guests, c.tweaks...))
			s.Colleagues = [][]string{{kim, kimAlias}, {lee}}
			p := decide(t, s)
			flags, others := p.Flags, p.Seen
			if c.want != "" {
				flags, others = p.Seen, p.Flags
			}
			if len(flags) != 1 || len(others) != 0 || flags[0].Owner != c.want {
				t.Fatalf("flags %v, seen %v, want the owner %q", p.Flags, p.Seen, c.want)
			}
			if c.want != "" && len(flags[0].Holds) != 0 {
				t.Errorf("a colleague's flag has holds: %v", holdLines(flags[0]))
			}
		})
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
