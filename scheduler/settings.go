package scheduler

import "time"

// Settings are what a rep chooses; every number of the rules is one of them.
// DefaultSettings has the rules' own values.
type Settings struct {
	// Addresses are the rep's addresses and aliases as ParseAddress gives them;
	// the first is the main one.
	Addresses []string
	// Internal are domains of the rep's own company besides those of Addresses:
	// subsidiaries, resellers. Like every domain here it includes its subdomains.
	Internal []string
	// Ignored are addresses and domains that are no prospect.
	Ignored []string
	// Split are domains at which each person is a prospect of their own.
	Split []string

	Zone     *time.Location // the rep's zone: "local" in the rules
	Hours    Hours          // working hours, local
	Holidays []Region       // regions whose public holidays are days off

	// Things that start from Lookback before now to Horizon after it are judged.
	Lookback, Horizon time.Duration
	// WrapUp: a meeting with at most this long left is judged before it ends.
	WrapUp time.Duration
	// More prospects, or more prospect keys, than these make an audience.
	AudiencePeople, AudienceKeys int
	// RebookWithin is how near a meeting must be to a cancelled one, on either
	// side, to count as the cancelled one moved.
	RebookWithin time.Duration
	// Routine: a series with more instances to come than this is one.
	Routine int

	Cadences map[Reason]Cadence // which cadence a flag of each reason starts
	Holds    HoldLimits
	// CallHours are when contacts may be called, in their own zone.
	CallHours Hours
	Review    ReviewLimits
	Reminder  ReminderLimits
	// ShowAs says how holds show in the calendar.
	ShowAs ShowAs
	// ColleaguesCount: a meeting on a colleague's calendar is a next step too.
	ColleaguesCount bool
}

// ShowAs says how holds show in the calendar. The zero value is the rule's.
type ShowAs string

// How holds show.
const (
	ShowFreeThenBusy ShowAs = ""     // free until HoldLimits.BusyFrom before the start, then busy
	ShowFree         ShowAs = "free" // always
	ShowBusy         ShowAs = "busy" // always
)

// ReminderLimits bound the wrap-up reminders (practice next-step: the best time to
// set the next step is during the meeting).
type ReminderLimits struct {
	Off      bool
	Length   time.Duration // over the meeting's last minutes
	Ahead    time.Duration // reminders are written for meetings that start within this
	Times    int           // bookable times named in it
	Duration time.Duration // of the meeting that they are for
}

// HoldLimits bound where and how many holds are placed.
type HoldLimits struct {
	Lead             time.Duration // a hold starts at least this long from now
	Grid             time.Duration // holds start on multiples of this on the clock
	PerDay           int           // holds a day
	TimePerDay       time.Duration // time in holds a day
	CatchUpsPerDay   int
	Touches          int           // touches for one prospect …
	TouchDays        int           // … in any window of this many days
	Block            time.Duration // free blocks this long are not split …
	BlockLeft        time.Duration // … into two parts of at least this
	LateBusinessDays int           // how far after its deadline a hold may go
	CallReminder     time.Duration // a popup this long before a call; other holds have none
	BusyFrom         time.Duration // from this long before its start a hold shows as busy
}

// ReviewLimits bound where review slots are looked for.
type ReviewLimits struct {
	FirstDay, LastDay int           // business days after the send date
	Notice            time.Duration // from now
	Buffer            time.Duration // free before and after
	Grid              time.Duration // slots start on multiples of this on the clock

	Length time.Duration // of a review, where nothing else is said
	Count  int           // how many slots are offered
	// Answer is how many business days the prospect has to pick one.
	Answer int
	// Widen is by how many business days the window is widened where it has fewer
	// slots than Count, and Widenings how often.
	Widen, Widenings int
	Meet             bool // reviews get a Google Meet link
	// Languages are those in which a title may say that a proposal is to be sent
	// (ISO 639-1).
	Languages []string
}

// DefaultSettings are the defaults of every number in the rules, for a rep in zone.
func DefaultSettings(zone *time.Location) Settings {
	return Settings{
		Zone:           zone,
		Hours:          Hours{9 * time.Hour, 17 * time.Hour},
		Lookback:       30 * 24 * time.Hour,
		Horizon:        120 * 24 * time.Hour,
		WrapUp:         10 * time.Minute,
		AudiencePeople: 25,
		AudienceKeys:   5,
		RebookWithin:   7 * 24 * time.Hour,
		Routine:        3,
		CallHours:      Hours{9 * time.Hour, 17 * time.Hour},
		Review: ReviewLimits{
			FirstDay: 2,
			LastDay:  5,
			Notice:   24 * time.Hour,
			Buffer:   10 * time.Minute,
			Grid:     15 * time.Minute,

			Length:    30 * time.Minute,
			Count:     3,
			Answer:    3,
			Widen:     5,
			Widenings: 3,
			Languages: []string{"en"},
		},
		Reminder: ReminderLimits{
			Length:   10 * time.Minute,
			Ahead:    7 * 24 * time.Hour,
			Times:    3,
			Duration: 30 * time.Minute,
		},
		ColleaguesCount: true,
		Cadences: map[Reason]Cadence{
			NoNextStep:  AfterMeeting(),
			WrappingUp:  AfterMeeting(),
			NotRebooked: Rebook(),
		},
		Holds: HoldLimits{
			Lead:             15 * time.Minute,
			Grid:             15 * time.Minute,
			PerDay:           6,
			TimePerDay:       90 * time.Minute,
			CatchUpsPerDay:   2,
			Touches:          6,
			TouchDays:        30,
			Block:            time.Hour,
			BlockLeft:        15 * time.Minute,
			LateBusinessDays: 20,
			CallReminder:     5 * time.Minute,
			BusyFrom:         24 * time.Hour,
		},
	}
}
