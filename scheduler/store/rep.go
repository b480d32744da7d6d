package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"holdfast/scheduler"
)

// RepState says how far Holdfast may act for a rep.
type RepState string

// The states of a rep.
const (
	Connected    RepState = "connected"
	Paused       RepState = "paused"       // reading goes on, nothing is written
	Reconnect    RepState = "reconnect"    // the consent is gone: only signing in again helps
	Disconnected RepState = "disconnected" // the rep left, and kept their history here
)

// Rep is somebody whose calendar is watched.
type Rep struct {
	ID       string
	Subject  string // who they are to the provider, for ever
	Email    string // as scheduler.ParseAddress gives it
	Name     string
	Company  string // shared with colleagues; "": has none
	Zone     string
	Settings RepSettings
	State    RepState
	Reason   string // why it is not Connected, in words
	Backlog  scheduler.Backlog
	Counts   scheduler.Counts

	ConnectedAt   time.Time
	FirstSyncedAt *time.Time // all calendars that count were read
	BacklogAt     *time.Time // the backlog was answered
	PlannedAt     *time.Time
	WakeAt        *time.Time
	CalendarsAt   *time.Time // the list of calendars was read
	SlowUntil     *time.Time // no calls before
	WritesAfter   *time.Time // no writing before
}

func (row *repRow) rep() (Rep, error) {
	settings, err := decodeSettings(row.Settings, row.Zone)
	if err != nil {
		return Rep{}, fmt.Errorf("rep %s: %w", row.ID, err)
	}
	return Rep{
		ID: row.ID, Subject: row.Subject, Email: row.Email, Name: row.Name, Company: row.Company, Zone: row.Zone,
		Settings: settings, State: row.State, Reason: row.Reason, Backlog: row.Backlog, Counts: row.Counts,
		ConnectedAt: row.ConnectedAt, FirstSyncedAt: row.FirstSyncedAt, BacklogAt: row.BacklogAt,
		PlannedAt: row.PlannedAt, WakeAt: row.WakeAt, CalendarsAt: row.CalendarsAt,
		SlowUntil: row.SlowUntil, WritesAfter: row.WritesAfter,
	}, nil
}

// Rep returns the rep with the given id.
func (s *Store) Rep(ctx context.Context, id string) (Rep, error) {
	var row repRow
	if err := s.db.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return Rep{}, fmt.Errorf("load rep %s: %w", id, notFound(err))
	}
	return row.rep()
}

// calledName is how prospects read the rep's name: as the rep says, else as the provider
// does, else as the address tells: dana.reyes@… is Dana Reyes.
func (r Rep) calledName() string {
	if name := cmp.Or(r.Settings.Name, r.Name); name != "" {
		return name
	}
	local, _, _ := strings.Cut(r.Email, "@")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for i, word := range words {
		first, size := utf8.DecodeRuneInString(word)
		words[i] = string(unicode.ToUpper(first)) + word[size:]
	}
	return strings.Join(words, " ")
}

// Identity is who signed in, as the provider says.
type Identity struct {
	Subject string
	Email   string
	Name    string
}

// SignIn connects a rep, new or known, with what their consent gave. Their
// calendars are read next. A departure of theirs that is under way does not revoke
// the new consent.
func (s *Store) SignIn(ctx context.Context, who Identity, grant scheduler.Grant) (Rep, error) {
	address, ok := scheduler.ParseAddress(who.Email)
	if !ok || who.Subject == "" {
		return Rep{}, fmt.Errorf("sign in: %w: no subject or no mail address", scheduler.ErrInvalid)
	}
	who.Email = address
	var row repRow
	err := s.transact(ctx, func(tx *Tx) error {
		var err error
		if row, err = tx.signIn(who); err != nil {
			return err
		}
		if err := tx.saveGrant(row.ID, grant); err != nil {
			return err
		}
		tx.enqueue(SyncCalendars{row.ID})
		return tx.note(row.ID, "connected", "Connected "+who.Email+".", "")
	})
	if err != nil {
		return Rep{}, fmt.Errorf("sign in: %w", err)
	}
	return row.rep()
}

func (t *Tx) signIn(who Identity) (repRow, error) {
	// Who left, and is new now, may have a departure under way.
	err := t.db.Model(&departureRow{}).Where("subject = ?", who.Subject).Update("revoke", false).Error
	if err != nil {
		return repRow{}, err
	}
	row := repRow{
		ID: newID(), Subject: who.Subject, Zone: "UTC", Settings: "{}", State: Connected,
		Backlog: scheduler.BacklogFirst, ConnectedAt: t.now, CreatedAt: t.now,
	}
	row.identify(who)
	unlessKnown := clause.OnConflict{Columns: []clause.Column{{Name: "subject"}}, DoNothing: true}
	created := t.db.Clauses(unlessKnown).Create(&row)
	if created.Error != nil || created.RowsAffected == 1 {
		return row, created.Error
	}
	row = repRow{}
	locked := t.db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	if err := locked.Take(&row, "subject = ?", who.Subject).Error; err != nil {
		return repRow{}, err
	}
	row.identify(who)
	row.reconnect(t.now)
	if err := t.db.Save(&row).Error; err != nil {
		return repRow{}, err
	}
	// Whatever was missed meanwhile is read now.
	chosen := t.db.Model(&calendarRow{}).Where("rep_id = ? AND (counts OR blocks)", row.ID)
	if err := chosen.Update("sync_at", t.now).Error; err != nil {
		return repRow{}, err
	}
	return row, nil
}

