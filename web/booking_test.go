package web

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// says fails the test unless the page has the status and says each of the texts.
func (d *desk) says(p page, status int, texts ...string) {
	d.t.Helper()
	if p.status != status {
		d.t.Fatalf("status %d, want %d: %s", p.status, status, p.text)
	}
	for _, text := range texts {
		if !strings.Contains(p.text, text) {
			d.t.Errorf("%s lacks %q:\n%s", p.path, text, p.text)
		}
	}
}

// proposed returns a desk with a proposal that is on offer, and the path of the
// prospect's page.
func proposed(t *testing.T) (d *desk, p store.Proposal, path string) {
	t.Helper()
	d = connected(t)
	p, err := d.store.CreateProposal(t.Context(), d.rep, store.NewProposal{
		Contact: scheduler.Contact{Address: "ana@acme.example", Name: "Ana Ruiz"}, Title: "Website <b>relaunch</b>", SendOn: "2026-11-20",
	})
	d.must(err)
	if len(p.Offers) != 3 || p.State != scheduler.ProposalOffered {
		t.Fatalf("the proposal is %+v", p)
	}
	return d, p, d.pathOf(p.BookingURL)
}

func (d *desk) pathOf(address string) string {
	d.t.Helper()
	u, err := url.Parse(address)
	d.must(err)
	return u.Path
}

// proposalNow returns the proposal as it is now.
func (d *desk) proposalNow(id string) store.Proposal {
	d.t.Helper()
	p, err := d.store.Proposal(d.t.Context(), d.rep, id)
	d.must(err)
	return p
}

func TestAProspectSeesWhoAsksForWhatAndWhenInTheirOwnZone(t *testing.T) {
	d, p, path := proposed(t)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	d.must(err)
	start := p.Offers[0].Start
	shown := d.get(path)
	d.want(shown, path, "Dana", "Website &lt;b&gt;relaunch&lt;/b&gt;", "30 minutes", "America/New_York", start.Format("15:04"), `data-detect="America/New_York"`, `name="website"`)
	for _, rep := range []string{"/today", "/settings", deskAddress, "Sign out"} {
		if strings.Contains(shown.text, rep) {
			t.Errorf("a prospect sees %q", rep)
		}
	}
	shown = d.get(path + "?zone=Asia/Tokyo")
	d.want(shown, path, "Asia/Tokyo", start.In(tokyo).Format("15:04"), start.In(tokyo).Format("Monday 2 January"), `name="zone" value="Asia/Tokyo"`)
	if strings.Contains(shown.text, "data-detect") {
		t.Error("a page in the zone that was asked for asks the browser again")
	}
	d.want(d.get(path+"?zone=Mars/Olympus"), path, "America/New_York")
}

func TestLookingAtABookingPageChangesNothing(t *testing.T) {
	d, p, path := proposed(t)
	for _, query := range []string{"", "?zone=Asia/Tokyo", "?done=booked", "?action=cancel&offer=" + p.Offers[0].ID} {
		shown := d.get(path + query)
		d.want(shown, path, "Pick a time")
		if strings.Contains(shown.text, "invitation is on its way") {
			t.Error("what was not booked is said to be")
		}
	}
	if now := d.proposalNow(p.ID); now.State != scheduler.ProposalOffered || len(now.Offers) != 3 {
		t.Errorf("after looks the proposal is %s with %d offers", now.State, len(now.Offers))
	}
}

