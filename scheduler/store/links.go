package store

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

const (
	linkBytes = 32 // of randomness in a link's token
	// linkKept is how long a link is of use: after the last day on which a review may
	// be, or, where it only asks how to follow up, after it was made.
	linkKept = 30 * day
)

// findLink returns the link with the given token. One that is none is ErrNotFound, one
// that has expired ErrGone.
func (s *Store) findLink(db *gorm.DB, token string) (linkRow, error) {
	var row linkRow
	if err := db.Take(&row, "token_hash = ?", digest(token)).Error; err != nil {
		return linkRow{}, fmt.Errorf("find link: %w", notFound(err))
	}
	if !row.ExpiresAt.After(s.Now()) {
		return linkRow{}, fmt.Errorf("this link has expired: %w", scheduler.ErrGone)
	}
	return row, nil
}

// linkURL returns the address that row stands for; "" once it has expired.
func (s *Store) linkURL(row *linkRow) (string, error) {
	if !row.ExpiresAt.After(s.Now()) {
		return "", nil
	}
	return s.openLink(row)
}

// openLink returns the address that row stands for, also an expired one.
func (s *Store) openLink(row *linkRow) (string, error) {
	token, err := s.keys.Open(place("links", "token", row.ID), row.Token)
	if err != nil {
		return "", fmt.Errorf("open link: %w", err)
	}
	return s.public + "/book/" + token, nil
}

// renew gives row a new token.
func (s *Store) renew(row *linkRow) error {
	random := make([]byte, linkBytes)
	rand.Read(random) // never fails
	token := base64.RawURLEncoding.EncodeToString(random)
	sealed, err := s.keys.Seal(place("links", "token", row.ID), token)
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	row.TokenHash, row.Token = digest(token), sealed
	return nil
}

// linkOf returns the link of a proposal; nil: it has none.
func linkOf(db *gorm.DB, proposalID string) (*linkRow, error) {
	row, err := anyOf[linkRow](db, "proposal_id = ?", proposalID)
	return row, wrapf(err, "load link")
}

// keepLink has the link of a proposal be of use for linkKept after last. A proposal
// keeps its link for ever: the one that the prospect has in a mail, and in the review's
// event, goes on working.
func (t *Tx) keepLink(p *proposalRow, last time.Time) error {
	expires := micros(last.Add(linkKept))
	row, err := linkOf(t.db, p.ID)
	switch {
	case err != nil:
		return err
	case row == nil:
		row = &linkRow{ID: newID(), RepID: p.RepID, ProposalID: &p.ID, ExpiresAt: expires, CreatedAt: t.now}
		if err := t.s.renew(row); err != nil {
			return err
		}
		t.noteLink(p.ID, row)
		return wrapf(t.db.Create(row).Error, "make link")
	case row.ExpiresAt.Before(expires):
		return wrapf(t.db.Model(row).Update("expires_at", expires).Error, "keep link")
	}
	return nil
}

// dropLink ends the link of a proposal: whoever has it is not meant any more.
func (t *Tx) dropLink(p *proposalRow) error {
	t.noteLink(p.ID, nil)
	return wrapf(t.db.Delete(&linkRow{}, "proposal_id = ?", p.ID).Error, "drop link")
}

// noteLink keeps in mind which link a proposal that was read has now.
func (t *Tx) noteLink(proposalID string, link *linkRow) {
	if p := t.proposals[proposalID]; p != nil {
		p.link = link
	}
}

// askLink returns the address at which a contact is asked how they want to be followed
// up, and has it be of use for linkKept from now on: the one that was made before, where
// it has not expired.
func (t *Tx) askLink(c *contactRow) (string, error) {
	var row linkRow
	err := t.db.Take(&row, "contact_id = ?", c.ID).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		row = linkRow{ID: newID(), RepID: c.RepID, ContactID: &c.ID, CreatedAt: t.now}
	case err != nil:
		return "", fmt.Errorf("load link: %w", err)
	}
	if !row.ExpiresAt.After(t.now) {
		if err := t.s.renew(&row); err != nil {
			return "", err
		}
	}
	row.ExpiresAt = t.now.Add(linkKept) // they get it again now
	if err := t.db.Save(&row).Error; err != nil {
		return "", fmt.Errorf("make link: %w", err)
	}
	return t.s.openLink(&row)
}

// bookingMark stands in rows for the address of a proposal's booking page: what a
// review's event says has it, and the database does not.
const bookingMark = "{booking page}"

// bookingURL returns the address of the booking page of the proposal that an offer or a
// review is of; "": it has none any more.
func (t *Tx) bookingURL(row *holdRow) (string, error) {
	p, err := t.proposalOf(row)
	if err != nil || p.link == nil {
		return "", err
	}
	return t.s.openLink(p.link)
}

// reveal puts the address of the booking page into what a row says.
func reveal(text, url string) string {
	if url == "" {
		return text
	}
	return strings.ReplaceAll(text, bookingMark, url)
}

// conceal takes the address of the booking page out of what an event says.
func conceal(text, url string) string {
	if url == "" {
		return text
	}
	return strings.ReplaceAll(text, url, bookingMark)
}

// rewrapLinks seals the tokens of links again that an older key sealed, and returns how
// many.
func (t *Tx) rewrapLinks() (int, error) {
	var rows []linkRow
	if err := t.db.Find(&rows).Error; err != nil {
		return 0, err
	}
	changed := 0
	for i := range rows {
		row := &rows[i]
		if t.s.keys.current(row.Token) {
			continue
		}
		sealed, err := t.reseal(place("links", "token", row.ID), row.Token)
		if err != nil {
			return 0, err
		}
		if err := t.db.Model(row).Update("token", sealed).Error; err != nil {
			return 0, err
		}
		changed++
	}
	return changed, nil
}
