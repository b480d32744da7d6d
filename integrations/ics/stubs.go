package ics

import (
	"errors"
	"time"

	ical "github.com/emersion/go-ical"
)

func compileZone(tz *ical.Component) (*time.Location, error) {
	for _, c := range tz.Children {
		if p := c.Props.Get("TZOFFSETTO"); p != nil && len(p.Value) >= 5 {
			n := (digits(p.Value[1:3])*60 + digits(p.Value[3:5])) * 60
			if p.Value[0] == '-' {
				n = -n
			}
			return time.FixedZone(tz.Props.Get("TZID").Value, n), nil
		}
	}
	return nil, errors.New("no offset")
}
