package api

import "testing"

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
