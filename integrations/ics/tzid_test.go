package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // what the program has where the machine has no zones
)

// tableLines returns the lines of an embedded table.
func tableLines(table string) []string {
	return strings.Split(strings.TrimSuffix(table, "\n"), "\n")
}

func TestFindsEveryIANAZone(t *testing.T) {
	names := tableLines(ianaZones)
	if len(names) < 590 {
		t.Fatalf("%d names", len(names))
	}
	z := newZones()
	for _, name := range names {
		want := name
		if isUTC(name) {
			want = "UTC"
		}
		for _, tzid := range []string{
			name, strings.ToLower(name), strings.ToUpper(name), `"` + name + `"`, " " + name + " ",
			"/freeassociation.sourceforge.net/Tzfile/" + name,
			"/mozilla.org/20050126_1/" + name,
		} {
			if got, ok := z.find(tzid); !ok || got.String() != want {
				t.Fatalf("find(%q) = %v, %v; want %v", tzid, got, ok, want)
			}
		}
	}
}

func TestFindsEveryWindowsZone(t *testing.T) {
	z := newZones()
	names, shown := 0, 0
	for _, line := range tableLines(windowsZones) {
		key, want, _ := strings.Cut(line, "\t")
		if isUTC(want) {
			want = "UTC"
		}
		tzids := []string{key, strings.ToUpper(key), `"` + key + `"`}
		if offset, text, ok := strings.Cut(key, ") "); ok {
			offset = offset[1:]
			dotted := strings.Replace(offset, ":", ".", 1)
			tzids = []string{"(UTC" + offset + ") " + text, `"(GMT` + dotted + ") " + strings.ToUpper(text) + `"`}
			shown++
		} else {
			names++
		}
		for _, tzid := range tzids {
			if got, ok := z.find(tzid); !ok || got.String() != want {
				t.Errorf("find(%q) = %v, %v; want %v", tzid, got, ok, want)
			}
		}
	}
	if names != 139 || shown < 150 {
		t.Errorf("%d names and %d ways to show them; CLDR 48 has 139 names", names, shown)
	}
}

func TestFindsAwkwardForms(t *testing.T) {
	tests := []struct{ name, tzid, want string }{
		{"UTC", "UTC", "UTC"},
		{"UTC in lower case", "utc", "UTC"},
		{"Z", "Z", "UTC"},
		{"UTC by another name", "Etc/Zulu", "UTC"},
		{"GMT", "GMT", "GMT"},
		{"GMT with no offset", "GMT+0", "GMT+0"},
		{"IANA offset, whose sign is the other way round", "Etc/GMT+5", "Etc/GMT+5"},
		{"old IANA name", "Asia/Calcutta", "Asia/Calcutta"},
		{"new IANA name", "Europe/Kyiv", "Europe/Kyiv"},
		{"three parts", "america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"},
		{"spaces for underscores", "America/New York", "America/New_York"},
		{"single quotes", "'Europe/Berlin'", "Europe/Berlin"},
		{"quotes twice, with spaces", `" "Europe/Berlin" "`, "Europe/Berlin"},

		{"Evolution", "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"},
		{"Evolution without Tzfile", "/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"},
		{"Mozilla", "/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"},
		{"Mozilla with three parts", "/mozilla.org/20070129_1/America/Indiana/Knox", "America/Indiana/Knox"},
		{"Citadel", "/citadel.org/20210210_1/America/New_York", "America/New_York"},
		{"softwarestudio.org", "/softwarestudio.org/Olson_20011030_5/America/New_York", "America/New_York"},
		{"vendor's UTC", "/example.org/UTC", "UTC"},
		{"Microsoft's UTC", "tzone://Microsoft/Utc", "UTC"},
		{"only a slash", "/Europe/Berlin", "Europe/Berlin"},
		{"place on a disk", "/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"},

		{"Windows", "W. Europe Standard Time", "Europe/Berlin"},
		{"Windows in quotes", `"Eastern Standard Time"`, "America/New_York"},
		{"Windows in upper case", "PACIFIC STANDARD TIME", "America/Los_Angeles"},
		{"Windows with brackets", "Pacific Standard Time (Mexico)", "America/Tijuana"},
		{"Windows offset", "UTC-11", "Etc/GMT+11"},
		{"Windows zone that CLDR moved in 2022", "Mountain Standard Time (Mexico)", "America/Mazatlan"},
		{"Windows zone that CLDR moved in 2024", "Central Asia Standard Time", "Asia/Bishkek"},
		{"shown by Outlook", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
		{"shown by an older Outlook", "(GMT-05.00) Eastern Time (US & Canada)", "America/New_York"},
		{"shown by an Outlook that writes and", "(GMT-06:00) Central Time (US and Canada)", "America/Chicago"},
		{"shown with half hours", "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Calcutta"},
		{"shown without an offset", "(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/London"},
		{"shown with an offset of nothing", "(UTC+00:00) Monrovia, Reykjavik", "Atlantic/Reykjavik"},
		{"shown with more space", "(UTC-05:00)  Eastern Time (US & Canada) ", "America/New_York"},
	}
	z := newZones()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := z.find(tt.tzid)
			if !ok || got.String() != tt.want {
				t.Fatalf("find(%q) = %v, %v; want %v", tt.tzid, got, ok, tt.want)
			}
			again, _ := z.find(tt.tzid)
			named, _ := z.find(tt.want)
			if got != again || got != named {
				t.Error("the same zone is more than one pointer")
			}
		})
	}
	if utc, _ := z.find("Etc/UTC"); utc != time.UTC {
		t.Error("UTC is not time.UTC")
	}
}

