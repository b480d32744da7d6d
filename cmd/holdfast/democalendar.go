package main

import (
	"bytes"
	"context"
	_ "embed" // for the page
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"holdfast/integrations/google/emulator"
)

// demoCalendarPath is where the sample calendar is shown, beside what Google serves.
const demoCalendarPath = "/sample/"

//go:embed democalendar.html
var demoCalendarPage string

// demoCalendar shows the sample calendar as its owner sees it at Google, and lets
// them change it by hand.
type demoCalendar struct {
	google *emulator.Server
	zone   *time.Location
	now    func() time.Time
	log    *slog.Logger
	page   *template.Template
	back   string // the service's address

	mu      sync.Mutex // guards what follows
	access  string     // token with which the page reads the calendar
	renewAt time.Time
}

func newDemoCalendar(google *emulator.Server, zone *time.Location, now func() time.Time, back string, log *slog.Logger) (*demoCalendar, error) {
	page, err := template.New("calendar").Parse(demoCalendarPage)
	if err != nil {
		return nil, fmt.Errorf("read the sample calendar's page: %w", err)
	}
	return &demoCalendar{google: google, zone: zone, now: now, log: log, page: page, back: back}, nil
}

// handler serves the pages, and Google beside them.
func (d *demoCalendar) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", d.google)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET "+demoCalendarPath, d.show)
	mux.HandleFunc("GET "+demoElsewherePath, d.elsewhere)
	mux.HandleFunc("POST "+demoCalendarPath+"move", d.hand(d.move))
	mux.HandleFunc("POST "+demoCalendarPath+"edit", d.hand(d.edit))
	mux.HandleFunc("POST "+demoCalendarPath+"delete", d.hand(d.remove))
	mux.HandleFunc("POST "+demoCalendarPath+"book", d.hand(d.book))
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern("/token") // Google's own protocol: no browser is behind it
	guard.AddInsecureBypassPattern("/revoke")
	guard.AddInsecureBypassPattern("/calendar/")
	return guard.Handler(mux)
}

// demoDay is a day of the calendar.
type demoDay struct {
	Name  string
	Today bool // or the first day after it that has something
	// All are the events that last all day.
	All, Timed []demoEvent

	ahead bool // today or later
}

// demoEvent is one instance of an event.
type demoEvent struct {
	emulator.Event
	Clock string // "10:00–10:30"
	Start string // for a field of a form
	Hold  bool   // Holdfast wrote it
	Free  bool
	Past  bool
}

// The days that the page shows.
const (
	demoDaysBack  = 14
	demoDaysAhead = 35
)

func (d *demoCalendar) show(w http.ResponseWriter, r *http.Request) {
	now := d.now().In(d.zone)
	first := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.zone).AddDate(0, 0, -demoDaysBack)
	events, err := d.instances(r.Context(), first, first.AddDate(0, 0, demoDaysBack+demoDaysAhead))
	if err != nil {
		d.fail(w, err)
		return
	}
	var page bytes.Buffer
	err = d.page.Execute(&page, map[string]any{
		"Days": d.days(events, now), "Zone": d.zone, "Owner": sampleRep, "Back": d.back,
		"Tomorrow": businessDay(now, 1).Format("2006-01-02") + "T10:00",
	})
	if err != nil {
		d.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(page.Bytes()) // the browser may have gone away
}

// token returns an access token, the same for most of its life: Google forgets the
// oldest of a hundred grants, and that may be the one of the service.
func (d *demoCalendar) token() (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); !now.Before(d.renewAt) {
		tokens, err := d.google.Grant(sampleRep, "https://www.googleapis.com/auth/calendar")
		if err != nil {
			return "", fmt.Errorf("open the sample calendar: %w", err)
		}
		d.access, d.renewAt = tokens.Access, now.Add(demoTokenLife)
	}
	return d.access, nil
}

// demoTokenLife is for how long an access token is used: it is good for an hour.
const demoTokenLife = 50 * time.Minute

// errSignedOut: the token is good no more, as the owner disconnected from Holdfast and
// all of their grants ended.
var errSignedOut = errors.New("signed out")

// instances asks Google for what is between from and to.
func (d *demoCalendar) instances(ctx context.Context, from, to time.Time) ([]emulator.Event, error) {
	events, err := d.list(ctx, from, to)
	if !errors.Is(err, errSignedOut) {
		return events, err
	}
	d.forgetToken()
	return d.list(ctx, from, to)
}

func (d *demoCalendar) forgetToken() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.renewAt = time.Time{}
}

