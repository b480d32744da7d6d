package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// deadAfter is how long a replica may be silent before it counts as dead.
const deadAfter = 8 * time.Second

// Heartbeat says that a replica lives. Its id is that of its workers; see
// StartWorkers.
func (s *Store) Heartbeat(ctx context.Context, replicaID string) error {
	err := s.transact(ctx, func(tx *Tx) error { // its time is after the wait for the lock
		row := replicaRow{ID: replicaID, SeenAt: tx.now}
		return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	return wrapf(err, "heartbeat")
}

// rescue makes the jobs available again that replicas run which are not alive. The
// last to have attempted a job is who runs it.
var rescue = map[string]string{
	dialectPostgres: `UPDATE river_job SET state = 'available', max_attempts = greatest(max_attempts, attempt + 1)
		WHERE state = 'running'
		AND attempted_by[array_upper(attempted_by, 1)] NOT IN (SELECT id FROM replicas WHERE seen_at > ?)`,
	dialectSQLite: `UPDATE river_job SET state = 'available', max_attempts = max(max_attempts, attempt + 1)
		WHERE state = 'running'
		AND json_extract(attempted_by, '$[#-1]') NOT IN (SELECT id FROM replicas WHERE seen_at > ?)`,
}

// RescueOrphans makes the jobs of dead replicas available again, and forgets these.
// A replica must have sent a heartbeat before it works jobs. It returns how many
// jobs there were.
func (s *Store) RescueOrphans(ctx context.Context) (int, error) {
	silent := s.Now().Add(-deadAfter)
	var rescued int64
	err := s.transact(ctx, func(tx *Tx) error {
		result := tx.db.Exec(rescue[s.Dialect()], silent)
		rescued = result.RowsAffected
		if result.Error != nil {
			return result.Error
		}
		return tx.db.Where("seen_at <= ?", silent).Delete(&replicaRow{}).Error
	})
	if err != nil {
		return 0, fmt.Errorf("rescue orphans: %w", err)
	}
	return int(rescued), nil
}
