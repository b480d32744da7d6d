package jobs

import (
	"context"
	"time"

	"holdfast/scheduler"
)

// Remote is one rep's access to their calendars, as the Google client gives it. Its
// failures wrap the errors of package scheduler.
type Remote interface {
	// Calendars returns the rep's list of calendars.
	Calendars(ctx context.Context) ([]scheduler.RemoteCalendar, error)
	// Changes returns what happened since the token was issued; with token "" every
	// event that ends after since.
	Changes(ctx context.Context, calendar, token string, since time.Time) (scheduler.Changes, error)
	// BusyTimes returns when a calendar, whose events may not be read, is busy. It
	// fails with scheduler.ErrHidden where that is not shown.
	BusyTimes(ctx context.Context, calendar string, from, to time.Time) ([]scheduler.Span, error)
	// Event returns one event; Deleted says that it existed.
	Event(ctx context.Context, calendar, id string) (scheduler.RemoteEvent, error)
	// Insert writes a new event under the id that e gives, and invites its guests.
	Insert(ctx context.Context, e scheduler.Entry) (etag string, err error)
	// Patch changes an event that still has the given etag, and tells the guests of e.
	// Who is invited and what they answered stays as it is.
	Patch(ctx context.Context, e scheduler.Entry, etag string) (newETag string, err error)
	// Delete removes the event with the Calendar and ID of e, and tells its guests; where
	// etag is given, only while it still has it.
	Delete(ctx context.Context, e scheduler.Entry, etag string) error
	// Disown takes the tags off an event, which stays, and tells nobody.
	Disown(ctx context.Context, calendar, id string) error
	// Tagged returns every event in the calendar that the install wrote.
	Tagged(ctx context.Context, calendar, install string) ([]scheduler.RemoteEvent, error)
	// Watch opens a push channel; what it returns has Resource and Expires.
	Watch(ctx context.Context, c scheduler.PushChannel) (scheduler.PushChannel, error)
	// Stop closes a push channel; one that is closed already is no failure.
	Stop(ctx context.Context, c scheduler.PushChannel) error
}
