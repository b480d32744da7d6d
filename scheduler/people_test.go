package scheduler

import "testing"

// TestWhoIsWho holds people to the rules' first section.
func TestWhoIsWho(t *testing.T) {
	s := testSettings()
	s.Internal = []string{"subsidiary.com", "eu.reseller.com"}
	s.Ignored = []string{"dentist@gmail.com", "vendor.com", "labs.maker.de"}
	s.Split = []string{"agency.com", "de.holding.com"}
	cases := []struct {
		rule     string
		attendee Attendee
		want     person
	}{
		{"the rep's addresses and aliases are own", Attendee{Address: testAlias}, person{role: roleRep}},
		{"every address at a company domain of the rep's is own", Attendee{Address: "eve@eu.northwind.example"}, person{role: roleInternal}},
		{"and at configured internal domains, subdomains included", Attendee{Address: "eve@mail.subsidiary.com"}, person{role: roleInternal}},
		{"but not at the domain above a configured one", Attendee{Address: "eve@reseller.com"}, person{key: "reseller.com"}},
		{"a room, resource or group is not a person", Attendee{Address: "room4@acme.com", NotAPerson: true}, person{role: roleNobody}},
		{"nor is Google's resource calendar", Attendee{Address: "c_188@resource.calendar.google.com"}, person{role: roleNobody}},
		{"nor a group's", Attendee{Address: "abc@group.calendar.google.com"}, person{role: roleNobody}},
		{"nor a holiday calendar", Attendee{Address: "en.usa#holiday@group.v.calendar.google.com"}, person{role: roleNobody}},
		{"nor an imported one", Attendee{Address: "x@import.calendar.google.com"}, person{role: roleNobody}},
		{"people at google.com are", Attendee{Address: "ana@google.com"}, person{key: "google.com"}},
		{"noreply is nobody", Attendee{Address: "noreply@acme.com"}, person{role: roleNobody}},
		{"no-reply is nobody", Attendee{Address: "no-reply@acme.com"}, person{role: roleNobody}},
		{"donotreply is nobody", Attendee{Address: "donotreply@acme.com"}, person{role: roleNobody}},
		{"do-not-reply is nobody", Attendee{Address: "do-not-reply@acme.com"}, person{role: roleNobody}},
		{"notifications is nobody", Attendee{Address: "notifications@acme.com"}, person{role: roleNobody}},
		{"mailer-daemon is nobody", Attendee{Address: "mailer-daemon@acme.com"}, person{role: roleNobody}},
		{"a name that only begins so is somebody", Attendee{Address: "noreply.anders@acme.com"}, person{key: "acme.com"}},
		{"an attendee without an address is nobody", Attendee{Name: "Ana"}, person{role: roleNobody}},
		{"an ignored address is nobody", Attendee{Address: "dentist@gmail.com"}, person{role: roleNobody}},
		{"an ignored domain is nobody, subdomains included", Attendee{Address: "bo@eu.vendor.com"}, person{role: roleNobody}},
		{"an ignored subdomain leaves the domain", Attendee{Address: "bo@maker.de"}, person{key: "maker.de"}},
		{"the key is the company domain", Attendee{Address: "ana@eu.acme.co.uk"}, person{key: "acme.co.uk"}},
		{"the key is the address at a free-mail domain", Attendee{Address: "ana@hotmail.co.uk"}, person{key: "ana@hotmail.co.uk", freeMail: true}},
		{"the key is the address at a domain that the rep split", Attendee{Address: "ana@agency.com"}, person{key: "ana@agency.com"}},
		{"splitting a subdomain leaves the domain whole", Attendee{Address: "ana@holding.com"}, person{key: "holding.com"}},
		{"and splits what is below it", Attendee{Address: "ana@x.de.holding.com"}, person{key: "ana@x.de.holding.com"}},
	}
	people := newPeople(s)
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			for range 2 { // the second answer is remembered
				if got := people.of(&c.attendee); got != c.want {
					t.Errorf("%s is %+v, want %+v", c.attendee.Address, got, c.want)
				}
			}
		})
	}
}

func TestAFreeMailDomainIsNeverInternal(t *testing.T) {
	s := testSettings()
	s.Addresses = []string{"dana@gmail.com"}
	people := newPeople(s)
	if got := people.of(&Attendee{Address: "dana@gmail.com"}); got.role != roleRep {
		t.Errorf("the rep is %+v", got)
	}
	if got := people.of(&Attendee{Address: "bo@gmail.com"}); got.role != rolePerson || got.key != "bo@gmail.com" {
		t.Errorf("somebody else at the same provider is %+v, want a prospect", got)
	}
}
