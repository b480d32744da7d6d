package store

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"holdfast/scheduler"
)

// Waiver is a rep's word that a meeting may be without a next step.
type Waiver struct {
	Reason   scheduler.WaiverReason `json:"reason"`
	Note     string                 `json:"note,omitempty"`
	ResumeOn string                 `json:"resume_on,omitempty"` // the day from which it may be flagged again; "": never
}

// waiverReasons are those that a rep may give.
var waiverReasons = []scheduler.WaiverReason{
	scheduler.AgreedOtherwise, scheduler.NoNextStepNeeded, scheduler.NotInterested, scheduler.Lost, scheduler.NotAProspect,
}

// noteLimit bounds the note of a waiver, in characters.
const noteLimit = 2000

// check returns an *InvalidError where w cannot be a waiver that begins today.
func (w *Waiver) check(today scheduler.Date) error {
	var wrong []FieldError
	if !slices.Contains(waiverReasons, w.Reason) {
		wrong = append(wrong, FieldError{"reason", "is none of agreed_otherwise, no_next_step_needed, not_interested, lost, not_a_prospect"})
	}
	if !utf8.ValidString(w.Note) || utf8.RuneCountInString(w.Note) > noteLimit {
		wrong = append(wrong, FieldError{"note", fmt.Sprintf("must have at most %d characters", noteLimit)})
	}
	if w.ResumeOn != "" {
		day, err := time.Parse(time.DateOnly, w.ResumeOn)
		switch {
		case err != nil:
			wrong = append(wrong, FieldError{"resume_on", "is no date like 2026-12-31"})
		case scheduler.DateOf(day) <= today:
			wrong = append(wrong, FieldError{"resume_on", "is not to come"})
		}
	}
	if len(wrong) > 0 {
		return &InvalidError{wrong}
	}
	return nil
}
