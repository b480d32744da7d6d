package ics

import (
	"bytes"
	"fmt"
	"strings"
)

// kind is what a component is to the reader.
type kind uint8

const (
	other      kind = iota // not read, nor anything in it
	calendar               // VCALENDAR
	event                  // VEVENT
	zone                   // VTIMEZONE
	observance             // STANDARD and DAYLIGHT
	sibling                // not read, but like VEVENT directly in VCALENDAR
)

// kindOf returns the kind of the component name, in capitals.
func kindOf(name string) kind {
	switch name {
	case "VCALENDAR":
		return calendar
	case "VEVENT":
		return event
	case "VTIMEZONE":
		return zone
	case "STANDARD", "DAYLIGHT":
		return observance
	case "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY":
		return sibling
	}
	return other
}

// topLevel reports whether k stands directly in a VCALENDAR, so that its BEGIN
// ends whatever else was left open there.
func (k kind) topLevel() bool { return k == event || k == zone || k == sibling }

// open is a component whose END has not come yet.
type open struct {
	kind kind
	name string
	line int
}

// begin opens the component name.
func (r *reader) begin(name string) {
	k := kindOf(name)
	switch {
	case k == calendar:
		r.abandon(0)
		r.beginCalendar()
	case len(r.stack) == 0:
		r.outside()
		return
	case k.topLevel():
		r.abandon(1)
	case len(r.stack) == maxDepth:
		r.tooDeep++
		r.kept.spoil(r.scan.line, fmt.Sprintf("components nest deeper than %d", maxDepth))
		return
	}
	r.enter(open{k, name, r.scan.line})
}

// enter puts c on the stack and starts to keep it where it is read.
func (r *reader) enter(c open) {
	if len(r.stack) > 0 && r.top().kind != zone && c.kind == observance {
		c.kind = other
	}
	switch c.kind {
	case event:
		r.cal.Read++
		r.kept.start(c)
	case zone:
		r.kept.start(c)
	case observance:
		r.kept.addLine("BEGIN", []byte(c.name), c.line)
	}
	r.stack = append(r.stack, c)
}

// end closes the component name. An END that fits nothing open is passed over;
// one that fits an outer component closes the inner ones, which are broken.
func (r *reader) end(name string) {
	if len(r.stack) == 0 {
		r.outside()
		return
	}
	if r.tooDeep > 0 && !kindOf(name).topLevel() && kindOf(name) != calendar {
		r.tooDeep--
		return
	}
	at := len(r.stack) - 1
	for at >= 0 && r.stack[at].name != name {
		at--
	}
	if at < 0 {
		r.warn.add(r.scan.line, "END:%s fits no open component: ignored", name)
		return
	}
	r.abandon(at + 1)
	r.leave()
}

// leave takes the innermost component, now complete, off the stack.
func (r *reader) leave() {
	c := r.pop()
	switch c.kind {
	case calendar:
		r.endCalendar()
	case event:
		r.kept.addLine("END", []byte(c.name), r.scan.line)
		r.endEvent()
	case zone:
		r.kept.addLine("END", []byte(c.name), r.scan.line)
		r.endZone()
	case observance:
		r.kept.addLine("END", []byte(c.name), r.scan.line)
	}
}

// abandon closes the components on the stack from depth on without their END. An
// event so closed is left out, and a calendar was not read completely.
func (r *reader) abandon(depth int) {
	r.tooDeep = 0
	for len(r.stack) > depth {
		c := r.pop()
		switch c.kind {
		case calendar:
			r.incomplete(r.scan.line, "VCALENDAR, begun on line %d, has no END", c.line)
			r.endCalendar()
		case event:
			r.warn.add(c.line, "BEGIN:VEVENT has no END:VEVENT before line %d: event left out", r.scan.line)
		case zone:
			r.warn.add(c.line, "BEGIN:VTIMEZONE has no END:VTIMEZONE before line %d: zone ignored", r.scan.line)
		default:
			r.unclosed(c)
		}
	}
}

// unclosed notes that c, which nothing is read of, has no END: it may have
// swallowed a part of the event or zone that it stands in.
func (r *reader) unclosed(c open) {
	if len(r.stack) > 1 && (r.stack[1].kind == event || r.stack[1].kind == zone) {
		r.kept.spoil(c.line, fmt.Sprintf("BEGIN:%s has no END", c.name))
		return
	}
	r.warn.add(c.line, "BEGIN:%s has no END: ignored", c.name)
}

// outside warns, once for each stretch, of what stands outside any VCALENDAR.
func (r *reader) outside() {
	if !r.warnedOutside {
		r.warn.add(r.scan.line, "text after END:VCALENDAR: ignored")
	}
	r.warnedOutside = true
}

// top returns the innermost component that is open; there must be one.
func (r *reader) top() open { return r.stack[len(r.stack)-1] }

// pop takes it off the stack.
func (r *reader) pop() open {
	c := r.top()
	r.stack = r.stack[:len(r.stack)-1]
	return c
}

// componentName is the value of a BEGIN or END line: in capitals, cut to what a
// message can repeat.
func componentName(line []byte) string {
	_, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimSpace(value)
	for _, known := range []string{"VEVENT", "VALARM", "VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT"} {
		if equalFold(value, known) {
			return known
		}
	}
	quoted := quote(bytes.ToUpper(value[:min(len(value), maxQuoted)]))
	return strings.Trim(quoted, `"`)
}
