package scheduler

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var slotSeed = flag.Uint64("slotseed", 0, "what the calendars of the test of slots against plain checking are drawn from; 0: others each time")

// slotCase is a request for slots, with all that it was made from: what plain checking
// asks about every quarter hour.
type slotCase struct {
	request   ReviewRequest
	rep, them Settings
	busy      []Span // of both sides
	off       []Date // the rep's

	instants map[clockTime]time.Time // found already
	business map[Date]bool
}

// clockTime is a time that clocks in a zone show.
type clockTime struct {
	wall time.Time
	zone *time.Location
}

// TestSlotsAreThoseThatPlainCheckingFinds goes through every zone, around its changes of
// clock, with calendars, holidays, hours and wishes drawn at random.
func TestSlotsAreThoseThatPlainCheckingFinds(t *testing.T) {
	list, err := os.ReadFile("../integrations/ics/ianazones.txt")
	if err != nil {
		t.Fatal(err)
	}
	seed := *slotSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	zones := strings.Fields(string(list))
	found := 0
	for i, name := range zones {
		for n := range uint64(10) {
			c := anySlotCase(rand.New(rand.NewPCG(seed, uint64(i)*100+n)), loadZone(t, name), loadZone(t, zones[(i*31+int(n)*7)%len(zones)]))
			free := c.plain()
			found += len(free)
			if diff := cmp.Diff(free, c.request.free(c.request.days()), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("-slotseed=%d, zone %s, calendar %d: free starts (-plain +got):\n%s", seed, name, n, diff)
			}
			if wrong := c.wrong(Review(c.request), free); wrong != "" {
				t.Fatalf("-slotseed=%d, zone %s, calendar %d: %s", seed, name, n, wrong)
			}
		}
	}
	if found < 10*len(zones) {
		t.Errorf("-slotseed=%d: only %d free starts: it tests little", seed, found)
	}
}

func anySlotCase(r *rand.Rand, zone, theirZone *time.Location) *slotCase {
	c := &slotCase{rep: anySide(r, zone), them: anySide(r, theirZone), instants: make(map[clockTime]time.Time), business: make(map[Date]bool)}
	c.rep.Addresses = []string{testRep}
	c.rep.Review.Buffer = time.Duration([]int{0, 5, 10, 10, 15, 60}[r.IntN(6)]) * time.Minute
	c.rep.Review.FirstDay = r.IntN(4)
	c.rep.Review.LastDay = c.rep.Review.FirstDay + r.IntN(6)
	sent := time.Unix(at("2026-01-01 00:00").Unix()+r.Int64N(2*365*secondsPerDay), 0).UTC()
	if _, change := sent.In([]*time.Location{zone, theirZone}[r.IntN(2)]).ZoneBounds(); !change.IsZero() && change.Year() < 2029 && r.IntN(2) == 0 {
		sent = change.Add(-time.Duration(r.IntN(7*24)) * time.Hour)
	}
	c.request = ReviewRequest{
		Now: sent.Add(time.Duration(r.IntN(120)-72) * time.Hour).Truncate(time.Second), SendAt: sent,
		Length: time.Duration([]int{15, 30, 30, 45, 60, 90, 240}[r.IntN(7)]) * time.Minute, Count: 1 + r.IntN(5),
		Wishes: anyWishes(r, theirZone, sent),
		Never:  anySpans(r, 2, sent), Taken: anySpans(r, 2, sent),
	}
	events, theirs := c.anyBusy(r, sent, "b"), c.anyBusy(r, sent, "t")
	for range r.IntN(3) {
		first := DateOf(sent.In(zone)) + Date(r.IntN(14))
		c.off = append(c.off, first)
		c.busy = append(c.busy, Span{c.instant(first, 0, zone), c.instant(first+1, 0, zone)})
		events = append(events, allDay(fmt.Sprint("off", first), first.String(), (first+1).String()))
	}
	c.request.Meet(c.rep, events, c.them, theirs)
	return c
}

