package store

import (
	"encoding/json"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// RepSettings are what a rep may change: every number of the rules, and who is who.
type RepSettings struct {
	Name     string   `json:"name" doc:"Your name as prospects read it. Empty: made from your address."`
	Timezone string   `json:"timezone" doc:"IANA name. At first your calendar's."`
	Aliases  []string `json:"aliases" doc:"Your other addresses."`
	Internal []string `json:"internal" doc:"Domains of your company besides your address's: people there are colleagues."`
	Ignored  []string `json:"ignored" doc:"Addresses and domains that are no prospect."`
	Split    []string `json:"split" doc:"Domains at which each person is a prospect of their own."`
	Hours    DayHours `json:"hours" doc:"Working hours. Default: 09:00 to 17:00."`
	Holidays []string `json:"holidays" doc:"Regions whose public holidays are days off, such as us-ca or de-by."`

	ShowAs          string `json:"show_as" enum:"auto,free,busy" doc:"How holds show: auto is free at first and busy from busy_from on. Default: auto."`
	WrapUpReminders bool   `json:"wrap_up_reminders" doc:"Write a reminder over the last minutes of a meeting without a next step. Default: true."`
	ColleaguesCount bool   `json:"colleagues_count" doc:"A meeting on a colleague's calendar is a next step, too. Default: true."`
	ShareWithTeam   bool   `json:"share_with_team" doc:"Colleagues' team feeds name your prospects. Default: false."`

	Lookback       Duration `json:"lookback" doc:"Meetings that started within this are judged. Default: 30d."`
	Horizon        Duration `json:"horizon" doc:"A next step is looked for within this. Default: 120d."`
	WrapUp         Duration `json:"wrap_up" doc:"A meeting is judged this long before its end. Default: 10m."`
	AudiencePeople int      `json:"audience_people" doc:"More people of prospects than this are an audience, and no meeting. Default: 25."`
	AudienceKeys   int      `json:"audience_keys" doc:"So are more prospects than this. Default: 5."`
	RebookWithin   Duration `json:"rebook_within" doc:"A meeting made anew this near to a cancelled one is the cancelled one moved. Default: 7d."`
	Routine        int      `json:"routine" doc:"A series with more meetings to come than this covers as a series. Default: 3."`

	CallHours         DayHours `json:"call_hours" doc:"When contacts may be called, in their own zone. Default: 09:00 to 17:00."`
	Lead              Duration `json:"lead" doc:"Holds start at the earliest in this. Default: 15m."`
	Grid              Duration `json:"grid" doc:"Holds start on multiples of this on the clock. Default: 15m."`
	HoldsPerDay       int      `json:"holds_per_day" doc:"Holds a day, at most. Default: 6."`
	HoldMinutesPerDay Duration `json:"hold_minutes_per_day" doc:"Time in holds a day, at most. Default: 1h30m."`
	CatchUpsPerDay    int      `json:"catch_ups_per_day" doc:"Holds a day for what is overdue, at most. Default: 2."`
	Touches           int      `json:"touches" doc:"Touches for one prospect in touch_days, at most. Default: 6."`
	TouchDays         int      `json:"touch_days" doc:"The days that touches are counted in. Default: 30."`
	Block             Duration `json:"block" doc:"Free time of this length is not split by a hold, if that can be avoided. Default: 1h."`
	BlockLeft         Duration `json:"block_left" doc:"It is split where at least this stays free on both sides. Default: 15m."`
	LateBusinessDays  int      `json:"late_business_days" doc:"A hold may go so many business days after its deadline. Default: 20."`
	CallReminder      Duration `json:"call_reminder" doc:"A call pops up this long before it starts. Default: 5m."`
	BusyFrom          Duration `json:"busy_from" doc:"From this long before its start a hold shows as busy. Default: 1d."`

	ReminderLength   Duration `json:"reminder_length" doc:"How many of a meeting's last minutes its reminder is over. Default: 10m."`
	ReminderAhead    Duration `json:"reminder_ahead" doc:"Reminders are written for meetings that start within this. Default: 7d."`
	ReminderTimes    int      `json:"reminder_times" doc:"Times to offer that a reminder names. Default: 3."`
	ReminderDuration Duration `json:"reminder_duration" doc:"Of the meeting that those times are for. Default: 30m."`

	ReviewLength      Duration `json:"review_length" doc:"Of a review, where its proposal does not say another. Default: 30m."`
	ReviewCount       int      `json:"review_count" doc:"Times on offer. Default: 3."`
	ReviewAnswer      int      `json:"review_answer" doc:"Business days after which times that nobody picked are taken back. Default: 3."`
	ReviewFirstDay    int      `json:"review_first_day" doc:"First business day after the send date on which a review may be. Default: 2."`
	ReviewLastDay     int      `json:"review_last_day" doc:"The last one. Default: 5."`
	ReviewNotice      Duration `json:"review_notice" doc:"A time on offer is taken back this long before it starts. Default: 1d."`
	ReviewBuffer      Duration `json:"review_buffer" doc:"Free time before and after a review. Default: 10m."`
	ReviewMeet        bool     `json:"review_meet" doc:"Reviews get a Google Meet link. Default: false."`
	ProposalLanguages []string `json:"proposal_languages" doc:"Languages in which your calendar may say that a proposal is to be sent: en, de, es, fr, it, nl, pt. Default: en."`
}

// DayHours are hours of a day: 09:00 to 17:00.
type DayHours struct {
	Start string `json:"start" example:"09:00"`
	End   string `json:"end" example:"17:00"`
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
