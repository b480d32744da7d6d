package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

const hour = time.Hour

func TestWhoeverIsNotSignedInSeesHowTo(t *testing.T) {
	d := newDesk(t)
	d.signed = false
	for _, path := range []string{"/", "/today", "/backlog", "/connection", "/settings", "/activity"} {
		d.want(d.get(path), "/", `href="/auth/google/start"`)
	}
	if p := d.post("/backlog/accept"); p.path != "/" {
		t.Errorf("a form of somebody who is not signed in leads to %s", p.path)
	}
}

func TestTheFirstSyncIsShownWhileItRunsAndThenItsResult(t *testing.T) {
	d := newDesk(t)
	d.want(d.get("/"), "/backlog", "Reading your calendar", `http-equiv="refresh"`, "My calendar", "being read")
	d.meeting("Demo", "ana@acme.example", -26*hour)
	d.meeting("Intro", "bo@globex.example", -50*hour)
	d.meeting("Later", "bo@globex.example", 50*hour)
	d.read()
	d.want(d.get("/"), "/backlog", "What was found", "3 events", "acme.example", "Place these 3 holds", "Leave them be", "50 %", "Email ana@acme.example")
	if strings.Contains(d.get("/backlog").text, `http-equiv="refresh"`) {
		t.Error("the result goes on looking again")
	}
	d.want(d.post("/backlog/accept"), "/today", "going onto your calendar", "acme.example", "It is settled")
	d.want(d.get("/"), "/today")
	d.want(d.get("/backlog"), "/backlog", "You placed these holds")
	if p := d.post("/backlog/dismiss"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a second answer is answered with %d", p.status)
	}
}

func TestABacklogThatIsLeftBeCanBePlacedOneByOne(t *testing.T) {
	d := newDesk(t)
	d.meeting("Demo", "ana@acme.example", -26*hour)
	d.read()
	p := d.post("/backlog/dismiss")
	d.want(p, "/today", "Left be", "1 meeting left be", "Place holds")
	place := d.link(p, `/flags/[a-z0-9]+/holds`)
	p = d.post(place)
	d.want(p, "/today", "going onto your calendar", `action="/holds/`)
	if strings.Contains(p.text, "Place holds") {
		t.Error("the holds that were placed can be placed again")
	}
}

func TestNothingToCatchUpOnIsSaidAtOnce(t *testing.T) {
	d := newDesk(t)
	d.meeting("Demo", "ana@acme.example", -26*hour)
	d.meeting("Next", "ana@acme.example", 26*24*hour)
	d.read()
	d.want(d.get("/"), "/today", "Every meeting has a next step", "100 %", "No holds")
	d.want(d.get("/backlog"), "/backlog", "Every prospect has a next step")
}

func TestRemindersAloneWaitForTheRepsWordToo(t *testing.T) {
	d := newDesk(t)
	d.meeting("Next", "ana@acme.example", 26*hour)
	d.read()
	d.want(d.get("/"), "/backlog", "nothing to catch up on", "1 wrap-up reminder would be written", "Start watching")
	d.want(d.post("/backlog/accept"), "/today", "going onto your calendar")
}

func TestACalendarWithoutMeetingsAsksNothing(t *testing.T) {
	d := newDesk(t)
	d.read()
	d.want(d.get("/"), "/today", "No meeting with a prospect to judge yet", "No holds")
}

// connected returns a desk with a flag and its holds.
func connected(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.meeting("Demo <i>now</i>", "ana@acme.example", -26*hour)
	d.read()
	d.want(d.post("/backlog/accept"), "/today", "acme.example", "Demo &lt;i&gt;now&lt;/i&gt;")
	return d
}

func (d *desk) flag() store.Flag {
	d.t.Helper()
	flags, err := d.store.Flags(d.t.Context(), d.rep, store.Query{})
	d.must(err)
	return flags.Items[0]
}

