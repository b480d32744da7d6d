package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"holdfast/scheduler"
)

// calendarFlags are shared by the commands that read calendars.
type calendarFlags struct {
	Files []string `arg:"" name:"file" help:"Calendar files (.ics), folders of them, or - for standard input."`

	Rep      []string     `sep:"none" placeholder:"ADDRESS" help:"Your own address; again for each alias. The first is the main one. Default: the calendar's name, where that is an address."`
	Internal []string     `sep:"none" placeholder:"DOMAIN" help:"A domain of your own company, besides that of --rep. Repeatable."`
	Ignore   []string     `sep:"none" placeholder:"ADDRESS|DOMAIN" help:"Somebody who is no prospect. Repeatable."`
	Split    []string     `sep:"none" placeholder:"DOMAIN" help:"A domain at which each person is a prospect of their own. Repeatable."`
	Now      moment       `placeholder:"TIME" help:"The time to judge by. Default: the clock."`
	Timezone string       `placeholder:"ZONE" help:"Your time zone, such as Europe/Berlin. Default: the calendar's, else this machine's."`
	Holidays []string     `sep:"none" placeholder:"REGION" help:"Whose public holidays are days off: us, us-ca, gb-sct, de-by, … Repeatable."`
	Hours    string       `default:"09:00-17:00" help:"Your working hours."`
	Format   outputFormat `placeholder:"table|json|ics" help:"How to print. Default: table, or what the name given to --out ends in."`
	Out      string       `placeholder:"FILE" help:"Write the result to this file instead of standard output."`
}

// outputFormat is how a command prints: table, json or ics.
type outputFormat string

// UnmarshalText reads f from a flag.
func (f *outputFormat) UnmarshalText(text []byte) error {
	switch *f = outputFormat(text); *f {
	case "table", "json", "ics":
		return nil
	}
	return fmt.Errorf("%q is none of table, json and ics", text)
}

// format returns how to print.
func (f *calendarFlags) format() outputFormat {
	if f.Format != "" {
		return f.Format
	}
	switch extension := strings.ToLower(filepath.Ext(f.Out)); extension {
	case ".json", ".ics":
		return outputFormat(extension[1:])
	}
	return "table"
}

// settings makes the rep's settings, and the time to judge by, from the flags and
// from what the calendars say of themselves.
func (w *world) settings(f *calendarFlags, in *input) (scheduler.Settings, time.Time, error) {
	none := func(err error) (scheduler.Settings, time.Time, error) { return scheduler.Settings{}, time.Time{}, err }
	zone, err := w.zone(f.Timezone, in)
	if err != nil {
		return none(err)
	}
	s := scheduler.DefaultSettings(zone)
	if s.Addresses, err = repAddresses(f.Rep, in.name); err != nil {
		return none(err)
	}
	if s.Internal, err = parseDomains("--internal", f.Internal); err != nil {
		return none(err)
	}
	if s.Split, err = parseDomains("--split", f.Split); err != nil {
		return none(err)
	}
	if s.Ignored, err = parseIgnored(f.Ignore); err != nil {
		return none(err)
	}
	if s.Holidays, err = parseRegions("--holidays", f.Holidays); err != nil {
		return none(err)
	}
	if s.Hours, err = parseHours("--hours", f.Hours); err != nil {
		return none(err)
	}
	now := w.now().UTC().Truncate(time.Second)
	if f.Now != "" {
		now, err = f.Now.in("--now", zone)
	}
	return s, now, err
}

func repAddresses(given []string, calendarName string) ([]string, error) {
	var addresses []string
	for _, g := range given {
		address, ok := scheduler.ParseAddress(g)
		if !ok {
			return nil, usagef("--rep %q is no mail address", g)
		}
		addresses = append(addresses, address)
	}
	if len(addresses) > 0 {
		return addresses, nil
	}
	if address, ok := scheduler.ParseAddress(calendarName); ok {
		return []string{address}, nil
	}
	return nil, usagef("whose calendar is it? Say --rep you@company.com (the calendar's own name is no address)")
}

// parseDomains reads domains as addresses are read: lower case, in ASCII.
func parseDomains(flag string, given []string) ([]string, error) {
	var domains []string
	for _, g := range given {
		address, ok := scheduler.ParseAddress("x@" + strings.TrimPrefix(g, "@"))
		if !ok {
			return nil, usagef("%s %q is no domain such as acme.com", flag, g)
		}
		domains = append(domains, strings.TrimPrefix(address, "x@"))
	}
	return domains, nil
}

func parseIgnored(given []string) ([]string, error) {
	var ignored []string
	for _, g := range given {
		if address, ok := scheduler.ParseAddress(g); ok {
			ignored = append(ignored, address)
			continue
		}
		domains, err := parseDomains("--ignore", []string{g})
		if err != nil {
			return nil, usagef("--ignore %q is neither a mail address nor a domain", g)
		}
		ignored = append(ignored, domains...)
	}
	return ignored, nil
}

func parseRegions(flag string, given []string) ([]scheduler.Region, error) {
	var regions []scheduler.Region
	for _, g := range given {
		region, err := scheduler.ParseRegion(g)
		if err != nil {
			return nil, usagef("%s: %w", flag, err)
		}
		regions = append(regions, region)
	}
	return regions, nil
}

func parseHours(flag, given string) (scheduler.Hours, error) {
	hours, err := scheduler.ParseHours(given)
	if err != nil {
		return scheduler.Hours{}, usagef("%s: %w", flag, err)
	}
	return hours, nil
}

// zone returns the rep's zone: the one asked for, else the first calendar's own,
// else the machine's.
func (w *world) zone(name string, in *input) (*time.Location, error) {
	if name != "" {
		return loadZone("--timezone", name)
	}
	for _, c := range in.calendars {
		if c.Zone != nil {
			return c.Zone, nil
		}
	}
	return w.machineZone(), nil
}

func loadZone(flag, name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, usagef("%s %q is no time zone such as Europe/Berlin", flag, name)
	}
	return zone, nil
}

// machineZone returns the zone this machine is set to, by its name, so that it can
// be printed; UTC where the name is not to be found.
func (w *world) machineZone() *time.Location {
	name := strings.TrimPrefix(w.getenv("TZ"), ":")
	if name == "" {
		if link, err := os.Readlink("/etc/localtime"); err == nil {
			_, name, _ = strings.Cut(link, "zoneinfo/")
		}
	}
	if zone, err := time.LoadLocation(name); err == nil && name != "Local" {
		return zone
	}
	return time.UTC
}
