// Package store keeps everything that outlives a process: reps, their grants, the
// mirror of their calendars, flags, holds and the jobs that carry them out, in
// PostgreSQL or SQLite.
package store
