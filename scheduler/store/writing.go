package store

import (
	"context"
	"fmt"
	"time"

	"holdfast/scheduler"
)

// Action is what has to be done at the provider so that calendar and row agree.
type Action int

// The actions.
const (
	ActNone Action = iota
	ActInsert
	ActPatch
	ActDelete
)

// Writing is a row of any kind, with what the calendar should say of it.
type Writing struct {
	ID, RepID  string
	Kind       scheduler.Kind
	State      scheduler.HoldState
	Edited     bool
	OnCalendar bool
	CalendarID string
	ETag       string
	// Tried: an event with Want's id may exist, as its insert was tried.
	Tried bool
	// Written: the event exists, and said Last when it was last seen.
	Written bool
	Last    scheduler.Content
	Want    scheduler.Entry
	WriteAt *time.Time
}

// Action says in what row and calendar differ.
func (w Writing) Action() Action {
	switch w.State {
	case scheduler.Planned:
		if w.OnCalendar {
			return ActInsert
		}
	case scheduler.Written, scheduler.Moved:
		if w.Written && !sameContent(w.Last, w.Want.Content()) {
			return ActPatch
		}
	default: // done, skipped, released: its event goes, unless it stays as a record
		if w.Tried && !w.OnCalendar {
			return ActDelete
		}
	}
	return ActNone
}

// Moves reports whether w puts an event that is on the calendar to another time.
func (w Writing) Moves() bool {
	return w.Action() == ActPatch && !(w.Want.Start.Equal(w.Last.Start) && w.Want.End.Equal(w.Last.End))
}

func sameContent(a, b scheduler.Content) bool {
	return a.Title == b.Title && a.Description == b.Description && a.Busy == b.Busy && a.Start.Equal(b.Start) && a.End.Equal(b.End)
}

// writing returns what the calendar should say of row.
func (t *Tx) writing(row *holdRow, settings scheduler.Settings) (Writing, error) {
	install, err := t.install()
	if err != nil {
		return Writing{}, err
	}
	w := Writing{
		ID: row.ID, RepID: row.RepID, Kind: scheduler.Kind(row.Kind), State: row.State, Edited: row.Edited,
		OnCalendar: row.OnCalendar && !t.isTooLate(row), CalendarID: row.CalendarID, ETag: row.ETag,
		Tried: row.EventID != "", Written: row.WrittenStartsAt != nil, Last: row.last(), WriteAt: row.WriteAt,
	}
	if w.Last, err = t.revealed(row, w.Last); err != nil {
		return Writing{}, err
	}
	if w.Want, err = t.want(row, settings); err != nil {
		return Writing{}, err
	}
	w.Want.Calendar, w.Want.ID = row.CalendarID, row.EventID
	w.Want.Tags.Install, w.Want.Tags.ID, w.Want.Tags.Gen = install, row.ID, int(row.Generation)
	w.Want.Tags.Hash = w.Want.Hash()
	if w.Action() == ActPatch && !w.Moves() {
		w.Want.Guests = nil // nobody gets a mail for another text
	}
	return w, nil
}

// isTooLate reports whether row is a review that is over and was never written: nobody is
// invited to what was.
func (t *Tx) isTooLate(row *holdRow) bool {
	return row.Kind == string(scheduler.KindReview) && row.State == scheduler.Planned && !row.EndsAt.After(t.now)
}

// want returns what the event of row should say.
func (t *Tx) want(row *holdRow, settings scheduler.Settings) (scheduler.Entry, error) {
	var e scheduler.Entry
	var err error
	link := t.s.public
	switch scheduler.Kind(row.Kind) {
	case scheduler.KindWrapUp:
		e = scheduler.ReminderEntry(row.reminder(), settings)
	case scheduler.KindOffer, scheduler.KindReview:
		e, err = t.entryOf(row, settings)
		if link != "" {
			link = t.s.proposalURL(*row.ProposalID)
		}
	default:
		e = scheduler.HoldEntry(row.hold(), settings)
		if !row.touched() {
			e.Description = scheduler.WithLinks(row.Description, t.s.actLinks(row.ID))
		}
	}
	e.Link = link
	return e, err
}

