package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// Wishes are how a contact wants to be followed up (practice ask-how). Fields that are
// empty state nothing.
type Wishes struct {
	Channel   scheduler.Channel `json:"channel,omitempty" enum:"call,video,email,text,linkedin,post"`
	Days      []string          `json:"days,omitempty"`  // mon … sun
	Hours     *DayHours         `json:"hours,omitempty"` // in Zone
	Zone      string            `json:"zone,omitempty"`  // IANA name
	NotBefore string            `json:"not_before,omitempty" format:"date"`
	Region    string            `json:"region,omitempty"` // whose public holidays they have
	// Whole: as an answer they are all that the contact's page asks for. They saw there
	// what was known of channel, days, hours and not before: where one of these is empty
	// they have no such wish, whoever said so before.
	Whole bool `json:"-"`
}

// The places that a wish can come from.
const (
	FromAsked  = "asked"  // the contact said so on their page
	FromBooked = "booked" // learned from a booking: the zone of their browser
	FromRep    = "rep"    // the rep set it
)

// Contact is one of a prospect's people.
type Contact struct {
	ID       string     `json:"id"`
	Address  string     `json:"address"`
	Name     string     `json:"name"`
	Prospect string     `json:"prospect"`
	MetAt    *time.Time `json:"met_at"`
	Wishes   Wishes     `json:"preferences"`
	// Sources says of each wish, by its name in JSON, where it came from: asked,
	// booked or rep.
	Sources map[string]string `json:"sources"`
	AskedAt *time.Time        `json:"asked_at"` // when they answered last
}

// ContactChange is what a rep changes of a contact. A nil field stays; an empty one
// states nothing any more.
type ContactChange struct {
	Name      *string            `json:"name,omitempty"`
	Channel   *scheduler.Channel `json:"channel,omitempty" enum:",call,video,email,text,linkedin,post"`
	Days      *[]string          `json:"days,omitempty"`
	Hours     *DayHours          `json:"hours,omitempty"` // both empty: none
	Zone      *string            `json:"zone,omitempty"`
	NotBefore *string            `json:"not_before,omitempty"`
	Region    *string            `json:"region,omitempty"`
}

// ContactQuery asks for a page of contacts.
type ContactQuery struct {
	Query
	Prospect string // "": all
	Search   string // part of a name or an address; "": all
}

func (r *contactRow) view(zone *time.Location) (Contact, error) {
	w, err := decodeWishes(r.Preferences)
	if err != nil {
		return Contact{}, fmt.Errorf("contact %s: %w", r.ID, err)
	}
	c := Contact{ID: r.ID, Address: r.Address, Name: r.Name, Prospect: r.Prospect, AskedAt: in(r.AskedAt, zone)}
	if !r.MetAt.IsZero() {
		c.MetAt = in(&r.MetAt, zone)
	}
	if c.Wishes, c.Sources, err = w.view(); err != nil {
		return Contact{}, fmt.Errorf("contact %s: %w", r.ID, err)
	}
	return c, nil
}

// Contacts returns a page of the rep's contacts, those met last first.
func (s *Store) Contacts(ctx context.Context, repID string, q ContactQuery) (Page[Contact], error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Page[Contact]{}, err
	}
	db := s.db.WithContext(ctx).Where("rep_id = ?", repID).Order("met_at DESC, id DESC")
	if q.Prospect != "" {
		db = db.Where("prospect = ?", strings.ToLower(strings.TrimSpace(q.Prospect)))
	}
	if db, err = after(q.search(db), q.Query, "met_at", "<"); err != nil {
		return Page[Contact]{}, err
	}
	rows, more, err := fetch[contactRow](db, q.Query)
	if err != nil {
		return Page[Contact]{}, fmt.Errorf("list contacts: %w", err)
	}
	page := Page[Contact]{Items: make([]Contact, len(rows))}
	for i := range rows {
		if page.Items[i], err = rows[i].view(zone); err != nil {
			return Page[Contact]{}, err
		}
	}
	if more {
		last := rows[len(rows)-1]
		page.Next = next(last.MetAt, last.ID)
	}
	return page, nil
}

// search keeps to contacts whose name or address has what is searched for in it. Where
// the database knows no other case of a letter, it is as it was typed.
func (q *ContactQuery) search(db *gorm.DB) *gorm.DB {
	typed := strings.TrimSpace(q.Search)
	if typed == "" {
		return db
	}
	like := func(s string) string {
		return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
	}
	return db.Where(`(lower(name) LIKE ? ESCAPE '\' OR name LIKE ? ESCAPE '\' OR address LIKE ? ESCAPE '\')`,
		like(strings.ToLower(typed)), like(typed), like(strings.ToLower(typed)))
}

