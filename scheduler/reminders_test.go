package scheduler

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// remindersOf returns the reminders of p as "uid of prospects: Wed 18 Nov 14:35".
func remindersOf(p Plan) []string {
	var lines []string
	for _, r := range p.Reminders {
		lines = append(lines, r.Meeting.UID+" of "+strings.Join(r.Prospects, ", ")+": "+r.Start.In(newYork).Format("Mon 2 Jan 15:04"))
	}
	return lines
}

func TestReminders(t *testing.T) {
	const kim = "kim@northwind.example"
	soon := meeting("m", "2026-11-19 14:00", ana)
	cases := []struct {
		rule   string
		events []Event
		change func(*Snapshot)
		want   []string
	}{
		{"over the last 10 minutes of a meeting without a next step", []Event{soon}, nil, []string{"m of acme.com: Thu 19 Nov 14:35"}},
		{"over all of a shorter one", []Event{meeting("m", "2026-11-19 14:00", ana, lasting(5*time.Minute))}, nil, []string{"m of acme.com: Thu 19 Nov 14:00"}},
		{"one for a meeting with several prospects", []Event{meeting("m", "2026-11-19 14:00", "cy@zeta.com "+ana)}, nil, []string{"m of acme.com, zeta.com: Thu 19 Nov 14:35"}},
		{"of those without a next step", []Event{meeting("m", "2026-11-19 14:00", "cy@zeta.com "+ana), meeting("n", "2026-12-19 14:00", ana)}, nil, []string{"m of zeta.com: Thu 19 Nov 14:35"}},
		{"of a meeting in progress", []Event{meeting("m", "2026-11-18 09:30", ana)}, nil, []string{"m of acme.com: Wed 18 Nov 10:05"}},
		{"not of one that has ended", []Event{meeting("m", "2026-11-18 09:00", ana)}, nil, nil},
		{"not of one more than a week ahead", []Event{meeting("m", "2026-11-25 10:01", ana)}, nil, nil},
		{"of the last of a series", []Event{meeting("m", "2026-11-12 14:00", ana, recurs("FREQ=WEEKLY;COUNT=2"))}, nil, []string{"m of acme.com: Thu 19 Nov 14:35"}},
		{"not where a meeting follows, however late", []Event{soon, meeting("n", "2027-02-19 14:00", ana)}, nil, nil},
		{"not where one follows on a colleague's calendar", []Event{soon}, func(s *Snapshot) {
			s.Elsewhere = []ColleagueMeeting{{"acme.com", "e", at("2026-12-01 14:00"), at("2026-12-01 15:00"), false}}
		}, nil},
		{"a cancelled one does not follow", []Event{soon, meeting("n", "2026-12-19 14:00", ana, cancelled)}, nil, []string{"m of acme.com: Thu 19 Nov 14:35"}},
		{"nor one that overlaps", []Event{soon, meeting("n", "2026-11-19 14:30", ana, lasting(10*time.Minute))}, nil, []string{"m of acme.com: Thu 19 Nov 14:35", "n of acme.com: Thu 19 Nov 14:30"}},
		{"not of one without prospects", []Event{meeting("m", "2026-11-19 14:00", kim)}, nil, nil},
		{"not of one whose guests are hidden", []Event{meeting("m", "2026-11-19 14:00", ana, func(e *Event) { e.GuestsHidden = true })}, nil, nil},
		{"not of one that a colleague owns", []Event{meeting("m", "2026-11-19 14:00", ana+" "+kim, organizedBy(kim))}, func(s *Snapshot) { s.Colleagues = [][]string{{kim}} }, nil},
		{"not of one that is waived", []Event{soon}, func(s *Snapshot) {
			s.Waivers = []Waiver{{Prospect: "acme.com", Meeting: MeetingRef{UID: "m"}, Reason: NoNextStepNeeded}}
		}, nil},
		{"not of one that is rested", []Event{soon}, func(s *Snapshot) { s.Rested = []Key{keyOfMeeting("acme.com", "m")} }, nil},
		{"not before the rep answered about the backlog", []Event{soon}, func(s *Snapshot) { s.Backlog = BacklogPending }, nil},
		{"also where they dismissed it", []Event{soon}, func(s *Snapshot) { s.Backlog = BacklogDismissed }, []string{"m of acme.com: Thu 19 Nov 14:35"}},
		{"not where they are off", []Event{soon}, func(s *Snapshot) { s.Settings.Reminder.Off = true }, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(c.events...)
			if c.change != nil {
				c.change(&s)
			}
			got := remindersOf(decide(t, s))
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reminders (-want +got):\n%s", diff)
			}
			if s.Backlog = ""; len(decide(t, s).Reminders) > 0 {
				t.Error("a calendar file has reminders")
			}
		})
	}
}

