package google

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// Whom Google tells of a write by mail.
const (
	nobody   = "none"
	everyone = "all"
)

// told is whom Google is to tell of a write of e: its guests, where it has any. What
// is written without guests is nobody's business, also where the event itself has some.
func told(e scheduler.Entry) string {
	if len(e.Guests) > 0 {
		return everyone
	}
	return nobody
}

// Insert writes a new event under its own id and returns its etag; its guests are
// invited. An id that was used before, also by an event deleted since, is ErrTaken: so
// however often it is tried, nobody is invited twice.
func (c *Calendar) Insert(ctx context.Context, e scheduler.Entry) (etag string, err error) {
	etag, err = c.insert(ctx, e)
	if e.Meet && errors.Is(err, scheduler.ErrInvalid) { // where the rep's organisation has no Meet, better without than not at all
		e.Meet = false
		return c.insert(ctx, e)
	}
	return etag, err
}

func (c *Calendar) insert(ctx context.Context, e scheduler.Entry) (etag string, err error) {
	err = c.call(ctx, "calendar.events.insert", func(ctx context.Context, s *calendar.Service) error {
		call := s.Events.Insert(e.Calendar, event(e)).SendUpdates(told(e)).Fields("id", "etag").Context(ctx)
		if e.Meet {
			call.ConferenceDataVersion(1) // else Google ignores what is said of a conference
		}
		made, err := call.Do()
		if err != nil {
			return err
		}
		etag = made.Etag
		return nil
	})
	return etag, err
}

// Patch rewrites what Holdfast decides of an event: title, text, times, how it
// shows, and the tags. Who is invited, what they answered and the Meet link stay as
// they are; the guests of e are only told. An event that has not the given etag any more
// is ErrChanged.
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
		call := s.Events.Patch(e.Calendar, e.ID, patch).SendUpdates(told(e)).Fields("id", "etag").Context(ctx)
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

// Delete removes the event of e, of which Calendar and ID count, and tells its guests;
// with an etag, only while it is that one (ErrChanged). ErrGone and ErrNotFound say that
// it is not there any more.
func (c *Calendar) Delete(ctx context.Context, e scheduler.Entry, etag string) error {
	return c.call(ctx, "calendar.events.delete", func(ctx context.Context, s *calendar.Service) error {
		call := s.Events.Delete(e.Calendar, e.ID).SendUpdates(told(e)).Context(ctx)
		if etag != "" {
			call.Header().Set("If-Match", etag)
		}
		return call.Do()
	})
}

// Disown takes Holdfast's tags off an event, and the link to its page there, which soon
// leads nowhere. It stays as it is otherwise: a meeting with people, who are told nothing.
func (c *Calendar) Disown(ctx context.Context, calendarID, id string) error {
	return c.call(ctx, "calendar.events.patch", func(ctx context.Context, s *calendar.Service) error {
		properties := &calendar.EventExtendedProperties{ForceSendFields: []string{"Private"}} // else no null in it is sent
		for _, name := range tagNames {
			properties.NullFields = append(properties.NullFields, "Private."+name)
		}
		patch := &calendar.Event{ExtendedProperties: properties, NullFields: []string{"Source"}}
		_, err := s.Events.Patch(calendarID, id, patch).SendUpdates(nobody).Fields("id").Context(ctx).Do()
		return err
	})
}

// event is e in Google's words: private, without guests, with reminders of its own;
// where it has guests, as any meeting is.
func event(e scheduler.Entry) *calendar.Event {
	made := &calendar.Event{
		Id:                 e.ID,
		Summary:            e.Title,
		Description:        e.Description,
		Start:              dateTime(e.Start, e.Zone),
		End:                dateTime(e.End, e.Zone),
		Transparency:       "transparent",
		ExtendedProperties: &calendar.EventExtendedProperties{Private: properties(e)},
	}
	if e.Busy {
		made.Transparency = "opaque"
	}
	if e.Tentative {
		made.Status = "tentative"
	}
	if isWebPage(e.Link) {
		made.Source = &calendar.EventSource{Title: "Holdfast", Url: e.Link}
	}
	if e.Meet {
		made.ConferenceData = meet(e.ID)
	}
	if len(e.Guests) > 0 {
		made.Attendees = invited(e.Guests)
		return made
	}
	keepPrivate(made, e)
	return made
}

// keepPrivate makes of an event one that is the rep's alone.
func keepPrivate(made *calendar.Event, e scheduler.Entry) {
	no := false
	made.Visibility = "private"
	made.GuestsCanInviteOthers, made.GuestsCanSeeOtherGuests = &no, &no
	made.Reminders = &calendar.EventReminders{UseDefault: false, ForceSendFields: []string{"UseDefault"}}
	if e.Popup {
		made.Reminders.Overrides = []*calendar.EventReminder{{
			Method: "popup", Minutes: int64(e.PopupBefore / time.Minute), ForceSendFields: []string{"Minutes"},
		}}
	}
}

// invited lists guests. What they answer is theirs and Google's to say.
func invited(guests []scheduler.Contact) []*calendar.EventAttendee {
	list := make([]*calendar.EventAttendee, len(guests))
	for i, g := range guests {
		list[i] = &calendar.EventAttendee{Email: g.Address, DisplayName: g.Name}
	}
	return list
}

// meet asks for a Meet link. The same request again is the same conference.
func meet(request string) *calendar.ConferenceData {
	return &calendar.ConferenceData{CreateRequest: &calendar.CreateConferenceRequest{
		RequestId:             request,
		ConferenceSolutionKey: &calendar.ConferenceSolutionKey{Type: "hangoutsMeet"},
	}}
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
