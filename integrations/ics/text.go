package ics

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// toUTF8 returns line as it is when it is UTF-8, and else read as Windows-1252,
// the superset of Latin-1 that programs mean by it.
func toUTF8(line []byte) []byte {
	if utf8.Valid(line) {
		return line
	}
	out := make([]byte, 0, len(line)+len(line)/2)
	for _, c := range line {
		out = utf8.AppendRune(out, windows1252(c))
	}
	return out
}

// windows1252 returns the character c of that encoding; the five octets that it
// leaves open are the C1 controls of Latin-1.
func windows1252(c byte) rune {
	const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	if c < 0x80 || c >= 0xa0 {
		return rune(c)
	}
	n := int(c - 0x80)
	for _, r := range high {
		if n == 0 {
			return r
		}
		n--
	}
	return unicode.ReplacementChar
}

// unescape decodes a TEXT value (RFC 5545 §3.3.11). A backslash before anything
// but what may be escaped is one, as in a path; before a colon or a quote, which
// some programs escape, it is dropped.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`nN\,;:"`, s[i+1]) >= 0 {
			i++
			if s[i] == 'n' || s[i] == 'N' {
				out.WriteByte('\n')
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// decodeCaret decodes a parameter's value (RFC 6868).
func decodeCaret(s string) string {
	if strings.IndexByte(s, '^') < 0 {
		return s
	}
	return strings.NewReplacer("^^", "^", "^n", "\n", "^N", "\n", "^'", `"`).Replace(s)
}

// oneLine returns s as a single line to show: control characters and line
// separators become spaces, outer space goes.
func oneLine(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return strings.TrimSpace(strings.Map(spaceForControl, s))
		}
	}
	return strings.TrimSpace(s)
}

func spaceForControl(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}
