package main

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"holdfast/integrations/google/emulator"
)

// The rep of the demo.
const (
	sampleRep  = "dana@northwind.example"
	sampleName = "Dana Reyes"
)

// sampleEvent is an event of the demo's calendar, told relative to today.
type sampleEvent struct {
	day     int    // business days from today, or calendar days where anyDay
	at      string // local time; "": all day, or where about is set
	minutes int
	title   string
	guests  string // besides the rep, as in a mail's To line
	sampleKind
}

// sampleKind is what is unusual about an event.
type sampleKind struct {
	repeat   string        // RRULE
	zone     string        // not the rep's
	about    time.Duration // start, from now: for what is going on at this moment
	days     int           // of an all-day event
	kind     string        // event type
	invited  bool          // the first guest organizes it
	declined bool          // by every guest
	private  bool
	free     bool
	anyDay   bool
	crowd    int // guests of as many companies, besides those named
}

// sampleEvents are a month of a seller's life: every kind of meeting that Holdfast
// tells apart is in it.
var sampleEvents = []sampleEvent{
	// Ended without a next step.
	{day: -1, at: "10:00", minutes: 45, title: "Demo: route planning", guests: "Ana Ruiz <ana@bluepeak.example>, Leo Hart <leo@bluepeak.example>"},
	{day: -2, at: "14:00", minutes: 30, title: "Pricing walk-through", guests: "Tom Okafor <tom@harborline.example>"},
	{day: -4, at: "11:00", minutes: 60, title: "Discovery: warehouse team", guests: "Mei Tan <mei@copperfield.example>", sampleKind: sampleKind{invited: true}},
	{day: -7, at: "15:30", minutes: 30, title: "Coffee with Pat", guests: "Pat Morgan <pat.morgan@gmail.com>"},
	{day: -11, at: "09:30", minutes: 45, title: "Kick-off workshop", guests: "Ida Berg <ida@velvetsky.example>, Noor Aziz <noor@velvetsky.example>"},
	{minutes: 30, title: "First call", guests: "Sam Doyle <sam@maplegrove.example>", sampleKind: sampleKind{about: -75 * time.Minute}},

	// About to end without one.
	{minutes: 30, title: "Needs analysis", guests: "Rosa Lind <rosa@kestrel.example>", sampleKind: sampleKind{about: -22 * time.Minute}},

	// Declined, and not rebooked.
	{day: 1, at: "16:00", minutes: 30, title: "Renewal call", guests: "Viktor Saal <viktor@orchardhill.example>", sampleKind: sampleKind{declined: true}},

	// Covered by a later meeting, by one in another zone, by a series.
	{day: -3, at: "14:00", minutes: 45, title: "Pilot review", guests: "June Park <june@juniperworks.example>"},
	{day: 3, at: "11:00", minutes: 45, title: "Pilot decision", guests: "June Park <june@juniperworks.example>, Omar Reed <omar@juniperworks.example>"},
	{day: -6, at: "10:00", minutes: 30, title: "Security questions", guests: "Grace Cole <grace@stonebridge.example>"},
	{day: 8, at: "10:00", minutes: 60, title: "Contract review", guests: "Grace Cole <grace@stonebridge.example>"},
	{day: -8, at: "15:00", minutes: 45, title: "Introduction", guests: "Aiko Mori <aiko@tundra.example>", sampleKind: sampleKind{zone: "Asia/Tokyo"}},
	{day: 5, at: "15:00", minutes: 45, title: "Technical deep dive", guests: "Aiko Mori <aiko@tundra.example>", sampleKind: sampleKind{zone: "Asia/Tokyo"}},
	{day: -15, at: "13:30", minutes: 30, title: "Weekly check-in", guests: "Lena Voss <lena@lakeshore.example>", sampleKind: sampleKind{repeat: "FREQ=WEEKLY"}},
	{day: -5, at: "16:00", minutes: 30, title: "Proposal questions", guests: "Ben Ashe <ben@redwoodlabs.example>"},
	{day: 2, at: "09:30", minutes: 30, title: "Proposal review", guests: "Ben Ashe <ben@redwoodlabs.example>"},

	// To come, with nothing after them: reminders are written for these.
	{day: 1, at: "11:00", minutes: 45, title: "First meeting", guests: "Ivo Marsh <ivo@brightwater.example>"},
	{day: 2, at: "14:30", minutes: 60, title: "Demo for operations", guests: "Carla Stone <carla@silverline.example>, Dev Rao <dev@silverline.example>"},
	{day: 4, at: "15:00", minutes: 30, title: "Call about integrations", guests: "Finn Lowe <finn@eastgate.example>", sampleKind: sampleKind{invited: true}},

	// No meetings with prospects: an audience, colleagues, the rep's own.
	{day: -9, at: "11:00", minutes: 60, title: "Webinar: follow-up that works", sampleKind: sampleKind{crowd: 30}},
	{day: -20, at: "09:10", minutes: 15, title: "Stand-up", guests: "Kim Wolf <kim@northwind.example>, Raj Iyer <raj@northwind.example>", sampleKind: sampleKind{repeat: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}},
	{day: -20, at: "16:30", minutes: 30, title: "Pipeline review", guests: "Kim Wolf <kim@northwind.example>", sampleKind: sampleKind{repeat: "FREQ=WEEKLY"}},
	{day: -13, at: "13:00", minutes: 30, title: "1:1 Kim / Dana", guests: "Kim Wolf <kim@northwind.example>", sampleKind: sampleKind{repeat: "FREQ=WEEKLY;INTERVAL=2"}},
	{day: -10, at: "10:00", minutes: 60, title: "Pricing workshop", guests: "Raj Iyer <raj@northwind.example>"},
	{day: -3, at: "09:30", minutes: 45, title: "Marketing sync", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: -2, at: "10:30", minutes: 60, title: "Quarter planning", guests: "Kim Wolf <kim@northwind.example>, Zoe Finch <zoe@northwind.example>"},
	{day: 0, at: "15:30", minutes: 30, title: "Deal desk", guests: "Raj Iyer <raj@northwind.example>"},
	{day: 1, at: "14:00", minutes: 60, title: "Battle cards", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: 3, at: "14:00", minutes: 90, title: "Forecast", guests: "Kim Wolf <kim@northwind.example>"},
	{day: 4, at: "10:00", minutes: 60, title: "Product news", guests: "Raj Iyer <raj@northwind.example>"},
	{day: 7, at: "13:00", minutes: 60, title: "Onboarding: new colleague", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: 9, at: "11:00", minutes: 45, title: "Marketing sync", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: -12, at: "12:00", minutes: 60, title: "Lunch with Zoe", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: -8, at: "08:15", minutes: 45, title: "Dentist", sampleKind: sampleKind{private: true}},
	{day: 2, at: "12:00", minutes: 60, title: "Physio", sampleKind: sampleKind{private: true}},
	{day: 6, at: "17:30", minutes: 90, title: "Choir", sampleKind: sampleKind{private: true}},
	{day: -1, at: "18:00", minutes: 90, title: "Dinner with Mia and Jo", guests: "Mia <mia.reyes@gmail.com>, Jo <jo.tanner@gmail.com>", sampleKind: sampleKind{private: true}},
	{day: -14, at: "12:30", minutes: 45, title: "Run", sampleKind: sampleKind{free: true, repeat: "FREQ=WEEKLY"}},

	// What takes time, or only says how the day is.
	{day: 0, at: "13:00", minutes: 45, title: "Write the Copperfield summary"},
	{day: 1, at: "09:30", minutes: 60, title: "Focus: proposals", sampleKind: sampleKind{kind: "focusTime"}},
	{day: 3, at: "16:00", minutes: 60, title: "Focus: account plans", sampleKind: sampleKind{kind: "focusTime"}},
	{day: 3, at: "17:00", minutes: 15, title: "Send proposal to Silverline"},
	{day: 5, at: "09:30", minutes: 120, title: "Write-up: Stonebridge"},
	{day: -6, at: "14:00", minutes: 60, title: "Expenses"},
	{day: -5, at: "09:30", minutes: 60, title: "Account research"},
	{day: -4, at: "14:00", minutes: 60, title: "Call block"},
	{day: 8, at: "14:00", minutes: 60, title: "Call block"},
	{day: 10, at: "09:30", minutes: 60, title: "Account research"},
	{day: 7, at: "09:30", minutes: 90, title: "Train to the fair"},
	{day: 6, title: "Day off", sampleKind: sampleKind{days: 1, kind: "outOfOffice"}},
	{day: 12, title: "Trade fair", sampleKind: sampleKind{days: 2}},
	{day: 3, title: "Kim's birthday", sampleKind: sampleKind{days: 1, free: true}},
	{day: -2, title: "Sprint 41", sampleKind: sampleKind{days: 5, free: true}},
	{day: 6, title: "Museum", sampleKind: sampleKind{anyDay: true, days: 1, free: true}},
	{day: 11, at: "15:00", minutes: 30, title: "Tax adviser", sampleKind: sampleKind{private: true}},
	{day: 13, at: "10:00", minutes: 60, title: "Team retrospective", guests: "Kim Wolf <kim@northwind.example>, Raj Iyer <raj@northwind.example>"},
	{day: 15, at: "11:00", minutes: 45, title: "Enablement session", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: -16, at: "11:00", minutes: 45, title: "Enablement session", guests: "Zoe Finch <zoe@northwind.example>"},
	{day: -17, at: "15:00", minutes: 60, title: "Year-end ideas", guests: "Kim Wolf <kim@northwind.example>"},
}

