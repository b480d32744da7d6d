package scheduler

import (
	"strings"
	"testing"
	"time"
)

func TestParseRegion(t *testing.T) {
	tests := []struct {
		name, in string
		want     Region
		wantErr  string // a part of it
	}{
		{"a country", "us", "us", ""},
		{"a subdivision", "de-by", "de-by", ""},
		{"a city within a subdivision", "de-by-a", "de-by-a", ""},
		{"upper case", "US-CA", "us-ca", ""},
		{"an underscore", "gb_sct", "gb-sct", ""},
		{"space around it", " ie ", "ie", ""},
		{"England", "gb-eng", "gb-eng", ""},
		{"Madrid", "es-md", "es-md", ""},
		{"Zürich", "ch-zh", "ch-zh", ""},
		{"New South Wales", "au-nsw", "au-nsw", ""},
		{"Ontario", "ca-on", "ca-on", ""},
		{"Quebec", "ca-qc", "ca-qc", ""},
		{"the United Kingdom as people write it", "UK", "gb", ""},
		{"a subdivision without days of its own is its country", "fr-69", "fr", ""},
		{"one two levels down is the level that has days", "es-m", "es-md", ""},
		{"a province that the data has a level lower", "it-mi", "it-25-mi", ""},
		{"a province whose code is an island's in the data", "es-gc", "es-cn", ""},
		{"a code that ISO has replaced in the data's stead", "in-od", "in-or", ""},
		{"a territory with a country code of its own", "us-pr", "pr", ""},

		{"nothing", "", "", `unknown holiday region ""`},
		{"a country that is none", "qq", "", `unknown holiday region "qq": did you mean`},
		{"a country's name", "Germany", "", `did you mean de?`},
		{"a country's three letters", "usa", "", `did you mean us, `},
		{"an unknown subdivision", "de-xx", "", `unknown holiday region "de-xx": did you mean de-bb, de-be, de-bw, de-by, de-hb, …?`},
		{"a subdivision with a slip", "us-cx", "", `did you mean us-ca, us-co, us-ct`},
		{"an unknown subdivision where none has days of its own", "sg-xx", "", `did you mean sg?`},
		{"an unknown city", "de-by-xx", "", `did you mean de-by-a, de-by-kath?`},
		{"a country without data", "qa", "", `no public holidays are known for "qa" (Qatar)`},
		{"a part of a country without data", "qa-da", "", `no public holidays are known for "qa-da"`},
		{"a territory whose country's days it does not share", "cn-mo", "", `no public holidays are known for "cn-mo"`},
		{"far from anything", "mars-colony", "", `use an ISO 3166 code`},
		{"a line of the table", "us us United States of America", "", `unknown holiday region`},
		{"the table's header", "#", "", `unknown holiday region`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseRegion(test.in)
			if got != test.want {
				t.Errorf("ParseRegion(%q) = %q, want %q", test.in, got, test.want)
			}
			if msg := errorText(err); !strings.Contains(msg, test.wantErr) || (test.wantErr == "") != (err == nil) {
				t.Errorf("ParseRegion(%q): error %q, want %q in it", test.in, msg, test.wantErr)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestEveryRegionOfTheTableParsesAndHasHolidaysEveryYear(t *testing.T) {
	first, last := holidayYears()
	regions := tableRegions()
	if len(regions) < 500 {
		t.Fatalf("%d regions in the table, want all of some 500", len(regions))
	}
	for _, r := range regions {
		if got, err := ParseRegion(string(r)); got != r || err != nil {
			t.Errorf("ParseRegion(%q) = %q, %v", r, got, err)
		}
		h := r.Holidays()
		for year := first; year <= last; year++ {
			if len(holidaysIn(h, year)) == 0 {
				t.Errorf("%s has no holiday in %d", r, year)
			}
		}
	}
}

func TestEveryCodeHasABlockOrNoHolidaysAtAll(t *testing.T) {
	entries := 0
	for e := range regionEntries {
		entries++
		if e.holidays == "-" {
			continue
		}
		if block(holidayTable, e.holidays) == "" {
			t.Errorf("%s has the holidays of %s, which is not in the table", e.code, e.holidays)
		}
	}
	if entries < 5000 {
		t.Errorf("%d codes, want those of ISO 3166, some 5000", entries)
	}
}

// tableRegions returns the regions that have a block in the holiday table.
func tableRegions() []Region {
	var regions []Region
	for line := range strings.Lines(holidayTable) {
		if !continues(line[0]) && line[0] != '#' {
			regions = append(regions, Region(firstWord(line)))
		}
	}
	return regions
}

// holidaysIn returns the days of a year that are holidays, weekends included.
func holidaysIn(h *Holidays, year int) []Date {
	var days []Date
	for d := NewDate(year, time.January, 1); d < NewDate(year+1, time.January, 1); d++ {
		if _, ok := h.On(d); ok {
			days = append(days, d)
		}
	}
	return days
}
