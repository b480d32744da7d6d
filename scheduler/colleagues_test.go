package scheduler

import (
	"testing"
	"time"
)

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
