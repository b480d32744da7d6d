package store

import (
	"time"

	"holdfast/scheduler"
)

// The rows of the tables, one struct each, in the order of the columns. What a
// package outside needs of them is in structs of its own; gorm stays here. Times are
// UTC in microseconds, nil where there is none.

type installRow struct {
	ID        string `gorm:"primaryKey"`
	CreatedAt time.Time
}

type replicaRow struct {
	ID     string `gorm:"primaryKey"`
	SeenAt time.Time
}

type repRow struct {
	ID            string `gorm:"primaryKey"`
	Subject       string
	Email         string
	Name          string
	Company       string // "": has no colleagues
	Zone          string // IANA
	Settings      string // JSON, see decodeSettings
	State         RepState
	Reason        string
	Paused        bool // they had paused when their consent was lost
	Backlog       scheduler.Backlog
	Counts        scheduler.Counts `gorm:"serializer:json;not null"`
	ConnectedAt   time.Time
	FirstSyncedAt *time.Time
	BacklogAt     *time.Time
	PlannedAt     *time.Time
	WakeAt        *time.Time
	CalendarsAt   *time.Time
	SlowUntil     *time.Time
	WritesAfter   *time.Time
	CreatedAt     time.Time
	FeedRevision  int64
}

type grantRow struct {
	RepID     string `gorm:"primaryKey"`
	Access    string // sealed
	Refresh   string // sealed
	Scopes    string // by spaces
	ExpiresAt time.Time
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

type sessionRow struct {
	TokenHash string `gorm:"primaryKey"`
	Data      []byte
	ExpiresAt time.Time
}

type tokenRow struct {
	ID         string `gorm:"primaryKey"`
	RepID      string
	Name       string
	Hash       string
	Hint       string // how the secret ends
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

type calendarRow struct {
	RepID     string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	Name      string
	Zone      string
	IsPrimary bool
	Owned     bool
	Counts    bool
	Blocks    bool
	SyncToken string
	Params    string
	Complete  bool
	Suspect   int64 // how many events a full read would lose that waits for a second one
	SyncAt    *time.Time
	DirtyAt   *time.Time
	SyncedAt  *time.Time
	FullAt    *time.Time
	Error     string
	Kind      CalendarKind
	Address   string // sealed; of Google's calendars ""
	Host      string // what of the address may be shown
	Failures  int64  // how often in a row it could not be read; of Google's 0
}

type channelRow struct {
	ID         string `gorm:"primaryKey"`
	RepID      string
	CalendarID string
	ResourceID string // "": not known yet
	TokenHash  string
	State      string
	ExpiresAt  *time.Time
	RenewAt    *time.Time
	LastPushAt *time.Time
	CreatedAt  time.Time
}

type eventRow struct {
	RepID      string `gorm:"primaryKey"`
	CalendarID string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	ICalUID    string `gorm:"column:ical_uid"`
	ETag       string `gorm:"column:etag"`
	SeriesID   string // of the series it overrides an instance of
	Recurring  bool
	StartsAt   *time.Time // nil: an override that cancels, or a series
	EndsAt     *time.Time
	Body       string // see encodeEvent
}

type flagRow struct {
	ID             string `gorm:"primaryKey"`
	RepID          string
	Prospect       string
	UID            string
	Recurrence     string // the instance's RecurrenceID as text; "": it does not recur
	Reason         scheduler.Reason
	State          string
	Backlog        bool
	Rested         bool
	NoShow         bool
	Summary        string
	StartsAt       time.Time
	EndsAt         time.Time
	CalendarID     string
	EventID        string
	Link           string
	ContactAddress string
	ContactName    string
	Times          []time.Time          `gorm:"serializer:json;not null"`
	Unplaced       []scheduler.Unplaced `gorm:"serializer:json;not null"`
	NextStep       *NextStep            `gorm:"serializer:json;not null"`
	Waiver         *Waiver              `gorm:"serializer:json;not null"`
	OpenedAt       time.Time
	ClosedAt       *time.Time
}

type holdRow struct {
	ID                 string `gorm:"primaryKey"`
	RepID              string
	FlagID             *string
	Kind               string
	Prospect           string
	Prospects          []string `gorm:"serializer:json;not null"`
	UID                string
	Recurrence         string
	Cadence            string
	Step               string
	Channel            string
	Title              string
	Description        string
	ContactAddress     string
	ContactName        string
	StartsAt           time.Time
	EndsAt             time.Time
	NotBefore          *time.Time
	DueBy              *time.Time
	Late               bool
	CatchUp            bool
	Notes              []string    `gorm:"serializer:json;not null"`
	Times              []time.Time `gorm:"serializer:json;not null"`
	State              scheduler.HoldState
	Reason             string
	Edited             bool
	OnCalendar         bool
	Busy               bool
	CalendarID         string
	EventID            string
	Generation         int64
	ETag               string `gorm:"column:etag"`
	WrittenTitle       string
	WrittenDescription string
	WrittenStartsAt    *time.Time
	WrittenEndsAt      *time.Time
	WrittenBusy        bool
	WriteAt            *time.Time
	WriteError         string
	CreatedAt          time.Time
	UpdatedAt          time.Time `gorm:"autoUpdateTime:false"`
	ProposalID         *string   // of an offer or a review
	Round              int64     // of an offer, see scheduler.Proposal
	Outcome            string    // of an offer or a review that is over; "": it is not
	Tells              bool      // what is to be written is the prospect's act: they are told by mail
}

type proposalRow struct {
	ID               string `gorm:"primaryKey"`
	RepID            string
	Prospect         string
	ContactAddress   string
	ContactName      string
	Title            string
	SendOn           string // 2006-01-02
	Length           int64  // in seconds
	FirstDay         int64
	LastDay          int64
	State            scheduler.ProposalState
	SentUncleared    bool
	Round            int64
	Offering         bool
	RoundAt          *time.Time
	Response         string           // the contact's to the invitation to the review
	TheirBusy        []scheduler.Span `gorm:"serializer:json;not null"` // nil: not known
	Widened          string
	Trouble          string
	Message          string // what the prospect wrote
	SourceUID        string
	SourceRecurrence string
	SentAt           *time.Time
	CreatedAt        time.Time
	UpdatedAt        time.Time `gorm:"autoUpdateTime:false"`
}

type bookingRow struct {
	ID         string `gorm:"primaryKey"`
	RepID      string
	ProposalID string
	HoldID     string // the review's
	OfferID    string // the slot's that was picked
	StartsAt   time.Time
	EndsAt     time.Time
	Active     bool
	ClickKey   string // hashed
	CreatedAt  time.Time
}

type contactRow struct {
	ID          string `gorm:"primaryKey"`
	RepID       string
	Address     string
	Name        string
	Prospect    string
	MetAt       time.Time // zero: not yet
	Preferences string    // JSON, see wishes
	AskedAt     *time.Time
	CreatedAt   time.Time
}

type linkRow struct {
	ID         string `gorm:"primaryKey"`
	RepID      string
	ProposalID *string
	ContactID  *string
	TokenHash  string
	Token      string // sealed
	ExpiresAt  time.Time
	CreatedAt  time.Time
}

type upcomingRow struct {
	RepID    string    `gorm:"primaryKey"`
	Prospect string    `gorm:"primaryKey"`
	UID      string    `gorm:"primaryKey"`
	StartsAt time.Time `gorm:"primaryKey"`
	EndsAt   time.Time
	Accepted bool
}

type activityRow struct {
	ID      int64 `gorm:"primaryKey;autoIncrement"`
	RepID   string
	At      time.Time
	Kind    string
	Summary string
	Subject string
}

type departureRow struct {
	ID        string `gorm:"primaryKey"`
	Subject   string
	Access    string // sealed
	Refresh   string // sealed
	ExpiresAt time.Time
	Calendars []string      `gorm:"serializer:json;not null"`
	Channels  []channelLeft `gorm:"serializer:json;not null"`
	Purge     bool
	Revoke    bool
	TryAt     time.Time
	Attempts  int64
	Error     string
	CreatedAt time.Time
}

type feedRow struct {
	ID         string `gorm:"primaryKey"`
	RepID      string
	Rep        *repRow // nil: not loaded
	Name       string
	Contents   []FeedContent `gorm:"serializer:json;not null"`
	Detail     FeedDetail
	DaysBack   int64
	DaysAhead  int64
	FlagsAs    FlagsAs
	Alarms     bool
	Team       bool
	TokenHash  string
	Hint       string // how the token ends
	CreatedAt  time.Time
	LastReadAt *time.Time
	LastReadBy string
	Revision   string    // of what it was made; "": it was not yet
	Digest     string    // of what it says
	ChangedAt  time.Time // when that changed, in whole seconds
}

type feedEntryRow struct {
	FeedID      string `gorm:"primaryKey"`
	Subject     string `gorm:"primaryKey"` // what it stands for
	UID         string
	Sequence    int64
	Body        string // a FeedEntry
	CreatedAt   time.Time
	ChangedAt   time.Time
	CancelledAt *time.Time
}

// channelLeft is a push channel that is still to be stopped.
type channelLeft struct {
	ID       string `json:"id"`
	Resource string `json:"resource"`
	Calendar string `json:"calendar"`
}

func (installRow) TableName() string   { return "installs" }
func (replicaRow) TableName() string   { return "replicas" }
func (repRow) TableName() string       { return "reps" }
func (grantRow) TableName() string     { return "grants" }
func (sessionRow) TableName() string   { return "sessions" }
func (tokenRow) TableName() string     { return "tokens" }
func (calendarRow) TableName() string  { return "calendars" }
func (channelRow) TableName() string   { return "channels" }
func (eventRow) TableName() string     { return "events" }
func (flagRow) TableName() string      { return "flags" }
func (holdRow) TableName() string      { return "holds" }
func (proposalRow) TableName() string  { return "proposals" }
func (bookingRow) TableName() string   { return "bookings" }
func (contactRow) TableName() string   { return "contacts" }
func (linkRow) TableName() string      { return "links" }
func (upcomingRow) TableName() string  { return "upcoming" }
func (activityRow) TableName() string  { return "activity" }
func (departureRow) TableName() string { return "departures" }
func (feedRow) TableName() string      { return "feeds" }
func (feedEntryRow) TableName() string { return "feed_entries" }
