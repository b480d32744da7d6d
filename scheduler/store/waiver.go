package store

import "holdfast/scheduler"

// Waiver is a rep's word that a meeting may be without a next step.
type Waiver struct {
	Reason   scheduler.WaiverReason `json:"reason"`
	Note     string                 `json:"note,omitempty"`
	ResumeOn string                 `json:"resume_on,omitempty"` // the day from which it may be flagged again; "": never
}
