package ics

import (
	"bufio"
	"unicode/utf8"
)

// maxOctets is the longest physical line, its end not counted (RFC 5545 §3.1).
const maxOctets = 75

// folder folds content lines. Each Write must be one whole line with its CRLF,
// which is how go-ical's encoder writes.
type folder struct {
	w *bufio.Writer
}

func (f *folder) Write(line []byte) (int, error) {
	rest, room := line, maxOctets
	for len(rest)-len("\r\n") > room {
		n := room
		for n > 0 && !utf8.RuneStart(rest[n]) {
			n--
		}
		if n == 0 { // no UTF-8; the line must end all the same
			n = room
		}
		f.w.Write(rest[:n]) // a bufio.Writer keeps its first error for later
		f.w.WriteString("\r\n ")
		rest, room = rest[n:], maxOctets-1
	}
	if _, err := f.w.Write(rest); err != nil {
		return 0, err
	}
	return len(line), nil
}
