// Package ics reads iCalendar files (RFC 5545) into scheduler's events and
// writes calendars that other programs can subscribe to.
//
// The files come from anywhere, so reading is a pipeline that trusts nothing:
// a scanner unfolds content lines as they stream by, a state machine follows
// BEGIN and END and passes over what no rule of Holdfast needs, what is left is
// checked against limits (limits.go), repaired, and only then given to go-ical,
// one component at a time. What cannot be understood becomes a warning that
// names its line.
package ics
