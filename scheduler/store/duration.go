package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration that reads and prints whole days too: 30d, 15m.
type Duration time.Duration

const day = 24 * time.Hour

// String returns d in its shortest form.
func (d Duration) String() string {
	t := time.Duration(d)
	if t != 0 && t%day == 0 {
		return strconv.FormatInt(int64(t/day), 10) + "d"
	}
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-len("0s")]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-len("0m")]
	}
	return s
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads Go's durations, and days.
func (d *Duration) UnmarshalText(text []byte) error {
	if days, isDays := strings.CutSuffix(string(text), "d"); isDays {
		n, err := strconv.ParseInt(days, 10, 16)
		if err != nil {
			return fmt.Errorf("%q is no duration such as 15m or 30d", text)
		}
		*d = Duration(n) * Duration(day)
		return nil
	}
	t, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration such as 15m or 30d", text)
	}
	*d = Duration(t)
	return nil
}