// touched reports whether the rep changed the row's event: it is theirs now.
func (r *holdRow) touched() bool { return r.Edited || r.State == scheduler.Moved }

// last returns what the event said when it was last seen.
func (r *holdRow) last() scheduler.Content {
	return scheduler.Content{
		Title: r.WrittenTitle, Description: r.WrittenDescription,
		Start: timeIn(r.WrittenStartsAt), End: timeIn(r.WrittenEndsAt), Busy: r.WrittenBusy,
	}
}

// Writing returns a hold or a reminder as it should be on the calendar. It is called
// before each call to the provider: the id that an insert will use is kept first, so
// that whatever becomes of the call, its event is found.
func (s *Store) Writing(ctx context.Context, holdID string) (Writing, error) {
	var w Writing
	err := s.changeHold(ctx, holdID, func(tx *Tx, rep *repRow, row *holdRow, settings scheduler.Settings) error {
		if row.State == scheduler.Planned && row.OnCalendar && row.EventID == "" {
			if err := tx.address(rep, row); err != nil {
				return err
			}
		}
		var err error
		w, err = tx.writing(row, settings)
		return err
	})
	return w, err
}

// address says where the event of row goes: into the rep's primary calendar, under an
// id that only this generation of the row has.
func (t *Tx) address(rep *repRow, row *holdRow) error {
	var primary calendarRow
	if err := t.db.Take(&primary, "rep_id = ? AND is_primary", rep.ID).Error; err != nil {
		return fmt.Errorf("find the primary calendar of rep %s: %w", rep.ID, notFound(err))
	}
	install, err := t.install()
	if err != nil {
		return err
	}
	row.CalendarID = primary.ID
	row.EventID = scheduler.EventID(install, rep.ID, row.ID, int(row.Generation))
	return nil
}

// changeHold runs change on the row of a hold under the rep's lock, and saves it.
func (s *Store) changeHold(ctx context.Context, holdID string, change func(*Tx, *repRow, *holdRow, scheduler.Settings) error) error {
	var repID string
	if err := s.db.WithContext(ctx).Model(&holdRow{}).Select("rep_id").Take(&repID, "id = ?", holdID).Error; err != nil {
		return fmt.Errorf("load hold %s: %w", holdID, notFound(err))
	}
	return s.transact(ctx, func(tx *Tx) error {
		rep, err := tx.lockRep(repID)
		if err != nil {
			return err
		}
		settings, err := domainSettings(&rep)
		if err != nil {
			return err
		}
		row := new(holdRow)
		if err := tx.db.Take(row, "id = ?", holdID).Error; err != nil {
			return fmt.Errorf("load hold %s: %w", holdID, notFound(err))
		}
		was := *row
		if err := change(tx, &rep, row, settings); err != nil {
			return err
		}
		if err := tx.saveHold(&state{rep: rep, snapshot: scheduler.Snapshot{Settings: settings}}, row, &was); err != nil {
			return err
		}
		if !row.clears(&was) {
			return nil
		}
		_, err = tx.decide(repID)
		return err
	})
}

// clears reports whether r is a review that came onto the calendar or left it: its
// proposal is clear to be sent at once, or not any more.
func (r *holdRow) clears(was *holdRow) bool {
	return r.Kind == string(scheduler.KindReview) && (r.WrittenStartsAt == nil) != (was.WrittenStartsAt == nil)
}

