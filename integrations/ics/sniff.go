package ics

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// NotCalendarError says that a file is no iCalendar file.
type NotCalendarError struct {
	File   string
	Line   int    // where that shows; 0 where no line is meant
	Reason string // what the file is, or what is missing
	Advice string // what to do about it
}

func (e *NotCalendarError) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return fmt.Sprintf("%s: not a calendar: %s: %s", place, e.Reason, e.Advice)
}

// kindOfFile is something that people take for a calendar file, and how it
// starts; the case of letters does not count, and they are written in capitals.
type kindOfFile struct {
	start, reason, advice string
}

// otherFiles returns what is told apart by its first octets.
func otherFiles() []kindOfFile {
	const unpack, export = "unpack it first", "export the calendar as an .ics file"
	const utf8Only = "save it as UTF-8"
	return []kindOfFile{
		{"\x1f\x8b", "gzip-compressed", unpack},
		{"PK\x03\x04", "a zip archive", unpack},
		{"PK\x05\x06", "an empty zip archive", export},
		{"BZH", "bzip2-compressed", unpack},
		{"\xfd7ZXZ", "xz-compressed", unpack},
		{"\x28\xb5\x2f\xfd", "zstd-compressed", unpack},
		{"\xff\xfe", "UTF-16 text", utf8Only},
		{"\xfe\xff", "UTF-16 text", utf8Only},
		{"B\x00", "UTF-16 text", utf8Only},
		{"\x00B", "UTF-16 text", utf8Only},
		{"%PDF-", "a PDF document", export},
		{"!BDN", "an Outlook data file (PST)", export},
		{"\xd0\xcf\x11\xe0", "an Outlook message or Office document", export},
		{"BEGIN:VCARD", "contacts (vCard)", export},
		{"<!DOCTYPE HTML", "a web page", "download the calendar itself; a page is what a link gives that needs a sign-in"},
		{"<HTML", "a web page", "download the calendar itself; a page is what a link gives that needs a sign-in"},
		{"<", "XML", export},
		{"{", "JSON", export},
		{"[", "JSON", export},
	}
}

// sniff tells from the first octets of a file what it is if no calendar, or nil
// when it may be one.
func sniff(file string, start []byte) *NotCalendarError {
	not := func(reason, advice string) *NotCalendarError {
		return &NotCalendarError{File: file, Reason: reason, Advice: advice}
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(start, []byte(byteOrderMark)))
	if len(text) == 0 && len(start) < scanBuffer {
		return not("empty", "export it again")
	}
	for _, other := range otherFiles() {
		if n := len(other.start); len(text) >= n && equalFold(text[:n], other.start) {
			return not(other.reason, other.advice)
		}
	}
	if bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		return not("binary data", "export the calendar as an .ics file")
	}
	return nil
}

// notBegun is the error for text that does not begin as a calendar does.
func notBegun(file string, line int, text []byte) *NotCalendarError {
	e := &NotCalendarError{File: file, Line: line, Advice: "export the calendar as an .ics file"}
	if !utf8.Valid(text[:min(len(text), 16)]) {
		e.Reason = "binary data"
		return e
	}
	e.Reason = "starts with " + quote(text) + " instead of BEGIN:VCALENDAR"
	return e
}
