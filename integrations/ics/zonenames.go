package ics

import (
	_ "embed"
	"strings"
)

// ianaZones are the names of IANA's zones and links, one a line. gen/zones writes
// it and windowsZones; both are in order of the bytes of their keys in lower case.
//
//go:embed ianazones.txt
var ianaZones string

// windowsZones are lines of a key, a tab and an IANA name. The key is the name of a
// Windows zone, or what displayKey makes of the way Windows shows it.
//
//go:embed windowszones.txt
var windowsZones string

// ianaZone returns name in IANA's spelling, and whether it is a name at all.
func ianaZone(name string) (string, bool) {
	return findLine(ianaZones, strings.ToLower(name))
}

// windowsZone returns the IANA name of the zone that Windows calls or shows as
// name.
func windowsZone(name string) (string, bool) {
	key := strings.ToLower(name)
	if shown, ok := displayKey(key); ok {
		key = shown
	}
	line, ok := findLine(windowsZones, key)
	_, zone, _ := strings.Cut(line, "\t")
	return zone, ok
}

// displayKey returns the offset and the text of a zone as Windows shows it, in lower
// case: "(+01:00) brussels, copenhagen, madrid, paris" for "(utc+01:00) brussels,
// copenhagen, madrid, paris". Older versions write gmt, and a dot in the time.
func displayKey(shown string) (key string, ok bool) {
	offset, text, ok := strings.Cut(shown, ")")
	if !ok {
		return "", false
	}
	if offset, ok = strings.CutPrefix(offset, "(utc"); !ok {
		if offset, ok = strings.CutPrefix(offset, "(gmt"); !ok {
			return "", false
		}
	}
	if offset == "" {
		offset = "+00:00"
	}
	text = strings.Join(strings.Fields(text), " ")
	text = strings.ReplaceAll(text, "(us and canada)", "(us & canada)")
	return "(" + strings.Replace(offset, ".", ":", 1) + ") " + text, true
}

// findLine returns the line of table whose key is key, by binary search. The key
// of a line is what stands before a tab, in lower case.
func findLine(table, key string) (line string, found bool) {
	lo, hi := 0, len(table) // both at the start of a line
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := lo + strings.LastIndexByte(table[lo:mid], '\n') + 1
		end := start + strings.IndexByte(table[start:], '\n')
		switch order := compareKey(table[start:end], key); {
		case order == 0:
			return table[start:end], true
		case order < 0:
			lo = end + 1
		default:
			hi = start
		}
	}
	return "", false
}

// compareKey compares the key of line with key: negative where it comes before.
func compareKey(line, key string) int {
	name, _, _ := strings.Cut(line, "\t")
	return strings.Compare(strings.ToLower(name), key)
}
