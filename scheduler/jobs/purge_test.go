package jobs

import (
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
)

func TestLeavingKeepsReviewsAsMeetingsAndTakesTheirTagsOff(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	install, err := w.store.Install(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]string{"hfInstall": install, "hfKind": "review", "hfId": "r1", "hfGen": "1", "other": "kept"}
	var reviews []emulator.Event
	for _, start := range []time.Time{monday.Add(-48 * time.Hour), monday.Add(48 * time.Hour)} {
		e, err := dana.Insert(dana.Email(), emulator.Event{
			Summary: "Review: Renewal", Start: emulator.At(start, ""), End: emulator.At(start.Add(30*time.Minute), ""),
			Attendees: []emulator.Attendee{{Email: "ana@acme.com", ResponseStatus: "accepted"}}, ExtendedProperties: &emulator.Properties{Private: tags},
		})
		if err != nil {
			t.Fatal(err)
		}
		reviews = append(reviews, e)
	}
	if err := w.store.Disconnect(t.Context(), dana.rep, true); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if left := dana.written(); len(left) != 0 {
		t.Errorf("%d events with tags are left", len(left))
	}
	for _, e := range reviews {
		e, err := dana.Event(dana.Email(), e.ID)
		if err != nil || e.Status == "cancelled" || len(e.Attendees) != 1 || private(e, "other") != "kept" {
			t.Errorf("the review is %+v, %v", e, err)
		}
	}
	if mails := w.google.Mails(); len(mails) != 0 {
		t.Errorf("mails: %v", mails)
	}
	if n := w.google.Count("", "oauth.revoke"); n != 1 {
		t.Errorf("revoked %d times", n)
	}
}
