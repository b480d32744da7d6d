package ics

import (
	"bytes"
	"fmt"

	ical "github.com/emersion/go-ical"
)

// decoder has go-ical decode one component at a time, from text as kept writes it:
// whole, within limits and in its simplest form. That keeps go-ical's panics and
// its quadratic time out of reach, and one long-lived ical.Decoder saves a buffer
// for each event.
type decoder struct {
	feed bytes.Reader
	text []byte
	ical *ical.Decoder
}

// decode decodes text, a component in content lines.
func (d *decoder) decode(text []byte) (component *ical.Component, err error) {
	defer func() {
		if p := recover(); p != nil { // it must never be our caller's trouble
			err = fmt.Errorf("decode: %v", p)
		}
		if err != nil {
			d.ical = nil // what it has not read of the text must not meet the next
		}
	}()
	d.text = append(append(append(d.text[:0], "BEGIN:VCALENDAR\n"...), text...), "END:VCALENDAR\n"...)
	d.feed.Reset(d.text)
	if d.ical == nil {
		d.ical = ical.NewDecoder(&d.feed)
	}
	decoded, err := d.ical.Decode()
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	if len(decoded.Children) != 1 {
		return nil, fmt.Errorf("decode: %d components instead of one", len(decoded.Children))
	}
	return decoded.Children[0], nil
}
