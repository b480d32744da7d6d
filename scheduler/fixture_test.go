package scheduler

import "time"

// lcg is the generator of the benchmark fixtures: x = 1664525x + 1013904223, of
// which (x>>8) mod n is drawn.
type lcg uint32

func (r *lcg) draw(n int) int {
	*r = *r*1664525 + 1013904223
	return int(*r>>8) % n
}

// fixtureSeed is the seed of all fixtures.
const fixtureSeed = 42

// slotFixture is a workload of the slot search: so many calendars over so many
// days from Monday 2027-03-01, which includes both changes of clock. One in thin of
// the perDay busy times of a weekday is kept; 0 keeps all.
type slotFixture struct {
	name                    string
	calendars, days, perDay int
	thin                    int
	slots                   int // free starts, as other implementations count them
}

var slotFixtures = []slotFixture{
	{"S", 2, 28, 4, 0, 214}, {"M", 2, 91, 4, 0, 575}, {"L", 2, 364, 4, 0, 2291},
	{"N10", 10, 28, 2, 0, 42}, {"N100", 100, 28, 1, 12, 147}, {"N1000", 1000, 28, 1, 120, 164},
}

var slotFixtureStart = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)

// busy draws the busy times of each calendar, unsorted, in minutes of 5.
func (f slotFixture) busy() [][]Span {
	r := lcg(fixtureSeed + 11)
	all := make([][]Span, f.calendars)
	for c := range all {
		for d := range f.days {
			if d%7 >= 5 {
				continue
			}
			for range f.perDay {
				if f.thin > 0 && r.draw(f.thin) != 0 {
					continue
				}
				start := slotFixtureStart.Add(time.Duration(d*1440+420+5*r.draw(15*12)) * time.Minute)
				all[c] = append(all[c], Span{start, start.Add(15 * time.Duration(1+r.draw(4)) * time.Minute)})
			}
		}
		for i := len(all[c]) - 1; i > 0; i-- { // they arrive unsorted
			j := r.draw(i + 1)
			all[c][i], all[c][j] = all[c][j], all[c][i]
		}
	}
	return all
}

// parties returns the calendars as parties in New York and London by turns, who
// work from 08:00 to 18:00 on weekdays.
func (f slotFixture) parties() []Party {
	zones := [...]*time.Location{newYork, mustZone("Europe/London")}
	weekdays := NewBusinessDays(nil, nil)
	var all []Party
	for i, busy := range f.busy() {
		all = append(all, Party{zones[i%2], Hours{8 * time.Hour, 18 * time.Hour}, weekdays, busy})
	}
	return all
}

func (f slotFixture) search() Search {
	return Search{
		Window: Span{slotFixtureStart, slotFixtureStart.AddDate(0, 0, f.days)},
		Length: 30 * time.Minute, Buffer: 10 * time.Minute, Grid: 15 * time.Minute,
	}
}