// Contact returns one of the rep's contacts.
func (s *Store) Contact(ctx context.Context, repID, id string) (Contact, error) {
	zone, err := s.zone(ctx, repID)
	if err != nil {
		return Contact{}, err
	}
	row, err := loadContact(s.db.WithContext(ctx), repID, id)
	if err != nil {
		return Contact{}, err
	}
	return row.view(zone)
}

func loadContact(db *gorm.DB, repID, id string) (*contactRow, error) {
	row := new(contactRow)
	if err := db.Take(row, "id = ? AND rep_id = ?", id, repID).Error; err != nil {
		return nil, fmt.Errorf("load contact %s: %w", id, notFound(err))
	}
	return row, nil
}

// UpdateContact changes what is known of a contact, and decides anew. An *InvalidError
// says what of it cannot be.
func (s *Store) UpdateContact(ctx context.Context, repID, id string, c ContactChange) (Contact, error) {
	if err := c.check(); err != nil {
		return Contact{}, fmt.Errorf("update contact: %w", err)
	}
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		row, err := loadContact(tx.db, repID, id)
		if err != nil {
			return err
		}
		return tx.changeContact(row, func(w wishes) error { return c.apply(row, w, tx.now) })
	})
	if err != nil {
		return Contact{}, err
	}
	return s.Contact(ctx, repID, id)
}

// changeContact runs change on what is known of a contact, and saves it where it is
// not what it was.
func (t *Tx) changeContact(row *contactRow, change func(wishes) error) error {
	was := *row
	w, err := decodeWishes(row.Preferences)
	if err != nil {
		return fmt.Errorf("contact %s: %w", row.ID, err)
	}
	if err := change(w); err != nil {
		return err
	}
	if row.Preferences, err = w.encode(); err != nil {
		return err
	}
	if sameJSON(was, *row) {
		return nil
	}
	if err := t.db.Save(row).Error; err != nil {
		return fmt.Errorf("update contact %s: %w", row.ID, err)
	}
	return nil
}

// nameRunes is how long a contact's name may be.
const nameRunes = 200

// check puts c into the form in which it is kept, and says what of it cannot be.
func (c *ContactChange) check() error {
	var wrong faults
	if c.Name != nil {
		name := strings.TrimSpace(*c.Name)
		c.Name = &name
		if !isLine(name, nameRunes) {
			wrong.report(givenName, "must be one line of at most %d characters", nameRunes)
		}
	}
	w := c.wishes()
	w.normalize()
	w.check(wrong.report)
	return wrong.err()
}

// wishes returns the wishes that c states.
func (c *ContactChange) wishes() Wishes {
	w := Wishes{Hours: c.Hours}
	if c.Channel != nil {
		w.Channel = *c.Channel
	}
	if c.Days != nil {
		w.Days = *c.Days
	}
	for to, from := range map[*string]*string{&w.Zone: c.Zone, &w.NotBefore: c.NotBefore, &w.Region: c.Region} {
		if from != nil {
			*to = *from
		}
	}
	return w
}

// apply makes the row and the wishes of a contact say what c says.
func (c *ContactChange) apply(row *contactRow, w wishes, at time.Time) error {
	stated := c.wishes()
	stated.normalize()
	fields := stated.fields()
	if c.Name != nil && *c.Name != "" {
		row.Name, fields[givenName] = *c.Name, *c.Name
	}
	for name, said := range map[string]bool{
		givenName: c.Name != nil, wishChannel: c.Channel != nil, wishDays: c.Days != nil, wishHours: c.Hours != nil,
		wishZone: c.Zone != nil, wishNotBefore: c.NotBefore != nil, wishRegion: c.Region != nil,
	} {
		switch value, stated := fields[name]; {
		case !said:
		case !stated:
			delete(w, name)
		default:
			if err := w.set(name, value, FromRep, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// AskContact makes a link at which the contact says how they want to be followed up, and
// returns its address. The rep sends it; Holdfast mails nobody. Until it expires the same
// one is returned.
func (s *Store) AskContact(ctx context.Context, repID, id string) (string, error) {
	var url string
	err := s.transact(ctx, func(tx *Tx) error {
		if _, err := tx.lockRep(repID); err != nil {
			return err
		}
		row, err := loadContact(tx.db, repID, id)
		if err != nil {
			return err
		}
		url, err = tx.askLink(row)
		return err
	})
	return url, wrapf(err, "ask a contact")
}
