package store

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"holdfast/scheduler"
)

// What a proposal may be.
const (
	titleRunes    = 200
	shortestTalk  = 15 * time.Minute
	longestTalk   = 8 * time.Hour
	talkGrid      = 15 * time.Minute
	lastReviewDay = 60
)

// defaults fills in what the rep left to their settings.
func (n *NewProposal) defaults(limits scheduler.ReviewLimits) {
	if n.Duration == 0 {
		n.Duration = Duration(limits.Length)
	}
	if n.FirstDay == 0 {
		n.FirstDay = limits.FirstDay
		if n.LastDay > 0 {
			n.FirstDay = min(n.FirstDay, n.LastDay)
		}
	}
	if n.LastDay == 0 {
		n.LastDay = max(limits.LastDay, n.FirstDay)
	}
}

// unlessSaid fills in what stays as it is in row.
func (n *NewProposal) unlessSaid(row *proposalRow) {
	if n.Prospect == "" && n.Contact.Address == "" {
		n.Prospect = row.Prospect
		n.Contact.Address = row.ContactAddress
	}
	if n.Contact.Name == "" && n.Contact.Address == row.ContactAddress {
		n.Contact.Name = row.ContactName
	}
	if n.Title == "" {
		n.Title = row.Title
	}
	if n.SendOn == "" {
		n.SendOn = row.SendOn
	}
	if n.Duration == 0 {
		n.Duration = Duration(row.length())
	}
	if n.FirstDay == 0 {
		n.FirstDay = int(row.FirstDay)
	}
	if n.LastDay == 0 {
		n.LastDay = int(row.LastDay)
	}
}

// describe makes row say what n says, if all of it can be. The contact is known from
// then on.
func (t *Tx) describe(row *proposalRow, n NewProposal, settings scheduler.Settings) error {
	var wrong faults
	n.Title = strings.TrimSpace(n.Title)
	if n.Title == "" || !isLine(n.Title, titleRunes) {
		wrong.report("title", "must be one line of 1 to %d characters", titleRunes)
	}
	if err := t.addressee(row.RepID, &n, settings, &wrong); err != nil {
		return err
	}
	n.checkWindow(&wrong)
	switch {
	case n.SendOn == row.SendOn:
	case row.fromCalendar(): // it would follow that again at once
		wrong.report("send_on", "is what the entry in your calendar says: move that, or confirm the proposal first")
	default:
		n.checkSendOn(&wrong, scheduler.DateOf(t.now.In(settings.Zone)))
	}
	if err := wrong.err(); err != nil {
		return fmt.Errorf("propose: %w", err)
	}
	row.Prospect, row.Title, row.SendOn = n.Prospect, n.Title, n.SendOn
	row.ContactAddress, row.ContactName = n.Contact.Address, n.Contact.Name
	row.Length, row.FirstDay, row.LastDay = int64(time.Duration(n.Duration)/time.Second), int64(n.FirstDay), int64(n.LastDay)
	_, err := t.contact(row.RepID, scheduler.KnownContact{Contact: n.Contact, Prospect: n.Prospect})
	return err
}

// addressee finds out who the proposal is for, and of which company they are.
func (t *Tx) addressee(repID string, n *NewProposal, settings scheduler.Settings, wrong *faults) error {
	n.Prospect = prospectKey(n.Prospect)
	n.Contact.Name = strings.TrimSpace(n.Contact.Name)
	if !isLine(n.Contact.Name, nameRunes) {
		wrong.report("contact.name", "must be one line of at most %d characters", nameRunes)
	}
	switch {
	case strings.TrimSpace(n.Contact.Address) != "":
	case n.Prospect == "":
		wrong.report("contact.address", "is missing: say who the proposal is for, or their company")
		return nil
	default:
		return t.metLast(repID, n, wrong)
	}
	address, ok := scheduler.MailAddress(n.Contact.Address)
	if !ok {
		wrong.report("contact.address", "%q is no mail address", n.Contact.Address)
		return nil
	}
	n.Contact.Address = address // the invitation goes there
	prospect, ok := settings.Prospect(n.Contact.Compared())
	switch {
	case !ok:
		wrong.report("contact.address", "%s is no prospect's", address)
	case n.Prospect != "" && n.Prospect != prospect:
		wrong.report("prospect", "%s is not of %s but of %s", address, n.Prospect, prospect)
	}
	n.Prospect = prospect
	return t.nameOf(n, repID)
}

// prospectKey returns the prospect that text names: a company by its domain, or a person
// by their address, however it is spelled.
func prospectKey(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if address, ok := scheduler.ParseAddress(text); ok {
		return address
	}
	return text
}

// metLast makes the contact the one of the prospect who was met last.
func (t *Tx) metLast(repID string, n *NewProposal, wrong *faults) error {
	var rows []contactRow
	err := t.db.Order("met_at DESC, id").Limit(1).Find(&rows, "rep_id = ? AND prospect = ?", repID, n.Prospect).Error
	if err != nil {
		return fmt.Errorf("look for a contact: %w", err)
	}
	if len(rows) == 0 {
		wrong.report("prospect", "nobody of %s is known: say who the proposal is for", n.Prospect)
		return nil
	}
	n.Contact = scheduler.Contact{Address: rows[0].Address, Name: rows[0].Name}
	return nil
}

// nameOf fills in the contact's name, where they are known by one.
func (t *Tx) nameOf(n *NewProposal, repID string) error {
	if n.Contact.Name != "" {
		return nil
	}
	row, err := contactAt(t.db, repID, n.Contact)
	if row != nil {
		n.Contact.Name = row.Name
	}
	return err
}

func (n *NewProposal) checkWindow(wrong *faults) {
	switch length := time.Duration(n.Duration); {
	case length < shortestTalk || length > longestTalk:
		wrong.report("duration", "must be from %s to %s", Duration(shortestTalk), Duration(longestTalk))
	case length%talkGrid != 0:
		wrong.report("duration", "is no multiple of %s", Duration(talkGrid))
	}
	if n.FirstDay < 1 || n.FirstDay > lastReviewDay {
		wrong.report("first_day", "must be from 1 to %d", lastReviewDay)
	}
	if n.LastDay < n.FirstDay || n.LastDay > lastReviewDay {
		wrong.report("last_day", "must be from the first day to %d", lastReviewDay)
	}
}

// farthest is how many days ahead a proposal may be sent: farther than that, what will be
// on the calendar when its review may be is not known.
const farthest = 120

// checkSendOn wants a day on which the proposal can still be sent, or was sent just now.
func (n *NewProposal) checkSendOn(wrong *faults, today scheduler.Date) {
	on, err := parseDate(n.SendOn)
	switch {
	case err != nil:
		wrong.report("send_on", "%v", err)
	case on < today-1:
		wrong.report("send_on", "%s is in the past", on)
	case on > today+farthest:
		wrong.report("send_on", "%s is more than %d days ahead", on, farthest)
	}
}

// windowEnd is the end of the last day on which the review may be, as the rep said.
func (r *proposalRow) windowEnd(settings scheduler.Settings) time.Time {
	sendOn, err := parseDate(r.SendOn)
	if err != nil { // it was checked
		return time.Time{}
	}
	last := scheduler.NewBusinessDays(settings.Holidays, nil).Add(sendOn, int(r.LastDay))
	return scheduler.Resolve((last + 1).Wall(), settings.Zone)
}

// isLine reports whether text is one line of at most so many characters.
func isLine(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && strings.IndexFunc(text, unicode.IsControl) < 0
}
