package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// client is one browser, with its cookies. It follows no redirect by itself.
type client struct {
	w      *rig
	http   *http.Client
	header http.Header // sent with every request
	host   string      // that requests say they are for; "": the service's
}

func (w *rig) newClient() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &client{w: w, header: http.Header{}, http: &http.Client{
		Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is an answer, read to its end.
type reply struct {
	*http.Response
	body string
}

// into reads the answer's JSON.
func (r reply) into(t *testing.T, value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), value); err != nil {
		t.Fatalf("%s %s: %v in %q", r.Request.Method, r.Request.URL.Path, err, r.body)
	}
}

// do sends a request; path is on the service, or an address. A body is JSON, where
// the header does not say otherwise.
func (b *client) do(method, path, body string) reply {
	b.w.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.w.url + path
	}
	request, err := http.NewRequestWithContext(b.w.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		b.w.t.Fatal(err)
	}
	request.Header, request.Host = b.header.Clone(), b.host
	if body != "" && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := b.http.Do(request)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return reply{response, string(text)}
}

// api calls the JSON API and expects a status.
func (b *client) api(status int, method, path, body string) reply {
	b.w.t.Helper()
	r := b.do(method, "/api/v1/"+path, body)
	if r.StatusCode != status {
		b.w.t.Fatalf("%s %s: %d %s, want %d", method, path, r.StatusCode, r.body, status)
	}
	return r
}

// consent goes from the sign-in link to what Google sends the browser back to.
func (b *client) consent(email string, scopes ...string) (callback string) {
	b.w.t.Helper()
	start := b.do(http.MethodGet, "/auth/google/start", "")
	if start.StatusCode != http.StatusFound {
		b.w.t.Fatalf("start: %d %s", start.StatusCode, start.body)
	}
	callback, err := b.w.google.Consent(start.Header.Get("Location"), email, scopes...)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return callback
}

// signIn signs a rep in by the real path.
func (w *rig) signIn(email string) *client {
	w.t.Helper()
	b := w.newClient()
	if r := b.do(http.MethodGet, b.consent(email), ""); r.StatusCode != http.StatusFound || r.Header.Get("Location") != "/" {
		w.t.Fatalf("callback: %d %s", r.StatusCode, r.body)
	}
	return b
}

// cookie returns the value of the session cookie; "": there is none.
func (b *client) cookie() string {
	address, err := url.Parse(b.w.url)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(address) {
		if strings.HasSuffix(c.Name, "holdfast") {
			return c.Value
		}
	}
	return ""
}
