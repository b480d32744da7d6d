package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler/store"
)

func TestWhatIsNotChosenOfAFeedIsAsByDefault(t *testing.T) {
	d := newDesk(t, Pages{})
	_, secret := d.token(t, "dana@northwind.example")
	for body, change := range map[string]func(*store.FeedChoice){
		`{"name": "Phone"}`: func(*store.FeedChoice) {},
		`{"name": "Phone", "days_back": 0, "days_ahead": 0}`: func(c *store.FeedChoice) { c.DaysBack, c.DaysAhead = 0, 0 },
		`{"name": "Phone", "days_back": 365, "contents": ["reminders", "holds"], "flags_as": "todo", "alarms": true}`: func(c *store.FeedChoice) {
			c.DaysBack, c.FlagsAs, c.Alarms = 365, store.FlagsTodo, true
			c.Contents = []store.FeedContent{store.FeedHolds, store.FeedReminders}
		},
		`{"name": "Phone", "detail": "busy"}`: func(c *store.FeedChoice) {
			c.Detail, c.Contents = store.FeedBusy, []store.FeedContent{store.FeedHolds, store.FeedProposals}
		},
		`{"name": "Phone", "team": true}`: func(c *store.FeedChoice) {
			c.Team, c.Contents = true, []store.FeedContent{store.FeedFlags, store.FeedProposals}
		},
	} {
		want := store.DefaultFeed()
		want.Name = "Phone"
		change(&want)
		slices.Sort(want.Contents)
		w := d.answer(request("POST", prefix+"/feeds", body, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
		var made NewFeed
		if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
			continue
		}
		if diff := cmp.Diff(want, made.FeedChoice); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
		if !strings.HasSuffix(made.Addresses.HTTPS, made.Hint+".ics") {
			t.Errorf("%s: it is at %+v, and ends in %s", body, made.Addresses, made.Hint)
		}
	}
	w := d.answer(request("GET", prefix+"/feeds", "", "Authorization", "Bearer "+secret))
	if n := strings.Count(w.Body.String(), `"name"`); w.Code != http.StatusOK || n != 5 || strings.Contains(w.Body.String(), "/feeds/") {
		t.Errorf("the list of feeds is %d %s", w.Code, w.Body)
	}
}
