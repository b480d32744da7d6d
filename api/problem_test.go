package api

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

type sqlState string

func (s sqlState) Error() string    { return "secret words of the database" }
func (s sqlState) SQLState() string { return string(s) }

func TestEveryKindOfErrorHasItsStatusAndCode(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
		detail string
	}{
		{scheduler.ErrNotFound, 404, "not_found", "There is nothing here."},
		{scheduler.ErrTaken, 409, "taken", "It changed in the meantime."},
		{scheduler.ErrChanged, 409, "conflict", "It changed in the meantime."},
		{scheduler.ErrGone, 410, "gone", "It is gone."},
		{scheduler.ErrForbidden, 403, "forbidden", "This is not allowed."},
		{fmt.Errorf("%w: the flag is not open", scheduler.ErrNotPossible), 422, "not_possible", "The flag is not open."},
		{fmt.Errorf("%w: the cursor is none of this list's", scheduler.ErrInvalid), 400, "invalid", "The cursor is none of this list's."},
		{fmt.Errorf("%w: secret words of Google", scheduler.ErrUnavailable), 503, "unavailable", codes[503].detail},
		{&store.InvalidError{}, 400, "invalid", "The input is not valid."},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, 503, "unavailable", codes[503].detail},
		{driver.ErrBadConn, 503, "unavailable", codes[503].detail},
		{io.ErrUnexpectedEOF, 503, "unavailable", codes[503].detail},
		{context.DeadlineExceeded, 503, "unavailable", codes[503].detail},
		{sqlState("57P01"), 503, "unavailable", codes[503].detail},
		{sqlState("08006"), 503, "unavailable", codes[503].detail},
		{sqlState("22021"), 400, "invalid", codes[400].detail},
		{sqlState("23505"), 500, "internal", codes[500].detail},
		{errors.New("secret words"), 500, "internal", codes[500].detail},
	} {
		p := problemFor(fmt.Errorf("load flag x: %w", c.err))
		if p.Status != c.status || p.Code != c.code || p.Detail != c.detail {
			t.Errorf("%v: %+v, want %d %s %q", c.err, p, c.status, c.code, c.detail)
		}
	}
}
