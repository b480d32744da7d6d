// Package ics reads iCalendar files (RFC 5545) into scheduler's events and
// writes calendars that other programs can subscribe to.
//
// The files come from anywhere, so reading is a pipeline that trusts nothing: a
// scanner unfolds content lines as they stream by, a state machine follows BEGIN and
// END and passes over what no rule of Holdfast needs, and what is left of an event
// is checked against limits (limits.go), repaired and written anew in its simplest
// form. That go-ical decodes, one component at a time; left to itself it panics on
// hostile input, takes time that grows with the square of a parameter's length, and
// keeps the whole file in memory. What cannot be understood becomes a warning that
// names its line.
//
// Calendars are written by go-ical through a writer that folds its lines.
package ics
