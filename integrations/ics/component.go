package ics

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"

	"holdfast/scheduler"
)

// draft is a component that is filled with one entry after the other. What the last one
// had is used again: making maps and properties anew for each entry takes longer than
// to encode it.
type draft struct {
	component *ical.Component
	alarm     *ical.Component // nil: no entry had one
	required  [2]ical.Prop    // DTSTAMP and UID, which go-ical asks for by name
	others    []ical.Prop
	date      ical.Params // VALUE=DATE
	text      []byte      // what a value is written in
}

// otherProps is the name under which a component has its other properties: go-ical
// writes each by its own name, and those of one name in the order given. Given each
// under its own it spends half of its time on sorting names.
const otherProps = "X-OTHER"

// mostProps is how many other properties an entry has at the most.
const mostProps = 16

func newDraft() *draft {
	d := &draft{component: ical.NewComponent(ical.CompEvent), others: make([]ical.Prop, 0, mostProps), date: ical.Params{"VALUE": {"DATE"}}}
	d.component.Props[ical.PropDateTimeStamp] = d.required[0:1:1]
	d.component.Props[ical.PropUID] = d.required[1:2:2]
	return d
}

// set sets property name to value as it stands, unless value is empty. Each name is set
// once.
func (d *draft) set(name, value string) {
	if value != "" {
		d.others = append(d.others, ical.Prop{Name: name, Value: value})
	}
}

// fill makes d the component of e.
func (d *draft) fill(e *Entry) error {
	d.others, d.component.Children = d.others[:0], d.component.Children[:0]
	d.component.Name = ical.CompEvent
	if e.Todo {
		d.component.Name = ical.CompToDo
	}
	uid := escapeText(oneLine(e.UID))
	if uid == "" {
		return errors.New("an entry has no UID")
	}
	stamp := d.time(e.Stamp)
	d.required = [2]ical.Prop{{Name: ical.PropDateTimeStamp, Value: stamp}, {Name: ical.PropUID, Value: uid}}
	d.setVersion(e, stamp)
	if err := d.setTimes(e); err != nil {
		return err
	}
	summary := escapeText(oneLine(e.Summary))
	d.set(ical.PropSummary, summary)
	d.set(ical.PropDescription, escapeText(e.Description))
	d.setState(e)
	d.set("X-HOLDFAST-KIND", escapeText(oneLine(e.Kind)))
	d.set("X-HOLDFAST-ID", escapeText(oneLine(e.ID)))
	d.set(ical.PropURL, oneLine(e.URL))
	if len(e.Categories) > 0 {
		d.set(ical.PropCategories, categories(e.Categories))
	}
	d.component.Props[otherProps] = d.others
	if e.Alarm {
		d.addAlarm(cmp.Or(summary, "Reminder"), e.Reminder) // it must say something
	}
	return nil
}

func (d *draft) addAlarm(words string, before time.Duration) {
	if d.alarm == nil {
		d.alarm = ical.NewComponent(ical.CompAlarm)
		set(d.alarm, ical.PropAction, "DISPLAY")
	}
	set(d.alarm, ical.PropDescription, words)
	set(d.alarm, ical.PropTrigger, fmt.Sprintf("-PT%dM", int(before.Minutes())))
	d.component.Children = append(d.component.Children, d.alarm)
}

// setState sets what the entry means for those who look at the calendar.
func (d *draft) setState(e *Entry) {
	d.set(ical.PropStatus, statusName(e.Status, e.Todo))
	if e.Private {
		d.set(ical.PropClass, "PRIVATE")
	}
	switch {
	case e.Todo: // takes no time
	case e.Transparent:
		d.set(ical.PropTransparency, "TRANSPARENT")
	default:
		d.set(ical.PropTransparency, "OPAQUE")
	}
}

// setVersion sets what tells this version of the entry from others.
func (d *draft) setVersion(e *Entry, stamp string) {
	if e.Modified.IsZero() {
		return
	}
	d.set(ical.PropLastModified, d.timeOr(stamp, e.Stamp, e.Modified))
	d.set(ical.PropCreated, d.timeOr(stamp, e.Stamp, e.Created))
	d.set(ical.PropSequence, strconv.FormatInt(e.Sequence, 10))
}

const (
	utcFormat  = "20060102T150405Z"
	dateFormat = "20060102"
)

func (d *draft) time(t time.Time) string {
	d.text = t.UTC().AppendFormat(d.text[:0], utcFormat)
	return string(d.text)
}

// timeOr returns how t is written: as known, where it is the time that known is.
func (d *draft) timeOr(known string, is, t time.Time) string {
	if t.Equal(is) {
		return known
	}
	return d.time(t)
}

// setTimes sets DTSTART and DTEND. An event that takes no time has no DTEND, which must
// be later (RFC 5545 §3.8.2.2).
func (d *draft) setTimes(e *Entry) error {
	start, end := e.Start.UTC(), e.End.UTC()
	if e.AllDay {
		start, end = scheduler.DateOf(e.Start).Wall(), scheduler.DateOf(e.End).Wall()
	}
	if e.Todo {
		end = start.AddDate(0, 0, 1)
	}
	switch {
	case end.Before(start), e.AllDay && end.Equal(start):
		return fmt.Errorf("%s: ends at %s, before its start at %s", quote(e.UID), end, start)
	case start.Year() < 1 || end.Year() > 9999:
		return fmt.Errorf("%s: %s to %s is not in the years 1 to 9999", quote(e.UID), start, end)
	}
	d.setTime(ical.PropDateTimeStart, start, e.AllDay)
	if !e.Todo && end.After(start) {
		d.setTime(ical.PropDateTimeEnd, end, e.AllDay)
	}
	return nil
}

func (d *draft) setTime(name string, t time.Time, date bool) {
	if date {
		d.others = append(d.others, ical.Prop{Name: name, Value: t.Format(dateFormat), Params: d.date})
		return
	}
	d.set(name, d.time(t))
}

// set sets property name of c to value as it stands, unless value is empty. (Prop's
// own SetText marks X- properties with VALUE=TEXT, which clients stumble over.)
func set(c *ical.Component, name, value string) {
	if value != "" {
		c.Props[name] = []ical.Prop{{Name: name, Value: value}}
	}
}

// statusName returns how s is called: tasks have words of their own.
func statusName(s scheduler.Status, todo bool) string {
	switch {
	case s == scheduler.Cancelled:
		return "CANCELLED"
	case todo:
		return "NEEDS-ACTION"
	case s == scheduler.Tentative:
		return "TENTATIVE"
	}
	return "CONFIRMED"
}

// categories writes a list of texts.
func categories(list []string) string {
	if len(list) == 1 {
		return escapeText(oneLine(list[0]))
	}
	all := make([]string, len(list))
	for i, c := range list {
		all[i] = escapeText(oneLine(c))
	}
	return strings.Join(all, ",")
}
