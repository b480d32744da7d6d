"""Reads the calendar on standard input with python3-vobject, as read_calendar.py does."""
import json
import sys

import vobject


def text(event, name):
    return str(event.contents[name][0].value) if name in event.contents else ""


calendar = vobject.readOne(sys.stdin.buffer.read().decode())
print(json.dumps({"name": text(calendar, "name"), "wr_name": text(calendar, "x-wr-calname"), "names": sorted(n.upper() for n in calendar.contents)}))
for event in calendar.contents.get("vevent", []):
    print(json.dumps({
        "uid": text(event, "uid"),
        "summary": text(event, "summary"),
        "description": text(event, "description"),
        "start": event.dtstart.value.isoformat(),
        "end": (event.dtend if "dtend" in event.contents else event.dtstart).value.isoformat(),
        "names": sorted(n.upper() for n in event.contents),
    }))
