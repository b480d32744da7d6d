package scheduler

import (
	"testing"
	"time"
)

func TestHolidayOf(t *testing.T) {
	tests := []struct {
		name   string
		region Region
		day    Date
		want   string // empty: a working day
	}{
		{"a federal holiday", "us", NewDate(2026, time.November, 26), "Thanksgiving Day"},
		{"a Saturday holiday is observed on Friday", "us", NewDate(2026, time.July, 3), "Independence Day (substitute day)"},
		{"the Saturday itself", "us", NewDate(2026, time.July, 4), "Independence Day"},
		{"next year's first day, observed in this one", "us", NewDate(2027, time.December, 31), "New Year's Day (substitute day)"},
		{"Veterans Day on a Saturday is observed on Friday", "us", NewDate(2028, time.November, 10), "Veterans Day (substitute day)"},
		{"a subdivision has its country's days", "us-ca", NewDate(2026, time.November, 26), "Thanksgiving Day"},
		{"and its own", "us-ca", NewDate(2026, time.March, 31), "César Chávez Day"},
		{"under its own name", "us-ca", NewDate(2026, time.February, 16), "Presidents' Day"},
		{"less those it does not keep", "us-ca", NewDate(2026, time.October, 12), ""},
		{"a city has its state's days", "de-by-a", NewDate(2026, time.January, 6), "Epiphany"},
		{"and its country's", "de-by-a", NewDate(2026, time.May, 1), "Labour Day"},
		{"and its own", "de-by-a", NewDate(2028, time.August, 8), "Augsburg Peace Festival"},
		{"which the state does not have", "de-by", NewDate(2028, time.August, 8), ""},

		{"a feast from sunset is the day after", "il", NewDate(2026, time.September, 21), "Day of Atonement (Yom Kippur)"},
		{"not its eve", "il", NewDate(2026, time.September, 20), ""},
		{"nor the day it ends on", "il", NewDate(2026, time.September, 22), ""},
		{"a feast of 90 hours from sunset: first day", "tr", NewDate(2027, time.March, 9), "End of Ramadan (Eid al-Fitr)"},
		{"last day", "tr", NewDate(2027, time.March, 11), "End of Ramadan (Eid al-Fitr)"},
		{"the half day before", "tr", NewDate(2027, time.March, 8), ""},
		{"the half day after", "tr", NewDate(2027, time.March, 12), ""},
		{"a holiday from noon", "cn", NewDate(2027, time.March, 8), ""},
		{"an observance", "us", NewDate(2026, time.October, 30), ""},
		{"a bank holiday", "au-nsw", NewDate(2026, time.August, 3), ""},

		{"before the table", "us", NewDate(2024, time.December, 25), ""},
		{"the first day of the table", "us", NewDate(2025, time.January, 1), "New Year's Day"},
		{"the last holiday of the table", "us", NewDate(2036, time.December, 25), "Christmas Day"},
		{"after the table", "us", NewDate(2037, time.January, 1), ""},
		{"no region", "", NewDate(2026, time.January, 1), ""},
		{"a region that was never parsed", "de-xx", NewDate(2026, time.January, 1), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.region.Holiday(test.day)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("%s on %s: %q, %t, want %q", test.region, test.day, got, ok, test.want)
			}
		})
	}
}

// The federal holidays are rules that can be written down (5 U.S.C. 6103), so
// the whole table is held against them.
func TestFederalHolidaysOfEveryYear(t *testing.T) {
	first, last := holidayYears()
	federal := make(map[Date]bool)
	for _, d := range federalHolidays(first, last+1) {
		federal[d] = true
	}
	us := Region("us").Holidays()
	for d := NewDate(first, time.January, 1); d < NewDate(last+1, time.January, 1); d++ {
		if _, got := us.On(d); isWeekday(d) && got != federal[d] {
			t.Errorf("%s: holiday %t, want %t", d, got, federal[d])
		}
	}
}

func TestYearsOfTheTable(t *testing.T) {
	first, last := holidayYears()
	if last-first != 11 { // the year before the table was made to ten years after
		t.Errorf("the table has the years %d to %d, want twelve", first, last)
	}
}

// federalHolidays returns the days on which the holidays of the years are
// observed (5 U.S.C. 6103): on Friday for Saturday, on Monday for Sunday.
func federalHolidays(first, last int) []Date {
	var days []Date
	for year := first; year <= last; year++ {
		days = append(days,
			observed(NewDate(year, time.January, 1)),
			nthWeekday(year, time.January, time.Monday, 3),
			nthWeekday(year, time.February, time.Monday, 3),
			nthWeekday(year, time.June, time.Monday, 1)-7, // the last of May
			observed(NewDate(year, time.June, 19)),
			observed(NewDate(year, time.July, 4)),
			nthWeekday(year, time.September, time.Monday, 1),
			nthWeekday(year, time.October, time.Monday, 2),
			observed(NewDate(year, time.November, 11)),
			nthWeekday(year, time.November, time.Thursday, 4),
			observed(NewDate(year, time.December, 25)))
	}
	return days
}

func observed(d Date) Date {
	switch d.Weekday() {
	case time.Saturday:
		return d - 1
	case time.Sunday:
		return d + 1
	}
	return d
}

func nthWeekday(year int, month time.Month, day time.Weekday, n int) Date {
	d := NewDate(year, month, 1)
	for d.Weekday() != day {
		d++
	}
	return d + Date(7*(n-1))
}

func isWeekday(d Date) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }
