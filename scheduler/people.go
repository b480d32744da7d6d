package scheduler

import (
	"slices"
	"strings"
)

// role says what an address is to the rep (rules: "Who is who").
type role uint8

const (
	rolePerson   role = iota // a prospect
	roleRep                  // one of the rep's own addresses
	roleInternal             // a colleague
	roleNobody               // a room, a robot, or ignored
)

// person is what is known of one address.
type person struct {
	role     role
	key      string // prospect key, for prospects
	freeMail bool
}

// people tells who is who for one rep. It remembers what it worked out, since
// the same few hundred addresses fill a calendar.
type people struct {
	rep      []string
	internal []string
	ignored  []string
	split    []string
	known    map[string]person

	mostPeople, mostKeys int // of a meeting; more are an audience

	found []prospect // what prospects returns
}

// Prospect returns the key that the owner of address counts under, and whether they are
// a prospect's: nobody of the rep's own company, no robot, not ignored. Address is as
// ParseAddress gives it.
func (s *Settings) Prospect(address string) (key string, ok bool) {
	who := newPeople(*s).of(&Attendee{Address: address})
	return who.key, who.role == rolePerson
}

func newPeople(s Settings) *people {
	p := &people{
		rep:      s.Addresses,
		internal: slices.Clone(s.Internal),
		ignored:  s.Ignored,
		split:    s.Split,
		known:    make(map[string]person),

		mostPeople: s.AudiencePeople,
		mostKeys:   s.AudienceKeys,
	}
	for _, address := range s.Addresses {
		if domain := host(address); !isFreeMail(domain) {
			p.internal = append(p.internal, CompanyDomain(domain))
		}
	}
	return p
}

// host returns the part of a compared address after its @.
func host(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// of returns what a is to the rep.
func (p *people) of(a *Attendee) person {
	if a.Address == "" || a.NotAPerson {
		return person{role: roleNobody}
	}
	who, ok := p.known[a.Address]
	if !ok {
		who = p.classify(a.Address)
		p.known[a.Address] = who
	}
	return who
}

func (p *people) classify(address string) person {
	domain := host(address)
	switch {
	case slices.Contains(p.rep, address):
		return person{role: roleRep}
	case inAnyDomain(domain, p.internal):
		return person{role: roleInternal}
	case isRobot(address), slices.Contains(p.ignored, address), inAnyDomain(domain, p.ignored):
		return person{role: roleNobody}
	}
	free := isFreeMail(domain)
	if free || inAnyDomain(domain, p.split) {
		return person{key: address, freeMail: free}
	}
	return person{key: CompanyDomain(domain)}
}

// isFreeMail reports whether people at domain share nothing but their provider.
func isFreeMail(domain string) bool { return freeMail(domain) || freeMail(CompanyDomain(domain)) }

func inAnyDomain(host string, domains []string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return inDomain(host, d) })
}

// isRobot reports whether address belongs to no person: calendars and resources
// of Google's, and mailboxes that nobody reads.
func isRobot(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	switch local {
	case "noreply", "no-reply", "donotreply", "do-not-reply", "notifications", "mailer-daemon":
		return true
	}
	return inAnyDomain(domain, []string{
		"resource.calendar.google.com", "group.calendar.google.com",
		"group.v.calendar.google.com", "import.calendar.google.com",
	})
}
