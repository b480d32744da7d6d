"""Says what Thunderbird has of its calendars, from the cache of the profile given, as
read_calendar.py does. Thunderbird keeps the file for itself, so a copy is read."""
import datetime
import glob
import json
import os
import shutil
import sqlite3
import sys
import tempfile

with tempfile.TemporaryDirectory() as copy:
    for name in glob.glob(os.path.join(sys.argv[1], "calendar-data", "cache.sqlite*")):
        shutil.copy(name, copy)
    try:
        rows = sqlite3.connect(os.path.join(copy, "cache.sqlite")).execute("SELECT id, title, event_start FROM cal_events").fetchall()
    except sqlite3.DatabaseError:  # it is being made, or written
        rows = []
    print("{}")
    for uid, title, start in rows:
        when = datetime.datetime.fromtimestamp(start / 1e6, datetime.timezone.utc)
        print(json.dumps({"uid": uid, "summary": title or "", "start": when.isoformat()}))
