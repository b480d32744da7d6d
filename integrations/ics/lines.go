package ics

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxName is the longest property name that is looked at; the longest that is
// needed has 26 octets.
const maxName = 64

// line reads the current content line.
func (r *reader) line() {
	text := r.scan.head
	name, ok := lineName(text, &r.name)
	if !ok { // a name can be folded too
		text, _ = r.scan.unfold()
		if name, ok = lineName(text, &r.name); !ok {
			r.noProperty(text)
			return
		}
	}
	switch string(name) {
	case "BEGIN", "END":
		text, _ = r.scan.unfold()
		if name[0] == 'B' {
			r.begin(componentName(text))
			return
		}
		r.end(componentName(text))
	default:
		r.property(name)
	}
}

// lineName returns the property name at the start of line, in capitals. It is
// false where there is none that a colon or semicolon ends.
func lineName(line []byte, upper *[maxName]byte) ([]byte, bool) {
	for i := 0; i < len(line) && i < maxName; i++ {
		c := line[i]
		switch {
		case 'a' <= c && c <= 'z':
			upper[i] = c - ('a' - 'A')
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
			upper[i] = c
		case c == ':' || c == ';':
			return upper[:i], i > 0
		default:
			return nil, false
		}
	}
	return nil, false
}

// noProperty warns of text that is no property, such as the rest of a
// description that was not folded, where that matters.
func (r *reader) noProperty(text []byte) {
	if len(r.stack) == 0 {
		r.outside()
		return
	}
	if r.top().kind != other && r.top().kind != sibling {
		r.warn.add(r.scan.line, "%s is no property: line ignored", quote(text))
	}
}

// property reads the current line, which has property name.
func (r *reader) property(name []byte) {
	if len(r.stack) == 0 {
		r.outside()
		return
	}
	switch r.top().kind {
	case calendar:
		r.calendarLine(calendarProperty(name))
	case event:
		r.keep(eventProperty(name))
	case zone, observance:
		r.keepOfZone(zoneProperty(name))
	}
}

// keep keeps the current line, which is property p of a VEVENT.
func (r *reader) keep(p property) {
	if p == unneeded {
		r.checkColon()
		return
	}
	if r.kept.broken != nil || !r.takeOrSpoil(p) {
		return
	}
	switch {
	case p == propExrule:
		r.warn.add(r.scan.line, "EXRULE is obsolete: ignored")
	case p == propAttendee && r.kept.attendees == maxAttendees:
		r.kept.attendees++
		r.warn.add(r.scan.line, "more than %d attendees: the rest ignored", maxAttendees)
	case p == propAttendee && r.kept.attendees > maxAttendees:
	case r.kept.has(p):
		r.warn.add(r.scan.line, "a second %s: ignored", p)
	case p.saysNothing(r.cut.value):
	default:
		if p == propAttendee {
			r.kept.attendees++
		}
		r.kept.add(p, &r.cut, r.scan.line)
	}
}

// keepOfZone keeps the current line, which is property p of a VTIMEZONE.
func (r *reader) keepOfZone(p property) {
	if p != unneeded && r.kept.broken == nil && r.takeOrSpoil(p) {
		r.kept.addLine(p.String(), r.cut.value, r.scan.line)
		if p == propTzid {
			r.kept.tzid = string(r.cut.value)
		}
	}
}

// takeOrSpoil takes the current line, property p of a component. A line without
// a colon is passed over; one that breaks a limit spoils the component.
func (r *reader) takeOrSpoil(p property) bool {
	err := r.take(p)
	switch {
	case errors.Is(err, errNoColon):
		r.noProperty(r.scan.buf)
	case err != nil:
		r.kept.spoil(r.scan.line, fmt.Sprintf("%s %v", p, err))
	}
	return err == nil
}

// take unfolds the current line, property p, into r.cut.
func (r *reader) take(p property) error {
	line, ok := r.scan.unfold()
	if !ok {
		return errTooLong
	}
	line = toUTF8(line)
	if err := r.cut.split(line); err != nil {
		return err
	}
	if p.timed() && len(r.cut.params) > 0 && bytes.IndexByte(r.cut.value, ':') >= 0 {
		r.cut.splitLast(line)
	}
	return nil
}

// checkColon warns of a line that nothing needs and that is no property: one
// whose name ends in a semicolon and that has no colon.
func (r *reader) checkColon() {
	if bytes.IndexByte(r.scan.head, ':') >= 0 {
		return
	}
	if line, _ := r.scan.unfold(); bytes.IndexByte(line, ':') < 0 {
		r.noProperty(line)
	}
}

// calendarLine reads the current line, which is property p of a VCALENDAR.
func (r *reader) calendarLine(p property) {
	if p == unneeded {
		return
	}
	if err := r.take(p); err != nil {
		r.warn.add(r.scan.line, "%s %v: ignored", p, err)
		return
	}
	value := oneLine(unescape(string(r.cut.value)))
	switch p {
	case propMethod:
		r.vcal.cancelled = strings.EqualFold(value, "CANCEL")
	case propCalendarName:
		if r.cal.Name == "" {
			r.cal.Name = value
		}
	case propCalendarZone:
		r.calendarZone(value)
	case propRefreshInterval, propPublishedTTL:
		if d, ok := parseDuration(value); ok && r.cal.Refresh == 0 && !d.negative() {
			r.cal.Refresh = time.Duration(d.days)*24*time.Hour + d.rest
		}
	}
}
