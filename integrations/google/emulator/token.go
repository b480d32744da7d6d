package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// oauthFailure is an error of the token and revocation endpoints.
type oauthFailure struct {
	Reason      string `json:"error"`
	Description string `json:"error_description,omitempty"`

	code int
}

func (f *oauthFailure) Error() string { return f.Reason }

func oauthError(reason, description string) *oauthFailure {
	return &oauthFailure{reason, description, http.StatusBadRequest}
}

// tokenAnswer is what the token endpoint says. A refresh has no refresh token.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
	IDToken      string `json:"id_token,omitempty"`

	identity *claims // to be signed outside the lock
	email    string
}

func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		s.answerToken(w, nil, oauthError("invalid_request", "Unreadable form."))
		return
	}
	s.mu.Lock()
	fault := s.nextFault(s.tokenUser(r.PostForm), "oauth.token")
	s.mu.Unlock()
	if fault != nil && !fault.AfterApply {
		s.failToken(w, r, fault)
		return
	}
	answer, failed := s.issue(r)
	if fault != nil && failed == nil {
		s.failToken(w, r, fault)
		return
	}
	s.answerToken(w, answer, failed)
}

// tokenUser is whose token it would become; empty where nobody's.
func (s *Server) tokenUser(form url.Values) string {
	if refresh := s.grants.refresh[form.Get("refresh_token")]; refresh != nil {
		return refresh.grant.email
	}
	if code := s.grants.codes[form.Get("code")]; code != nil {
		return code.grant.email
	}
	return ""
}

func (s *Server) failToken(w http.ResponseWriter, r *http.Request, f *Fault) {
	if f.Status != 0 && !f.Hang && f.Reason != "" && f.Status < http.StatusInternalServerError {
		s.noteOAuth("oauth.token", "", f.Status)
		writeJSON(w, f.Status, oauthFailure{Reason: f.Reason, Description: f.Message})
		return
	}
	s.fail(w, r, f, func(status int) { s.noteOAuth("oauth.token", "", status) })
}

func (s *Server) noteOAuth(method, email string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordCall(Call{At: s.now(), User: email, Method: method, Status: status})
}

func (s *Server) answerToken(w http.ResponseWriter, answer *tokenAnswer, failed *oauthFailure) {
	if failed != nil {
		s.noteOAuth("oauth.token", "", failed.code)
		writeJSON(w, failed.code, failed)
		return
	}
	if answer.identity != nil {
		key, err := s.signingKey()
		if err == nil {
			answer.IDToken, err = signToken(key, *answer.identity)
		}
		if err != nil {
			globalFailure(http.StatusInternalServerError, "backendError", err.Error()).write(w)
			return
		}
	}
	s.noteOAuth("oauth.token", answer.email, http.StatusOK)
	writeJSON(w, http.StatusOK, answer)
}

// issue checks the client and gives tokens for a code or a refresh token.
func (s *Server) issue(r *http.Request) (*tokenAnswer, *oauthFailure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.RawQuery != "" {
		s.violate("oauth.token", "parameters in the address, where logs keep them")
		return nil, oauthError("invalid_request", "Parameters belong in the body.")
	}
	if !s.isClient(r) {
		return nil, &oauthFailure{"invalid_client", "Unauthorized", http.StatusUnauthorized}
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		return s.exchange(r.PostForm)
	case "refresh_token":
		return s.refreshed(r.PostForm)
	}
	return nil, oauthError("unsupported_grant_type", "Invalid grant_type.")
}

// isClient checks the client's credentials, in the body or by basic authentication.
func (s *Server) isClient(r *http.Request) bool {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, basic := r.BasicAuth(); basic {
		var errs [2]error
		id, errs[0] = url.QueryUnescape(user)
		secret, errs[1] = url.QueryUnescape(password)
		if errs[0] != nil || errs[1] != nil {
			return false
		}
	}
	return id == s.config.ClientID && subtle.ConstantTimeCompare([]byte(secret), []byte(s.config.ClientSecret)) == 1
}

func (s *Server) exchange(form url.Values) (*tokenAnswer, *oauthFailure) {
	c := s.grants.codes[form.Get("code")]
	delete(s.grants.codes, form.Get("code")) // good for one attempt
	switch {
	case c == nil || c.grant.dead || !s.now().Before(c.expires):
		return nil, oauthError("invalid_grant", "Malformed auth code.")
	case form.Get("redirect_uri") != c.redirectURI:
		return nil, oauthError("redirect_uri_mismatch", "Bad Request")
	case challengeOf(form.Get("code_verifier")) != c.challenge:
		return nil, oauthError("invalid_grant", "Invalid code verifier.")
	}
	answer := s.newAnswer(c.grant, c.scopes)
	if c.offline {
		answer.RefreshToken = s.newRefresh(c.grant, c.scopes)
	}
	if c.scopes["openid"] {
		who := s.identity(s.users[c.grant.email], c.scopes, c.nonce, answer.AccessToken)
		answer.identity = &who
	}
	return answer, nil
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (s *Server) newAnswer(g *grant, scopes map[string]bool) *tokenAnswer {
	return &tokenAnswer{
		AccessToken: s.newAccess(g, scopes), ExpiresIn: int(accessLife.Seconds()) - 1,
		Scope: scopeText(scopes), TokenType: "Bearer", email: g.email,
	}
}

func (s *Server) refreshed(form url.Values) (*tokenAnswer, *oauthFailure) {
	r := s.usable(form.Get("refresh_token"))
	if r == nil {
		return nil, oauthError("invalid_grant", "Token has been expired or revoked.")
	}
	r.used = s.now()
	scopes := maps.Clone(r.scopes)
	if form.Has("scope") {
		asked := set(strings.Fields(form.Get("scope")))
		for scope := range asked {
			if !r.scopes[scope] {
				return nil, oauthError("invalid_scope", "Some requested scopes were not granted.")
			}
		}
		scopes = asked
	}
	return s.newAnswer(r.grant, scopes), nil
}

// serveRevoke ends the grant that a token belongs to.
func (s *Server) serveRevoke(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		writeJSON(w, http.StatusBadRequest, oauthError("invalid_request", "Unreadable form."))
		return
	}
	s.mu.Lock()
	g := s.grantOf(r.Form.Get("token"))
	email := ""
	if g != nil {
		email = g.email
	}
	fault := s.nextFault(email, "oauth.revoke")
	if g != nil && (fault == nil || fault.AfterApply) {
		s.kill(g)
	}
	s.mu.Unlock()
	note := func(status int) { s.noteOAuth("oauth.revoke", email, status) }
	switch {
	case fault != nil:
		s.fail(w, r, fault, note)
	case g == nil:
		note(http.StatusBadRequest)
		writeJSON(w, http.StatusBadRequest, oauthError("invalid_token", "Token expired or revoked"))
	default:
		note(http.StatusOK)
		writeJSON(w, http.StatusOK, struct{}{})
	}
}

// grantOf is the grant of a refresh or access token that still works.
func (s *Server) grantOf(token string) *grant {
	if refresh := s.usable(token); refresh != nil {
		return refresh.grant
	}
	if access := s.grants.access[token]; access != nil && !access.grant.dead {
		return access.grant
	}
	return nil
}
