package ics

// property is one of the properties that Holdfast reads.
type property uint8

const (
	unneeded property = iota

	// of a VEVENT
	propAttendee
	propBusyStatus
	propClass
	propCreated
	propDtend
	propDtstart
	propDuration
	propExdate
	propExrule
	propHoldfastKind
	propLastModified
	propOrganizer
	propRdate
	propRecurrenceID
	propRrule
	propSequence
	propStatus
	propSummary
	propTransp
	propUID

	// of a VTIMEZONE, beside some of those above
	propTzid
	propTzname
	propTzoffsetFrom
	propTzoffsetTo

	// of a VCALENDAR
	propMethod
	propCalendarName
	propCalendarZone
	propRefreshInterval
	propPublishedTTL

	propertyCount
)

// String returns the name of p as RFC 5545 writes it.
func (p property) String() string { return propertyNames[p] }

var propertyNames = [propertyCount]string{
	propAttendee:     "ATTENDEE",
	propBusyStatus:   "X-MICROSOFT-CDO-BUSYSTATUS",
	propClass:        "CLASS",
	propCreated:      "CREATED",
	propDtend:        "DTEND",
	propDtstart:      "DTSTART",
	propDuration:     "DURATION",
	propExdate:       "EXDATE",
	propExrule:       "EXRULE",
	propHoldfastKind: "X-HOLDFAST-KIND",
	propLastModified: "LAST-MODIFIED",
	propOrganizer:    "ORGANIZER",
	propRdate:        "RDATE",
	propRecurrenceID: "RECURRENCE-ID",
	propRrule:        "RRULE",
	propSequence:     "SEQUENCE",
	propStatus:       "STATUS",
	propSummary:      "SUMMARY",
	propTransp:       "TRANSP",
	propUID:          "UID",
	propTzid:         "TZID",
	propTzname:       "TZNAME",
	propTzoffsetFrom: "TZOFFSETFROM",
	propTzoffsetTo:   "TZOFFSETTO",
	propMethod:       "METHOD",
	propCalendarName: "X-WR-CALNAME",
	propCalendarZone: "X-WR-TIMEZONE",

	propRefreshInterval: "REFRESH-INTERVAL",
	propPublishedTTL:    "X-PUBLISHED-TTL",
}

// eventProperty returns which property of a VEVENT name, in capitals, is.
func eventProperty(name []byte) property {
	switch string(name) {
	case "ATTENDEE":
		return propAttendee
	case "CLASS":
		return propClass
	case "CREATED":
		return propCreated
	case "DTEND":
		return propDtend
	case "DTSTART":
		return propDtstart
	case "DURATION":
		return propDuration
	case "EXDATE":
		return propExdate
	case "EXRULE":
		return propExrule
	case "LAST-MODIFIED":
		return propLastModified
	case "ORGANIZER":
		return propOrganizer
	case "RDATE":
		return propRdate
	case "RECURRENCE-ID":
		return propRecurrenceID
	case "RRULE":
		return propRrule
	case "SEQUENCE":
		return propSequence
	case "STATUS":
		return propStatus
	case "SUMMARY":
		return propSummary
	case "TRANSP":
		return propTransp
	case "UID":
		return propUID
	case "X-HOLDFAST-KIND":
		return propHoldfastKind
	case "X-MICROSOFT-CDO-BUSYSTATUS":
		return propBusyStatus
	}
	return unneeded
}

// zoneProperty is eventProperty for VTIMEZONE and the observances in it.
func zoneProperty(name []byte) property {
	switch string(name) {
	case "DTSTART":
		return propDtstart
	case "RDATE":
		return propRdate
	case "RRULE":
		return propRrule
	case "TZID":
		return propTzid
	case "TZNAME":
		return propTzname
	case "TZOFFSETFROM":
		return propTzoffsetFrom
	case "TZOFFSETTO":
		return propTzoffsetTo
	}
	return unneeded
}

// calendarProperty is eventProperty for VCALENDAR itself.
func calendarProperty(name []byte) property {
	switch string(name) {
	case "METHOD":
		return propMethod
	case "X-WR-CALNAME":
		return propCalendarName
	case "X-WR-TIMEZONE":
		return propCalendarZone
	case "REFRESH-INTERVAL":
		return propRefreshInterval
	case "X-PUBLISHED-TTL":
		return propPublishedTTL
	}
	return unneeded
}

// repeats reports whether p may stand more than once in a component.
func (p property) repeats() bool {
	switch p {
	case propAttendee, propExdate, propRdate, propRrule:
		return true
	}
	return false
}

// saysNothing reports whether value is what p means when it is missing. Nearly every
// event of an export has such lines.
func (p property) saysNothing(value []byte) bool {
	switch p {
	case propStatus:
		return equalFold(value, "CONFIRMED")
	case propClass:
		return equalFold(value, "PUBLIC")
	case propSequence:
		return string(value) == "0"
	}
	return false
}

// timed reports whether p's value is dates or times, which hold no colon.
func (p property) timed() bool {
	switch p {
	case propDtend, propDtstart, propExdate, propRdate, propRecurrenceID:
		return true
	}
	return false
}

// paramNeeded reports whether Holdfast reads parameter name of p, and returns
// the name in capitals.
func (p property) paramNeeded(name []byte) (string, bool) {
	wanted := []string{"TZID", "VALUE", "RANGE"}
	switch {
	case p == propAttendee || p == propOrganizer:
		wanted = []string{"CN", "CUTYPE", "PARTSTAT", "EMAIL"}
	case !p.timed():
		return "", false
	}
	for _, w := range wanted {
		if equalFold(name, w) {
			return w, true
		}
	}
	return "", false
}

// equalFold reports whether text is upper, a word in ASCII capitals, without case.
func equalFold(text []byte, upper string) bool {
	if len(text) != len(upper) {
		return false
	}
	for i, c := range text {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != upper[i] {
			return false
		}
	}
	return true
}
