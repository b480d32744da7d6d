package ics

import (
	"errors"
	"fmt"
	"io"
	"time"

	"holdfast/scheduler"
)

// Calendar is what was read from one file. Several VCALENDARs in one file are
// one Calendar.
type Calendar struct {
	Name string // the first X-WR-CALNAME
	// Zone is the first X-WR-TIMEZONE that names a known zone; nil without one.
	Zone *time.Location
	// Refresh is how often it asks to be read (REFRESH-INTERVAL, X-PUBLISHED-TTL); 0: it
	// does not say.
	Refresh time.Duration
	// Events are in the order of the file.
	Events []scheduler.Event
	// Read counts the VEVENTs that were met, those that could not be understood
	// included.
	Read     int
	Warnings []scheduler.Warning
	// Incomplete says why, and where, the file could not be read to its end or
	// ends inside a component; empty when it was read completely.
	Incomplete string
}

// Read reads the iCalendar file r; file is its name in warnings and errors. What
// is wrong with a part of it is a warning and the rest counts. A file that is no
// calendar at all is a *NotCalendarError.
func Read(r io.Reader, file string) (*Calendar, error) {
	rd := newReader(r, file)
	if err := rd.opening(); err != nil {
		return nil, err
	}
	for more := true; more; more = rd.scan.scan() {
		rd.line()
	}
	rd.close()
	return rd.cal, nil
}

// reader is the state of one Read.
type reader struct {
	file string
	cal  *Calendar
	warn warnings
	scan *scanner
	name [maxName]byte // the current property's, in capitals
	cut  contentLine   // the current line, taken apart

	stack         []open // the components that are open, outermost first
	tooDeep       int    // components open beyond maxDepth
	warnedOutside bool
	kept          kept
	decoder       decoder

	vcal     calendarState
	zones    *zones
	compiled map[string]*time.Location // by the text of the VTIMEZONE; nil: unreadable
	warned   map[string]bool           // TZIDs warned about
	people   map[string]string         // compared address by value
}

func newReader(r io.Reader, file string) *reader {
	return &reader{
		file:     file,
		cal:      &Calendar{},
		warn:     warnings{file: file},
		scan:     newScanner(r),
		zones:    newZones(),
		compiled: map[string]*time.Location{},
		warned:   map[string]bool{},
		people:   map[string]string{},
	}
}

// opening moves to the first line and checks that it begins a calendar.
func (r *reader) opening() error {
	start, err := r.scan.br.Peek(scanBuffer)
	if err != nil && err != io.EOF && len(start) == 0 {
		return fmt.Errorf("read %s: %w", r.file, err)
	}
	if not := sniff(r.file, start); not != nil {
		return not
	}
	if !r.scan.scan() {
		return &NotCalendarError{File: r.file, Reason: "nothing but blank lines", Advice: "export it again"}
	}
	line, _ := r.scan.unfold()
	if name, ok := lineName(line, &r.name); !ok || string(name) != "BEGIN" || componentName(line) != "VCALENDAR" {
		return notBegun(r.file, r.scan.line, line)
	}
	return nil
}

// close ends reading: what is still open makes the calendar incomplete.
func (r *reader) close() {
	if err := r.scan.err; !errors.Is(err, io.EOF) {
		r.incomplete(r.scan.read, "reading failed: %v", err)
	} else if len(r.stack) > 0 {
		r.incomplete(r.scan.read, "the file ends inside %s, begun on line %d", r.top().name, r.top().line)
	}
	if len(r.stack) > 0 {
		r.endCalendar()
	}
	r.cal.Warnings = r.warn.all()
}

// incomplete notes the first reason why the calendar was not read completely.
func (r *reader) incomplete(line int, format string, args ...any) {
	if r.cal.Incomplete == "" {
		r.cal.Incomplete = fmt.Sprintf("%s:%d: ", r.file, line) + fmt.Sprintf(format, args...)
	}
}
