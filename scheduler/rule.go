package scheduler

// Rule is a recurrence rule (RFC 5545 §3.3.10).
type Rule struct{}
