package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
)

// vtimezone decodes the lines of one VTIMEZONE.
func vtimezone(t testing.TB, lines string) *ical.Component {
	t.Helper()
	text := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\n" + strings.TrimSpace(lines) + "\nEND:VTIMEZONE\nEND:VCALENDAR\n"
	calendar, err := ical.NewDecoder(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))).Decode()
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Children[0]
}

// The VTIMEZONEs of these clients, as they write them today.
const (
	outlookEastern = `
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT`

	outlookSydney = `
TZID:AUS Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010407T030000
TZOFFSETFROM:+1100
TZOFFSETTO:+1000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16011006T020000
TZOFFSETFROM:+1000
TZOFFSETTO:+1100
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=10
END:DAYLIGHT`

	outlookIndia = `
TZID:India Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
END:STANDARD`

	appleNewYork = `
TZID:America/New_York
BEGIN:STANDARD
DTSTART:18831118T120358
RDATE:18831118T120358
TZNAME:EST
TZOFFSETFROM:-045602
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19670430T020000
RRULE:FREQ=YEARLY;UNTIL=19730429T070000Z;BYDAY=-1SU;BYMONTH=4
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;UNTIL=20061029T060000Z;BYDAY=-1SU;BYMONTH=10
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD`

	appleLondon = `
TZID:Europe/London
BEGIN:DAYLIGHT
TZOFFSETFROM:+0000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
DTSTART:19810329T010000
TZNAME:BST
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
DTSTART:19961027T020000
TZNAME:GMT
TZOFFSETTO:+0000
END:STANDARD`

	googleBerlin = `
TZID:Europe/Berlin
X-LIC-LOCATION:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:GMT+2
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:GMT+1
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD`

	evolutionSaoPaulo = `
TZID:/freeassociation.sourceforge.net/America/Sao_Paulo
X-LIC-LOCATION:America/Sao_Paulo
BEGIN:STANDARD
TZNAME:-03
DTSTART:19140101T000000
TZOFFSETFROM:-030628
TZOFFSETTO:-0300
END:STANDARD
BEGIN:DAYLIGHT
TZNAME:-02
DTSTART:20081019T000000
TZOFFSETFROM:-0300
TZOFFSETTO:-0200
RRULE:FREQ=YEARLY;UNTIL=20171015T030000Z;BYDAY=3SU;BYMONTH=10
END:DAYLIGHT
BEGIN:DAYLIGHT
TZNAME:-02
DTSTART:20181104T000000
TZOFFSETFROM:-0300
TZOFFSETTO:-0200
RDATE:20181104T000000
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:-03
DTSTART:20090215T000000
TZOFFSETFROM:-0200
TZOFFSETTO:-0300
RDATE:20090215T000000,20100221T000000,20110220T000000
RDATE;VALUE=DATE-TIME:20120226T000000
RDATE:20130217T000000,20140216T000000,20150222T000000,20160221T000000
RDATE;VALUE=PERIOD:20170219T000000/PT1S,20180218T000000/PT1S
RDATE;VALUE=DATE:20190217
END:STANDARD`

	thunderbirdLordHowe = `
TZID:Australia/Lord_Howe
X-TZINFO:Australia/Lord_Howe[2025b]
BEGIN:DAYLIGHT
TZOFFSETTO:+110000
TZOFFSETFROM:+103000
TZNAME:Australia/Lord_Howe(DST)
DTSTART:20081005T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETTO:+103000
TZOFFSETFROM:+110000
TZNAME:Australia/Lord_Howe(STD)
DTSTART:20080406T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
END:STANDARD`
)

// TestZonesOfClientsAreThoseOfIANA compares the offsets of every quarter of an
// hour from 2015 to 2035, which has every change of them in it.
func TestZonesOfClientsAreThoseOfIANA(t *testing.T) {
	for _, test := range []struct{ client, lines, iana string }{
		{"Outlook", outlookEastern, "America/New_York"},
		{"Exchange, south of the equator", outlookSydney, "Australia/Sydney"},
		{"Outlook, without summer time", outlookIndia, "Asia/Kolkata"},
		{"Apple, with history", appleNewYork, "America/New_York"},
		{"Apple", appleLondon, "Europe/London"},
		{"Google", googleBerlin, "Europe/Berlin"},
		{"Evolution, with dates written out", evolutionSaoPaulo, "America/Sao_Paulo"},
		{"Thunderbird, half an hour of summer time", thunderbirdLordHowe, "Australia/Lord_Howe"},
	} {
		t.Run(test.client, func(t *testing.T) {
			zone, err := compileZone(vtimezone(t, test.lines))
			if err != nil {
				t.Fatal(err)
			}
			iana, err := time.LoadLocation(test.iana)
			if err != nil {
				t.Fatal(err)
			}
			end := time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
			for at := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(15 * time.Minute) {
				_, got := at.In(zone).Zone()
				_, want := at.In(iana).Zone()
				if got != want {
					t.Fatalf("%s: offset %d, %s has %d", at, got, test.iana, want)
				}
			}
		})
	}
}

