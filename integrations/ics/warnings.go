package ics

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"holdfast/scheduler"
)

// warnings collects what was wrong in one file, up to maxWarnings.
type warnings struct {
	file string
	list []scheduler.Warning
	more int // warnings beyond maxWarnings, counted only
}

// add warns about line; format and args as for fmt.Sprintf.
func (w *warnings) add(line int, format string, args ...any) {
	if len(w.list) >= maxWarnings {
		w.more++
		return
	}
	w.list = append(w.list, w.warning(line, fmt.Sprintf(format, args...)))
}

func (w *warnings) warning(line int, message string) scheduler.Warning {
	return scheduler.Warning{Source: scheduler.Source{File: w.file, Line: line}, Message: message}
}

// all returns the warnings in the order of the file, the last one telling how
// many more there were.
func (w *warnings) all() []scheduler.Warning {
	slices.SortStableFunc(w.list, func(a, b scheduler.Warning) int { return cmp.Compare(a.Line, b.Line) })
	if w.more == 0 {
		return w.list
	}
	return append(w.list, w.warning(0, fmt.Sprintf("%d more warnings are not shown", w.more)))
}

// fault is why an event cannot be read.
type fault struct {
	line int
	text string
}

// quote repeats a piece of the input in a message: on one line, in quotes, with
// control characters escaped, and cut to maxQuoted characters.
func quote[T ~string | ~[]byte](input T) string {
	s := string(input[:min(len(input), maxQuoted*4)])
	if n := 0; len(s) > maxQuoted {
		for i := range s {
			if n++; n > maxQuoted {
				return strconv.Quote(s[:i]) + "…"
			}
		}
	}
	return strconv.Quote(s)
}
