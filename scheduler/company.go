package scheduler

import "strings"

// Company returns the domain that people of the company of address share, or "" for
// an address at a provider of personal mailboxes, whose owners share nothing. Address
// is as ParseAddress gives it.
func Company(address string) string {
	_, host, found := strings.Cut(address, "@")
	if !found || freeMail(host) {
		return ""
	}
	return CompanyDomain(host)
}