func TestAPickBooksOnceHoweverOftenTheButtonIsPressed(t *testing.T) {
	d, p, path := proposed(t)
	key := d.link(d.get(path), `name="key" value="[^"]+`)[len(`name="key" value="`):]
	for range 2 {
		d.want(d.post(path, "offer", p.Offers[1].ID, "key", key, "zone", "Asia/Tokyo"), path, "You are booked", "An invitation is on its way", "Asia/Tokyo",
			"https://calendar.google.com/calendar/render?action=TEMPLATE", "https://outlook.office.com/", path+"/review.ics", "Cancel the review", "Move it to another time")
	}
	now := d.proposalNow(p.ID)
	if now.Review == nil || !now.Review.Start.Equal(p.Offers[1].Start) || now.State != scheduler.ProposalBooked {
		t.Errorf("the proposal is %s with the review %+v", now.State, now.Review)
	}
	c := d.contactOf("ana@acme.example")
	if c.Wishes.Zone != "Asia/Tokyo" || c.Sources["zone"] != store.FromBooked {
		t.Errorf("the contact's zone is %q, from %q", c.Wishes.Zone, c.Sources["zone"])
	}
}

func (d *desk) contactOf(address string) store.Contact {
	d.t.Helper()
	list, err := d.store.Contacts(d.t.Context(), d.rep, store.ContactQuery{Search: address})
	d.must(err)
	if len(list.Items) != 1 {
		d.t.Fatalf("%d contacts at %s", len(list.Items), address)
	}
	return list.Items[0]
}

func TestWhoIsTooLateIsToldAndSeesWhatIsStillOpen(t *testing.T) {
	d, p, path := proposed(t)
	d.meeting("Board", "boss@other.example", p.Offers[0].Start.Sub(d.now))
	d.read()
	late := d.post(path, "offer", p.Offers[0].ID, "zone", "Asia/Tokyo")
	d.says(late, http.StatusConflict, "just been taken", `role="alert"`, p.Offers[1].ID, "Asia/Tokyo")
	if strings.Contains(late.text, p.Offers[0].ID) {
		t.Error("what is taken is still offered")
	}
	if strings.Contains(late.text, "data-detect") {
		t.Error("the answer to a form would be loaded anew, and what it says be lost")
	}
	d.says(d.post(path, "offer", "nothing"), http.StatusConflict, "just been taken")
	if now := d.proposalNow(p.ID); now.Review != nil {
		t.Errorf("something was booked: %+v", now.Review)
	}
}

func TestACalendarThatCannotBeReadBooksNothingAndKeepsWhatWasPicked(t *testing.T) {
	d, p, path := proposed(t)
	d.unreadable = true
	d.says(d.post(path, "offer", p.Offers[2].ID, "channel", "email"), http.StatusServiceUnavailable,
		"Nothing was booked", `value="`+p.Offers[2].ID+`" required checked`, `value="email" checked`)
	d.unreadable = false
	d.want(d.post(path, "offer", p.Offers[2].ID), path, "You are booked")
}

func TestLinksThatAreNoneOrOverSaySoToTheProspect(t *testing.T) {
	d, _, path := proposed(t)
	unknown := d.get("/book/" + strings.Repeat("a", 43))
	d.says(unknown, http.StatusNotFound, "This link does not work")
	if strings.Contains(unknown.text, `href="/"`) {
		t.Error("a prospect is sent to the rep's start page")
	}
	d.says(d.post(path+"x", "offer", "o"), http.StatusNotFound, "This link does not work")
	d.now = d.now.AddDate(0, 3, 0)
	d.says(d.get(path), http.StatusGone, "This link has expired")
	d.says(d.post(path, "action", "cancel"), http.StatusGone, "This link has expired")
}

func TestWhatIsPausedOrWithdrawnIsSaidKindly(t *testing.T) {
	d, p, path := proposed(t)
	d.must(d.store.Pause(t.Context(), d.rep))
	shown := d.get(path)
	d.want(shown, path, "please try again later")
	if strings.Contains(shown.text, `name="offer"`) {
		t.Error("what cannot be booked is offered")
	}
	d.must(d.store.Resume(t.Context(), d.rep))
	_, err := d.store.Withdraw(t.Context(), d.rep, p.ID)
	d.must(err)
	shown = d.get(path)
	d.says(shown, http.StatusGone, "not on offer any more", "is glad to hear from you")
	d.says(d.post(path, "offer", p.Offers[0].ID), http.StatusGone, "Nothing was booked", "is glad to hear from you")
	if strings.Contains(shown.text, "Show me other times") {
		t.Error("other times of what was withdrawn can be asked for")
	}
	d.says(d.post(path, "action", "other_times"), http.StatusUnprocessableEntity, "not possible any more")
}

