package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// agendaDays is how many days the agenda shows where --to is not given.
const agendaDays = 30

// agendaCommand is `holdfast agenda`.
type agendaCommand struct {
	calendarFlags
	From moment `placeholder:"TIME" help:"The first moment shown. Default: the start of today."`
	To   moment `placeholder:"TIME" help:"The moment after the last shown. Default: 30 days after --from."`
}

// Help is shown below the flags of agenda --help.
func (agendaCommand) Help() string {
	return `Example:
  holdfast agenda my-export.ics --rep ana@northwind.com --from 2026-11-01 --to 2026-12-01

Prints every event instance as Holdfast understands it, cancelled ones too: the way
to check a calendar that it misreads.`
}

// agenda is what agenda prints.
type agenda struct {
	instances []scheduler.Instance
	guests    *scheduler.GuestLists
	settings  scheduler.Settings
	now       time.Time
}

// Run carries out the command.
func (c *agendaCommand) Run(w *world) error {
	in, err := w.read(c.Files)
	if err != nil {
		return err
	}
	settings, now, err := w.settings(&c.calendarFlags, in)
	if err != nil {
		return err
	}
	from, to, err := c.window(now, settings.Zone)
	if err != nil {
		return err
	}
	instances, warnings := scheduler.Expand(in.events(), settings.Zone, from, to)
	a := agenda{instances, scheduler.NewGuestLists(settings), settings, now}
	if err := w.write(c.Out, in.files, printer(c.format(), "Agenda", &a)); err != nil {
		return err
	}
	w.warn(append(in.warnings, warnings...))
	return incompleteError(in, "later events are missing")
}

func (c *agendaCommand) window(now time.Time, zone *time.Location) (from, to time.Time, err error) {
	today := scheduler.DateOf(now.In(zone))
	from = scheduler.Resolve(today.Wall(), zone)
	if c.From != "" {
		if from, err = c.From.in("--from", zone); err != nil {
			return from, to, err
		}
	}
	to = scheduler.Resolve((scheduler.DateOf(from.In(zone)) + agendaDays).Wall(), zone)
	if c.To != "" {
		if to, err = c.To.in("--to", zone); err != nil {
			return from, to, err
		}
	}
	if !from.Before(to) {
		return from, to, usagef("--from %s does not come before --to %s", from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	return from, to, nil
}

type jsonInstance struct {
	UID          string                  `json:"uid"`
	RecurrenceID *scheduler.RecurrenceID `json:"recurrence_id"`
	Summary      string                  `json:"summary"`
	Start        string                  `json:"start"`
	End          string                  `json:"end"`
	AllDay       bool                    `json:"all_day"`
	Status       string                  `json:"status"`
	Busy         bool                    `json:"busy"`
	Attendees    []jsonAttendee          `json:"attendees"`
}

type jsonAttendee struct {
	Address  string `json:"address"`
	Response string `json:"response"`
}

func (a *agenda) json(out io.Writer) error {
	j := jsonObject{out: out}
	j.array("instances", len(a.instances), func(i int) any { return a.jsonInstance(&a.instances[i]) })
	return j.end()
}

func (a *agenda) jsonInstance(i *scheduler.Instance) jsonInstance {
	e := i.Event
	j := jsonInstance{
		UID: e.UID, RecurrenceID: i.RecurrenceID(), Summary: e.Summary,
		AllDay: e.AllDay(), Status: statusOf(e).String(), Busy: a.guests.TakesTime(e),
		Attendees: []jsonAttendee{},
	}
	j.Start, j.End = i.Start().Format(time.RFC3339), i.End().Format(time.RFC3339)
	if e.AllDay() {
		first, end := i.Dates(a.settings.Zone)
		j.Start, j.End = first.String(), end.String()
	}
	for _, guest := range e.Attendees {
		if guest.Address == "" {
			continue // nobody who could be named
		}
		j.Attendees = append(j.Attendees, jsonAttendee{guest.Address, guest.Response.String()})
	}
	return j
}

// statusOf returns the status of e; a title that says so cancels it.
func statusOf(e *scheduler.Event) scheduler.Status {
	if e.Cancelled() {
		return scheduler.Cancelled
	}
	return e.Status
}

// table prints the agenda a day under the other.
func (a *agenda) table(out io.Writer, p painter) error {
	if len(a.instances) == 0 {
		_, err := fmt.Fprintln(out, "No event in this window. --from and --to choose another.")
		return err
	}
	day := scheduler.Date(0)
	for i := range a.instances {
		instance := &a.instances[i]
		start := instance.Start().In(a.settings.Zone)
		if d := scheduler.DateOf(start); i == 0 || d != day {
			day = d
			fmt.Fprintln(out, p.paint(bold, start.Format("Mon 2 Jan 2006")))
		}
		fmt.Fprintf(out, "  %s  %s  %s\n", a.hours(instance), fit(plain(instance.Event.Summary), summaryWidth), a.remarks(p, instance))
	}
	_, err := fmt.Fprintf(out, "\n%s · %s\n", p.paint(bold, count(len(a.instances), "instance")), timesIn(a.settings.Zone))
	return err
}

func (a *agenda) hours(i *scheduler.Instance) string {
	const width = len("09:00–10:00 +1d") - len("–") + 1
	zone := a.settings.Zone
	first, end := i.Dates(zone)
	if i.Event.AllDay() {
		if end-first > 1 {
			return fit(fmt.Sprintf("%d days", end-first), width)
		}
		return fit("all day", width)
	}
	hours := i.Start().In(zone).Format("15:04") + "–" + i.End().In(zone).Format("15:04")
	if end > first {
		hours += fmt.Sprintf(" +%dd", end-first)
	}
	return fit(hours, width)
}

// remarks says how the rep and the guests stand to an instance.
func (a *agenda) remarks(p painter, i *scheduler.Instance) string {
	var remarks []string
	busy := p.paint(dim, "free")
	if a.guests.TakesTime(i.Event) {
		busy = "busy"
	}
	remarks = append(remarks, busy)
	if s := statusOf(i.Event); s != scheduler.Confirmed {
		remarks = append(remarks, p.paint(yellow, s.String()))
	}
	if n := len(i.Event.Attendees); n > 0 {
		remarks = append(remarks, count(n, "guest"))
	}
	return strings.Join(remarks, " · ")
}

// entries returns the instances as single entries of a calendar.
func (a *agenda) entries() []ics.Entry {
	var entries []ics.Entry
	for i := range a.instances {
		instance := &a.instances[i]
		e := instance.Event
		entry := ics.Entry{
			UID: e.UID, Summary: e.Summary, Stamp: a.now, Status: statusOf(e),
			Start: instance.Start(), End: instance.End(), AllDay: e.AllDay(),
			Transparent: !a.guests.TakesTime(e), Private: e.Private,
		}
		if id := instance.RecurrenceID(); id != nil {
			entry.UID = e.UID + "/" + id.Time.Format("20060102T150405Z") // each instance stands alone
		}
		if entry.AllDay {
			first, end := instance.Dates(a.settings.Zone)
			entry.Start, entry.End = first.Wall(), end.Wall()
		}
		entries = append(entries, entry)
	}
	return entries
}
