package web

import (
	"fmt"
	"slices"
	"time"

	"holdfast/scheduler/store"
)

// holdLine is a hold as the pages show it.
type holdLine struct {
	store.Hold
	State string // in words
}

func (f frame) holdLine(h store.Hold) holdLine {
	state := stateName(h.State)
	if why := plain(h.Reason); why != "" {
		state += " · " + why
	}
	return holdLine{h, state}
}

// holdDay are the holds of one day.
type holdDay struct {
	Day   time.Time
	Today bool
	Holds []holdLine
}

// holdDays groups holds by day, in order of start.
func (f frame) holdDays(holds []store.Hold) []holdDay {
	holds = slices.Clone(holds)
	slices.SortStableFunc(holds, func(a, b store.Hold) int { return a.Start.Compare(b.Start) })
	var days []holdDay
	for _, h := range holds {
		if len(days) == 0 || !f.sameDay(days[len(days)-1].Day, h.Start) {
			days = append(days, holdDay{Day: h.Start, Today: f.sameDay(h.Start, f.now)})
		}
		last := &days[len(days)-1]
		last.Holds = append(last.Holds, f.holdLine(h))
	}
	return days
}

// done ticks a hold off.
func (s *Site) done(r *request) error {
	hold, err := s.Store.Done(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("mark hold done: %w", err)
	}
	return s.say(r, said("Done: "+plain(hold.Title)), "/today")
}

// replied ends the follow-up that a hold is part of: they answered.
func (s *Site) replied(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	hold, err := s.Store.Hold(ctx, r.rep.ID, id)
	if err != nil {
		return fmt.Errorf("load hold: %w", err)
	}
	if err := s.Store.Replied(ctx, r.rep.ID, id); err != nil {
		return fmt.Errorf("end follow-up: %w", err)
	}
	return s.say(r, said("Good: "+plain(hold.Prospect)+" replied. The holds that you have not touched are coming off your calendar."), "/today")
}

// skip takes a hold off the calendar, for good.
func (s *Site) skip(r *request) error {
	hold, err := s.Store.Skip(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("skip hold: %w", err)
	}
	return s.say(r, said("Skipped: "+plain(hold.Title)), "/today")
}

// snooze puts a hold off: to the day given, else to the next business day.
func (s *Site) snooze(r *request) error {
	var until time.Time
	if day := r.PostForm("until"); day != "" {
		t, err := time.ParseInLocation(time.DateOnly, day, zoneOf(r.rep))
		if err != nil {
			return s.say(r, problem(plain(day)+" is not a date."), "/today")
		}
		until = t
	}
	hold, err := s.Store.Snooze(r.Request.Context(), r.rep.ID, r.Param("id"), until)
	if err != nil {
		return fmt.Errorf("snooze hold: %w", err)
	}
	f := frame{zone: zoneOf(r.rep), now: r.now}
	return s.say(r, said("Put off to "+f.When(hold.Start)+": "+plain(hold.Title)), "/today")
}