func TestAFlagIsSettledWithAReason(t *testing.T) {
	d := connected(t)
	waive := d.link(d.get("/today"), `/flags/[a-z0-9]+/waive`)
	d.want(d.post(waive, "reason", "because"), "/today", "Not settled: choose a reason.", `role="alert"`)
	d.want(d.post(waive, "reason", "lost", "resume_on", "soon"), "/today", "soon is not a date")
	d.want(d.post(waive, "reason", "lost", "resume_on", "2026-11-18"), "/today", "Not settled: choose a day to come, or none.")
	if d.flag().State != "open" {
		t.Fatal("a form that was filled in wrongly settles the flag")
	}
	d.want(d.post(waive, "reason", "lost", "note", "chose a rival", "resume_on", "2027-03-01"), "/today", "acme.example is settled", "Every meeting has a next step")
	if f := d.flag(); f.State != "waived" || f.Waiver == nil || *f.Waiver != (store.Waiver{Reason: scheduler.Lost, Note: "chose a rival", ResumeOn: "2027-03-01"}) {
		t.Errorf("the flag is %s, waived by %+v", f.State, f.Waiver)
	}
}

func TestAMeetingThatDidNotHappenIsRebooked(t *testing.T) {
	d := connected(t)
	today := d.get("/today")
	d.want(today, "/today", "This cannot be taken back.")
	today = d.post(d.link(today, `/flags/[a-z0-9]+/did-not-happen`))
	d.want(today, "/today", "finding a new time", "Cancelled, declined or missed, and not rebooked")
	if strings.Contains(today.text, "did-not-happen") {
		t.Error("what did not happen can be said not to have happened")
	}
}

func TestSomebodyWhoIsNoProspectIsNeverAskedAboutAgain(t *testing.T) {
	d := connected(t)
	d.want(d.post(d.link(d.get("/today"), `/flags/[a-z0-9]+/not-a-prospect`)), "/today", "no prospect from now on", "Every meeting has a next step")
	d.want(d.get("/settings"), "/settings", ">acme.example</textarea>")
}

func TestAHoldIsTickedOffPutOffOrSkipped(t *testing.T) {
	d := connected(t)
	first := func(act string) string { return d.link(d.get("/today"), `/holds/[a-z0-9]+/`+act) }
	d.want(d.post(first("snooze"), "until", "2026-11-27"), "/today", "Put off to Fri 27 Nov", "Friday 27 November")
	d.want(d.post(first("snooze"), "until", "whenever"), "/today", "whenever is not a date")
	d.want(d.post(first("done")), "/today", "Done: ")
	d.want(d.get("/today"), "/today", "Skip it for good")
	d.want(d.post(first("skip")), "/today", "Skipped: ")
	states := make(map[scheduler.HoldState]int)
	for _, h := range d.flag().Holds {
		states[h.State]++
	}
	if states[scheduler.Done] != 1 || states[scheduler.Skipped] != 1 {
		t.Errorf("holds are %v", states)
	}
}

func TestTheRepSaysThatTheyReplied(t *testing.T) {
	d := connected(t)
	replied := d.link(d.get("/today"), `/holds/[a-z0-9]+/replied`)
	p := d.post(replied)
	d.want(p, "/today", "acme.example replied", "They replied: its follow-up is over", "No holds", "Place holds")
	if strings.Contains(p.text, "/replied") {
		t.Error("a follow-up that is over can be ended again")
	}
	if f := d.flag(); f.State != "open" || !f.Replied || f.Holds[0].State != scheduler.Released {
		t.Errorf("the flag is %s, replied %t, its first hold %s", f.State, f.Replied, f.Holds[0].State)
	}
}

func TestHoldsOfAMeetingAboutToEndSayWhenTheyAreWritten(t *testing.T) {
	d := newDesk(t)
	d.read()
	d.meeting("Demo", "ana@acme.example", -25*time.Minute)
	d.read()
	p := d.get("/today")
	d.want(p, "/today", "About to end without a next step", "not on your calendar yet · it is written when the meeting has ended")
	if strings.Contains(p.text, "/replied") {
		t.Error("whom the rep is sitting with may have replied")
	}
}