func TestAReminderSaysWhoAndWhen(t *testing.T) {
	named := func(e *Event) {
		e.Attendees[1].Name, e.Attendees[2].Name = "Ana Ruiz", "Cy"
		e.Ref.Link = "https://calendar/m"
	}
	s := serviceSnapshot(meeting("m", "2026-11-19 14:00", ana+" cy@zeta.com", named), busyEvent("b", "2026-11-19 15:00", "2026-11-19 16:20"))
	r := decide(t, s).Reminders[0]
	if want := "Agree the next step with Ana Ruiz (acme.com) and Cy (zeta.com)"; r.Title != want {
		t.Errorf("title %q, want %q", r.Title, want)
	}
	want := "Nothing is agreed with acme.com and zeta.com after this meeting. The best time to agree it is now, before it ends.\n" +
		"Meeting: Demo, Thu 19 Nov 2026 14:00\nLink: https://calendar/m\nFree for 30 minutes:\n" +
		"- Thu 19 Nov 16:30 EST\n- Fri 20 Nov 09:00 EST\n- Fri 20 Nov 09:30 EST\n"
	if diff := cmp.Diff(want, r.Description); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
	if !r.End.Equal(at("2026-11-19 14:45")) {
		t.Errorf("it ends at %v, want the meeting's end", r.End)
	}
}

