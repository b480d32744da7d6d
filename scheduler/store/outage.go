package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
)

// IsOutage reports whether err says that the database, or the network, is away: it
// passes by itself.
func IsOutage(err error) bool {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	// PostgreSQL's classes: 08 connection, 53 out of resources, 57 an operator's hand.
	class := sqlState(err)
	return strings.HasPrefix(class, "08") || strings.HasPrefix(class, "53") || strings.HasPrefix(class, "57")
}

// IsNoText reports whether err says that something was asked for, or to be kept, that is
// no text to PostgreSQL: it has a NUL in it, or is no UTF-8.
func IsNoText(err error) bool { return sqlState(err) == "22021" }

// sqlState returns PostgreSQL's code for err; "": it has none.
func sqlState(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState()
	}
	return ""
}
