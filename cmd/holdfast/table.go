package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"holdfast/scheduler"
)

// How wide the columns of the scan table may be; they are no wider than what they
// hold, so that most tables fit a terminal of 80 columns.
const (
	prospectWidth = 26
	summaryWidth  = 30
)

// groups are the parts of the scan table, most urgent first.
var groups = []struct {
	reason scheduler.Reason
	title  string
	colour style
}{
	{scheduler.WrappingUp, "About to end without a next step: agree on one now", red},
	{scheduler.NoNextStep, "Ended without a next step", yellow},
	{scheduler.NotRebooked, "Cancelled or declined, and not rebooked", yellow},
}

// table prints the report for a person: the flags by reason, the latest first, the
// planned holds under each, one line that sums up.
func (r *report) table(out io.Writer, p painter) error {
	prospects, summaries := r.widths()
	for _, group := range groups {
		flags := r.flagsFor(group.reason)
		if len(flags) == 0 {
			continue
		}
		fmt.Fprintln(out, p.paint(bold, p.paint(group.colour, fmt.Sprintf("%s (%d)", group.title, len(flags)))))
		for _, f := range flags {
			r.flag(out, p, f, prospects, summaries)
		}
		fmt.Fprintln(out)
	}
	switch {
	case r.partial:
		fmt.Fprintln(out, p.paint(red, "The calendar was not read to its end: nothing is flagged."))
	case len(r.Flags) == 0:
		fmt.Fprintln(out, p.paint(green, r.nothingFlagged()))
	}
	r.routines(out, p)
	fmt.Fprintln(out, p.paint(bold, r.summary()))
	_, err := fmt.Fprintln(out, p.paint(dim, timesIn(r.settings.Zone)))
	return err
}

func (r *report) flagsFor(reason scheduler.Reason) []scheduler.Flag {
	flags := slices.DeleteFunc(slices.Clone(r.Flags), func(f scheduler.Flag) bool { return f.Reason != reason })
	slices.SortStableFunc(flags, func(a, b scheduler.Flag) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.Prospect, b.Prospect))
	})
	return flags
}

// widths returns how wide the columns for prospects and titles are.
func (r *report) widths() (prospects, summaries int) {
	for _, f := range r.Flags {
		prospects = max(prospects, uniseg.StringWidth(plain(f.Prospect)))
		summaries = max(summaries, uniseg.StringWidth(plain(f.Summary)))
	}
	return min(prospects, prospectWidth), min(summaries, summaryWidth)
}

func (r *report) flag(out io.Writer, p painter, f scheduler.Flag, prospects, summaries int) {
	fmt.Fprintf(out, "  %s  %s  %s  %s\n",
		when(f.Start, r.now, r.settings.Zone),
		p.paint(bold, fit(plain(f.Prospect), prospects)),
		fit(plain(f.Summary), summaries),
		contactName(f.Contact))
	for _, h := range f.Holds {
		title := strings.Replace(h.Title, " ("+f.Prospect+")", "", 1) // the line above says it
		fmt.Fprintf(out, "      %s  %s%s\n", when(h.Start, r.now, r.settings.Zone), plain(title), r.remark(p, h))
	}
	for _, u := range f.Unplaced {
		fmt.Fprintf(out, "      %s  %s: %s\n", p.paint(red, fit("no place", len("Thu 20 Nov 10:15"))), strings.ReplaceAll(u.Step, "-", " "), u.Reason)
	}
}

// remark says what is unusual about a hold.
func (r *report) remark(p painter, h scheduler.Hold) string {
	remarks := slices.Clone(h.Notes)
	if h.CatchUp {
		remarks = append(remarks, "catch-up")
	}
	if h.Late {
		remarks = append(remarks, "late: was due by "+when(h.DueBy, r.now, r.settings.Zone))
	}
	if len(remarks) == 0 {
		return ""
	}
	return "  " + p.paint(dim, "("+strings.Join(remarks, "; ")+")")
}

func contactName(c scheduler.Contact) string {
	if name := plain(c.Name); name != "" {
		return name
	}
	return plain(c.Address)
}

func (r *report) nothingFlagged() string {
	if r.Counts.Prospects == 0 {
		return "No meeting with a prospect was found. Is --rep your address? Is the export of the right calendar?\nholdfast agenda prints what was read."
	}
	return "Every prospect has a next step."
}

// routines tells of prospects whose only next step is a series that goes on.
func (r *report) routines(out io.Writer, p painter) {
	var names []string
	for _, c := range r.Covered {
		if c.NextStep.BySeries {
			names = append(names, plain(c.Prospect))
		}
	}
	if len(names) > 0 {
		fmt.Fprintln(out, p.paint(dim, "Covered by a series only: "+strings.Join(names, ", ")))
	}
}

func (r *report) summary() string {
	meetings := fmt.Sprintf("%s with %s", count(r.Counts.Meetings, "meeting"), count(r.Counts.Prospects, "prospect"))
	rate, judged := r.Counts.NextStepRate()
	switch {
	case r.partial:
		return meetings + " so far"
	case !judged:
		return meetings + " · nothing to judge"
	}
	return fmt.Sprintf("%s · next-step rate %.0f%% (%d of %d) · %s",
		meetings, 100*rate, r.Counts.Covered, r.Counts.Covered+r.Counts.Flagged, count(r.Counts.Flagged, "flag"))
}

// timesIn says whose clock a table's times are on.
func timesIn(zone *time.Location) string {
	return fmt.Sprintf("Times in %s (--timezone chooses another)", zone)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
