package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// fetch asks the site's fixed routes for path.
func fetch(t *testing.T, site *Site, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	site.Routes(engine)
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	engine.ServeHTTP(recorder, request)
	return recorder
}

func TestStaticFilesMayBeKeptForGood(t *testing.T) {
	site := testSite(t, Config{})
	for name := range site.assets.names {
		path, err := site.assets.path(name)
		if err != nil {
			t.Fatal(err)
		}
		answer := fetch(t, site, path)
		if answer.Code != http.StatusOK || answer.Body.Len() == 0 {
			t.Errorf("%s: status %d, %d bytes", path, answer.Code, answer.Body.Len())
		}
		if got := answer.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		again := fetch(t, site, path, "If-None-Match", answer.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s again: status %d, %d bytes", path, again.Code, again.Body.Len())
		}
	}
	if answer := fetch(t, site, "/static/style.css"); answer.Code != http.StatusNotFound {
		t.Errorf("a name without its digest: status %d", answer.Code)
	}
}

// Everything that a page loads comes from here: no other host learns that it was read.
func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	loads := regexp.MustCompile(`(?:src|<link[^>]*href|url\()\s*=?\s*["']?([^"' >)]+)`)
	site := testSite(t, Config{})
	for _, v := range allPages("acme.com") {
		body, err := site.markup(v)
		if err != nil {
			t.Fatal(err)
		}
		found := loads.FindAllStringSubmatch(string(body), -1)
		if len(found) < 3 {
			t.Errorf("%s loads %d files, want at least the style, the script and the icon", v.Page, len(found))
		}
		for _, load := range found {
			if !strings.HasPrefix(load[1], "/static/") {
				t.Errorf("%s loads %s", v.Page, load[1])
			}
		}
	}
}

func TestRobotsMayOnlyReachTheHook(t *testing.T) {
	answer := fetch(t, testSite(t, Config{}), "/robots.txt")
	if answer.Body.String() != "User-agent: *\nAllow: /hooks/google\nDisallow: /\n" {
		t.Errorf("robots.txt is %q", answer.Body.String())
	}
}

func TestErrorPagesSayWhatHappenedAndNothingOfTheInside(t *testing.T) {
	site := testSite(t, Config{})
	for status, trouble := range troubles {
		recorder := httptest.NewRecorder()
		site.Error(recorder, httptest.NewRequest(http.MethodGet, "/", nil), status, "")
		if recorder.Code != status || !strings.Contains(recorder.Body.String(), trouble.Title) {
			t.Errorf("status %d is answered with %d: %s", status, recorder.Code, recorder.Body)
		}
		if got := recorder.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("status %d: Cache-Control %q", status, got)
		}
	}
}
