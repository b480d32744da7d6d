package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// settingsPage is what a rep may change.
type settingsPage struct {
	Settings store.RepSettings
	ShowAs   []choice
	ShownAs  string
	Numbers  []number
	Reviews  []number // numbers of reviews
	// NumbersOpen: one of the numbers is at fault, so they must be seen. ReviewsOpen: one
	// of those of reviews is.
	NumbersOpen, ReviewsOpen bool
	// Problems say what is wrong, by field.
	Problems map[string]string
	Tokens   []store.Token
	Secret   string // of a token just made
}

// choice is one of several values of a setting, in words.
type choice struct{ Value, Words string }

var showAs = []choice{
	{"auto", "free until the day before, then busy"},
	{"free", "always free"},
	{"busy", "always busy"},
}

// number is a setting that is a count or a duration.
type number struct {
	Field, Words, Hint string
	Value              string // as it is shown
	set                func(text string) error
}

// numbers returns the numbers among s, to be shown and to be set.
func numbers(s *store.RepSettings) []number {
	return []number{
		duration(&s.Lookback, "lookback", "Judge meetings of the last"),
		duration(&s.Horizon, "horizon", "Look for a next step within"),
		duration(&s.WrapUp, "wrap_up", "Judge a meeting before its end"),
		duration(&s.Lead, "lead", "Holds start at the earliest in"),
		count(&s.HoldsPerDay, "holds_per_day", "Holds a day"),
		duration(&s.HoldMinutesPerDay, "hold_minutes_per_day", "Time in holds a day"),
		count(&s.CatchUpsPerDay, "catch_ups_per_day", "Catch-ups a day"),
		count(&s.Touches, "touches", "Touches for one prospect"),
		count(&s.TouchDays, "touch_days", "… in this many days"),
	}
}

// reviewNumbers returns the numbers of reviews among s, to be shown and to be set.
func reviewNumbers(s *store.RepSettings) []number {
	return []number{
		duration(&s.ReviewLength, "review_length", "A review takes"),
		count(&s.ReviewCount, "review_count", "Times on offer"),
		count(&s.ReviewFirstDay, "review_first_day", "From business day"),
		count(&s.ReviewLastDay, "review_last_day", "to business day"),
		count(&s.ReviewAnswer, "review_answer", "Business days to answer"),
		duration(&s.ReviewNotice, "review_notice", "Taken back before its start"),
		duration(&s.ReviewBuffer, "review_buffer", "Free before and after"),
	}
}

func duration(value *store.Duration, field, words string) number {
	return number{field, words, "such as 90m or 30d", value.String(), func(text string) error {
		return value.UnmarshalText([]byte(text))
	}}
}

func count(value *int, field, words string) number {
	return number{field, words, "", strconv.Itoa(*value), func(text string) (err error) {
		if *value, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		return nil
	}}
}

func (s *Site) settings(r *request) error {
	return s.renderSettings(r, http.StatusOK, r.rep.Settings, nil, "")
}

func (s *Site) renderSettings(r *request, status int, settings store.RepSettings, problems map[string]string, secret string) error {
	tokens, err := s.Store.Tokens(r.Request.Context(), r.rep.ID)
	if err != nil {
		return fmt.Errorf("load tokens: %w", err)
	}
	f := s.frame(r, "settings", "Settings")
	if len(problems) > 0 {
		f.Notices = append(f.Notices, problem("Nothing was saved: see what is marked below."))
	}
	page := settingsPage{
		Settings: settings, ShowAs: showAs, ShownAs: settings.ShowAs, Numbers: numbers(&settings), Reviews: reviewNumbers(&settings),
		Problems: problems, Tokens: tokens, Secret: secret,
	}
	page.NumbersOpen, page.ReviewsOpen = typed(r, page.Numbers, problems), typed(r, page.Reviews, problems)
	return s.render(r, status, f, page)
}

