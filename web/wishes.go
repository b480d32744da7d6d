package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// channels are those that a contact may choose from.
var channels = []choice{
	{"", "No preference"},
	{string(scheduler.Call), "Phone call"},
	{string(scheduler.Video), "Video call"},
	{string(scheduler.Email), "Email"},
	{string(scheduler.Text), "Text message"},
	{string(scheduler.LinkedIn), "LinkedIn"},
	{string(scheduler.Post), "Letter"},
}

// weekdays are the days that a contact may choose from.
var weekdays = []choice{
	{"mon", "Mon"}, {"tue", "Tue"}, {"wed", "Wed"}, {"thu", "Thu"}, {"fri", "Fri"}, {"sat", "Sat"}, {"sun", "Sun"},
}

// wishForm is how somebody wants to be followed up, as a form has it.
type wishForm struct {
	store.Wishes
	Problems map[string]string // by field
}

// Channels are those to choose from.
func (wishForm) Channels() []choice { return channels }

// Weekdays are the days to choose from.
func (wishForm) Weekdays() []choice { return weekdays }

// On reports whether a day was chosen.
func (w wishForm) On(day string) bool { return slices.Contains(w.Days, day) }

// Between returns the hours; both are empty where there are none.
func (w wishForm) Between() store.DayHours { return hoursOf(w.Wishes) }

// Any reports whether anything was chosen.
func (w wishForm) Any() bool {
	return w.Channel != "" || len(w.Days) > 0 || w.Hours != nil || w.NotBefore != ""
}

// readWishes reads what a form says of how to follow up, and what of it cannot be, by
// field. What the form does not ask for stays as it is in current.
func readWishes(r *request, current store.Wishes) (store.Wishes, map[string]string) {
	w, problems := current, make(map[string]string)
	w.Channel = scheduler.Channel(r.PostForm("channel"))
	if !slices.ContainsFunc(channels, func(c choice) bool { return c.Value == string(w.Channel) }) {
		problems["channel"] = "Choose one of these."
	}
	w.Days = r.PostFormArray("days")
	if slices.ContainsFunc(w.Days, func(day string) bool {
		return !slices.ContainsFunc(weekdays, func(c choice) bool { return c.Value == day })
	}) {
		problems["days"] = "Choose among these days."
	}
	if len(w.Days) == 0 {
		w.Days = nil
	}
	w.Hours = readHours(r, problems)
	w.NotBefore = strings.TrimSpace(r.PostForm("not_before"))
	if _, err := time.Parse(time.DateOnly, w.NotBefore); w.NotBefore != "" && err != nil {
		problems["not_before"] = "“" + plain(w.NotBefore) + "” is no date such as 2027-01-15."
	}
	return w, problems
}

// readHours reads the hours of a form; nil: none were given.
func readHours(r *request, problems map[string]string) *store.DayHours {
	h := store.DayHours{Start: strings.TrimSpace(r.PostForm("hours_start")), End: strings.TrimSpace(r.PostForm("hours_end"))}
	if h == (store.DayHours{}) {
		return nil
	}
	if h.Start == "" || h.End == "" {
		problems["hours"] = "Give both: from when, and until when."
		return &h
	}
	if _, err := scheduler.ParseHours(h.Start + "-" + h.End); err != nil {
		problems["hours"] = "Give hours of one day, such as 09:00 to 17:00."
	}
	return &h
}

// asForm is what a form says that shows w, and in which nothing was changed.
func asForm(w store.Wishes) string { return fmt.Sprint(w.Channel, w.Days, hoursOf(w), w.NotBefore) }

// hoursOf returns the hours of w; both are empty where it has none.
func hoursOf(w store.Wishes) store.DayHours {
	if w.Hours == nil {
		return store.DayHours{}
	}
	return *w.Hours
}

// fieldProblems adds what the store refused to problems, by the field of the form; ok is
// false where err is about something else.
func fieldProblems(err error, problems map[string]string) (ok bool) {
	var wrong *store.InvalidError
	if !errors.As(err, &wrong) {
		return false
	}
	for _, w := range wrong.Fields {
		// preferences.hours.start and contact.address are one field of a form each.
		name := strings.TrimPrefix(w.Field, "preferences.")
		name, _, _ = strings.Cut(name, ".")
		problems[name] = w.Message
	}
	return true
}
