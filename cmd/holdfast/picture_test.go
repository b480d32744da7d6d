package main

import (
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The README's picture of the output is drawn from the output itself, so that it
// is never out of date.
func TestThePictureInTheReadmeIsCurrent(t *testing.T) {
	w := world{now: func() time.Time { return time.Date(2026, 11, 18, 15, 0, 0, 0, time.UTC) }, stderr: os.Stderr, getenv: func(string) string { return "" }}
	c := scanCommand{
		calendarFlags: calendarFlags{Files: []string{example}, Holidays: []string{"us"}, Hours: "09:00-17:00"},
		Lookback:      daysDuration(30 * 24 * time.Hour), Horizon: daysDuration(120 * 24 * time.Hour),
	}
	in, err := w.read(c.Files)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.report(&w, in)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := r.table(&out, true); err != nil {
		t.Fatal(err)
	}
	golden(t, "scan.svg", picture(out.String()))
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "cmd/holdfast/testdata/scan.svg") {
		t.Error("the README does not show the picture")
	}
}

// The size of a character cell and the margin of the picture, in pixels.
const (
	cellHeight = 19
	margin     = 16
)

var escape = regexp.MustCompile("\x1b\\[(\\d+)m")

// picture draws painted text as an SVG.
func picture(text string) string {
	fills := map[string]string{"2": "#8b949e", "31": "#ff7b72", "32": "#7ee787", "33": "#e3b341"}
	text = strings.ReplaceAll(text, " ", "\u00a0") // SVG joins ordinary spaces
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="700" height="%d">`+"\n", len(lines)*cellHeight+2*margin)
	b.WriteString(`<rect width="100%" height="100%" rx="8" fill="#0d1117"/>` + "\n")
	b.WriteString(`<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13.5" fill="#e6edf3">` + "\n")
	for i, line := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d">`, margin, margin+14+i*cellHeight)
		open := 0
		for len(line) > 0 {
			at := escape.FindStringSubmatchIndex(line)
			if at == nil {
				b.WriteString(html.EscapeString(line))
				break
			}
			b.WriteString(html.EscapeString(line[:at[0]]))
			switch code := line[at[2]:at[3]]; {
			case code == "0":
				b.WriteString(strings.Repeat("</tspan>", open))
				open = 0
			case code == "1":
				b.WriteString(`<tspan font-weight="bold">`)
				open++
			default:
				b.WriteString(`<tspan fill="` + fills[code] + `">`)
				open++
			}
			line = line[at[1]:]
		}
		b.WriteString(strings.Repeat("</tspan>", open) + "</text>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}
