package google_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google"
	"holdfast/scheduler"
)

// canaries are what no error may hold: what the requests carry.
var canaries = []string{
	"xq-access", "xq-refresh", "xq-secret", "xq-code", "xq-verifier", "xq-sync-token",
	"xq-channel-token", "xq-title", "xq-description",
}

// parrot answers with a status and everything that it was told.
func parrot(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/openid-configuration" {
			issuer := "http://" + r.Host
			fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"revocation_endpoint":%q,"jwks_uri":%q}`,
				issuer, issuer+"/auth", issuer+"/token", issuer+"/revoke", issuer+"/keys")
			return
		}
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		said := strings.Join(canaries, " ")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":%d,"message":"Bad: %s","errors":[{"reason":"invalid","message":"Bad: %s"}]}}`, status, said, said)
	}
}

func TestNoErrorHoldsWhatARequestCarried(t *testing.T) {
	for _, status := range []int{0, 200, 302, 400, 401, 403, 404, 409, 410, 412, 429, 500, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			server := httptest.NewServer(parrot(status))
			defer server.Close()
			client := google.New(google.Config{
				Issuer: server.URL, API: server.URL + "/", ClientID: "client", ClientSecret: "xq-secret", Now: func() time.Time { return nine },
			})
			for name, err := range everyCall(t, client) {
				checkCanaries(t, name, err)
			}
		})
	}
}

func everyCall(t *testing.T, client *google.Client) map[string]error {
	fresh := scheduler.Grant{Access: "xq-access", Refresh: "xq-refresh", Expires: nine.Add(time.Hour)}
	stale := fresh
	stale.Expires = nine
	c := client.With("dana", fresh)
	entry := hold("hf1")
	entry.Title, entry.Description = "xq-title", "xq-description"
	p := scheduler.PushChannel{ID: "p", Resource: "r", Calendar: dana, Token: "xq-channel-token", Address: "https://holdfast.example/hooks/google"}
	all := map[string]error{}
	_, _, all["finish"] = client.Finish(t.Context(), "xq-code", google.Attempt{State: "s", Nonce: "n", Verifier: "xq-verifier"})
	all["revoke"] = client.Revoke(t.Context(), fresh)
	_, all["renew"] = client.With("dana", stale).Calendars(t.Context())
	_, all["calendars"] = c.Calendars(t.Context())
	_, all["changes"] = c.Changes(t.Context(), dana, "xq-sync-token", nine)
	_, all["event"] = c.Event(t.Context(), dana, "hf1")
	_, all["insert"] = c.Insert(t.Context(), entry)
	_, all["patch"] = c.Patch(t.Context(), entry, "etag")
	all["delete"] = c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "hf1"}, "etag")
	_, all["tagged"] = c.Tagged(t.Context(), dana, "install")
	_, all["watch"] = c.Watch(t.Context(), p)
	all["stop"] = c.Stop(t.Context(), p)
	_, all["freebusy"] = c.FreeBusy(t.Context(), []string{dana}, nine, ten)
	return all
}

// checkCanaries looks into err and all that it wraps.
func checkCanaries(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, canary := range canaries {
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), canary) {
			t.Errorf("%s: %q holds %s", name, err, canary)
		}
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, inner := range many.Unwrap() {
			checkCanaries(t, name, inner)
		}
		return
	}
	checkCanaries(t, name, errors.Unwrap(err))
}
