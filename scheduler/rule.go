package scheduler

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Rule is a recurrence rule (RFC 5545 §3.3.10): what ParseRule read. It is
// immutable, and safe for concurrent use. The zero Rule has no occurrences.
type Rule struct {
	freq      frequency
	weekStart time.Weekday // WKST
	weekdays  uint8        // BYDAY without a number: bit of time.Weekday
	months    uint16       // BYMONTH: bits 1 to 12
	interval  int32
	count     int32 // 0: no COUNT
	until     until

	hours     uint32 // BYHOUR: bits 0 to 23
	minutes   uint64 // BYMINUTE: bits 0 to 59
	seconds   uint64 // BYSECOND: bits 0 to 59
	monthDays signedSet
	weekNos   signedSet

	ordinals []ordinal // BYDAY with a number, ascending
	yearDays []int16   // BYYEARDAY, ascending
	setPos   []int16   // BYSETPOS, ascending
}

// frequency is FREQ. The order matters: what is less often is greater.
type frequency uint8

const (
	secondly frequency = iota + 1
	minutely
	hourly
	daily
	weekly
	monthly
	yearly
)

var frequencyNames = [...]string{
	secondly: "SECONDLY", minutely: "MINUTELY", hourly: "HOURLY", daily: "DAILY",
	weekly: "WEEKLY", monthly: "MONTHLY", yearly: "YEARLY",
}

var weekdayNames = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// signedSet is a set of numbers from -63 to 63, without 0. Negative ones count
// from the end.
type signedSet struct{ fromStart, fromEnd uint64 } // bit n is n, and -n

func (s signedSet) empty() bool { return s.fromStart|s.fromEnd == 0 }

func (s *signedSet) add(n int) {
	if n < 0 {
		s.fromEnd |= 1 << -n
		return
	}
	s.fromStart |= 1 << n
}

// ordinal is a numbered BYDAY: -1 and Friday is the last Friday.
type ordinal struct {
	n   int8
	day time.Weekday
}

// until is UNTIL. Its zero value is none.
type until struct {
	form untilForm
	at   int64 // Unix seconds of the value written as if it were UTC
}

type untilForm uint8

const (
	untilNone  untilForm = iota
	untilDate            // 20301231: that whole day
	untilLocal           // 20301231T120000: a wall-clock time
	untilUTC             // 20301231T120000Z: an instant
)

// endsBefore reports whether r's UNTIL, compared as by Append, is before start.
func (r *Rule) endsBefore(start Moment) bool {
	at := start.Wall.Unix()
	switch r.until.form {
	case untilNone:
		return false
	case untilDate:
		return at >= r.until.at+secondsPerDay
	case untilUTC:
		if start.Zone != nil {
			at = Resolve(start.Wall, start.Zone).Unix()
		}
	}
	return at > r.until.at
}

func (u until) String() string {
	t := time.Unix(u.at, 0).UTC()
	switch u.form {
	case untilDate:
		return t.Format(dateLayout)
	case untilLocal:
		return t.Format(localLayout)
	case untilUTC:
		return t.Format(localLayout) + "Z"
	}
	return ""
}

// The forms of UNTIL (RFC 5545 §3.3.4, §3.3.5); a time in UTC has a Z more.
const (
	dateLayout  = "20060102"
	localLayout = "20060102T150405"
)

// String returns r as an RRULE value in one canonical form: the order of parts
// of RFC 5545's list, values ascending, defaults left out. ParseRule reads it
// back as the same rule. The zero Rule is the empty string.
func (r Rule) String() string {
	if r.freq == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("FREQ=" + frequencyNames[r.freq])
	writePart(&b, "UNTIL", r.until.String())
	if r.count > 0 {
		writePart(&b, "COUNT", strconv.Itoa(int(r.count)))
	}
	if r.interval != 1 {
		writePart(&b, "INTERVAL", strconv.Itoa(int(r.interval)))
	}
	writePart(&b, "BYSECOND", joinBits(r.seconds))
	writePart(&b, "BYMINUTE", joinBits(r.minutes))
	writePart(&b, "BYHOUR", joinBits(uint64(r.hours)))
	writePart(&b, "BYDAY", r.joinDays())
	writePart(&b, "BYMONTHDAY", r.monthDays.String())
	writePart(&b, "BYYEARDAY", joinInts(r.yearDays))
	writePart(&b, "BYWEEKNO", r.weekNos.String())
	writePart(&b, "BYMONTH", joinBits(uint64(r.months)))
	writePart(&b, "BYSETPOS", joinInts(r.setPos))
	if r.weekStart != time.Monday {
		writePart(&b, "WKST", weekdayNames[r.weekStart])
	}
	return b.String()
}

func writePart(b *strings.Builder, name, value string) {
	if value != "" {
		b.WriteString(";" + name + "=" + value)
	}
}

func joinBits(set uint64) string {
	var ns []int16
	for ; set != 0; set &= set - 1 {
		ns = append(ns, int16(bits.TrailingZeros64(set)))
	}
	return joinInts(ns)
}

func joinInts(ns []int16) string {
	var b []byte
	for i, n := range ns {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}

func (s signedSet) String() string {
	var ns []int16
	for n := 63; n > 0; n-- {
		if s.fromEnd>>n&1 != 0 {
			ns = append(ns, int16(-n))
		}
	}
	for n := 1; n < 64; n++ {
		if s.fromStart>>n&1 != 0 {
			ns = append(ns, int16(n))
		}
	}
	return joinInts(ns)
}

// joinDays lists BYDAY: plain days first, from Monday on.
func (r Rule) joinDays() string {
	var days []string
	for i := range 7 {
		if w := (i + 1) % 7; r.weekdays>>w&1 != 0 {
			days = append(days, weekdayNames[w])
		}
	}
	for _, o := range r.ordinals {
		days = append(days, strconv.Itoa(int(o.n))+weekdayNames[o.day])
	}
	return strings.Join(days, ",")
}