func TestAFormThatCannotBeDoneIsShownAgainWithWhatWasFilledIn(t *testing.T) {
	d, p, path := proposed(t)
	picked := []string{"offer", p.Offers[1].ID, "channel", "email", "days", "tue", "hours_start", "09:00", "hours_end", ""}
	for _, test := range []struct {
		name string
		form []string
		want string
	}{
		{"nothing picked", nil, "Pick one of the times."},
		{"half of the hours", picked, "Give both: from when, and until when."},
		{"hours that are none", append(slices.Clone(picked[:8]), "hours_end", "late"), "Give hours of one day"},
		{"hours that end before they begin", append(slices.Clone(picked[:8]), "hours_end", "08:00"), "Give hours of one day"},
		{"no date", []string{"action", "preferences", "channel", "", "not_before", "soon"}, "“soon” is no date"},
		{"no day", []string{"action", "preferences", "channel", "", "days", "someday"}, "Choose among these days."},
		{"no channel", []string{"action", "preferences", "channel", "pigeon"}, "Choose one of these."},
		{"an empty message", []string{"action", "instead", "message", "  "}, "Write when it would suit you."},
		{"a long message", []string{"action", "instead", "message", strings.Repeat("é", 1001)}, "under 1000 characters"},
		{"a program's form", append([]string{"website", "https://spam.example"}, picked[:4]...), "press the button once more"},
	} {
		d.says(d.post(path, test.form...), http.StatusUnprocessableEntity, test.want, `role="alert"`)
	}
	d.says(d.post(path, picked...), http.StatusUnprocessableEntity, `value="`+p.Offers[1].ID+`" required checked`, `value="tue" checked`, `name="hours_start" value="09:00"`)
	d.says(d.post(path, "action", "explode"), http.StatusBadRequest)
	d.says(d.post(path, "action", "preferences"), http.StatusBadRequest)
	if now := d.proposalNow(p.ID); now.State != scheduler.ProposalOffered || len(now.Offers) != 3 {
		t.Errorf("the proposal is %s", now.State)
	}
	if c := d.contactOf("ana@acme.example"); c.AskedAt != nil {
		t.Errorf("wishes were kept: %+v", c.Wishes)
	}
}

func TestAPickSaysHowToFollowUpAtOnce(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.post(path, "offer", p.Offers[0].ID, "zone", "Europe/Berlin", "channel", "email", "days", "tue", "days", "thu", "hours_start", "09:00", "hours_end", "12:00", "not_before", "2026-12-01"),
		path, "You are booked", `value="email" checked`, `value="thu" checked`, `value="12:00"`)
	c := d.contactOf("ana@acme.example")
	if w := c.Wishes; w.Channel != scheduler.Email || !slices.Equal(w.Days, []string{"tue", "thu"}) || hoursOf(w) != (store.DayHours{Start: "09:00", End: "12:00"}) ||
		w.Zone != "Europe/Berlin" || w.NotBefore != "2026-12-01" || c.Sources["channel"] != store.FromAsked {
		t.Errorf("the wishes are %+v from %v", c.Wishes, c.Sources)
	}
}

