package api

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever is asked for, a browser stays on this site.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/today", "//evil.example", `/\evil.example`, "/%5c/x", "/\t/x", "/a?b=c#d", "https://evil.example", "/%2f/x"} {
		f.Add(seed)
	}
	here := &url.URL{Scheme: "https", Host: "holdfast.example", Path: "/auth/google/callback"}
	f.Fuzz(func(t *testing.T, next string) {
		path := localPath(next)
		to, err := here.Parse(path)
		if err != nil || to.Host != here.Host || to.Scheme != here.Scheme {
			t.Fatalf("%q leads to %v (%v)", next, to, err)
		}
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
			t.Fatalf("%q leads to %q", next, path)
		}
	})
}
