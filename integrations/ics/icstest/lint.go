package icstest

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Lint says what is wrong with a feed that Holdfast wrote, each with the number of its
// line. It is stricter than any client: what Holdfast never writes is wrong.
func Lint(feed string) []string {
	l := linter{uids: make(map[string]bool), zones: make(map[string]bool), zoned: make(map[string]int)}
	l.lines(feed)
	for zone, line := range l.zoned {
		if !l.zones[zone] {
			l.report(line, "TZID %s without its VTIMEZONE", zone)
		}
	}
	if len(l.open) > 0 {
		l.report(l.line, "%s does not end", l.open[len(l.open)-1].name)
	}
	slices.Sort(l.wrong)
	return l.wrong
}

// linter goes through a feed.
type linter struct {
	wrong []string
	line  int // where the current content line begins
	open  []*component
	uids  map[string]bool
	zones map[string]bool // that have a VTIMEZONE
	zoned map[string]int  // that are named, with the first line that does
	ended bool
}

// component is one that has begun, with the values of its properties.
type component struct {
	name  string
	props map[string]string
}

// known are the properties that each component may have, those that it must have in
// capitals behind a "+".
var known = map[string]string{
	"VCALENDAR": "+PRODID +VERSION NAME X-WR-CALNAME COLOR REFRESH-INTERVAL X-PUBLISHED-TTL",
	"VEVENT":    "+UID +DTSTAMP +DTSTART DTEND +STATUS +TRANSP SUMMARY DESCRIPTION CLASS CATEGORIES URL CREATED LAST-MODIFIED SEQUENCE X-HOLDFAST-KIND X-HOLDFAST-ID",
	"VTODO":     "+UID +DTSTAMP +DTSTART +STATUS SUMMARY DESCRIPTION CLASS CATEGORIES URL CREATED LAST-MODIFIED SEQUENCE X-HOLDFAST-KIND X-HOLDFAST-ID",
	"VALARM":    "+ACTION +DESCRIPTION +TRIGGER",
	"VTIMEZONE": "+TZID",
	"STANDARD":  "+DTSTART +TZOFFSETFROM +TZOFFSETTO TZNAME RRULE",
	"DAYLIGHT":  "+DTSTART +TZOFFSETFROM +TZOFFSETTO TZNAME RRULE",
}

// parents say in what each component may stand.
var parents = map[string][]string{
	"VCALENDAR": {""}, "VEVENT": {"VCALENDAR"}, "VTODO": {"VCALENDAR"}, "VTIMEZONE": {"VCALENDAR"},
	"VALARM": {"VEVENT", "VTODO"}, "STANDARD": {"VTIMEZONE"}, "DAYLIGHT": {"VTIMEZONE"},
}

func (l *linter) report(line int, format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Sprintf("%06d: ", line)+fmt.Sprintf(format, args...))
}

// lines unfolds the feed and goes through its content lines.
func (l *linter) lines(feed string) {
	if !strings.HasSuffix(feed, "\r\n") {
		l.report(0, "does not end with CRLF")
	}
	content, number := "", 0
	for physical := range strings.SplitSeq(strings.TrimSuffix(feed, "\r\n"), "\r\n") {
		number++
		l.physical(number, physical)
		if rest, folded := strings.CutPrefix(physical, " "); folded {
			content += rest
			continue
		}
		if number > 1 {
			l.content(content)
		}
		content, l.line = physical, number
	}
	l.content(content)
}

// physical looks at a line as it stands in the feed.
func (l *linter) physical(number int, line string) {
	switch {
	case strings.ContainsAny(line, "\r\n"):
		l.report(number, "a line ends without CRLF")
	case len(line) > 75:
		l.report(number, "%d octets in a line", len(line))
	case !utf8.ValidString(line):
		l.report(number, "a character is split, or no UTF-8")
	case strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
		l.report(number, "a control character")
	case strings.TrimSpace(line) == "" && len(line) < 75: // a longer one is in the midst of a text
		l.report(number, "an empty line")
	}
}