func TestHoursKeepTheZoneInWhichTheyWereSaid(t *testing.T) {
	d, _, path := proposed(t)
	d.want(d.post(path+"?zone=Asia/Tokyo", "action", "preferences", "channel", "", "hours_start", "09:00", "hours_end", "12:00", "hours_zone", "Asia/Tokyo"), path, "Noted.")
	d.want(d.get(path+"?zone=Europe/Paris"), path, "in Asia/Tokyo", `name="hours_zone" value="Asia/Tokyo"`)
	d.want(d.post(path+"?zone=Europe/Paris", "action", "preferences", "channel", "call", "hours_start", "10:00", "hours_end", "12:00", "hours_zone", "Asia/Tokyo"), path, "Noted.")
	if w := d.contactOf("ana@acme.example").Wishes; w.Zone != "Asia/Tokyo" || hoursOf(w).Start != "10:00" {
		t.Errorf("the wishes are %+v", w)
	}
}

func TestAFormWhoseQuestionWasLeftAloneAnswersNothing(t *testing.T) {
	d, p, path := proposed(t)
	shown, found := strings.CutPrefix(d.link(d.get(path), `name="shown" value="[^"]*`), `name="shown" value="`)
	if !found {
		t.Error("the form does not tell what it shows")
	}
	_, err := d.store.UpdateContact(t.Context(), d.rep, d.contactOf("ana@acme.example").ID, store.ContactChange{Days: &[]string{"tue"}})
	d.must(err) // the rep, while the page is open
	d.want(d.post(path, "offer", p.Offers[0].ID, "channel", "", "shown", html.UnescapeString(shown)), path, "You are booked")
	if c := d.contactOf("ana@acme.example"); c.AskedAt != nil || !slices.Equal(c.Wishes.Days, []string{"tue"}) {
		t.Errorf("the contact is said to have answered: %+v", c)
	}
}

func TestAFormOfBeforeAnswersNothingWhereItsQuestionWasLeftAlone(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.post(path, "offer", p.Offers[0].ID, "channel", ""), path, "You are booked")
	if c := d.contactOf("ana@acme.example"); c.AskedAt != nil {
		t.Error("the contact is said to have answered")
	}
}

func TestWhatAProspectTakesBackOnTheirPageIsNotKept(t *testing.T) {
	d, _, path := proposed(t)
	call, zone, region := scheduler.Call, "Europe/Berlin", "de-be"
	_, err := d.store.UpdateContact(t.Context(), d.rep, d.contactOf("ana@acme.example").ID, store.ContactChange{
		Channel: &call, Days: &[]string{"tue"}, Zone: &zone, Region: &region,
	})
	d.must(err)
	d.want(d.get(path), path, `value="call" checked`, `value="tue" checked`)
	d.want(d.post(path, "action", "preferences", "channel", ""), path, "Noted. Dana will keep to it", `name="channel" value="" checked`)
	c := d.contactOf("ana@acme.example")
	if c.Wishes.Channel != "" || len(c.Wishes.Days) > 0 || c.Wishes.Zone != zone || c.Wishes.Region != region {
		t.Errorf("the wishes are %+v", c.Wishes)
	}
	if c.Sources["zone"] != store.FromRep || c.Sources["region"] != store.FromRep {
		t.Errorf("what they were not asked for is from %v", c.Sources)
	}
}

func TestAReviewIsMovedAndCancelledFromTheSameLink(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.post(path, "offer", p.Offers[0].ID), path, "You are booked")
	d.now = d.now.Add(time.Minute)
	moving := d.post(path, "action", "other_times")
	d.want(moving, path, "You are booked", "Move it to", "Here are other times.")
	fresh := d.link(moving, `name="offer" value="[^"]+`)[len(`name="offer" value="`):]
	d.want(d.post(path, "offer", fresh), path, "You are booked")
	if now := d.proposalNow(p.ID); now.Review == nil || now.Review.Start.Equal(p.Offers[0].Start) {
		t.Errorf("the review is %+v", now.Review)
	}
	d.want(d.post(path, "action", "cancel"), path, "The review is cancelled", "Pick a time")
	if now := d.proposalNow(p.ID); now.Review != nil || now.Clearance.Cleared {
		t.Errorf("after cancelling: %+v", now)
	}
	d.says(d.post(path, "action", "cancel"), http.StatusOK, "The review is cancelled")
}

