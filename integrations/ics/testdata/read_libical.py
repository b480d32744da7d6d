"""Reads the calendar on standard input with libical itself, as read_calendar.py does."""
import ctypes
import json
import sys

lib = ctypes.CDLL("libical.so.3")
for name, result in [
    ("icalparser_parse_string", ctypes.c_void_p), ("icalcomponent_get_first_component", ctypes.c_void_p),
    ("icalcomponent_get_next_component", ctypes.c_void_p), ("icalcomponent_get_first_property", ctypes.c_void_p),
    ("icalcomponent_get_next_property", ctypes.c_void_p), ("icalproperty_get_property_name", ctypes.c_char_p),
    ("icalproperty_get_value", ctypes.c_void_p), ("icalvalue_get_text", ctypes.c_char_p),
    ("icalproperty_get_value_as_string", ctypes.c_char_p),
]:
    getattr(lib, name).restype = result
for name in ["icalproperty_get_property_name", "icalproperty_get_value", "icalvalue_get_text", "icalproperty_get_value_as_string"]:
    getattr(lib, name).argtypes = [ctypes.c_void_p]
lib.icalparser_parse_string.argtypes = [ctypes.c_char_p]
for name in ["icalcomponent_get_first_component", "icalcomponent_get_next_component", "icalcomponent_get_first_property", "icalcomponent_get_next_property"]:
    getattr(lib, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
lib.icalcomponent_string_to_kind.argtypes = [ctypes.c_char_p]

EVENT = lib.icalcomponent_string_to_kind(b"VEVENT")
ANY = 0  # of properties
TEXTS = {"UID", "SUMMARY", "DESCRIPTION", "NAME"}  # what begins with X- has no type here


def properties(component):
    found = {}
    prop = lib.icalcomponent_get_first_property(component, ANY)
    while prop:
        name = lib.icalproperty_get_property_name(prop).decode()
        value = lib.icalproperty_get_value(prop)
        raw = lib.icalvalue_get_text(value) if name in TEXTS else lib.icalproperty_get_value_as_string(prop)
        found.setdefault(name, []).append((raw or b"").decode())
        prop = lib.icalcomponent_get_next_property(component, ANY)
    return found


def names(found):
    return sorted(name for name, values in found.items() for _ in values)


calendar = lib.icalparser_parse_string(sys.stdin.buffer.read())
own = properties(calendar)
print(json.dumps({"name": own.get("NAME", [""])[0], "wr_name": own.get("X-WR-CALNAME", [""])[0], "names": names(own)}))
event = lib.icalcomponent_get_first_component(calendar, EVENT)
while event:
    found = properties(event)
    print(json.dumps({
        "uid": found["UID"][0],
        "summary": found.get("SUMMARY", [""])[0],
        "description": found.get("DESCRIPTION", [""])[0],
        "start": found["DTSTART"][0],
        "end": found.get("DTEND", found["DTSTART"])[0],
        "names": names(found),
    }))
    event = lib.icalcomponent_get_next_component(calendar, EVENT)
