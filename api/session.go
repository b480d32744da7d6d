package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// sessionLife is how long a session lasts.
const sessionLife = 30 * 24 * time.Hour

// What a session holds.
const (
	sessionRep     = "rep"     // the rep's id
	sessionAttempt = "attempt" // a sign-in under way
	sessionNotice  = "notice"  // a sentence for the next page
)

func (a *API) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = a.Store.SessionStore()
	m.Lifetime = sessionLife
	m.Cookie.Name = "holdfast"
	if a.https() {
		m.Cookie.Name = "__Host-holdfast" // browsers let no other host set it
		m.Cookie.Secure = true
	}
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		a.Log.ErrorContext(r.Context(), "session failed", "error", err)
		a.refuse(w, r, problemOf(http.StatusServiceUnavailable, ""))
	}
	return m
}

// Rep returns the id of who is signed in by session.
func (a *API) Rep(r *http.Request) (id string, ok bool) {
	id = a.sessions.GetString(r.Context(), sessionRep)
	return id, id != ""
}

// SignOut ends the session.
func (a *API) SignOut(r *http.Request) error {
	if err := a.sessions.Destroy(r.Context()); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	return nil
}

type notice struct {
	Text    string `json:"text"`
	Problem bool   `json:"problem"`
}

// Say keeps a sentence for the next page that this browser is shown; problem: it says
// that something did not work.
func (a *API) Say(r *http.Request, text string, problem bool) {
	a.keep(r, sessionNotice, notice{text, problem})
}

// Said takes the sentence that was kept.
func (a *API) Said(r *http.Request) (text string, problem, ok bool) {
	var n notice
	if !a.sessions.Exists(r.Context(), sessionNotice) {
		return "", false, false // taking it would write the session
	}
	kept := a.sessions.PopString(r.Context(), sessionNotice)
	if err := json.Unmarshal([]byte(kept), &n); err != nil {
		return "", false, false
	}
	return n.Text, n.Problem, true
}

// keep puts a value of ours into the session.
func (a *API) keep(r *http.Request, key string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // our own plain structs
	}
	a.sessions.Put(r.Context(), key, string(text))
}