func TestNoneOfTheseAsksForOthersOrSaysWhen(t *testing.T) {
	d, p, path := proposed(t)
	shown := d.post(path, "action", "other_times")
	d.want(shown, path, "Here are other times.", "Pick a time")
	if strings.Contains(shown.text, p.Offers[0].ID) {
		t.Error("what was turned down is offered again")
	}
	d.now = d.now.Add(time.Minute)
	d.want(d.post(path, "action", "instead", "message", "Any <i>Friday</i>,\r\n\r\nor the week after."), path, "Dana has your message.")
	if now := d.proposalNow(p.ID); !strings.Contains(now.Note, "Any <i>Friday</i>") || held(now.Offers) != 0 {
		t.Errorf("the note is %q, with %d offers", now.Note, held(now.Offers))
	}
	d.want(d.get("/proposals/"+p.ID), "/proposals/"+p.ID, "They wrote: “Any &lt;i&gt;Friday&lt;/i&gt;, or the week after.”")
}

func TestWhoWantsToMoveTheReviewIsSentOtherTimesForIt(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.post(path, "offer", p.Offers[0].ID), path, "You are booked")
	d.want(d.post(path, "action", "other_times"), path, "Move it to")
	shown := d.get("/proposals/" + p.ID)
	d.want(shown, shown.path, "here are other times to go through", "It stays on "+p.Offers[0].Start.Format("Monday 2 January, 15:04")+", until you pick one.")
	if strings.Contains(shown.text, "before I send you") {
		t.Error("they are asked for a first time again")
	}
}

// Sentences of the log are English, also where they begin with a title that is not.
func TestTheLogReadsFromTheLeft(t *testing.T) {
	d := connected(t)
	p, err := d.store.CreateProposal(t.Context(), d.rep, store.NewProposal{
		Contact: scheduler.Contact{Address: "ana@acme.example", Name: "أحمد"}, Title: "اقتراح", SendOn: "2026-11-20",
	})
	d.must(err)
	for _, path := range []string{"/activity", "/proposals/" + p.ID} {
		d.want(d.get(path), path, `<bdi dir="ltr">“اقتراح” for أحمد is not clear`)
	}
}

func TestALinkWithoutAProposalOnlyAsksHowToFollowUp(t *testing.T) {
	d, _, _ := proposed(t)
	address, err := d.store.AskContact(t.Context(), d.rep, d.contactOf("ana@acme.example").ID)
	d.must(err)
	path := d.pathOf(address)
	shown := d.get(path)
	d.want(shown, path, "How would you like me to follow up?", "Dana")
	for _, not := range []string{"Pick a time", "None of these", "Cancel", "relaunch"} {
		if strings.Contains(shown.text, not) {
			t.Errorf("the page says %q", not)
		}
	}
	d.want(d.post(path, "action", "preferences", "channel", "call", "hours_start", "14:00", "hours_end", "16:00"), path, "Noted.", `value="call" checked`)
	if c := d.contactOf("ana@acme.example"); c.Wishes.Channel != scheduler.Call || c.Wishes.Zone != "America/New_York" || c.AskedAt == nil {
		t.Errorf("the wishes are %+v", c.Wishes)
	}
	d.says(d.post(path, "offer", "x"), http.StatusUnprocessableEntity, "not possible any more")
}

func TestAReviewThatHasBegunCannotBeChanged(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.post(path, "offer", p.Offers[0].ID), path, "You are booked")
	d.now = p.Offers[0].Start.UTC().Add(time.Minute)
	shown := d.get(path)
	d.want(shown, path, "It has begun")
	if strings.Contains(shown.text, "<form method=\"post\"") {
		t.Error("what has begun can be changed")
	}
	d.says(d.post(path, "action", "cancel"), http.StatusUnprocessableEntity, "not possible any more")
}
