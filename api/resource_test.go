package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"holdfast/scheduler/store"
)

func TestAShortListHasPagesToo(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, secret := d.token(t, "dana@northwind.example")
	for _, name := range []string{"second", "third"} {
		if _, _, err := d.Store.CreateToken(t.Context(), rep.ID, name); err != nil {
			t.Fatal(err)
		}
	}
	seen := make(map[string]bool)
	for path, pages := "tokens?limit=2", 1; path != ""; pages++ {
		w := d.answer(request("GET", prefix+"/"+path, "", "Authorization", "Bearer "+secret))
		var page store.Page[store.Token]
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || len(page.Items) == 0 || len(page.Items) > 2 || pages > 2 {
			t.Fatalf("page %d: %d %s", pages, w.Code, w.Body)
		}
		for _, token := range page.Items {
			seen[token.ID] = true
		}
		if path = ""; page.Next != nil {
			path = "tokens?limit=2&cursor=" + url.QueryEscape(*page.Next)
		}
	}
	if len(seen) != 3 {
		t.Errorf("the pages have %d tokens, want 3", len(seen))
	}
	if w := d.answer(request("GET", prefix+"/calendars", "", "Authorization", "Bearer "+secret)); w.Body.String() != `{"items":[],"next":null}`+"\n" {
		t.Errorf("an empty list is %s", w.Body)
	}
}

func TestTimesOfTokensAreInTheRepsZone(t *testing.T) {
	d := newDesk(t, Pages{})
	rep, secret := d.token(t, "dana@northwind.example")
	if _, err := d.Store.UpdateSettings(t.Context(), rep.ID, func(r *store.RepSettings) error { r.Timezone = "Asia/Kolkata"; return nil }); err != nil {
		t.Fatal(err)
	}
	w := d.answer(request("GET", prefix+"/tokens", "", "Authorization", "Bearer "+secret))
	var page struct {
		Items []struct {
			CreatedAt string `json:"created_at"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	if want := noon.In(time.FixedZone("", 5*3600+1800)).Format(time.RFC3339); page.Items[0].CreatedAt != want {
		t.Errorf("a token was made at %s, want %s", page.Items[0].CreatedAt, want)
	}
}

func TestNoFieldIsTakenWhereThereIsNothingToSay(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	for body, status := range map[string]int{"": http.StatusNotFound, "{}": http.StatusNotFound, `{"x": 1}`: http.StatusBadRequest} {
		if w := d.answer(request("POST", prefix+"/holds/x/skip", body, "Authorization", "Bearer "+secret)); w.Code != status {
			t.Errorf("skip of no hold with body %q: %d, want %d", body, w.Code, status)
		}
	}
}

func TestWhatCanBeReadCanBeAskedForWithHEAD(t *testing.T) {
	d := newDesk(t, Pages{})
	server := httptest.NewServer(d.handler)
	defer server.Close()
	for path, status := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/api/v1/me": http.StatusUnauthorized, "/nothing": http.StatusNotFound} {
		response, err := http.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != status {
			t.Errorf("HEAD %s: %d, want %d", path, response.StatusCode, status)
		}
	}
}
