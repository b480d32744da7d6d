package scheduler

import (
	"testing"
	"time"
)

func TestParseHours(t *testing.T) {
	for text, want := range map[string]Hours{
		"09:00-17:00": {9 * time.Hour, 17 * time.Hour},
		"9:30-18:15":  {9*time.Hour + 30*time.Minute, 18*time.Hour + 15*time.Minute},
		"00:00-24:00": {0, 24 * time.Hour},
	} {
		got, err := ParseHours(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "9-17", "09:00", "17:00-09:00", "09:00-09:00", "09:00-24:01", "09:00-25:00", "9:0-17:5", " 09:00-17:00", "09:00-17:00x", "+9:00-17:00", "09:60-17:00"} {
		if got, err := ParseHours(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestHoursPrintAsTheyAreRead(t *testing.T) {
	for _, text := range []string{"09:00-17:00", "00:00-24:00", "07:45-12:15"} {
		if got, err := ParseHours(text); err != nil || got.String() != text {
			t.Errorf("%q prints as %q (%v)", text, got, err)
		}
	}
}
