package ics

import (
	"strings"
	"testing"
	"time"
)

// ownZoneOf reads an event whose zone only its file knows.
func ownZoneOf(t *testing.T, standard, daylight string) *time.Location {
	t.Helper()
	file := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Customized Time Zone\n" +
		"BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n" + standard + "END:STANDARD\n" + daylight +
		"END:VTIMEZONE\nBEGIN:VEVENT\nUID:x\nDTSTART;TZID=Customized Time Zone:20261201T090000\nEND:VEVENT\nEND:VCALENDAR\n"
	cal, err := Read(strings.NewReader(file), "a.ics")
	if err != nil || len(cal.Events) != 1 || cal.Events[0].Start.Zone == nil {
		t.Fatalf("%+v, %v", cal, err)
	}
	return cal.Events[0].Start.Zone
}

func TestAZoneOfAFilesOwnIsKnownByItsChanges(t *testing.T) {
	const (
		autumn  = "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n"
		spring  = "BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n"
		strange = "BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\n"
	)
	zone := ownZoneOf(t, autumn, spring)
	known, ok := Named(zone)
	if !ok {
		t.Fatal("central Europe's zone is not known")
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if !sameChanges(known, berlin) {
		t.Errorf("it is taken for %s", known)
	}
	if known, ok := Named(ownZoneOf(t, autumn, strange)); ok {
		t.Errorf("a zone that nobody has is taken for %s", known)
	}
	if known, ok := Named(berlin); !ok || known.String() != "Europe/Berlin" {
		t.Errorf("Europe/Berlin is taken for %v", known)
	}
}

func TestHowOftenACalendarAsksToBeRead(t *testing.T) {
	for lines, want := range map[string]time.Duration{
		"":                                      0,
		"REFRESH-INTERVAL;VALUE=DURATION:PT30M": 30 * time.Minute,
		"X-PUBLISHED-TTL:P1DT1H":                25 * time.Hour,
		"REFRESH-INTERVAL:often\nX-PUBLISHED-TTL:PT2H": 2 * time.Hour,
		"X-PUBLISHED-TTL:-PT2H":                        0,
	} {
		cal, err := Read(strings.NewReader("BEGIN:VCALENDAR\n"+lines+"\nEND:VCALENDAR\n"), "a.ics")
		if err != nil || cal.Refresh != want || len(cal.Warnings) > 0 {
			t.Errorf("%q: %v, %v, %v, want %v", lines, cal.Refresh, cal.Warnings, err, want)
		}
	}
}
