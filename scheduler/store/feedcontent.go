package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// contentOf says under which of a feed's contents rows of a kind fall.
func contentOf(kind scheduler.Kind) FeedContent {
	switch kind {
	case scheduler.KindWrapUp:
		return FeedReminders
	case scheduler.KindOffer, scheduler.KindReview:
		return FeedProposals
	}
	return FeedHolds
}

// feedMaker makes the entries of one feed.
type feedMaker struct {
	feed   *feedRow
	public string
	zone   *time.Location // of the feed's rep
	alarm  time.Duration  // before the start of what has a time
}

func (m *feedMaker) has(c FeedContent) bool { return slices.Contains(m.feed.Contents, c) }

// wanted returns what a feed should say, in and around its window.
func (t *Tx) wanted(row *feedRow, reps []repRow) ([]FeedEntry, feedWindow, error) {
	settings, err := domainSettings(&reps[0])
	if err != nil {
		return nil, feedWindow{}, err
	}
	m := &feedMaker{row, t.s.public, settings.Zone, settings.Holds.CallReminder}
	today := scheduler.DateOf(t.now.In(m.zone))
	window := feedWindow{
		from: scheduler.Resolve((today - scheduler.Date(row.DaysBack)).Wall(), m.zone),
		to:   scheduler.Resolve((today + scheduler.Date(row.DaysAhead) + 1).Wall(), m.zone),
	}
	if row.Team {
		entries, err := t.team(m, reps, today)
		return entries, window, err
	}
	var holds []holdRow
	if err := t.db.Order("starts_at, id").Find(&holds, "rep_id = ? AND ends_at > ?", row.RepID, window.from).Error; err != nil {
		return nil, window, fmt.Errorf("load holds: %w", err)
	}
	var flags []flagRow
	if m.has(FeedFlags) {
		if err := t.db.Order("starts_at, id").Find(&flags, "rep_id = ? AND state = ?", row.RepID, FlagOpen).Error; err != nil {
			return nil, window, fmt.Errorf("load flags: %w", err)
		}
	}
	return m.entries(holds, flags), window, nil
}

// entries returns the entries for holds and flags.
func (m *feedMaker) entries(holds []holdRow, flags []flagRow) []FeedEntry {
	entries := make([]FeedEntry, 0, len(holds)+len(flags))
	for i := range holds {
		if row := &holds[i]; m.has(contentOf(scheduler.Kind(row.Kind))) && row.shows() {
			entries = append(entries, m.hold(row))
		}
	}
	for i := range flags {
		entries = append(entries, m.flag(&flags[i]))
	}
	return entries
}

// shows reports whether a hold's event is, or should be, on the rep's own calendar: a
// feed says what that says.
func (r *holdRow) shows() bool {
	switch r.State {
	case scheduler.Written, scheduler.Moved:
		return true
	case scheduler.Planned, scheduler.Done:
		return r.OnCalendar
	}
	return false
}

// hold returns the entry for a row of holds.
func (m *feedMaker) hold(r *holdRow) FeedEntry {
	kind := scheduler.Kind(r.Kind)
	e := FeedEntry{
		subject: r.Kind + "/" + r.ID, Start: r.StartsAt.UTC(), End: r.EndsAt.UTC(), Busy: r.Busy, Private: true,
		Kind: r.Kind, ID: r.ID, Category: category(kind), Summary: r.Title, URL: m.page(pageOf(r)),
	}
	if kind == scheduler.KindOffer {
		e.Status = scheduler.Tentative
	}
	if m.feed.Alarms && r.State != scheduler.Done {
		e.Alarm, e.Reminder = true, m.alarm
		if kind == scheduler.KindWrapUp {
			e.Reminder = 0 // it is one
		}
	}
	switch m.feed.Detail {
	case FeedFull:
		e.Description = withoutLinks(r.Description)
	case FeedBusy:
		m.hide(&e)
	}
	return e
}

// hide leaves of e when it is, and nothing of what.
func (m *feedMaker) hide(e *FeedEntry) {
	e.Kind, e.ID, e.Category, e.URL, e.Private, e.Status = "", "", "", "", false, scheduler.Confirmed
	e.Summary = "Held" // and free as yet
	if e.Busy {
		e.Summary = "Busy"
	}
}

// flag returns the entry for an open flag: on the day of its meeting. One that went on
// from day to day would be on the wrong one in clients that look again once a day.
func (m *feedMaker) flag(r *flagRow) FeedEntry {
	day := scheduler.DateOf(r.EndsAt.In(m.zone))
	e := FeedEntry{
		subject: "flag/" + r.ID, Always: true, Start: day.Wall(), End: (day + 1).Wall(), AllDay: true, Private: true,
		Todo: m.feed.FlagsAs == FlagsTodo, Kind: "flag", ID: r.ID, Category: "Flag",
		Summary: fmt.Sprintf("No next step with %s: %s", r.Prospect, r.Summary), URL: m.page(flagPage(r.ID)),
	}
	if m.feed.Detail == FeedFull {
		e.Description = m.flagDescription(r)
	}
	return e
}

func (m *feedMaker) flagDescription(r *flagRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Meeting: %s, %s\n", r.Summary, r.StartsAt.In(m.zone).Format("Mon 2 Jan 2006 15:04"))
	if who := strings.TrimSpace(r.ContactName + " " + r.ContactAddress); who != "" {
		fmt.Fprintf(&b, "Contact: %s\n", who)
	}
	if r.Link != "" {
		fmt.Fprintf(&b, "Link: %s\n", r.Link)
	}
	return b.String()
}

// page returns the address of a page; "" where nobody knows that of any.
func (m *feedMaker) page(path string) string {
	if m.public == "" {
		return ""
	}
	return m.public + path
}

// pageOf returns the path of the page that says more of a row of holds: of its proposal
// or its flag, else of the day.
func pageOf(r *holdRow) string {
	switch {
	case r.ProposalID != nil:
		return "/proposals/" + *r.ProposalID
	case r.FlagID != nil:
		return flagPage(*r.FlagID)
	}
	return "/today"
}

func flagPage(id string) string { return "/today#flag-" + id }

func category(kind scheduler.Kind) string {
	switch kind {
	case scheduler.KindWrapUp:
		return "Reminder"
	case scheduler.KindOffer:
		return "Offer"
	case scheduler.KindReview:
		return "Review"
	}
	return "Hold"
}

// actLine is a line with a link that acts for whoever opens it: for the rep, or, on the
// booking page, for the prospect.
var actLine = regexp.MustCompile(`(?m)^.*(/act/[a-z]+-|/book/[\w-]{43}|` + regexp.QuoteMeta(bookingMark) + `).*(\n|$)`)

// withoutLinks returns a description without the links that act: those are for one
// person each, and a feed is to be read.
func withoutLinks(description string) string {
	return strings.TrimRight(actLine.ReplaceAllString(description, ""), "\n")
}
