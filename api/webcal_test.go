package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/webcal"
	"holdfast/scheduler/jobs"
	"holdfast/scheduler/store"
)

// withWebcals lets an API watch calendars on this machine.
func withWebcals(c *Config) {
	runner := jobs.New(jobs.Config{
		Store: c.Store, Now: c.Now, Webcal: webcal.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}).Read,
	})
	c.Watch = runner.AddWebcal
}

// published serves a calendar, or a page at /page, and returns its address.
func published(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page/secret-canary" {
			fmt.Fprint(w, "<html>Sign in</html>")
			return
		}
		fmt.Fprint(w, "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Side project\r\nX-WR-TIMEZONE:Europe/Berlin\r\nEND:VCALENDAR\r\n")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestACalendarElsewhereIsWatchedChosenAndRemoved(t *testing.T) {
	d := newDesk(t, Pages{}, withWebcals)
	_, secret := d.token(t, "dana@northwind.example")
	address := published(t)
	call := func(status int, method, path, body string, into any) {
		t.Helper()
		w := d.answer(request(method, prefix+"/calendars"+path, body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		if w.Code != status || strings.Contains(w.Body.String(), "canary") {
			t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, status)
		}
		if into == nil {
			return
		}
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	var got Calendar
	call(http.StatusCreated, "POST", "", fmt.Sprintf(`{"address": %q, "counts": true}`, address+"/secret-canary.ics"), &got)
	read, age := noon, store.Duration(0)
	want := Calendar{
		ID: got.ID, Kind: "webcal", Name: "Side project", Host: strings.TrimPrefix(address, "http://"), Timezone: "Europe/Berlin",
		Counts: true, Blocks: true, LastSync: &read, Age: &age,
	}
	if diff := cmp.Diff(want, got); diff != "" || got.ID == "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	call(http.StatusOK, "PATCH", "/"+got.ID, `{"counts": false}`, &got)
	if want.Counts = false; !cmp.Equal(want, got) {
		t.Errorf("chosen it is %+v", got)
	}
	var list store.Page[Calendar]
	call(http.StatusOK, "GET", "", "", &list)
	if diff := cmp.Diff([]Calendar{want}, list.Items); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}

	_, eves := d.token(t, "eve@northwind.example")
	for _, method := range []string{"PATCH", "DELETE"} {
		for _, id := range []string{got.ID, "webcal-none"} {
			body := map[string]string{"PATCH": `{"blocks": false}`}[method]
			w := d.answer(request(method, prefix+"/calendars/"+id, body, "Authorization", "Bearer "+eves, "Content-Type", "application/json"))
			if w.Code != http.StatusNotFound {
				t.Errorf("%s of %s by somebody else: %d %s", method, id, w.Code, w.Body)
			}
		}
	}
	call(http.StatusNoContent, "DELETE", "/"+got.ID, "", nil)
	call(http.StatusNotFound, "DELETE", "/"+got.ID, "", nil)
	if log := d.log.String(); strings.Contains(log, "canary") {
		t.Errorf("the log tells the address:\n%s", log)
	}
}

func TestWhyACalendarElsewhereIsNotWatchedIsToldByField(t *testing.T) {
	d := newDesk(t, Pages{}, withWebcals)
	_, secret := d.token(t, "dana@northwind.example")
	address := published(t)
	add := func(body string) *httptest.ResponseRecorder {
		return d.answer(request("POST", prefix+"/calendars", body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
	}
	if w := add(fmt.Sprintf(`{"address": %q}`, address)); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for body, want := range map[string]FieldError{
		`{"address": "ftp://calendar.example.com/secret-canary"}`:         {"address", "This is no address of a calendar, such as https://calendar.example.com/dana.ics."},
		fmt.Sprintf(`{"address": %q}`, address+"/page/secret-canary"):     {"address", "The address answers with a web page, not a calendar. Look for a link that says iCal, ICS or subscribe."},
		`{"address": "http://10.0.0.1/secret-canary"}`:                    {"address", "The address leads to a private network, which Holdfast does not read."},
		`{"address": "http://[::ffff:169.254.169.254]/secret-canary"}`:    {"address", "The address leads to a private network, which Holdfast does not read."},
		fmt.Sprintf(`{"address": %q}`, address):                           {"address", "is watched already, as Side project"},
		fmt.Sprintf(`{"address": %q, "blocks": false}`, address+"/other"): {"blocks", "must be true where it does not count"},
		`{"name": "mine"}`: {"address", "is required"},
		`{"address": "https://secret-canary.example/` + strings.Repeat("x", 2000) + `"}`: {"address", "expected length <= 2000"},
	} {
		w := add(body)
		p := problemIn(t, w)
		if p.Status != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0] != want {
			t.Errorf("%.80s: %d %+v", body, w.Code, p)
		}
		if strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%.80s: the address is repeated: %s", body, w.Body)
		}
	}
	if log := d.log.String(); strings.Contains(log, "canary") {
		t.Errorf("the log tells the address:\n%s", log)
	}
}

func TestWhoAddsCalendarsElsewhereOverAndOverIsSlowedDown(t *testing.T) {
	d := newDesk(t, Pages{}, withWebcals)
	_, secret := d.token(t, "dana@northwind.example")
	statuses := make(map[int]int)
	for range 25 {
		w := d.answer(request("POST", prefix+"/calendars", `{"address": "nonsense"}`, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		statuses[w.Code]++
	}
	if statuses[http.StatusBadRequest] != 20 || statuses[http.StatusTooManyRequests] != 5 {
		t.Errorf("statuses %v", statuses)
	}
	if w := d.answer(request("GET", prefix+"/calendars", "", "Authorization", "Bearer "+secret)); w.Code != http.StatusOK {
		t.Errorf("the list: %d %s", w.Code, w.Body)
	}
}

func TestTheAgeOfWhatIsKnownOfACalendarIsShown(t *testing.T) {
	d := newDesk(t, Pages{}, withWebcals)
	rep, _ := d.token(t, "dana@northwind.example")
	synced := noon.Add(-150 * time.Minute)
	got := d.calendarOf(store.Calendar{SyncedAt: &synced, Error: "It is down."}, rep)
	if text, err := json.Marshal(got); err != nil || !strings.Contains(string(text), `"age":"2h30m"`) || !strings.Contains(string(text), `"error":"It is down."`) {
		t.Errorf("shown as %s, %v", text, err)
	}
}
