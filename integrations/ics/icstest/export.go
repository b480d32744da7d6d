// Package icstest is what tests of calendar files share: the file that reading is measured
// on, and the lint that feeds have to pass.
package icstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// digestStart is how the SHA-256 of the benchmark's 10,000 events starts. Other
// programs were measured on the same file.
const digestStart = "83f6cea27b8b3bc9"

// lcg is the generator the fixture is made with, the same in every language.
type lcg uint32

func (x *lcg) below(n uint32) int {
	*x = 1664525**x + 1013904223
	return int(uint32(*x) >> 8 % n)
}

// words draws at least least and fewer than least+spread words.
func (x *lcg) words(least int, spread uint32) string {
	vocabulary := []string{"Review", "Demo", "Intro", "Pricing", "Renewal", "QBR", "Follow-up", "Kickoff", "Sync", "Contract",
		"Zürich", "São Paulo", "東京", "Acme, Inc.", "Globex; Ltd", "Initech", "Umbrella", `Stark\Labs`}
	drawn := make([]string, least+x.below(spread))
	for i := range drawn {
		drawn[i] = vocabulary[x.below(uint32(len(vocabulary)))]
	}
	return strings.Join(drawn, " ")
}

// Export returns the file: 10,000 events, 6.6 MB. It fails tb where the file is not
// the one that other programs were measured on.
func Export(tb testing.TB) []byte {
	tb.Helper()
	var out bytes.Buffer
	random := lcg(42)
	writeLines(&out, "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//seed42//EN")
	for i := range 10_000 {
		writeEvent(&out, &random, i)
	}
	writeLines(&out, "END:VCALENDAR")
	digest := sha256.Sum256(out.Bytes())
	if got := hex.EncodeToString(digest[:8]); got != digestStart {
		tb.Fatalf("SHA-256 of the fixture starts with %s, want %s", got, digestStart)
	}
	return out.Bytes()
}

func writeEvent(out *bytes.Buffer, random *lcg, i int) {
	const stamp = "20060102T150405Z"
	start := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC).AddDate(0, 0, random.below(365))
	start = start.Add(time.Duration(5*random.below(120)) * time.Minute)
	end := start.Add(time.Duration(15*(1+random.below(6))) * time.Minute)
	summary := random.words(2, 4)
	description := make([]string, 1+random.below(4))
	for i := range description {
		description[i] = random.words(6, 10)
	}
	escape := strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)
	writeLines(out, "BEGIN:VEVENT",
		fmt.Sprintf("UID:ev-%06d-%05x@bench.example", i, random.below(1<<20)),
		"DTSTAMP:20270101T000000Z", "DTSTART:"+start.Format(stamp), "DTEND:"+end.Format(stamp),
		"SUMMARY:"+escape.Replace(summary),
		"DESCRIPTION:"+escape.Replace(strings.Join(description, "\n")),
		"LOCATION:"+escape.Replace(fmt.Sprintf("Room %d, Building %d", random.below(90), random.below(9))),
		fmt.Sprintf("SEQUENCE:%d", random.below(4)),
		fmt.Sprintf("ORGANIZER:mailto:rep%d@sales.example", random.below(50)))
	for range 1 + random.below(3) {
		writeLines(out, fmt.Sprintf("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:p%d@client%d.example", random.below(5000), random.below(300)))
	}
	writeLines(out, "STATUS:CONFIRMED", "END:VEVENT")
}

// writeLines writes folded lines.
func writeLines(out *bytes.Buffer, lines ...string) {
	for _, line := range lines {
		for room := 75; len(line) > room; room = 74 {
			n := room
			for !utf8.RuneStart(line[n]) {
				n--
			}
			out.WriteString(line[:n] + "\r\n ")
			line = line[n:]
		}
		out.WriteString(line + "\r\n")
	}
}
