package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// loadPreferences reads how the rep's contacts want to be followed up, where they or the
// rep said so.
func (t *Tx) loadPreferences(st *state) error {
	var rows []*contactRow
	if err := t.db.Find(&rows, "rep_id = ? AND preferences <> ?", st.rep.ID, noWishes).Error; err != nil {
		return fmt.Errorf("load contacts: %w", err)
	}
	st.snapshot.Preferences = make(map[string]scheduler.Preferences)
	for _, row := range rows {
		preferences, err := row.domain(st)
		if err != nil {
			return fmt.Errorf("load contact %s: %w", row.ID, err)
		}
		st.snapshot.Preferences[row.Address] = preferences
	}
	return nil
}

// noWishes is how it is kept that a contact has none.
const noWishes = "{}"

func (r *contactRow) domain(st *state) (scheduler.Preferences, error) {
	w, err := decodeWishes(r.Preferences)
	if err != nil {
		return scheduler.Preferences{}, err
	}
	shown, _, err := w.view()
	if err != nil {
		return scheduler.Preferences{}, err
	}
	return shown.domain(st.zone)
}

// saveContacts keeps whom the calendar tells of. Only rows that differ are written.
func (t *Tx) saveContacts(st *state, plan scheduler.Plan) error {
	known, err := t.contactsAmong(st.rep.ID, plan.Contacts)
	if err != nil {
		return err
	}
	var made []*contactRow
	for _, c := range plan.Contacts {
		row := known[c.Address]
		if row == nil {
			made = append(made, t.newContact(st.rep.ID, c))
			continue
		}
		changed, err := row.take(c)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if err := t.db.Save(row).Error; err != nil {
			return fmt.Errorf("update contact %s: %w", row.ID, err)
		}
	}
	if len(made) == 0 {
		return nil
	}
	return wrapf(t.db.CreateInBatches(made, batch).Error, "keep contacts")
}

// contactsAmong returns the rows of those of contacts that are known, by address.
func (t *Tx) contactsAmong(repID string, contacts []scheduler.KnownContact) (map[string]*contactRow, error) {
	known := make(map[string]*contactRow, len(contacts))
	for some := range slices.Chunk(contacts, batch) {
		addresses := make([]string, len(some))
		for i := range some {
			addresses[i] = some[i].Address
		}
		var rows []*contactRow
		if err := t.db.Find(&rows, "rep_id = ? AND address IN ?", repID, addresses).Error; err != nil {
			return nil, fmt.Errorf("load contacts: %w", err)
		}
		for _, row := range rows {
			known[row.Address] = row
		}
	}
	return known, nil
}

func (t *Tx) newContact(repID string, c scheduler.KnownContact) *contactRow {
	return &contactRow{
		ID: newID(), RepID: repID, Address: c.Address, Name: c.Name, Prospect: c.Prospect, MetAt: micros(c.MetAt),
		Preferences: noWishes, CreatedAt: t.now,
	}
}

// take takes over what the calendar says of a contact, and reports whether it is news:
// they are called as the rep calls them, and have been met when they were last.
func (r *contactRow) take(c scheduler.KnownContact) (bool, error) {
	was := *r
	if c.Name != "" && c.Name != r.Name {
		w, err := decodeWishes(r.Preferences)
		if err != nil {
			return false, fmt.Errorf("contact %s: %w", r.ID, err)
		}
		if _, given := w[givenName]; !given {
			r.Name = c.Name
		}
	}
	if c.Prospect != "" {
		r.Prospect = c.Prospect
	}
	if met := micros(c.MetAt); met.After(r.MetAt) {
		r.MetAt = met
	}
	return r.Name != was.Name || r.Prospect != was.Prospect || !r.MetAt.Equal(was.MetAt), nil
}

// contact returns the row of a rep's contact with the given address, which is made where there
// is none. One whose name the calendar does not know is called as c is.
func (t *Tx) contact(repID string, c scheduler.KnownContact) (*contactRow, error) {
	row, err := contactAt(t.db, repID, c.Address)
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		row = t.newContact(repID, c)
		return row, wrapf(t.db.Create(row).Error, "keep contact")
	case row.Name == "" && c.Name != "":
		row.Name = c.Name
		return row, wrapf(t.db.Save(row).Error, "name contact")
	}
	return row, nil
}

// contactAt returns the rep's contact with the given address; nil: there is none.
func contactAt(db *gorm.DB, repID, address string) (*contactRow, error) {
	row, err := anyOf[contactRow](db, "rep_id = ? AND address = ?", repID, address)
	return row, wrapf(err, "look for a contact")
}
