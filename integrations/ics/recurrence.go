package ics

import (
	"fmt"
	"iter"
	"strings"

	"holdfast/scheduler"
)

// readRecurrence reads what makes the event a series or an override of one
// instance. Where that cannot be read its instances cannot be known, so it is a
// fault; only a single date that is no date is a warning.
func (e *eventReader) readRecurrence() *fault {
	if f := e.readRules(); f != nil {
		return f
	}
	if f := e.readRecurrenceID(); f != nil {
		return f
	}
	for p := range e.all(propRdate) {
		e.readRdate(p)
	}
	for p := range e.all(propExdate) {
		e.readExdate(p)
	}
	if len(e.RDates)+len(e.ExDates) > maxDates {
		return &fault{e.kept.begin.line, fmt.Sprintf("more than %d RDATEs and EXDATEs", maxDates)}
	}
	return nil
}

func (e *eventReader) readRules() *fault {
	for p := range e.all(propRrule) {
		if p.text == "" {
			continue
		}
		if len(e.Rules) == maxRules {
			return &fault{p.line, fmt.Sprintf("more than %d RRULEs", maxRules)}
		}
		rule, err := scheduler.ParseRule(p.text)
		if err != nil {
			return &fault{p.line, fmt.Sprintf("RRULE %s: %v", quote(p.text), err)}
		}
		e.Rules = append(e.Rules, rule)
	}
	return nil
}

func (e *eventReader) readRecurrenceID() *fault {
	prop, ok := e.get(propRecurrenceID)
	if !ok {
		return nil
	}
	id, ok := e.moment(prop, prop.text)
	if !ok || !yearInRange(id) {
		return e.cannotRead(prop)
	}
	e.RecurrenceID = &id
	switch scope := strings.ToUpper(prop.param("RANGE")); scope {
	case "":
	case "THISANDFUTURE":
		e.ThisAndFuture = true
	default:
		e.warn(prop, "RANGE=%s is obsolete: read as this instance only", quote(scope))
	}
	return nil
}

// values returns the values of a list, blank ones left out.
func (p *prop) values() iter.Seq[string] {
	return func(yield func(string) bool) {
		for text := range strings.SplitSeq(p.text, ",") {
			if text = strings.TrimSpace(text); text != "" && !yield(text) {
				return
			}
		}
	}
}

// readExdate reads an EXDATE, a list of dates and times.
func (e *eventReader) readExdate(prop prop) {
	for text := range prop.values() {
		if len(e.ExDates) > maxDates {
			return
		}
		m, ok := e.moment(prop, text)
		if !ok {
			e.warn(prop, "EXDATE %s cannot be read: ignored", quote(text))
			continue
		}
		e.ExDates = append(e.ExDates, m)
	}
}

// readRdate reads an RDATE, a list of dates, times and periods.
func (e *eventReader) readRdate(prop prop) {
	for text := range prop.values() {
		if len(e.RDates) > maxDates {
			return
		}
		period, ok := e.period(prop, text)
		if !ok || !yearInRange(period.Start) {
			e.warn(prop, "RDATE %s cannot be read: ignored", quote(text))
			continue
		}
		e.RDates = append(e.RDates, period)
	}
}

// period reads one value of RDATE: a date, a time, or a period of time, which
// has an end or a duration after a slash (RFC 5545 §3.3.9).
func (e *eventReader) period(prop prop, text string) (scheduler.Period, bool) {
	from, to, isPeriod := strings.Cut(strings.TrimSpace(text), "/")
	start, ok := e.moment(prop, from)
	if !ok || !isPeriod {
		return scheduler.Period{Start: start}, ok
	}
	if d, ok := parseDuration(to); ok && !d.negative() {
		return scheduler.Period{Start: start, End: d.after(start)}, true
	}
	end, ok := e.moment(prop, to)
	if !ok || before(end, start) || !yearInRange(end) {
		return scheduler.Period{}, false
	}
	return scheduler.Period{Start: start, End: end}, true
}
