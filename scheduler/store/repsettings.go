package store

import (
	"encoding/json"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// RepSettings are what a rep may change: every number of the rules, and who is who.
type RepSettings struct {
	Name     string   `json:"name"`     // as prospects read it; "": made from the address
	Timezone string   `json:"timezone"` // IANA name
	Aliases  []string `json:"aliases"`  // the rep's other addresses
	Internal []string `json:"internal"` // domains of the rep's company besides their address's
	Ignored  []string `json:"ignored"`  // addresses and domains that are no prospect
	Split    []string `json:"split"`    // domains at which each person is a prospect of their own
	Hours    DayHours `json:"hours"`    // working hours
	Holidays []string `json:"holidays"` // regions whose public holidays are days off

	ShowAs          string `json:"show_as"` // auto, free or busy
	WrapUpReminders bool   `json:"wrap_up_reminders"`
	ColleaguesCount bool   `json:"colleagues_count"`
	ShareWithTeam   bool   `json:"share_with_team"` // colleagues' team feeds name the rep's prospects

	Lookback       Duration `json:"lookback"`
	Horizon        Duration `json:"horizon"`
	WrapUp         Duration `json:"wrap_up"`
	AudiencePeople int      `json:"audience_people"`
	AudienceKeys   int      `json:"audience_keys"`
	RebookWithin   Duration `json:"rebook_within"`
	Routine        int      `json:"routine"`

	CallHours         DayHours `json:"call_hours"`
	Lead              Duration `json:"lead"`
	Grid              Duration `json:"grid"`
	HoldsPerDay       int      `json:"holds_per_day"`
	HoldMinutesPerDay Duration `json:"hold_minutes_per_day"`
	CatchUpsPerDay    int      `json:"catch_ups_per_day"`
	Touches           int      `json:"touches"`
	TouchDays         int      `json:"touch_days"`
	Block             Duration `json:"block"`
	BlockLeft         Duration `json:"block_left"`
	LateBusinessDays  int      `json:"late_business_days"`
	CallReminder      Duration `json:"call_reminder"`
	BusyFrom          Duration `json:"busy_from"`

	ReminderLength   Duration `json:"reminder_length"`
	ReminderAhead    Duration `json:"reminder_ahead"`
	ReminderTimes    int      `json:"reminder_times"`
	ReminderDuration Duration `json:"reminder_duration"`

	ReviewLength      Duration `json:"review_length"`      // of a review, where nothing else is said
	ReviewCount       int      `json:"review_count"`       // how many slots are offered
	ReviewAnswer      int      `json:"review_answer"`      // business days until what nobody picked is taken back
	ReviewFirstDay    int      `json:"review_first_day"`   // business days after the send date
	ReviewLastDay     int      `json:"review_last_day"`    // the same
	ReviewNotice      Duration `json:"review_notice"`      // a slot is taken back this long before it starts
	ReviewBuffer      Duration `json:"review_buffer"`      // free before and after
	ReviewMeet        bool     `json:"review_meet"`        // with a Google Meet link
	ProposalLanguages []string `json:"proposal_languages"` // in which a title may say that a proposal is to be sent
}

// DayHours are hours of a day: 09:00 to 17:00.
type DayHours struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// showAuto is how ShowFreeThenBusy is called in settings.
const showAuto = "auto"

// defaultSettings are the rules' own values for a rep in a zone.
func defaultSettings(zone string) RepSettings {
	d := scheduler.DefaultSettings(time.UTC)
	return RepSettings{
		Timezone: zone,
		Aliases:  []string{}, Internal: []string{}, Ignored: []string{}, Split: []string{}, Holidays: []string{},
		Hours:           dayHours(d.Hours),
		ShowAs:          showAuto,
		WrapUpReminders: !d.Reminder.Off,
		ColleaguesCount: d.ColleaguesCount,

		Lookback:       Duration(d.Lookback),
		Horizon:        Duration(d.Horizon),
		WrapUp:         Duration(d.WrapUp),
		AudiencePeople: d.AudiencePeople,
		AudienceKeys:   d.AudienceKeys,
		RebookWithin:   Duration(d.RebookWithin),
		Routine:        d.Routine,

		CallHours:         dayHours(d.CallHours),
		Lead:              Duration(d.Holds.Lead),
		Grid:              Duration(d.Holds.Grid),
		HoldsPerDay:       d.Holds.PerDay,
		HoldMinutesPerDay: Duration(d.Holds.TimePerDay),
		CatchUpsPerDay:    d.Holds.CatchUpsPerDay,
		Touches:           d.Holds.Touches,
		TouchDays:         d.Holds.TouchDays,
		Block:             Duration(d.Holds.Block),
		BlockLeft:         Duration(d.Holds.BlockLeft),
		LateBusinessDays:  d.Holds.LateBusinessDays,
		CallReminder:      Duration(d.Holds.CallReminder),
		BusyFrom:          Duration(d.Holds.BusyFrom),

		ReminderLength:   Duration(d.Reminder.Length),
		ReminderAhead:    Duration(d.Reminder.Ahead),
		ReminderTimes:    d.Reminder.Times,
		ReminderDuration: Duration(d.Reminder.Duration),

		ReviewLength:      Duration(d.Review.Length),
		ReviewCount:       d.Review.Count,
		ReviewAnswer:      d.Review.Answer,
		ReviewFirstDay:    d.Review.FirstDay,
		ReviewLastDay:     d.Review.LastDay,
		ReviewNotice:      Duration(d.Review.Notice),
		ReviewBuffer:      Duration(d.Review.Buffer),
		ReviewMeet:        d.Review.Meet,
		ProposalLanguages: d.Review.Languages,
	}
}

// decodeSettings reads settings as they are stored. What a later version added has
// its default; the zone has a column of its own.
func decodeSettings(text, zone string) (RepSettings, error) {
	settings := defaultSettings(zone)
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return RepSettings{}, fmt.Errorf("read settings: %w", err)
	}
	settings.Timezone = zone
	return settings, nil
}

