package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
)

// FieldError says what is wrong with one field of an input.
type FieldError struct {
	Field   string `json:"field"` // as it is called in JSON
	Message string `json:"message"`
}

// InvalidError says what is wrong with an input. It is a scheduler.ErrInvalid.
type InvalidError struct{ Fields []FieldError }

func (e *InvalidError) Error() string {
	all := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		all[i] = f.Field + ": " + f.Message
	}
	return strings.Join(all, "; ")
}

// Unwrap returns scheduler.ErrInvalid.
func (e *InvalidError) Unwrap() error { return scheduler.ErrInvalid }

// listLimit bounds the lists of a rep's settings.
const listLimit = 500

// normalize puts what was typed into the form in which it is compared: addresses
// and domains in lower case, nothing twice, no list nil.
func (r *RepSettings) normalize() {
	r.Name, r.Timezone = strings.TrimSpace(r.Name), strings.TrimSpace(r.Timezone)
	for _, list := range []*[]string{&r.Aliases, &r.Internal, &r.Ignored, &r.Split, &r.Holidays, &r.ProposalLanguages} {
		clean := []string{}
		for _, entry := range *list {
			entry = strings.ToLower(strings.TrimSpace(entry))
			if address, ok := scheduler.ParseAddress(entry); ok {
				entry = address
			}
			if entry != "" && !slices.Contains(clean, entry) {
				clean = append(clean, entry)
			}
		}
		*list = clean
	}
}

// Validate says which fields are wrong.
func (r RepSettings) Validate() []FieldError {
	var wrong []FieldError
	report := func(field, format string, args ...any) {
		wrong = append(wrong, FieldError{field, fmt.Sprintf(format, args...)})
	}
	if !isLine(r.Name, nameRunes) {
		report("name", "must be one line of at most %d characters", nameRunes)
	}
	if _, err := time.LoadLocation(r.Timezone); err != nil || r.Timezone == "" || r.Timezone == "Local" {
		report("timezone", "%q is no time zone such as Europe/Berlin", r.Timezone)
	}
	r.validateLists(report)
	for field, hours := range map[string]DayHours{"hours": r.Hours, "call_hours": r.CallHours} {
		if _, err := hours.parse(); err != nil {
			report(field, "%v", err)
		}
	}
	if !slices.Contains([]string{showAuto, string(scheduler.ShowFree), string(scheduler.ShowBusy)}, r.ShowAs) {
		report("show_as", "%q is none of auto, free, busy", r.ShowAs)
	}
	r.validateCounts(report)
	r.validateDurations(report)
	slices.SortFunc(wrong, func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
	return wrong
}

type reporter func(field, format string, args ...any)

func (r RepSettings) validateLists(report reporter) {
	isAddress := func(s string) bool { _, ok := scheduler.ParseAddress(s); return ok }
	either := func(s string) bool { return isAddress(s) || isDomain(s) }
	for _, list := range []struct {
		field   string
		entries []string
		valid   func(string) bool
		kind    string
	}{
		{"aliases", r.Aliases, isAddress, "mail address"},
		{"internal", r.Internal, isDomain, "domain"},
		{"ignored", r.Ignored, either, "mail address or domain"},
		{"split", r.Split, isDomain, "domain"},
	} {
		if len(list.entries) > listLimit {
			report(list.field, "has more than %d entries", listLimit)
		}
		if i := slices.IndexFunc(list.entries, func(s string) bool { return !list.valid(s) }); i >= 0 {
			report(list.field, "%q is no %s", list.entries[i], list.kind)
		}
	}
	for _, code := range r.Holidays {
		if _, err := scheduler.ParseRegion(code); err != nil {
			report("holidays", "%v", err)
		}
	}
	known := scheduler.ProposalLanguages()
	if i := slices.IndexFunc(r.ProposalLanguages, func(s string) bool { return !slices.Contains(known, s) }); i >= 0 {
		report("proposal_languages", "%q is none of %s", r.ProposalLanguages[i], strings.Join(known, ", "))
	}
}

// isDomain reports whether s looks like the domain of a company.
func isDomain(s string) bool {
	_, ok := scheduler.ParseAddress("somebody@" + s)
	return ok && strings.Contains(s, ".") && !strings.Contains(s, "@")
}

func (r RepSettings) validateCounts(report reporter) {
	for _, n := range []struct {
		field            string
		value, low, high int
	}{
		{"audience_people", r.AudiencePeople, 2, 1000},
		{"audience_keys", r.AudienceKeys, 1, 100},
		{"routine", r.Routine, 1, 100},
		{"holds_per_day", r.HoldsPerDay, 0, 50},
		{"catch_ups_per_day", r.CatchUpsPerDay, 0, 50},
		{"touches", r.Touches, 1, 100},
		{"touch_days", r.TouchDays, 1, 365},
		{"late_business_days", r.LateBusinessDays, 0, 60},
		{"reminder_times", r.ReminderTimes, 0, 10},
		{"review_count", r.ReviewCount, 1, 10},
		{"review_answer", r.ReviewAnswer, 1, 30},
		{"review_first_day", r.ReviewFirstDay, 1, lastReviewDay},
		{"review_last_day", r.ReviewLastDay, r.ReviewFirstDay, lastReviewDay},
	} {
		if n.value < n.low || n.value > n.high {
			report(n.field, "must be from %d to %d", n.low, n.high)
		}
	}
}

func (r RepSettings) validateDurations(report reporter) {
	for _, d := range []struct {
		field            string
		value, low, high Duration
	}{
		// Nothing older than 30 days is read from the calendar.
		{"lookback", r.Lookback, Duration(day), Duration(30 * day)},
		{"horizon", r.Horizon, Duration(7 * day), Duration(365 * day)},
		{"wrap_up", r.WrapUp, 0, Duration(time.Hour)},
		{"rebook_within", r.RebookWithin, 0, Duration(60 * day)},
		{"lead", r.Lead, 0, Duration(7 * day)},
		{"grid", r.Grid, Duration(5 * time.Minute), Duration(time.Hour)},
		{"hold_minutes_per_day", r.HoldMinutesPerDay, 0, Duration(12 * time.Hour)},
		{"block", r.Block, 0, Duration(8 * time.Hour)},
		{"block_left", r.BlockLeft, 0, r.Block},
		{"call_reminder", r.CallReminder, 0, Duration(day)},
		{"busy_from", r.BusyFrom, 0, Duration(30 * day)},
		{"reminder_length", r.ReminderLength, Duration(time.Minute), Duration(time.Hour)},
		{"reminder_ahead", r.ReminderAhead, Duration(time.Hour), Duration(30 * day)},
		{"reminder_duration", r.ReminderDuration, Duration(5 * time.Minute), Duration(4 * time.Hour)},
		{"review_length", r.ReviewLength, Duration(shortestTalk), Duration(longestTalk)},
		{"review_notice", r.ReviewNotice, 0, Duration(14 * day)},
		{"review_buffer", r.ReviewBuffer, 0, Duration(2 * time.Hour)},
	} {
		if d.value < d.low || d.value > d.high {
			report(d.field, "must be from %s to %s", d.low, d.high)
		}
	}
	if r.ReviewLength%Duration(talkGrid) != 0 {
		report("review_length", "must be a multiple of %s", Duration(talkGrid))
	}
	if r.Grid <= 0 || Duration(time.Hour)%r.Grid != 0 {
		report("grid", "must divide an hour")
	}
}
