package google

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestTheKindOfAnEventSaysWhatItTakes(t *testing.T) {
	for eventType, want := range map[string]scheduler.Event{
		"":                {},
		"default":         {},
		"fromGmail":       {},
		"focusTime":       {StatusOnly: true},
		"outOfOffice":     {StatusOnly: true, OutOfOffice: true},
		"workingLocation": {StatusOnly: true, Transparent: true},
		"birthday":        {StatusOnly: true, Transparent: true},
		"invented":        {StatusOnly: true},
	} {
		got, _ := convert(t, `{`+timed+`,"eventType":"`+eventType+`"}`)
		e := scheduler.Event{StatusOnly: got.Event.StatusOnly, OutOfOffice: got.Event.OutOfOffice, Transparent: got.Event.Transparent}
		if diff := cmp.Diff(want, e, cmpZones); diff != "" {
			t.Errorf("%q (-want +got):\n%s", eventType, diff)
		}
	}
	if got, _ := convert(t, `{`+timed+`,"transparency":"transparent"}`); !got.Event.Transparent {
		t.Error("an event that shows as free takes time")
	}
}

func TestAHiddenGuestListIsKnownToBeHidden(t *testing.T) {
	const me, organizer = `{"email":"dana@northwind.example","self":true}`, `"organizer":{"email":"ana@acme.com"}`
	for name, test := range map[string]struct {
		text   string
		hidden bool
	}{
		"shown":                     {organizer + `,"attendees":[` + me + `]`, false},
		"not shown":                 {organizer + `,"attendees":[` + me + `],"guestsCanSeeOtherGuests":false`, true},
		"not shown, no list at all": {organizer + `,"guestsCanSeeOtherGuests":false`, true},
		"not shown to others":       {`"organizer":{"email":"dana@northwind.example","self":true},"attendees":[` + me + `],"guestsCanSeeOtherGuests":false`, false},
		"shown all the same":        {organizer + `,"attendees":[` + me + `,{"email":"bo@acme.com"}],"guestsCanSeeOtherGuests":false`, false},
		"cut short":                 {organizer + `,"attendees":[` + me + `,{"email":"bo@acme.com"}],"attendeesOmitted":true`, true},
	} {
		if got, _ := convert(t, `{`+timed+`,`+test.text+`}`); got.Event.GuestsHidden != test.hidden {
			t.Errorf("%s: hidden %v, want %v", name, got.Event.GuestsHidden, test.hidden)
		}
	}
}

func TestOnlyWhatHoldfastWroteHasTagsAndADescription(t *testing.T) {
	for name, test := range map[string]struct {
		private string
		kind    scheduler.Kind
	}{
		"ours":                {`{"hfInstall":"i","hfKind":"hold","hfId":"h1","hfGen":"2"}`, scheduler.KindHold},
		"of another install":  {`{"hfInstall":"other","hfKind":"review"}`, scheduler.KindReview},
		"without an install":  {`{"hfKind":"hold","hfId":"h1"}`, ""},
		"of an unknown kind":  {`{"hfInstall":"i","hfKind":"DROP TABLE"}`, ""},
		"of something else's": {`{"kind":"hold"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := convert(t, `{`+timed+`,"summary":" As it is ","description":"Words\nof it","extendedProperties":{"private":`+test.private+`}}`)
			ours := test.kind != ""
			if got.Event.Kind != test.kind || got.Tags.Kind != test.kind || (got.Description == "Words\nof it") != ours || (got.Event.Summary == " As it is ") != ours {
				t.Errorf("kind %q, tags %+v, title %q, description %q", got.Event.Kind, got.Tags, got.Event.Summary, got.Description)
			}
		})
	}
	got, _ := convert(t, `{`+timed+`,"extendedProperties":{"private":{"hfInstall":"i","hfKind":"hold","hfGen":"two"}}}`)
	if got.Tags.Gen != 0 {
		t.Errorf("a generation that is no number is %d", got.Tags.Gen)
	}
}

func TestWhatIsWrittenIsReadBackTheSame(t *testing.T) {
	entry := scheduler.Entry{
		Calendar: owner, ID: "hf1", Title: "Follow-up — “ACME” 🤝", Description: "One\n\n<b>two</b>\ttabs",
		Start: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), End: time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC), // the second 02:30
		Zone: zone("Europe/Zurich"), Busy: true,
		Tags: scheduler.Tags{Install: "i", Kind: scheduler.KindWrapUp, ID: "h1", Key: "acme.com globex.io", Gen: 3, Hash: "x"},
	}
	text, err := json.Marshal(event(entry))
	if err != nil {
		t.Fatal(err)
	}
	got, warnings := convert(t, string(text))
	if diff := cmp.Diff(entry.Tags, got.Tags); diff != "" || len(warnings) > 0 {
		t.Errorf("tags (-want +got):\n%s%q", diff, warnings)
	}
	if diff := cmp.Diff(entry.Content(), got.Content(time.UTC)); diff != "" {
		t.Errorf("content, so that the echo of a write is taken for an edit (-want +got):\n%s", diff)
	}
}

func TestTextThatNoDatabaseTakesIsCleaned(t *testing.T) {
	got, _ := convert(t, `{"id":"e1","etag":"\u0000\"1\"","iCalUID":"u\u0000","summary":"\u0000A\ud800B\u2028C`+strings.Repeat("é", 2000)+`",`+
		`"start":{"date":"2026-11-24"},"attendees":[{"email":"a@acme.com","displayName":"A\nB\u0000"}]}`)
	if got.ETag != `"1"` || got.Event.UID != "u" || got.Event.Attendees[0].Name != "A B" {
		t.Errorf("etag %q, uid %q, name %q", got.ETag, got.Event.UID, got.Event.Attendees[0].Name)
	}
	if title := got.Event.Summary; !strings.HasPrefix(title, "A\uFFFDB Cé") || len(title) > maxTitle || !strings.HasSuffix(title, "é") {
		t.Errorf("title of %d octets: %.20q…", len(title), title)
	}
}

func TestTheOwnerOfACalendarIsWhoGoogleSays(t *testing.T) {
	for id, want := range map[string]string{
		owner:     owner,
		"primary": "",
		"c_0123456789abcdef@group.calendar.google.com": "",
	} {
		if r := newReader(id); r.owner != want {
			t.Errorf("owner of %s is %q, want %q", id, r.owner, want)
		}
	}
}

func TestAZoneIsLoadedOnce(t *testing.T) {
	r := newReader(owner)
	first, _ := r.zoneNamed("Europe/Zurich")
	if second, _ := r.zoneNamed("Europe/Zurich"); first != second {
		t.Error("100,000 events would carry 100,000 copies of it")
	}
}
