package scheduler

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFreeStartsCountsAsOtherImplementationsDo(t *testing.T) {
	for _, f := range slotFixtures {
		if got := len(FreeStarts(f.parties(), f.search())); got != f.slots {
			t.Errorf("%s: %d slots, want %d", f.name, got, f.slots)
		}
	}
}

// review asks for slots after Friday 2026-11-20, for a rep in New York and a
// prospect in Berlin. Business days 2 to 5 are the 24th, the 25th, the 27th
// (Thanksgiving is off) and the 30th.
func review(t testing.TB, changes ...func(*ReviewRequest)) ReviewSlots {
	t.Helper()
	r := ReviewRequest{Now: at(testNow), SendAt: at("2026-11-20 12:00"), Length: 30 * time.Minute, Count: 3}
	them := DefaultSettings(mustZone("Europe/Berlin"))
	for _, w := range r.Meet(testSettings(), nil, them, nil) {
		t.Errorf("unexpected warning: %s", w.Message)
	}
	for _, c := range changes {
		c(&r)
	}
	return Review(r)
}

func starts(s ReviewSlots) []string {
	var all []string
	for _, slot := range s.Slots {
		all = append(all, slot.Start.In(newYork).Format("Mon 2 Jan 15:04"))
	}
	return all
}

// Both sides work at the same time from 09:00 to 11:00 in New York: 15:00 to 17:00
// in Berlin.
func TestReviewSlots(t *testing.T) {
	sameZone := func(r *ReviewRequest) { r.Prospect.Zone = newYork }
	cases := []struct {
		rule    string
		changes []func(*ReviewRequest)
		want    []string
	}{
		{"in both sides' working hours, on different days, at different times",
			nil, []string{"Tue 24 Nov 09:00", "Wed 25 Nov 09:15", "Fri 27 Nov 09:30"}},
		{"at different times of day",
			[]func(*ReviewRequest){sameZone}, []string{"Tue 24 Nov 09:00", "Wed 25 Nov 11:00", "Fri 27 Nov 14:00"}},
		{"at least 24 hours from now",
			[]func(*ReviewRequest){sameZone, func(r *ReviewRequest) { r.Now = at("2026-11-26 12:00") }}, []string{"Fri 27 Nov 12:00", "Fri 27 Nov 14:00", "Mon 30 Nov 09:00"}},
		{"with 10 minutes of buffer either side of what is busy",
			[]func(*ReviewRequest){func(r *ReviewRequest) {
				r.Rep.Busy = []Span{{at("2026-11-24 08:00"), at("2026-11-24 09:15")}, {at("2026-11-25 00:00"), at("2026-12-01 00:00")}}
			}}, []string{"Tue 24 Nov 09:30", "Tue 24 Nov 10:00", "Tue 24 Nov 10:30"}},
		{"free for the prospect where their free/busy can be seen",
			[]func(*ReviewRequest){func(r *ReviewRequest) {
				r.Prospect.Busy = []Span{{at("2026-11-24 00:00"), at("2026-11-30 00:00")}}
			}}, []string{"Mon 30 Nov 09:00", "Mon 30 Nov 09:30", "Mon 30 Nov 10:00"}},
		{"nearest to what the contact asked for first",
			[]func(*ReviewRequest){sameZone, func(r *ReviewRequest) {
				r.Count, r.Wishes = 1, Preferences{Zone: newYork, Hours: Hours{15 * time.Hour, 16 * time.Hour}, Days: []time.Weekday{time.Friday}}
			}}, []string{"Fri 27 Nov 15:00"}},
		{"no slot where both sides are never at work together",
			[]func(*ReviewRequest){func(r *ReviewRequest) { r.Prospect.Zone = mustZone("Asia/Tokyo") }}, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if diff := cmp.Diff(c.want, starts(review(t, c.changes...))); diff != "" {
				t.Errorf("slots (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReviewSaysWhyASlotWasChosenAndHowManyWereRefused(t *testing.T) {
	s := review(t, func(r *ReviewRequest) {
		r.Rep.Busy = []Span{{at("2026-11-24 09:30"), at("2026-11-24 10:00")}}
	})
	// 31 starts on each of 5 weekdays, the 26th a holiday; seven a day are in both
	// sides' hours, of which on the 24th 09:15 to 09:45 are busy, 09:00 and 10:00
	// within the buffer.
	want := Refused{Busy: 3, OutsideHours: 4 * 24, Holiday: 31, Buffer: 2}
	if diff := cmp.Diff(want, s.Refused); diff != "" || s.Considered != 5*31 {
		t.Errorf("considered %d, want %d; refused (-want +got):\n%s", s.Considered, 5*31, diff)
	}
	for _, slot := range s.Slots {
		if why := strings.Join(slot.Why, "; "); !strings.Contains(why, "business day ") || !strings.Contains(why, "afternoon for the prospect") {
			t.Errorf("why %q, want the business day and the part of the day", why)
		}
	}
}

func TestReviewSlotsAreFreeInHoursAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ReviewRequest{Now: at(testNow), SendAt: at("2026-11-20 12:00"), Length: time.Duration(rapid.IntRange(1, 8).Draw(t, "length")) * 15 * time.Minute, Count: rapid.IntRange(1, 6).Draw(t, "count")}
		r.Meet(testSettings(), nil, DefaultSettings(mustZone("Europe/London")), nil)
		for _, p := range []*Party{&r.Rep, &r.Prospect} {
			for range rapid.IntRange(0, 30).Draw(t, "busy") {
				start := at("2026-11-23 00:00").Add(time.Duration(rapid.IntRange(0, 9*24*12).Draw(t, "start")) * 5 * time.Minute)
				p.Busy = append(p.Busy, Span{start, start.Add(time.Duration(rapid.IntRange(0, 24).Draw(t, "lasts")) * 5 * time.Minute)})
			}
		}
		s := Review(r)
		free := FreeStarts([]Party{r.Rep, r.Prospect}, Search{r.window(r.Rep.Days.Add(dateOf("2026-11-20"), 2), r.Rep.Days.Add(dateOf("2026-11-20"), 5)), r.Length, r.Limits.Buffer, r.Limits.Grid})
		if s.Considered != len(free)+s.Refused.Total() {
			t.Fatalf("%d considered, %d free, refused %+v: they do not add up", s.Considered, len(free), s.Refused)
		}
		for i, slot := range s.Slots {
			wide := span{slot.Start.Add(-r.Limits.Buffer).Unix(), slot.End.Add(r.Limits.Buffer).Unix()}
			for _, b := range slices.Concat(r.Rep.Busy, r.Prospect.Busy) {
				if b.Start.Before(b.End) && wide.overlaps(toSpan(b)) {
					t.Fatalf("%v is within 10 minutes of %v", slot.Start, b)
				}
			}
			place := toSpan(Span{slot.Start, slot.End})
			if !r.Rep.works(place) || !r.Prospect.works(place) || slot.Start.Before(r.Now.Add(24*time.Hour)) {
				t.Fatalf("%v is outside somebody's hours or too soon", slot.Start)
			}
			if i > 0 && place.overlaps(toSpan(Span{s.Slots[i-1].Start, s.Slots[i-1].End})) {
				t.Fatalf("%v overlaps the slot before", slot.Start)
			}
		}
	})
}
