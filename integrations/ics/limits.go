package ics

// What one file may ask of the reader. Real exports stay far below all of these;
// with them, a hostile megabyte costs less than a second and 64 MB.
const (
	// maxLine is the longest unfolded property that is kept: an EXDATE with
	// maxDates values. Longer properties that nothing needs (attachments,
	// descriptions) stream by without being stored, whatever their length.
	maxLine = 256 << 10

	// maxEvent bounds what is kept of one VEVENT: a thousand guests with
	// long names and ten years of exceptions take a quarter of it.
	maxEvent = 1 << 20

	// maxZone bounds one VTIMEZONE: the longest that clients write, every
	// change of offset since 1883 spelled out, takes 20 KB.
	maxZone = 64 << 10

	// maxZones bounds the VTIMEZONEs that name no known zone: those of one
	// VCALENDAR that are kept, and those of the file that are compiled.
	maxZones = 100

	// maxZoneNames bounds the different TZIDs that are remembered.
	maxZoneNames = 1000

	// maxParams is the most parameters one property may have; clients write
	// up to ten.
	maxParams = 50

	// maxParamValue is where a parameter's value is cut, in octets: a person's
	// name, an address, a zone's.
	maxParamValue = 256

	// maxSummary is where a title is cut, in octets: many times what anybody reads.
	// A series repeats it for each instance.
	maxSummary = 1000

	// maxUID is the longest UID, in octets; RFC 7986 advises less than 255.
	maxUID = 1000

	// maxDepth is how deep components may nest. RFC 9073 needs four levels:
	// VCALENDAR, VEVENT, VALARM, VLOCATION.
	maxDepth = 8

	// maxAttendees is where a guest list is cut. Beyond 25 prospects an event
	// is an audience and no meeting, so more guests change nothing.
	maxAttendees = 2000

	// maxRules bounds the RRULE lines of one event; RFC 5545 advises one.
	maxRules = 16

	// maxDates bounds the RDATE and EXDATE values of one event: a daily series
	// that was moved every day for 27 years.
	maxDates = 10_000

	// maxPeople bounds the cache of parsed addresses.
	maxPeople = 50_000

	// maxWarnings is how many warnings of one file are told in full.
	maxWarnings = 200

	// maxQuoted is how much of the input a message repeats, in characters.
	maxQuoted = 40
)

// The years in which an event may start. Birthdays without a known year are
// dated 1601 and 1604 (the start of Windows' clock, Apple's leap year); before
// 1600 and after 2200 there are only mistakes, and rules that never end.
const (
	minYear = 1600
	maxYear = 2200
)
