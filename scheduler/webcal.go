package scheduler

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"
)

// WebcalRead is what a calendar elsewhere, known by its address alone, answered.
type WebcalRead struct {
	// Unchanged: it is as it was when the token that was given with the question was
	// issued. Events, Name, Zone and Warnings are not set then.
	Unchanged bool
	Events    []Event
	Name      string        // what it calls itself; "": it does not say
	Zone      string        // IANA name; "": it does not say
	Token     string        // for the next time; never ""
	Refresh   time.Duration // how often it asks to be read; 0: it does not say
	Warnings  []Warning     // of events that could not be taken as they stand
}

// WebcalError says why a calendar elsewhere could not be read: in words for the rep,
// which repeat nothing of its address but the host, as the rest may be a secret.
type WebcalError struct {
	Words string
	// Kind is ErrNotFound, ErrGone, ErrForbidden or ErrInvalid; nil: it may pass by
	// itself.
	Kind  error
	After time.Duration // not to be asked again before; 0: it was not said
}

func (e *WebcalError) Error() string { return e.Words }

// Unwrap returns e.Kind.
func (e *WebcalError) Unwrap() error { return e.Kind }

// maxWebcal is the longest address of a calendar, in octets.
const maxWebcal = 2000

// ParseWebcal reads the address of a calendar as people paste it; webcal means https.
// An error is a *WebcalError.
func ParseWebcal(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || len(text) > maxWebcal || u.Hostname() == "" {
		return nil, noWebcal()
	}
	switch u.Scheme {
	case "http", "https":
	case "webcal", "webcals":
		u.Scheme = "https"
	default:
		return nil, noWebcal()
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

func noWebcal() error {
	return &WebcalError{Words: "This is no address of a calendar, such as https://calendar.example.com/dana.ics.", Kind: ErrInvalid}
}

// Changes makes of a calendar elsewhere what a full read of a provider's calendar gives.
// What ended before since is left out, and so is what Holdfast itself wrote: its holds
// would move away from their own copies.
func (r *WebcalRead) Changes(since time.Time) Changes {
	c := Changes{Zone: r.Zone, Token: r.Token, Full: true, Warnings: r.Warnings}
	series := make(map[string]bool)
	for i := range r.Events {
		if e := &r.Events[i]; isSeries(e) {
			series[e.UID] = true
		}
	}
	at := make(map[string]int, len(r.Events))
	for i := range r.Events {
		e := &r.Events[i]
		if writtenByHoldfast(e) || !isSeries(e) && !series[e.UID] && e.endIn(time.UTC).Before(since) {
			continue
		}
		remote := webcalEvent(e, series[e.UID])
		first, again := at[remote.ID]
		switch {
		case !again:
			at[remote.ID] = len(c.Events)
			c.Events = append(c.Events, remote)
		case supersedes(e, &c.Events[first].Event):
			c.Events[first] = remote
		}
	}
	return c
}

// isSeries reports whether e is a series, not an override of one.
func isSeries(e *Event) bool { return e.RecurrenceID == nil && len(e.Rules)+len(e.RDates) > 0 }

// webcalEvent gives e the id that it has in every reading: files have none but the UID.
func webcalEvent(e *Event, ofSeries bool) RemoteEvent {
	sum := sha256.Sum256([]byte(e.UID))
	remote := RemoteEvent{ID: hex.EncodeToString(sum[:16]), Event: *e}
	if e.RecurrenceID == nil {
		return remote
	}
	if ofSeries {
		remote.Series = remote.ID
	}
	layout := "-20060102T150405Z"
	if e.RecurrenceID.DateOnly {
		layout = "-20060102"
	}
	remote.ID += e.RecurrenceID.In(time.UTC).Format(layout)
	return remote
}

// UIDSuffix is how the UIDs end of what Holdfast writes into files and feeds.
const UIDSuffix = "@holdfast"

// writtenByHoldfast reports whether e is a hold, a reminder or an offer of Holdfast's:
// in a feed of its own, which may tell no more than that somebody is busy, or in what
// Google publishes of a calendar that it writes to, where nothing but the id tells. A
// review is a meeting, and has guests.
func writtenByHoldfast(e *Event) bool {
	if e.Kind != "" {
		return e.Kind != KindReview
	}
	if strings.HasSuffix(e.UID, UIDSuffix) {
		return true
	}
	id, ofGoogle := strings.CutSuffix(e.UID, "@google.com")
	return ofGoogle && len(e.Attendees) == 0 && isShortDigest(id)
}