func TestZonesKeepTheirNames(t *testing.T) {
	summer := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct{ name, lines, zone, clock string }{
		{"a name of its own", googleBerlin, "Europe/Berlin", "GMT+2"},
		{"a name that is no abbreviation is dropped", thunderbirdLordHowe, "Australia/Lord_Howe", ""},
	} {
		zone, err := compileZone(vtimezone(t, test.lines))
		if err != nil {
			t.Fatal(err)
		}
		name, _ := summer.In(zone).Zone()
		if zone.String() != test.zone || name != test.clock {
			t.Errorf("%s: zone %s with the clocks at %s", test.name, zone, name)
		}
	}
}

func observanceLines(from, to, start, more string) string {
	return fmt.Sprintf("BEGIN:STANDARD\nDTSTART:%s\nTZOFFSETFROM:%s\nTZOFFSETTO:%s\n%sEND:STANDARD\n", start, from, to, more)
}

func TestZoneCorners(t *testing.T) {
	newYear := observanceLines("+0100", "+0200", "20250101T000000", "")
	for _, test := range []struct {
		name, lines, at string
		want            int // hours east of UTC
	}{
		{"before the first change the offset is the one before it", newYear, "2024-12-31 22:59", 1},
		{"the change comes at its time in the offset before", newYear, "2024-12-31 23:00", 2},
		{"the last offset goes on", newYear, "2500-01-01 00:00", 2},
		{"observances in any order", observanceLines("+0200", "+0300", "20260101T000000", "") + newYear, "2025-06-01 00:00", 2},
		{"of two at one moment the later written counts", newYear + observanceLines("+0100", "+0500", "20250101T000000", ""), "2025-06-01 00:00", 5},
		{"a DTSTART that its rule does not match is none", observanceLines("+0100", "+0200", "20250101T000000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1\n"), "2025-02-01 00:00", 1},
		{"a DTSTART with dates counts too", observanceLines("+0100", "+0200", "20250101T000000", "RDATE:20270101T000000\n"), "2025-02-01 00:00", 2},
		{"several rules", observanceLines("+0100", "+0200", "20250201T000000", "RRULE:FREQ=YEARLY;COUNT=1\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;COUNT=1\n"), "2025-03-01 00:00", 2},
		{"a rule ends at its UNTIL, in UTC", observanceLines("+0100", "+0200", "20250101T000000", "RRULE:FREQ=YEARLY;UNTIL=20250101T000000Z\n") + observanceLines("+0200", "+0100", "20250601T000000", ""), "2026-02-01 00:00", 1},
		{"other parts are passed over", newYear + "BEGIN:X-PART\nX-A:1\nEND:X-PART\n", "2025-06-01 00:00", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			zone, err := compileZone(vtimezone(t, "TZID:Test\n"+test.lines))
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse("2006-01-02 15:04", test.at)
			if err != nil {
				t.Fatal(err)
			}
			if _, got := at.In(zone).Zone(); got != test.want*3600 {
				t.Errorf("offset %d, want %d hours", got, test.want)
			}
		})
	}
}

