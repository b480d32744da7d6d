// Package ics reads iCalendar files (RFC 5545) into scheduler's events and
// writes calendars that other programs can subscribe to.
//
// The files come from anywhere, so reading is a pipeline that trusts nothing:
// a scanner unfolds content lines as they stream by, a state machine follows
// BEGIN and END and passes over what no rule of Holdfast needs, what is left is
// checked against limits (limits.go) and repaired, and becomes an event at once.
// What cannot be understood becomes a warning that names its line.
//
// go-ical writes calendars and decodes VTIMEZONEs. Its decoder does not read
// events: it panics on hostile input, takes time that grows with the square of a
// parameter's length, forgets line numbers, and alone takes three times as long
// as Read.
package ics
