package emulator_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

func TestBehaviour12AnInstanceIsNamedByItsOriginalStart(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY;COUNT=4")))
	untouched := get(t, c, second)
	if untouched.RecurringEventId != "series0" || untouched.Recurrence != nil || untouched.OriginalStartTime.DateTime != "2026-12-01T10:00:00+01:00" {
		t.Fatalf("instance %+v", untouched)
	}
	at := time.Date(2026, 12, 3, 14, 0, 0, 0, time.UTC)
	moved := must[emulator.Event](t)(w.dana.Move("primary", second, at, at.Add(time.Hour)))
	if moved.ID != second || !moved.OriginalStartTime.Time.Equal(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("moved %+v", moved)
	}
	check(t, w.dana.Delete("primary", "series0_20261208T090000Z"))
	instances := must[*calendar.Events](t)(c.Events.Instances("primary", "series0").Do())
	want := []string{"series0_20261124T090000Z", second, "series0_20261215T090000Z"}
	if got := ids(instances.Items); !slices.Equal(got, want) {
		t.Errorf("instances %v, want %v", got, want)
	}
	_, err := c.Events.Get("primary", "series0_20261202T090000Z").Do()
	refused(t, err, 404, "notFound")
	w.noViolations(t)
}

func TestBehaviour12AllDayInstancesAreNamedByTheirDate(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, eli)
	must[emulator.Event](t)(w.eli.Insert("primary", emulator.Event{
		ID: "trip000", Start: emulator.On("2026-11-24"), End: emulator.On("2026-11-26"), Recurrence: []string{"RRULE:FREQ=MONTHLY", "EXDATE;VALUE=DATE:20261224"},
	}))
	list := must[*calendar.Events](t)(c.Events.List("primary").SingleEvents(true).TimeMax("2027-02-01T00:00:00Z").Do())
	if diff := cmp.Diff([]string{"trip000_20261124", "trip000_20270124"}, ids(list.Items)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if last := list.Items[1]; last.End.Date != "2027-01-26" || last.OriginalStartTime.Date != "2027-01-24" {
		t.Errorf("instance %+v", last)
	}
}

func TestBehaviour12ThisAndFollowingIsATruncatedSeriesAndANewOne(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	must[emulator.Event](t)(w.dana.Edit("primary", "series0_20261215T090000Z", func(e *emulator.Event) { e.Summary = "Late" }))
	_, token, _ := paged(t, c.Events.List("primary"))
	following := must[emulator.Event](t)(w.dana.Split("primary", second, func(e *emulator.Event) { e.Summary = "From now on" }))
	changes, _, _ := paged(t, c.Events.List("primary").SyncToken(token))
	got := map[string]string{}
	for _, e := range changes {
		got[e.Id] = e.Status + " " + e.Summary
		for _, line := range e.Recurrence {
			got[e.Id] += " " + line
		}
	}
	want := map[string]string{
		"series0": "confirmed Weekly RRULE:FREQ=WEEKLY;UNTIL=20261201T085959Z", "series0_20261215T090000Z": "cancelled ",
		following.ID: "confirmed From now on RRULE:FREQ=WEEKLY",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	first := must[*calendar.Events](t)(c.Events.Instances("primary", "series0").Do())
	if len(first.Items) != 1 {
		t.Errorf("the old series has %v", ids(first.Items))
	}
}

// A series keeps its wall clock time over a change of clocks, in the zone that it
// was made in and not in the calendar's.
func TestSeriesKeepTheWallClockOfTheirOwnZone(t *testing.T) {
	tests := []struct {
		name, zone, start string
		want              []string
	}{
		{"after the change", "America/New_York", "2026-10-30T09:00:00-04:00", []string{"2026-10-30T13:00:00Z", "2026-10-31T13:00:00Z", "2026-11-01T14:00:00Z"}},
		{"a time that comes twice is the first", "America/New_York", "2026-10-30T01:30:00-04:00", []string{"2026-10-30T05:30:00Z", "2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z"}},
		{"a time that is skipped counts from before", "America/New_York", "2026-03-07T02:30:00-05:00", []string{"2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"}},
	}
	for _, test := range tests {
		w := newWorld(t)
		start := must[time.Time](t)(time.Parse(time.RFC3339, test.start))
		series := must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{
			Start: emulator.At(start, test.zone), End: emulator.At(start.Add(time.Hour), test.zone), Recurrence: []string{"RRULE:FREQ=DAILY;COUNT=3"},
		}))
		c := w.client(t, dana)
		var got []string
		for _, e := range must[*calendar.Events](t)(c.Events.Instances("primary", series.ID).TimeZone("UTC").Do()).Items {
			got = append(got, e.Start.DateTime)
			if single := get(t, c, e.Id); single.Id != e.Id {
				t.Errorf("%s: %s is not found by its id", test.name, e.Id)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestRecurrenceLinesAreChecked(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	for _, line := range []string{"FREQ=DAILY", "RRULE:FREQ=SOMETIMES", "RRULE:FREQ=SECONDLY", "DTSTART:20261124T090000Z", "EXDATE:someday"} {
		e := timed("Series", 24, 10)
		e.Start.TimeZone, e.End.TimeZone = "Europe/Zurich", "Europe/Zurich"
		e.Recurrence = []string{line}
		_, err := c.Events.Insert("primary", e).Do()
		if err == nil {
			t.Errorf("%s was taken", line)
			continue
		}
		refused(t, err, 400, "invalid")
	}
}

func TestADeletedSeriesIsOneTombstoneAndItsInstancesAreGone(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	must[emulator.Event](t)(w.dana.Edit("primary", second, func(e *emulator.Event) { e.Summary = "Special" }))
	_, token, _ := paged(t, c.Events.List("primary"))
	check(t, w.dana.Delete("primary", "series0"))
	changes, _, _ := paged(t, c.Events.List("primary").SyncToken(token))
	if got := ids(changes); !slices.Equal(got, []string{"series0"}) {
		t.Errorf("changes %v", got)
	}
	if left, _, _ := paged(t, c.Events.List("primary")); len(left) != 0 {
		t.Errorf("a full list holds %v", ids(left))
	}
	if got := get(t, c, "series0_20261124T090000Z"); got.Status != "cancelled" {
		t.Errorf("an instance of a deleted series is %s", got.Status)
	}
}
