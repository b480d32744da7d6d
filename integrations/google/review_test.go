package google_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google"
	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
)

const ana = "ana@acme.example"

func review(id string) scheduler.Entry {
	return scheduler.Entry{
		Calendar: dana, ID: id, Title: "Review: Renewal", Description: "30 minutes, to go through it.",
		Start: nine, End: nine.Add(30 * time.Minute), Zone: zurich(), Busy: true,
		Guests: []scheduler.Contact{{Address: ana, Name: "Ana Ruiz"}}, Meet: true,
		Tags: scheduler.Tags{Install: "install", Kind: scheduler.KindReview, ID: "r1", Key: "acme.example", Gen: 1, Hash: "abc"},
	}
}

// inviting is a world whose test invites guests.
func inviting(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.invites = true
	return w
}

// mails says what was mailed, and to whom.
func (w *world) mails(t *testing.T) (all []string) {
	t.Helper()
	for _, m := range w.Mails() {
		all = append(all, m.Kind+" "+m.To)
	}
	for _, m := range w.Untold() {
		t.Logf("not mailed: %+v", m)
	}
	return all
}

func TestAReviewIsWrittenAsAnyMeetingAndItsGuestIsInvited(t *testing.T) {
	w := inviting(t)
	c := w.calendar(t)
	must(c.Insert(t.Context(), review("hf00001")))(t)
	got := must(w.dana.Event("primary", "hf00001"))(t)
	if got.Visibility != "" || !got.Reminders.UseDefault || got.GuestsCanSeeOtherGuests != nil || got.Status != "confirmed" || got.HangoutLink == "" {
		t.Errorf("written %+v", got)
	}
	want := []emulator.Attendee{{Email: ana, DisplayName: "Ana Ruiz", ResponseStatus: "needsAction"}}
	if diff := cmp.Diff(want, got.Attendees); diff != "" {
		t.Errorf("guests (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"invitation " + ana}, w.mails(t)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	body := sentTo(t, "all", func(c *google.Calendar) { must(c.Insert(t.Context(), review("hf00001")))(t) })[0]
	wantSent := []any{map[string]any{"email": ana, "displayName": "Ana Ruiz"}} // the answer is theirs to give
	if diff := cmp.Diff(wantSent, body["attendees"]); diff != "" {
		t.Errorf("guests sent (-want +got):\n%s", diff)
	}
}

func TestAReviewThatWasMovedKeepsItsGuestTheirAnswerAndTheMeetLink(t *testing.T) {
	w := inviting(t)
	c := w.calendar(t)
	must(c.Insert(t.Context(), review("hf00001")))(t)
	seen := must(w.dana.Respond("primary", "hf00001", ana, "accepted"))(t)
	moved := review("hf00001")
	moved.Start, moved.End = ten, ten.Add(30*time.Minute)
	etag := must(c.Patch(t.Context(), moved, seen.ETag))(t)
	moved.Description, moved.Guests = "Told to nobody.", nil
	must(c.Patch(t.Context(), moved, etag))(t)
	got := must(w.dana.Event("primary", "hf00001"))(t)
	if diff := cmp.Diff(seen.Attendees, got.Attendees); diff != "" || got.HangoutLink != seen.HangoutLink || got.HangoutLink == "" {
		t.Errorf("guests (-before +after):\n%slink %q, before %q", diff, got.HangoutLink, seen.HangoutLink)
	}
	if !got.Start.Time.Equal(ten) || got.Description != "Told to nobody." || got.Visibility != "" || !got.Reminders.UseDefault {
		t.Errorf("patched %+v", got)
	}
	mustDo(t, c.Delete(t.Context(), review("hf00001"), got.ETag))
	want := []string{"invitation " + ana, "update " + ana, "cancellation " + ana}
	if diff := cmp.Diff(want, w.mails(t)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

func TestAReviewWhoseInsertIsTriedAgainInvitesOnce(t *testing.T) {
	w := inviting(t)
	c := w.calendar(t)
	w.Fault(emulator.Fault{Method: "calendar.events.insert", AfterApply: true})
	if _, err := c.Insert(t.Context(), review("hf00001")); err == nil {
		t.Fatal("no error")
	}
	if _, err := c.Insert(t.Context(), review("hf00001")); !errors.Is(err, scheduler.ErrTaken) {
		t.Errorf("again: %v, want ErrTaken", err)
	}
	if diff := cmp.Diff([]string{"invitation " + ana}, w.mails(t)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

func TestWhatIsReadOfAReviewIsWhoIsInvitedTheAnswerAndTheTags(t *testing.T) {
	w := inviting(t)
	c := w.calendar(t)
	must(c.Insert(t.Context(), review("hf00001")))(t)
	must(w.dana.Respond("primary", "hf00001", ana, "declined"))(t)
	got := must(c.Event(t.Context(), dana, "hf00001"))(t)
	if diff := cmp.Diff(review("").Tags, got.Tags); diff != "" || got.Event.Kind != scheduler.KindReview || got.Event.Private {
		t.Errorf("kind %q, private %t, tags (-want +got):\n%s", got.Event.Kind, got.Event.Private, diff)
	}
	want := []scheduler.Attendee{{Address: ana, Name: "Ana Ruiz", Response: scheduler.Declined}}
	if diff := cmp.Diff(want, got.Event.Attendees); diff != "" {
		t.Errorf("guests (-want +got):\n%s", diff)
	}
	if got.Event.Organizer == nil || got.Event.Organizer.Address != dana || got.Event.GuestsHidden {
		t.Errorf("organizer %+v, guests hidden %t", got.Event.Organizer, got.Event.GuestsHidden)
	}
}

func TestAReviewWithoutTagsIsStillAMeetingAndNobodyIsTold(t *testing.T) {
	w := inviting(t)
	c := w.calendar(t)
	written := review("hf00001")
	written.Link = "https://holdfast.example/proposals/p"
	must(c.Insert(t.Context(), written))(t)
	must(w.dana.Edit("primary", "hf00001", func(e *emulator.Event) { e.ExtendedProperties.Private["other"] = "kept" }))(t)
	mustDo(t, c.Disown(t.Context(), dana, "hf00001"))
	got := must(w.dana.Event("primary", "hf00001"))(t)
	if diff := cmp.Diff(map[string]string{"other": "kept"}, got.ExtendedProperties.Private); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if got.Summary != "Review: Renewal" || len(got.Attendees) != 1 || got.HangoutLink == "" || got.Source != nil {
		t.Errorf("left: %+v", got)
	}
	if read := must(c.Event(t.Context(), dana, "hf00001"))(t); read.Tags != (scheduler.Tags{}) || read.Event.Kind != "" {
		t.Errorf("read as %q with tags %+v", read.Event.Kind, read.Tags)
	}
	if tagged := must(c.Tagged(t.Context(), dana, "install"))(t); len(tagged) != 0 {
		t.Errorf("still found: %v", tagged)
	}
	if diff := cmp.Diff([]string{"invitation " + ana}, w.mails(t)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	if err := c.Disown(t.Context(), dana, "hf99999"); !errors.Is(err, scheduler.ErrNotFound) {
		t.Errorf("unknown: %v, want ErrNotFound", err)
	}
}

func TestWhereThereIsNoMeetAReviewGoesWithout(t *testing.T) {
	w := inviting(t)
	if _, err := w.AddUser(emulator.Profile{Email: "bo@plain.example", NoMeet: true}); err != nil {
		t.Fatal(err)
	}
	tokens := must(w.Grant("bo@plain.example", google.Scopes()...))(t)
	c := w.client.With("bo", scheduler.Grant{Access: tokens.Access, Expires: w.clock.now().Add(time.Hour)})
	e := review("hf00001")
	e.Calendar = "bo@plain.example"
	must(c.Insert(t.Context(), e))(t)
	got := must(c.Event(t.Context(), e.Calendar, e.ID))(t)
	if len(got.Event.Attendees) != 1 || len(w.Mails()) != 1 {
		t.Errorf("guests %v, mails %v", got.Event.Attendees, w.Mails())
	}
}

func TestAnOfferIsTentativeBusyPrivateAndMailedToNobody(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	e := hold("hf00001")
	e.Tentative, e.Popup, e.Tags.Kind = true, false, scheduler.KindOffer
	etag := must(c.Insert(t.Context(), e))(t)
	got := must(w.dana.Event("primary", "hf00001"))(t)
	if got.Status != "tentative" || got.Visibility != "private" || got.Transparency == "transparent" || len(got.Attendees) != 0 || got.Reminders.UseDefault {
		t.Errorf("written %+v", got)
	}
	e.Start, e.End = ten, ten.Add(30*time.Minute)
	must(c.Patch(t.Context(), e, etag))(t)
	if got = must(w.dana.Event("primary", "hf00001"))(t); got.Status != "tentative" {
		t.Errorf("moved, it is %s", got.Status)
	}
}

func TestTheBusyTimesOfAPersonAreShownOrUnknown(t *testing.T) {
	w := newWorld(t)
	c := w.calendar(t)
	contact := must(w.AddUser(emulator.Profile{Email: "ana@northwind.example"}))(t)
	must(contact.Insert("primary", single("Secret")))(t)
	ask := func() ([]scheduler.Span, error) {
		return c.BusyTimes(t.Context(), contact.Email(), nine.AddDate(0, 0, -1), nine.AddDate(0, 0, 100))
	}
	if spans, err := ask(); !errors.Is(err, scheduler.ErrHidden) || spans != nil {
		t.Errorf("not shared: %v, %v", spans, err)
	}
	contact.OpenBusy()
	if diff := cmp.Diff([]scheduler.Span{{Start: nine, End: ten}}, must(ask())(t)); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
}