// sampleZones are where the sample rep may live: it is a working day's middle in at
// least one of them whenever the demo starts, so that a meeting can be under way.
var sampleZones = []string{
	"America/New_York", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo", "Pacific/Auckland", "America/Los_Angeles",
}

// sampleZone returns the first zone in which the day is in full swing at now.
func sampleZone(now time.Time) (*time.Location, error) {
	for _, name := range sampleZones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return nil, fmt.Errorf("load zone: %w", err)
		}
		if hour := now.In(zone).Hour(); hour >= 10 && hour < 16 {
			return zone, nil
		}
	}
	return time.LoadLocation(sampleZones[0])
}

// addSample gives google the sample rep with a lively calendar around now.
func addSample(google *emulator.Server, now time.Time) error {
	zone, err := sampleZone(now)
	if err != nil {
		return err
	}
	rep, err := google.AddUser(emulator.Profile{Email: sampleRep, Name: sampleName, Zone: zone.String()})
	if err != nil {
		return err
	}
	for _, s := range sampleEvents {
		e, err := s.event(now.In(zone))
		if err != nil {
			return fmt.Errorf("sample event %q: %w", s.title, err)
		}
		if _, err := rep.Insert("", e); err != nil {
			return err
		}
	}
	return nil
}

// event tells s as Google does; now is in the rep's zone.
func (s sampleEvent) event(now time.Time) (emulator.Event, error) {
	start, end, err := s.times(now)
	if err != nil {
		return emulator.Event{}, err
	}
	guests, err := s.attendees()
	if err != nil {
		return emulator.Event{}, err
	}
	e := emulator.Event{Summary: s.title, Start: start, End: end, Attendees: guests, EventType: s.kind}
	if s.repeat != "" {
		e.Recurrence = []string{"RRULE:" + s.repeat}
	}
	if s.private {
		e.Visibility = "private"
	}
	if s.free {
		e.Transparency = "transparent"
	}
	if s.invited {
		e.Organizer = &emulator.Person{Email: guests[0].Email, DisplayName: guests[0].DisplayName}
	}
	return e, nil
}

