package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// teamKind is the kind of the entries of team feeds.
const teamKind = "team"

// teamSubject returns what the entry of a rep in team feeds stands for.
func teamSubject(repID string) string { return "team/" + repID }

// team returns the entries of a team feed: for each rep of the company who has meetings
// without a next step, or proposals whose review is not booked, one for today that says
// how many. Which they are is told of the reader's own, and of those who share them.
func (t *Tx) team(m *feedMaker, reps []repRow, today scheduler.Date) ([]FeedEntry, error) {
	var entries []FeedEntry
	for i := range reps {
		rep, err := reps[i].rep()
		if err != nil {
			return nil, err
		}
		open, err := t.openOf(m, rep.ID)
		if err != nil {
			return nil, err
		}
		if named := m.named(&rep, open); named != nil {
			named.Start, named.End = today.Wall(), (today + 1).Wall()
			entries = append(entries, *named)
		}
	}
	return entries, nil
}

// openOf is what a rep has left open, by prospect.
type openOf struct{ flags, proposals []string }

// openOf reads what of a rep is open and in the feed.
func (t *Tx) openOf(m *feedMaker, repID string) (openOf, error) {
	var open openOf
	if m.has(FeedFlags) {
		err := t.db.Model(&flagRow{}).Where("rep_id = ? AND state = ?", repID, FlagOpen).Order("prospect").Pluck("prospect", &open.flags).Error
		if err != nil {
			return openOf{}, fmt.Errorf("count flags: %w", err)
		}
	}
	if m.has(FeedProposals) {
		// A draft that the calendar told of, and that the rep did not confirm, is none yet.
		err := t.db.Model(&proposalRow{}).Order("prospect, id").
			Where("rep_id = ? AND round > 0 AND state IN ?", repID,
				[]scheduler.ProposalState{scheduler.ProposalDraft, scheduler.ProposalOffered, scheduler.ProposalBooked}).
			Pluck("prospect", &open.proposals).Error
		if err != nil {
			return openOf{}, fmt.Errorf("count proposals: %w", err)
		}
	}
	return open, nil
}

// named returns the entry that says what a rep has left open; nil: nothing.
func (m *feedMaker) named(rep *Rep, open openOf) *FeedEntry {
	var counts, names []string
	if n := len(open.flags); n > 0 {
		counts = append(counts, count(n, "meeting")+" without a next step")
		names = append(names, "Without a next step: "+strings.Join(open.flags, ", "))
	}
	if n := len(open.proposals); n > 0 {
		counts = append(counts, count(n, "proposal")+" not cleared")
		names = append(names, "Not cleared: "+strings.Join(open.proposals, ", "))
	}
	if len(counts) == 0 {
		return nil
	}
	e := &FeedEntry{
		subject: teamSubject(rep.ID), Always: true, AllDay: true, Private: true, Kind: teamKind, Category: "Team",
		Summary: cmp.Or(rep.Name, rep.Email) + ": " + strings.Join(counts, ", "), URL: m.page("/today"),
	}
	if m.feed.Detail == FeedFull && (rep.ID == m.feed.RepID || rep.Settings.ShareWithTeam) {
		e.Description = strings.Join(names, "\n")
	}
	return e
}

// leaveTeam takes a rep who is erased out of the feeds of their colleagues, which have
// their name and may have those of their prospects. The locks keep a reading that is under
// way from putting them back.
func (t *Tx) leaveTeam(repID string) error {
	var feeds []string
	err := t.db.Model(&feedRow{}).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("team").Order("id").Pluck("id", &feeds).Error
	if err != nil {
		return fmt.Errorf("lock team feeds: %w", err)
	}
	for some := range slices.Chunk(feeds, batch) {
		if err := t.db.Delete(&feedEntryRow{}, "feed_id IN ? AND subject = ?", some, teamSubject(repID)).Error; err != nil {
			return fmt.Errorf("leave team feeds: %w", err)
		}
	}
	return nil
}
