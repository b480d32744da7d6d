package ics

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// kept is what is kept of the VEVENT or VTIMEZONE being read: its content lines,
// written anew for go-ical with nothing in them that Holdfast does not read.
type kept struct {
	begin  open
	broken *fault // the first thing that makes the component unreadable
	text   []byte

	// of a VEVENT
	lines     []keptLine
	first     [propertyCount]int32 // index in lines, plus one, of each property's first
	attendees int
	tzids     []string // the TZIDs that it names, those that repeat the one before left out

	tzid string // of a VTIMEZONE
}

// keptLine says where a property of a VEVENT stands in the file. go-ical keeps the
// order of equal properties, so the nth line of one belongs to the nth that it gives.
type keptLine struct {
	property property
	line     int
}

// start forgets the last component and begins with c.
func (k *kept) start(c open) {
	*k = kept{begin: c, text: k.text[:0], lines: k.lines[:0], tzids: k.tzids[:0]}
	k.addLine("BEGIN", []byte(c.name), c.line)
}

// clone returns a copy of k that stays when k is used for the next component.
func (k *kept) clone() *kept {
	c := *k
	c.text, c.lines, c.tzids = bytes.Clone(k.text), slices.Clone(k.lines), slices.Clone(k.tzids)
	return &c
}

// spoil marks the component as unreadable because of line.
func (k *kept) spoil(line int, why string) {
	if k.broken == nil {
		k.broken = &fault{line, why}
	}
}

// has reports whether p was kept before and may stand only once.
func (k *kept) has(p property) bool { return k.first[p] > 0 && !p.repeats() }

// add keeps property p of a VEVENT, which stands on line.
func (k *kept) add(p property, c *contentLine, line int) {
	k.text = append(k.text, p.String()...)
	for _, param := range c.params {
		if name, ok := p.paramNeeded(param.name); ok && !isDefault(param.value) {
			k.addParam(name, param.value)
		}
	}
	k.text = append(k.text, ':')
	k.addValue(bytes.TrimSpace(c.value))
	k.lines = append(k.lines, keptLine{p, line})
	if k.first[p] == 0 {
		k.first[p] = int32(len(k.lines))
	}
	k.check(line)
}

// isDefault reports whether value is what its parameter means when it is missing:
// nearly every attendee of an export has two of these, and go-ical is slow on
// parameters.
func isDefault(value []byte) bool {
	return equalFold(value, "NEEDS-ACTION") || equalFold(value, "INDIVIDUAL")
}

// addParam writes a parameter, its value cut to maxParamValue and in quotes,
// without quotes and control characters of its own.
func (k *kept) addParam(name string, value []byte) {
	k.text = append(append(append(k.text, ';'), name...), '=', '"')
	from := len(k.text)
	for _, c := range cutText(bytes.Trim(value, `" `), maxParamValue) {
		if c != '"' && c >= ' ' {
			k.text = append(k.text, c)
		}
	}
	if tzid := k.text[from:]; name == "TZID" && (len(k.tzids) == 0 || k.tzids[len(k.tzids)-1] != string(tzid)) {
		k.tzids = append(k.tzids, string(tzid)) // most often all are one
	}
	k.text = append(k.text, '"')
}

// addLine keeps a line without parameters: BEGIN, END, and the properties of a
// VTIMEZONE, of which nothing that is read has any.
func (k *kept) addLine(name string, value []byte, line int) {
	k.text = append(append(k.text, name...), ':')
	k.addValue(value)
	k.check(line)
}

// addValue writes a value and ends the line. In a file whose lines end in CR a value
// can have an LF in it, which to go-ical would begin another line.
func (k *kept) addValue(value []byte) {
	from := len(k.text)
	k.text = append(k.text, value...)
	for i := from; i < len(k.text); i++ {
		if c := k.text[i]; c == '\n' || c == '\r' {
			k.text[i] = ' '
		}
	}
	k.text = append(k.text, '\n')
}

// check spoils a component of which too much was kept.
func (k *kept) check(line int) {
	most := maxZone
	if k.begin.kind == event {
		most = maxEvent
	}
	if len(k.text) > most {
		k.spoil(line, "more than can be read of one "+k.begin.name)
		k.text = k.text[:0] // what is unreadable needs no memory
	}
}

// cutText cuts text to at most n octets without splitting a character.
func cutText(text []byte, n int) []byte {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
