package emulator_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/calendar/v3"

	"holdfast/integrations/google/emulator"
)

const (
	verifier = "a-verifier-of-forty-three-characters-or-more-0123"
	callback = "http://holdfast.example/auth/google/callback"
)

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authURL is an authorization request with changes to its parameters; "" takes one
// away.
func (w *world) authURL(changes ...string) string {
	q := url.Values{
		"client_id": {"client"}, "redirect_uri": {callback}, "response_type": {"code"}, "state": {"state-1"}, "nonce": {"nonce-1"},
		"scope": {"openid email " + scopeOwned + " " + scopeFreeBusy}, "access_type": {"offline"}, "prompt": {"consent"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	return w.APIURL()[:strings.Index(w.APIURL(), "/calendar")] + "/o/oauth2/v2/auth?" + q.Encode()
}

// code lets Dana consent and returns the parameters that come back.
func (w *world) code(t *testing.T, authURL string, scopes ...string) url.Values {
	t.Helper()
	back := must[*url.URL](t)(url.Parse(must[string](t)(w.Consent(authURL, dana, scopes...))))
	return back.Query()
}

type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string
	TokenType    string `json:"token_type"`
	IDToken      string `json:"id_token"`
	Error        string
	Description  string `json:"error_description"`
}

// post sends a form to an endpoint.
func (w *world) post(t *testing.T, path string, form url.Values) (int, tokenAnswer) {
	t.Helper()
	root := w.APIURL()[:strings.Index(w.APIURL(), "/calendar")]
	response := must[*http.Response](t)(http.PostForm(root+path, form))
	defer response.Body.Close()
	var answer tokenAnswer
	check(t, json.NewDecoder(response.Body).Decode(&answer))
	return response.StatusCode, answer
}

func codeForm(code string, changes ...string) url.Values {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {"client"}, "client_secret": {"secret"},
		"redirect_uri": {callback}, "code_verifier": {verifier},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

func refreshForm(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {"client"}, "client_secret": {"secret"}}
}

func TestBehaviour01AccessTokensExpire(t *testing.T) {
	w := newWorld(t)
	c := w.client(t, dana)
	must[*calendar.Events](t)(c.Events.List("primary").Do())
	w.clock.move(time.Hour)
	_, err := c.Events.List("primary").Do()
	failed := refused(t, err, 401, "authError")
	if failed.Message != "Invalid Credentials" || !strings.Contains(failed.Body, `"location":"Authorization"`) {
		t.Errorf("body %s", failed.Body)
	}
	c = w.client(t, dana)
	w.ExpireAccessTokens()
	_, err = c.Events.List("primary").Do()
	refused(t, err, 401, "authError")
}

func TestBehaviour02EachMethodAsksForItsScopes(t *testing.T) {
	w := newWorld(t)
	team := must[string](t)(w.eli.AddCalendar(emulator.Calendar{Summary: "Team"}))
	check(t, w.eli.Share(team, dana, emulator.Writer))
	owned := w.client(t, dana, scopeOwned)
	_, listErr := owned.CalendarList.List().Do()
	_, busyErr := owned.Freebusy.Query(&calendar.FreeBusyRequest{TimeMin: "2026-11-24T00:00:00Z", TimeMax: "2026-11-25T00:00:00Z"}).Do()
	_, othersErr := owned.Events.List(team).Do()
	_, writeErr := w.client(t, dana, scopeList, scopeFreeBusy).Events.Insert("primary", timed("x", 24, 10)).Do()
	for name, err := range map[string]error{"calendarList": listErr, "freebusy": busyErr, "not owned": othersErr, "write": writeErr} {
		failed := refused(t, err, 403, "insufficientPermissions")
		if failed.Message != "Request had insufficient authentication scopes." || !strings.Contains(failed.Body, "ACCESS_TOKEN_SCOPE_INSUFFICIENT") {
			t.Errorf("%s: %s", name, failed.Body)
		}
	}
	must[*calendar.Events](t)(owned.Events.List("primary").Do())
	must[*calendar.CalendarList](t)(w.client(t, dana, scopeList).CalendarList.List().Do())
	w.noViolations(t)
}

func TestBehaviour03ACodeIsGoodOnceForItsAddressAndVerifier(t *testing.T) {
	w := newWorld(t)
	back := w.code(t, w.authURL())
	if back.Get("state") != "state-1" {
		t.Errorf("sent back %v", back)
	}
	status, answer := w.post(t, "/token", codeForm(back.Get("code")))
	if status != 200 || answer.RefreshToken == "" || answer.ExpiresIn != 3599 || answer.TokenType != "Bearer" {
		t.Fatalf("status %d, %+v", status, answer)
	}
	if status, again := w.post(t, "/token", codeForm(back.Get("code"))); status != 400 || again.Error != "invalid_grant" {
		t.Errorf("a code twice: %d %+v", status, again)
	}
	tests := []struct {
		name, want string
		form       func(code string) url.Values
	}{
		{"redirect_uri", "redirect_uri_mismatch", func(c string) url.Values { return codeForm(c, "redirect_uri", callback+"/") }},
		{"verifier", "invalid_grant", func(c string) url.Values { return codeForm(c, "code_verifier", verifier+"x") }},
		{"secret", "invalid_client", func(c string) url.Values { return codeForm(c, "client_secret", "guess") }},
		{"late", "invalid_grant", func(c string) url.Values { w.clock.move(10 * time.Minute); return codeForm(c) }},
	}
	for _, test := range tests {
		if _, answer := w.post(t, "/token", test.form(w.code(t, w.authURL()).Get("code"))); answer.Error != test.want {
			t.Errorf("%s: %+v", test.name, answer)
		}
	}
	status, refreshed := w.post(t, "/token", refreshForm(answer.RefreshToken))
	if status != 200 || refreshed.AccessToken == "" || refreshed.RefreshToken != "" || refreshed.Scope != answer.Scope {
		t.Errorf("refreshed: %d %+v", status, refreshed)
	}
	status, refreshed = w.post(t, "/token", refreshForm("1//unknown"))
	if status != 400 || refreshed.Error != "invalid_grant" || refreshed.Description != "Token has been expired or revoked." {
		t.Errorf("unknown: %d %+v", status, refreshed)
	}
	w.noViolations(t)
}

func TestBehaviour03ARefreshTokenComesWithConsentOnly(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name    string
		changes []string
		want    bool
	}{
		{"first consent", []string{"prompt", ""}, true},
		{"again without prompt", []string{"prompt", ""}, false},
		{"again with prompt", nil, true},
		{"online", []string{"access_type", "online"}, false},
	} {
		_, answer := w.post(t, "/token", codeForm(w.code(t, w.authURL(test.changes...)).Get("code")))
		if (answer.RefreshToken != "") != test.want {
			t.Errorf("%s: refresh token %q", test.name, answer.RefreshToken)
		}
	}
}

