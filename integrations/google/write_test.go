package google_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

func zurich() *time.Location {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		panic(err)
	}
	return zone
}

func hold(id string) scheduler.Entry {
	return scheduler.Entry{
		Calendar: dana, ID: id, Title: "Follow-up: ACME", Description: "Call Ana.\nDone: https://holdfast.example/act/x",
		Start: nine, End: nine.Add(30 * time.Minute), Zone: zurich(),
		Busy: true, Popup: true, PopupBefore: 10 * time.Minute, Link: "https://holdfast.example/holds/h1",
		Tags: scheduler.Tags{
			Install: "install", Kind: scheduler.KindHold, ID: "h1", Key: "acme.com", Cadence: "after-meeting", Step: "thank-you", Gen: 2, Hash: "abc",
		},
	}
}

func TestAHoldIsWrittenPrivatelyAndMailedToNobody(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	etag := must(c.Insert(t.Context(), hold("hf00001")))(t)
	got := must(w.dana.Event("primary", "hf00001"))(t)
	no := false
	want := emulator.Event{
		ID: "hf00001", ETag: etag, Status: "confirmed", Summary: "Follow-up: ACME", Visibility: "private", EventType: "default",
		Description: "Call Ana.\nDone: https://holdfast.example/act/x",
		Start:       emulator.At(nine, "Europe/Zurich"), End: emulator.At(nine.Add(30*time.Minute), "Europe/Zurich"),
		GuestsCanInviteOthers: &no, GuestsCanSeeOtherGuests: &no,
		Reminders: &emulator.Reminders{Overrides: []emulator.Reminder{{Method: "popup", Minutes: 10}}},
		Source:    &emulator.Source{Title: "Holdfast", URL: "https://holdfast.example/holds/h1"},
		ExtendedProperties: &emulator.Properties{Private: map[string]string{
			"hfInstall": "install", "hfKind": "hold", "hfId": "h1", "hfKey": "acme.com", "hfCadence": "after-meeting", "hfStep": "thank-you", "hfGen": "2", "hfHash": "abc",
		}},
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool {
		switch p.String() {
		case "Kind", "HTMLLink", "Created", "Updated", "Creator", "Organizer", "ICalUID", "Transparency":
			return true // Google's own to fill in
		}
		return false
	}, cmp.Ignore())
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("the event (-want +got):\n%s", diff)
	}
	if got.Transparency == "transparent" {
		t.Error("it shows as free")
	}
}

// sent returns the bodies that write sends, without a word to anybody.
func sent(t *testing.T, write func(*google.Calendar)) []map[string]any {
	t.Helper()
	return sentTo(t, "none", write)
}

// sentTo returns the bodies that write sends, when tell are those who get a mail.
func sentTo(t *testing.T, tell string, write func(*google.Calendar)) []map[string]any {
	t.Helper()
	var bodies []map[string]any
	write(answering(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("sendUpdates"); got != tell {
			t.Errorf("%s: sendUpdates=%q", r.Method, got)
		}
		content, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if len(content) > 0 {
			var body map[string]any
			if err := json.Unmarshal(content, &body); err != nil {
				t.Error(err)
			}
			bodies = append(bodies, body)
		}
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if _, err := io.WriteString(w, `{"id":"hf1","etag":"\"2\""}`); err != nil {
			t.Error(err)
		}
	}))
	return bodies
}

