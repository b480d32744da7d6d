package ics

import (
	"bytes"
	"errors"
	"fmt"
)

// contentLine is one unfolded line taken apart (RFC 5545 §3.1). Its parts point
// into the line, and its params are reused.
type contentLine struct {
	name   []byte
	params []param
	value  []byte
}

// param is one parameter. Its value is raw: with quotes, lists not split, since
// nothing that Holdfast reads has a list, and a comma in a name is a comma.
type param struct {
	name, value []byte
}

var (
	errNoColon   = errors.New("has no colon")
	errTooLong   = fmt.Errorf("is longer than %d octets", maxLine)
	errManyParam = fmt.Errorf("has more than %d parameters", maxParams)
)

// split takes line apart. A quote that is never closed is an ordinary character.
func (c *contentLine) split(line []byte) error {
	c.params = c.params[:0]
	i := paramEnd(line)
	if i == len(line) {
		return errNoColon
	}
	c.name = line[:i]
	rest := line[i:]
	for rest[0] == ';' {
		if len(c.params) == maxParams {
			return errManyParam
		}
		end := paramEnd(rest[1:]) + 1
		if end == len(rest) {
			return errNoColon
		}
		c.add(rest[1:end])
		rest = rest[end:]
	}
	c.value = rest[1:]
	return nil
}

// splitLast takes line apart at its last colon, for values that have none: it
// reads TZID=(UTC+01:00) Amsterdam, Berlin, which should have been quoted.
func (c *contentLine) splitLast(line []byte) {
	last := bytes.LastIndexByte(line, ':')
	c.params = c.params[:0]
	c.value = line[last+1:]
	for _, text := range bytes.Split(line[:last], []byte(";"))[1:] {
		if len(c.params) < maxParams {
			c.add(text)
		}
	}
}

// add keeps a parameter; one without a value (vCalendar 1.0) says nothing here.
func (c *contentLine) add(text []byte) {
	if name, value, ok := bytes.Cut(text, []byte("=")); ok {
		c.params = append(c.params, param{bytes.TrimSpace(name), value})
	}
}

// paramEnd returns the index of the semicolon or colon that ends the parameter
// at the start of text, or len(text).
func paramEnd(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ';', ':':
			return i
		case '"':
			i += 1 + bytes.IndexByte(text[i+1:], '"') // stays when there is none
		}
	}
	return len(text)
}
