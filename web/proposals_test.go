package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func TestAProposalIsCreatedWithTimesHeldAndALinkToSend(t *testing.T) {
	d := connected(t)
	d.want(d.get("/proposals"), "/proposals", "No proposals yet", "<option value=\"ana@acme.example\">", `aria-current="page">Proposals`, `value="30m" selected`)
	p := d.post("/proposals", "contact", "Ana Ruiz <ANA@acme.example>", "title", "Website <b>relaunch</b>", "send_on", "2026-11-20", "duration", "45m")
	if !strings.HasPrefix(p.path, "/proposals/") {
		t.Fatalf("the form leads to %s: %s", p.path, p.text)
	}
	d.want(p, p.path, "3 times for the review are held", "Not cleared to send", "Website &lt;b&gt;relaunch&lt;/b&gt;", "Ana Ruiz", "45 minutes",
		"http://holdfast.example/book/", "Hello Ana Ruiz,", "held for them", "Offer other times", "Withdraw")
	id := strings.TrimPrefix(p.path, "/proposals/")
	for _, o := range d.proposalNow(id).Offers {
		d.want(p, p.path, o.Start.Format("Mon 2 Jan 15:04"))
	}
	d.want(d.get("/proposals"), "/proposals", "Waiting for an answer", `href="/proposals/`+id+`"`, "Not cleared to send")
	d.want(d.get("/proposals?state=cleared"), "/proposals", "None of these")
	d.says(d.get("/proposals?state=lost"), http.StatusBadRequest)
}

func TestADoubleClickCreatesOneProposal(t *testing.T) {
	d := connected(t)
	d.want(d.get("/proposals"), "/proposals", `name="key" value="`)
	form := []string{"contact", "ana@acme.example", "title", "Relaunch", "send_on", "2026-11-20", "duration", "30m", "key"}
	first, again := d.post("/proposals", append(form, "one")...), d.post("/proposals", append(form, "one")...)
	if first.path != again.path {
		t.Errorf("the second click leads to %s, the first to %s", again.path, first.path)
	}
	if other := d.post("/proposals", append(form, "two")...); other.path == first.path {
		t.Errorf("another form leads to %s, too", other.path)
	}
}

func TestAProposalFormSaysByFieldWhatIsWrong(t *testing.T) {
	d := connected(t)
	good := map[string]string{"contact": "ana@acme.example", "title": "Relaunch", "send_on": "2026-11-20", "duration": "30m"}
	for _, test := range []struct{ field, value, want string }{
		{"contact", "", "Give a mail address"},
		{"contact", "Ana <somebody>", "Give a mail address"},
		{"contact", "kim@northwind.example", "no prospect"},
		{"title", " ", "Give it a title"},
		{"title", strings.Repeat("x", 201), "1 to 200 characters"},
		{"send_on", "", "Say on which day"},
		{"send_on", "2026-11-01", "in the past"},
		{"duration", "soon", "Choose how long"},
		{"duration", "20m", "no multiple of 15m"},
		{"first_day", "x", "a number of business days"},
		{"first_day", "9", "Must be from the first day to"},
		{"last_day", "0", "a number of business days"},
	} {
		form := []string{test.field, test.value}
		for field, value := range good {
			if field != test.field {
				form = append(form, field, value)
			}
		}
		if test.field == "first_day" {
			form = append(form, "last_day", "4")
		}
		p := d.post("/proposals", form...)
		d.says(p, http.StatusUnprocessableEntity, "Nothing was created", test.want, `aria-invalid="true"`)
	}
	d.says(d.post("/proposals", "contact", "x", "title", "Kept <i>", "send_on", "2026-11-20", "duration", "1h"), http.StatusUnprocessableEntity,
		`value="Kept &lt;i&gt;"`, `value="2026-11-20"`, `value="1h" selected`)
	list, err := d.store.Proposals(t.Context(), d.rep, store.Query{})
	d.must(err)
	if len(list.Items) != 0 {
		t.Errorf("%d proposals were created", len(list.Items))
	}
}

func TestAProposalIsChangedAndItsTimesWithIt(t *testing.T) {
	d, p, _ := proposed(t)
	path := "/proposals/" + p.ID
	d.says(d.post(path, "contact", "ana@acme.example", "title", "", "send_on", "2026-11-20", "duration", "30m"), http.StatusUnprocessableEntity, "Nothing was changed", "Give it a title")
	d.want(d.post(path, "contact", "Ana Ruiz <ana@acme.example>", "title", "Relaunch", "send_on", "2026-11-24", "duration", "1h"), path, "Saved: Relaunch", "Tue 24 Nov", "1 hour")
	now := d.proposalNow(p.ID)
	for _, o := range now.Offers {
		if o.State == scheduler.OfferHeld && o.End.Sub(o.Start) != time.Hour {
			t.Errorf("an hour was asked for, and %s is offered", o.End.Sub(o.Start))
		}
	}
	if held(now.Offers) == 0 {
		t.Error("nothing is on offer")
	}
}

