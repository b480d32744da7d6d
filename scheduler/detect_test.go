package scheduler

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const ana = "ana@acme.com"

// TestNextStep holds Decide to the rules on what a meeting is and which meetings
// are flagged, sentence by sentence. Now is Wednesday 2026-11-18 10:00 local.
func TestNextStep(t *testing.T) {
	cases := []struct {
		rule     string
		events   []Event
		prospect string
		want     string
	}{
		{"an ended meeting without a later one is flagged", []Event{meeting("m", "2026-11-17 14:00", ana)}, "acme.com", "flag no_next_step m"},
		{"a later meeting with the same prospect covers it", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana)}, "acme.com", "covered m by n"},
		{"a meeting with a colleague at the same company is a next step", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", "bo@eu.acme.com")}, "acme.com", "covered m by n"},
		{"without a judged meeting the next to come covers", []Event{meeting("n", "2026-11-24 14:00", ana)}, "acme.com", "covered by n"},
		{"without a judged meeting the one in progress covers", []Event{meeting("n", "2026-11-18 09:45", ana), meeting("o", "2026-11-24 14:00", ana)}, "acme.com", "covered by n"},
		{"in progress with at most 10 minutes left is judged", []Event{meeting("m", "2026-11-18 09:25", ana)}, "acme.com", "flag wrapping_up m"},
		{"in progress with more than 10 minutes left is a next step", []Event{meeting("m", "2026-11-18 09:26", ana)}, "acme.com", "covered by m"},
		{"a meeting in progress with more than 10 minutes left is a next step even where it overlaps the judged one",
			[]Event{meeting("m", "2026-11-18 09:00", ana, lasting(65*time.Minute)), meeting("n", "2026-11-18 09:30", ana, lasting(2*time.Hour))}, "acme.com", "covered m by n"},
		{"of several about to end the one that ends last is judged",
			[]Event{meeting("m", "2026-11-18 09:00", ana, lasting(62*time.Minute)), meeting("n", "2026-11-18 09:00", ana, lasting(68*time.Minute))}, "acme.com", "flag wrapping_up n"},
		{"the ended one that started last is judged",
			[]Event{meeting("m", "2026-11-17 09:00", ana, lasting(4*time.Hour)), meeting("n", "2026-11-17 10:00", ana)}, "acme.com", "flag no_next_step n"},
		{"of those that started together the one that ended last is judged",
			[]Event{meeting("m", "2026-11-17 09:00", ana, lasting(time.Hour)), meeting("n", "2026-11-17 09:00", ana, lasting(30*time.Minute))}, "acme.com", "flag no_next_step m"},
		{"of those that started and ended together the greater UID is judged",
			[]Event{meeting("n", "2026-11-17 09:00", ana), meeting("m", "2026-11-17 09:00", ana)}, "acme.com", "flag no_next_step n"},
		{"a meeting that starts the moment the judged one ends is a next step",
			[]Event{meeting("m", "2026-11-18 09:20", ana, lasting(45*time.Minute)), meeting("n", "2026-11-18 10:05", ana)}, "acme.com", "covered m by n"},
		{"a meeting that has not begun is a next step even before the judged one's end",
			[]Event{meeting("m", "2026-11-18 09:20", ana, lasting(50*time.Minute)), meeting("n", "2026-11-18 10:05", ana)}, "acme.com", "covered m by n"},
		{"of next steps that start together the one that ends first counts",
			[]Event{meeting("a", "2026-11-24 09:00", ana, lasting(time.Hour)), meeting("b", "2026-11-24 09:00", ana, lasting(30*time.Minute))}, "acme.com", "covered by b"},
		{"then the smaller UID counts",
			[]Event{meeting("b", "2026-11-24 09:00", ana), meeting("a", "2026-11-24 09:00", ana)}, "acme.com", "covered by a"},
		{"unanswered and tentative count as a next step",
			[]Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana+"=tentative")}, "acme.com", "covered m by n"},
		{"a next step that all of k declined is flagged as not rebooked",
			[]Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana+"=declined")}, "acme.com", "flag not_rebooked n"},
		{"a next step that one of two declined still counts",
			[]Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana+"=declined bo@acme.com")}, "acme.com", "covered m by n"},
		{"a cancelled later meeting is flagged as not rebooked",
			[]Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana, cancelled)}, "acme.com", "flag not_rebooked n"},
		{"a cancelled earlier meeting does not hide the judged one",
			[]Event{meeting("n", "2026-11-16 14:00", ana, cancelled), meeting("m", "2026-11-17 14:00", ana)}, "acme.com", "flag no_next_step m"},
		{"at the same start a meeting wins over a cancelled thing",
			[]Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-17 14:00", ana, cancelled, lasting(2*time.Hour))}, "acme.com", "flag no_next_step m"},
		{"of cancelled things at the same start the later end is flagged",
			[]Event{meeting("n", "2026-11-17 14:00", ana, cancelled, lasting(time.Hour)), meeting("o", "2026-11-17 14:00", ana, cancelled, lasting(30*time.Minute))}, "acme.com", "flag not_rebooked n"},
		{"a cancelled thing is passed over when a meeting was created after it was last modified",
			[]Event{meeting("m", "2026-11-17 14:00", ana, created("2026-11-16 09:00")), meeting("n", "2026-11-24 13:59", ana, cancelled, lastModified("2026-11-16 08:00"))}, "acme.com", "flag no_next_step m"},
		{"a cancelled thing exactly 7 days from the new meeting is passed over",
			[]Event{meeting("m", "2026-11-17 14:00", ana, created("2026-11-16 09:00")), meeting("n", "2026-11-24 14:00", ana, cancelled, lastModified("2026-11-16 08:00"))}, "acme.com", "flag no_next_step m"},
		{"one further than 7 days from the new meeting is not passed over",
			[]Event{meeting("m", "2026-11-17 14:00", ana, created("2026-11-16 09:00")), meeting("n", "2026-11-24 14:01", ana, cancelled, lastModified("2026-11-16 08:00"))}, "acme.com", "flag not_rebooked n"},
		{"without LAST-MODIFIED it is not passed over",
			[]Event{meeting("m", "2026-11-17 14:00", ana, created("2026-11-16 09:00")), meeting("n", "2026-11-20 14:00", ana, cancelled)}, "acme.com", "flag not_rebooked n"},
		{"without CREATED it is not passed over",
			[]Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-20 14:00", ana, cancelled, lastModified("2026-11-16 08:00"))}, "acme.com", "flag not_rebooked n"},
		{"a recurring series is flagged once, on its last instance",
			[]Event{meeting("s", "2026-10-27 14:00", ana, recurs("FREQ=WEEKLY;COUNT=4"))}, "acme.com", "flag no_next_step s"},
		{"a series that goes on covers itself",
			[]Event{meeting("s", "2026-10-27 14:00", ana, recurs("FREQ=WEEKLY"))}, "acme.com", "covered s by s"},
		{"things from 30 days ago on are judged", []Event{meeting("m", "2026-10-19 11:00", ana)}, "acme.com", "flag no_next_step m"},
		{"things before that are not", []Event{meeting("m", "2026-10-19 10:59", ana)}, "acme.com", "nothing"},
		{"things up to 120 days ahead count", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2027-03-18 11:00", ana)}, "acme.com", "covered m by n"},
		{"things after that do not", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2027-03-18 11:01", ana)}, "acme.com", "flag no_next_step m"},

		{"an all-day event is no meeting", []Event{withGuest(allDay("m", "2026-11-17", "2026-11-18"), ana)}, "acme.com", "nothing"},
		{"a meeting that the rep declined is none", []Event{meeting("m", "2026-11-17 14:00", ana, repAnswers(Declined))}, "acme.com", "nothing"},
		{"one of the rep's two addresses that has not declined keeps it", []Event{meeting("m", "2026-11-17 14:00", testAlias+" "+ana, repAnswers(Declined))}, "acme.com", "flag no_next_step m"},
		{"a colleague's answer is not the rep's", []Event{meeting("m", "2026-11-17 14:00", "eve@northwind.example=declined "+ana)}, "acme.com", "flag no_next_step m"},
		{"a rep who is missing from the guest list counts as attending", []Event{meeting("m", "2026-11-17 14:00", ana, onlyGuests)}, "acme.com", "flag no_next_step m"},
		{"whether it shows as busy or free does not matter", []Event{meeting("m", "2026-11-17 14:00", ana, transparent)}, "acme.com", "flag no_next_step m"},
		{"an event of the status kind is no meeting", []Event{meeting("m", "2026-11-17 14:00", ana, func(e *Event) { e.StatusOnly = true })}, "acme.com", "nothing"},
		{"an organizer who is missing from the list counts as attending", []Event{meeting("m", "2026-11-17 14:00", "", organizedBy(ana))}, "acme.com", "flag no_next_step m"},
		{"25 prospects are a meeting", []Event{meeting("m", "2026-11-17 14:00", people25(25))}, "acme.com", "flag no_next_step m"},
		{"more than 25 prospects are an audience, decliners included", []Event{meeting("m", "2026-11-17 14:00", people25(25)+" z@acme.com=declined")}, "acme.com", "nothing"},
		{"the same address twice counts once", []Event{meeting("m", "2026-11-17 14:00", people25(25)+" p1@acme.com")}, "acme.com", "flag no_next_step m"},
		{"5 keys are a meeting", []Event{meeting("m", "2026-11-17 14:00", "a@acme.com a@b.com a@c.com a@d.com a@e.com")}, "acme.com", "flag no_next_step m"},
		{"more than 5 keys are an audience", []Event{meeting("m", "2026-11-17 14:00", "a@acme.com a@b.com a@c.com a@d.com a@e.com a@f.com=declined")}, "acme.com", "nothing"},
		{"a private event with free-mail addresses only is the rep's private life", []Event{meeting("m", "2026-11-17 14:00", "sam@gmail.com", private)}, "sam@gmail.com", "nothing"},
		{"a private event with a company is a meeting", []Event{meeting("m", "2026-11-17 14:00", "sam@gmail.com "+ana, private)}, "sam@gmail.com", "flag no_next_step m"},
		{"a private event does not cover a free-mail prospect", []Event{meeting("m", "2026-11-17 14:00", "sam@gmail.com"), meeting("n", "2026-11-24 14:00", "sam@gmail.com", private)}, "sam@gmail.com", "flag no_next_step m"},
		{"a meeting with two companies can be flagged for one", []Event{meeting("m", "2026-11-17 14:00", ana+" bo@globex.com"), meeting("n", "2026-11-24 14:00", ana)}, "globex.com", "flag no_next_step m"},
		{"and covered for the other", []Event{meeting("m", "2026-11-17 14:00", ana+" bo@globex.com"), meeting("n", "2026-11-24 14:00", ana)}, "acme.com", "covered m by n"},
		{"copies count once: the higher SEQUENCE", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("m", "2026-11-24 14:00", ana, func(e *Event) { e.Sequence = 1 })}, "acme.com", "covered by m"},
		{"then the later LAST-MODIFIED", []Event{meeting("m", "2026-11-24 14:00", ana, lastModified("2026-11-02 00:00")), meeting("m", "2026-11-17 14:00", ana, lastModified("2026-11-01 00:00"))}, "acme.com", "covered by m"},
		{"a cancelled override without title, guests or times has those of its series' instance",
			[]Event{meeting("s", "2026-11-17 14:00", ana, recurs("FREQ=WEEKLY;COUNT=2")), {UID: "s", Status: Cancelled, RecurrenceID: &Moment{Wall: at("2026-11-24 14:00"), Zone: time.UTC}}}, "acme.com", "flag not_rebooked s"},
		{"Holdfast's own holds are never a next step", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana, written(KindHold))}, "acme.com", "flag no_next_step m"},
		{"nor are offers", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana, written(KindOffer))}, "acme.com", "flag no_next_step m"},
		{"a review that Holdfast booked is one", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana, written(KindReview))}, "acme.com", "covered m by n"},
		{"a bare cancellation after RANGE=THISANDFUTURE has the guests that the change brought",
			[]Event{
				meeting("s", "2026-11-10 14:00", "bo@globex.com", recurs("FREQ=WEEKLY;COUNT=3")),
				meeting("s", "2026-11-17 16:00", ana, overriding("2026-11-17 14:00"), thisAndFuture),
				{UID: "s", Status: Cancelled, RecurrenceID: &Moment{Wall: at("2026-11-24 14:00"), Zone: time.UTC}},
			}, "acme.com", "flag not_rebooked s"},
		{"a hidden guest list is never flagged", []Event{meeting("m", "2026-11-17 14:00", ana, func(e *Event) { e.GuestsHidden = true })}, "acme.com", "nothing"},
		{"a hidden guest list is still a next step for the keys that can be seen", []Event{meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-24 14:00", ana, func(e *Event) { e.GuestsHidden = true })}, "acme.com", "covered m by n"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if got := outcome(decide(t, snapshot(c.events...)), c.prospect); got != c.want {
				t.Errorf("%s: %s, want %s", c.prospect, got, c.want)
			}
		})
	}
}

