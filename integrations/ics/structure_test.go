package ics

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// vevent is a whole event, of four lines.
func vevent(uid string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTART:20261118T150000Z\r\nEND:VEVENT"
}

func TestWarnsOfBrokenEventsAndReadsTheRest(t *testing.T) {
	tests := []struct {
		name     string
		lines    []string // of the event, from line 8 on
		kept     bool
		warnings []string
	}{
		{"no DTSTART", []string{"SUMMARY:x"}, false, []string{"6: event without DTSTART: event left out"}},
		{"DTSTART that is no time", []string{"DTSTART:tomorrow\x07"}, false,
			[]string{`8: DTSTART "tomorrow\a" cannot be read: event left out`}},
		{"DTSTART on a day that does not exist", []string{"DTSTART:20260229"}, false,
			[]string{`8: DTSTART "20260229" cannot be read: event left out`}},
		{"DTSTART in year 1", []string{"DTSTART:00010101"}, false,
			[]string{`8: DTSTART "00010101" is not in the years 1600 to 2200: event left out`}},
		{"DTSTART in year 9999", []string{"DTSTART:99991231T000000Z"}, false,
			[]string{`8: DTSTART "99991231T000000Z" is not in the years 1600 to 2200: event left out`}},
		{"DTEND that is no time", []string{"DTSTART:20261118", "DTEND:20261118T250000"}, false,
			[]string{`9: DTEND "20261118T250000" cannot be read: event left out`}},
		{"DURATION that is none", []string{"DTSTART:20261118", "DURATION:1h"}, false,
			[]string{`9: DURATION "1h" cannot be read: event left out`}},
		{"DURATION of more hours than can be counted", []string{"DTSTART:20261118", "DURATION:PT9999999999H"}, false,
			[]string{`9: DURATION "PT9999999999H" cannot be read: event left out`}},
		{"DURATION of ages", []string{"DTSTART:20261118", "DURATION:P99999999D"}, false,
			[]string{`9: DURATION "P99999999D" cannot be read: event left out`}},
		{"RECURRENCE-ID that is no time", []string{"DTSTART:20261118", "RECURRENCE-ID:x"}, false,
			[]string{`9: RECURRENCE-ID "x" cannot be read: event left out`}},
		{"EXDATE that is no time", []string{"DTSTART:20261118", "EXDATE:20261119,x"}, true,
			[]string{`9: EXDATE "x" cannot be read: ignored`}},
		{"RDATE of a period that ends before it starts", []string{"DTSTART:20261118T150000Z", "RDATE;VALUE=PERIOD:20261118T150000Z/20261118T140000Z"}, true,
			[]string{`9: RDATE "20261118T150000Z/20261118T140000Z" cannot be read: ignored`}},
		{"RDATE in year 9999", []string{"DTSTART:20261118", "RDATE:99991231"}, true,
			[]string{`9: RDATE "99991231" cannot be read: ignored`}},
		{"EXRULE", []string{"DTSTART:20261118", "EXRULE:FREQ=DAILY"}, true, []string{"9: EXRULE is obsolete: ignored"}},
		{"RANGE=THISANDPRIOR", []string{"DTSTART:20261118", "RECURRENCE-ID;RANGE=THISANDPRIOR:20261118"}, true,
			[]string{`9: RANGE="THISANDPRIOR" is obsolete: read as this instance only`}},
		{"two of what may stand once", []string{"DTSTART:20261118", "DTSTART:20261119"}, true, []string{"9: a second DTSTART: ignored"}},
		{"SEQUENCE that is no number", []string{"DTSTART:20261118", "SEQUENCE:one"}, true,
			[]string{`9: SEQUENCE "one" is no number: ignored`}},
		{"CREATED that is no time", []string{"DTSTART:20261118", "CREATED:yesterday"}, true,
			[]string{`9: CREATED "yesterday" cannot be read: ignored`}},
		{"line without a colon", []string{"DTSTART:20261118", "and so on"}, true,
			[]string{`9: "and so on" is no property: line ignored`}},
		{"line of text with a colon", []string{"DTSTART:20261118", "Meet at 10:30"}, true,
			[]string{`9: "Meet at 10:30" is no property: line ignored`}},
		{"needed property without a colon", []string{"DTSTART:20261118", "STATUS;X=1"}, true,
			[]string{`9: "STATUS;X=1" is no property: line ignored`}},
		{"what go-ical panics on", []string{"DTSTART:20261118", "0;0="}, true,
			[]string{`9: "0;0=" is no property: line ignored`}},
		{"END of what was not opened", []string{"DTSTART:20261118", "END:VALARM"}, true,
			[]string{"9: END:VALARM fits no open component: ignored"}},
		{"VALARM without END", []string{"DTSTART:20261118", "BEGIN:VALARM", "ACTION:AUDIO"}, false,
			[]string{"9: BEGIN:VALARM has no END: event left out"}},
		{"event without END", []string{"DTSTART:20261118", vevent("nested")}, true,
			[]string{"6: BEGIN:VEVENT has no END:VEVENT before line 9: event left out", "13: END:VEVENT fits no open component: ignored"}},
		{"nested too deep", []string{"DTSTART:20261118", strings.Repeat("BEGIN:X\r\n", 7) + strings.Repeat("END:X\r\n", 7)}, false,
			[]string{"15: components nest deeper than 8: event left out"}},
		{"unknown zone", []string{"DTSTART;TZID=Nowhere:20261118T090000", "DTEND;TZID=Nowhere:20261118T100000"}, true,
			[]string{`8: TZID "Nowhere" is no known zone: its times are read as local times`}},
		{"long text is cut in a message", []string{"DTSTART:" + strings.Repeat("ü", 60)}, false,
			[]string{`8: DTSTART "` + strings.Repeat("ü", 40) + `"… cannot be read: event left out`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cal := mustRead(t, inCalendar(vevent("before"), "BEGIN:VEVENT", "UID:broken", strings.Join(tt.lines, "\r\n"), "END:VEVENT", vevent("after")))
			if diff := cmp.Diff(tt.warnings, messages(cal)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			want := 2
			if tt.kept {
				want = 3
			}
			if len(cal.Events) != want || cal.Events[0].UID != "before" || cal.Events[want-1].UID != "after" {
				t.Errorf("read %d events, want %d: %v", len(cal.Events), want, cal.Events)
			}
			if cal.Incomplete != "" {
				t.Errorf("Incomplete = %q", cal.Incomplete)
			}
		})
	}
}

func TestSaysWhenACalendarIsIncomplete(t *testing.T) {
	tests := []struct {
		name, text string
		events     int
		want       string
	}{
		{"whole", inCalendar(vevent("a")), 1, ""},
		{"after many blank lines", strings.Repeat("\r\n", scanBuffer) + inCalendar(vevent("a")), 1, ""},
		{"without the last line end", strings.TrimSpace(inCalendar(vevent("a"))), 1, ""},
		{"no END:VCALENDAR", "BEGIN:VCALENDAR\r\n" + vevent("a"), 1, "a.ics:5: the file ends inside VCALENDAR, begun on line 1"},
		{"cut inside an event", "BEGIN:VCALENDAR\r\n" + vevent("a") + "\r\nBEGIN:VEVENT\r\nUID:b\r\nDTST", 1,
			"a.ics:8: the file ends inside VEVENT, begun on line 6"},
		{"cut inside an alarm", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\n", 0, "a.ics:3: the file ends inside VALARM, begun on line 3"},
		{"cut, and another calendar after it", "BEGIN:VCALENDAR\r\n" + vevent("a") + "\r\n" + inCalendar(vevent("b")), 2,
			"a.ics:6: VCALENDAR, begun on line 1, has no END"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cal := mustRead(t, tt.text)
			if cal.Incomplete != tt.want || len(cal.Events) != tt.events {
				t.Errorf("%d events, Incomplete = %q; want %d, %q", len(cal.Events), cal.Incomplete, tt.events, tt.want)
			}
		})
	}
}

func TestKeepsWhatWasReadBeforeAnError(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("BEGIN:VCALENDAR\r\n"+vevent("a")+"\r\n"), iotest.ErrReader(errors.New("disk on fire")))
	cal, err := Read(broken, "a.ics")
	if err != nil {
		t.Fatal(err)
	}
	if want := "a.ics:5: reading failed: disk on fire"; cal.Incomplete != want || len(cal.Events) != 1 {
		t.Errorf("%d events, Incomplete = %q; want 1, %q", len(cal.Events), cal.Incomplete, want)
	}
	if _, err := Read(iotest.ErrReader(errors.New("disk on fire")), "a.ics"); err == nil {
		t.Error("no error when nothing could be read")
	}
}

