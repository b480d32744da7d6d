package store

import (
	"github.com/riverqueue/river"

	"holdfast/scheduler"
)

// job returns the job that makes the calendar show the hold as its row says.
func (row *holdRow) job() river.JobArgs {
	switch row.State {
	case scheduler.Released, scheduler.Skipped, scheduler.Done:
		return ReleaseHold{row.ID}
	}
	return WriteHold{row.ID}
}