func written(k Kind) tweak { return func(e *Event) { e.Kind = k } }

func withGuest(e Event, address string) Event {
	e.Attendees = []Attendee{{Address: testRep}, {Address: address}}
	return e
}

func people25(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " p%d@acme.com", i)
	}
	return b.String()
}

func TestCancelledTitles(t *testing.T) {
	titles := []string{
		"Canceled: Demo", "Cancelled: Demo", "  canceled: demo", "CANCELLED:Demo", "Abgesagt: Demo", "Annulé: Demo", "Annulé : Demo", "Annulé\u00a0: Demo",
		"Annule\u0301: Demo", "Cancelado: Demo", "Cancelada: Demo", "Annullato: Demo", "Geannuleerd: Demo", "Inställt: Demo", "Avlyst: Demo", "Aflyst: Demo",
		"Peruttu: Demo", "Peruutettu: Demo", "Odwołane: Demo", "ODWOŁANE: Demo",
	}
	for _, title := range titles {
		p := decide(t, snapshot(meeting("m", "2026-11-17 14:00", ana, titled(title))))
		if got := outcome(p, "acme.com"); got != "flag not_rebooked m" {
			t.Errorf("%q: %s, want it cancelled", title, got)
		}
	}
	for _, title := range []string{"Not Canceled: Demo", "Canceled", "Cancellation: how to avoid it", "Re: Canceled: Demo"} {
		p := decide(t, snapshot(meeting("m", "2026-11-17 14:00", ana, titled(title))))
		if got := outcome(p, "acme.com"); got != "flag no_next_step m" {
			t.Errorf("%q: %s, want it to count", title, got)
		}
	}
}

