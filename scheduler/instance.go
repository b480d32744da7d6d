package scheduler

import (
	"cmp"
	"time"
)

// Instance is one occurrence of an event: a single event itself, or one of the
// times a series takes place.
type Instance struct {
	// Event has the details that hold for this instance: the single event, the
	// series, or the override that replaces it. It is never nil.
	Event *Event

	span     span
	original int64 // original start; meaningful where recurs
	recurs   bool
	dated    bool // original is a date, kept as its midnight in UTC
}

// Start returns when the instance starts; all-day ones start at local midnight.
func (i *Instance) Start() time.Time { return time.Unix(i.span.start, 0).UTC() }

// End returns when the instance ends (exclusive).
func (i *Instance) End() time.Time { return time.Unix(i.span.end, 0).UTC() }

// RecurrenceID returns the original start of an instance of a series, which it
// keeps when it is moved (RFC 5545 §3.8.4.4); nil for single events.
func (i *Instance) RecurrenceID() *RecurrenceID {
	if !i.recurs {
		return nil
	}
	return &RecurrenceID{Time: time.Unix(i.original, 0).UTC(), DateOnly: i.dated}
}

// Dates returns the first day and the day after the last of an all-day instance
// in local.
func (i *Instance) Dates(local *time.Location) (first, end Date) {
	return DateOf(i.Start().In(local)), DateOf(i.End().In(local))
}

func (i *Instance) meeting() MeetingRef { return MeetingRef{i.Event.UID, i.RecurrenceID()} }

// ref returns where i lives at its provider. An instance of a series that was not
// overridden has an id all the same: the series' with the original start.
func (i *Instance) ref() Ref {
	r := i.Event.Ref
	if !i.recurs || r.ID == "" || i.Event.RecurrenceID != nil {
		return r
	}
	format := "20060102T150405Z"
	if i.dated {
		format = "20060102"
	}
	r.ID += "_" + time.Unix(i.original, 0).UTC().Format(format)
	return r
}

// compareInstances orders instances by start, then UID, then original start, then
// end, so that equal input always comes out in the same order.
func compareInstances(a, b Instance) int {
	if c := cmp.Compare(a.span.start, b.span.start); c != 0 {
		return c // nearly always; the rest costs more
	}
	return cmp.Or(
		cmp.Compare(a.Event.UID, b.Event.UID),
		cmp.Compare(a.original, b.original),
		cmp.Compare(a.span.end, b.span.end),
	)
}

// RecurrenceID tells the instances of one series apart.
type RecurrenceID struct {
	Time     time.Time // for a date, its midnight in UTC
	DateOnly bool
}

// MarshalText formats r as a date or as a time in UTC.
func (r RecurrenceID) MarshalText() ([]byte, error) {
	if r.DateOnly {
		return r.Time.AppendFormat(nil, time.DateOnly), nil
	}
	return r.Time.AppendFormat(nil, time.RFC3339), nil
}

// equal reports whether r and s name the same instance; both may be nil.
func (r *RecurrenceID) equal(s *RecurrenceID) bool {
	if r == nil || s == nil {
		return r == s
	}
	return r.Time.Equal(s.Time) && r.DateOnly == s.DateOnly
}
