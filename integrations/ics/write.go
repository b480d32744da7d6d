package ics

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"

	"holdfast/scheduler"
)

// productID names the program that wrote a calendar (RFC 5545 §3.7.3).
const productID = "-//Holdfast//Holdfast//EN"

// Entry is one event of a calendar that Holdfast writes.
type Entry struct {
	UID string // must not be empty
	// Summary is written as one line, Description with its line breaks.
	Summary, Description string
	// Start and End are written in UTC; of an AllDay entry only their dates
	// count, each in its own location, and End is the day after the last.
	Start, End  time.Time
	AllDay      bool
	Status      scheduler.Status
	Transparent bool
	Private     bool
	// Kind and ID tell Holdfast's own entries apart when they are read back:
	// X-HOLDFAST-KIND and X-HOLDFAST-ID. An empty one is left out.
	Kind, ID string
	Stamp    time.Time // DTSTAMP: when this version was made
	// Reminder is how long before the start a popup reminds of the entry, in whole
	// minutes; zero: no popup.
	Reminder time.Duration
}

// Write writes entries as an iCalendar file called name. There is no METHOD: the
// file publishes and asks nobody for an answer. Texts are safe whatever they
// hold: none can add a line or a property.
func Write(w io.Writer, name string, entries []Entry) error {
	out := bufio.NewWriter(w)
	if err := encode(&folder{w: out}, name, entries); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	return nil
}

// encode has go-ical encode one entry after the other, each as a calendar of its own
// of which body keeps the event: a calendar of any length needs the memory of one
// entry.
func encode(w *folder, name string, entries []Entry) error {
	cal := ical.NewCalendar()
	set(cal.Component, ical.PropVersion, "2.0")
	set(cal.Component, ical.PropProductID, productID)
	if name = escapeText(oneLine(name)); name != "" {
		set(cal.Component, ical.PropName, name)
		set(cal.Component, propCalendarName.String(), name)
	}
	if len(entries) == 0 {
		return encodeEmpty(w, cal)
	}
	out := body{out: w, last: len(entries) - 1}
	for i := range entries {
		event, err := component(&entries[i])
		if err != nil {
			return err
		}
		cal.Children = []*ical.Component{event}
		out.start(i)
		if err := ical.NewEncoder(&out).Encode(cal); err != nil {
			return err
		}
	}
	return nil
}

// body passes on the lines of one calendar after the other as those of one: what is
// before its events from the first only, what is after them from the last.
type body struct {
	out     io.Writer
	last    int // of the calendars
	current int
	inside  bool // the current calendar's event has begun
}

func (b *body) start(i int) { b.current, b.inside = i, i == 0 }

// Write passes on one content line, which is how go-ical writes.
func (b *body) Write(line []byte) (int, error) {
	switch string(line) {
	case "BEGIN:VEVENT\r\n":
		b.inside = true
	case "END:VCALENDAR\r\n":
		b.inside = b.current == b.last
	}
	if !b.inside {
		return len(line), nil
	}
	return b.out.Write(line)
}

// encodeEmpty writes a calendar without events, which go-ical refuses: a feed
// with nothing in it is still a feed.
func encodeEmpty(w *folder, cal *ical.Calendar) error {
	lines := []string{"BEGIN:VCALENDAR"}
	for _, name := range []string{ical.PropVersion, ical.PropProductID, ical.PropName, propCalendarName.String()} {
		if p := cal.Props.Get(name); p != nil {
			lines = append(lines, name+":"+p.Value)
		}
	}
	for _, line := range append(lines, "END:VCALENDAR") {
		if _, err := w.Write([]byte(line + "\r\n")); err != nil {
			return err
		}
	}
	return nil
}

// component returns the VEVENT of e.
func component(e *Entry) (*ical.Component, error) {
	c := ical.NewComponent(ical.CompEvent)
	set(c, ical.PropUID, escapeText(oneLine(e.UID)))
	set(c, ical.PropDateTimeStamp, e.Stamp.UTC().Format(utcFormat))
	set(c, ical.PropSummary, escapeText(oneLine(e.Summary)))
	set(c, ical.PropDescription, escapeText(e.Description))
	set(c, ical.PropStatus, statusName(e.Status))
	set(c, ical.PropTransparency, "OPAQUE")
	if e.Transparent {
		set(c, ical.PropTransparency, "TRANSPARENT")
	}
	if e.Private {
		set(c, ical.PropClass, "PRIVATE")
	}
	set(c, "X-HOLDFAST-KIND", escapeText(oneLine(e.Kind)))
	set(c, "X-HOLDFAST-ID", escapeText(oneLine(e.ID)))
	if e.Reminder > 0 {
		c.Children = append(c.Children, alarm(e))
	}
	return c, setTimes(c, e)
}

// alarm returns the VALARM of e's reminder (RFC 5545 §3.6.6).
func alarm(e *Entry) *ical.Component {
	c := ical.NewComponent(ical.CompAlarm)
	set(c, ical.PropAction, "DISPLAY")
	set(c, ical.PropDescription, escapeText(oneLine(e.Summary)))
	set(c, ical.PropTrigger, fmt.Sprintf("-PT%dM", int(e.Reminder.Minutes())))
	return c
}

const (
	utcFormat  = "20060102T150405Z"
	dateFormat = "20060102"
)

// setTimes sets DTSTART and DTEND.
func setTimes(c *ical.Component, e *Entry) error {
	start, end := e.Start.UTC(), e.End.UTC()
	if e.AllDay {
		start, end = scheduler.DateOf(e.Start).Wall(), scheduler.DateOf(e.End).Wall()
	}
	switch {
	case end.Before(start), e.AllDay && end.Equal(start):
		return fmt.Errorf("%s: ends at %s, before its start at %s", quote(e.UID), end, start)
	case start.Year() < 1 || end.Year() > 9999:
		return fmt.Errorf("%s: %s to %s is not in the years 1 to 9999", quote(e.UID), start, end)
	case e.AllDay:
		setDate(c, ical.PropDateTimeStart, start)
		setDate(c, ical.PropDateTimeEnd, end)
	default:
		set(c, ical.PropDateTimeStart, start.Format(utcFormat))
		set(c, ical.PropDateTimeEnd, end.Format(utcFormat))
	}
	return nil
}

// set sets property name to value as it stands, unless value is empty. (Prop's
// own SetText marks X- properties with VALUE=TEXT, which clients stumble over.)
func set(c *ical.Component, name, value string) {
	if value != "" {
		c.Props[name] = []ical.Prop{{Name: name, Value: value}}
	}
}

func setDate(c *ical.Component, name string, day time.Time) {
	c.Props[name] = []ical.Prop{{Name: name, Value: day.Format(dateFormat), Params: ical.Params{"VALUE": {"DATE"}}}}
}

func statusName(s scheduler.Status) string {
	switch s {
	case scheduler.Tentative:
		return "TENTATIVE"
	case scheduler.Cancelled:
		return "CANCELLED"
	}
	return "CONFIRMED"
}

// escapeText writes s as a TEXT value (RFC 5545 §3.3.11). Whatever ends a line
// somewhere becomes \n; other control characters go, and so does what is no UTF-8.
func escapeText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var out strings.Builder
	out.Grow(len(s) + len(s)/8)
	for i, r := range s {
		switch {
		case r == '\\' || r == ';' || r == ',':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteByte(' ')
		case unicode.IsControl(r), r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