func TestWhatBecomesOfAReminder(t *testing.T) {
	cases := []struct {
		rule   string
		change func(*Snapshot)
		want   string
	}{
		{"it stays", func(*Snapshot) {}, "keep written Thu 19 Nov 14:35, the same"},
		{"it moves with its meeting", func(s *Snapshot) { s.Events[0] = meeting("m", "2026-11-19 15:00", ana) }, "keep written Thu 19 Nov 15:35, new text"},
		{"it stays the same when its meeting moves but not past the times it names", func(s *Snapshot) { s.Events[0] = meeting("m", "2026-11-19 13:30", ana) }, "keep written Thu 19 Nov 14:05, the same"},
		{"it names other times when one is taken", func(s *Snapshot) {
			s.Now = at("2026-11-19 14:20")
			s.Events = append(s.Events, busyEvent("b", "2026-11-19 15:30", "2026-11-19 16:00"))
		}, "keep written Thu 19 Nov 14:35, new text"},
		{"not long before, when nobody says them yet", func(s *Snapshot) {
			s.Now = at("2026-11-19 14:19")
			s.Events = append(s.Events, busyEvent("b", "2026-11-19 15:30", "2026-11-19 16:00"))
		}, "keep written Thu 19 Nov 14:35, the same"},
		{"nor while it is shown, when its meeting's own holds are planned", func(s *Snapshot) {
			s.Now = at("2026-11-19 14:36")
			s.Events = append(s.Events, busyEvent("b", "2026-11-19 15:30", "2026-11-19 16:00"))
		}, "keep written Thu 19 Nov 14:35, the same"},
		{"it names other times when their day is a day off", func(s *Snapshot) {
			s.Now = at("2026-11-19 14:20")
			away := busyEvent("o", "2026-11-19 09:00", "2026-11-19 17:00", transparent, func(e *Event) { e.OutOfOffice = true })
			s.Events = append(s.Events, away)
		}, "keep written Thu 19 Nov 14:35, new text"},
		{"it does not name earlier times when they become free", func(s *Snapshot) { s.Events = s.Events[:1] }, "keep written Thu 19 Nov 14:35, the same"},
		{"it is released when a next step exists", func(s *Snapshot) { s.Events = append(s.Events, meeting("n", "2026-11-30 14:00", ana)) }, "release written"},
		{"it is released when its meeting is over", func(s *Snapshot) { s.Now = at("2026-11-19 14:45") }, "release written"},
		{"it is there until then", func(s *Snapshot) { s.Now = at("2026-11-19 14:44") }, "keep written Thu 19 Nov 14:35, the same"},
		{"it is released when its meeting is cancelled", func(s *Snapshot) { s.Events[0].Status = Cancelled }, "release written"},
		{"it is left alone where the rep moved it", func(s *Snapshot) {
			s.Reminders[0].State = Moved
			s.Events = append(s.Events, meeting("n", "2026-11-30 14:00", ana))
		}, "keep moved Thu 19 Nov 14:35, the same"},
		{"it is left alone where the rep edited it", func(s *Snapshot) {
			s.Reminders[0].Edited = true
			s.Events = append(s.Events, meeting("n", "2026-11-30 14:00", ana))
		}, "keep written Thu 19 Nov 14:35, the same"},
		{"it does not come back where the rep deleted it", func(s *Snapshot) { s.Reminders[0].State = Skipped }, ""},
		{"it comes back in its row when it is needed again", func(s *Snapshot) { s.Reminders[0].State = Released }, "keep planned Thu 19 Nov 14:35, the same"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := serviceSnapshot(meeting("m", "2026-11-19 14:00", ana), busyEvent("early", "2026-11-19 14:50", "2026-11-19 15:20"))
			s = carriedOut(s, decide(t, s))
			was := s.Reminders[0]
			c.change(&s)
			p := decide(t, s)
			got := ""
			for _, r := range p.Reminders {
				got = "keep " + string(r.State) + r.Start.In(newYork).Format(" Mon 2 Jan 15:04") + ", new text"
				if r.Description == was.Description && r.Title == was.Title {
					got = strings.Replace(got, "new text", "the same", 1)
				}
				if r.Row != was.Row {
					got += " in a new row"
				}
			}
			for _, r := range p.ReleaseReminders {
				if r.State != Released || r.Row != was.Row {
					t.Errorf("released as %+v", r)
				}
				got += "release written"
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestItWakesToNameOtherTimesBeforeTheMeeting(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-19 14:00", ana))
	s = carriedOut(s, decide(t, s))
	s.Events = append(s.Events, busyEvent("b", "2026-11-19 15:00", "2026-11-19 16:00"))
	p := decide(t, s)
	for p.WakeAt.Before(at("2026-11-19 14:20")) {
		if p.Reminders[0].Description != s.Reminders[0].Description {
			t.Fatalf("named other times at %v", s.Now)
		}
		s.Now = p.WakeAt
		p = decide(t, s)
	}
	if want := at("2026-11-19 14:20"); !p.WakeAt.Equal(want) {
		t.Fatalf("wakes at %v, want %v", p.WakeAt, want)
	}
	s.Now = p.WakeAt
	if r := decide(t, s).Reminders[0]; slices.ContainsFunc(r.Times, func(at time.Time) bool { return at.Equal(s.Events[1].Start.In(newYork)) }) {
		t.Errorf("it still names %v", r.Times)
	}
}

func TestItWakesWhenAMeetingComesNearEnoughForAReminder(t *testing.T) {
	s := serviceSnapshot(meeting("m", "2026-11-25 12:00", ana))
	p := decide(t, s)
	if want := at("2026-11-18 12:00"); !p.WakeAt.Equal(want) || len(p.Reminders) != 0 {
		t.Fatalf("wakes at %v, want %v", p.WakeAt, want)
	}
	if s.Now = p.WakeAt; len(decide(t, s).Reminders) != 1 {
		t.Error("and then there is none")
	}
}
