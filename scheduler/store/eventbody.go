package store

import (
	"encoding/json"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// eventBody is an event as the mirror keeps it. Its Ref is in the row's columns but
// for the link.
type eventBody struct {
	UID          string         `json:"uid,omitempty"`
	Sequence     int            `json:"sequence,omitempty"`
	Created      *time.Time     `json:"created,omitempty"`
	LastModified *time.Time     `json:"last_modified,omitempty"`
	Summary      string         `json:"summary,omitempty"`
	Status       string         `json:"status"`
	Transparent  bool           `json:"transparent,omitempty"`
	Private      bool           `json:"private,omitempty"`
	OutOfOffice  bool           `json:"out_of_office,omitempty"`
	StatusOnly   bool           `json:"status_only,omitempty"`
	Kind         scheduler.Kind `json:"kind,omitempty"`
	GuestsHidden bool           `json:"guests_hidden,omitempty"`
	Organizer    *guestBody     `json:"organizer,omitempty"`
	Attendees    []guestBody    `json:"attendees,omitempty"`

	Start         momentBody   `json:"start,omitzero"`
	End           momentBody   `json:"end,omitzero"`
	NominalDays   int          `json:"nominal_days,omitempty"`
	ByDuration    bool         `json:"by_duration,omitempty"`
	Rules         []string     `json:"rules,omitempty"`
	RDates        []periodBody `json:"rdates,omitempty"`
	ExDates       []momentBody `json:"exdates,omitempty"`
	RecurrenceID  *momentBody  `json:"recurrence_id,omitempty"`
	ThisAndFuture bool         `json:"this_and_future,omitempty"`
	Link          string       `json:"link,omitempty"`
}

type guestBody struct {
	Address    string `json:"address,omitempty"`
	Name       string `json:"name,omitempty"`
	Response   string `json:"response"`
	NotAPerson bool   `json:"not_a_person,omitempty"`
}

// momentBody is a Moment: 2026-11-23T09:00:00 in a zone, or floating without one,
// and a date where Date is set.
type momentBody struct {
	Wall string `json:"wall"`
	Zone string `json:"zone,omitempty"`
	Date bool   `json:"date,omitempty"`
}

type periodBody struct {
	Start momentBody `json:"start"`
	End   momentBody `json:"end,omitzero"`
}

const wallLayout = "2006-01-02T15:04:05.999999999"

func (c *zoneCache) encodeEvent(e *scheduler.Event) (string, error) {
	body := eventBody{
		UID: e.UID, Sequence: e.Sequence, Created: timeOrNil(e.Created), LastModified: timeOrNil(e.LastModified),
		Summary: e.Summary, Status: e.Status.String(), Transparent: e.Transparent, Private: e.Private,
		OutOfOffice: e.OutOfOffice, StatusOnly: e.StatusOnly, Kind: e.Kind, GuestsHidden: e.GuestsHidden,
		Start: c.encodeMoment(e.Start), End: c.encodeMoment(e.End), NominalDays: e.NominalDays, ByDuration: e.ByDuration,
		ThisAndFuture: e.ThisAndFuture, Link: e.Ref.Link,
	}
	if e.Organizer != nil {
		organizer := encodeGuest(*e.Organizer)
		body.Organizer = &organizer
	}
	for _, a := range e.Attendees {
		body.Attendees = append(body.Attendees, encodeGuest(a))
	}
	for _, r := range e.Rules {
		body.Rules = append(body.Rules, r.String())
	}
	for _, p := range e.RDates {
		body.RDates = append(body.RDates, periodBody{c.encodeMoment(p.Start), c.encodeMoment(p.End)})
	}
	for _, m := range e.ExDates {
		body.ExDates = append(body.ExDates, c.encodeMoment(m))
	}
	if e.RecurrenceID != nil {
		original := c.encodeMoment(*e.RecurrenceID)
		body.RecurrenceID = &original
	}
	text, err := json.Marshal(body)
	return string(text), err
}

func encodeGuest(a scheduler.Attendee) guestBody {
	return guestBody{Address: a.Address, Name: a.Name, Response: a.Response.String(), NotAPerson: a.NotAPerson}
}

func (c *zoneCache) encodeMoment(m scheduler.Moment) momentBody {
	if m.Wall.IsZero() {
		return momentBody{}
	}
	body := momentBody{Wall: m.Wall.Format(wallLayout), Date: m.DateOnly}
	if m.Zone != nil {
		body.Zone = c.name(m.Zone, m.In(time.UTC))
	}
	return body
}

func (c *zoneCache) decodeEvent(text string) (scheduler.Event, error) {
	var body eventBody
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return scheduler.Event{}, err
	}
	e := scheduler.Event{
		UID: body.UID, Sequence: body.Sequence, Summary: body.Summary, Status: statusOf(body.Status),
		Transparent: body.Transparent, Private: body.Private, OutOfOffice: body.OutOfOffice, StatusOnly: body.StatusOnly,
		Kind: body.Kind, GuestsHidden: body.GuestsHidden, NominalDays: body.NominalDays, ByDuration: body.ByDuration,
		ThisAndFuture: body.ThisAndFuture, Ref: scheduler.Ref{Link: body.Link},
	}
	if body.Created != nil {
		e.Created = *body.Created
	}
	if body.LastModified != nil {
		e.LastModified = *body.LastModified
	}
	if body.Organizer != nil {
		organizer := decodeGuest(*body.Organizer)
		e.Organizer = &organizer
	}
	for _, g := range body.Attendees {
		e.Attendees = append(e.Attendees, decodeGuest(g))
	}
	return e, c.decodeTimes(&body, &e)
}