func TestHoldsOfTheBacklogAreNoneToComeBeforeTheRepsWord(t *testing.T) {
	d := newDesk(t)
	d.meeting("Demo", "ana@acme.example", -time.Hour)
	d.read()
	d.want(d.get("/today"), "/today", "wait", "No holds")
	d.post("/backlog/accept")
	if p := d.get("/today"); strings.Contains(p.text, "No holds") {
		t.Error("holds that are placed are not shown")
	}
}

func TestTheConnectionIsPausedAndResumed(t *testing.T) {
	d := connected(t)
	d.want(d.get("/connection"), "/connection", "Connected", "just now", "3 changes", "My calendar")
	d.want(d.post("/connection/sync"), "/connection", "Reading your calendar now")
	d.want(d.post("/connection/pause"), "/connection", "Paused.", "Resume</button>")
	d.want(d.get("/today"), "/today", "Holdfast is paused")
	d.want(d.post("/connection/resume"), "/connection", "Resumed.", "Pause</button>")
}

func TestALostConsentIsShownOnEveryPageWithItsReason(t *testing.T) {
	d := connected(t)
	d.must(d.store.NeedReconnect(t.Context(), d.rep, d.store.Now(), "Google says the consent was revoked."))
	for _, path := range []string{"/today", "/settings", "/activity", "/connection"} {
		d.want(d.get(path), path, "Google says the consent was revoked.", "Reconnect Google Calendar", `href="/auth/google/start"`)
	}
}

func TestACalendarIsChosen(t *testing.T) {
	d := connected(t)
	d.want(d.post("/connection/calendars", "calendar", deskAddress, "use", "blocks"), "/connection", "My calendar: noted", `value="blocks" selected`)
}

func TestACalendarThatIsNotTheRepsCanBlockAndNotCount(t *testing.T) {
	d := connected(t)
	d.must(d.store.SaveCalendars(t.Context(), d.rep, []scheduler.RemoteCalendar{
		{ID: deskAddress, Name: "My calendar", Primary: true, Owned: true}, {ID: "boss", Name: "The boss"},
	}))
	page := d.get("/connection")
	d.want(page, "/connection", "The boss", "not yours: only its busy times can be read", "if its owner shows you")
	if n := strings.Count(page.text, `<option value="counts"`); n != 1 {
		t.Errorf("%d calendars are offered to count, want the rep's own", n)
	}
	d.want(d.post("/connection/calendars", "calendar", "boss", "use", "counts"), "/connection", "it can block time, but not count")
	d.want(d.post("/connection/calendars", "calendar", "boss", "use", "blocks"), "/connection", "The boss: noted", `value="blocks" selected`)
}

