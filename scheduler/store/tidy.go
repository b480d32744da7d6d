package store

import (
	"fmt"
	"time"
)

const (
	// activityKept is how long lines of the activity log are kept.
	activityKept = 365 * 24 * time.Hour
	// eventsKept is how long events are kept after their end: longer than any window
	// of the rules, and than full reads go back.
	eventsKept = mirrorPast + 10*24*time.Hour
)

// tidy forgets what of a rep is too old to matter. Series stay, with their overrides.
func (t *Tx) tidy(repID string) error {
	err := t.db.Where("rep_id = ? AND at < ?", repID, t.now.Add(-activityKept)).Delete(&activityRow{}).Error
	if err != nil {
		return fmt.Errorf("forget old activity: %w", err)
	}
	err = t.db.Where("rep_id = ? AND ends_at < ? AND NOT recurring AND series_id = ''", repID, t.now.Add(-eventsKept)).
		Delete(&eventRow{}).Error
	return wrapf(err, "forget old events")
}
