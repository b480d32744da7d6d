package emulator_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
)

// page reads a page of the emulator.
func page(t *testing.T, address string) (int, string) {
	t.Helper()
	response := must[*http.Response](t)(http.Get(address))
	defer response.Body.Close()
	return response.StatusCode, string(must[[]byte](t)(io.ReadAll(response.Body)))
}

func TestTheCalendarPageShowsTheWeeksAhead(t *testing.T) {
	w := newWorld(t)
	must[emulator.Event](t)(w.dana.Insert("primary", weekly("RRULE:FREQ=WEEKLY")))
	must[emulator.Event](t)(w.dana.Insert("primary", emulator.Event{Summary: "<b>Off</b>", Start: emulator.On("2026-11-25"), End: emulator.On("2026-11-26")}))
	root := w.APIURL()[:strings.Index(w.APIURL(), "/calendar")]
	status, text := page(t, root+"/calendar?user="+dana)
	if status != 200 || strings.Count(text, ">Weekly<") != 6 || !strings.Contains(text, "Tuesday, 24 November 2026") || !strings.Contains(text, "10:00–11:00") {
		t.Errorf("status %d:\n%s", status, text)
	}
	if strings.Contains(text, "<b>Off") || !strings.Contains(text, "&lt;b&gt;Off") {
		t.Error("a title is not inert")
	}
	if _, text := page(t, root+"/calendar"); !strings.Contains(text, eli) {
		t.Error("without a person everyone is listed")
	}
}

func TestTheEventPageMovesAndDeletesByHand(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	e := insert(t, c, timed("Demo", 24, 10))
	if status, text := page(t, e.HtmlLink); status != 200 || !strings.Contains(text, "Tuesday, 24 November 2026, 11:00–11:30") {
		t.Errorf("status %d:\n%s", status, text)
	}
	for _, do := range []string{"later", "delete"} {
		response := must[*http.Response](t)(http.PostForm(e.HtmlLink, url.Values{"do": {do}}))
		response.Body.Close()
		if response.StatusCode != 200 {
			t.Errorf("%s: status %d", do, response.StatusCode)
		}
		got := must[emulator.Event](t)(w.dana.Event("primary", e.Id))
		if moved := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC); !got.Start.Time.Equal(moved) || (got.Status == "cancelled") != (do == "delete") {
			t.Errorf("after %s: %s %v", do, got.Status, got.Start)
		}
	}
	if status, _ := page(t, e.HtmlLink); status != 404 {
		t.Errorf("a deleted event's page: %d", status)
	}
	w.noViolations(t)
}
