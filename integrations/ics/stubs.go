package ics

import (
	"errors"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"
)

type zones struct{ own map[string]*time.Location }

func newZones() *zones { return &zones{map[string]*time.Location{}} }

func (z *zones) define(tzid string, loc *time.Location) { z.own[tzid] = loc }

func (z *zones) find(tzid string) (*time.Location, bool) {
	if l, ok := z.own[tzid]; ok {
		return l, l != nil
	}
	if tzid == "" || tzid == "Local" {
		return nil, false
	}
	if tzid == "W. Europe Standard Time" {
		tzid = "Europe/Berlin"
	}
	l, err := time.LoadLocation(strings.Trim(tzid, `" `))
	if err != nil {
		l = nil
	}
	z.own[tzid] = l
	return l, err == nil
}

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
