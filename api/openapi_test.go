package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
)

// braces makes gin's parameters OpenAPI's.
var braces = strings.NewReplacer(":id", "{id}", ":token", "{token}")

var update = flag.Bool("update", false, "write the expected outputs anew")

// What programs rely on changes on purpose only.
func TestTheDescriptionOfTheAPIIsAsItWas(t *testing.T) {
	d := newDesk(t, Pages{})
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, d.answer(request("GET", "/openapi.json", "")).Body.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(path, append(pretty.Bytes(), '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), pretty.String()); diff != "" {
		t.Errorf("%s (-want +got); after a change on purpose: make golden\n%s", path, diff)
	}
}

// Every route of the JSON API is described, and what prospects have; nothing else is.
func TestEveryRouteIsDescribed(t *testing.T) {
	d := newDesk(t, Pages{})
	engine := gin.New()
	if err := d.routes(engine); err != nil {
		t.Fatal(err)
	}
	var served []string
	for _, r := range engine.Routes() {
		path, ok := strings.CutPrefix(r.Path, prefix)
		if ok || strings.HasPrefix(path, bookingPrefix) {
			served = append(served, r.Method+" "+braces.Replace(path))
		}
	}
	var description struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(d.openAPI, &description); err != nil {
		t.Fatal(err)
	}
	var described []string
	for path, methods := range description.Paths {
		for method := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if diff := cmp.Diff(served, described); diff != "" || description.OpenAPI != "3.1.0" || len(served) < 40 {
		t.Errorf("OpenAPI %s, %d routes, served and described (-served +described):\n%s", description.OpenAPI, len(served), diff)
	}
}

// Every operation says what its errors look like, and that names every code there is.
func TestErrorsAreDescribed(t *testing.T) {
	d := newDesk(t, Pages{})
	if err := d.routes(gin.New()); err != nil {
		t.Fatal(err)
	}
	var description struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Content map[string]struct{ Schema map[string]string }
			}
		}
		Components struct {
			Schemas struct {
				Problem struct {
					Properties struct{ Code struct{ Enum []string } }
				}
			}
		}
	}
	if err := json.Unmarshal(d.openAPI, &description); err != nil {
		t.Fatal(err)
	}
	for path, methods := range description.Paths {
		for method, o := range methods {
			if o.Responses["default"].Content["application/problem+json"].Schema["$ref"] != "#/components/schemas/Problem" {
				t.Errorf("%s %s does not say what its errors look like", method, path)
			}
		}
	}
	want := []string{"taken"}
	for _, c := range codes {
		want = append(want, c.code)
	}
	got := description.Components.Schemas.Problem.Properties.Code.Enum
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-there are +described):\n%s", diff)
	}
}
