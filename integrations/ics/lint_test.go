package ics

import (
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/ics/icstest"
)

// aFeed is a feed with an entry of every kind.
func aFeed(t *testing.T) string {
	t.Helper()
	made := utc("2026-11-18 16:00")
	timed := anEntry()
	timed.Created, timed.Modified, timed.Sequence = made, made.Add(time.Hour), 3
	timed.URL, timed.Categories = "https://holdfast.example/today#flag-1", []string{"Hold", "a,b"}
	timed.Summary = strings.Repeat("é", 80)
	day := Entry{
		UID: "flag-1", Summary: "Demo without a next step", AllDay: true, Transparent: true,
		Start: utc("2026-11-18 00:00"), End: utc("2026-11-19 00:00"), Stamp: made, Created: made, Modified: made,
	}
	task := day
	task.UID, task.Todo = "flag-2", true
	gone := timed
	gone.UID, gone.Status, gone.Alarm = "hold-2", 0, false
	var out strings.Builder
	feed := Feed{Name: "Holds; mine", Color: "teal", Refresh: time.Hour}
	if err := WriteFeed(&out, feed, slices.Values([]Entry{timed, day, task, gone})); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAFeedIsAsClientsNeedIt(t *testing.T) {
	feed := aFeed(t)
	if wrong := icstest.Lint(feed); len(wrong) > 0 {
		t.Errorf("%s\n%s", strings.Join(wrong, "\n"), feed)
	}
	for _, want := range []string{
		"\r\nNAME:Holds\\; mine\r\n", "\r\nX-WR-CALNAME:Holds\\; mine\r\n", "\r\nCOLOR:teal\r\n",
		"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT60M\r\n", "\r\nX-PUBLISHED-TTL:PT60M\r\n",
		"\r\nSEQUENCE:3\r\n", "\r\nCREATED:20261118T160000Z\r\n", "\r\nLAST-MODIFIED:20261118T170000Z\r\n",
		"\r\nURL:https://holdfast.example/today#flag-1\r\n", "\r\nCATEGORIES:Hold,a\\,b\r\n",
		"\r\nBEGIN:VTODO\r\n", "\r\nSTATUS:NEEDS-ACTION\r\n",
		"\r\nDTSTART;VALUE=DATE:20261118\r\nDTEND;VALUE=DATE:20261119\r\n",
	} {
		if !strings.Contains(feed, want) {
			t.Errorf("no %q in\n%s", want, feed)
		}
	}
	var empty strings.Builder
	if err := WriteFeed(&empty, Feed{}, slices.Values([]Entry(nil))); err != nil {
		t.Fatal(err)
	}
	if wrong := icstest.Lint(empty.String()); len(wrong) > 0 {
		t.Errorf("an empty feed: %q\n%s", wrong, empty.String())
	}
	if wrong := icstest.Lint(mustWrite(t, "Holds", nastyEntries(t, 500)...)); len(wrong) > 0 {
		t.Errorf("nasty entries: %q", wrong)
	}
}

// Each way to break a feed is found by the lint, and by what it says of it.
func TestTheLintFindsWhatIsWrong(t *testing.T) {
	before := func(line, more string) func(string) string {
		return func(feed string) string { return strings.Replace(feed, line, more+line, 1) }
	}
	swap := func(old, new string) func(string) string {
		return func(feed string) string { return strings.Replace(feed, old, new, 1) }
	}
	tests := []struct {
		name  string
		spoil func(string) string
		says  string
	}{
		{"LF", func(feed string) string { return strings.ReplaceAll(feed, "\r\n", "\n") }, "without CRLF"},
		{"one LF", swap("COLOR:teal\r\n", "COLOR:teal\n"), "without CRLF"},
		{"a lone CR", swap("COLOR:teal", "COLOR:te\ral"), "without CRLF"},
		{"a long line", func(feed string) string { return strings.ReplaceAll(feed, "\r\n ", "") }, "octets in a line"},
		{"a split character", swap("é\r\n é", "\xc3\r\n \xa9é"), "a character is split"},
		{"a control character", swap("Demo without", "Demo\u2028without"), "a control character"},
		{"an empty line", before("BEGIN:VTODO", "\r\n"), "an empty line"},
		{"METHOD", before("BEGIN:VEVENT", "METHOD:PUBLISH\r\n"), "VCALENDAR has METHOD"},
		{"a zone without its definition", swap("DTSTART:20261119T150000Z", "DTSTART;TZID=Europe/Berlin:20261119T150000"), "TZID Europe/Berlin without its VTIMEZONE"},
		{"a floating time", swap("DTSTART:20261119T150000Z", "DTSTART:20261119T150000"), `DTSTART is "20261119T150000"`},
		{"an injected attendee", before("END:VEVENT", "ATTENDEE:mailto:victim@example.com\r\n"), "VEVENT has ATTENDEE"},
		{"an injected organizer", before("END:VEVENT", "ORGANIZER:mailto:victim@example.com\r\n"), "VEVENT has ORGANIZER"},
		{"an injected attachment", before("END:VEVENT", "ATTACH:https://evil.example\r\n"), "VEVENT has ATTACH"},
		{"an injected second title", before("END:VEVENT", "SUMMARY:another\r\n"), "VEVENT has SUMMARY twice"},
		{"an injected line of no property", before("END:VEVENT", "what a title said\r\n"), "no property"},
		{"an injected event", before("END:VEVENT", "BEGIN:VEVENT\r\nUID:evil\r\nDTSTAMP:20261118T160000Z\r\nEND:VEVENT\r\n"), `VEVENT in "VEVENT"`},
		{"an injected component", before("BEGIN:VTODO", "BEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n"), `VJOURNAL in "VCALENDAR"`},
		{"an alarm that mails", swap("ACTION:DISPLAY", "ACTION:DISPLAY\r\nATTENDEE:mailto:victim@example.com"), "VALARM has ATTENDEE"},
		{"one UID twice", swap("UID:flag-1", "UID:flag-2"), "UID flag-2 a second time"},
		{"no DTSTAMP", swap("DTSTAMP:20261118T160000Z\r\n", ""), "VEVENT without DTSTAMP"},
		{"no UID", swap("UID:flag-1\r\n", ""), "VEVENT without UID"},
		{"an inclusive end", swap("DTEND;VALUE=DATE:20261119", "DTEND;VALUE=DATE:20261118"), "from 20261118 to 20261118"},
		{"a day without an end", swap("DTEND;VALUE=DATE:20261119\r\n", ""), "a day without DTEND"},
		{"an end at the start", swap("DTEND:20261119T151500Z", "DTEND:20261119T150000Z"), "from 20261119T150000Z"},
		{"an end before the start", swap("DTEND:20261119T151500Z", "DTEND:20261119T141500Z"), "from 20261119T150000Z"},
		{"what is not escaped", swap(`Holds\; mine`, "Holds; mine"), "NAME is not escaped"},
		{"what is escaped wrongly", swap(`Holds\; mine`, `Holds\: mine`), "NAME is escaped wrongly"},
		{"a title of two lines", swap("SUMMARY:Demo", `SUMMARY:Demo\n`), "SUMMARY has more than one line"},
		{"a text with parameters", swap("SUMMARY:Demo", "SUMMARY;ALTREP=evil:Demo"), "SUMMARY with parameters"},
		{"more after the end", func(feed string) string { return feed + "BEGIN:VCALENDAR\r\n" }, "after the end"},
		{"no end", swap("END:VCALENDAR\r\n", ""), "VCALENDAR does not end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sound := aFeed(t)
			feed := tt.spoil(sound)
			if feed == sound {
				t.Fatal("nothing was broken")
			}
			wrong := icstest.Lint(feed)
			if !slices.ContainsFunc(wrong, func(s string) bool { return strings.Contains(s, tt.says) }) {
				t.Errorf("the lint says %q, want %q", wrong, tt.says)
			}
		})
	}
	zone := "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	local := strings.NewReplacer("DTSTART:20261119T150000Z", "DTSTART;TZID=Europe/Berlin:20261119T150000",
		"DTEND:20261119T151500Z", "DTEND;TZID=Europe/Berlin:20261119T151500").Replace(aFeed(t))
	if wrong := icstest.Lint(strings.Replace(local, "BEGIN:VEVENT", zone+"BEGIN:VEVENT", 1)); len(wrong) > 0 {
		t.Errorf("a zone with its definition: %q", wrong)
	}
}
