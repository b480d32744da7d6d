package google_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"holdfast/integrations/google"
)

func encoded(part []byte) string { return base64.RawURLEncoding.EncodeToString(part) }

// idToken makes an ID token of head and claims, signed by sign.
func idToken(t *testing.T, head string, claims map[string]any, sign func(text []byte) []byte) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := encoded([]byte(head)) + "." + encoded(body)
	return text + "." + encoded(sign([]byte(text)))
}

// signedBy signs as an issuer with key does.
func signedBy(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha256.Sum256(text)
		signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issuer is one that answers every code with the ID token that made makes.
func issuer(t *testing.T, key *rsa.PrivateKey, made func(address string) string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := "http://" + r.Host
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q,"id_token_signing_alg_values_supported":["RS256"]}`,
				address, address+"/auth", address+"/token", address+"/keys")
		case "/keys":
			fmt.Fprintf(w, `{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","kid":"k","n":%q,"e":%q}]}`,
				encoded(key.N.Bytes()), encoded(big.NewInt(int64(key.E)).Bytes()))
		case "/token":
			fmt.Fprintf(w, `{"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":3600,"id_token":%q}`, made(address))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Who somebody is, is what the issuer signed for this client, now, and nothing else.
func TestOnlyTheIssuersWordForThisClientSaysWhoSomebodyIs(t *testing.T) {
	const rs256, none, hs256 = `{"alg":"RS256","kid":"k"}`, `{"alg":"none"}`, `{"alg":"HS256","kid":"k"}`
	key := newKey(t)
	unsigned := func([]byte) []byte { return nil }
	bySecret := func(text []byte) []byte {
		mac := hmac.New(sha256.New, []byte("secret"))
		mac.Write(text)
		return mac.Sum(nil)
	}
	for _, c := range []struct {
		name, head string
		changed    map[string]any
		sign       func([]byte) []byte
		good       bool
	}{
		{"as it should be", rs256, nil, signedBy(t, key), true},
		{"for another client", rs256, map[string]any{"aud": "another"}, signedBy(t, key), false},
		{"of another issuer", rs256, map[string]any{"iss": "https://accounts.google.com"}, signedBy(t, key), false},
		{"expired", rs256, map[string]any{"exp": nine.Add(-time.Minute).Unix()}, signedBy(t, key), false},
		{"about nobody", rs256, map[string]any{"sub": ""}, signedBy(t, key), false},
		{"for another sign-in", rs256, map[string]any{"nonce": "another"}, signedBy(t, key), false},
		{"signed by another key", rs256, nil, signedBy(t, newKey(t)), false},
		{"unsigned", none, nil, unsigned, false},
		{"signed by the client's own secret", hs256, nil, bySecret, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var attempt google.Attempt
			address := issuer(t, key, func(address string) string {
				claims := map[string]any{
					"iss": address, "aud": "client", "sub": "dana", "email": dana, "email_verified": true, "nonce": attempt.Nonce,
					"iat": nine.Unix(), "exp": nine.Add(time.Hour).Unix(),
				}
				maps.Copy(claims, c.changed)
				return idToken(t, c.head, claims, c.sign)
			})
			client := google.New(google.Config{
				Issuer: address, API: address + "/", ClientID: "client", ClientSecret: "secret", RedirectURL: callback, Now: func() time.Time { return nine },
			})
			_, begun, err := client.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			attempt = begun
			who, grant, err := client.Finish(t.Context(), "code", attempt)
			if c.good && (err != nil || who.Subject != "dana") {
				t.Errorf("%+v, %v", who, err)
			}
			if !c.good && (!errors.Is(err, google.ErrAnswer) || who != (google.Identity{}) || grant.Access != "") {
				t.Errorf("%+v signs in, %v", who, err)
			}
		})
	}
}
