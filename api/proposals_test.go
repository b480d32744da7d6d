package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"holdfast/scheduler/store"
)

func TestBrokenProposalsAreToldFieldByField(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	for _, c := range []struct {
		method, path, body string
		want               FieldError
	}{
		{"POST", "proposals", `{"title": "Fleet", "send_on": "2026-12-01", "price": 3}`, FieldError{"price", "unexpected property"}},
		{"POST", "proposals", `{"send_on": "2026-12-01"}`, FieldError{"title", "is required"}},
		{"POST", "proposals", `{"title": "Fleet"}`, FieldError{"send_on", "is required"}},
		{"POST", "proposals", `{"title": "Fleet", "send_on": "soon"}`, FieldError{"send_on", ""}},
		{"POST", "proposals", `{"title": "Fleet", "send_on": "2026-12-01", "contact": {"name": "Ana"}}`, FieldError{"contact.address", "is required"}},
		{"POST", "proposals", `{"title": "Fleet", "send_on": "2026-12-01", "contact": {"address": "a@b.example", "phone": "1"}}`, FieldError{"contact.phone", "unexpected property"}},
		{"POST", "proposals", `{"title": "Fleet", "send_on": "2026-12-01", "duration": "soon"}`, FieldError{"duration", `"soon" is no duration such as 15m or 30d`}},
		{"POST", "proposals", `{"title": "Fleet", "send_on": "2026-12-01", "duration": "0m"}`, FieldError{"duration", "must be longer than nothing"}},
		{"POST", "proposals", `{"title": "Fleet", "send_on": "2026-12-01", "first_day": 0}`, FieldError{"first_day", "expected number >= 1"}},
		{"PATCH", "proposals/x", `{"title": ""}`, FieldError{"title", "expected length >= 1"}},
		{"PATCH", "proposals/x", `{"title": null}`, FieldError{"title", "must not be null"}},
		{"PATCH", "proposals/x", `{"state": "cleared"}`, FieldError{"state", "unexpected property"}},
		{"POST", "proposals/x/offers", `{"count": 9}`, FieldError{"count", "unexpected property"}},
		{"POST", "proposals/x/sent", `{"at": "now"}`, FieldError{"at", "unexpected property"}},
		{"GET", "proposals?state=lost", "", FieldError{"state", ""}},
		{"GET", "proposals?cursor=x", "", FieldError{"cursor", ""}},
		{"GET", "contacts?order=name", "", FieldError{"order", "unknown query parameter"}},
		{"GET", "contacts?cursor=x", "", FieldError{"cursor", ""}},
		{"PATCH", "contacts/x", `{"zone": null}`, FieldError{"zone", "must not be null"}},
		{"PATCH", "contacts/x", `{"address": "new@acme.com"}`, FieldError{"address", "unexpected property"}},
		{"PATCH", "contacts/x", `{"channel": "pigeon"}`, FieldError{"channel", ""}},
		{"PATCH", "contacts/x", `{"hours": {"start": "09:00"}}`, FieldError{"hours.end", "is required"}},
		{"GET", "slots?count=0", "", FieldError{"count", "expected number >= 1"}},
		{"GET", "slots?count=21", "", FieldError{"count", "expected number <= 20"}},
		{"GET", "slots?duration=30", "", FieldError{"duration", `"30" is no duration such as 15m or 30d`}},
		{"GET", "slots?duration=9h", "", FieldError{"duration", "must be from 1m to 8h"}},
		{"GET", "slots?duration=30s", "", FieldError{"duration", "must be from 1m to 8h"}},
		{"GET", "slots?duration=-30m", "", FieldError{"duration", "must be longer than nothing"}},
		{"GET", "slots?contact=ana", "", FieldError{"contact", ""}},
		{"GET", "slots?after=tomorrow", "", FieldError{"after", "is no time such as 2026-12-01T09:00:00Z and no day such as 2026-12-01"}},
		{"GET", "slots?with=ana", "", FieldError{"with", "unknown query parameter"}},
	} {
		w := d.answer(request(c.method, prefix+"/"+c.path, c.body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		p := problemIn(t, w)
		if p.Status != http.StatusBadRequest || p.Code != "invalid" || len(p.Errors) != 1 {
			t.Errorf("%s %s %s: %+v", c.method, c.path, c.body, p)
			continue
		}
		if got := p.Errors[0]; got.Field != c.want.Field || c.want.Message != "" && got.Message != c.want.Message {
			t.Errorf("%s %s %s: %+v, want %+v", c.method, c.path, c.body, got, c.want)
		}
	}
}

// A CRM that got no answer sends again.
func TestAProposalIsCreatedOnceForAKey(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	create := func(key string) (id string) {
		body := `{"title": "Fleet", "send_on": "` + d.Now().Format(time.DateOnly) + `", "contact": {"address": "ana@acme.com"}}`
		w := d.answer(request("POST", prefix+"/proposals", body, "Authorization", "Bearer "+secret, "Content-Type", "application/json", "Idempotency-Key", key))
		var p store.Proposal
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusCreated || p.ID == "" {
			t.Fatalf("%d %s, %v", w.Code, w.Body, err)
		}
		return p.ID
	}
	first := create("crm-17")
	if again, other := create("crm-17"), create("crm-18"); again != first || other == first {
		t.Errorf("created %s, again %s, with another key %s", first, again, other)
	}
}
