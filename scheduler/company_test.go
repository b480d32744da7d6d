package scheduler

import "testing"

func TestPeopleOfACompanyShareItsDomain(t *testing.T) {
	for _, tt := range []struct{ name, address, want string }{
		{"of a company", "dana@northwind.example", "northwind.example"},
		{"of its subsidiary in a country", "dana@eu.acme.co.uk", "acme.co.uk"},
		{"at a provider of mailboxes", "dana@gmail.com", ""},
		{"without a domain", "dana", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Company(tt.address); got != tt.want {
				t.Errorf("Company(%q) = %q, want %q", tt.address, got, tt.want)
			}
		})
	}
}
