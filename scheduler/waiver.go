package scheduler

import "time"

// WaiverReason says why a rep waived a flag.
type WaiverReason string

// The reasons for which a flag is waived.
const (
	AgreedOtherwise  WaiverReason = "agreed_otherwise"
	NoNextStepNeeded WaiverReason = "no_next_step_needed"
	NotInterested    WaiverReason = "not_interested"
	Lost             WaiverReason = "lost"
	NotAProspect     WaiverReason = "not_a_prospect"
)

// Waiver says that a rep lets a meeting be without a next step with one prospect.
type Waiver struct {
	Prospect string
	Meeting  MeetingRef
	Reason   WaiverReason
	ResumeOn time.Time // from then on the meeting may be flagged again; zero: never
}

// waives reports whether w holds for k at now.
func (w *Waiver) waives(k Key, now time.Time) bool {
	return w.Prospect == k.Prospect && w.Meeting.equal(k.Meeting) && (w.ResumeOn.IsZero() || now.Before(w.ResumeOn))
}
