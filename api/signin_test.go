package api

import (
	"net/http"
	"testing"

	"holdfast/integrations/google"
)

func TestAfterSigningInOnlyPlacesOnThisSiteAreGoneTo(t *testing.T) {
	for next, want := range map[string]string{
		"":                             "/",
		"/today":                       "/today",
		"/today?show=all":              "/today?show=all",
		"/settings#tokens":             "/settings",
		"today":                        "/",
		"//evil.example":               "/",
		"/\\evil.example":              "/",
		"\\\\evil.example":             "/",
		"https://evil.example/":        "/",
		"javascript:alert(1)":          "/",
		"/today\r\nSet-Cookie: a=b":    "/",
		"/\t/evil.example":             "/",
		"/%0d%0aLocation:x":            "/%0d%0aLocation:x",
		"/..//evil.example":            "/..//evil.example",
		" /today":                      "/",
		"/%5cevil.example":             "/%5cevil.example",
		"http:/evil.example":           "/",
		"///evil.example":              "/",
		"/:@evil.example":              "/:@evil.example",
		"/%2f%2fevil.example/%2e%2e":   "/",
		"/%2F/evil.example":            "/",
		"/\u2028evil":                  "/%E2%80%A8evil",
		"/today\x00":                   "/",
		"/a%zz":                        "/",
		"//":                           "/",
		"/\\/evil.example":             "/",
		"/today?next=//evil.example/x": "/today?next=//evil.example/x",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestASignInBeginsUnderTheNameThatGoogleSendsBackTo(t *testing.T) {
	configured := func(c *Config) {
		c.PublicURL = "http://localhost:8080"
		c.Google = google.New(google.Config{Issuer: "http://127.0.0.1:1", ClientID: "id", ClientSecret: "secret", Now: c.Now})
	}
	d := newDesk(t, Pages{}, configured)
	for _, c := range []struct{ host, want string }{
		{"127.0.0.1:8080", "http://localhost:8080/auth/google/start?next=/settings"},
		{"[::1]:8080", "http://localhost:8080/auth/google/start?next=/settings"},
		{"localhost:8080", ""},
		{"localhost:9090", ""}, // another process: cookies know no ports
		{"holdfast.example", ""},
	} {
		r := request(http.MethodGet, "/auth/google/start?next=/settings", "")
		r.Host = c.host
		if got := d.answer(r).Header().Get("Location"); got != c.want {
			t.Errorf("at %s: sent to %q, want %q", c.host, got, c.want)
		}
	}
}