// content looks at an unfolded line.
func (l *linter) content(line string) {
	head, value, found := strings.Cut(line, ":")
	name, params, _ := strings.Cut(head, ";")
	switch {
	case !found:
		l.report(l.line, "no property: %q", line)
	case l.ended:
		l.report(l.line, "%s after the end", name)
	case name == "BEGIN":
		l.begin(value)
	case name == "END":
		l.end(value)
	case len(l.open) == 0:
		l.report(l.line, "%s outside of the calendar", name)
	default:
		l.property(name, params, value)
	}
}

func (l *linter) begin(name string) {
	parent := ""
	if len(l.open) > 0 {
		parent = l.open[len(l.open)-1].name
	}
	if !slices.Contains(parents[name], parent) {
		l.report(l.line, "%s in %q", name, parent)
	}
	l.open = append(l.open, &component{name, make(map[string]string)})
}

func (l *linter) end(name string) {
	if len(l.open) == 0 || l.open[len(l.open)-1].name != name {
		l.report(l.line, "END:%s of nothing", name)
		return
	}
	c := l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
	l.ended = len(l.open) == 0
	for _, p := range strings.Fields(known[name]) {
		if must, required := strings.CutPrefix(p, "+"); required && c.props[must] == "" {
			l.report(l.line, "%s without %s", name, must)
		}
	}
	switch name {
	case "VTIMEZONE":
		l.zones[c.props["TZID"]] = true
	case "VEVENT", "VTODO":
		l.entry(c)
	}
}

// entry looks at an event or a task as a whole.
func (l *linter) entry(c *component) {
	if uid := c.props["UID"]; l.uids[uid] {
		l.report(l.line, "UID %s a second time", uid)
	} else {
		l.uids[uid] = true
	}
	start, end := c.props["DTSTART"], c.props["DTEND"]
	if end == "" && len(start) == len("20060102") && c.name == "VEVENT" {
		l.report(l.line, "a day without DTEND")
	}
	if end != "" && (end <= start || len(end) != len(start)) {
		l.report(l.line, "from %s to %s", start, end)
	}
}

// property looks at one property.
func (l *linter) property(name, params, value string) {
	c := l.open[len(l.open)-1]
	allowed := strings.Fields(strings.ReplaceAll(known[c.name], "+", ""))
	if !slices.Contains(allowed, name) {
		l.report(l.line, "%s has %s", c.name, name)
		return
	}
	if _, again := c.props[name]; again {
		l.report(l.line, "%s has %s twice", c.name, name)
	}
	c.props[name] = value
	switch name {
	case "SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME", "UID", "X-HOLDFAST-KIND", "X-HOLDFAST-ID", "CATEGORIES":
		l.text(name, params, value)
	case "DTSTAMP", "DTSTART", "DTEND", "CREATED", "LAST-MODIFIED":
		l.time(c, name, params, value)
	}
}

// text looks at a TEXT value: what must be escaped is, and nothing else.
func (l *linter) text(name, params, value string) {
	if params != "" {
		l.report(l.line, "%s with parameters %s", name, params)
	}
	if name == "CATEGORIES" {
		value = strings.NewReplacer(`\,`, `\,`, ",", "").Replace(value)
	}
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case ',', ';':
			l.report(l.line, "%s is not escaped", name)
			return
		case '\\':
			i++
			if i == len(value) || !strings.ContainsRune(`\;,n`, rune(value[i])) {
				l.report(l.line, "%s is escaped wrongly", name)
				return
			}
			if value[i] == 'n' && name != "DESCRIPTION" {
				l.report(l.line, "%s has more than one line", name)
				return
			}
		}
	}
}

// time looks at a time: UTC, a date, or local in a zone that is defined. A zone's own
// times are local to it.
func (l *linter) time(c *component, name, params, value string) {
	layout := "20060102T150405Z"
	zone, zoned := strings.CutPrefix(params, "TZID=")
	switch {
	case c.name == "STANDARD" || c.name == "DAYLIGHT":
		layout = "20060102T150405"
	case params == "VALUE=DATE" && (name == "DTSTART" || name == "DTEND"):
		layout = "20060102"
	case zoned && (name == "DTSTART" || name == "DTEND"):
		layout = "20060102T150405"
		if _, named := l.zoned[zone]; !named {
			l.zoned[zone] = l.line
		}
	case params != "":
		l.report(l.line, "%s with parameters %s", name, params)
	}
	if _, err := time.Parse(layout, value); err != nil {
		l.report(l.line, "%s is %q", name, value)
	}
}