func (s sampleEvent) times(now time.Time) (start, end *emulator.When, err error) {
	zone := now.Location()
	if s.zone != "" {
		if zone, err = time.LoadLocation(s.zone); err != nil {
			return nil, nil, err
		}
	}
	day := now.AddDate(0, 0, s.day)
	if !s.anyDay {
		day = businessDay(now, s.day)
	}
	if s.days > 0 && s.kind == "" {
		return emulator.On(day.Format(time.DateOnly)), emulator.On(day.AddDate(0, 0, s.days).Format(time.DateOnly)), nil
	}
	from := now.Add(s.about).Truncate(5 * time.Minute)
	if s.about == 0 {
		clock, err := time.Parse("15:04", max(s.at, "00:00"))
		if err != nil {
			return nil, nil, err
		}
		from = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location())
	}
	to := from.Add(time.Duration(s.minutes)*time.Minute).AddDate(0, 0, s.days)
	return emulator.At(from, zone.String()), emulator.At(to, zone.String()), nil
}

// businessDay returns the day that is n weekdays from now's.
func businessDay(now time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	day := now
	for n > 0 || day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, step)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day
}

// attendees returns the guests with the rep among them; nobody where there is none.
func (s sampleEvent) attendees() ([]emulator.Attendee, error) {
	list := s.guests
	for i := range s.crowd {
		list += fmt.Sprintf(", Guest %d <guest%d@listener%d.example>", i+1, i+1, i+1)
	}
	if list == "" {
		return nil, nil
	}
	named, err := mail.ParseAddressList(strings.TrimPrefix(list, ", "))
	if err != nil {
		return nil, err
	}
	var all []emulator.Attendee
	for _, guest := range named {
		response := "accepted"
		if s.declined {
			response = "declined"
		}
		all = append(all, emulator.Attendee{Email: guest.Address, DisplayName: guest.Name, ResponseStatus: response})
	}
	return append(all, emulator.Attendee{Email: sampleRep, DisplayName: sampleName, ResponseStatus: "accepted"}), nil
}
