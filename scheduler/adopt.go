package scheduler

import "time"

// Content is what Holdfast last wrote of an entry, to tell a person's edit from
// the echo of its own write.
type Content struct {
	Title, Description string
	Start, End         time.Time
	Busy               bool
}
