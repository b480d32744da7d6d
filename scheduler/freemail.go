package scheduler

import (
	_ "embed"
	"strings"
)

// freeMailDomains are the domains at which anybody can have a mailbox, one a line,
// in order of bytes; gen/freemail writes them.
//
//go:embed freemail.txt
var freeMailDomains string

// freeMail reports whether domain belongs to a provider of personal mailboxes: a
// domain of the maintained list, one under it, or a big provider's name in another
// country (rules, section 1). Domain is a host or a company domain, lower-case
// ASCII.
func freeMail(domain string) bool {
	if regionalProvider(domain) {
		return true
	}
	for {
		if isFreeMailLine(domain) {
			return true
		}
		_, parent, found := strings.Cut(domain, ".")
		if !found || strings.IndexByte(parent, '.') < 0 {
			return false // no provider is a top-level domain
		}
		domain = parent
	}
}

// isFreeMailLine reports whether domain is a line of freeMailDomains.
func isFreeMailLine(domain string) bool {
	lo, hi := 0, len(freeMailDomains) // both at the start of a line
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := lo + strings.LastIndexByte(freeMailDomains[lo:mid], '\n') + 1
		end := start + strings.IndexByte(freeMailDomains[start:], '\n')
		switch line := freeMailDomains[start:end]; {
		case line == domain:
			return true
		case line < domain:
			lo = end + 1
		default:
			hi = start
		}
	}
	return false
}

// regionalProvider reports whether domain is, or is under, the name of a provider
// that has one domain a country: hotmail.co.uk, yahoo.com.br, gmx.ch.
func regionalProvider(domain string) bool {
	rest, tld := cutLastLabel(domain)
	if len(tld) != 2 || isGenericCountryCode(tld) {
		return false
	}
	rest, label := cutLastLabel(rest)
	switch label {
	case "co", "com", "net": // the second level of such countries
		_, label = cutLastLabel(rest)
	}
	switch label {
	case "aol", "fastmail", "gmail", "gmx", "googlemail", "hotmail", "live", "lycos", "msn", "outlook",
		"posteo", "protonmail", "rocketmail", "tutanota", "wanadoo", "windowslive", "yahoo", "yandex", "ymail":
		return true
	}
	return false
}

// isGenericCountryCode reports whether companies anywhere register under the
// country code tld for how it reads: live.tv and outlook.ai are no mail providers.
// What providers have there is in the list.
func isGenericCountryCode(tld string) bool {
	switch tld {
	case "ac", "ai", "am", "cc", "cd", "co", "dj", "fm", "gg", "im", "io", "la", "ly", "me", "ms", "nu", "pw", "sc",
		"sh", "so", "st", "tk", "to", "tv", "vc", "ws":
		return true
	}
	return false
}

// cutLastLabel splits domain before its last label; rest is empty where that is
// the only one.
func cutLastLabel(domain string) (rest, label string) {
	dot := strings.LastIndexByte(domain, '.')
	if dot < 0 {
		return "", domain
	}
	return domain[:dot], domain[dot+1:]
}