// anySide draws somebody's hours and holidays.
func anySide(r *rand.Rand, zone *time.Location) Settings {
	s := DefaultSettings(zone)
	if r.IntN(3) == 0 {
		start := time.Duration(r.IntN(80)) * 15 * time.Minute
		s.Hours = Hours{start, min(24*time.Hour, start+time.Duration(4+r.IntN(60))*15*time.Minute)}
	}
	s.Holidays = [][]Region{nil, {"us"}, {"de-by"}, {"it", "fr"}, {"jp"}}[r.IntN(5)]
	return s
}

func anyWishes(r *rand.Rand, zone *time.Location, sent time.Time) Preferences {
	var p Preferences
	if r.IntN(2) == 0 {
		start := time.Duration(8+r.IntN(8)) * time.Hour
		p.Zone, p.Hours = zone, Hours{start, start + 2*time.Hour}
	}
	if r.IntN(2) == 0 {
		p.Zone, p.Days = zone, []time.Weekday{time.Weekday(1 + r.IntN(5)), time.Weekday(1 + r.IntN(5))}
	}
	if r.IntN(3) == 0 {
		p.NotBefore = sent.Add(time.Duration(r.IntN(10*24*60)) * time.Minute).Truncate(time.Second)
	}
	return p
}

// anySpans draws up to most spans in the days after sent.
func anySpans(r *rand.Rand, most int, sent time.Time) []Span {
	var all []Span
	for range r.IntN(most + 1) {
		start := sent.Truncate(5 * time.Minute).Add(time.Duration(r.IntN(14*288)) * 5 * time.Minute)
		all = append(all, Span{start, start.Add(time.Duration(r.IntN(24)) * 5 * time.Minute)})
	}
	return all
}

// anyBusy draws the events of one side, some of which take no time.
func (c *slotCase) anyBusy(r *rand.Rand, sent time.Time, uid string) []Event {
	var events []Event
	for i, s := range anySpans(r, 60, sent.Add(-24*time.Hour)) {
		e := busyEvent(fmt.Sprint(uid, i), testNow, testNow)
		e.Start.Wall, e.End.Wall = s.Start, s.End
		switch r.IntN(6) {
		case 0:
			e.Transparent = true
		case 1:
			e.Status = Cancelled
		default:
			c.busy = append(c.busy, s)
		}
		events = append(events, e)
	}
	return events
}

// instant returns when clocks in zone first show the time that is since after midnight
// of d; where they never do, what it would be by the offset before the gap. It looks at
// one quarter of an hour after the other.
func (c *slotCase) instant(d Date, since time.Duration, zone *time.Location) time.Time {
	wall := d.Wall().Add(since)
	if t, known := c.instants[clockTime{wall, zone}]; known {
		return t
	}
	shows := func(t time.Time) time.Duration {
		_, offset := t.In(zone).Zone()
		return t.Add(time.Duration(offset) * time.Second).Sub(wall)
	}
	t := wall.Add(-15 * time.Hour)
	for shows(t) < 0 {
		t = t.Add(15 * time.Minute)
	}
	if shows(t) > 0 { // a gap: by the clock of before it
		before := t.Add(-15 * time.Minute)
		t = before.Add(-shows(before))
	}
	c.instants[clockTime{wall, zone}] = t
	return t
}

// plain returns the free starts by asking of every quarter of an hour all that the rules
// say of one.
func (c *slotCase) plain() []time.Time {
	first, last := c.businessDay(c.rep.Review.FirstDay), c.businessDay(c.rep.Review.LastDay)
	var free []time.Time
	for t := first.Wall().Add(-26 * time.Hour); t.Before(last.Wall().Add(50 * time.Hour)); t = t.Add(15 * time.Minute) {
		if d := DateOf(t.In(c.rep.Zone)); first <= d && d <= last && c.canBe(t) {
			free = append(free, t)
		}
	}
	return free
}

