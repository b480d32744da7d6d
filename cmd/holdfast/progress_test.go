package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressShowsOnlyOnceReadingTakesLong(t *testing.T) {
	var stderr bytes.Buffer
	now := time.Date(2026, 11, 18, 15, 0, 0, 0, time.UTC)
	w := world{stderr: &stderr, now: func() time.Time { return now }}
	p := &progress{world: &w, begun: now, total: 300}
	read := func(after time.Duration) {
		t.Helper()
		now = now.Add(after)
		if n, err := p.Write(make([]byte, 100)); n != 100 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	read(progressDelay / 2)
	if stderr.Len() > 0 {
		t.Errorf("a bar after half the delay: %q", stderr.String())
	}
	read(progressDelay)
	if !strings.Contains(stderr.String(), "Reading") || !strings.Contains(stderr.String(), "66%") {
		t.Errorf("no bar after the delay: %q", stderr.String())
	}
}

func TestNoProgressWhereNobodyWatches(t *testing.T) {
	var stderr bytes.Buffer
	w := world{stderr: &stderr, now: func() time.Time { return time.Time{} }}
	in := strings.NewReader("x")
	if got := w.newProgress([]string{"-"}).watch(in); got != in {
		t.Error("reading is watched although standard error is no terminal")
	}
}
