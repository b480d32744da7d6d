package google

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

const (
	freeBusyCalendars = 50                  // Google's limit for one call
	freeBusySpan      = 60 * 24 * time.Hour // its limit on time is not documented; near three months
)

// Busy is what a calendar shows of its busy times.
type Busy struct {
	Spans []scheduler.Span
	// Err is set where the calendar cannot be seen: its times are unknown, never free.
	Err error
}

// FreeBusy returns the busy times of calendars in [from, to), by calendar.
func (c *Calendar) FreeBusy(ctx context.Context, calendars []string, from, to time.Time) (map[string]Busy, error) {
	all := make(map[string]Busy)
	for first := 0; first < len(calendars); first += freeBusyCalendars {
		some := calendars[first:min(first+freeBusyCalendars, len(calendars))]
		for start := from; start.Before(to); start = start.Add(freeBusySpan) {
			end := start.Add(freeBusySpan)
			if end.After(to) {
				end = to
			}
			if err := c.freeBusy(ctx, some, start, end, all); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// BusyTimes returns the busy times of one calendar in [from, to). Where they are not
// known it fails: they are never free.
func (c *Calendar) BusyTimes(ctx context.Context, calendar string, from, to time.Time) ([]scheduler.Span, error) {
	all, err := c.FreeBusy(ctx, []string{calendar}, from, to)
	if err != nil {
		return nil, err
	}
	if err := all[calendar].Err; err != nil {
		return nil, fmt.Errorf("calendar.freebusy.query: %w", err)
	}
	return all[calendar].Spans, nil
}

func busyError(reason string) error {
	if reason == "notFound" {
		return fmt.Errorf("%w: %w: no such calendar, or it is not shared", scheduler.ErrHidden, scheduler.ErrNotFound)
	}
	return fmt.Errorf("%w: %s", scheduler.ErrHidden, reason)
}

// add adds periods. One that cannot be read leaves the calendar's times unknown.
func (b *Busy) add(periods []*calendar.TimePeriod) {
	for _, p := range periods {
		span := scheduler.Span{Start: instant(p.Start), End: instant(p.End)}
		if span.Start.IsZero() || span.End.Before(span.Start) {
			b.Err = fmt.Errorf("%w: one cannot be read", scheduler.ErrHidden)
			return
		}
		b.Spans = append(b.Spans, span)
	}
}

func (c *Calendar) freeBusy(ctx context.Context, calendars []string, from, to time.Time, all map[string]Busy) error {
	request := &calendar.FreeBusyRequest{TimeMin: from.UTC().Format(time.RFC3339), TimeMax: to.UTC().Format(time.RFC3339)}
	for _, id := range calendars {
		request.Items = append(request.Items, &calendar.FreeBusyRequestItem{Id: id})
	}
	var answer *calendar.FreeBusyResponse
	err := c.call(ctx, "calendar.freebusy.query", func(ctx context.Context, s *calendar.Service) (err error) {
		answer, err = s.Freebusy.Query(request).Context(ctx).Do()
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range calendars {
		busy := all[id]
		shown, ok := answer.Calendars[id]
		switch {
		case !ok:
			busy.Err = fmt.Errorf("%w: not in the answer", scheduler.ErrHidden)
		case len(shown.Errors) > 0:
			busy.Err = busyError(shown.Errors[0].Reason)
		default:
			busy.add(shown.Busy)
		}
		all[id] = busy
	}
	return nil
}
