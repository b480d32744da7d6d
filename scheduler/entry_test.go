package scheduler

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEventIDsAreGooglesAndDifferByAllTheyAreMadeOf(t *testing.T) {
	ids := map[string]bool{}
	for _, id := range []string{
		EventID("install", "rep", "row", 1), EventID("other", "rep", "row", 1), EventID("install", "other", "row", 1),
		EventID("install", "rep", "other", 1), EventID("install", "rep", "row", 2), EventID("installrep", "", "row", 1),
	} {
		if !regexp.MustCompile(`^hf[a-v0-9]{32}$`).MatchString(id) {
			t.Errorf("%s is no id of Google's", id)
		}
		ids[id] = true
	}
	if len(ids) != 6 {
		t.Errorf("%d different ids, want 6", len(ids))
	}
	if got := EventID("install", "rep", "row", 1); got != "hffqhq47c360srjv3j57nrcf7h9rnoofjk" {
		t.Errorf("%s: events written by earlier versions are not found any more", got)
	}
}

func TestAHoldsEntry(t *testing.T) {
	s := testSettings()
	h := Hold{
		Title: "Call Ana", Description: "Why", Start: at("2026-11-20 09:00"), End: at("2026-11-20 09:15"), Busy: true,
		Channel: Call, Prospect: "acme.com", Cadence: "after-meeting", Step: "second-contact",
	}
	want := Entry{
		Title: "Call Ana", Description: "Why", Start: h.Start, End: h.End, Zone: newYork, Busy: true,
		Popup: true, PopupBefore: 5 * time.Minute,
		Tags: Tags{Kind: KindHold, Key: "acme.com", Cadence: "after-meeting", Step: "second-contact"},
	}
	zones := cmpopts.IgnoreFields(Entry{}, "Zone")
	if diff := cmp.Diff(want, HoldEntry(h, s), zones); diff != "" {
		t.Errorf("a call pops up 5 minutes before (-want +got):\n%s", diff)
	}
	if h.Channel = Email; HoldEntry(h, s).Popup || HoldEntry(h, s).Zone != newYork {
		t.Error("a mail pops up, or is in another zone")
	}
}

func TestARemindersEntryShowsAsFreeAndPopsUpAsItStarts(t *testing.T) {
	r := Reminder{Title: "Agree", Description: "Why", Start: at("2026-11-20 09:00"), End: at("2026-11-20 09:10"), Prospects: []string{"acme.com", "zeta.com"}}
	want := Entry{
		Title: "Agree", Description: "Why", Start: r.Start, End: r.End, Popup: true,
		Tags: Tags{Kind: KindWrapUp, Key: "acme.com zeta.com"},
	}
	if diff := cmp.Diff(want, ReminderEntry(r, testSettings()), cmpopts.IgnoreFields(Entry{}, "Zone")); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

func TestAHashTellsEverythingThatAPersonCouldChange(t *testing.T) {
	e := Entry{Title: "a", Description: "b", Start: at("2026-11-20 09:00"), End: at("2026-11-20 09:15")}
	changes := map[string]func(*Entry){
		"title":                    func(e *Entry) { e.Title = "x" },
		"description":              func(e *Entry) { e.Description = "x" },
		"where one ends":           func(e *Entry) { e.Title, e.Description = "ab", "" },
		"start":                    func(e *Entry) { e.Start = e.Start.Add(time.Minute) },
		"end":                      func(e *Entry) { e.End = e.End.Add(time.Minute) },
		"whether it shows as busy": func(e *Entry) { e.Busy = true },
	}
	for what, change := range changes {
		other := e
		if change(&other); other.Hash() == e.Hash() {
			t.Errorf("not the %s", what)
		}
	}
	other := e
	other.ID, other.Tags.Gen, other.Description, other.Start = "id", 2, "b\r\n", e.Start.In(newYork)
	if other.Hash() != e.Hash() {
		t.Error("it tells what no person changes")
	}
}

func TestLinksStandBelowTheDescription(t *testing.T) {
	links := []ActLink{{"Done", "https://h/act/1"}, {"Stop", "https://h/act/2"}}
	want := "Why\n\nDone: https://h/act/1\nStop: https://h/act/2\n"
	if got := WithLinks("Why\n", links); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := WithLinks("Why\n", nil); got != "Why\n" {
		t.Errorf("without links %q", got)
	}
}
