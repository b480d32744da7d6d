package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestACalendarThatIsNotTheRepsCanBlockAndNotCount(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, secret := d.token(t, "dana@northwind.example")
	err := d.Store.SaveCalendars(t.Context(), rep.ID, []scheduler.RemoteCalendar{
		{ID: rep.Email, Name: "Dana", Primary: true, Owned: true}, {ID: "boss@northwind.example", Name: "The boss", Zone: "Europe/Berlin"},
	})
	if err != nil {
		t.Fatal(err)
	}
	choose := func(body string) (int, []byte) {
		w := d.answer(request("PATCH", "/api/v1/calendars/boss@northwind.example", body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		return w.Code, w.Body.Bytes()
	}
	for _, body := range []string{`{"counts": true}`, `{"counts": true, "blocks": true}`} {
		status, answer := choose(body)
		var p Problem
		if err := json.Unmarshal(answer, &p); err != nil {
			t.Fatal(err)
		}
		const why = "This calendar is not yours, so only its busy times can be read: it can block time, but not count."
		if status != http.StatusUnprocessableEntity || p.Code != "not_possible" || p.Detail != why {
			t.Errorf("%s is answered with %d, %s", body, status, answer)
		}
	}
	for _, body := range []string{`{"blocks": true}`, `{"counts": false, "blocks": true}`} {
		status, answer := choose(body)
		var got Calendar
		if err := json.Unmarshal(answer, &got); err != nil {
			t.Fatal(err)
		}
		want := Calendar{ID: "boss@northwind.example", Kind: "google", Name: "The boss", Timezone: "Europe/Berlin", Blocks: true}
		if diff := cmp.Diff(want, got); status != http.StatusOK || diff != "" {
			t.Errorf("%s is answered with %d (-want +got):\n%s", body, status, diff)
		}
	}
}
