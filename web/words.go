package web

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// plain makes text from a calendar safe to show within a line: control characters
// and those that reorder text become spaces.
func plain(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	return strings.TrimSpace(clean)
}

// textLines is plain for text of several lines.
func textLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return strings.Join(lines, "\n")
}

// joined lists what a rep entered, ready to be edited.
func joined(list []string, separator string) string {
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = plain(word)
	}
	return strings.Join(words, separator)
}

// plural says n things.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// lengthWords says how long something takes: 45 minutes, 1 hour 30 minutes.
func lengthWords(d store.Duration) string {
	minutes := int(time.Duration(d) / time.Minute)
	switch hours := minutes / 60; {
	case hours == 0:
		return plural(minutes, "minute")
	case minutes%60 == 0:
		return plural(hours, "hour")
	default:
		return plural(hours, "hour") + " " + plural(minutes%60, "minute")
	}
}

// initial is the letter that stands for somebody.
func initial(name string) string {
	for _, r := range plain(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "•"
}

// sentence makes words a sentence of their own. An address at its beginning stays as it is.
func sentence(words string) string {
	words = strings.TrimRight(plain(words), ".")
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	if begin, _, _ := strings.Cut(words, " "); strings.Contains(begin, "@") {
		return words + "."
	}
	return string(unicode.ToUpper(first)) + words[size:] + "."
}

// stepName is how a cadence's step is called: "second contact".
func stepName(name string) string { return strings.ReplaceAll(name, "-", " ") }

// channelName is how a channel is called.
func channelName(c scheduler.Channel) string {
	switch c {
	case scheduler.Email:
		return "Email"
	case scheduler.Video:
		return "Video call"
	case scheduler.Text:
		return "Text"
	case scheduler.LinkedIn:
		return "LinkedIn"
	case scheduler.Post:
		return "Letter"
	}
	return "Call"
}

// because says why a flag is there.
func because(r scheduler.Reason) string {
	switch r {
	case scheduler.WrappingUp:
		return "About to end without a next step"
	case scheduler.NotRebooked:
		return "Cancelled, declined or missed, and not rebooked"
	}
	return "Ended without a next step"
}

// stateName says what has become of a hold, for the rep.
func stateName(state scheduler.HoldState) string {
	switch state {
	case scheduler.Planned:
		return "not on your calendar yet"
	case scheduler.Written:
		return "on your calendar"
	case scheduler.Moved:
		return "moved by you"
	case scheduler.Done:
		return "done"
	case scheduler.Skipped:
		return "skipped"
	case scheduler.Released:
		return "released"
	}
	return plain(strings.ReplaceAll(string(state), "_", " "))
}

// connectionName says how the connection to the calendar is.
func connectionName(state store.RepState) string {
	switch state {
	case store.Connected:
		return "Connected"
	case store.Paused:
		return "Paused"
	case store.Reconnect:
		return "Needs you"
	}
	return "Disconnected"
}