// businessDay counts to the n-th business day after the send date.
func (c *slotCase) businessDay(n int) Date {
	d := DateOf(c.request.SendAt.In(c.rep.Zone))
	for ; n > 0; n-- {
		for d++; !c.isBusinessDay(d); d++ {
		}
	}
	return d
}

func (c *slotCase) isBusinessDay(d Date) bool {
	if is, known := c.business[d]; known {
		return is
	}
	day := d.Wall().Weekday()
	isHoliday := slices.ContainsFunc(slices.Concat(c.rep.Holidays, c.them.Holidays), func(r Region) bool {
		_, is := r.Holiday(d)
		return is
	})
	c.business[d] = day != time.Saturday && day != time.Sunday && !isHoliday && !slices.Contains(c.off, d)
	return c.business[d]
}

func (c *slotCase) canBe(t time.Time) bool {
	end, buffer := t.Add(c.request.Length), c.rep.Review.Buffer
	overlaps := func(s Span, margin time.Duration) bool {
		return s.Start.Before(s.End) && s.Start.Add(-margin).Before(end) && t.Before(s.End.Add(margin))
	}
	switch r := &c.request; {
	case t.Before(r.Now.Add(24 * time.Hour)), t.Before(r.Wishes.NotBefore):
		return false
	case !c.works(&c.rep, t, end), !c.works(&c.them, t, end):
		return false
	case slices.ContainsFunc(slices.Concat(r.Never, r.Taken), func(s Span) bool { return overlaps(s, 0) }):
		return false
	}
	return !slices.ContainsFunc(c.busy, func(s Span) bool { return overlaps(s, buffer) })
}

// works reports whether one side is at work from start to end.
func (c *slotCase) works(side *Settings, start, end time.Time) bool {
	d := DateOf(start.In(side.Zone))
	return c.isBusinessDay(d) && !start.Before(c.instant(d, side.Hours.Start, side.Zone)) && !end.After(c.instant(d, side.Hours.End, side.Zone))
}

// unwelcome is how many of the contact's wishes t is against: 1 where its hours alone.
func (c *slotCase) unwelcome(t time.Time) int {
	w := c.request.Wishes
	zone := c.them.Zone
	if w.Zone != nil {
		zone = w.Zone
	}
	d := DateOf(t.In(zone))
	switch {
	case len(w.Days) > 0 && !slices.Contains(w.Days, t.In(zone).Weekday()):
		return 2
	case w.Zone == nil || w.Hours == Hours{}:
		return 0
	case t.Before(c.instant(d, w.Hours.Start, zone)) || t.Add(c.request.Length).After(c.instant(d, w.Hours.End, zone)):
		return 1
	}
	return 0
}

// wrong says what is wrong with the slots chosen from the free starts; "": nothing.
func (c *slotCase) wrong(s ReviewSlots, free []time.Time) string {
	for i, slot := range s.Slots {
		if !slices.Contains(free, slot.Start) || i > 0 && slot.Start.Before(s.Slots[i-1].End) {
			return fmt.Sprintf("%v is not free, or overlaps another", slot.Start)
		}
	}
	if s.Considered < len(s.Slots) || len(s.Slots) > c.request.Count {
		return fmt.Sprintf("%d of %d slots, %d considered", len(s.Slots), c.request.Count, s.Considered)
	}
	worst := -1
	for _, slot := range s.Slots {
		worst = max(worst, c.unwelcome(slot.Start))
	}
	for _, t := range free { // one that was left out is over one that was chosen, or no better
		apart := !slices.ContainsFunc(s.Slots, func(slot Slot) bool { return slot.Start.Sub(t).Abs() < c.request.Length })
		if apart && (len(s.Slots) < c.request.Count || c.unwelcome(t) < worst) {
			return fmt.Sprintf("%v was left out, %d slots of %d were chosen", t, len(s.Slots), c.request.Count)
		}
	}
	return ""
}