// typed shows those numbers that are at fault as they were typed, and reports whether there
// are any.
func typed(r *request, numbers []number, problems map[string]string) bool {
	wrong := false
	for i, n := range numbers {
		if problems[n.Field] != "" {
			numbers[i].Value, wrong = plain(r.PostForm(n.Field)), true
		}
	}
	return wrong
}

// saveSettings saves the form, or shows it again with what is wrong.
func (s *Site) saveSettings(r *request) error {
	form := settingsForm{r: r, problems: make(map[string]string)}
	read := form.settings(r.rep.Settings)
	if len(form.problems) == 0 {
		_, err := s.Store.UpdateSettings(r.Request.Context(), r.rep.ID, func(current *store.RepSettings) error {
			*current = read
			return nil
		})
		var wrong *store.InvalidError
		switch {
		case err == nil:
			return s.say(r, said("Settings saved. Holds that nobody touched follow them."), "/settings")
		case !errors.As(err, &wrong):
			return fmt.Errorf("save settings: %w", err)
		}
		for _, w := range wrong.Fields {
			form.problems[formField(w.Field)] = w.Message
		}
	}
	return s.renderSettings(r, http.StatusUnprocessableEntity, read, form.problems, "")
}

// settingsForm reads the posted settings.
type settingsForm struct {
	r        *request
	problems map[string]string
}

// settings returns current with what the form says.
func (f *settingsForm) settings(current store.RepSettings) store.RepSettings {
	s := current
	s.Name, s.Timezone = f.text("name"), f.text("timezone")
	s.Hours.Start, s.Hours.End = f.text("hours_start"), f.text("hours_end")
	s.Holidays = f.list("holidays")
	s.Aliases, s.Internal = f.list("aliases"), f.list("internal")
	s.Ignored, s.Split = f.list("ignored"), f.list("split")
	s.ShowAs = f.text("show_as")
	s.WrapUpReminders = f.text("wrap_up_reminders") == "true"
	s.ColleaguesCount = f.text("colleagues_count") == "true"
	s.ShareWithTeam = f.text("share_with_team") == "true"
	s.ReviewMeet = f.text("review_meet") == "true"
	s.ProposalLanguages = f.list("proposal_languages")
	for _, n := range slices.Concat(numbers(&s), reviewNumbers(&s)) {
		if err := n.set(f.text(n.Field)); err != nil {
			f.problems[n.Field] = err.Error()
		}
	}
	return s
}

func (f *settingsForm) text(field string) string { return strings.TrimSpace(f.r.PostForm(field)) }

// list reads what is separated by lines, commas or spaces.
func (f *settingsForm) list(field string) []string {
	return strings.FieldsFunc(f.r.PostForm(field), func(r rune) bool {
		return r == ',' || r == '\n' || r == '\r' || r == ' ' || r == '\t'
	})
}

// formField returns where the form shows what is wrong with a setting: the hours
// are two fields in it.
func formField(field string) string {
	if field == "hours" {
		return "hours_start"
	}
	return field
}

func (s *Site) createToken(r *request) error {
	name := strings.TrimSpace(r.PostForm("name"))
	if name == "" {
		return s.say(r, problem("Give the token a name, so that you know later what it is for."), "/settings")
	}
	_, secret, err := s.Store.CreateToken(r.Request.Context(), r.rep.ID, name)
	if errors.Is(err, scheduler.ErrInvalid) {
		return s.say(r, problem("No token was made: its name is too long."), "/settings")
	}
	if err != nil {
		return fmt.Errorf("create token: %w", err)
	}
	// Shown in this answer and nowhere else: it is not kept.
	return s.renderSettings(r, http.StatusOK, r.rep.Settings, nil, secret)
}

func (s *Site) deleteToken(r *request) error {
	if err := s.Store.DeleteToken(r.Request.Context(), r.rep.ID, r.Param("id")); err != nil {
		return fmt.Errorf("delete token: %w", err)
	}
	return s.say(r, said("The token is deleted. What used it is refused from now on."), "/settings")
}
