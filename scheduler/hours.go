package scheduler

import (
	"fmt"
	"strings"
	"time"
)

// Hours are the working hours of a day in local wall-clock time, half-open, as
// offsets from midnight.
type Hours struct {
	Start, End time.Duration
}

// ParseHours reads hours as "09:00-17:00". The end may be 24:00; it must come
// after the start.
func ParseHours(s string) (Hours, error) {
	from, to, _ := strings.Cut(s, "-")
	start, okStart := sinceMidnight(from)
	end, okEnd := sinceMidnight(to)
	switch {
	case !okStart || !okEnd:
		return Hours{}, fmt.Errorf("hours %q are not of the form 09:00-17:00", s)
	case end <= start:
		return Hours{}, fmt.Errorf("hours %q do not start before they end within one day", s)
	}
	return Hours{start, end}, nil
}

func sinceMidnight(clock string) (time.Duration, bool) {
	if clock == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", clock)
	return t.Sub(t.Truncate(24 * time.Hour)), err == nil
}

// String formats h as "09:00-17:00".
func (h Hours) String() string {
	minutes := func(d time.Duration) (int, int) { return int(d.Hours()), int(d.Minutes()) % 60 }
	sh, sm := minutes(h.Start)
	eh, em := minutes(h.End)
	return fmt.Sprintf("%02d:%02d-%02d:%02d", sh, sm, eh, em)
}

// on returns h on day d in zone.
func (h Hours) on(d Date, zone *time.Location) span {
	return span{
		Resolve(d.Wall().Add(h.Start), zone).Unix(),
		Resolve(d.Wall().Add(h.End), zone).Unix(),
	}
}
