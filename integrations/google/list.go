package google

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"holdfast/scheduler"
)

// pageSize is the most that Google gives in one page.
const pageSize = 2500

// eventFields is what Holdfast reads of an event; less is sent and decoded.
const eventFields = "id,etag,status,htmlLink,created,updated,summary,description," +
	"organizer(email,displayName,self),start,end,endTimeUnspecified,recurrence,recurringEventId,originalStartTime," +
	"transparency,visibility,iCalUID,sequence,attendees(email,displayName,organizer,self,resource,responseStatus)," +
	"attendeesOmitted,extendedProperties/private,guestsCanSeeOtherGuests,eventType"

// Changes returns what changed in a calendar since token was given out; without a
// token, everything that ends after since, series included. It reads masters and
// overrides, not instances. A token that is not good any more is ErrSyncToken.
//
// Pages may be empty and still have a next one; the new token comes with the last.
func (c *Calendar) Changes(ctx context.Context, calendarID, token string, since time.Time) (scheduler.Changes, error) {
	changes := scheduler.Changes{Full: token == ""}
	for next := ""; ; {
		page, err := c.page(ctx, calendarID, token, next, since)
		if err != nil {
			return scheduler.Changes{}, err
		}
		changes.Zone = page.TimeZone
		zone := zoneNamed(page.TimeZone)
		for _, item := range page.Items {
			changes.Events = append(changes.Events, remoteEvent(item, calendarID, zone))
		}
		if next = page.NextPageToken; next == "" {
			changes.Token = page.NextSyncToken
			break
		}
	}
	if changes.Token == "" {
		return scheduler.Changes{}, fmt.Errorf("calendar.events.list: the last page has no sync token")
	}
	return changes, nil
}

func (c *Calendar) page(ctx context.Context, calendarID, token, next string, since time.Time) (page *calendar.Events, err error) {
	err = c.call(ctx, "calendar.events.list", func(ctx context.Context, s *calendar.Service) error {
		list := s.Events.List(calendarID).MaxResults(pageSize).SingleEvents(false).
			Fields("timeZone", "nextPageToken", "nextSyncToken", googleapi.Field("items("+eventFields+")"))
		switch {
		case token != "":
			list.SyncToken(token)
		default:
			list.TimeMin(since.UTC().Format(time.RFC3339))
		}
		if next != "" {
			list.PageToken(next)
		}
		page, err = list.Context(ctx).Do()
		return err
	})
	return page, err
}

// Tagged returns the live events of a calendar that carry the tag of an install:
// everything it wrote there.
func (c *Calendar) Tagged(ctx context.Context, calendarID, install string) ([]scheduler.RemoteEvent, error) {
	var all []scheduler.RemoteEvent
	for next := ""; ; {
		var page *calendar.Events
		err := c.call(ctx, "calendar.events.list", func(ctx context.Context, s *calendar.Service) (err error) {
			list := s.Events.List(calendarID).MaxResults(pageSize).SingleEvents(false).
				PrivateExtendedProperty(tagInstall+"="+install).
				Fields("timeZone", "nextPageToken", googleapi.Field("items("+eventFields+")"))
			if next != "" {
				list.PageToken(next)
			}
			page, err = list.Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if e := remoteEvent(item, calendarID, zoneNamed(page.TimeZone)); !e.Deleted && e.Tags.Install == install {
				all = append(all, e)
			}
		}
		if next = page.NextPageToken; next == "" {
			return all, nil
		}
	}
}

// Event returns one event. A deleted one is Deleted; one that never was is
// ErrNotFound.
func (c *Calendar) Event(ctx context.Context, calendarID, id string) (scheduler.RemoteEvent, error) {
	var e *calendar.Event
	err := c.call(ctx, "calendar.events.get", func(ctx context.Context, s *calendar.Service) (err error) {
		e, err = s.Events.Get(calendarID, id).Fields(eventFields).Context(ctx).Do()
		return err
	})
	if err != nil {
		return scheduler.RemoteEvent{}, err
	}
	return remoteEvent(e, calendarID, time.UTC), nil
}
