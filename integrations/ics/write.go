package ics

import (
	"bufio"
	"io"
	"iter"
	"slices"
	"time"

	ical "github.com/emersion/go-ical"

	"holdfast/scheduler"
)

// productID names the program that wrote a calendar (RFC 5545 §3.7.3).
const productID = "-//Holdfast//Holdfast//EN"

// Entry is one event, or one task, of a calendar that Holdfast writes.
type Entry struct {
	UID string // must not be empty
	// Summary is written as one line, Description with its line breaks.
	Summary, Description string
	// Start and End are written in UTC; of an AllDay entry only their dates
	// count, each in its own location, and End is the day after the last.
	Start, End  time.Time
	AllDay      bool
	Todo        bool // a task since Start: End does not count
	Status      scheduler.Status
	Transparent bool
	Private     bool
	// Kind and ID tell Holdfast's own entries apart when they are read back:
	// X-HOLDFAST-KIND and X-HOLDFAST-ID. An empty one is left out.
	Kind, ID   string
	Categories []string
	URL        string    // absolute, without anything that is to be escaped; "": none
	Stamp      time.Time // DTSTAMP: when this version was made
	// Sequence counts the versions, of which Created is when the first was made and
	// Modified the latest. Where Modified is zero the entry has but one.
	Sequence          int64
	Created, Modified time.Time
	// Alarm: a popup reminds of the entry Reminder before its start, in whole minutes.
	Alarm    bool
	Reminder time.Duration
}

// Write writes entries as an iCalendar file called name. There is no METHOD: the
// file publishes and asks nobody for an answer. Texts are safe whatever they
// hold: none can add a line or a property.
func Write(w io.Writer, name string, entries []Entry) error {
	return WriteFeed(w, Feed{Name: name}, slices.Values(entries))
}

// batch is how many entries go-ical is given at a time.
const batch = 16

// writeCalendar has go-ical encode some entries after the other, each time as a
// calendar of which body keeps the entries: a calendar of any length needs the memory
// of some.
func writeCalendar(w io.Writer, cal *ical.Calendar, entries iter.Seq[Entry]) error {
	buffer := bufio.NewWriter(w)
	out := body{out: &folder{w: buffer}}
	drafts := make([]*draft, 0, batch)
	for e := range entries {
		if len(drafts) < cap(drafts) {
			drafts = append(drafts, newDraft())
		}
		d := drafts[len(cal.Children)]
		if err := d.fill(&e); err != nil {
			return err
		}
		cal.Children = append(cal.Children, d.component)
		if len(cal.Children) < batch {
			continue
		}
		if err := out.encode(cal); err != nil {
			return err
		}
		cal.Children = cal.Children[:0]
	}
	if err := out.end(cal); err != nil {
		return err
	}
	return buffer.Flush()
}

// body passes on the lines of one calendar after the other as those of one: what is
// before the entries from the first only, and what is after them not at all.
type body struct {
	out    io.Writer
	begun  bool // a calendar went through
	inside bool // the current calendar's entries have begun
}

// encode writes cal with its end left out.
func (b *body) encode(cal *ical.Calendar) error {
	b.inside = !b.begun
	b.begun = true
	return ical.NewEncoder(b).Encode(cal)
}

// end writes what is left in cal, and the end. go-ical refuses a calendar without
// entries, but a feed with nothing in it is still a feed: an entry that is kept back
// stands for those that it has not.
func (b *body) end(cal *ical.Calendar) error {
	switch {
	case len(cal.Children) > 0:
		if err := b.encode(cal); err != nil {
			return err
		}
	case !b.begun:
		cal.Children = []*ical.Component{ical.NewComponent("X-NOTHING")}
		if err := b.encode(cal); err != nil {
			return err
		}
	}
	_, err := b.out.Write([]byte("END:VCALENDAR\r\n"))
	return err
}

// Write passes on one content line, which is how go-ical writes.
func (b *body) Write(line []byte) (int, error) {
	switch string(line) {
	case "BEGIN:VEVENT\r\n", "BEGIN:VTODO\r\n":
		b.inside = true
	case "END:VCALENDAR\r\n", "BEGIN:X-NOTHING\r\n", "END:X-NOTHING\r\n":
		b.inside = false
	}
	if !b.inside {
		return len(line), nil
	}
	return b.out.Write(line)
}