func TestBrokenZonesAreRefused(t *testing.T) {
	good := observanceLines("+0100", "+0200", "20250101T000000", "")
	rule := func(r string) string {
		return "TZID:T\n" + observanceLines("+0100", "+0200", "20250101T000000", "RRULE:"+r+"\n")
	}
	var names strings.Builder
	for i := range maxLocalTimes + 1 {
		names.WriteString(observanceLines("+0100", fmt.Sprintf("+02%02d", i), "20250101T000000", ""))
	}
	for _, test := range []struct{ name, lines, says string }{
		{"no TZID", good, "no TZID"},
		{"nothing in it", "TZID:T", "no change of offset"},
		{"only extensions", "TZID:T\nBEGIN:X-PART\nX-A:1\nEND:X-PART", "no change of offset"},
		{"no DTSTART", "TZID:T\nBEGIN:STANDARD\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD", "DTSTART"},
		{"no offset", "TZID:T\nBEGIN:STANDARD\nDTSTART:20250101T000000\nTZOFFSETFROM:+0100\nEND:STANDARD", "TZOFFSETTO"},
		{"a DTSTART in UTC", "TZID:T\n" + observanceLines("+0100", "+0200", "20250101T000000Z", ""), "DTSTART"},
		{"a DTSTART that is no day", "TZID:T\n" + observanceLines("+0100", "+0200", "20250230T000000", ""), "DTSTART"},
		{"an offset without a sign", "TZID:T\n" + observanceLines("0100", "+0200", "20250101T000000", ""), "TZOFFSETFROM"},
		{"an offset in words", "TZID:T\n" + observanceLines("+0100", "one hour", "20250101T000000", ""), "TZOFFSETTO"},
		{"an offset of more than a day", "TZID:T\n" + observanceLines("+0100", "+9900", "20250101T000000", ""), "TZOFFSETTO"},
		{"an offset of a day", "TZID:T\n" + observanceLines("+0100", "+2400", "20250101T000000", ""), "TZOFFSETTO"},
		{"an offset of sixty minutes", "TZID:T\n" + observanceLines("+0100", "+0199", "20250101T000000", ""), "TZOFFSETTO"},
		{"a rule that is none", rule("EVERY YEAR"), "RRULE"},
		{"a rule of seconds", rule("FREQ=SECONDLY"), "RRULE"},
		{"a rule of seconds that never come", rule("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"), "RRULE"},
		{"a rule of days", rule("FREQ=DAILY"), "RRULE"},
		{"a rule of months", rule("FREQ=MONTHLY;BYDAY=MO"), "changes"},
		{"a rule that never comes", rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "no change of offset"},
		{"a rule that ended before it began", rule("FREQ=YEARLY;UNTIL=20240101T000000Z"), "no change of offset"},
		{"a date that is none", "TZID:T\n" + observanceLines("+0100", "+0200", "20250101T000000", "RDATE:20250101T000000,,\n"), "RDATE"},
		{"dates without end", "TZID:T\n" + observanceLines("+0100", "+0200", "20250101T000000", "RDATE:20250101T000000"+strings.Repeat(",20250101T000000", maxChanges)+"\n"), "RDATE"},
		{"observances without end", "TZID:T\n" + strings.Repeat(good, maxObservances+1), "observances"},
		{"offsets without end", "TZID:T\n" + names.String(), "different offsets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			zone, err := compileZone(vtimezone(t, test.lines))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("zone %v, error %v; want an error that says %q", zone, err, test.says)
			}
		})
	}
}

// Nonsense in any property is an error or a zone, and never takes long.
func TestNonsenseInZonesDoesNoHarm(t *testing.T) {
	nonsense := []string{
		"", " ", "-", "+", "0", "\x00", "𝛑", "T", "Z", ",,,,", ";;;;", "=", "+-+-", "99999999T999999", "00000000T000000", "20250101", "99991231T235959",
		"00010101T000000", "-99999", "+235959", "-235959", "+000000", "FREQ=YEARLY", "FREQ=YEARLY;COUNT=2147483647;INTERVAL=2147483647", strings.Repeat("9", 5000),
		"FREQ=HOURLY;BYYEARDAY=-1", "FREQ=YEARLY;UNTIL=99991231T235959Z", "20250101T000000/P1D",
	}
	properties := []string{"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE", "TZNAME"}
	compiled := 0
	for _, first := range properties {
		for _, second := range properties {
			for i, value := range nonsense {
				if _, err := compileZone(nonsenseZone(first, value, second, nonsense[len(nonsense)-1-i])); err == nil {
					compiled++
				}
			}
		}
	}
	if compiled == 0 {
		t.Error("nothing got through: the rest of the zone is at fault")
	}
}

// nonsenseZone returns a good zone but for two properties.
func nonsenseZone(first, firstValue, second, secondValue string) *ical.Component {
	zone, part := ical.NewComponent(ical.CompTimezone), ical.NewComponent(ical.CompTimezoneDaylight)
	zone.Children = []*ical.Component{part}
	set := func(name, value string) {
		prop := ical.NewProp(name)
		prop.Value = value
		if name == "TZID" {
			zone.Props.Set(prop)
			return
		}
		part.Props.Set(prop)
	}
	set("TZID", "T")
	set("DTSTART", "20250330T020000")
	set("TZOFFSETFROM", "+0100")
	set("TZOFFSETTO", "+0200")
	set(first, firstValue)
	set(second, secondValue)
	return zone
}

func BenchmarkCompileZone(b *testing.B) {
	zone := vtimezone(b, outlookEastern)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compileZone(zone); err != nil {
			b.Fatal(err)
		}
	}
}
