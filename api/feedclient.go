package api

import (
	"strings"
	"unicode"
)

// clients are the calendar clients that are known by a word in their User-Agent, in the
// order in which they are looked for: some name others, too.
var clients = []struct{ word, name string }{
	{"google-calendar", "Google Calendar"},
	{"googlecalendar", "Google Calendar"},
	{"thunderbird", "Thunderbird"},
	{"evolution", "Evolution"},
	{"outlook", "Outlook"},
	{"microsoft.exchange", "Outlook"},
	{"microsoft office", "Outlook"},
	{"exchangeservices", "Outlook"},
	{"calendaragent", "Apple Calendar"},
	{"dataaccessd", "Apple Calendar"},
	{"remindd", "Apple Reminders"},
	{"icsx5", "ICSx⁵"},
	{"davx5", "DAVx⁵"},
	{"vdirsyncer", "vdirsyncer"},
	{"nextcloud", "Nextcloud"},
	{"fastmail", "Fastmail"},
	{"mozilla", "a browser"},
}

// mostClientName is how much is kept of the name of a client that nobody knows.
const mostClientName = 40

// clientName returns how a calendar client is called.
func clientName(userAgent string) string {
	lower := strings.ToLower(userAgent)
	for _, c := range clients {
		if strings.Contains(lower, c.word) {
			return c.name
		}
	}
	name, _, _ := strings.Cut(strings.TrimSpace(userAgent), "/")
	name = strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if name = strings.TrimSpace(name[:min(len(name), mostClientName)]); name == "" {
		return "a client without a name"
	}
	return name
}
