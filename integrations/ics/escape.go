package ics

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeText writes s as a TEXT value (RFC 5545 §3.3.11). Whatever ends a line
// somewhere becomes \n; other control characters go, and so does what is no UTF-8. Outer
// spaces go too: libical drops them, and finds fault with a value that has nothing else.
func escapeText(s string) string {
	var out []byte // nil: all so far stands as it is
	done := 0      // of s
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && !toEscape[c] {
			i++
			continue
		}
		written, size := escaped(s[i:])
		if written != s[i:i+size] {
			if out == nil {
				out = make([]byte, 0, len(s)+len(s)/8+len(written))
			}
			out = append(append(out, s[done:i]...), written...)
			done = i + size
		}
		i += size
	}
	if out == nil {
		return strings.Trim(s, " ")
	}
	return string(bytes.Trim(append(out, s[done:]...), " "))
}

// toEscape says which ASCII characters are written otherwise than they are.
var toEscape = func() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = c < ' ' || c == 0x7f || c == '\\' || c == ';' || c == ','
	}
	return table
}()

// escaped returns how what s starts with is written, and how many octets of s that is.
func escaped(s string) (written string, size int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == '\r' && len(s) > 1 && s[1] == '\n':
		return `\n`, 2
	case r == '\\':
		return `\\`, size
	case r == ';':
		return `\;`, size
	case r == ',':
		return `\,`, size
	case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
		return `\n`, size
	case r == '\t':
		return " ", size
	case unicode.IsControl(r), r == utf8.RuneError && size == 1:
		return "", size
	}
	return s[:size], size
}
