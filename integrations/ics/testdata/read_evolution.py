"""Subscribes to the feed at the address given with Evolution's data server, in a home and
on a bus of its own. For each line on standard input it fetches the feed and says what is
in it, as read_calendar.py does, and then an empty line."""
import json
import os
import sys
import urllib.parse

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
from gi.repository import ECal, EDataServer  # noqa: E402

address = urllib.parse.urlsplit(sys.argv[1])
sources = os.path.join(os.environ["XDG_CONFIG_HOME"], "evolution", "sources")
os.makedirs(sources)
with open(os.path.join(sources, "feed.source"), "w", encoding="utf-8") as source:
    source.write(f"""[Data Source]
DisplayName=Feed
Enabled=true
Parent=webcal-stub

[Calendar]
BackendName=webcal

[Security]
Method=none

[Authentication]
Host={address.hostname}
Port={address.port or 443}
Method=none

[WebDAV Backend]
ResourcePath={address.path}

[Offline]
StaySynchronized=true

[Refresh]
Enabled=false
""")

registry = EDataServer.SourceRegistry.new_sync(None)
client = ECal.Client.connect_sync(registry.ref_source("feed"), ECal.ClientSourceType.EVENTS, 30, None)

for _ in sys.stdin:
    client.refresh_sync(None)
    _, components = client.get_object_list_sync("#t", None)
    for component in components:
        print(json.dumps({
            "uid": component.get_uid(),
            "summary": component.get_summary() or "",
            "start": component.get_dtstart().as_ical_string(),
        }))
    print("", flush=True)
