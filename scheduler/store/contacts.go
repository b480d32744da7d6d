package store

import (
	"context"
	"errors"
	"time"

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

// Contacts returns a page of the rep's contacts, those met last first.
func (s *Store) Contacts(ctx context.Context, repID string, q ContactQuery) (Page[Contact], error) {
	return Page[Contact]{}, errors.ErrUnsupported
}

// Contact returns one of the rep's contacts.
func (s *Store) Contact(ctx context.Context, repID, id string) (Contact, error) {
	return Contact{}, errors.ErrUnsupported
}

// UpdateContact changes what is known of a contact, and decides anew. An *InvalidError
// says what of it cannot be.
func (s *Store) UpdateContact(ctx context.Context, repID, id string, c ContactChange) (Contact, error) {
	return Contact{}, errors.ErrUnsupported
}

// AskContact makes a link at which the contact says how they want to be followed up, and
// returns its address. The rep sends it; Holdfast mails nobody. Until it expires the same
// one is returned.
func (s *Store) AskContact(ctx context.Context, repID, id string) (string, error) {
	return "", errors.ErrUnsupported
}

// SlotsQuery asks for times to go through a proposal.
type SlotsQuery struct {
	Contact  string    // their address, whose wishes and zone count; "": none
	After    time.Time // the send date; zero: now
	Duration time.Duration
	Count    int
}

// Slots returns review slots that the rep can make, as the command of that name does.
func (s *Store) Slots(ctx context.Context, repID string, q SlotsQuery) (scheduler.ReviewSlots, error) {
	return scheduler.ReviewSlots{}, errors.ErrUnsupported
}