// decodeTimes reads when e is, and how it recurs.
func (c *zoneCache) decodeTimes(body *eventBody, e *scheduler.Event) (err error) {
	if e.Start, err = c.decodeMoment(body.Start); err != nil {
		return err
	}
	if e.End, err = c.decodeMoment(body.End); err != nil {
		return err
	}
	for _, text := range body.Rules {
		rule, err := scheduler.ParseRule(text)
		if err != nil {
			return err
		}
		e.Rules = append(e.Rules, rule)
	}
	for _, p := range body.RDates {
		period, err := c.decodePeriod(p)
		if err != nil {
			return err
		}
		e.RDates = append(e.RDates, period)
	}
	for _, m := range body.ExDates {
		excluded, err := c.decodeMoment(m)
		if err != nil {
			return err
		}
		e.ExDates = append(e.ExDates, excluded)
	}
	if body.RecurrenceID == nil {
		return nil
	}
	original, err := c.decodeMoment(*body.RecurrenceID)
	e.RecurrenceID = &original
	return err
}

func (c *zoneCache) decodePeriod(body periodBody) (p scheduler.Period, err error) {
	if p.Start, err = c.decodeMoment(body.Start); err == nil {
		p.End, err = c.decodeMoment(body.End)
	}
	return p, err
}

func (c *zoneCache) decodeMoment(body momentBody) (scheduler.Moment, error) {
	if body.Wall == "" {
		return scheduler.Moment{}, nil
	}
	wall, err := time.Parse(wallLayout, body.Wall)
	if err != nil {
		return scheduler.Moment{}, err
	}
	m := scheduler.Moment{Wall: wall, DateOnly: body.Date}
	if body.Zone == "" {
		return m, nil
	}
	m.Zone, err = c.load(body.Zone)
	if err != nil {
		return scheduler.Moment{}, fmt.Errorf("zone %q: %w", body.Zone, err)
	}
	return m, nil
}

func decodeGuest(g guestBody) scheduler.Attendee {
	return scheduler.Attendee{Address: g.Address, Name: g.Name, Response: responseOf(g.Response), NotAPerson: g.NotAPerson}
}

// statusOf returns the status that String calls name.
func statusOf(name string) scheduler.Status {
	for _, s := range []scheduler.Status{scheduler.Tentative, scheduler.Cancelled} {
		if s.String() == name {
			return s
		}
	}
	return scheduler.Confirmed
}

// responseOf returns the response that String calls name.
func responseOf(name string) scheduler.Response {
	for _, r := range []scheduler.Response{scheduler.Accepted, scheduler.TentativelyAccepted, scheduler.Declined} {
		if r.String() == name {
			return r
		}
	}
	return scheduler.NeedsAction
}