func TestLeavesUnknownNames(t *testing.T) {
	tests := []struct{ name, tzid string }{
		{"nothing", ""},
		{"nothing in quotes", `""`},
		{"the machine's own zone", "Local"},
		{"the machine's own zone as a file", "localtime"},
		{"leap-second zone", "right/Europe/Berlin"},
		{"zone without leap seconds by its folder", "posix/Europe/Berlin"},
		{"leap-second zone behind a vendor", "/usr/share/zoneinfo/right/Europe/Berlin"},
		{"leap-second zone in capitals behind a vendor", "/usr/share/zoneinfo/RIGHT/Europe/Berlin"},
		{"file beside the zones", "tzdata.zi"},
		{"file beside the zones, compiled", "posixrules"},
		{"folder of zones", "Europe"},
		{"folder of zones with a slash", "Europe/"},
		{"path upwards", "../../../etc/passwd"},
		{"path upwards and down", "Europe/../Europe/Berlin"},
		{"path upwards behind a vendor", "/x/../Europe/Berlin"},
		{"path with a dot", "/x/./Europe/Berlin"},
		{"path with an empty part", "/x//Europe/Berlin"},
		{"whole path", "/etc/localtime"},
		{"path of Windows", `Europe\Berlin`},
		{"network path", `\\host\share`},
		{"path with a zero byte", "Europe/Berlin\x00"},
		{"line end inside", "Europe/\nBerlin"},
		{"bytes that are no UTF-8", "Europe/Berl\xefn"},
		{"letter that only lower case makes ASCII", "Asia/To\u212Ayo"},
		{"no zone was set", "Factory"},
		{"zone of the file", "Customized Time Zone"},
		{"Microsoft's zone of the file", "tzone://Microsoft/Custom"},
		{"offset that no table knows", "GMT+0100"},
		{"shown with another offset than Windows has", "(UTC+02:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"},
		{"shown name that became two zones", "(UTC+06:00) Astana"},
		{"shown without a name", "(UTC+01:00)"},
		{"line of the table", "w. europe standard time\tEurope/Berlin"},
		{"lines of the table", "Europe/Berlin\nEurope/Bratislava"},
		{"too long", "/" + strings.Repeat("x", maxTZID) + "/Europe/Berlin"},
	}
	z := newZones()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if name, ok := knownZone(tt.tzid); ok {
				t.Errorf("knownZone(%q) = %q", tt.tzid, name)
			}
			if loc, ok := z.find(tt.tzid); ok {
				t.Errorf("find(%q) = %v", tt.tzid, loc)
			}
		})
	}
	if len(z.loaded) > 0 {
		t.Errorf("unknown names were remembered: %v", z.loaded)
	}
}

func TestRemembersOnlySoManySpellings(t *testing.T) {
	z := newZones()
	for i := range 3 * maxSpellings {
		if _, ok := z.find(fmt.Sprintf("/v%d/Europe/Berlin", i)); !ok {
			t.Fatal("not found")
		}
	}
	if len(z.loaded) > maxSpellings+1 {
		t.Errorf("%d TZIDs are remembered", len(z.loaded))
	}
}

func BenchmarkFindZone(b *testing.B) {
	b.Run("known", func(b *testing.B) {
		z := newZones()
		b.ReportAllocs()
		for b.Loop() {
			z.find("W. Europe Standard Time")
		}
	})
	b.Run("unknown", func(b *testing.B) {
		z := newZones()
		b.ReportAllocs()
		for b.Loop() {
			z.find("Customized Time Zone")
		}
	})
}