func TestBehaviour03ScopesMayBeUnticked(t *testing.T) {
	w := newWorld(t)
	w.UntickScope(dana, scopeFreeBusy)
	back := w.code(t, w.authURL())
	_, answer := w.post(t, "/token", codeForm(back.Get("code")))
	want := []string{"email", scopeOwned, "openid"}
	for _, got := range []string{back.Get("scope"), answer.Scope} {
		scopes := strings.Fields(got)
		slices.Sort(scopes)
		if diff := cmp.Diff(want, scopes); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	denied := must[*url.URL](t)(url.Parse(must[string](t)(w.Deny(w.authURL()))))
	if q := denied.Query(); q.Get("error") != "access_denied" || q.Get("state") != "state-1" {
		t.Errorf("denied: %v", q)
	}
}

func TestBehaviour04RevokingEndsTheWholeGrant(t *testing.T) {
	for _, by := range []string{"access", "refresh", "person"} {
		w := newWorld(t)
		tokens := must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
		other := must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
		token := map[string]string{"access": tokens.Access, "refresh": tokens.Refresh}[by]
		if by == "person" {
			w.Revoke(dana)
		} else if status, _ := w.post(t, "/revoke", url.Values{"token": {token}}); status != 200 {
			t.Errorf("by %s: status %d", by, status)
		}
		if _, answer := w.post(t, "/token", refreshForm(other.Refresh)); answer.Error != "invalid_grant" {
			t.Errorf("by %s: another refresh token lives: %+v", by, answer)
		}
		_, err := w.clientFor(t, other.Access).Events.List("primary").Do()
		refused(t, err, 401, "authError")
		if status, answer := w.post(t, "/revoke", url.Values{"token": {tokens.Refresh}}); status != 400 || answer.Error != "invalid_token" {
			t.Errorf("by %s: revoked twice: %d %+v", by, status, answer)
		}
	}
}

func TestBehaviour04RefreshTokensDieOfAgeAndNumber(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.Testing = true })
	first := must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
	for range 100 {
		if status, _ := w.post(t, "/token", refreshForm(first.Refresh)); status != 200 {
			t.Fatal("the first token died early")
		}
		must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
	}
	if status, _ := w.post(t, "/token", refreshForm(first.Refresh)); status != 400 {
		t.Error("the 101st token left the first alive")
	}
	last := must[emulator.Tokens](t)(w.Grant(eli, scopeCalendar))
	w.clock.move(7*24*time.Hour - time.Second)
	if status, _ := w.post(t, "/token", refreshForm(last.Refresh)); status != 200 {
		t.Error("a token of an app in testing died before 7 days")
	}
	w.clock.move(time.Second)
	if status, _ := w.post(t, "/token", refreshForm(last.Refresh)); status != 400 {
		t.Error("a token of an app in testing lives on after 7 days")
	}
}