func TestACalendarElsewhereIsAddedByItsAddressAndRemoved(t *testing.T) {
	d := connected(t)
	const address = "https://calendar.example.com/secret-canary.ics"
	d.want(d.get("/connection"), "/connection", "Calendars elsewhere", "Add a calendar by its address", "your other addresses")
	d.want(d.post("/connection/webcal", "address", "https://calendar.example.com/page"), "/connection", "Not added. The address answers with a web page.", `role="alert"`)
	d.want(d.post("/connection/webcal", "address", "nonsense"), "/connection", "Not added. This is no address of a calendar")
	d.want(d.post("/connection/webcal", "address", address, "counts", "true"), "/connection", "Side project is watched from now on", "calendar.example.com", `value="counts" selected`)
	d.want(d.post("/connection/webcal", "address", address), "/connection", "Not added. This calendar is watched already, as Side project.")

	calendars, err := d.store.Calendars(t.Context(), d.rep)
	d.must(err)
	c := calendars[slices.IndexFunc(calendars, func(c store.Calendar) bool { return c.Kind == store.WebcalCalendar })]
	d.want(d.post("/connection/calendars", "calendar", c.ID, "use", "blocks"), "/connection", "Side project: noted")
	d.now = d.now.Add(3 * hour)
	d.must(d.store.WebcalFailed(t.Context(), d.rep, c.ID, "calendar.example.com cannot be reached.", d.now.Add(hour)))
	page := d.get("/connection")
	d.want(page, "/connection", "calendar.example.com cannot be reached.", "Holdfast goes by what it read 3 hours ago")
	if strings.Contains(page.text, "canary") {
		t.Error("the page shows the whole address")
	}
	d.want(d.post(d.link(page, `/connection/webcal/[a-z0-9-]+/remove`)), "/connection", "Removed.")
	if strings.Contains(d.get("/connection").text, "Side project") {
		t.Error("it is still shown")
	}
	if p := d.post("/connection/webcal/" + deskAddress + "/remove"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("removing one at Google is answered with %d", p.status)
	}
}