func TestFreshTimesReplaceThoseOnOffer(t *testing.T) {
	d, p, _ := proposed(t)
	path := "/proposals/" + p.ID
	d.want(d.post(path+"/offers"), path, "held on your calendar")
	now := d.proposalNow(p.ID)
	for _, o := range now.Offers {
		if o.Start.Equal(p.Offers[0].Start) {
			t.Error("what was taken back is offered again")
		}
	}
	if held(now.Offers) == 0 {
		t.Error("nothing is on offer")
	}
}

func TestWhatIsSentWithoutItsReviewIsKeptSoAndShown(t *testing.T) {
	d, p, path := proposed(t)
	page := "/proposals/" + p.ID
	d.want(d.get(page), page, "It is not cleared")
	d.want(d.get(page), page, "To be sent Fri 20 Nov.")
	d.want(d.post(page+"/sent"), page, "while it was not cleared", `role="alert"`, "Sent while not cleared", "Sent Wed 18 Nov.")
	d.want(d.get("/proposals"), "/proposals", "· sent Wed 18 Nov</p>")
	d.want(d.get("/today"), "/today", "Proposals that need you", "Sent while it was not cleared")
	d.want(d.post(path, "offer", p.Offers[0].ID), path, "You are booked")
	d.now = d.now.AddDate(0, 0, 8)
	if strings.Contains(d.get("/today").text, "Proposals that need you") {
		t.Error("the warning stays for ever")
	}
}

func TestAWithdrawnProposalOffersNothingMore(t *testing.T) {
	d, p, _ := proposed(t)
	path := "/proposals/" + p.ID
	d.want(d.post(path+"/withdraw"), path, "coming off your calendar", "Withdrawn", "Was to be sent Fri 20 Nov.")
	shown := d.get(path)
	d.want(shown, path, "It works no more")
	if strings.Contains(shown.text, "<form method=\"post\" action=\"/proposals/") || strings.Contains(shown.text, p.BookingURL) {
		t.Error("a withdrawn proposal can be acted on")
	}
	d.says(d.post(path+"/offers"), http.StatusUnprocessableEntity, "Not possible any more")
	d.says(d.post(path+"/sent"), http.StatusUnprocessableEntity, "Not possible any more")
}

// The review is a meeting with people: withdrawing the proposal does not cancel it.
func TestTheReviewOfAWithdrawnProposalCanOnlyBeCancelled(t *testing.T) {
	d, p, link := proposed(t)
	path := "/proposals/" + p.ID
	d.want(d.post(link, "offer", p.Offers[0].ID), link, "You are booked", "Move it to another time")
	d.want(d.get(path), path, "can move or cancel the review there")
	d.want(d.post(path+"/withdraw"), path, "can cancel the review there")
	shown := d.get(link)
	d.want(shown, link, "cancel it here until it starts", "Cancel the review")
	if strings.Contains(shown.text, "Move it to another time") {
		t.Error("the review of what was withdrawn can be moved")
	}
	d.says(d.post(link, "action", "cancel"), http.StatusGone, "The review is cancelled") // and there is nothing more
}

func TestADraftFromTheCalendarIsConfirmedOrDropped(t *testing.T) {
	d := connected(t)
	d.task("Send proposal to acme.example", 48*hour)
	d.task("Send proposal to Ana at acme.example", 72*hour)
	d.read()
	d.want(d.get("/proposals"), "/proposals", "Drafts", "Your calendar says that it is to be sent")
	today := d.get("/today")
	d.want(today, "/today", "Proposals that need you", "Confirm it", "Drop it")
	p := d.post(d.link(today, `/proposals/[a-z0-9]+/offers`))
	d.want(p, p.path, "held on your calendar", "Not cleared to send")
	today = d.get("/today")
	d.want(today, "/today", "Confirm it")
	p = d.post(d.link(today, `/proposals/[a-z0-9]+/withdraw`))
	d.want(p, p.path, "Withdrawn")
	if strings.Contains(d.get("/today").text, "Confirm it") {
		t.Error("what was confirmed or dropped is asked about again")
	}
}

