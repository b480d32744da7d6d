"""Expands recurrence rules with python-dateutil, as a peer for the tests.

Reads JSON lines {"rule", "start", "zone", "from", "to", "limit"} and writes one
line for each: {"walls", "instants"}, the occurrences in [from, to), at most limit.
All times are wall-clock times without an offset; instants are Unix seconds.
"""

import datetime
import json
import sys
import types
import warnings

from dateutil import rrule, tz

warnings.simplefilter("ignore")  # COUNT with UNTIL
FORM = "%Y-%m-%dT%H:%M:%S"


def end_with(year):
    """Makes dateutil give up after a year, for rules that never match."""
    rrule.datetime = types.SimpleNamespace(**vars(datetime))
    rrule.datetime.MAXYEAR = year


def expand(case):
    zone = tz.gettz(case["zone"]) if case["zone"] else None
    start = datetime.datetime.strptime(case["start"], FORM).replace(tzinfo=zone)
    low, high = (datetime.datetime.strptime(case[key], FORM) for key in ("from", "to"))
    end_with(high.year)
    try:
        rule = rrule.rrulestr(case["rule"], dtstart=start)
    except ValueError as error:
        # Its word for a rule that cannot match at any time of the day.
        if "empty set" in str(error) or "Invalid combination" in str(error):
            return []
        raise
    found = []
    try:
        for at in rule:
            if at.replace(tzinfo=None) >= high or len(found) == case["limit"]:
                break
            if at.replace(tzinfo=None) >= low:
                found.append(at)
    except ValueError as error:
        if "Invalid combination" not in str(error):
            raise
    return found


def instant(at):
    # RFC 5545 reads a time in a gap with the offset before it, and of two the first.
    return int(tz.resolve_imaginary(at).timestamp()) if at.tzinfo else 0


for line in sys.stdin:
    occurrences = expand(json.loads(line))
    print(json.dumps({
        "walls": [at.strftime(FORM) for at in occurrences],
        "instants": [instant(at) for at in occurrences],
    }))