func TestRefusesWhatIsNoCalendar(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "a.ics: not a calendar: empty: export it again"},
		{"blank lines", "\r\n\r\n \n", "a.ics: not a calendar: empty: export it again"},
		{"many blank lines", strings.Repeat("\r\n", scanBuffer), "a.ics: not a calendar: nothing but blank lines: export it again"},
		{"gzip", "\x1f\x8b\x08\x00rest", "a.ics: not a calendar: gzip-compressed: unpack it first"},
		{"zip", "PK\x03\x04rest", "a.ics: not a calendar: a zip archive: unpack it first"},
		{"UTF-16 with a mark", "\xff\xfeB\x00E\x00", "a.ics: not a calendar: UTF-16 text: save it as UTF-8"},
		{"UTF-16 without", "\x00B\x00E\x00G", "a.ics: not a calendar: UTF-16 text: save it as UTF-8"},
		{"web page", "\n<!doctype html><html>", "a.ics: not a calendar: a web page: download the calendar itself; a page is what a link gives that needs a sign-in"},
		{"contacts", "BEGIN:VCARD\nEND:VCARD\n", "a.ics: not a calendar: contacts (vCard): export the calendar as an .ics file"},
		{"binary", "\x7fELF\x00\x01", "a.ics: not a calendar: binary data: export the calendar as an .ics file"},
		{"binary without NUL", "\x8f\xfa\x01", "a.ics:1: not a calendar: binary data: export the calendar as an .ics file"},
		{"text", "\n\nDear all,\n", `a.ics:3: not a calendar: starts with "Dear all," instead of BEGIN:VCALENDAR: export the calendar as an .ics file`},
		{"event without a calendar", vevent("a"), `a.ics:1: not a calendar: starts with "BEGIN:VEVENT" instead of BEGIN:VCALENDAR: export the calendar as an .ics file`},
		{"what go-ical panics on", "0;0=", `a.ics:1: not a calendar: starts with "0;0=" instead of BEGIN:VCALENDAR: export the calendar as an .ics file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cal, err := Read(strings.NewReader(tt.text), "a.ics")
			var not *NotCalendarError
			if !errors.As(err, &not) || err.Error() != tt.want || cal != nil {
				t.Errorf("Read = %v, %v; want error %q", cal, err, tt.want)
			}
		})
	}
}

func TestWarnsOnceOfTextAfterTheCalendar(t *testing.T) {
	cal := mustRead(t, inCalendar(vevent("a"))+"--\r\nsent from my phone\r\n"+vevent("b")+"\r\n\r\n"+inCalendar(vevent("c"))+"\x1a")
	want := []string{"7: text after END:VCALENDAR: ignored", "20: text after END:VCALENDAR: ignored"}
	if diff := cmp.Diff(want, messages(cal)); diff != "" || len(cal.Events) != 2 {
		t.Errorf("%d events, warnings (-want +got):\n%s", len(cal.Events), diff)
	}
}

func TestReadsZonesThatComeAfterTheirEvents(t *testing.T) {
	event := func(uid, tzid string) []string {
		return []string{"BEGIN:VEVENT", "UID:" + uid, "DTSTART;TZID=" + tzid + ":20261118T090000", "END:VEVENT"}
	}
	lines := append(event("first", "Nowhere"), event("second", "Europe/Berlin")...)
	lines = append(append(lines, event("third", "Nowhere")...), "hello")
	cal := mustRead(t, inCalendar(append(lines, "X-WR-TIMEZONE:Asia/Tokyo")...))
	var got []string
	for _, e := range cal.Events {
		got = append(got, e.UID+" "+e.Start.Zone.String())
	}
	if diff := cmp.Diff([]string{"first Asia/Tokyo", "second Europe/Berlin", "third Asia/Tokyo"}, got); diff != "" {
		t.Errorf("events and zones (-want +got):\n%s", diff)
	}
	want := []string{ // in the order of the file, although the first was found last
		`4: TZID "Nowhere" is no known zone: its times are read in Asia/Tokyo, the calendar's zone`,
		`14: "hello" is no property: line ignored`,
	}
	if diff := cmp.Diff(want, messages(cal)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestFindsTheFilesOwnZonesLast(t *testing.T) {
	var lines []string
	for _, tzid := range []string{"Office", "/example.com/Office", "Europe/Berlin", "Eastern Standard Time", `Over\, there`} {
		lines = append(lines, "BEGIN:VTIMEZONE", "TZID:"+tzid, "BEGIN:STANDARD", "DTSTART:19700101T000000",
			"TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE")
	}
	tests := []struct{ tzid, want string }{
		{"Office", "06:00"}, {`"office"`, "06:00"}, {`" OFFICE "`, "06:00"}, {"/example.com/Office", "06:00"}, {`"Over, there"`, "06:00"},
		{"Europe/Berlin", "08:00"}, {`"Eastern Standard Time"`, "14:00"},
	}
	for _, tt := range tests {
		lines = append(lines, "BEGIN:VEVENT", "UID:"+tt.tzid, "DTSTART;TZID="+tt.tzid+":20261118T090000", "END:VEVENT")
	}
	cal := mustRead(t, inCalendar(lines...))
	if len(cal.Events) != len(tests) || len(cal.Warnings) > 0 {
		t.Fatalf("%d events, warnings %q", len(cal.Events), messages(cal))
	}
	for i, tt := range tests {
		if got := cal.Events[i].Start.In(nil).Format("15:04"); got != tt.want {
			t.Errorf("09:00 in %s is %s in UTC, want %s", tt.tzid, got, tt.want)
		}
	}
}

func TestZonesBelongToTheirOwnCalendar(t *testing.T) {
	office := func(offset string) []string {
		return []string{"BEGIN:VTIMEZONE", "TZID:Office", "BEGIN:STANDARD", "DTSTART:19700101T000000",
			"TZOFFSETFROM:" + offset, "TZOFFSETTO:" + offset, "END:STANDARD", "END:VTIMEZONE",
			"BEGIN:VEVENT", "UID:u" + offset, "DTSTART;TZID=Office:20261118T090000", "END:VEVENT"}
	}
	cal := mustRead(t, inCalendar(office("+0200")...)+inCalendar(office("-0300")...))
	var got []string
	for _, e := range cal.Events {
		got = append(got, e.Start.In(nil).Format("15:04"))
	}
	if diff := cmp.Diff([]string{"07:00", "12:00"}, got); diff != "" || len(cal.Warnings) > 0 {
		t.Errorf("warnings %q, starts in UTC (-want +got):\n%s", messages(cal), diff)
	}
}

func TestWarnsOfWhatIsWrongWithACalendar(t *testing.T) {
	zone := func(lines ...string) string {
		return "BEGIN:VTIMEZONE\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VTIMEZONE"
	}
	tests := []struct {
		name, lines string // the first is line 2
		want        []string
	}{
		{"nothing", "X-WR-CALNAME:n\r\nX-WR-TIMEZONE:Europe/Berlin\r\nX-WR-TIMEZONE:\r\n" + zone("TZID:Z"), nil},
		{"unknown zone", "X-WR-TIMEZONE:Middle Earth", []string{`2: X-WR-TIMEZONE "Middle Earth" is no known zone: ignored`}},
		{"name too long", "X-WR-CALNAME:" + strings.Repeat("x", maxLine), []string{"2: X-WR-CALNAME is longer than 262144 octets: ignored"}},
		{"name without a colon", "X-WR-CALNAME;X=1", []string{"2: X-WR-CALNAME has no colon: ignored"}},
		{"text", "hello", []string{`2: "hello" is no property: line ignored`}},
		{"text in what is not read", "BEGIN:VTODO\r\nhello\r\nEND:VTODO", nil},
		{"nested too deep in what is not read", "BEGIN:VTODO\r\n" + strings.Repeat("BEGIN:X\r\n", 9) + strings.Repeat("END:X\r\n", 9) + "END:VTODO\r\n" + vevent("u"), nil},
		{"VTODO without END", "BEGIN:VTODO\r\n" + vevent("u"), []string{"2: BEGIN:VTODO has no END: ignored"}},
		{"VTIMEZONE without END", "BEGIN:VTIMEZONE\r\nTZID:Z\r\n" + vevent("u"),
			[]string{"2: BEGIN:VTIMEZONE has no END:VTIMEZONE before line 4: zone ignored"}},
		{"VTIMEZONE without TZID", zone("TZURL:x"), []string{"2: VTIMEZONE without a TZID: ignored"}},
		{"VTIMEZONE with an observance without END", zone("TZID:Z", "BEGIN:DAYLIGHT"),
			[]string{"4: BEGIN:DAYLIGHT has no END: VTIMEZONE ignored"}},
		{"VTIMEZONE that is too long", zone("TZID:Z", "BEGIN:DAYLIGHT", strings.Repeat("RDATE:20261118T000000\r\n", 4000)+"END:DAYLIGHT"),
			[]string{"2982: more than can be read of one VTIMEZONE: VTIMEZONE ignored"}},
		{"VTIMEZONE that makes no sense, used by an event", zone("TZID:Own", "BEGIN:STANDARD", "DTSTART:19700101T000000", "END:STANDARD") +
			"\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=Own:20261118T090000\r\nEND:VEVENT",
			[]string{`2: compile VTIMEZONE "Own": STANDARD: TZOFFSETFROM: "" is no offset: zone ignored`,
				`10: TZID "Own" is no known zone: its times are read as local times`}},
		{"observance outside of a VTIMEZONE", "BEGIN:STANDARD\r\nhello\r\nEND:STANDARD", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cal := mustRead(t, inCalendar(tt.lines))
			if diff := cmp.Diff(tt.want, messages(cal)); diff != "" || cal.Incomplete != "" {
				t.Errorf("Incomplete = %q, warnings (-want +got):\n%s", cal.Incomplete, diff)
			}
		})
	}
}
