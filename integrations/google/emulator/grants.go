package emulator

import (
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	accessLife   = time.Hour
	codeLife     = 10 * time.Minute
	testingLife  = 7 * 24 * time.Hour   // of refresh tokens of an app in testing
	unusedLife   = 180 * 24 * time.Hour // after which an unused refresh token dies
	mostRefreshs = 100                  // for an account and a client
)

// grants is what people allowed the client.
type grants struct {
	given   map[string]*grant // by email
	codes   map[string]*code
	access  map[string]*accessToken
	refresh map[string]*refreshToken
}

// grant is a person's permission for the client. It dies as a whole.
type grant struct {
	email  string
	scopes map[string]bool
	issued []*refreshToken // alive, oldest first
	dead   bool
}

type accessToken struct {
	grant   *grant
	scopes  map[string]bool
	expires time.Time
}

type refreshToken struct {
	text    string
	grant   *grant
	scopes  map[string]bool
	created time.Time
	used    time.Time
}

// code is an authorization code, good for one exchange.
type code struct {
	grant                         *grant
	scopes                        map[string]bool
	redirectURI, challenge, nonce string
	offline                       bool // whether a refresh token is due
	expires                       time.Time
}

func newGrants() grants {
	return grants{
		given: map[string]*grant{}, codes: map[string]*code{},
		access: map[string]*accessToken{}, refresh: map[string]*refreshToken{},
	}
}

// allow records a consent. first says whether the person had allowed nothing before.
func (s *Server) allow(email string, scopes map[string]bool, union bool) (g *grant, granted map[string]bool, first bool) {
	g = s.grants.given[email]
	if first = g == nil; first {
		g = &grant{email: email, scopes: map[string]bool{}}
		s.grants.given[email] = g
	}
	granted = maps.Clone(scopes)
	if union {
		maps.Copy(granted, g.scopes)
	}
	maps.Copy(g.scopes, scopes)
	return g, granted, first
}

func (s *Server) newAccess(g *grant, scopes map[string]bool) string {
	token := "ya29." + s.newID(60)
	s.grants.access[token] = &accessToken{grant: g, scopes: scopes, expires: s.now().Add(accessLife)}
	if len(s.grants.access) > 10_000 {
		maps.DeleteFunc(s.grants.access, func(_ string, a *accessToken) bool { return !s.now().Before(a.expires) })
	}
	return token
}

// newRefresh makes a refresh token; the 101st kills the first.
func (s *Server) newRefresh(g *grant, scopes map[string]bool) string {
	r := &refreshToken{text: "1//" + s.newID(60), grant: g, scopes: scopes, created: s.now(), used: s.now()}
	s.grants.refresh[r.text] = r
	g.issued = append(g.issued, r)
	if len(g.issued) > mostRefreshs {
		delete(s.grants.refresh, g.issued[0].text)
		g.issued = slices.Delete(g.issued, 0, 1)
	}
	return r.text
}

// usable is the refresh token with a text, if it still works.
func (s *Server) usable(text string) *refreshToken {
	r := s.grants.refresh[text]
	switch {
	case r == nil, r.grant.dead,
		s.config.Testing && !s.now().Before(r.created.Add(testingLife)),
		!s.now().Before(r.used.Add(unusedLife)):
		return nil
	}
	return r
}

// kill ends a grant: every token of it, and the memory of the consent.
func (s *Server) kill(g *grant) {
	g.dead = true
	for _, r := range g.issued {
		delete(s.grants.refresh, r.text)
	}
	if s.grants.given[g.email] == g {
		delete(s.grants.given, g.email)
	}
}

// Revoke ends what a person allowed the client, as they can on their account page.
func (s *Server) Revoke(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.grants.given[strings.ToLower(email)]; g != nil {
		s.kill(g)
	}
}

// ExpireAccessTokens makes every access token issued so far answer 401.
func (s *Server) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.grants.access)
}

// UntickScope leaves a scope out of what a person allows at every consent from now
// on.
func (s *Server) UntickScope(email, scope string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[strings.ToLower(email)]; u != nil {
		u.unticks[scope] = true
	}
}

// Tokens are an access token, good for an hour, and a refresh token.
type Tokens struct{ Access, Refresh string }

// Grant lets a person allow the client scopes without the ceremony of a consent,
// for tests about something else. It answers ErrUnknownUser for an unknown address.
func (s *Server) Grant(email string, scopes ...string) (Tokens, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	email = strings.ToLower(email)
	if s.users[email] == nil {
		return Tokens{}, ErrUnknownUser
	}
	g, granted, _ := s.allow(email, set(scopes), false)
	return Tokens{Access: s.newAccess(g, granted), Refresh: s.newRefresh(g, granted)}, nil
}

func set(of []string) map[string]bool {
	members := map[string]bool{}
	for _, m := range of {
		members[m] = true
	}
	return members
}

// scopeText lists scopes as OAuth does.
func scopeText(scopes map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(scopes)), " ")
}
