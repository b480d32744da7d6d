package ics

import (
	"fmt"
	"io"
	"iter"
	"time"

	ical "github.com/emersion/go-ical"
)

// Feed is a calendar that clients subscribe to: what they show of it as a whole.
type Feed struct {
	Name  string
	Color string // a CSS3 name (RFC 7986 §5.9); "": the client's choice
	// Refresh is how often clients are asked to look again, in whole minutes; zero: they
	// are not asked.
	Refresh time.Duration
}

// FeedVersion is counted up when the same entries are written in other octets than
// before: who keeps a calendar by its entries alone must not take the old one for it.
const FeedVersion = 1

// WriteFeed writes f with entries, as Write does. It takes one entry after the other,
// so that no calendar is ever held as a whole.
func WriteFeed(w io.Writer, f Feed, entries iter.Seq[Entry]) error {
	cal := ical.NewCalendar()
	set(cal.Component, ical.PropVersion, "2.0")
	set(cal.Component, ical.PropProductID, productID)
	name := escapeText(oneLine(f.Name))
	set(cal.Component, ical.PropName, name)
	set(cal.Component, propCalendarName.String(), name)
	set(cal.Component, ical.PropColor, escapeText(oneLine(f.Color)))
	if f.Refresh > 0 {
		every := fmt.Sprintf("PT%dM", int(f.Refresh.Minutes()))
		cal.Props[ical.PropRefreshInterval] = []ical.Prop{{Name: ical.PropRefreshInterval, Value: every, Params: ical.Params{"VALUE": {"DURATION"}}}}
		set(cal.Component, "X-PUBLISHED-TTL", every)
	}
	if err := writeCalendar(w, cal, entries); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	return nil
}
