package jobs

import (
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// The first and the longest wait before a failed job is tried again.
const (
	retryBase = 2 * time.Second
	retryCap  = 10 * time.Minute
)

// retryPolicy is truncated exponential backoff with full jitter: many jobs that
// failed together do not come back together.
type retryPolicy struct{ now func() time.Time }

// NextRetry implements river.ClientRetryPolicy.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return p.now().Add(backoff(len(job.Errors)))
}

// backoff returns how long to wait after so many failures before this one.
func backoff(failures int) time.Duration {
	limit := retryBase << min(failures, 20)
	return rand.N(min(limit, retryCap)) + 1
}

// around returns d, a tenth longer or shorter, so that what began together does not
// stay together.
func around(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5+1)
}
