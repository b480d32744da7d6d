package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"

	msqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsOutage reports whether err says that the database, or the network, is away, or that
// the database takes nothing now: it passes by itself, or by the operator's hand.
func IsOutage(err error) bool {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	var file *msqlite.Error
	if errors.As(err, &file) {
		return isFileTrouble(file.Code())
	}
	state := sqlState(err)
	return state == "25006" || state != "" && isServerTrouble(state[:2]) // 25006: it only reads, as a standby does
}

// isServerTrouble knows PostgreSQL's classes of errors: 08 connection, 40 given up for
// the sake of others, 53 out of resources, 57 an operator's hand, 58 the system.
func isServerTrouble(class string) bool {
	switch class {
	case "08", "40", "53", "57", "58":
		return true
	}
	return false
}

// isFileTrouble knows SQLite's: the disk is full or fails, or somebody else keeps the
// file for longer than anybody waits.
func isFileTrouble(code int) bool {
	switch code & 0xff { // the rest tells more of it
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// sqlState returns what PostgreSQL calls err; "": it is none of PostgreSQL's.
func sqlState(err error) string {
	var known interface{ SQLState() string }
	if errors.As(err, &known) && len(known.SQLState()) == 5 {
		return known.SQLState()
	}
	return ""
}