func (d *demoCalendar) list(ctx context.Context, from, to time.Time) ([]emulator.Event, error) {
	access, err := d.token()
	if err != nil {
		return nil, err
	}
	query := url.Values{
		"singleEvents": {"true"}, "orderBy": {"startTime"}, "maxResults": {"2500"},
		"timeMin": {from.Format(time.RFC3339)}, "timeMax": {to.Format(time.RFC3339)},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.google.APIURL()+"calendars/primary/events?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+access)
	response, err := d.google.Transport().RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized:
		return nil, errSignedOut
	default:
		return nil, fmt.Errorf("list the sample calendar: %s", response.Status)
	}
	var list struct{ Items []emulator.Event }
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		return nil, fmt.Errorf("read the sample calendar: %w", err)
	}
	return list.Items, nil
}

// days groups events, which are in order, by the day that they start on.
func (d *demoCalendar) days(events []emulator.Event, now time.Time) []demoDay {
	var days []demoDay
	for _, e := range events {
		start := d.local(e.Start)
		name := start.Format("Monday 2 January")
		if len(days) == 0 || days[len(days)-1].Name != name {
			days = append(days, demoDay{Name: name, ahead: start.Format(time.DateOnly) >= now.Format(time.DateOnly)})
		}
		day := &days[len(days)-1]
		if e.Start.Date != "" {
			day.All = append(day.All, d.shown(e, now))
			continue
		}
		day.Timed = append(day.Timed, d.shown(e, now))
	}
	if i := slices.IndexFunc(days, func(d demoDay) bool { return d.ahead }); i >= 0 {
		days[i].Today = true
	}
	return days
}

func (d *demoCalendar) shown(e emulator.Event, now time.Time) demoEvent {
	start, end := d.local(e.Start), d.local(e.End)
	return demoEvent{
		Event: e, Clock: start.Format("15:04") + "–" + end.Format("15:04"), Start: start.Format("2006-01-02T15:04"),
		Hold: e.ExtendedProperties != nil && e.ExtendedProperties.Private["hfInstall"] != "",
		Free: e.Transparency == "transparent", Past: end.Before(now),
	}
}

// local returns w on the owner's clock.
func (d *demoCalendar) local(w *emulator.When) time.Time {
	if w.Date == "" {
		return w.Time.In(d.zone)
	}
	day, err := time.ParseInLocation(time.DateOnly, w.Date, d.zone)
	if err != nil {
		return time.Time{} // refused when it was written
	}
	return day
}

// errForm says that a form was filled in wrongly.
var errForm = errors.New("the form is incomplete")

// hand makes a change of the owner's a handler.
func (d *demoCalendar) hand(change func(owner *emulator.User, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := change(d.google.User(sampleRep), r); err != nil {
			d.fail(w, err)
			return
		}
		http.Redirect(w, r, demoCalendarPath+"#today", http.StatusSeeOther)
	}
}

func (d *demoCalendar) move(owner *emulator.User, r *http.Request) error {
	event, err := owner.Event("", r.PostFormValue("id"))
	if err != nil {
		return err
	}
	start, err := d.startOf(r)
	if err != nil {
		return err
	}
	_, err = owner.Move("", event.ID, start, start.Add(event.End.Time.Sub(event.Start.Time)))
	return err
}

func (d *demoCalendar) edit(owner *emulator.User, r *http.Request) error {
	_, err := owner.Edit("", r.PostFormValue("id"), func(e *emulator.Event) { e.Summary = r.PostFormValue("title") })
	return err
}

func (d *demoCalendar) remove(owner *emulator.User, r *http.Request) error {
	return owner.Delete("", r.PostFormValue("id"))
}

// book makes a meeting with a prospect, as the owner does when a next step is agreed.
func (d *demoCalendar) book(owner *emulator.User, r *http.Request) error {
	start, err := d.startOf(r)
	if err != nil {
		return err
	}
	e, err := sampleEvent{title: "Next step", guests: r.PostFormValue("guest")}.event(start)
	if err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	e.Start, e.End = emulator.At(start, d.zone.String()), emulator.At(start.Add(demoMeeting), d.zone.String())
	_, err = owner.Insert("", e)
	return err
}

// demoMeeting is how long a meeting booked by hand is.
const demoMeeting = 30 * time.Minute

func (d *demoCalendar) startOf(r *http.Request) (time.Time, error) {
	start, err := time.ParseInLocation("2006-01-02T15:04", r.PostFormValue("start"), d.zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", errForm, err)
	}
	return start, nil
}

func (d *demoCalendar) fail(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errForm):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case errors.Is(err, emulator.ErrUnknownEvent):
		http.Error(w, "The event is gone already.", http.StatusNotFound)
	default:
		d.log.Error("sample calendar failed", "error", err)
		http.Error(w, "That went wrong.", http.StatusInternalServerError)
	}
}
