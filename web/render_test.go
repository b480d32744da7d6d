package web

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// hostile is text that acts on a page that does not watch out.
const hostile = "<script>alert(1)</script>\"'> javascript:alert(1) \u202eevil"

func testSite(t *testing.T, c Config) *Site {
	t.Helper()
	c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	site, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func testFrame(page, title string) frame {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return frame{
		Title: title, Page: page, zone: zone, now: time.Date(2026, 11, 18, 15, 0, 0, 0, time.UTC),
		Rep: &store.Rep{ID: "r1", Email: "dana@northwind.example", State: store.Connected, Backlog: scheduler.BacklogPending, Zone: zone.String()},
	}
}

func testFlag(id, text string) store.Flag {
	start := time.Date(2026, 11, 17, 15, 0, 0, 0, time.UTC)
	hold := func(n int, channel scheduler.Channel, title string) store.Hold {
		return store.Hold{
			ID: id + title, Prospect: text, Title: title + " " + text, Channel: channel, State: scheduler.Written,
			Start: start.AddDate(0, 0, n), End: start.AddDate(0, 0, n).Add(15 * time.Minute), Late: true,
		}
	}
	return store.Flag{
		ID: id, Prospect: text, Reason: scheduler.NoNextStep, State: "open",
		Meeting: store.Meeting{Summary: "Demo " + text, Start: start, End: start.Add(time.Hour), Link: "https://www.google.com/calendar/event?eid=x"},
		Contact: scheduler.Contact{Address: "ana@acme.com", Name: "Ana Ruiz"},
		Holds: []store.Hold{
			hold(1, scheduler.Email, "Email Ana Ruiz (acme.com) · thank you 1/3"),
			hold(3, scheduler.Call, "Call Ana Ruiz (acme.com) · second contact 2/3"),
			hold(20, scheduler.Call, "Call Ana Ruiz (acme.com) · third contact 3/3"),
		},
		Unplaced: []scheduler.Unplaced{{Step: "third-contact", Reason: "no free time within 20 business days of its deadline"}},
		Times:    []time.Time{start.AddDate(0, 0, 2), start.AddDate(0, 0, 3)},
	}
}

// allPages returns every page with text wherever a calendar's words are shown.
func allPages(text string) []view {
	page := func(name string, content any) view { return view{testFrame(name, name), content} }
	f := testFrame("", "")
	flag := testFlag("f1", text)
	cards := []flagCard{f.flagCard(flag, true)}
	at := f.now.Add(-time.Hour)
	counts := scheduler.Counts{Events: 412, Meetings: 87, Prospects: 31, Covered: 19, Flagged: 12}
	calendars := []store.Calendar{{ID: "c", Name: text, Primary: true, Owned: true, Counts: true, SyncedAt: &at}, {ID: "d", Name: text, Error: text}}
	elsewhere := []store.Calendar{
		{ID: "webcal-c", Kind: store.WebcalCalendar, Name: text, Host: text, Blocks: true, Complete: true, SyncedAt: &at},
		{ID: "webcal-d", Kind: store.WebcalCalendar, Name: text, Host: text, Counts: true, Complete: true, SyncedAt: &at, Error: text},
	}
	views := []view{
		page("signin", OAuth{Redirect: "https://h.example/auth/google/callback", Scopes: []string{"openid", "email"}}),
		page("signin", OAuth{Ready: true}),
		page("reading", backlogPage{Calendars: calendars}),
		page("backlog", backlogPage{
			Backlog: store.Backlog{State: scheduler.BacklogPending, Counts: counts, Reminders: []store.PlannedReminder{{Title: text, Start: f.now, End: f.now}}},
			Rate:    shareOf(counts), Cards: []flagCard{f.flagCard(flag, false)}, Holds: 3, First: f.now, Last: f.now,
		}),
		page("backlog", backlogPage{Backlog: store.Backlog{State: scheduler.BacklogAccepted}}),
		page("today", todayPage{Rate: shareOf(counts), Open: cards, Left: cards, Days: f.holdDays(flag.Holds), Due: 1, Reasons: waiverReasons, Waiting: 2, Proposals: proposalCards(testProposals(text), f.now)}),
		page("today", todayPage{}),
		page("connection", connectionPage{store.Health{State: store.Reconnect, Reason: text, LastSync: &at, SlowUntil: &at}, "Needs you", 3, calendars, elsewhere}),
		page("activity", activityPage{Days: []activityDay{{f.now, []store.Activity{{At: at, Kind: "x", Summary: text}}}}, Next: "/activity?before=" + "x"}),
		page("activity", activityPage{}),
		page("settings", settingsPage{
			Settings: store.RepSettings{Ignored: []string{text}}, ShowAs: showAs, ShownAs: "auto", Numbers: numbers(new(store.RepSettings)), Reviews: reviewNumbers(new(store.RepSettings)),
			Problems: map[string]string{"timezone": text}, Tokens: []store.Token{{ID: "t", Name: text, Hint: "hf_ab", CreatedAt: at}}, Secret: "hf_secret",
		}),
		page("proposals", proposalsPage{Groups: grouped(proposalCards(testProposals(text), f.now)), States: proposalStates, Form: testProposalForm(text), FormOpen: true, Next: "/proposals?before=x"}),
		page("proposals", proposalsPage{States: proposalStates, Shown: "sent"}),
		page("proposals", proposalsPage{States: proposalStates}),
		page("contacts", contactsPage{Contacts: []contactCard{cardOf(testContact(text)), cardOf(store.Contact{Address: "bo@acme.com"})}, Search: text, Next: "/contacts?before=x"}),
		page("contacts", contactsPage{Search: text}),
		page("contacts", contactsPage{}),
		page("contact", contactPage{contactCard: cardOf(testContact(text)), Facts: wishFacts(testWishes, testSources), Form: testContactForm(text), FormOpen: true}),
		page("contact", contactPage{contactCard: cardOf(store.Contact{Address: "bo@acme.com"}), Link: "https://h.example/book/x", Mail: text}),
		page("act", actPage{f.holdLine(flag.Holds[0]), "Tick this hold off?", "Yes", "Done.", false}),
		page("error", troubles[404]),
	}
	for _, p := range testProposals(text) {
		views = append(views, page("proposal", testProposalPage(p, text)))
	}
	for _, b := range testBookings(text) {
		views = append(views, testBooking(b, text))
	}
	return views
}

func TestEveryPageRendersAndTextFromCalendarsStaysInert(t *testing.T) {
	site := testSite(t, Config{})
	for _, v := range allPages(hostile) {
		body, err := site.markup(v)
		if err != nil {
			t.Errorf("%s: %v", v.Page, err)
			continue
		}
		for _, bad := range []string{"<script>alert", "\u202e", `href="javascript:`, " style=", " onclick=", "ZgotmplZ", "<no value>"} {
			if strings.Contains(string(body), bad) {
				t.Errorf("%s contains %q", v.Page, bad)
			}
		}
	}
}