func (row *repRow) identify(who Identity) {
	row.Email, row.Name, row.Company = who.Email, who.Name, scheduler.Company(who.Email)
}

// reconnect makes the rep connected again. One who paused stays so, also where the
// consent was gone meanwhile; one who had left is asked again about what the first look at the calendar finds.
func (row *repRow) reconnect(now time.Time) {
	if row.State == Paused {
		return
	}
	if row.State == Disconnected {
		row.Paused = false
		row.Backlog, row.FirstSyncedAt, row.BacklogAt, row.CalendarsAt = scheduler.BacklogFirst, nil, nil, nil
		row.ConnectedAt = now
	}
	row.State, row.Reason, row.SlowUntil = Connected, "", nil
	if row.Paused {
		row.State, row.Paused = Paused, false
	}
}

// setState moves the rep from one of some states to another, and logs it. It does
// nothing where the rep is in another state.
func (s *Store) setState(ctx context.Context, repID string, from []RepState, to RepState, reason, kind, summary string) error {
	return s.transact(ctx, func(tx *Tx) error {
		changed := tx.db.Model(&repRow{}).Where("id = ? AND state IN ?", repID, from).
			Updates(map[string]any{"state": to, "reason": reason})
		if changed.Error != nil || changed.RowsAffected == 0 {
			return changed.Error
		}
		if to == Connected {
			tx.enqueue(Reconcile{repID})
		}
		return tx.note(repID, kind, summary, "")
	})
}

// NeedReconnect says that the rep's consent is gone, and why, as a call found that was
// begun at the time since. Nothing is read or written until they sign in again; what is
// planned stays, and so does a pause. A consent given or renewed after since is another
// one: nothing is said of it.
func (s *Store) NeedReconnect(ctx context.Context, repID string, since time.Time, reason string) error {
	err := s.transact(ctx, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if errors.Is(err, scheduler.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var newer int64
		err = tx.db.Model(&grantRow{}).Where("rep_id = ? AND updated_at > ?", repID, micros(since)).Count(&newer).Error
		if err != nil || newer > 0 || rep.State != Connected && rep.State != Paused {
			return err
		}
		gone := map[string]any{"state": Reconnect, "reason": reason, "paused": rep.State == Paused}
		if err := tx.db.Model(&rep).Updates(gone).Error; err != nil {
			return err
		}
		return tx.note(repID, "reconnect", "Sign in again: "+reason, "")
	})
	if err != nil {
		return fmt.Errorf("ask rep %s to reconnect: %w", repID, err)
	}
	return nil
}

// Pause stops writing to the rep's calendar.
func (s *Store) Pause(ctx context.Context, repID string) error {
	if err := s.setState(ctx, repID, []RepState{Connected}, Paused, "", "paused", "Paused: nothing is written to your calendar."); err != nil {
		return fmt.Errorf("pause rep %s: %w", repID, err)
	}
	return nil
}

// Resume ends a pause. What came due meanwhile is written.
func (s *Store) Resume(ctx context.Context, repID string) error {
	if err := s.setState(ctx, repID, []RepState{Paused}, Connected, "", "resumed", "Resumed: what came due meanwhile is written."); err != nil {
		return fmt.Errorf("resume rep %s: %w", repID, err)
	}
	return nil
}

// SlowDown keeps calls for the rep, or only those that write, from being made
// before until. It never shortens a wait.
func (s *Store) SlowDown(ctx context.Context, repID string, until time.Time, writesOnly bool) error {
	column := "slow_until"
	if writesOnly {
		column = "writes_after"
	}
	until = until.UTC().Truncate(time.Microsecond)
	err := s.db.WithContext(ctx).Model(&repRow{}).
		Where("id = ? AND ("+column+" IS NULL OR "+column+" < ?)", repID, until).Update(column, until).Error
	if err != nil {
		return fmt.Errorf("slow down rep %s: %w", repID, err)
	}
	return nil
}

// UpdateSettings changes the rep's settings, if what change leaves is valid; an
// *InvalidError says what is not. The calendar is judged anew.
func (s *Store) UpdateSettings(ctx context.Context, repID string, change func(*RepSettings) error) (Rep, error) {
	var row repRow
	_, err := s.Commit(ctx, repID, func(tx *Tx) error {
		var err error
		if row, err = tx.lockRep(repID); err != nil {
			return err
		}
		if err := row.changeSettings(change); err != nil {
			return err
		}
		return tx.db.Model(&row).Updates(map[string]any{"settings": row.Settings, "zone": row.Zone}).Error
	})
	if err != nil {
		return Rep{}, fmt.Errorf("update settings: %w", err)
	}
	return row.rep()
}

func (row *repRow) changeSettings(change func(*RepSettings) error) error {
	settings, err := decodeSettings(row.Settings, row.Zone)
	if err != nil {
		return err
	}
	if err := change(&settings); err != nil {
		return err
	}
	settings.normalize()
	if wrong := settings.Validate(); len(wrong) > 0 {
		return &InvalidError{wrong}
	}
	text, err := json.Marshal(settings)
	row.Settings, row.Zone = string(text), settings.Timezone
	return err
}

// judgeAnew has the rep's calendar judged as soon as the transaction is over.
func (t *Tx) judgeAnew(repID string) error {
	t.enqueue(Reconcile{repID})
	return t.db.Model(&repRow{}).Where("id = ?", repID).Update("wake_at", t.now).Error
}
