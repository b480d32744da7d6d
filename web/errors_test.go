package web

import (
	"fmt"
	"io"
	"net/http"
	"testing"
)

func TestWhileTheDatabaseIsAwayPagesSaySo(t *testing.T) {
	err := fmt.Errorf("read act link: %w", io.ErrUnexpectedEOF) // as a driver says it
	if status := statusOf(err); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
	if status := statusOf(fmt.Errorf("no such column")); status != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", status)
	}
}