// Domain returns r as the rules know them, for rep. Settings that were saved are
// valid; an error means that this program does not know a zone or region any more.
func (r RepSettings) Domain(rep Rep) (scheduler.Settings, error) {
	if invalid := r.Validate(); len(invalid) > 0 {
		return scheduler.Settings{}, &InvalidError{invalid}
	}
	zone, err := time.LoadLocation(r.Timezone)
	if err != nil {
		return scheduler.Settings{}, fmt.Errorf("settings: %w", err)
	}
	s := scheduler.DefaultSettings(zone)
	s.Addresses = append([]string{rep.Email}, r.Aliases...)
	s.Internal, s.Ignored, s.Split = r.Internal, r.Ignored, r.Split
	for _, code := range r.Holidays {
		region, err := scheduler.ParseRegion(code)
		if err != nil {
			return scheduler.Settings{}, fmt.Errorf("settings: %w", err)
		}
		s.Holidays = append(s.Holidays, region)
	}
	s.Lookback, s.Horizon, s.WrapUp = time.Duration(r.Lookback), time.Duration(r.Horizon), time.Duration(r.WrapUp)
	s.AudiencePeople, s.AudienceKeys, s.Routine = r.AudiencePeople, r.AudienceKeys, r.Routine
	s.RebookWithin = time.Duration(r.RebookWithin)
	s.ColleaguesCount = r.ColleaguesCount
	if r.ShowAs != showAuto {
		s.ShowAs = scheduler.ShowAs(r.ShowAs)
	}
	s.Holds, s.Reminder, s.Review = r.holds(s.Holds), r.reminder(s.Reminder), r.review(s.Review)
	if s.Hours, err = r.Hours.parse(); err != nil {
		return scheduler.Settings{}, fmt.Errorf("settings: %w", err)
	}
	if s.CallHours, err = r.CallHours.parse(); err != nil {
		return scheduler.Settings{}, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

func (r RepSettings) holds(h scheduler.HoldLimits) scheduler.HoldLimits {
	h.Lead, h.Grid = time.Duration(r.Lead), time.Duration(r.Grid)
	h.PerDay, h.TimePerDay = r.HoldsPerDay, time.Duration(r.HoldMinutesPerDay)
	h.CatchUpsPerDay, h.Touches, h.TouchDays = r.CatchUpsPerDay, r.Touches, r.TouchDays
	h.Block, h.BlockLeft = time.Duration(r.Block), time.Duration(r.BlockLeft)
	h.LateBusinessDays = r.LateBusinessDays
	h.CallReminder, h.BusyFrom = time.Duration(r.CallReminder), time.Duration(r.BusyFrom)
	return h
}

func (r RepSettings) reminder(m scheduler.ReminderLimits) scheduler.ReminderLimits {
	m.Off = !r.WrapUpReminders
	m.Length, m.Ahead = time.Duration(r.ReminderLength), time.Duration(r.ReminderAhead)
	m.Times, m.Duration = r.ReminderTimes, time.Duration(r.ReminderDuration)
	return m
}

func (r RepSettings) review(l scheduler.ReviewLimits) scheduler.ReviewLimits {
	l.Length, l.Count, l.Answer = time.Duration(r.ReviewLength), r.ReviewCount, r.ReviewAnswer
	l.FirstDay, l.LastDay = r.ReviewFirstDay, r.ReviewLastDay
	l.Notice, l.Buffer = time.Duration(r.ReviewNotice), time.Duration(r.ReviewBuffer)
	l.Meet, l.Languages = r.ReviewMeet, r.ProposalLanguages
	return l
}

func dayHours(h scheduler.Hours) DayHours {
	text := h.String() // 09:00-17:00
	return DayHours{Start: text[:5], End: text[6:]}
}

func (h DayHours) parse() (scheduler.Hours, error) {
	return scheduler.ParseHours(h.Start + "-" + h.End)
}
