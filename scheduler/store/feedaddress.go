package store

import (
	"net/url"
	"strings"
)

// FeedAddresses are the ways to a feed. Whoever knows one may read it.
type FeedAddresses struct {
	HTTPS   string `json:"https" doc:"For every client; http where the service itself is."`
	Webcal  string `json:"webcal" doc:"Opens the calendar app of a phone or a computer."`
	Google  string `json:"google" doc:"Adds it to Google Calendar."`
	Outlook string `json:"outlook" doc:"Adds it to Outlook on the web, for work and school."`
	// OutlookPersonal is that of private accounts, which live elsewhere.
	OutlookPersonal string `json:"outlook_personal" doc:"Adds it to Outlook.com."`
	Apple           string `json:"apple" doc:"Adds it to Apple Calendar."`
}

// feedAddresses returns where the feed with the given token is.
func (s *Store) feedAddresses(token, name string) FeedAddresses {
	address := s.public + "/feeds/" + token + ".ics"
	_, rest, _ := strings.Cut(address, "://")
	webcal := "webcal://" + rest
	// Outlook shows a "+" for a space as it is.
	outlook := "?" + strings.ReplaceAll(url.Values{"url": {address}, "name": {name}}.Encode(), "+", "%20")
	return FeedAddresses{
		HTTPS: address, Webcal: webcal, Apple: webcal,
		Google:          "https://calendar.google.com/calendar/r?" + url.Values{"cid": {webcal}}.Encode(),
		Outlook:         "https://outlook.office.com/calendar/addfromweb" + outlook,
		OutlookPersonal: "https://outlook.live.com/calendar/0/addfromweb" + outlook,
	}
}