// SaveWritten keeps that the event of w is on the calendar and says content.
func (s *Store) SaveWritten(ctx context.Context, w Writing, etag string, content scheduler.Content) error {
	return s.changeHold(ctx, w.ID, func(tx *Tx, _ *repRow, row *holdRow, _ scheduler.Settings) error {
		if row.EventID == "" && !w.Written { // its insert came after it was looked for in vain, and given up
			row.CalendarID, row.EventID = w.Want.Calendar, w.Want.ID
		}
		if row.EventID != w.Want.ID {
			return nil // the row went on in another generation; the event is found by its tags
		}
		first := row.WrittenStartsAt == nil
		content, err := tx.concealed(row, content)
		if err != nil {
			return err
		}
		row.see(etag, content, tx.now)
		if row.State == scheduler.Planned {
			row.State = scheduler.Written
		}
		if err := tx.readSoon(row); err != nil {
			return err
		}
		if !first || row.Kind != string(scheduler.KindHold) {
			return nil
		}
		return tx.note(row.RepID, "hold_written", fmt.Sprintf("Put “%s” on your calendar.", row.Title), row.ID)
	})
}

// readSoon has the calendar read into which a review was just written: it is a meeting
// there, and counts as one once it was read, whether or not a push tells of it.
func (t *Tx) readSoon(row *holdRow) error {
	if row.Kind != string(scheduler.KindReview) {
		return nil
	}
	err := t.db.Model(&calendarRow{}).Where("rep_id = ? AND id = ? AND (counts OR blocks)", row.RepID, row.CalendarID).
		Updates(map[string]any{"dirty_at": t.now, "sync_at": t.now}).Error
	return wrapf(err, "read calendar "+row.CalendarID+" soon")
}

// see keeps what the event said when it was seen.
func (r *holdRow) see(etag string, c scheduler.Content, now time.Time) {
	r.ETag = etag
	r.WrittenTitle, r.WrittenDescription, r.WrittenBusy = c.Title, c.Description, c.Busy
	r.WrittenStartsAt, r.WrittenEndsAt = timeOrNil(c.Start), timeOrNil(c.End)
	r.UpdatedAt = now
}

// Deleted keeps that the event of w is not on the calendar any more.
func (s *Store) Deleted(ctx context.Context, w Writing) error {
	return s.changeHold(ctx, w.ID, func(tx *Tx, _ *repRow, row *holdRow, _ scheduler.Settings) error {
		if row.EventID != w.Want.ID {
			return nil
		}
		if err := tx.readSoon(row); err != nil {
			return err
		}
		row.gone(tx.now)
		if row.State == scheduler.Released { // it may have been wanted again meanwhile
			return tx.judgeAnew(row.RepID)
		}
		return nil
	})
}

// gone keeps that the row has no event.
func (r *holdRow) gone(now time.Time) {
	r.EventID, r.ETag, r.OnCalendar, r.UpdatedAt = "", "", false, now
	r.forget()
}

// AdoptRemote takes over what was seen of the event of w: the rep's edit, or the echo
// of our own write.
func (s *Store) AdoptRemote(ctx context.Context, w Writing, e scheduler.RemoteEvent) error {
	return s.changeHold(ctx, w.ID, func(tx *Tx, _ *repRow, row *holdRow, settings scheduler.Settings) error {
		if row.EventID != w.Want.ID {
			return nil
		}
		if err := tx.readSoon(row); err != nil {
			return err
		}
		return tx.adopt(row, e, settings.Zone)
	})
}

// NextGeneration gives the row of w another event id: its own belongs to somebody else.
func (s *Store) NextGeneration(ctx context.Context, w Writing) error {
	return s.changeHold(ctx, w.ID, func(_ *Tx, _ *repRow, row *holdRow, _ scheduler.Settings) error {
		if row.EventID == w.Want.ID && row.State == scheduler.Planned {
			row.begin()
		}
		return nil
	})
}

// retryRefused is when a write that was refused is tried again.
const retryRefused = 6 * time.Hour

// WriteFailed keeps why w cannot be written, in words for the rep, and tries again
// much later.
func (s *Store) WriteFailed(ctx context.Context, w Writing, reason string) error {
	later := s.Now().Add(retryRefused)
	err := s.db.WithContext(ctx).Model(&holdRow{}).Where("id = ? AND write_at IS NOT NULL", w.ID).
		Updates(map[string]any{"write_error": reason, "write_at": later}).Error
	if err != nil {
		return fmt.Errorf("keep why hold %s was refused: %w", w.ID, err)
	}
	return nil
}
