package emulator

import (
	"slices"
	"strconv"
	"strings"
)

type calendarEntry struct {
	Kind             string     `json:"kind"`
	ETag             string     `json:"etag"`
	ID               string     `json:"id"`
	Summary          string     `json:"summary,omitempty"`
	TimeZone         string     `json:"timeZone,omitempty"`
	ColorID          string     `json:"colorId,omitempty"`
	BackgroundColor  string     `json:"backgroundColor,omitempty"`
	ForegroundColor  string     `json:"foregroundColor,omitempty"`
	Selected         bool       `json:"selected,omitempty"`
	AccessRole       Role       `json:"accessRole,omitempty"`
	DefaultReminders []Reminder `json:"defaultReminders,omitempty"`
	Primary          bool       `json:"primary,omitempty"`
	Deleted          bool       `json:"deleted,omitempty"`
}

type calendarPage struct {
	Kind          string          `json:"kind"`
	ETag          string          `json:"etag"`
	NextPageToken string          `json:"nextPageToken,omitempty"`
	NextSyncToken string          `json:"nextSyncToken,omitempty"`
	Items         []calendarEntry `json:"items"`
}

func (u *User) wireEntry(e *entry) calendarEntry {
	wire := calendarEntry{
		Kind: "calendar#calendarListEntry", ETag: `"` + strconv.FormatInt(e.rev, 10) + `"`, ID: e.calendar.id, Deleted: e.deleted,
	}
	if e.deleted {
		return wire
	}
	wire.Summary, wire.TimeZone, wire.AccessRole = e.calendar.summary, e.calendar.zone, e.calendar.role(u.email)
	wire.Primary = e.calendar.id == u.email
	wire.ColorID, wire.BackgroundColor, wire.ForegroundColor, wire.Selected = "14", "#9fe1e7", "#000000", true
	if wire.Primary {
		wire.DefaultReminders = []Reminder{{"popup", 10}}
	}
	return wire
}

func (s *Server) listCalendars(c *call) (any, error) {
	at := cursor{Of: c.user.email, UpTo: s.rev, Params: fingerprint(c.query, presentation...)}
	if err := s.readListTokens(c, &at); err != nil {
		return nil, err
	}
	changes := c.query.Has("syncToken")
	var entries []*entry
	for _, e := range c.user.entries {
		hidden := e.deleted && !changes && !c.flag("showDeleted")
		if e.rev > max(at.Since, at.At) && e.rev <= at.UpTo && !hidden && accessAtLeast(c, e) {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b *entry) int { return int(a.rev - b.rev) })
	page := calendarPage{Kind: "calendar#calendarList", ETag: s.listETag(), Items: []calendarEntry{}}
	size := min(c.number("maxResults", 100), largestPage, largestCalendarPage)
	for i, e := range entries {
		if i >= size {
			page.NextPageToken = s.seal(at)
			return page, nil
		}
		page.Items = append(page.Items, c.user.wireEntry(e))
		at.At = e.rev
	}
	page.NextSyncToken = s.seal(cursor{Sync: true, Of: at.Of, Since: at.UpTo, Params: fingerprint(c.query, unsynced...)})
	return page, nil
}

const largestCalendarPage = 250

var byAccess = []Role{FreeBusyReader, Reader, Writer, Owner}

func accessAtLeast(c *call, e *entry) bool {
	least := Role(c.query.Get("minAccessRole"))
	return least == None || slices.Index(byAccess, e.calendar.role(c.user.email)) >= slices.Index(byAccess, least)
}

// readListTokens moves the cursor to where the call's tokens say.
func (s *Server) readListTokens(c *call, at *cursor) error {
	if text := c.query.Get("syncToken"); c.query.Has("syncToken") {
		if c.query.Has("minAccessRole") || c.query.Get("showDeleted") == "false" {
			return invalidParameter("syncToken", "Sync token cannot be used with these parameters.")
		}
		token, sealed := s.open(text)
		if !sealed || !token.Sync || token.Of != at.Of {
			return invalidParameter("syncToken", "Invalid sync token value.")
		}
		if s.expired(nil, token.issued(), token.Epoch) {
			return fullSyncRequired()
		}
		at.Since = token.Since
	}
	if text := c.query.Get("pageToken"); c.query.Has("pageToken") {
		token, sealed := s.open(text)
		if !sealed || token.Sync || token.Of != at.Of || token.Params != at.Params {
			return invalidParameter("pageToken", "Invalid page token value.")
		}
		at.UpTo, at.At = token.UpTo, token.At
	}
	return nil
}

func (s *Server) getCalendarEntry(c *call) (any, error) {
	cal := c.user.find(c.path["calendarId"])
	if cal == nil || c.user.entries[cal.id] == nil || c.user.entries[cal.id].deleted {
		return nil, notFound()
	}
	return c.user.wireEntry(c.user.entries[cal.id]), nil
}

type calendarResource struct {
	Kind     string `json:"kind"`
	ETag     string `json:"etag"`
	ID       string `json:"id"`
	Summary  string `json:"summary"`
	TimeZone string `json:"timeZone"`
}

func (s *Server) getCalendar(c *call) (any, error) {
	cal := c.user.find(c.path["calendarId"])
	if cal == nil {
		return nil, notFound()
	}
	return calendarResource{"calendar#calendar", s.listETag(), cal.id, cal.summary, cal.zone}, nil
}

type setting struct {
	Kind  string `json:"kind"`
	ETag  string `json:"etag"`
	ID    string `json:"id"`
	Value string `json:"value"`
}

func (s *Server) getSetting(c *call) (any, error) {
	values := map[string]string{
		"timezone": s.calendars[c.user.email].zone, "locale": c.user.locale, "weekStart": "1", "format24HourTime": "true",
	}
	id := c.path["setting"]
	value, known := values[id]
	if !known {
		return nil, notFound()
	}
	return setting{"calendar#setting", `"` + strings.ToLower(id) + `"`, id, value}, nil
}
