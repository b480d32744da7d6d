package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"holdfast/scheduler"
)

// Feed is a calendar of what Holdfast knows, which calendar clients subscribe to by an
// address that is a secret. Its token is shown once; here is only its hash.
type Feed struct {
	ID string `json:"id"`
	FeedChoice
	Hint       string     `json:"hint" doc:"How the token in its address ends."`
	CreatedAt  time.Time  `json:"created_at"`
	LastReadAt *time.Time `json:"last_read_at" doc:"To the minute."`
	LastReadBy string     `json:"last_read_by" doc:"The client that read it last; empty: none did."`
}

// FeedChoice is what a rep chooses of a feed as it is made.
type FeedChoice struct {
	Name     string        `json:"name"`
	Contents []FeedContent `json:"contents" doc:"What is in it."`
	Detail   FeedDetail    `json:"detail" enum:"full,titles,busy" doc:"How much it tells."`
	// DaysBack and DaysAhead are counted from today.
	DaysBack  int     `json:"days_back"`
	DaysAhead int     `json:"days_ahead"`
	FlagsAs   FlagsAs `json:"flags_as" enum:"all_day,todo"`
	Alarms    bool    `json:"alarms" doc:"Entries have reminders."`
	// Team: it says how many open flags, and proposals not cleared, each rep of the
	// company has.
	Team bool `json:"team" doc:"How many open flags, and proposals not cleared, each rep of your company has today."`
}

// FeedContent is what a feed may have in it.
type FeedContent string

// The contents of feeds.
const (
	FeedHolds     FeedContent = "holds"
	FeedFlags     FeedContent = "flags"     // the open ones
	FeedProposals FeedContent = "proposals" // review times on offer, and reviews
	FeedReminders FeedContent = "reminders" // before meetings without a next step end
)

// FeedDetail is how much a feed tells.
type FeedDetail string

// The details of feeds.
const (
	FeedFull   FeedDetail = "full"
	FeedTitles FeedDetail = "titles" // no descriptions
	FeedBusy   FeedDetail = "busy"   // times alone
)

// FlagsAs is what open flags are in a feed.
type FlagsAs string

// What flags are in feeds.
const (
	FlagsAllDay FlagsAs = "all_day" // events on the day of their meeting
	FlagsTodo   FlagsAs = "todo"    // tasks
)

// The bounds of feeds.
const (
	feedsLimit = 50 // of one rep
	feedDays   = 365
)

// DefaultFeed is what a feed is where nothing else is chosen.
func DefaultFeed() FeedChoice {
	return FeedChoice{
		Name: "Holdfast", Contents: []FeedContent{FeedHolds, FeedFlags, FeedProposals}, Detail: FeedFull,
		DaysBack: 14, DaysAhead: 90, FlagsAs: FlagsAllDay,
	}
}

// normalize puts what was chosen into the form that it is kept in.
func (c *FeedChoice) normalize() {
	c.Name = strings.TrimSpace(c.Name)
	slices.Sort(c.Contents)
	c.Contents = slices.Compact(c.Contents)
}

