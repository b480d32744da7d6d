package google

import (
	"context"
	"errors"
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
	r := newReader(calendarID)
	for next := ""; ; {
		page, err := c.page(ctx, calendarID, token, next, since)
		if err != nil {
			return scheduler.Changes{}, err
		}
		changes.Zone = page.TimeZone
		r.inZone(page.TimeZone)
		changes.Events = r.events(changes.Events, page.Items)
		if next, err = following(page.NextPageToken, next); err != nil {
			return scheduler.Changes{}, fmt.Errorf("calendar.events.list: %w", err)
		}
		if next == "" {
			changes.Token, changes.Warnings = page.NextSyncToken, r.warnings
			break
		}
	}
	if changes.Token == "" {
		return scheduler.Changes{}, errors.New("calendar.events.list: the last page has no sync token")
	}
	return changes, nil
}

// following returns the token of the page after the one that asked asks for. One that
// leads back there would be followed for ever.
func following(token, asked string) (string, error) {
	if token != "" && token == asked {
		return "", errors.New("a page says that it comes after itself")
	}
	return token, nil
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
	r := newReader(calendarID)
	for next := ""; ; {
		page, err := c.taggedPage(ctx, calendarID, install, next)
		if err != nil {
			return nil, err
		}
		r.inZone(page.TimeZone)
		for _, e := range r.events(nil, page.Items) {
			if !e.Deleted && e.Tags.Install == install {
				all = append(all, e)
			}
		}
		if next, err = following(page.NextPageToken, next); err != nil {
			return nil, fmt.Errorf("calendar.events.list: %w", err)
		}
		if next == "" {
			return all, nil
		}
	}
}

func (c *Calendar) taggedPage(ctx context.Context, calendarID, install, next string) (page *calendar.Events, err error) {
	err = c.call(ctx, "calendar.events.list", func(ctx context.Context, s *calendar.Service) error {
		list := s.Events.List(calendarID).MaxResults(pageSize).SingleEvents(false).
			PrivateExtendedProperty(tagInstall+"="+install).
			Fields("timeZone", "nextPageToken", googleapi.Field("items("+eventFields+")"))
		if next != "" {
			list.PageToken(next)
		}
		page, err = list.Context(ctx).Do()
		return err
	})
	return page, err
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
	return newReader(calendarID).event(e), nil
}
