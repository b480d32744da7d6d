package google

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// nobody is told of anything Holdfast writes.
const nobody = "none"

// Insert writes a new event under its own id and returns its etag. An id that was
// used before, also by an event deleted since, is ErrTaken.
func (c *Calendar) Insert(ctx context.Context, e scheduler.Entry) (etag string, err error) {
	err = c.call(ctx, "calendar.events.insert", func(ctx context.Context, s *calendar.Service) error {
		made, err := s.Events.Insert(e.Calendar, event(e)).SendUpdates(nobody).Fields("id", "etag").Context(ctx).Do()
		if err != nil {
			return err
		}
		etag = made.Etag
		return nil
	})
	return etag, err
}

// Patch rewrites what Holdfast decides of an event: title, text, times, how it
// shows, and the tags. An event that has not the given etag any more is ErrChanged.
func (c *Calendar) Patch(ctx context.Context, e scheduler.Entry, etag string) (newETag string, err error) {
	err = c.call(ctx, "calendar.events.patch", func(ctx context.Context, s *calendar.Service) error {
		whole := event(e)
		patch := &calendar.Event{
			Summary:            whole.Summary,
			Description:        whole.Description,
			Start:              whole.Start,
			End:                whole.End,
			Transparency:       whole.Transparency,
			ExtendedProperties: whole.ExtendedProperties,
			ForceSendFields:    []string{"Summary", "Description"}, // empty ones, too
		}
		call := s.Events.Patch(e.Calendar, e.ID, patch).SendUpdates(nobody).Fields("id", "etag").Context(ctx)
		call.Header().Set("If-Match", etag)
		made, err := call.Do()
		if err != nil {
			return err
		}
		newETag = made.Etag
		return nil
	})
	return newETag, err
}

// Delete removes an event; with an etag, only while it is that one (ErrChanged).
// ErrGone and ErrNotFound say that it is not there any more.
func (c *Calendar) Delete(ctx context.Context, calendarID, id, etag string) error {
	return c.call(ctx, "calendar.events.delete", func(ctx context.Context, s *calendar.Service) error {
		call := s.Events.Delete(calendarID, id).SendUpdates(nobody).Context(ctx)
		if etag != "" {
			call.Header().Set("If-Match", etag)
		}
		return call.Do()
	})
}

// event is e in Google's words: private, without guests, with reminders of its own.
func event(e scheduler.Entry) *calendar.Event {
	no := false
	made := &calendar.Event{
		Id:                      e.ID,
		Summary:                 e.Title,
		Description:             e.Description,
		Start:                   dateTime(e.Start, e.Zone),
		End:                     dateTime(e.End, e.Zone),
		Transparency:            "transparent",
		Visibility:              "private",
		GuestsCanInviteOthers:   &no,
		GuestsCanSeeOtherGuests: &no,
		Reminders:               &calendar.EventReminders{UseDefault: false, ForceSendFields: []string{"UseDefault"}},
		ExtendedProperties:      &calendar.EventExtendedProperties{Private: properties(e)},
	}
	if e.Busy {
		made.Transparency = "opaque"
	}
	if e.Popup {
		made.Reminders.Overrides = []*calendar.EventReminder{{
			Method: "popup", Minutes: int64(e.PopupBefore / time.Minute), ForceSendFields: []string{"Minutes"},
		}}
	}
	if isWebPage(e.Link) {
		made.Source = &calendar.EventSource{Title: "Holdfast", Url: e.Link}
	}
	return made
}

// isWebPage reports whether link is what Google takes as an event's source.
func isWebPage(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func dateTime(t time.Time, zone *time.Location) *calendar.EventDateTime {
	if zone == nil {
		zone = time.UTC
	}
	return &calendar.EventDateTime{DateTime: t.In(zone).Format(time.RFC3339), TimeZone: zone.String()}
}

func properties(e scheduler.Entry) map[string]string {
	all := map[string]string{
		tagInstall: e.Tags.Install,
		tagKind:    string(e.Tags.Kind),
		tagID:      e.Tags.ID,
		tagKey:     e.Tags.Key,
		tagCadence: e.Tags.Cadence,
		tagStep:    e.Tags.Step,
		tagGen:     strconv.Itoa(e.Tags.Gen),
		tagHash:    e.Tags.Hash,
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}
