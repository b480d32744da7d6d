package emulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
)

// routes serves what is not the Calendar API: sign-in, and pages for people.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", s.serveConfiguration)
	mux.HandleFunc("GET /oauth2/v3/certs", s.serveKeys)
	mux.HandleFunc("GET /v1/userinfo", s.serveUserInfo)
	mux.HandleFunc("GET /o/oauth2/v2/auth", s.showConsent)
	mux.HandleFunc("POST /o/oauth2/v2/auth", s.takeConsent)
	mux.HandleFunc("POST /token", s.serveToken)
	mux.HandleFunc("POST /revoke", s.serveRevoke)
	mux.HandleFunc("GET /calendar", s.showCalendar)
	mux.HandleFunc("GET /calendar/event", s.showEvent)
	mux.HandleFunc("POST /calendar/event", s.changeEvent)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		failed := s.refuse(r.Method+" "+r.URL.Path, "no such address")
		s.mu.Unlock()
		failed.write(w)
	})
	// A page elsewhere cannot press the buttons here.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (s *Server) serveConfiguration(w http.ResponseWriter, _ *http.Request) {
	at := s.config.URL
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": at, "authorization_endpoint": at + "/o/oauth2/v2/auth", "token_endpoint": at + "/token",
		"userinfo_endpoint": at + "/v1/userinfo", "revocation_endpoint": at + "/revoke", "jwks_uri": at + "/oauth2/v3/certs",
		"response_types_supported": []string{"code"}, "response_modes_supported": []string{"query"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "email", "profile"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
		"claims_supported":                      []string{"aud", "email", "email_verified", "exp", "iat", "iss", "name", "sub"},
		"code_challenge_methods_supported":      []string{"S256"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token"},
	})
}

// signingKey makes the key at its first use: it takes a tenth of a second.
func (s *Server) signingKey() (*rsa.PrivateKey, error) {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	if s.key == nil {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("make a signing key: %w", err)
		}
		s.key = key
	}
	return s.key, nil
}

// keyID names the key in tokens and in the key set.
func keyID(key *rsa.PrivateKey) string {
	sum := sha256.Sum256(key.N.Bytes())
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

func (s *Server) serveKeys(w http.ResponseWriter, _ *http.Request) {
	key, err := s.signingKey()
	if err != nil {
		globalFailure(http.StatusInternalServerError, "backendError", err.Error()).write(w)
		return
	}
	encode := base64.RawURLEncoding.EncodeToString
	writeJSON(w, http.StatusOK, map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": keyID(key),
		"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
	}}})
}

// claims are what an id_token says.
type claims struct {
	Issuer        string `json:"iss"`
	Party         string `json:"azp"`
	Audience      string `json:"aud"`
	Subject       string `json:"sub"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified,omitempty"`
	AccessHash    string `json:"at_hash"`
	Nonce         string `json:"nonce,omitempty"`
	Name          string `json:"name,omitempty"`
	IssuedAt      int64  `json:"iat"`
	Expires       int64  `json:"exp"`
}

// identity is what the id_token for a person says.
func (s *Server) identity(u *User, scopes map[string]bool, nonce, access string) claims {
	sum := sha256.Sum256([]byte(access))
	c := claims{
		Issuer: s.config.URL, Party: s.config.ClientID, Audience: s.config.ClientID, Subject: u.sub, Nonce: nonce,
		AccessHash: base64.RawURLEncoding.EncodeToString(sum[:16]),
		IssuedAt:   s.now().Unix(), Expires: s.now().Add(accessLife).Unix(),
	}
	if scopes["email"] || scopes[scopeUserinfo+"email"] {
		c.Email, c.EmailVerified = u.email, true
	}
	if scopes["profile"] || scopes[scopeUserinfo+"profile"] {
		c.Name = u.name
	}
	return c
}

const scopeUserinfo = "https://www.googleapis.com/auth/userinfo."

// sign makes a JSON Web Token by RS256.
func signToken(key *rsa.PrivateKey, c claims) (string, error) {
	head, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": keyID(key)})
	if err != nil {
		return "", fmt.Errorf("sign an id_token: %w", err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("sign an id_token: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign an id_token: %w", err)
	}
	return text + "." + encode(signature), nil
}

func (s *Server) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	access := s.grants.access[token]
	if access == nil || access.grant.dead || !s.now().Before(access.expires) || !access.scopes["openid"] {
		authError().write(w)
		return
	}
	c := s.identity(s.users[access.grant.email], access.scopes, "", token)
	writeJSON(w, http.StatusOK, map[string]any{
		"sub": c.Subject, "email": c.Email, "email_verified": c.EmailVerified, "name": c.Name,
	})
}
