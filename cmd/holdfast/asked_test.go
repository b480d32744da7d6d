package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// A contact says how they want to be followed up, and the rep's word counts too.
func TestContactsAreAskedHowToFollowUp(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	dana, _ := w.ready(dana)
	var contacts store.Page[store.Contact]
	dana.api(http.StatusOK, "GET", "contacts?prospect=acme.com", "").into(t, &contacts)
	if len(contacts.Items) != 1 || contacts.Items[0].Address != "ana@acme.com" || contacts.Items[0].MetAt == nil {
		t.Fatalf("contacts: %+v", contacts.Items)
	}
	path := "contacts/" + contacts.Items[0].ID
	var asking, again struct{ URL string }
	dana.api(http.StatusOK, "POST", path+"/ask", "").into(t, &asking)
	dana.api(http.StatusOK, "POST", path+"/ask", "").into(t, &again)
	if asking != again {
		t.Errorf("two links: %q and %q", asking.URL, again.URL)
	}
	ana, link := w.prospect(), w.link(asking.URL)
	if r := ana.do("POST", link, `{"action": "preferences", "preferences": {"channel": "email", "days": ["tue", "thu"]}}`); r.StatusCode != http.StatusOK {
		t.Fatalf("preferences: %d %s", r.StatusCode, r.body)
	}
	if r := ana.do("POST", link, `{"action": "preferences", "preferences": {"zone": "Mars/Olympus"}}`); r.StatusCode != http.StatusBadRequest || !strings.Contains(r.body, "zone") {
		t.Errorf("a zone that is none: %d %s", r.StatusCode, r.body)
	}
	var c store.Contact
	dana.api(http.StatusOK, "PATCH", path, `{"zone": "Europe/Berlin", "name": "Ana R."}`).into(t, &c)
	if c.Wishes.Channel != "email" || c.Sources["channel"] != store.FromAsked || c.Wishes.Zone != "Europe/Berlin" || c.Sources["zone"] != store.FromRep || c.Name != "Ana R." {
		t.Errorf("contact: %+v", c)
	}
	for body, field := range map[string]string{
		`{"zone": "Mars/Olympus"}`: "zone", `{"days": ["someday"]}`: "days", `{"hours": {"start": "17:00", "end": "09:00"}}`: "hours",
		`{"not_before": "soon"}`: "not_before", `{"region": "atlantis"}`: "region",
	} {
		r := dana.api(http.StatusBadRequest, "PATCH", path, body)
		var p struct{ Errors []struct{ Field string } }
		r.into(t, &p)
		if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Field, field) {
			t.Errorf("%s: %s", body, r.body)
		}
	}
	var found struct{ Slots []scheduler.Slot }
	dana.api(http.StatusOK, "GET", "slots?contact=ana@acme.com&after=2026-12-01&duration=45m&count=2", "").into(t, &found)
	if len(found.Slots) != 2 {
		t.Fatalf("slots: %+v", found.Slots)
	}
	for _, s := range found.Slots {
		day := s.Local.Prospect.Weekday()
		if s.End.Sub(s.Start) != 45*time.Minute || day != time.Tuesday && day != time.Thursday || s.Local.Prospect.Hour() < 15 || s.Local.Rep.Hour() > 11 {
			t.Errorf("a slot is %+v", s)
		}
	}
	for after, status := range map[string]int{
		"9999-12-31": http.StatusBadRequest, "9999-12-31T23:59:59-12:00": http.StatusBadRequest, "0001-01-01": http.StatusOK,
	} {
		dana.api(status, "GET", "slots?after="+after, "")
	}
}

// What strangers send in a request's head does not end up in links.
func TestBookingLinksAreWhereThePublicURLSays(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	dana, u := w.ready(dana)
	var token struct{ Secret string }
	dana.api(http.StatusCreated, "POST", "tokens", `{"name": "forger"}`).into(t, &token)
	dana.header.Set("Authorization", "Bearer "+token.Secret) // cookies go by the host
	dana.header.Set("X-Forwarded-Host", "evil.example")
	dana.header.Set("Forwarded", "host=evil.example")
	dana.host = "evil.example"
	p := dana.proposal(t, u, "Fleet renewal")
	if token := strings.TrimPrefix(w.link(p.BookingURL), "/book/"); len(token) < 43 {
		t.Errorf("the token is %q", token)
	}
	if e := w.written(u, "offer")[0]; strings.Contains(e.Description, "evil") || !strings.Contains(e.Description, w.url+"/proposals/"+p.ID) {
		t.Errorf("the offer says %q", e.Description)
	}
	ana := w.prospect()
	ana.host = "evil.example"
	if r := ana.do("GET", w.link(p.BookingURL), ""); r.StatusCode != http.StatusOK || strings.Contains(r.body, "evil") {
		t.Errorf("the prospect is shown %d %s", r.StatusCode, r.body)
	}
}

// hostileTitle is one by which its author hopes to get somewhere.
const hostileTitle = "<script>alert(1)</script>\u2028ATTENDEE:mailto:eve@evil.example\u2029URL:javascript:alert(1);,\\n \u202egnp.exe"

func TestATitleIsOnlyATitleInEveryAnswer(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	dana, u := w.ready(dana)
	p := dana.proposal(t, u, hostileTitle)
	link, ana := w.booked(t, dana, p), w.prospect()
	file := ana.do("GET", link+"/review.ics", "").body
	for _, property := range []string{"ATTENDEE", "URL"} {
		if strings.Contains(file, "\n"+property) {
			t.Errorf("the title has become a property:\n%s", file)
		}
	}
	if r := dana.api(http.StatusBadRequest, "PATCH", "proposals/"+p.ID, `{"title": "Fleet\r\nATTENDEE:mailto:eve@evil.example"}`); !strings.Contains(r.body, `"field":"title"`) {
		t.Errorf("a title of two lines: %s", r.body)
	}
	for _, path := range []string{link, "/api/v1/proposals/" + p.ID} {
		dana.header.Set("Accept", "application/json")
		if r := dana.do("GET", path, ""); r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v %s", path, r.Header, r.body)
		}
	}
}

func quote(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}
