package ics

import (
	"strings"
	"time"
)

// ownZone is a VTIMEZONE, not compiled: its content lines, and where it begins.
type ownZone struct {
	text string
	line int
}

// calendarZone sets the zone of the VCALENDAR, from its X-WR-TIMEZONE.
func (r *reader) calendarZone(tzid string) {
	if tzid == "" || r.vcal.zone != nil {
		return
	}
	zone, ok := r.zones.find(tzid)
	if !ok {
		r.warn.add(r.scan.line, "X-WR-TIMEZONE %s is no known zone: ignored", quote(tzid))
		return
	}
	r.vcal.zone = zone
	if r.cal.Zone == nil {
		r.cal.Zone = zone
	}
}

// endZone stores a complete VTIMEZONE that names no zone known anyway, to be
// compiled when a time needs it.
func (r *reader) endZone() {
	if f := r.kept.broken; f != nil {
		r.warn.add(f.line, "%s: VTIMEZONE ignored", f.text)
		return
	}
	tzid := zoneKey(unescape(r.kept.tzid))
	if _, known := r.zones.find(tzid); known || r.vcal.own[tzid].text != "" {
		return
	}
	switch {
	case tzid == "":
		r.warn.add(r.kept.begin.line, "VTIMEZONE without a TZID: ignored")
	case len(r.vcal.own) == maxZones:
		r.warn.add(r.kept.begin.line, "more than %d VTIMEZONEs: ignored", maxZones)
	default:
		r.vcal.own[tzid] = ownZone{string(r.kept.text), r.kept.begin.line}
	}
}

// zoneKnown returns the zone that a TZID parameter means: by its name, or by a
// VTIMEZONE read so far.
func (r *reader) zoneKnown(param string) (*time.Location, bool) {
	if zone, ok := r.vcal.found[param]; ok {
		return zone, true
	}
	tzid := zoneKey(param)
	zone, ok := r.zones.find(tzid)
	if !ok {
		zone, ok = r.compile(r.vcal.own[tzid])
	}
	if ok && len(r.vcal.found) < maxZoneNames {
		r.vcal.found[strings.Clone(param)] = zone
	}
	return zone, ok
}

// zone returns the zone that p's TZID means, nil without one. An unknown TZID
// means the zone of the VCALENDAR, with one warning.
func (e *eventReader) zone(p prop) *time.Location {
	param, r := p.param("TZID"), e.r
	if param == "" {
		return nil
	}
	zone, ok := r.zoneKnown(param)
	if ok {
		return zone
	}
	if !r.warned[param] {
		e.warn(p, "TZID %s is no known zone: its times are read %s", quote(param), r.insteadOfZone())
	}
	if len(r.warned) < maxZoneNames {
		r.warned[param] = true
	}
	return r.vcal.zone
}

func (r *reader) insteadOfZone() string {
	if r.vcal.zone == nil {
		return "as local times"
	}
	return "in " + r.vcal.zone.String() + ", the calendar's zone"
}

// compile compiles own, once for all VCALENDARs of the file that repeat it. The
// zero ownZone is none.
func (r *reader) compile(own ownZone) (*time.Location, bool) {
	zone, done := r.compiled[own.text]
	if own.text == "" || done || len(r.compiled) == maxZones {
		return zone, zone != nil
	}
	component, err := r.decoder.decode([]byte(own.text))
	if err == nil {
		zone, err = compileZone(component)
	}
	if err != nil {
		zone = nil
		r.warn.add(own.line, "%s: zone ignored", oneLine(err.Error()))
	}
	r.compiled[own.text] = zone
	return zone, zone != nil
}

// zonesKnown reports whether all zones that k names are known.
func (r *reader) zonesKnown(k *kept) bool {
	for _, tzid := range k.tzids {
		if _, ok := r.zoneKnown(tzid); !ok {
			return false
		}
	}
	return true
}

// zoneKey is a TZID, from a property or a parameter, in the form in which the
// two are compared; parameter values have no case (RFC 5545 §2).
func zoneKey(tzid string) string {
	tzid = strings.ReplaceAll(decodeCaret(tzid), `"`, "")
	return strings.ToLower(trimTZID(string(cutText([]byte(tzid), maxParamValue))))
}
