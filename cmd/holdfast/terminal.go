package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// style is an ANSI escape sequence that changes how text looks.
type style string

const (
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[31m"
	green  style = "\x1b[32m"
	yellow style = "\x1b[33m"
	reset  style = "\x1b[0m"
)

// painter colours text, or leaves it alone.
type painter bool

// painterFor paints on a terminal only, and not where NO_COLOR is set.
func (w *world) painterFor(out io.Writer) painter {
	return painter(isTerminal(out) && w.getenv("NO_COLOR") == "")
}

func (p painter) paint(s style, text string) string {
	if !p || text == "" {
		return text
	}
	return string(s) + text + string(reset)
}

// plain makes text from a calendar safe to print on one line: control characters,
// which could act on the terminal, and characters that reorder text become spaces.
func plain(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	return strings.TrimSpace(clean)
}

// fit cuts text to width columns, and pads it to them.
func fit(text string, width int) string {
	if uniseg.StringWidth(text) > width {
		var b strings.Builder
		used := 0
		for graphemes := uniseg.NewGraphemes(text); graphemes.Next() && used+graphemes.Width() < width; {
			b.WriteString(graphemes.Str())
			used += graphemes.Width()
		}
		text = b.String() + "…"
	}
	return text + strings.Repeat(" ", max(0, width-uniseg.StringWidth(text)))
}
