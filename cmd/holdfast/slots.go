package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// slotsCommand is `holdfast slots`.
type slotsCommand struct {
	calendarFlags
	With         []string      `sep:"none" placeholder:"FILE" help:"A calendar of the other side: its busy times are kept free. Repeatable."`
	WithTimezone string        `placeholder:"ZONE" help:"The other side's time zone. Default: its calendar's, else yours."`
	WithHours    string        `default:"09:00-17:00" help:"The other side's working hours."`
	WithHolidays []string      `sep:"none" placeholder:"REGION" help:"The other side's public holidays. Repeatable."`
	After        moment        `placeholder:"TIME" help:"When the proposal is to be sent. Default: now."`
	Duration     time.Duration `default:"30m" help:"How long the review lasts."`
	Count        int           `default:"3" help:"How many slots to offer."`
}

// Help is shown below the flags of slots --help.
func (slotsCommand) Help() string {
	return `Example:
  holdfast slots my-export.ics --rep ana@northwind.com --after 2026-11-20 --with-timezone Europe/Berlin --with-holidays de-by

Finds times to go through a proposal together, to be agreed on before it is sent: on
business days 2 to 5 after the send date, in both sides' working hours.`
}

// The bounds of --count and --duration.
const (
	maxSlots       = 20
	maxSlotMinutes = 8 * 60
)

// offers is what slots found.
type offers struct {
	scheduler.ReviewSlots
	settings scheduler.Settings
	request  scheduler.ReviewRequest
}

// Run carries out the command.
func (c *slotsCommand) Run(w *world) error {
	if c.Count < 1 || c.Count > maxSlots {
		return usagef("--count %d is not between 1 and %d", c.Count, maxSlots)
	}
	if c.Duration < time.Minute || c.Duration > maxSlotMinutes*time.Minute {
		return usagef("--duration %s is not between 1m and %s", c.Duration, maxSlotMinutes*time.Minute)
	}
	in, err := w.read(c.Files)
	if err != nil {
		return err
	}
	other := &input{}
	if len(c.With) > 0 {
		if other, err = w.read(c.With); err != nil {
			return err
		}
	}
	o, warnings, err := c.find(w, in, other)
	if err != nil {
		return err
	}
	if err := w.write(c.Out, slices.Concat(in.files, other.files), printer(c.format(), "Review slots", o)); err != nil {
		return err
	}
	w.warn(slices.Concat(in.warnings, other.warnings, warnings))
	for _, side := range []*input{in, other} {
		if err := incompleteError(side, "slots may be taken by what is missing"); err != nil {
			return err
		}
	}
	return nil
}

func (c *slotsCommand) find(w *world, in, other *input) (*offers, []scheduler.Warning, error) {
	settings, now, err := w.settings(&c.calendarFlags, in)
	if err != nil {
		return nil, nil, err
	}
	them, err := c.otherSide(settings, other)
	if err != nil {
		return nil, nil, err
	}
	request := scheduler.ReviewRequest{Now: now, SendAt: now, Length: c.Duration, Count: c.Count}
	if c.After != "" {
		if request.SendAt, err = c.After.in("--after", settings.Zone); err != nil {
			return nil, nil, err
		}
	}
	warnings := request.Meet(settings, in.events(), them, other.events())
	return &offers{scheduler.Review(request), settings, request}, warnings, nil
}

// otherSide makes the other side's settings. A calendar of theirs is read as it
// stands: whatever is opaque in it is busy.
func (c *slotsCommand) otherSide(rep scheduler.Settings, other *input) (scheduler.Settings, error) {
	var err error
	s := scheduler.DefaultSettings(rep.Zone)
	for _, calendar := range slices.Backward(other.calendars) {
		if calendar.Zone != nil {
			s.Zone = calendar.Zone
		}
	}
	if c.WithTimezone != "" {
		if s.Zone, err = loadZone("--with-timezone", c.WithTimezone); err != nil {
			return s, err
		}
	}
	if address, ok := scheduler.ParseAddress(other.name); ok {
		s.Addresses = []string{address}
	}
	if s.Hours, err = parseHours("--with-hours", c.WithHours); err != nil {
		return s, err
	}
	s.Holidays, err = parseRegions("--with-holidays", c.WithHolidays)
	return s, err
}

func (o *offers) json(out io.Writer) error {
	j := jsonObject{out: out}
	j.array("slots", len(o.Slots), func(i int) any { return &o.Slots[i] })
	j.field("considered", o.Considered)
	j.field("refused", o.Refused)
	return j.end()
}

func (o *offers) table(out io.Writer, p painter) error {
	if len(o.Slots) == 0 {
		limits := o.request.Limits
		fmt.Fprintln(out, p.paint(yellow, fmt.Sprintf("No time suits both sides on business days %d to %d after the send date.", limits.FirstDay, limits.LastDay)))
	}
	if n := len(o.Slots); n > 0 && n < o.request.Count {
		fmt.Fprintln(out, p.paint(yellow, fmt.Sprintf("Only %s instead of %d: more is not free.", count(n, "slot"), o.request.Count)))
	}
	for _, s := range o.Slots {
		fmt.Fprintf(out, "%s–%s %s%s\n", p.paint(bold, when(s.Start, o.request.Now, o.settings.Zone)),
			s.End.In(o.settings.Zone).Format("15:04"), o.settings.Zone, o.theirs(s))
		fmt.Fprintf(out, "    %s\n", p.paint(dim, strings.Join(s.Why, "; ")))
	}
	_, err := fmt.Fprintf(out, "\n%s considered · %d refused: %d busy, %d too near to something busy, %d outside hours, %d on a day off\n",
		count(o.Considered, "start"), o.Refused.Total(), o.Refused.Busy, o.Refused.Buffer, o.Refused.OutsideHours, o.Refused.Holiday)
	return err
}

// theirs returns the slot on the other side's clock, where that is another.
func (o *offers) theirs(s scheduler.Slot) string {
	zone := o.request.Prospect.Zone
	if zone == o.settings.Zone {
		return ""
	}
	return fmt.Sprintf("   (%s %s)", when(s.Start, o.request.Now, zone), zone)
}

// entries returns the offers as the tentative, busy events they would be held as.
func (o *offers) entries() []ics.Entry {
	var entries []ics.Entry
	for _, s := range o.Slots {
		id := s.ID(o.settings.Addresses[0])
		entries = append(entries, ics.Entry{
			UID: id + scheduler.UIDSuffix, Summary: "Review slot", Description: strings.Join(s.Why, "\n"),
			Start: s.Start, End: s.End, Stamp: o.request.Now,
			Status: scheduler.Tentative, Private: true, Kind: string(scheduler.KindOffer), ID: id,
		})
	}
	return entries
}
