"""Expands random events for the differential test of `holdfast agenda`.

Reads {"calendars": [{"zone", "from", "to", "events": [{"uid", "text", "peer"}]}]}
from standard input: the text is the VEVENTs of one UID, the zone is the reader's,
the window is half-open. Writes, for each calendar, {uid: {"dateutil": [...],
"peer": [...] or null}} with one line "recurrence-id start end title" an instance.

There are two expansions. "peer" is recurring-ical-events, for the events that the
test says it reads by RFC 5545. "dateutil" takes only recurrence rules from a
library, python-dateutil, and applies Holdfast's rules for the rest of it, for all
events. Both read with icalendar, and tell wall-clock times with zoneinfo, whose
fold=0 is RFC 5545's reading of a time that happens twice or never.
"""

import datetime
import json
import multiprocessing
import re
import sys
import warnings
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil import rrule

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
MIDNIGHT = datetime.time()


class Moment:
    """A date or a wall-clock time, and the zone it is in: None is the reader's."""

    def __init__(self, wall, zone=None, dated=False):
        self.wall, self.zone, self.dated = wall, zone, dated

    @classmethod
    def of(cls, value):
        if not isinstance(value, datetime.datetime):
            return cls(datetime.datetime.combine(value, MIDNIGHT), dated=True)
        name = value.tzinfo and (getattr(value.tzinfo, "zone", None) or "UTC")
        return cls(value.replace(tzinfo=None), name and ZoneInfo(name))

    def instant(self, local):
        return resolve(self.wall, self.zone or local)

    def wall_in(self, zone, local):
        if self.dated or (self.zone or local) == zone:
            return self.wall
        return self.instant(local).astimezone(zone).replace(tzinfo=None)


def resolve(wall, zone):
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def values(component, name):
    """All values of a property that may be repeated and may be lists."""
    found = component.get(name, [])
    for prop in found if isinstance(found, list) else [found]:
        yield from (value.dt for value in prop.dts)


def duration(text):
    """The days of a DURATION, which are wall-clock days, and the exact rest."""
    days = re.match(r"P(?:(\d+)W)?(?:(\d+)D)?", str(text))
    days = datetime.timedelta(weeks=int(days[1] or 0), days=int(days[2] or 0))
    return days, icalendar.vDuration.from_ical(str(text)) - days


def rules(component):
    found = component.get("X-RRULE", [])
    return [str(rule) for rule in (found if isinstance(found, list) else [found])]


class Component:
    """A VEVENT: when it is, and how long."""

    def __init__(self, vevent, local):
        self.vevent, self.local = vevent, local
        self.title = str(vevent.get("SUMMARY", ""))
        self.start = Moment.of(vevent["DTSTART"].dt)
        self.zone = self.start.zone or local
        if "RECURRENCE-ID" in vevent:
            self.original = Moment.of(vevent["RECURRENCE-ID"].dt)
            self.range = vevent["RECURRENCE-ID"].params.get("RANGE")
        modified = vevent.get("LAST-MODIFIED")
        self.version = int(vevent.get("SEQUENCE", 0)), modified.dt.timestamp() if modified else 0

    def end_after(self, wall):
        """The end of the instance that starts at wall, as an instant or a date."""
        end, days, rest = self.vevent.get("DTEND"), *duration(self.vevent.get("X-DURATION", "PT0S"))
        if self.start.dated:
            return wall + ((end.dt - self.vevent["DTSTART"].dt) if end else (days or DAY))
        if end:
            length = Moment.of(end.dt).instant(self.local) - self.start.instant(self.local)
            return resolve(wall, self.zone) + length
        return resolve(wall + days, self.zone) + rest

    def begin(self, wall):
        return wall if self.start.dated else resolve(wall, self.zone)


def rule_walls(rule, start, horizon, local):
    """The wall-clock times of a rule from start to the horizon."""
    parts = dict(part.split("=") for part in rule.split(";"))
    until = parts.pop("UNTIL", None)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        walls = rrule.rrulestr(text, dtstart=start.wall)
    except ValueError:  # its hours, minutes or seconds are never reached
        return
    for wall in walls:
        if wall > horizon or until and past(wall, until, start):
            return
        yield wall


def over(rule, start):
    until = dict(part.split("=") for part in rule.split(";")).get("UNTIL")
    return until and past(start.wall, until, start)


def past(wall, until, start):
    if len(until) == 8:
        return wall.strftime("%Y%m%d") > until
    limit = datetime.datetime.strptime(until.rstrip("Z"), "%Y%m%dT%H%M%S")
    if until.endswith("Z") and start.zone:
        return resolve(wall, start.zone) > limit.replace(tzinfo=UTC)
    return wall > limit


