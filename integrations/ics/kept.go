package ics

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// kept is what is kept of the VEVENT or VTIMEZONE being read.
type kept struct {
	begin  open
	broken *fault // the first thing that makes the component unreadable

	// text holds, of a VEVENT, the values that fields and params point into;
	// of a VTIMEZONE, its content lines, written anew for go-ical.
	text   []byte
	fields []field
	params []fieldParam
	first  [propertyCount]int // index in fields, plus one, of each property's first

	attendees int    // of a VEVENT
	tzid      string // of a VTIMEZONE
}

// field is one property that was kept.
type field struct {
	property property
	line     int
	value    span // in text
	params   span // in params
}

// fieldParam is a parameter of a field.
type fieldParam struct {
	name  string
	value span // in text
}

// span is a part of a text or a slice.
type span struct{ from, to int }

// start forgets the last component and begins with c.
func (k *kept) start(c open) {
	*k = kept{begin: c, text: k.text[:0], fields: k.fields[:0], params: k.params[:0]}
}

// clone returns a copy of k that stays when k is used for the next component.
func (k *kept) clone() *kept {
	c := *k
	c.text, c.fields, c.params = bytes.Clone(k.text), slices.Clone(k.fields), slices.Clone(k.params)
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
	f := field{property: p, line: line, params: span{len(k.params), len(k.params)}}
	for _, param := range c.params {
		if name, ok := p.paramNeeded(param.name); ok {
			k.params = append(k.params, fieldParam{name, k.paramValue(param.value)})
			f.params.to++
		}
	}
	f.value = k.write(bytes.TrimSpace(c.value))
	k.fields = append(k.fields, f)
	if k.first[p] == 0 {
		k.first[p] = len(k.fields)
	}
	k.check(line, maxEvent)
}

// paramValue writes a parameter's value, cut to maxParamValue, without quotes
// and control characters.
func (k *kept) paramValue(value []byte) span {
	from := len(k.text)
	for _, c := range cutText(bytes.Trim(value, `" `), maxParamValue) {
		if c != '"' && c >= ' ' {
			k.text = append(k.text, c)
		}
	}
	return span{from, len(k.text)}
}

func (k *kept) write(value []byte) span {
	from := len(k.text)
	k.text = append(k.text, value...)
	return span{from, len(k.text)}
}

// addLine keeps a line of a VTIMEZONE. Nothing that is read of one has
// parameters, so none is kept.
func (k *kept) addLine(name string, value []byte, line int) {
	k.text = append(append(append(append(k.text, name...), ':'), value...), '\n')
	k.check(line, maxZone)
}

// check spoils a component of which more than limit was kept.
func (k *kept) check(line, limit int) {
	if len(k.text) > limit {
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
