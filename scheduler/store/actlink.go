package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"holdfast/scheduler"
)

// ActKind is what a link in a hold's description does.
type ActKind string

// The kinds of act links.
const (
	ActDone    ActKind = "done"
	ActSnooze  ActKind = "snooze"
	ActReplied ActKind = "replied"
	ActStop    ActKind = "stop"
)

// actWords are the kinds with what a description calls them, in its order.
var actWords = []struct {
	kind  ActKind
	label string
}{
	{ActDone, "Done"}, {ActSnooze, "Snooze to the next business day"}, {ActReplied, "They replied"}, {ActStop, "Stop following up"},
}

// Act is what a link in a hold's description would do. Whoever has the link may do it.
type Act struct {
	Kind  ActKind
	RepID string
	Hold  Hold
}

const (
	actPurpose   = "act"
	actSignature = 16 // bytes of it
)

// signatureText is how a signature is written, in one way only.
var signatureText = base64.RawURLEncoding.Strict()

// actLinks returns the links that a hold's description ends with.
func (s *Store) actLinks(holdID string) []scheduler.ActLink {
	if s.public == "" {
		return nil
	}
	links := make([]scheduler.ActLink, 0, len(actWords))
	for _, w := range actWords {
		links = append(links, scheduler.ActLink{Label: w.label, URL: s.public + "/act/" + s.actToken(w.kind, holdID)})
	}
	return links
}

func (s *Store) actToken(kind ActKind, holdID string) string {
	signature := s.keys.Sign(actPurpose, string(kind)+" "+holdID)[:actSignature]
	return string(kind) + "-" + holdID + "-" + signatureText.EncodeToString(signature)
}

// Act says what the link with the given token would do. A token that is none, or
// whose hold is gone, is ErrNotFound.
func (s *Store) Act(ctx context.Context, token string) (Act, error) {
	parts := strings.SplitN(token, "-", 3)
	if len(parts) != 3 {
		return Act{}, fmt.Errorf("act: %w", scheduler.ErrNotFound)
	}
	kind, holdID := ActKind(parts[0]), parts[1]
	signature, err := signatureText.DecodeString(parts[2])
	if err != nil || !s.keys.VerifyShort(actPurpose, parts[0]+" "+holdID, signature, actSignature) {
		return Act{}, fmt.Errorf("act: %w", scheduler.ErrNotFound)
	}
	var row holdRow
	if err := s.db.WithContext(ctx).Take(&row, "id = ?", holdID).Error; err != nil {
		return Act{}, fmt.Errorf("act: %w", notFound(err))
	}
	zone, err := s.zone(ctx, row.RepID)
	if err != nil {
		return Act{}, err
	}
	return Act{Kind: kind, RepID: row.RepID, Hold: row.view(zone)}, nil
}

// DoAct does what the link with the given token says, and returns the hold as it is
// then. Doing it twice is doing it once; a snooze may be repeated after a while.
func (s *Store) DoAct(ctx context.Context, token string) (Act, error) {
	act, err := s.Act(ctx, token)
	if err != nil {
		return Act{}, err
	}
	switch act.Kind {
	case ActDone:
		_, err = s.Done(ctx, act.RepID, act.Hold.ID)
	case ActSnooze:
		err = s.snoozeOnce(ctx, act.RepID, act.Hold.ID)
	case ActReplied:
		err = s.Replied(ctx, act.RepID, act.Hold.ID)
	case ActStop:
		err = s.StopFollowUp(ctx, act.RepID, act.Hold.ID)
	default:
		return Act{}, fmt.Errorf("act: %w", scheduler.ErrNotFound)
	}
	if err != nil {
		return Act{}, err
	}
	return s.Act(ctx, token)
}

// clickAgain is how long a second click on a snooze is taken for the first one's.
const clickAgain = time.Minute

// snoozeOnce puts off a hold that was not put off just now.
func (s *Store) snoozeOnce(ctx context.Context, repID, holdID string) error {
	var again int64
	err := s.db.WithContext(ctx).Model(&activityRow{}).
		Where("rep_id = ? AND kind = ? AND subject = ? AND at > ?", repID, noteSnoozed, holdID, s.Now().Add(-clickAgain)).
		Count(&again).Error
	if err != nil {
		return fmt.Errorf("look for a snooze of hold %s: %w", holdID, err)
	}
	if again > 0 {
		return nil
	}
	_, err = s.Snooze(ctx, repID, holdID, time.Time{})
	return err
}