class Series:
    """A series and its overrides, read by Holdfast's rules."""

    def __init__(self, master, overrides, local):
        self.master, self.local = master, local
        self.overrides = {self.key(o.original): o for o in overrides}
        self.later = sorted((key, o) for key, o in self.overrides.items() if o.range)

    def key(self, moment):
        """What tells the instances apart: the original start, read as the series."""
        start = self.master.start
        if start.dated:
            return datetime.datetime.combine(moment.wall.date(), MIDNIGHT)
        if moment.dated:  # a date means that day's instance
            return resolve(datetime.datetime.combine(moment.wall.date(), start.wall.time()), self.master.zone)
        return resolve(moment.wall, moment.zone or self.master.zone)

    def removed(self):
        instants, days = set(), set()
        for value in values(self.master.vevent, "EXDATE"):
            moment = Moment.of(value)
            if moment.dated or self.master.start.dated:
                days.add(moment.wall.date())
            else:
                instants.add(self.key(moment))
        return instants, days

    def starts(self, horizon):
        """Wall-clock starts, each with the end that an RDATE gives it, or None."""
        master = self.master
        ruled = rules(master.vevent)
        starts = {master.start.wall: None}
        if ruled and all(over(rule, master.start) for rule in ruled):
            starts = {}  # the series was cut off at its first instance
        for rule in ruled:
            starts.update((wall, None) for wall in rule_walls(rule, master.start, horizon, self.local))
        for value in values(master.vevent, "RDATE"):
            first, end = value if isinstance(value, tuple) else (value, None)
            moment = Moment.of(first)
            if not moment.dated and not moment.zone:
                moment.zone = master.zone
            if isinstance(end, datetime.timedelta):
                end = resolve(moment.wall, moment.zone or self.master.zone) + end
            elif end:
                end = Moment.of(end).instant(master.zone)
            starts[moment.wall_in(master.zone, self.local)] = end
        return starts

    def instances(self, horizon):
        instants, days = self.removed()
        seen = set()
        for key, override in self.overrides.items():
            seen.add(key)
            yield key, override.begin(override.start.wall), override.end_after(override.start.wall), override
        starts = self.starts(horizon)
        for wall, end in starts.items():
            key = self.master.begin(wall)
            if key in seen or key in instants or wall.date() in days or self.repeated(wall) in starts:
                continue
            override = next((o for at, o in reversed(self.later) if at <= key), None)
            if override:
                yield (key, *self.moved(override, wall), override)
            else:
                yield key, key, end or self.master.end_after(wall), self.master

    def repeated(self, wall):
        """What clocks show instead of wall, where they skip it: two starts at one
        instant are one."""
        shown = resolve(wall, self.master.zone).astimezone(self.master.zone).replace(tzinfo=None)
        return shown if shown != wall and not self.master.start.dated else None

    def moved(self, override, wall):
        """Where an override of all later instances puts the one at wall."""
        zone = override.start.zone or self.master.zone
        original = override.original
        if not original.dated and not original.zone:
            original.zone = self.master.zone
        shift = override.start.wall - original.wall_in(zone, self.local)
        there = Moment(wall, self.master.zone, self.master.start.dated).wall_in(zone, self.local) + shift
        return override.begin(there), override.end_after(there)


def by_dateutil(text, local, window):
    # icalendar drops a rule with a number of two digits in BYDAY, and does not tell
    # PT24H from P1D: both it gives as text.
    calendar = parse(text.replace("\r\nRRULE:", "\r\nX-RRULE:").replace("\r\nDURATION:", "\r\nX-DURATION:"))
    components = [Component(v, local) for v in calendar.walk("VEVENT")]
    best = {}
    for c in components:
        key = c.original.instant(local) if "RECURRENCE-ID" in c.vevent else None
        if key not in best or c.version > best[key].version:
            best[key] = c
    master = best.pop(None)
    recurs = best or rules(master.vevent) or "RDATE" in master.vevent
    horizon = window[1].replace(tzinfo=None) + 70 * DAY
    found = Series(master, best.values(), local).instances(horizon)
    return lines(((o if recurs else None, s, e, c.title) for o, s, e, c in found), local, window)


def by_peer(text, local, window):
    """recurring-ical-events, its pytz times resolved anew: it reads a time that
    happens twice as the second. An all-day event without an end lasts a day."""
    found = []
    calendar = parse(text)
    recurs = any(v.get("RRULE") or v.get("RDATE") or v.get("RECURRENCE-ID") for v in calendar.walk("VEVENT"))
    wide = window[0].date() - 3 * DAY, window[1].date() + 3 * DAY
    for event in recurring_ical_events.of(calendar).between(*wide):
        begin, stop = event["DTSTART"].dt, event["DTEND"].dt
        original = Moment.of(event.get("RECURRENCE-ID", event["DTSTART"]).dt)
        start = Moment.of(begin)
        first = start.wall if start.dated else start.instant(local)
        end = first + (stop - begin if stop > begin or not start.dated else DAY)
        named = original.wall if original.dated else original.instant(local)
        found.append((named if recurs else None, first, end, str(event.get("SUMMARY", ""))))
    return lines(found, local, window)


def lines(instances, local, window):
    found = set()
    for original, start, end, title in instances:
        end = max(start, end)
        first, last = (at if at.tzinfo else resolve(at, local) for at in (start, end))
        if first < window[1] and (last > window[0] or first == last == window[0]):
            found.add(f"{shown(original)} {shown(start)} {shown(end)} {title}")
    return sorted(found)


def shown(at):
    if at is None:
        return "-"
    return at.strftime("%Y-%m-%dT%H:%M:%SZ" if at.tzinfo else "%Y-%m-%d")


def parse(text):
    return icalendar.Calendar.from_ical(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{text}END:VCALENDAR\r\n")


def expand(calendar):
    local = ZoneInfo(calendar["zone"])
    window = [datetime.datetime.fromisoformat(calendar[side].replace("Z", "+00:00")) for side in ("from", "to")]
    return {
        event["uid"]: {
            "dateutil": by_dateutil(event["text"], local, window),
            "peer": by_peer(event["text"], local, window) if event["peer"] else None,
        }
        for event in calendar["events"]
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with multiprocessing.Pool() as pool:
        json.dump(pool.map(expand, json.load(sys.stdin)["calendars"]), sys.stdout)
