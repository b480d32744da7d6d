package emulator

import (
	_ "embed"
	"encoding/base64"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed agenda.html
var agendaHTML string

var agendaPage = template.Must(template.New("agenda").Parse(agendaHTML))

// agendaDays is how far ahead the calendar page looks.
const agendaDays = 42

// agendaEvent is an event on the calendar page.
type agendaEvent struct {
	Time, Summary, Description, Location, Link string
	Free                                       bool
	Guests                                     []Attendee

	day   string
	start time.Time
}

type agendaDay struct {
	Name   string
	Events []agendaEvent
}

// agenda is what the pages show: a person's days, or one event.
type agenda struct {
	Title string
	Home  string // the calendar's page
	Users []string
	Days  []agendaDay
	Event *agendaEvent
}

// eventLink is the address of an event's page, in htmlLink.
func (s *Server) eventLink(cal *calendar, id string) string {
	return s.config.URL + "/calendar/event?eid=" + base64.RawURLEncoding.EncodeToString([]byte(id+" "+cal.id))
}

// showCalendar is a person's primary calendar for the weeks ahead; without a person,
// the list of everyone.
func (s *Server) showCalendar(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	page := agenda{Title: "Calendars"}
	if u := s.users[strings.ToLower(r.URL.Query().Get("user"))]; u != nil {
		page.Title = "Calendar of " + u.email
		page.Days = s.days(s.calendars[u.email])
	} else {
		page.Users = slices.Sorted(maps.Keys(s.users))
	}
	s.mu.Unlock()
	s.showAgenda(w, page)
}

// days lists the coming events of a calendar by day.
func (s *Server) days(cal *calendar) []agendaDay {
	from := s.now().Add(-24 * time.Hour)
	to := from.AddDate(0, 0, agendaDays)
	var events []agendaEvent
	s.occurrences(cal, from, to, func(e *Event) {
		start, end := e.Start.instant(s.zoneOf(cal)), e.End.instant(s.zoneOf(cal))
		if end.After(from) && start.Before(to) {
			events = append(events, s.agendaEvent(cal, e))
		}
	})
	slices.SortFunc(events, func(a, b agendaEvent) int {
		if byStart := a.start.Compare(b.start); byStart != 0 {
			return byStart
		}
		return strings.Compare(a.Link, b.Link)
	})
	var days []agendaDay
	for _, e := range events {
		if len(days) == 0 || days[len(days)-1].Name != e.day {
			days = append(days, agendaDay{Name: e.day})
		}
		days[len(days)-1].Events = append(days[len(days)-1].Events, e)
	}
	return days
}

func (s *Server) agendaEvent(cal *calendar, e *Event) agendaEvent {
	zone := s.zoneOf(cal)
	start, end := e.Start.instant(zone).In(zone), e.End.instant(zone).In(zone)
	shown := agendaEvent{
		Time: start.Format("15:04") + "–" + end.Format("15:04"), Summary: e.Summary, Description: e.Description, Location: e.Location,
		Link: s.eventLink(cal, e.ID), Free: e.Transparency == "transparent", Guests: e.Attendees,
		day: start.Format("Monday, 2 January 2006"), start: start,
	}
	if e.allDay() {
		shown.Time = "all day"
	}
	if e.Summary == "" {
		shown.Summary = "(No title)"
	}
	return shown
}

// eventOf finds the event that a link names.
func (s *Server) eventOf(eid string) (*calendar, *record) {
	text, err := base64.RawURLEncoding.DecodeString(eid)
	if err != nil {
		return nil, nil
	}
	id, calendarID, _ := strings.Cut(string(text), " ")
	cal := s.calendars[calendarID]
	if cal == nil {
		return nil, nil
	}
	return cal, s.lookup(cal, id)
}

func (s *Server) showEvent(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	cal, event := s.eventOf(r.URL.Query().Get("eid"))
	if event == nil || event.state != live {
		s.mu.Unlock()
		http.Error(w, "Could not find the requested event.", http.StatusNotFound)
		return
	}
	shown := s.agendaEvent(cal, event.event)
	page := agenda{Title: shown.Summary, Home: s.config.URL + "/calendar?user=" + cal.id, Event: &shown}
	shown.Time = shown.day + ", " + shown.Time
	s.mu.Unlock()
	s.showAgenda(w, page)
}

// changeEvent is what the buttons of an event's page do: the person's own hand.
func (s *Server) changeEvent(w http.ResponseWriter, r *http.Request) {
	eid := r.URL.Query().Get("eid")
	s.mu.Lock()
	cal, event := s.eventOf(eid)
	s.mu.Unlock()
	if event == nil || s.User(cal.id) == nil {
		http.Error(w, "Could not find the requested event.", http.StatusNotFound)
		return
	}
	u, id := s.User(cal.id), event.event.ID
	var err error
	next := "/calendar/event?eid=" + eid
	switch r.PostFormValue("do") {
	case "delete":
		err, next = u.Delete(cal.id, id), "/calendar?user="+cal.id
	case "later":
		_, err = u.Edit(cal.id, id, func(e *Event) { e.Start, e.End = e.Start.later(), e.End.later() })
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// later is the same a day later.
func (w *When) later() *When {
	if w.Date == "" {
		return At(w.Time.AddDate(0, 0, 1), w.Zone)
	}
	return On(w.instant(time.UTC).AddDate(0, 0, 1).Format(time.DateOnly))
}

func (s *Server) showAgenda(w http.ResponseWriter, page agenda) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := agendaPage.Execute(w, page); err != nil {
		s.config.Logger.Debug("show a calendar", "err", err)
	}
}
