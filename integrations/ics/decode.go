package ics

import (
	"bytes"
	"fmt"

	ical "github.com/emersion/go-ical"
)

// decodeZone decodes the text of a VTIMEZONE as kept writes it. go-ical panics
// on some input that it does not expect; that must never be our caller's trouble.
func decodeZone(text string) (zone *ical.Component, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decode VTIMEZONE: %v", p)
		}
	}()
	wrapped := "BEGIN:VCALENDAR\n" + text + "END:VCALENDAR\n"
	decoded, err := ical.NewDecoder(bytes.NewReader([]byte(wrapped))).Decode()
	if err != nil {
		return nil, fmt.Errorf("decode VTIMEZONE: %w", err)
	}
	if len(decoded.Children) != 1 {
		return nil, fmt.Errorf("decode VTIMEZONE: %d components instead of one", len(decoded.Children))
	}
	return decoded.Children[0], nil
}
