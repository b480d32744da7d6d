package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// When is a start or an end: an instant, or a civil date for an event that lasts
// all day. As an end it is exclusive.
type When struct {
	Date string    // 2006-01-02; empty for an instant
	Time time.Time // meaningless where Date is set
	Zone string    // IANA name; empty means the calendar's zone
}

// At is an instant that a person sees in a zone.
func At(t time.Time, zone string) *When { return &When{Time: t.UTC(), Zone: zone} }

// On is a civil date, such as 2026-11-24.
func On(date string) *When { return &When{Date: date} }

type wireWhen struct {
	Date     string `json:"date,omitempty"`
	DateTime string `json:"dateTime,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
}

// MarshalJSON writes the instant with the offset of Time's own location.
func (w When) MarshalJSON() ([]byte, error) {
	wire := wireWhen{Date: w.Date, TimeZone: w.Zone}
	if w.Date == "" {
		wire.DateTime = w.Time.Format(time.RFC3339)
	}
	return json.Marshal(wire)
}

// UnmarshalJSON reads a date, a time with an offset, or a time without one beside
// its zone.
func (w *When) UnmarshalJSON(data []byte) error {
	var wire wireWhen
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("read a time: %w", err)
	}
	*w = When{Date: wire.Date, Zone: wire.TimeZone}
	if (wire.Date == "") == (wire.DateTime == "") {
		return errors.New("either date or dateTime is needed")
	}
	if wire.Date != "" {
		_, err := time.Parse(time.DateOnly, wire.Date)
		return err
	}
	t, err := time.Parse(time.RFC3339, wire.DateTime)
	if err != nil && wire.TimeZone != "" {
		loc, unknown := time.LoadLocation(wire.TimeZone)
		if unknown != nil {
			return unknown
		}
		t, err = time.ParseInLocation("2006-01-02T15:04:05", wire.DateTime, loc)
	}
	w.Time = t.UTC()
	return err
}

// instant is the moment meant: an all-day event's is midnight in the calendar's zone.
func (w *When) instant(calendarZone *time.Location) time.Time {
	if w.Date == "" {
		return w.Time
	}
	day, err := time.Parse(time.DateOnly, w.Date)
	if err != nil {
		return time.Time{} // refused on its way in
	}
	return wallInstant(day, calendarZone)
}

// same says whether both mean the same.
func (w *When) same(other *When) bool {
	if w == nil || other == nil {
		return w == other
	}
	return w.Date == other.Date && (w.Date != "" || w.Time.Equal(other.Time))
}

// wallInstant is when clocks in loc show what wall shows in UTC. A time that the
// clocks skip is taken by the offset before the gap, as RFC 5545 asks; one that comes
// twice is the first.
func wallInstant(wall time.Time, loc *time.Location) time.Time {
	_, before := wall.Add(-36 * time.Hour).In(loc).Zone()
	guess := wall.Add(-time.Duration(before) * time.Second)
	if wallOf(guess, loc).Equal(wall) {
		return guess.UTC()
	}
	_, after := wall.Add(36 * time.Hour).In(loc).Zone()
	if late := wall.Add(-time.Duration(after) * time.Second); wallOf(late, loc).Equal(wall) {
		return late.UTC()
	}
	return guess.UTC()
}

// wallOf is what clocks in loc show at t, as if it were UTC.
func wallOf(t time.Time, loc *time.Location) time.Time {
	l := t.In(loc)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}
