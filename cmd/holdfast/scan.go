package main

import (
	"io"
	"slices"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// scanCommand is `holdfast scan`.
type scanCommand struct {
	calendarFlags
	Lookback daysDuration `default:"30d" help:"How far back meetings are judged."`
	Horizon  daysDuration `default:"120d" help:"How far ahead a next step is looked for."`
}

// Help is shown below the flags of scan --help.
func (scanCommand) Help() string {
	return `Example:
  holdfast scan my-export.ics --rep ana@northwind.com --holidays us

Reads an export of your calendar and prints which meetings with prospects have no
next step, with the follow-up holds that Holdfast would write. It changes nothing.`
}

// report is what scan found.
type report struct {
	scheduler.Plan
	settings scheduler.Settings
	now      time.Time
	warnings []scheduler.Warning
	partial  bool // a calendar was not read to its end
}

// Run carries out the command.
func (c *scanCommand) Run(w *world) error {
	in, err := w.read(c.Files)
	if err != nil {
		return err
	}
	r, err := c.report(w, in)
	if err != nil {
		return err
	}
	if err := w.write(c.Out, in.files, printer(c.format(), "Holdfast", r)); err != nil {
		return err
	}
	if c.format() != "json" {
		w.warn(r.warnings)
	}
	return incompleteError(in, "nothing is flagged, since the next steps may be in what is missing")
}

func (c *scanCommand) report(w *world, in *input) (*report, error) {
	settings, now, err := w.settings(&c.calendarFlags, in)
	if err != nil {
		return nil, err
	}
	settings.Lookback, settings.Horizon = time.Duration(c.Lookback), time.Duration(c.Horizon)
	plan := scheduler.Decide(scheduler.Snapshot{
		Now: now, Settings: settings, Events: in.events(), Incomplete: in.incomplete != "",
	})
	plan.Counts.Events = in.count()
	return &report{plan, settings, now, slices.Concat(in.warnings, plan.Warnings), in.incomplete != ""}, nil
}

// json prints the report in the form that scripts rely on.
func (r *report) json(out io.Writer) error {
	j := jsonObject{out: out}
	j.field("now", r.now)
	j.field("rep", r.settings.Addresses)
	j.field("timezone", r.settings.Zone.String())
	j.field("counts", r.Counts)
	j.array("flags", len(r.Flags), func(i int) any { return &r.Flags[i] })
	j.array("covered", len(r.Covered), func(i int) any { return &r.Covered[i] })
	j.array("unknown", len(r.Unknown), func(i int) any { return &r.Unknown[i] })
	j.array("warnings", len(r.warnings), func(i int) any {
		w := &r.warnings[i]
		return jsonWarning{w.File, w.Line, w.Message}
	})
	return j.end()
}

// entries returns the holds as entries of a calendar.
func (r *report) entries() []ics.Entry {
	var entries []ics.Entry
	limits := r.settings.Holds
	for _, flag := range r.Flags {
		for _, h := range flag.Holds {
			id := h.ID(r.settings.Addresses[0])
			entry := ics.Entry{
				UID: id + scheduler.UIDSuffix, Summary: h.Title, Description: h.Description,
				Start: h.Start, End: h.End, Stamp: r.now,
				Transparent: h.Start.Sub(r.now) > limits.BusyFrom, Private: true,
				Kind: string(scheduler.KindHold), ID: id,
			}
			if h.Channel == scheduler.Call {
				entry.Alarm, entry.Reminder = true, limits.CallReminder
			}
			entries = append(entries, entry)
		}
	}
	return entries
}
