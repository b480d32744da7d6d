package store

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// dueLimit bounds what is enqueued of each kind at once; the next tick finds more.
const dueLimit = 1000

// calendarsEvery is how often the list of a rep's calendars is read.
const calendarsEvery = 24 * time.Hour

// EnqueueDue enqueues everything that is due by the rows: whatever was lost, a
// push, a click or a job, is found again here. What waits or runs already is not
// enqueued again, so it may be called at any time by anybody.
func (s *Store) EnqueueDue(ctx context.Context) error {
	due, err := s.Due(ctx)
	if err != nil || len(due) == 0 {
		return err
	}
	return s.transact(ctx, func(tx *Tx) error {
		tx.jobs = due
		return nil
	})
}

// Due returns the jobs that are due by the rows. A rep who paused is read and not
// written; for one who must reconnect, and before the provider wants calls again,
// nothing is due.
func (s *Store) Due(ctx context.Context) ([]river.JobArgs, error) {
	var due []river.JobArgs
	now, db := s.Now(), s.db.WithContext(ctx)
	for _, find := range []func(*gorm.DB, time.Time) ([]river.JobArgs, error){
		dueReps, dueLists, dueCalendars, dueChannels, dueHolds, duePurges,
	} {
		jobs, err := find(db, now)
		if err != nil {
			return nil, fmt.Errorf("find what is due: %w", err)
		}
		due = append(due, jobs...)
	}
	return due, nil
}

// readable keeps to reps whose calendar may be read at now.
func readable(now time.Time) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("reps.state IN ?", []RepState{Connected, Paused}).
			Where("(reps.slow_until IS NULL OR reps.slow_until <= ?)", now).Limit(dueLimit)
	}
}

func dueReps(db *gorm.DB, now time.Time) ([]river.JobArgs, error) {
	var due []Reconcile
	err := db.Table("reps").Select("id AS rep_id").Where("wake_at <= ?", now).
		Where("state IN ?", []RepState{Connected, Paused}).Order("wake_at").Limit(dueLimit).Find(&due).Error
	return jobs(due), err
}

func dueLists(db *gorm.DB, now time.Time) ([]river.JobArgs, error) {
	var due []SyncCalendars
	err := db.Table("reps").Select("id AS rep_id").Scopes(readable(now)).
		Where("(calendars_at IS NULL OR calendars_at <= ?)", now.Add(-calendarsEvery)).Find(&due).Error
	return jobs(due), err
}

func dueCalendars(db *gorm.DB, now time.Time) ([]river.JobArgs, error) {
	var due []SyncCalendar
	err := db.Table("calendars").Select("calendars.rep_id, calendars.id AS calendar_id").
		Joins("JOIN reps ON reps.id = calendars.rep_id").Scopes(readable(now)).
		Where("calendars.sync_at <= ? AND (calendars.counts OR calendars.blocks)", now).Order("calendars.sync_at").Find(&due).Error
	return jobs(due), err
}

func dueChannels(db *gorm.DB, now time.Time) ([]river.JobArgs, error) {
	var due []RenewChannel
	err := db.Table("channels").Select("DISTINCT channels.rep_id, channels.calendar_id").
		Joins("JOIN reps ON reps.id = channels.rep_id").Scopes(readable(now)).
		Where("channels.renew_at <= ?", now).Find(&due).Error
	return jobs(due), err
}

// dueHolds finds the holds to write, and those to remove.
func dueHolds(db *gorm.DB, now time.Time) ([]river.JobArgs, error) {
	var rows []holdRow
	err := db.Table("holds").Select("holds.id, holds.state").
		Joins("JOIN reps ON reps.id = holds.rep_id").Scopes(readable(now)).
		Where("reps.state = ? AND (reps.writes_after IS NULL OR reps.writes_after <= ?)", Connected, now).
		Where("holds.write_at <= ?", now).Order("holds.write_at").Find(&rows).Error
	due := make([]river.JobArgs, len(rows))
	for i := range rows {
		due[i] = rows[i].job()
	}
	return due, err
}

func duePurges(db *gorm.DB, now time.Time) ([]river.JobArgs, error) {
	var due []Purge
	err := db.Table("departures").Select("id AS departure_id").Where("try_at <= ?", now).
		Order("try_at").Limit(dueLimit).Find(&due).Error
	return jobs(due), err
}

func jobs[J river.JobArgs](due []J) []river.JobArgs {
	args := make([]river.JobArgs, len(due))
	for i, job := range due {
		args[i] = job
	}
	return args
}