func TestACalendarThatWasNotReadCompletelyNeverProducesAFlag(t *testing.T) {
	s := snapshot(meeting("m", "2026-11-17 14:00", ana), meeting("n", "2026-11-17 14:00", "bo@globex.com"), meeting("o", "2026-11-24 14:00", "bo@globex.com"))
	s.Incomplete = true
	p := decide(t, s)
	if len(p.Flags) != 0 {
		t.Errorf("flags %v, want none", p.Flags)
	}
	if got := outcome(p, "globex.com"); got != "covered n by o" {
		t.Errorf("globex.com: %s, want what is known to be covered", got)
	}
}

func TestTwoOverridesMovedToOneStartStayTwo(t *testing.T) {
	series := meeting("s", "2026-11-09 14:00", ana, recurs("FREQ=DAILY;COUNT=3"))
	first := meeting("s", "2026-11-12 09:00", ana, overriding("2026-11-09 14:00"))
	second := meeting("s", "2026-11-12 09:00", ana, overriding("2026-11-10 14:00"))
	p := decide(t, snapshot(series, first, second))
	if p.Counts.Meetings != 3 {
		t.Errorf("%d meetings, want 3", p.Counts.Meetings)
	}
}

func TestCoveredByASeriesIsShownAsSuch(t *testing.T) {
	for n, want := range map[int]bool{4: false, 5: true} { // instances in all; one has ended
		p := decide(t, snapshot(meeting("s", "2026-11-17 14:00", ana, recurs(fmt.Sprintf("FREQ=WEEKLY;COUNT=%d", n)))))
		if len(p.Covered) != 1 || p.Covered[0].NextStep.BySeries != want {
			t.Errorf("%d to come: covered %+v, want by series %v", n-1, p.Covered, want)
		}
	}
}

