package google

import (
	"context"
	"fmt"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// Calendars returns the rep's list of calendars.
func (c *Calendar) Calendars(ctx context.Context) ([]scheduler.RemoteCalendar, error) {
	var all []scheduler.RemoteCalendar
	for next := ""; ; {
		page, err := c.calendarPage(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, entry := range page.Items {
			if entry != nil && entry.Id != "" && entry.Id == clean(entry.Id) { // else it is nothing that could be kept
				all = append(all, remoteCalendar(entry))
			}
		}
		if next, err = following(page.NextPageToken, next); err != nil {
			return nil, fmt.Errorf("calendar.calendarList.list: %w", err)
		}
		if next == "" {
			return all, nil
		}
	}
}

func (c *Calendar) calendarPage(ctx context.Context, next string) (page *calendar.CalendarList, err error) {
	err = c.call(ctx, "calendar.calendarList.list", func(ctx context.Context, s *calendar.Service) error {
		list := s.CalendarList.List().MaxResults(250).
			Fields("items(id,summary,summaryOverride,timeZone,primary,accessRole,deleted)", "nextPageToken")
		if next != "" {
			list.PageToken(next)
		}
		page, err = list.Context(ctx).Do()
		return err
	})
	return page, err
}

func remoteCalendar(e *calendar.CalendarListEntry) scheduler.RemoteCalendar {
	name := oneLine(e.SummaryOverride)
	if name == "" {
		name = oneLine(e.Summary)
	}
	return scheduler.RemoteCalendar{
		ID:      e.Id,
		Name:    name,
		Zone:    clean(e.TimeZone),
		Primary: e.Primary,
		Owned:   e.AccessRole == "owner",
		Deleted: e.Deleted,
	}
}
