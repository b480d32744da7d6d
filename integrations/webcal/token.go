package webcal

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// token is what is remembered of a reading, to ask only for what is new.
type token struct {
	ETag         string        `json:"etag,omitempty"`
	LastModified string        `json:"last_modified,omitempty"`
	Digest       string        `json:"digest"` // of the file: not every server tells
	Refresh      time.Duration `json:"refresh,omitempty"`
}

// maxValidator is the longest ETag or Last-Modified that is remembered.
const maxValidator = 500

// newToken returns the token of a reading.
func newToken(h http.Header, digest string, refresh time.Duration) token {
	return token{ETag: validator(h.Get("ETag")), LastModified: validator(h.Get("Last-Modified")), Digest: digest, Refresh: refresh}
}

// validator returns value where it can be sent back as it is; else there is none.
func validator(value string) string {
	strange := func(r rune) bool { return r < ' ' || r > '~' }
	if len(value) > maxValidator || strings.ContainsFunc(value, strange) {
		return ""
	}
	return value
}

// parseToken reads what String wrote. Anything else is no token: all is read.
func parseToken(text string) token {
	var t token
	if json.Unmarshal([]byte(text), &t) != nil {
		return token{}
	}
	return t
}

// String returns t as text.
func (t token) String() string {
	text, err := json.Marshal(t)
	if err != nil { // it holds text and a number only
		panic(err)
	}
	return string(text)
}

// asks reports whether t lets a server say that nothing changed.
func (t token) asks() bool { return t.ETag != "" || t.LastModified != "" }

// ask has the server send the calendar only if it changed since.
func (t token) ask(h http.Header) {
	if t.ETag != "" {
		h.Set("If-None-Match", t.ETag)
	}
	if t.LastModified != "" {
		h.Set("If-Modified-Since", t.LastModified)
	}
}
