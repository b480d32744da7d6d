package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"holdfast/scheduler/store"
)

func TestTheWaitBeforeARetryGrowsUpToACapAndIsNeverTheSame(t *testing.T) {
	for _, c := range []struct {
		failures int
		atMost   time.Duration
	}{{0, 2 * time.Second}, {1, 4 * time.Second}, {3, 16 * time.Second}, {9, 10 * time.Minute}, {500, 10 * time.Minute}} {
		longest, seen := time.Duration(0), make(map[time.Duration]bool)
		for range 2000 {
			wait := backoff(c.failures)
			longest, seen[wait] = max(longest, wait), true
			if wait <= 0 || wait > c.atMost {
				t.Fatalf("after %d failures: %s, want up to %s", c.failures, wait, c.atMost)
			}
		}
		if longest < c.atMost/2 || len(seen) < 1000 {
			t.Errorf("after %d failures: %d different waits up to %s: no full jitter", c.failures, len(seen), longest)
		}
	}
}

func TestRetriesAreByTheClockAndTheFailuresSoFar(t *testing.T) {
	policy := retryPolicy{func() time.Time { return monday }}
	next := policy.NextRetry(&rivertype.JobRow{Attempt: 40, Errors: make([]rivertype.AttemptError, 1)})
	if wait := next.Sub(monday); wait <= 0 || wait > 4*time.Second {
		t.Errorf("a job that was snoozed often and failed once waits %s", wait)
	}
}

func TestJitterIsATenthEitherSide(t *testing.T) {
	shorter, longer := false, false
	for range 1000 {
		d := around(time.Hour)
		if d < 54*time.Minute || d > 66*time.Minute {
			t.Fatalf("around an hour: %s", d)
		}
		shorter, longer = shorter || d < time.Hour, longer || d > time.Hour
	}
	if !shorter || !longer {
		t.Error("it is to one side only")
	}
}

func TestOutcomesAreWhatRiverMakesOfAnError(t *testing.T) {
	failed := errors.New("failed")
	for want, err := range map[string]error{
		"done":   nil,
		"snooze": river.JobSnooze(time.Minute),
		"cancel": fmt.Errorf("job: %w", river.JobCancel(failed)),
		"retry":  failed,
	} {
		if got := outcome(err); got != want {
			t.Errorf("outcome of %v: %s, want %s", err, got, want)
		}
	}
}

// River would log what a panic says, and keep it with the job.
func TestAJobThatPanicsFailsAndItsWordsAreNotTold(t *testing.T) {
	var log bytes.Buffer
	failing := &worker[store.Reconcile]{
		runner: New(Config{Now: func() time.Time { return monday }, Log: slog.New(slog.NewJSONHandler(&log, nil))}),
		run:    func(context.Context, store.Reconcile) error { panic("canary") },
	}
	err := failing.Work(t.Context(), &river.Job[store.Reconcile]{JobRow: &rivertype.JobRow{Kind: "reconcile"}})
	if err == nil || strings.Contains(err.Error()+log.String(), "canary") || !strings.Contains(log.String(), "retry_test.go") {
		t.Errorf("%v, and in the log:\n%s", err, log.String())
	}
}
