package scheduler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Content is what a person could change of an entry. What it was when it was last
// written or seen tells their edit from the echo of Holdfast's own write.
type Content struct {
	Title, Description string
	Start, End         time.Time
	Busy               bool
}

// same reports whether c and d say the same. Space around texts and the form of
// line ends do not count: calendars change them.
func (c Content) same(d Content) bool {
	return c.sameTimes(d) && c.sameText(d)
}

func (c Content) sameTimes(d Content) bool {
	return c.Start.Unix() == d.Start.Unix() && c.End.Unix() == d.End.Unix()
}

func (c Content) sameText(d Content) bool {
	return plainText(c.Title) == plainText(d.Title) && plainText(c.Description) == plainText(d.Description) && c.Busy == d.Busy
}

func plainText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// hash tells contents apart that are not the same.
func (c Content) hash() string {
	sum := sha256.New()
	for _, text := range []string{plainText(c.Title), plainText(c.Description)} {
		fmt.Fprintf(sum, "%d:%s", len(text), text)
	}
	fmt.Fprintf(sum, "%d %d %t", c.Start.Unix(), c.End.Unix(), c.Busy)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// Content is what of e a person could change.
func (e Entry) Content() Content {
	return Content{e.Title, e.Description, e.Start, e.End, e.Busy}
}

// Hash is what goes into the entry's tags, so that the event itself tells whether
// anybody changed it since.
func (e Entry) Hash() string { return e.Content().hash() }

// Content is what of e a person could change. Dates are read in zone.
func (e *RemoteEvent) Content(zone *time.Location) Content {
	return Content{
		Title: e.Event.Summary, Description: e.Description,
		Start: e.Event.Start.In(zone), End: e.Event.endIn(zone),
		Busy: !e.Event.Transparent,
	}
}

// EventID returns the id of the event that stands for the given row of a rep's at
// this install: the same for the same generation, and valid at Google (interfaces.md).
// Generations tell a row written anew from the event of it that was deleted, whose
// id cannot be used again.
func EventID(install, rep, row string, generation int) string {
	return shortDigest(install, rep, row, strconv.Itoa(generation))
}

// HoldEntry returns the event for h, without what only the store knows: Calendar,
// ID, Link and, of the tags, Install, ID, Gen and Hash.
func HoldEntry(h Hold, s Settings) Entry {
	return Entry{
		Title: h.Title, Description: h.Description,
		Start: h.Start, End: h.End, Zone: s.Zone,
		Busy:  h.Busy,
		Popup: h.Channel == Call, PopupBefore: s.Holds.CallReminder,
		Tags: Tags{Kind: KindHold, Key: h.Prospect, Cadence: h.Cadence, Step: h.Step},
	}
}

// ReminderEntry returns the event for r, without what only the store knows; see
// HoldEntry. It shows as free, and pops up as it starts.
func ReminderEntry(r Reminder, s Settings) Entry {
	return Entry{
		Title: r.Title, Description: r.Description,
		Start: r.Start, End: r.End, Zone: s.Zone,
		Popup: true,
		Tags:  Tags{Kind: KindWrapUp, Key: strings.Join(r.Prospects, " ")},
	}
}

// ActLink is a link in a description that does something: "Done", "Snooze".
type ActLink struct {
	Label, URL string
}

// WithLinks returns description with the links below it, one a line.
func WithLinks(description string, links []ActLink) string {
	if len(links) == 0 {
		return description
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(description, "\n"))
	b.WriteString("\n\n")
	for _, l := range links {
		fmt.Fprintf(&b, "%s: %s\n", l.Label, l.URL)
	}
	return b.String()
}
