package store

import "time"

// micros returns t in UTC, cut to what both databases keep.
func micros(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// timeOrNil returns t as micros does, nil for the zero time.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = micros(t)
	return &t
}
