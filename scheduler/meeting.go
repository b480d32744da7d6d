package scheduler

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// cancelledPrefixes start the title of an event that its calendar only renamed
// when it was cancelled.
var cancelledPrefixes = []string{
	"canceled:", "cancelled:", "abgesagt:", "annulé:", "annulé :", "cancelado:", "cancelada:", "annullato:",
	"geannuleerd:", "inställt:", "avlyst:", "aflyst:", "peruttu:", "peruutettu:", "odwołane:",
}

// Cancelled reports whether e is cancelled, by its status or by its title.
func (e *Event) Cancelled() bool {
	return e.Status == Cancelled || hasCancelledTitle(e.Summary)
}

func hasCancelledTitle(title string) bool {
	if !strings.Contains(title, ":") {
		return false
	}
	// Accents may come as characters of their own, and French puts a narrow or
	// no-break space before the colon: NFKC makes one form of each.
	title = strings.ToLower(strings.TrimSpace(norm.NFKC.String(title)))
	return slices.ContainsFunc(cancelledPrefixes, func(prefix string) bool { return strings.HasPrefix(title, prefix) })
}

// guests is an event's guest list as the rep sees it: everything about who was
// invited that the rules ask for. All instances of a series share one.
type guests struct {
	sides []side // by key, in the invitation's order
	// meets is set where an instance that takes place is a meeting: timed, not
	// declined by the rep, with prospects, no audience and not private life.
	meets     bool
	cancelled bool
	declined  bool // by the rep
}

// side is those of a guest list that share one prospect key.
type side struct {
	key         string
	allDeclined bool
	accepted    bool // by at least one
	contact     Contact
	rank        int // of the contact among the side's people
}

// Contact is the person that a hold is for.
type Contact struct {
	Address string `json:"address"`
	Name    string `json:"name"`
}

// GuestLists reads the guest lists of one rep's events, each once. It is not safe
// for concurrent use.
type GuestLists struct {
	people *people
	lists  map[*Event]*guests
}

// NewGuestLists returns a GuestLists for the rep of s.
func NewGuestLists(s Settings) *GuestLists {
	return &GuestLists{newPeople(s), make(map[*Event]*guests)}
}

func (l *GuestLists) of(e *Event) *guests {
	g, ok := l.lists[e]
	if !ok {
		list := l.people.guestsOf(e)
		g = &list
		l.lists[e] = g
	}
	return g
}

// TakesTime reports whether the instances of e take the rep's time: opaque, not
// cancelled, not declined by the rep.
func (l *GuestLists) TakesTime(e *Event) bool {
	if e.Transparent {
		return false
	}
	g := l.of(e)
	return !g.cancelled && !g.declined
}

// guestsOf reads the guest list of e.
func (p *people) guestsOf(e *Event) guests {
	g := guests{cancelled: e.Cancelled()}
	invited := attending(e)
	g.declined = p.declinedByRep(invited)
	prospects, allFree := p.prospects(invited)
	if len(prospects) == 0 {
		return g
	}
	g.sides = p.sides(prospects, e.Organizer)
	appointment := !e.AllDay() && !e.StatusOnly && (e.Kind == "" || e.Kind == KindReview)
	g.meets = appointment && !g.declined &&
		!p.isAudience(prospects, len(g.sides)) && !(e.Private && allFree)
	return g
}

// attending returns the attendees of e with its organizer: one who is missing
// from the list counts as attending and accepted, and comes first.
func attending(e *Event) []Attendee {
	if e.Organizer == nil || e.Organizer.Address == "" || slices.ContainsFunc(e.Attendees, e.organizedBy) {
		return e.Attendees
	}
	organizer := *e.Organizer
	organizer.Response = Accepted
	return append([]Attendee{organizer}, e.Attendees...)
}

func (e *Event) organizedBy(a Attendee) bool {
	return e.Organizer != nil && a.Address == e.Organizer.Address
}

// declinedByRep reports whether every listed address of the rep declined. A rep
// who is not listed attends.
func (p *people) declinedByRep(invited []Attendee) bool {
	listed := false
	for i := range invited {
		if p.of(&invited[i]).role != roleRep {
			continue
		}
		if invited[i].Response != Declined {
			return false
		}
		listed = true
	}
	return listed
}

// prospects returns the prospect attendees among invited, until it is called again,
// and whether all of them are at free-mail domains.
func (p *people) prospects(invited []Attendee) (found []prospect, allFree bool) {
	found, allFree = p.found[:0], true
	for i := range invited {
		who := p.of(&invited[i])
		if who.role != rolePerson {
			continue
		}
		found = append(found, prospect{&invited[i], who.key})
		allFree = allFree && who.freeMail
	}
	p.found = found
	return found, allFree
}

// prospect is a prospect attendee with the key they count under.
type prospect struct {
	*Attendee
	key string
}

func (p *people) isAudience(prospects []prospect, keys int) bool {
	if keys > p.mostKeys {
		return true
	}
	if len(prospects) <= p.mostPeople {
		return false
	}
	different := make(map[string]bool, len(prospects))
	for _, a := range prospects {
		different[a.Address] = true
	}
	return len(different) > p.mostPeople
}

// sides sorts prospects by key, in the order in which the keys are first seen, and
// picks each side's contact: of those who have not declined the organizer, else
// the first who accepted, else the first; if all declined, the same of all. It ends
// with the key that makes the event an audience.
func (p *people) sides(prospects []prospect, organizer *Attendee) []side {
	var all []side
	for _, a := range prospects {
		at := slices.IndexFunc(all, func(s side) bool { return s.key == a.key })
		if at < 0 {
			if at = len(all); at > p.mostKeys {
				break
			}
			all = append(all, side{key: a.key, allDeclined: true})
		}
		s := &all[at]
		s.accepted = s.accepted || a.Response == Accepted
		s.allDeclined = s.allDeclined && a.Response == Declined
		if rank := contactRank(a.Attendee, organizer); rank > s.rank {
			s.rank, s.contact = rank, contactOf(a.Attendee, organizer)
		}
	}
	return all
}

func contactRank(a, organizer *Attendee) int {
	rank := 1
	switch {
	case organizer != nil && a.Address == organizer.Address:
		rank = 3
	case a.Response == Accepted:
		rank = 2
	}
	if a.Response != Declined {
		rank += 3
	}
	return rank
}

func contactOf(a, organizer *Attendee) Contact {
	name := a.Name
	if name == "" && organizer != nil && a.Address == organizer.Address {
		name = organizer.Name
	}
	return Contact{a.Address, name}
}
