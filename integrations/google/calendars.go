package google

import (
	"context"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// Calendars returns the rep's list of calendars.
func (c *Calendar) Calendars(ctx context.Context) ([]scheduler.RemoteCalendar, error) {
	var all []scheduler.RemoteCalendar
	for token := ""; ; {
		var page *calendar.CalendarList
		err := c.call(ctx, "calendar.calendarList.list", func(ctx context.Context, s *calendar.Service) (err error) {
			list := s.CalendarList.List().MaxResults(250).
				Fields("items(id,summary,summaryOverride,timeZone,primary,accessRole,deleted)", "nextPageToken")
			if token != "" {
				list.PageToken(token)
			}
			page, err = list.Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, entry := range page.Items {
			all = append(all, remoteCalendar(entry))
		}
		if token = page.NextPageToken; token == "" {
			return all, nil
		}
	}
}

func remoteCalendar(e *calendar.CalendarListEntry) scheduler.RemoteCalendar {
	name := e.SummaryOverride
	if name == "" {
		name = e.Summary
	}
	return scheduler.RemoteCalendar{
		ID:      e.Id,
		Name:    name,
		Zone:    e.TimeZone,
		Primary: e.Primary,
		Owned:   e.AccessRole == "owner",
		Deleted: e.Deleted,
	}
}