func TestSettingsAreSavedOrSayWhatIsWrong(t *testing.T) {
	d := connected(t)
	form := []string{
		"timezone", "Europe/Berlin", "hours_start", "08:00", "hours_end", "16:30", "holidays", "de-by, us",
		"ignored", "partner.example\r\nsupplier.example", "show_as", "busy", "lookback", "14d", "horizon", "90d", "wrap_up", "5m", "lead", "30m",
		"holds_per_day", "4", "hold_minutes_per_day", "1h", "catch_ups_per_day", "1", "touches", "5", "touch_days", "20",
		"name", "Dana Reyes", "review_meet", "true", "proposal_languages", "en, de", "review_length", "45m", "review_count", "2", "review_first_day", "1", "review_last_day", "4",
		"review_answer", "2", "review_notice", "1d", "review_buffer", "15m",
	}
	d.want(d.post("/settings", form...), "/settings", "Settings saved", `value="Europe/Berlin"`, `value="de-by, us"`, `value="14d"`, `value="busy" checked`, "partner.example\nsupplier.example")
	rep, err := d.store.Rep(t.Context(), d.rep)
	d.must(err)
	if s := rep.Settings; s.WrapUpReminders || s.HoldsPerDay != 4 || s.Hours.End != "16:30" || s.Block != store.Duration(time.Hour) ||
		s.Name != "Dana Reyes" || !s.ReviewMeet || s.ReviewCount != 2 || len(s.ProposalLanguages) != 2 {
		t.Errorf("settings are %+v", s)
	}
	form[1], form[17] = "Mars/Olympus", "soon"
	p := d.post("/settings", form...)
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("wrong settings are answered with %d", p.status)
	}
	for _, text := range []string{"Nothing was saved", "no duration", `value="Mars/Olympus"`, `name="wrap_up" value="soon"`} {
		if !strings.Contains(p.text, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	form[17] = "5m"
	p = d.post("/settings", form...)
	if !strings.Contains(p.text, "no time zone such as Europe/Berlin") || !strings.Contains(p.text, `aria-describedby="timezone-problem"`) {
		t.Errorf("a wrong zone is not said: %s", p.text)
	}
}

func TestATokenIsShownOnce(t *testing.T) {
	d := connected(t)
	p := d.post("/settings/tokens", "name", "CRM export")
	d.want(p, "/settings/tokens", `role="status" tabindex="-1" autofocus><p>Here is the new token.`, "CRM export")
	secret := d.link(p, `hf_[A-Z2-7]{26}`)
	if rep, err := d.store.RepByToken(t.Context(), secret); err != nil || rep.ID != d.rep {
		t.Fatalf("the token is good for %v %v", rep.ID, err)
	}
	p = d.get("/settings")
	if strings.Contains(p.text, secret) {
		t.Error("the token is shown again")
	}
	d.want(p, "/settings", "Delete it for good")
	d.want(d.post(d.link(p, `/settings/tokens/[a-z0-9]+/delete`)), "/settings", "The token is deleted")
	if _, err := d.store.RepByToken(t.Context(), secret); err == nil {
		t.Error("the deleted token is good still")
	}
	d.want(d.post("/settings/tokens", "name", strings.Repeat("x", 101)), "/settings", "its name is too long")
	d.want(d.post("/settings/tokens", "name", " "), "/settings", "Give the token a name")
}

func TestRemovingEverythingAsksForTheAddress(t *testing.T) {
	d := connected(t)
	d.want(d.post("/connection/disconnect", "purge", "true", "confirm", "yes"), "/connection", "Nothing was removed")
	if _, err := d.store.Rep(t.Context(), d.rep); err != nil {
		t.Fatal("the rep was erased without the right words")
	}
	d.want(d.post("/connection/disconnect", "purge", "true", "confirm", " DANA@northwind.example "), "/", "Your data here is erased")
	if _, err := d.store.Rep(t.Context(), d.rep); err == nil {
		t.Error("the rep is there still")
	}
}

func TestWhoDisconnectsIsNotSignedInAnyMore(t *testing.T) {
	d := connected(t)
	d.want(d.post("/connection/disconnect"), "/", "Disconnected.", "Sign in with Google")
	d.signed = true // another browser of the rep's
	d.want(d.get("/today"), "/", "Sign in with Google")
}

func TestTheLogTellsWhatHappened(t *testing.T) {
	d := connected(t)
	d.want(d.get("/activity"), "/activity", "Wednesday 18 November", "10:00", "Connected "+deskAddress)
}

func TestActLinksActOnlyWhenTheButtonIsPressed(t *testing.T) {
	d := connected(t)
	d.signed = false // the link is the authority
	writing, err := d.store.Writing(t.Context(), d.flag().Holds[0].ID)
	d.must(err)
	_, path, found := strings.Cut(d.link(page{text: writing.Want.Description}, `http://holdfast\.example/act/done\S+`), "holdfast.example")
	if !found {
		t.Fatal("the hold has no link")
	}
	for range 2 {
		d.want(d.get(path), path, "Tick this hold off?", "Yes, it is done", "Times are in America/New_York.")
	}
	if state := d.flag().Holds[0].State; state != scheduler.Planned {
		t.Fatalf("opening the link made the hold %s", state)
	}
	for range 2 {
		d.want(d.post(path), path, "Done. The hold is ticked off.")
	}
	if state := d.flag().Holds[0].State; state != scheduler.Done {
		t.Errorf("the hold is %s", state)
	}
	for _, forged := range []string{"/act/x", "/act/" + strings.Repeat("a", 200), path + "x", strings.Replace(path, "done", "stop", 1)} {
		if p := d.get(forged); p.status != http.StatusNotFound || !strings.Contains(p.text, "There is nothing here") {
			t.Errorf("%s is answered with %d", forged, p.status)
		}
	}
}

func TestWhatIsAnothersLooksLikeNothing(t *testing.T) {
	d := connected(t)
	mine := d.flag()
	d.rep = d.signIn("eve@rival.example")
	missing := d.post("/flags/nothing/waive", "reason", "lost")
	for _, path := range []string{
		"/flags/" + mine.ID + "/waive", "/flags/" + mine.ID + "/did-not-happen", "/flags/" + mine.ID + "/not-a-prospect", "/flags/" + mine.ID + "/holds",
		"/holds/" + mine.Holds[0].ID + "/done", "/holds/" + mine.Holds[0].ID + "/skip", "/holds/" + mine.Holds[0].ID + "/snooze",
	} {
		p := d.post(path, "reason", "lost")
		if p.status != http.StatusNotFound || p.text != missing.text {
			t.Errorf("%s of somebody else is answered with %d, unlike what is missing", path, p.status)
		}
	}
}
