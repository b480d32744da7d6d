package ics

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"

	"holdfast/scheduler"
)

// endEvent reads the complete VEVENT in r.kept, or puts it aside while it names
// a zone that is not known yet.
func (r *reader) endEvent() {
	switch {
	case r.kept.broken != nil:
		r.leaveOut(r.kept.broken)
	case r.zonesKnown(&r.kept):
		r.add(&r.kept)
	default:
		r.vcal.waiting = append(r.vcal.waiting, r.kept.clone())
	}
}

// add reads the event k and adds it to the calendar.
func (r *reader) add(k *kept) {
	component, err := r.decoder.decode(k.text)
	if err != nil {
		r.leaveOut(&fault{k.begin.line, oneLine(err.Error())})
		return
	}
	e := eventReader{r: r, kept: k, props: component.Props}
	e.Source = scheduler.Source{File: r.file, Line: k.begin.line}
	if f := e.read(); f != nil {
		r.leaveOut(f)
		return
	}
	if n := len(r.cal.Events); n == cap(r.cal.Events) { // append would grow a large slice, copying it, by a quarter
		r.cal.Events = slices.Grow(r.cal.Events, max(n, 64))
	}
	r.cal.Events = append(r.cal.Events, e.Event)
}

func (r *reader) leaveOut(f *fault) {
	r.warn.add(f.line, "%s: event left out", f.text)
}

// eventReader turns one VEVENT into a scheduler.Event.
type eventReader struct {
	scheduler.Event
	r     *reader
	kept  *kept
	props ical.Props // of kept, decoded
}

// read reads all properties; a fault is why the event cannot be understood.
func (e *eventReader) read() *fault {
	if f := e.identify(); f != nil {
		return f
	}
	e.describe()
	e.readPeople()
	if f := e.readTimes(); f != nil {
		return f
	}
	return e.readRecurrence()
}

// prop is one property of the event.
type prop struct {
	keptLine
	params ical.Params
	text   string // its value
}

// get returns the first property p and whether there is one.
func (e *eventReader) get(p property) (prop, bool) {
	if i := e.kept.first[p]; i > 0 {
		return newProp(e.kept.lines[i-1], &e.props[p.String()][0]), true
	}
	return prop{}, false
}

// all returns the properties p, in the order of the file.
func (e *eventReader) all(p property) iter.Seq[prop] {
	return func(yield func(prop) bool) {
		if e.kept.first[p] == 0 {
			return
		}
		found := e.props[p.String()]
		for _, line := range e.kept.lines {
			if line.property != p {
				continue
			}
			if !yield(newProp(line, &found[0])) {
				return
			}
			found = found[1:]
		}
	}
}

func newProp(line keptLine, p *ical.Prop) prop { return prop{line, p.Params, p.Value} }

// value returns the value of the first property p, "" without one.
func (e *eventReader) value(p property) string {
	prop, _ := e.get(p)
	return prop.text
}

// param returns the value of the parameter name, in capitals; "" without one.
func (p *prop) param(name string) string {
	if values := p.params[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// warn warns about p.
func (e *eventReader) warn(p prop, format string, args ...any) {
	e.r.warn.add(p.line, format, args...)
}

// cannotRead is the fault of p, whose value is of no form that it may have.
func (e *eventReader) cannotRead(p prop) *fault {
	return &fault{p.line, fmt.Sprintf("%s %s cannot be read", p.property, quote(p.text))}
}

// identify reads what tells events and their versions apart.
func (e *eventReader) identify() *fault {
	e.UID = oneLine(unescape(e.value(propUID)))
	if len(e.UID) > maxUID {
		return &fault{e.kept.begin.line, fmt.Sprintf("event with a UID longer than %d octets", maxUID)}
	}
	if e.UID == "" {
		e.UID = madeUID(e.kept.text)
		e.r.warn.add(e.kept.begin.line, "event without a UID: it is known as %s", e.UID)
	}
	e.Sequence = e.sequence()
	e.Created = e.stamp(propCreated)
	e.LastModified = e.stamp(propLastModified)
	return nil
}

// sequence reads SEQUENCE, which is 0 where it is missing.
func (e *eventReader) sequence() int {
	prop, ok := e.get(propSequence)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(prop.text, 10, 32)
	if err != nil || n < 0 {
		e.warn(prop, "SEQUENCE %s is no number: ignored", quote(prop.text))
		return 0
	}
	return int(n)
}

// madeUID returns a UID for an event without one: the same whenever the same
// event is read again.
func madeUID(content []byte) string {
	digest := sha256.Sum256(content)
	return "no-uid-" + hex.EncodeToString(digest[:10])
}

// stamp reads CREATED or LAST-MODIFIED, which are in UTC. Google writes the years
// 0 and 1900 for unknown; so is anything before there were calendars to export.
func (e *eventReader) stamp(p property) time.Time {
	prop, ok := e.get(p)
	if !ok {
		return time.Time{}
	}
	wall, _, ok := parseTime(prop.text)
	if !ok {
		e.warn(prop, "%s %s cannot be read: ignored", p, quote(prop.text))
	}
	if !ok || wall.Year() < 1970 {
		return time.Time{}
	}
	return wall
}

// title reads SUMMARY, cut to what anybody reads.
func (e *eventReader) title() string {
	prop, _ := e.get(propSummary)
	title := oneLine(unescape(prop.text))
	if len(title) > maxSummary {
		e.warn(prop, "SUMMARY is longer than %d octets: cut", maxSummary)
		title = string(cutText([]byte(title), maxSummary))
	}
	return title
}

// describe reads the properties that are words.
func (e *eventReader) describe() {
	e.Summary = e.title()
	switch strings.ToUpper(e.value(propStatus)) {
	case "TENTATIVE":
		e.Status = scheduler.Tentative
	case "CANCELLED", "CANCELED":
		e.Status = scheduler.Cancelled
	}
	switch strings.ToUpper(e.value(propClass)) {
	case "PRIVATE", "CONFIDENTIAL":
		e.Private = true
	}
	switch kind := scheduler.Kind(e.value(propHoldfastKind)); kind {
	case scheduler.KindHold, scheduler.KindWrapUp, scheduler.KindOffer, scheduler.KindReview:
		e.Kind = kind
	}
	busy := strings.ToUpper(e.value(propBusyStatus))
	e.OutOfOffice = busy == "OOF"
	switch strings.ToUpper(e.value(propTransp)) {
	case "TRANSPARENT":
		e.Transparent = true
	case "": // Outlook's own word counts where the standard one is missing
		e.Transparent = busy == "FREE" || busy == "WORKINGELSEWHERE"
	}
}
