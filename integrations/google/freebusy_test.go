package google_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

func TestBusyTimesAreThoseThatTakeTime(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	w.insert(t, single("Demo"))
	free := single("Free")
	free.Start, free.End, free.Transparency = emulator.At(ten, ""), emulator.At(ten.Add(time.Hour), ""), "transparent"
	w.insert(t, free)
	busy := must(c.FreeBusy(t.Context(), []string{dana, "unknown@example.com"}, nine.AddDate(0, 0, -1), nine.AddDate(0, 0, 1)))(t)
	if diff := cmp.Diff([]scheduler.Span{{Start: nine, End: ten}}, busy[dana].Spans); diff != "" || busy[dana].Err != nil {
		t.Errorf("busy (-want +got):\n%s%v", diff, busy[dana].Err)
	}
	if unknown := busy["unknown@example.com"]; !errors.Is(unknown.Err, scheduler.ErrNotFound) {
		t.Errorf("a calendar that cannot be seen: %+v, want an error, for it is not free", unknown)
	}
}

func TestTheBusyTimesOfOneCalendarAreKnownOrAnError(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	w.insert(t, single("Demo"))
	spans := must(c.BusyTimes(t.Context(), dana, nine.AddDate(0, 0, -1), nine.AddDate(0, 0, 1)))(t)
	if diff := cmp.Diff([]scheduler.Span{{Start: nine, End: ten}}, spans); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
	spans, err := c.BusyTimes(t.Context(), "unknown@example.com", nine, ten)
	if !errors.Is(err, scheduler.ErrHidden) || !errors.Is(err, scheduler.ErrNotFound) || spans != nil {
		t.Errorf("of a calendar that cannot be seen: %v, %v", spans, err)
	}
}

func TestBusyTimesOfMonthsAndOfManyCalendarsAreAskedForInParts(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	var want []scheduler.Span
	for _, days := range []int{0, 70, 130} {
		e := single("Demo")
		e.Start, e.End = emulator.At(nine.AddDate(0, 0, days), ""), emulator.At(ten.AddDate(0, 0, days), "")
		w.insert(t, e)
		want = append(want, scheduler.Span{Start: nine.AddDate(0, 0, days), End: ten.AddDate(0, 0, days)})
	}
	calendars := []string{dana}
	for i := range 59 {
		calendars = append(calendars, fmt.Sprintf("c%d@example.com", i))
	}
	busy := must(c.FreeBusy(t.Context(), calendars, nine, nine.AddDate(0, 0, 150)))(t)
	if diff := cmp.Diff(want, busy[dana].Spans); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
	if len(busy) != 60 || busy["c58@example.com"].Err == nil {
		t.Errorf("%d calendars in the answer, want 60", len(busy))
	}
	if n := w.Count(dana, "calendar.freebusy.query"); n != 6 {
		t.Errorf("%d calls, want 6: three parts of time for each of two of calendars", n)
	}
}

func TestACalendarWhoseTimesAreNotKnownIsNotFree(t *testing.T) {
	for name, answer := range map[string]string{
		"left out":       `{"calendars":{}}`,
		"in trouble":     `{"calendars":{"` + dana + `":{"errors":[{"domain":"global","reason":"internalError"}],"busy":[]}}}`,
		"cannot be read": `{"calendars":{"` + dana + `":{"busy":[{"start":"soon","end":"later"}]}}}`,
		"runs backwards": `{"calendars":{"` + dana + `":{"busy":[{"start":"2026-11-24T10:00:00Z","end":"2026-11-24T09:00:00Z"}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&struct{}{}); err != nil {
					t.Error(err)
				}
				fmt.Fprint(w, answer)
			})
			if busy := must(c.FreeBusy(t.Context(), []string{dana}, nine, ten))(t); !errors.Is(busy[dana].Err, scheduler.ErrHidden) {
				t.Errorf("got %+v, want them to be unknown", busy[dana])
			}
		})
	}
}