func TestNothingThatCouldMailAnybodyIsEverSent(t *testing.T) {
	plain := hold("hf1")
	plain.Busy, plain.Popup, plain.Link = false, false, "javascript:alert(1)"
	bodies := sent(t, func(c *google.Calendar) {
		must(c.Insert(t.Context(), hold("hf1")))(t)
		must(c.Insert(t.Context(), plain))(t)
		must(c.Patch(t.Context(), plain, `"1"`))(t)
		mustDo(t, c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf1"}, `"1"`))
	})
	if len(bodies) != 3 {
		t.Fatalf("%d bodies, want 3", len(bodies))
	}
	for _, body := range bodies {
		for _, never := range []string{"attendees", "conferenceData", "colorId", "eventType", "organizer"} {
			if _, found := body[never]; found {
				t.Errorf("sent %s", never)
			}
		}
	}
	insert := bodies[1]
	want := map[string]any{"useDefault": false} // really sent, else the calendar's own reminders ring
	if diff := cmp.Diff(want, insert["reminders"]); diff != "" {
		t.Errorf("reminders of an entry without one (-want +got):\n%s", diff)
	}
	if insert["transparency"] != "transparent" || insert["source"] != nil {
		t.Errorf("an entry that is free, with a link that is no page: %v, %v", insert["transparency"], insert["source"])
	}
}

func TestAPatchSendsOnlyWhatHoldfastDecides(t *testing.T) {
	e := hold("hf1")
	e.Description = ""
	body := sent(t, func(c *google.Calendar) { must(c.Patch(t.Context(), e, `"1"`))(t) })[0]
	want := map[string]any{
		"summary": "Follow-up: ACME", "description": "", "transparency": "opaque",
		"start": map[string]any{"dateTime": "2026-11-24T09:00:00+01:00", "timeZone": "Europe/Zurich"},
		"end":   map[string]any{"dateTime": "2026-11-24T09:30:00+01:00", "timeZone": "Europe/Zurich"},
		"extendedProperties": map[string]any{"private": map[string]any{
			"hfInstall": "install", "hfKind": "hold", "hfId": "h1", "hfKey": "acme.com", "hfCadence": "after-meeting", "hfStep": "thank-you", "hfGen": "2", "hfHash": "abc",
		}},
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("the patch (-want +got):\n%s", diff)
	}
}

func TestAPatchKeepsWhatTheRepAdded(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	must(c.Insert(t.Context(), hold("hf00001")))(t)
	seen := must(w.dana.Edit("primary", "hf00001", func(e *emulator.Event) {
		e.Location, e.ColorID = "Room 4", "5"
		e.Reminders = &emulator.Reminders{UseDefault: true}
		e.ExtendedProperties.Private["other"] = "kept"
	}))(t)
	moved := hold("hf00001")
	moved.Start, moved.End, moved.Busy, moved.Description = ten, ten.Add(30*time.Minute), false, ""
	must(c.Patch(t.Context(), moved, seen.ETag))(t)
	got := must(w.dana.Event("primary", "hf00001"))(t)
	if got.Location != "Room 4" || got.ColorID != "5" || !got.Reminders.UseDefault || got.ExtendedProperties.Private["other"] != "kept" {
		t.Errorf("lost what the rep added: %+v", got)
	}
	if !got.Start.Time.Equal(ten) || got.Transparency != "transparent" || got.Description != "" {
		t.Errorf("not patched: %+v", got)
	}
}

func TestAnIdIsTakenAlsoByADeletedEvent(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	must(c.Insert(t.Context(), hold("hf00001")))(t)
	if _, err := c.Insert(t.Context(), hold("hf00001")); !errors.Is(err, scheduler.ErrTaken) {
		t.Errorf("live: %v, want ErrTaken", err)
	}
	mustDo(t, w.dana.Delete("primary", "hf00001"))
	if _, err := c.Insert(t.Context(), hold("hf00001")); !errors.Is(err, scheduler.ErrTaken) {
		t.Errorf("deleted: %v, want ErrTaken", err)
	}
}

func TestWhatThePersonChangedMeanwhileIsNotOverwritten(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	etag := must(c.Insert(t.Context(), hold("hf00001")))(t)
	must(w.dana.Edit("primary", "hf00001", func(e *emulator.Event) { e.Summary = "Mine" }))(t)
	if _, err := c.Patch(t.Context(), hold("hf00001"), etag); !errors.Is(err, scheduler.ErrChanged) {
		t.Errorf("patch: %v, want ErrChanged", err)
	}
	if err := c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf00001"}, etag); !errors.Is(err, scheduler.ErrChanged) {
		t.Errorf("delete: %v, want ErrChanged", err)
	}
	if got := must(w.dana.Event("primary", "hf00001"))(t); got.Summary != "Mine" || got.Status == "cancelled" {
		t.Errorf("it is %q, %s now", got.Summary, got.Status)
	}
}

func TestEveryWriteHasANewEtagThatTheNextOneNeeds(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	first := must(c.Insert(t.Context(), hold("hf00001")))(t)
	e := hold("hf00001")
	e.Title = "Follow-up: ACME renewal"
	second := must(c.Patch(t.Context(), e, first))(t)
	if first == "" || second == "" || first == second {
		t.Errorf("etags %q, then %q", first, second)
	}
	got := must(c.Event(t.Context(), dana, "hf00001"))(t)
	if got.ETag != second || got.Event.Summary != e.Title || got.Description != e.Description {
		t.Errorf("read back: %q, %q, %q", got.ETag, got.Event.Summary, got.Description)
	}
	if diff := cmp.Diff(e.Tags, got.Tags); diff != "" {
		t.Errorf("tags read back (-want +got):\n%s", diff)
	}
	mustDo(t, c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf00001"}, second))
}

func TestDeletingWhatIsGoneSaysSo(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	must(c.Insert(t.Context(), hold("hf00001")))(t)
	mustDo(t, c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf00001"}, ""))
	if err := c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf00001"}, ""); !errors.Is(err, scheduler.ErrGone) {
		t.Errorf("again: %v, want ErrGone", err)
	}
	if err := c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf99999"}, ""); !errors.Is(err, scheduler.ErrNotFound) {
		t.Errorf("unknown: %v, want ErrNotFound", err)
	}
}

func TestAWriteWhoseAnswerIsLostHasHappened(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	w.Fault(emulator.Fault{Method: "calendar.events.insert", AfterApply: true})
	if _, err := c.Insert(t.Context(), hold("hf00001")); err == nil {
		t.Fatal("no error")
	}
	if _, err := c.Insert(t.Context(), hold("hf00001")); !errors.Is(err, scheduler.ErrTaken) {
		t.Errorf("again: %v, want ErrTaken", err)
	}
	if got := must(c.Event(t.Context(), dana, "hf00001"))(t); got.Tags.ID != "h1" || got.Tags.Gen != 2 {
		t.Errorf("it cannot be told that it is ours: %+v", got.Tags)
	}
	if n := len(w.Writes(dana)); n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
}

func TestACalendarThatMayOnlyBeReadIsForbidden(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t, "https://www.googleapis.com/auth/calendar")
	team := must(w.dana.AddCalendar(emulator.Calendar{Summary: "Team", Role: emulator.Reader}))(t)
	e := hold("hf00001")
	e.Calendar = team
	if _, err := c.Insert(t.Context(), e); !errors.Is(err, scheduler.ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden", err)
	}
}

func TestAConsentWithoutTheBoxForEventsIsErrScope(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t, "openid", "email", "https://www.googleapis.com/auth/calendar.freebusy")
	if _, err := c.Insert(t.Context(), hold("hf00001")); !errors.Is(err, scheduler.ErrScope) {
		t.Errorf("insert: %v, want ErrScope", err)
	}
	if _, err := c.Calendars(t.Context()); !errors.Is(err, scheduler.ErrScope) {
		t.Errorf("calendars: %v, want ErrScope", err)
	}
}