func TestTheIDTokenIsSignedAndSaysWho(t *testing.T) {
	w := newWorld(t)
	_, answer := w.post(t, "/token", codeForm(w.code(t, w.authURL()).Get("code")))
	parts := strings.Split(answer.IDToken, ".")
	if len(parts) != 3 {
		t.Fatalf("id_token %q", answer.IDToken)
	}
	root := w.APIURL()[:strings.Index(w.APIURL(), "/calendar")]
	var keys struct{ Keys []map[string]string }
	fetch(t, root+"/oauth2/v3/certs", &keys)
	decode := func(s string) []byte { return must[[]byte](t)(base64.RawURLEncoding.DecodeString(s)) }
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(decode(keys.Keys[0]["n"])), E: int(new(big.Int).SetBytes(decode(keys.Keys[0]["e"])).Int64())}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	check(t, rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], decode(parts[2])))
	var got map[string]any
	check(t, json.Unmarshal(decode(parts[1]), &got))
	delete(got, "at_hash")
	want := map[string]any{
		"iss": root, "aud": "client", "azp": "client", "sub": w.dana.Sub(), "email": dana, "email_verified": true, "nonce": "nonce-1",
		"iat": float64(w.clock.now().Unix()), "exp": float64(w.clock.now().Add(time.Hour).Unix()),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	var discovered struct{ Issuer string }
	fetch(t, root+"/.well-known/openid-configuration", &discovered)
	if discovered.Issuer != root {
		t.Errorf("issuer %s", discovered.Issuer)
	}
}

func fetch(t *testing.T, address string, into any) {
	t.Helper()
	response := must[*http.Response](t)(http.Get(address))
	defer response.Body.Close()
	check(t, decodeJSON(response, into))
}

func decodeJSON(response *http.Response, into any) error {
	return json.NewDecoder(response.Body).Decode(into)
}

func TestThePageAsksAndItsFormConsents(t *testing.T) {
	w := newWorld(t)
	address := w.authURL("login_hint", eli)
	response := must[*http.Response](t)(http.Get(address))
	page := string(must[[]byte](t)(io.ReadAll(response.Body)))
	response.Body.Close()
	if strings.Index(page, eli) > strings.Index(page, dana) || !strings.Contains(page, scopeOwned) {
		t.Errorf("the hinted account comes first, the scopes are named:\n%s", page)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response = must[*http.Response](t)(client.PostForm(address, url.Values{"user": {eli}, "scope": {"openid", scopeOwned}}))
	response.Body.Close()
	back := must[*url.URL](t)(response.Location())
	_, answer := w.post(t, "/token", codeForm(back.Query().Get("code")))
	if answer.Scope != scopeOwned+" openid" {
		t.Errorf("scope %q", answer.Scope)
	}
	w.noViolations(t)
}

func TestAuthorizationRequestsAreRefusedOnThePage(t *testing.T) {
	for _, changes := range [][]string{
		{"client_id", "other"}, {"redirect_uri", "nowhere"}, {"response_type", "token"}, {"scope", ""}, {"scope", "calendar"},
		{"state", ""}, {"code_challenge", ""}, {"code_challenge_method", "plain"}, {"prompt", "always"}, {"acess_type", "offline"},
	} {
		w := newWorld(t)
		response := must[*http.Response](t)(http.Get(w.authURL(changes...)))
		response.Body.Close()
		if response.StatusCode != 400 || len(w.Violations()) != 1 {
			t.Errorf("%v: status %d, violations %v", changes, response.StatusCode, w.Violations())
		}
	}
}

func TestFaultsReachTheTokenEndpoint(t *testing.T) {
	w := newWorld(t)
	tokens := must[emulator.Tokens](t)(w.Grant(dana, scopeCalendar))
	w.Fault(emulator.Fault{User: dana, Method: "oauth.token", Status: 400, Reason: "invalid_grant"})
	if status, answer := w.post(t, "/token", refreshForm(tokens.Refresh)); status != 400 || answer.Error != "invalid_grant" {
		t.Errorf("%d %+v", status, answer)
	}
	if status, _ := w.post(t, "/token", refreshForm(tokens.Refresh)); status != 200 {
		t.Errorf("after the fault: %d", status)
	}
	if n := w.Count("", "oauth.token"); n != 2 {
		t.Errorf("counted %d", n)
	}
}