// validate says which fields are wrong.
func (c *FeedChoice) validate() []FieldError {
	var wrong []FieldError
	report := func(field, format string, args ...any) {
		wrong = append(wrong, FieldError{field, fmt.Sprintf(format, args...)})
	}
	if c.Name == "" || !isLine(c.Name, nameLimit) {
		report("name", "must be one line of 1 to %d characters", nameLimit)
	}
	c.validateContents(report)
	if !slices.Contains([]FeedDetail{FeedFull, FeedTitles, FeedBusy}, c.Detail) {
		report("detail", "%q is none of full, titles, busy", c.Detail)
	}
	for field, days := range map[string]int{"days_back": c.DaysBack, "days_ahead": c.DaysAhead} {
		if days < 0 || days > feedDays {
			report(field, "must be from 0 to %d", feedDays)
		}
	}
	if c.FlagsAs != FlagsAllDay && c.FlagsAs != FlagsTodo {
		report("flags_as", "%q is none of all_day, todo", c.FlagsAs)
	}
	slices.SortFunc(wrong, func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
	return wrong
}

func (c *FeedChoice) validateContents(report reporter) {
	has := func(content FeedContent) bool { return slices.Contains(c.Contents, content) }
	known := []FeedContent{FeedHolds, FeedFlags, FeedProposals, FeedReminders}
	strange := slices.IndexFunc(c.Contents, func(content FeedContent) bool { return !slices.Contains(known, content) })
	switch {
	case len(c.Contents) == 0:
		report("contents", "choose at least one of holds, flags, proposals, reminders")
	case strange >= 0:
		report("contents", "%q is none of holds, flags, proposals, reminders", c.Contents[strange])
	case c.Team && (has(FeedHolds) || has(FeedReminders)):
		report("contents", "a team feed has flags and proposals")
	case c.Team && c.Detail == FeedBusy:
		report("detail", "a team feed has no busy times")
	case c.Detail == FeedBusy && has(FeedFlags):
		report("contents", "flags take no time: leave them out where only busy times are told")
	}
}

// CreateFeed makes a feed for the rep, and returns where it is: the only time that its
// address is known.
func (s *Store) CreateFeed(ctx context.Context, repID string, c FeedChoice) (Feed, FeedAddresses, error) {
	c.normalize()
	if wrong := c.validate(); len(wrong) > 0 {
		return Feed{}, FeedAddresses{}, &InvalidError{wrong}
	}
	secret := newFeedToken()
	row := feedRow{
		ID: newID(), RepID: repID, Name: c.Name, Contents: c.Contents, Detail: c.Detail, DaysBack: int64(c.DaysBack),
		DaysAhead: int64(c.DaysAhead), FlagsAs: c.FlagsAs, Alarms: c.Alarms, Team: c.Team,
	}
	row.open(secret)
	err := s.transact(ctx, func(tx *Tx) error {
		// Nobody was told what it says: what they are told first is of then, and of no later second.
		row.CreatedAt, row.ChangedAt = tx.now, tx.now.Truncate(time.Second).Add(-time.Second)
		return tx.createFeed(&row)
	})
	if err != nil {
		return Feed{}, FeedAddresses{}, fmt.Errorf("create feed: %w", err)
	}
	return row.feed(), s.feedAddresses(secret, row.Name), nil
}

// createFeed keeps a new feed. The rep's lock keeps two requests from making one more
// than there may be.
func (t *Tx) createFeed(row *feedRow) error {
	rep, err := t.lockRep(row.RepID)
	if err != nil {
		return err
	}
	if row.Team && rep.Company == "" {
		return fmt.Errorf("%w: your address is at a provider of personal mailboxes, so you have no team here", scheduler.ErrNotPossible)
	}
	var n int64
	if err := t.db.Model(&feedRow{}).Where("rep_id = ?", row.RepID).Count(&n).Error; err != nil {
		return err
	}
	if n >= feedsLimit {
		return fmt.Errorf("%w: you have %d feeds already; delete one first", scheduler.ErrNotPossible, n)
	}
	return t.db.Create(row).Error
}

// newFeedToken returns a token of 130 random bits.
func newFeedToken() string { return strings.ToLower(rand.Text()) }

// feedTokenLength is how long the tokens of feeds are.
const feedTokenLength = 26

// open makes secret the feed's token: another one is good no more.
func (r *feedRow) open(secret string) {
	r.TokenHash, r.Hint = digest(secret), secret[len(secret)-tokenHint:]
}

func (r *feedRow) feed() Feed {
	return Feed{
		ID: r.ID,
		FeedChoice: FeedChoice{
			Name: r.Name, Contents: r.Contents, Detail: r.Detail, DaysBack: int(r.DaysBack), DaysAhead: int(r.DaysAhead),
			FlagsAs: r.FlagsAs, Alarms: r.Alarms, Team: r.Team,
		},
		Hint: r.Hint, CreatedAt: r.CreatedAt, LastReadAt: r.LastReadAt, LastReadBy: r.LastReadBy,
	}
}

// Feeds returns the rep's feeds, the oldest first.
func (s *Store) Feeds(ctx context.Context, repID string) ([]Feed, error) {
	var rows []feedRow
	if err := s.db.WithContext(ctx).Order("created_at, id").Find(&rows, "rep_id = ?", repID).Error; err != nil {
		return nil, fmt.Errorf("load feeds: %w", err)
	}
	feeds := make([]Feed, len(rows))
	for i := range rows {
		feeds[i] = rows[i].feed()
	}
	return feeds, nil
}

// RotateFeed gives one of the rep's feeds another address. The old one is good no more.
func (s *Store) RotateFeed(ctx context.Context, repID, id string) (Feed, FeedAddresses, error) {
	secret := newFeedToken()
	var row feedRow
	err := s.transact(ctx, func(tx *Tx) error {
		row = feedRow{}
		if err := tx.db.Take(&row, "rep_id = ? AND id = ?", repID, id).Error; err != nil {
			return notFound(err)
		}
		row.open(secret)
		// Whoever reads it from now on is somebody else.
		row.LastReadAt, row.LastReadBy = nil, ""
		return tx.db.Model(&row).Select("token_hash", "hint", "last_read_at", "last_read_by").Updates(&row).Error
	})
	if err != nil {
		return Feed{}, FeedAddresses{}, fmt.Errorf("rotate feed: %w", err)
	}
	return row.feed(), s.feedAddresses(secret, row.Name), nil
}

// DeleteFeed ends one of the rep's feeds, at once.
func (s *Store) DeleteFeed(ctx context.Context, repID, id string) error {
	result := s.db.WithContext(ctx).Where("rep_id = ? AND id = ?", repID, id).Delete(&feedRow{})
	if err := missing(result); err != nil {
		return fmt.Errorf("delete feed: %w", err)
	}
	return nil
}

// FeedRead keeps that client read a feed now, to the minute: most reads write nothing.
func (s *Store) FeedRead(ctx context.Context, feed Feed, client string) error {
	now := s.Now()
	if feed.LastReadAt != nil && now.Sub(*feed.LastReadAt) < usedEvery {
		return nil
	}
	err := s.db.WithContext(ctx).Model(&feedRow{}).
		Where("id = ? AND (last_read_at IS NULL OR last_read_at <= ?)", feed.ID, now.Add(-usedEvery)).
		Updates(map[string]any{"last_read_at": now, "last_read_by": client}).Error
	return wrapf(err, "note the reading of feed "+feed.ID)
}

// feedOf returns the row of the feed with the given token, with what feedRevision needs to
// know of its rep.
func feedOf(db *gorm.DB, token string) (feedRow, error) {
	if len(token) != feedTokenLength {
		return feedRow{}, scheduler.ErrNotFound
	}
	var row feedRow
	err := db.InnerJoins("Rep", db.Select(revisionColumns)).Take(&row, "token_hash = ?", digest(token)).Error
	return row, notFound(err)
}
