"""Reads the calendar on standard input with python3-icalendar, a JSON object a line.

The first line has the calendar's own names; every other one is an event.
"""
import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
print(json.dumps({"name": str(calendar.get("NAME", "")), "wr_name": str(calendar.get("X-WR-CALNAME", "")),
                  "names": sorted(calendar.keys())}))
for event in calendar.walk("VEVENT"):
    print(json.dumps({
        "uid": str(event["UID"]),
        "summary": str(event.get("SUMMARY", "")),
        "description": str(event.get("DESCRIPTION", "")),
        "start": event["DTSTART"].dt.isoformat(),
        "end": event.get("DTEND", event["DTSTART"]).dt.isoformat(),
        "stamp": event["DTSTAMP"].dt.isoformat(),
        "status": str(event["STATUS"]),
        "transp": str(event["TRANSP"]),
        "class": str(event.get("CLASS", "")),
        "kind": str(event.get("X-HOLDFAST-KIND", "")),
        "id": str(event.get("X-HOLDFAST-ID", "")),
        "names": sorted(event.keys()),
    }))
