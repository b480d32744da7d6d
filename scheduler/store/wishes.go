package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// known is one of a contact's wishes as it is kept: what, from where, and since when.
type known struct {
	Value json.RawMessage `json:"value"`
	From  string          `json:"from"`
	At    time.Time       `json:"at"`
}

// wishes are what is known of a contact's wishes, by their names in JSON. The name that a rep
// gave a contact is among them: the calendar does not change it any more.
type wishes map[string]known

// The names of what a contact may wish.
const (
	wishChannel   = "channel"
	wishDays      = "days"
	wishHours     = "hours"
	wishZone      = "zone"
	wishNotBefore = "not_before"
	wishRegion    = "region"
	givenName     = "name"
)

// asksFor is what a contact's page asks for, and shows as far as it is known.
var asksFor = []string{wishChannel, wishDays, wishHours, wishNotBefore}

func decodeWishes(text string) (wishes, error) {
	w := make(wishes)
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return nil, fmt.Errorf("read preferences: %w", err)
	}
	return w, nil
}

// encode returns w as it is kept, the same for the same wishes.
func (w wishes) encode() (string, error) {
	text, err := json.Marshal(w)
	return string(text), wrapf(err, "write preferences")
}

// set keeps that the wish called name is value, as from says. One that is so already
// stays as it is.
func (w wishes) set(name string, value any, from string, at time.Time) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write preferences: %w", err)
	}
	if k, ok := w[name]; ok && k.From == from && string(k.Value) == string(text) {
		return nil
	}
	w[name] = known{Value: text, From: from, At: at}
	return nil
}

// answer replaces what the contact said before by what they say now. What the rep set,
// or a booking told, stays where they say nothing of it. Where said is Whole, it replaces
// all that their page asks for, and nothing else.
func (w wishes) answer(said Wishes, at time.Time) error {
	now := said.fields()
	maps.DeleteFunc(w, func(name string, k known) bool {
		replaced := k.From == FromAsked
		if said.Whole {
			replaced = slices.Contains(asksFor, name)
		}
		return replaced && now[name] == nil
	})
	for name, value := range now {
		if err := w.set(name, value, FromAsked, at); err != nil {
			return err
		}
	}
	return nil
}

// learnZone keeps the zone of the browser with which a contact booked, where they or
// the rep have not said another.
func (w wishes) learnZone(zone string, at time.Time) error {
	if k, ok := w[wishZone]; ok && k.From != FromBooked {
		return nil
	}
	return w.set(wishZone, zone, FromBooked, at)
}

// view returns w as it is shown, with the sources.
func (w wishes) view() (Wishes, map[string]string, error) {
	fields, sources := make(map[string]json.RawMessage, len(w)), make(map[string]string, len(w))
	for name, k := range w {
		fields[name], sources[name] = k.Value, k.From
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return Wishes{}, nil, fmt.Errorf("read preferences: %w", err)
	}
	var shown Wishes
	if err := json.Unmarshal(text, &shown); err != nil {
		return Wishes{}, nil, fmt.Errorf("read preferences: %w", err)
	}
	return shown, sources, nil
}

// fields returns the wishes of w that are stated, by name.
func (w Wishes) fields() map[string]any {
	all := make(map[string]any)
	if w.Channel != "" {
		all[wishChannel] = w.Channel
	}
	if len(w.Days) > 0 {
		all[wishDays] = w.Days
	}
	if w.Hours != nil && *w.Hours != (DayHours{}) {
		all[wishHours] = w.Hours
	}
	for name, text := range map[string]string{wishZone: w.Zone, wishNotBefore: w.NotBefore, wishRegion: w.Region} {
		if text != "" {
			all[name] = text
		}
	}
	return all
}

// channels are those that a contact may wish.
var channels = []scheduler.Channel{
	scheduler.Call, scheduler.Video, scheduler.Email, scheduler.Text, scheduler.LinkedIn, scheduler.Post,
}

// weekdays are the days of a week as wishes spell them, from Monday on.
var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func weekdayOf(name string) time.Weekday {
	return time.Weekday((slices.Index(weekdays, name) + 1) % len(weekdays))
}

// normalize puts w into the form in which it is kept: lower case, days in their order
// and each once.
func (w *Wishes) normalize() {
	w.Channel = scheduler.Channel(strings.ToLower(strings.TrimSpace(string(w.Channel))))
	days := make([]string, 0, len(w.Days))
	for _, d := range w.Days {
		days = append(days, strings.ToLower(strings.TrimSpace(d)))
	}
	slices.SortStableFunc(days, func(a, b string) int { return slices.Index(weekdays, a) - slices.Index(weekdays, b) })
	w.Days = slices.Compact(days)
	w.Zone, w.NotBefore = strings.TrimSpace(w.Zone), strings.TrimSpace(w.NotBefore)
	w.Region = strings.ToLower(strings.TrimSpace(w.Region))
}

// check says which of w cannot be.
func (w Wishes) check(report reporter) {
	if w.Channel != "" && !slices.Contains(channels, w.Channel) {
		report(wishChannel, "%q is none of call, video, email, text, linkedin, post", w.Channel)
	}
	if i := slices.IndexFunc(w.Days, func(d string) bool { return !slices.Contains(weekdays, d) }); i >= 0 {
		report(wishDays, "%q is none of %s", w.Days[i], strings.Join(weekdays, ", "))
	}
	if w.Hours != nil && *w.Hours != (DayHours{}) {
		if _, err := w.Hours.parse(); err != nil {
			report(wishHours, "%v", err)
		}
	}
	if w.Zone != "" && !isZone(w.Zone) {
		report(wishZone, "%q is no time zone such as Europe/Berlin", w.Zone)
	}
	if _, err := parseDate(w.NotBefore); w.NotBefore != "" && err != nil {
		report(wishNotBefore, "%v", err)
	}
	if _, err := scheduler.ParseRegion(w.Region); w.Region != "" && err != nil {
		report(wishRegion, "%v", err)
	}
}

// isZone reports whether name is that of a time zone.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

// domain returns w as the rules know it. Days without a zone of the contact's are in local.
func (w Wishes) domain(local *time.Location) (scheduler.Preferences, error) {
	p := scheduler.Preferences{Channel: w.Channel}
	var err error
	if w.Zone != "" {
		if p.Zone, err = time.LoadLocation(w.Zone); err != nil {
			return p, err
		}
		local = p.Zone
	}
	if w.Hours != nil && *w.Hours != (DayHours{}) {
		if p.Hours, err = w.Hours.parse(); err != nil {
			return p, err
		}
	}
	for _, d := range w.Days {
		p.Days = append(p.Days, weekdayOf(d))
	}
	if w.NotBefore != "" {
		on, err := parseDate(w.NotBefore)
		if err != nil {
			return p, err
		}
		p.NotBefore = scheduler.Resolve(on.Wall(), local)
	}
	if w.Region != "" {
		p.Region, err = scheduler.ParseRegion(w.Region)
	}
	return p, err
}

// parseDate reads a date such as 2026-11-23.
func parseDate(text string) (scheduler.Date, error) {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no date such as 2026-11-23", text)
	}
	return scheduler.DateOf(on), nil
}
