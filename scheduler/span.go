package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Span is a half-open stretch of time, [Start, End).
type Span struct {
	Start, End time.Time
}

// span is a Span in Unix seconds: what the searches below work on.
type span struct {
	start, end int64
}

func toSpan(s Span) span { return span{s.Start.Unix(), s.End.Unix()} }

func (s span) overlaps(t span) bool { return s.start < t.end && t.start < s.end }

// sortSpans orders spans by start, then end.
func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int {
		if c := cmp.Compare(a.start, b.start); c != 0 {
			return c
		}
		return cmp.Compare(a.end, b.end)
	})
}

// mergeSpans sorts spans and joins those that touch or overlap, in place. Empty
// spans, which take no time, are dropped.
func mergeSpans(spans []span) []span {
	sortSpans(spans)
	merged := spans[:0]
	for _, s := range spans {
		switch last := len(merged) - 1; {
		case s.end <= s.start:
		case last >= 0 && s.start <= merged[last].end:
			merged[last].end = max(merged[last].end, s.end)
		default:
			merged = append(merged, s)
		}
	}
	return merged
}

// firstEndingAfter returns the index of the first of the merged spans that ends
// after t; len(spans) when none does.
func firstEndingAfter(spans []span, t int64) int {
	i, _ := slices.BinarySearchFunc(spans, t, func(s span, t int64) int {
		if s.end <= t {
			return -1
		}
		return 1
	})
	return i
}

// subtract appends to dst what is left of s without the merged spans in busy.
func subtract(dst []span, s span, busy []span) []span {
	for i := firstEndingAfter(busy, s.start); i < len(busy) && busy[i].start < s.end; i++ {
		if busy[i].start > s.start {
			dst = append(dst, span{s.start, busy[i].start})
		}
		s.start = busy[i].end
	}
	if s.start < s.end {
		dst = append(dst, s)
	}
	return dst
}
