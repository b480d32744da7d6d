package store

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// The sizes of a page.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// Query asks for one page of a list.
type Query struct {
	State  string // "": all
	Limit  int    // 0: 50; at most 200
	Cursor string // Page.Next of the page before; "": the first
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"` // nil: this is the last
}

// cursor is where a page begins: after this value of the ordering column, and this id.
type cursor struct {
	At string `json:"a"`
	ID string `json:"i"`
}

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // two strings
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(s string) (cursor, error) {
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil || c.ID == "" {
		return cursor{}, strangeCursor()
	}
	return c, nil
}

// strangeCursor says that a cursor was made by no page of the list.
func strangeCursor() error { return &InvalidError{[]FieldError{{"cursor", "is none of this list's"}}} }

func (q Query) limit() int {
	if q.Limit <= 0 {
		return defaultLimit
	}
	return min(q.Limit, maxLimit)
}

// inState keeps to the state that q asks for, which must be one of states.
func inState(db *gorm.DB, q Query, states ...string) (*gorm.DB, error) {
	if q.State == "" {
		return db, nil
	}
	if !slices.Contains(states, q.State) {
		return nil, &InvalidError{[]FieldError{{"state", "is none of " + strings.Join(states, ", ")}}}
	}
	return db.Where("state = ?", q.State), nil
}

// fetch reads one row more than a page has, to know whether there is a next one.
func fetch[R any](db *gorm.DB, q Query) (rows []R, more bool, err error) {
	if err := db.Limit(q.limit() + 1).Find(&rows).Error; err != nil {
		return nil, false, err
	}
	if more = len(rows) > q.limit(); more {
		rows = rows[:q.limit()]
	}
	return rows, more, nil
}