func TestCancelledInstancesToComeMakeNoRoutine(t *testing.T) {
	p := decide(t, snapshot(meeting("s", "2026-11-17 14:00", ana, recurs("FREQ=WEEKLY;COUNT=5")),
		Event{UID: "s", Status: Cancelled, RecurrenceID: &Moment{Wall: at("2026-12-15 14:00"), Zone: time.UTC}}))
	if len(p.Covered) != 1 || p.Covered[0].NextStep.BySeries {
		t.Errorf("covered %+v, want it by three instances, which are no routine", p.Covered)
	}
}

func TestNextStepIsAcceptedWhenOneOfKAccepted(t *testing.T) {
	for guests, want := range map[string]bool{ana: false, ana + "=tentative": false, ana + " bo@acme.com=accepted": true} {
		p := decide(t, snapshot(meeting("n", "2026-11-24 14:00", guests)))
		if len(p.Covered) != 1 || p.Covered[0].NextStep.Accepted != want {
			t.Errorf("%s: covered %+v, want accepted %v", guests, p.Covered, want)
		}
	}
}

func TestARepAtASubdomainOfAFreeMailProviderHasNoColleaguesThere(t *testing.T) {
	s := snapshot(meeting("m", "2026-11-17 14:00", "bo@000webmail.ddnss.de"))
	s.Settings.Addresses = []string{"dana@000webmail.ddnss.de"}
	if got := outcome(decide(t, s), "bo@000webmail.ddnss.de"); got != "flag no_next_step m" {
		t.Errorf("%s, want a prospect who is no colleague", got)
	}
}

