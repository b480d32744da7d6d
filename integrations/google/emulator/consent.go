package emulator

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed consent.html
var consentHTML string

var consentPage = template.Must(template.New("consent").Parse(consentHTML))

// authRequest is an authorization request, checked.
type authRequest struct {
	redirect  *url.URL
	scopes    []string
	state     string
	challenge string
	nonce     string
	hint      string
	offline   bool
	consent   bool // prompt=consent
	union     bool
}

var authParameters = []string{
	"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method", "nonce",
	"access_type", "prompt", "login_hint", "include_granted_scopes", "hd",
}

// readAuth checks an authorization request. What is wrong is shown to the person,
// never sent to the address in the request, which may be the wrong part.
func (s *Server) readAuth(q url.Values) (authRequest, error) {
	for name, values := range q {
		if !slices.Contains(authParameters, name) || len(values) != 1 {
			return authRequest{}, fmt.Errorf("invalid_request: parameter %s", name)
		}
	}
	redirect, err := url.Parse(q.Get("redirect_uri"))
	prompts := strings.Fields(q.Get("prompt"))
	a := authRequest{
		redirect: redirect, scopes: strings.Fields(q.Get("scope")), state: q.Get("state"), nonce: q.Get("nonce"),
		challenge: q.Get("code_challenge"), hint: q.Get("login_hint"), offline: q.Get("access_type") == "offline",
		consent: slices.Contains(prompts, "consent"), union: q.Get("include_granted_scopes") == "true",
	}
	for _, prompt := range prompts {
		if prompt != "consent" && prompt != "select_account" {
			return a, fmt.Errorf("invalid_request: prompt %s", prompt)
		}
	}
	switch {
	case q.Get("client_id") != s.config.ClientID:
		return a, errors.New("invalid_client: the OAuth client was not found")
	case err != nil || redirect.Host == "" || redirect.Fragment != "",
		len(s.config.RedirectURIs) > 0 && !slices.Contains(s.config.RedirectURIs, q.Get("redirect_uri")):
		return a, errors.New("redirect_uri_mismatch")
	case q.Get("response_type") != "code":
		return a, errors.New("unsupported_response_type")
	case len(a.scopes) == 0:
		return a, errors.New("invalid_request: missing required parameter: scope")
	case q.Get("code_challenge_method") != "S256" || len(a.challenge) != 43:
		return a, errors.New("invalid_request: a code_challenge by S256 is needed here")
	case a.state == "":
		return a, errors.New("invalid_request: a state is needed here")
	}
	return a, s.checkScopes(a.scopes)
}

// checkScopes knows the scopes of OpenID and of the Calendar API.
func (s *Server) checkScopes(scopes []string) error {
	for _, scope := range scopes {
		if !s.knownScope(scope) {
			return fmt.Errorf("invalid_scope: %s", scope)
		}
	}
	return nil
}

func (s *Server) knownScope(scope string) bool {
	switch scope {
	case "openid", "email", "profile", scopeUserinfo + "email", scopeUserinfo + "profile":
		return true
	}
	for _, m := range s.document.Methods {
		if slices.Contains(m.Scopes, scope) {
			return true
		}
	}
	return false
}

type consentUser struct {
	Email, Name string
	Hinted      bool
}

func (s *Server) showConsent(w http.ResponseWriter, r *http.Request) {
	a, err := s.readAuth(r.URL.Query())
	if err != nil {
		s.refuseAuth(w, err)
		return
	}
	s.mu.Lock()
	var users []consentUser
	for _, email := range slices.Sorted(maps.Keys(s.users)) {
		u := s.users[email]
		users = append(users, consentUser{u.email, u.name, sameAddress(a.hint, u.email) || a.hint == u.sub})
	}
	s.mu.Unlock()
	slices.SortStableFunc(users, func(x, y consentUser) int {
		if x.Hinted == y.Hinted {
			return 0
		}
		if x.Hinted {
			return -1
		}
		return 1
	})
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := map[string]any{"Users": users, "Scopes": a.scopes, "App": a.redirect.Host, "Action": r.URL.RequestURI()}
	if err := consentPage.Execute(w, page); err != nil {
		s.config.Logger.Debug("show the consent page", "err", err)
	}
}

func (s *Server) refuseAuth(w http.ResponseWriter, err error) {
	s.mu.Lock()
	s.violate("oauth.auth", err.Error())
	s.mu.Unlock()
	http.Error(w, "Access blocked: authorization error\n\nError 400: "+err.Error(), http.StatusBadRequest)
}

// takeConsent is what the page's form is sent to.
func (s *Server) takeConsent(w http.ResponseWriter, r *http.Request) {
	a, err := s.readAuth(r.URL.Query())
	if err == nil {
		err = r.ParseForm()
	}
	if err != nil {
		s.refuseAuth(w, err)
		return
	}
	if r.PostForm.Has("deny") {
		http.Redirect(w, r, a.back(url.Values{"error": {"access_denied"}}), http.StatusFound)
		return
	}
	location, err := s.consent(a, r.PostForm.Get("user"), r.PostForm["scope"])
	if err != nil {
		s.refuseAuth(w, err)
		return
	}
	http.Redirect(w, r, location, http.StatusFound)
}

// back is the client's address with an answer for it.
func (a authRequest) back(answer url.Values) string {
	to := *a.redirect
	q := to.Query()
	maps.Copy(q, answer)
	q.Set("state", a.state)
	to.RawQuery = q.Encode()
	return to.String()
}

// consent lets a person allow some of the scopes asked for.
func (s *Server) consent(a authRequest, email string, ticked []string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[strings.ToLower(email)]
	if u == nil {
		return "", fmt.Errorf("consent of %q: %w", email, ErrUnknownUser)
	}
	scopes := map[string]bool{}
	for _, scope := range ticked {
		if slices.Contains(a.scopes, scope) && !u.unticks[scope] {
			scopes[scope] = true
		}
	}
	g, granted, first := s.allow(u.email, scopes, a.union)
	text := "4/0" + s.newID(60)
	s.grants.codes[text] = &code{
		grant: g, scopes: granted, redirectURI: a.redirect.String(), challenge: a.challenge, nonce: a.nonce,
		offline: a.offline && (a.consent || first), expires: s.now().Add(codeLife),
	}
	return a.back(url.Values{"code": {text}, "scope": {scopeText(granted)}, "authuser": {"0"}, "prompt": {"consent"}}), nil
}

// Consent does what a person does on the consent page at authURL: allow the scopes,
// or all that are asked for where none are given. It returns the address that the
// browser is sent back to.
func (s *Server) Consent(authURL, email string, scopes ...string) (string, error) {
	a, err := s.authRequestOf(authURL)
	if err != nil {
		return "", err
	}
	if len(scopes) == 0 {
		scopes = a.scopes
	}
	return s.consent(a, email, scopes)
}

// Deny does what a person does who allows nothing.
func (s *Server) Deny(authURL string) (string, error) {
	a, err := s.authRequestOf(authURL)
	if err != nil {
		return "", err
	}
	return a.back(url.Values{"error": {"access_denied"}}), nil
}

func (s *Server) authRequestOf(authURL string) (authRequest, error) {
	u, err := url.Parse(authURL)
	if err != nil {
		return authRequest{}, fmt.Errorf("read the authorization address: %w", err)
	}
	if !strings.HasPrefix(authURL, s.config.URL+"/o/oauth2/v2/auth?") {
		return authRequest{}, errors.New("the authorization address is not this server's")
	}
	a, err := s.readAuth(u.Query())
	if err != nil {
		return a, fmt.Errorf("authorization request: %w", err)
	}
	return a, nil
}