func TestClearanceThatIsTakenBackIsSaidOnToday(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.post(path, "offer", p.Offers[0].ID), path, "You are booked")
	d.want(d.post(path, "action", "cancel"), path, "cancelled")
	d.want(d.get("/today"), "/today", "Proposals that need you", "The clearance was taken back", "Fresh times are on offer: send the link again.")
}

func TestContactsShowWhatIsKnownAndFromWhere(t *testing.T) {
	d, p, path := proposed(t)
	d.want(d.get("/contacts"), "/contacts", "Ana Ruiz", "met ")
	d.want(d.get("/contacts?q=RUIZ"), "/contacts", "Ana Ruiz")
	d.want(d.get("/contacts?q=nobody%3Cb%3E"), "/contacts", "Nobody by that name", `value="nobody&lt;b&gt;"`)
	d.want(d.post(path, "offer", p.Offers[0].ID, "zone", "Asia/Tokyo", "channel", "email"), path, "You are booked")
	c := d.contactOf("ana@acme.example")
	page := "/contacts/" + c.ID
	d.want(d.get(page), page, "Email", "asked", "Asia/Tokyo", "Ana Ruiz")
	form := []string{"name", "Ana Ruiz", "channel", "email", "days", "fri", "hours_start", "09:00", "hours_end", "11:00", "zone", c.Wishes.Zone, "not_before", "2027-01-11", "region", "us"}
	d.want(d.post(page, form...), page, "Saved.", "set by you", "Fri", "09:00–11:00",
		"<dt>Not before</dt><dd><bdi>Mon 11 Jan 2027</bdi>", "<dt>Public holidays</dt><dd><bdi>us</bdi>")
	d.want(d.get("/contacts"), "/contacts", "not before Mon 11 Jan 2027 · holidays of us")
	c = d.contactOf("ana@acme.example")
	if c.Sources["channel"] != store.FromAsked || c.Sources["days"] != store.FromRep || c.Sources["region"] != store.FromRep {
		t.Errorf("the sources are %v", c.Sources)
	}
	form[len(form)-1], form[11] = "atlantis", "x"
	d.says(d.post(page, form...), http.StatusUnprocessableEntity, "Nothing was saved", "atlantis", `aria-describedby="region-problem"`)
	d.want(d.get("/proposals/"+p.ID), "/proposals/"+p.ID, "for them, in Asia/Tokyo", `href="`+page+`"`)
	form[len(form)-1], form[11] = "", ""
	d.want(d.post(page, form...), page, "09:00–11:00, as soon as their time zone is known")
}

func TestAContactIsAskedByALinkThatTheRepSends(t *testing.T) {
	d := connected(t)
	page := "/contacts/" + d.contactOf("ana@acme.example").ID
	d.want(d.get(page), page, "Nothing is known yet", "Ask how to follow up")
	asked := d.post(page + "/ask")
	d.want(asked, page+"/ask", "http://holdfast.example/book/", "how would you like me to follow up")
	if link := d.link(asked, `http://holdfast\.example/book/[\w-]{43}`); d.link(d.post(page+"/ask"), `http://holdfast\.example/book/[\w-]{43}`) != link {
		t.Error("asking twice makes two links")
	}
}

func TestProposalsAndContactsOfAnotherLookLikeNothing(t *testing.T) {
	d, p, _ := proposed(t)
	contact := d.contactOf("ana@acme.example").ID
	d.rep = d.signIn("eve@rival.example")
	missing := d.get("/proposals/nothing")
	d.says(missing, http.StatusNotFound)
	for _, path := range []string{"/proposals/" + p.ID, "/contacts/" + contact} {
		if shown := d.get(path); shown.status != http.StatusNotFound || shown.text != missing.text {
			t.Errorf("%s of somebody else is answered with %d, unlike what is missing", path, shown.status)
		}
	}
	for _, path := range []string{
		"/proposals/" + p.ID, "/proposals/" + p.ID + "/offers", "/proposals/" + p.ID + "/sent", "/proposals/" + p.ID + "/withdraw",
		"/contacts/" + contact, "/contacts/" + contact + "/ask",
	} {
		shown := d.post(path, "contact", "bo@acme.example", "title", "x", "send_on", "2026-11-20", "duration", "30m", "channel", "call")
		if shown.status != http.StatusNotFound || shown.text != missing.text {
			t.Errorf("%s of somebody else is answered with %d, unlike what is missing", path, shown.status)
		}
	}
	for _, list := range []string{"/proposals", "/contacts"} {
		if strings.Contains(d.get(list).text, "acme.example") {
			t.Errorf("%s shows what is another rep's", list)
		}
	}
}