func TestUnknownListsHiddenGuestLists(t *testing.T) {
	p := decide(t, snapshot(meeting("m", "2026-11-17 14:00", "", func(e *Event) { e.GuestsHidden = true })))
	if len(p.Unknown) != 1 || p.Unknown[0].UID != "m" {
		t.Errorf("unknown %v, want m", p.Unknown)
	}
}

func TestTheSameMeetingIsNeverFlaggedAgainAfterBeingWaived(t *testing.T) {
	cases := []struct {
		rule   string
		waiver Waiver
		want   string
	}{
		{"waived", Waiver{Prospect: "acme.com", Meeting: MeetingRef{UID: "m"}, Reason: AgreedOtherwise}, "nothing"},
		{"waived until a date to come", Waiver{Prospect: "acme.com", Meeting: MeetingRef{UID: "m"}, ResumeOn: at("2026-11-18 10:01")}, "nothing"},
		{"unless its resume date passes", Waiver{Prospect: "acme.com", Meeting: MeetingRef{UID: "m"}, ResumeOn: at("2026-11-18 10:00")}, "flag no_next_step m"},
		{"another meeting is not", Waiver{Prospect: "acme.com", Meeting: MeetingRef{UID: "earlier"}}, "flag no_next_step m"},
		{"nor is it for another key", Waiver{Prospect: "globex.com", Meeting: MeetingRef{UID: "m"}}, "flag no_next_step m"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := snapshot(meeting("m", "2026-11-17 14:00", ana))
			s.Waivers = []Waiver{c.waiver}
			if got := outcome(decide(t, s), "acme.com"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
