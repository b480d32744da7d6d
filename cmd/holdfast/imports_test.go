package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// allowedEdges says which packages of ours each package may import.
var allowedEdges = map[string][]string{
	"scheduler":                        {},
	"integrations/google/emulator":     {},
	"integrations/google/emulator/gen": {}, // makes the emulator's table
	"scheduler/store":                  {"scheduler", "scheduler/store/storetest"},
	"scheduler/store/storetest":        {}, // for tests only
	"integrations/google":              {"scheduler"},
	"integrations/ics":                 {"scheduler", "integrations/ics/icstest"},
	"integrations/ics/icstest":         {}, // for tests only
	"integrations/webcal":              {"scheduler", "integrations/ics"},
	"scheduler/jobs":                   {"scheduler", "scheduler/store", "scheduler/store/storetest"},
	"api":                              {"scheduler", "scheduler/store", "integrations/ics", "integrations/google"},
	"web":                              {"scheduler", "scheduler/store"},
	"cmd/holdfast": {
		"scheduler", "scheduler/store", "scheduler/jobs", "integrations/google", "integrations/google/emulator",
		"integrations/ics", "integrations/ics/icstest", "integrations/webcal", "scheduler/store/storetest", "api", "web",
	},
}

// allowedInTests says what the tests of a package may import besides.
var allowedInTests = map[string][]string{
	"integrations/google": {"integrations/google/emulator"},
	"scheduler/jobs":      {"integrations/google", "integrations/google/emulator", "integrations/webcal"},
	"api":                 {"scheduler/jobs", "integrations/google/emulator", "integrations/webcal", "integrations/ics/icstest"},
}

// allowedUses says which packages may use a library; every module that begins so
// is meant.
var allowedUses = map[string][]string{
	"gorm.io/":                       {"scheduler/store", "cmd/holdfast"},
	"modernc.org/":                   {"scheduler/store", "cmd/holdfast"},
	"github.com/jackc/":              {"scheduler/store", "scheduler/store/storetest", "cmd/holdfast"},
	"github.com/riverqueue/":         {"scheduler/store", "scheduler/jobs", "cmd/holdfast"},
	"github.com/gin-gonic/":          {"api", "web", "cmd/holdfast"},
	"github.com/danielgtaylor/huma":  {"api"},
	"github.com/alexedwards/scs":     {"api"},
	"github.com/prometheus/":         {"api"},
	"google.golang.org/":             {"integrations/google"},
	"golang.org/x/oauth2":            {"integrations/google"},
	"github.com/emersion/go-ical":    {"integrations/ics"},
	"rsc.io/qr":                      {"web"},
	"golang.org/x/net/publicsuffix":  {"scheduler"},
	"github.com/alecthomas/kong":     {"cmd/holdfast"},
	"github.com/schollz/progressbar": {"cmd/holdfast"},
	"github.com/teambition/rrule-go": {"integrations/google/emulator"}, // elsewhere in tests only: it checks ours
	"github.com/rickar/cal":          {},                               // tests only: it checks our table
	"github.com/arran4/golang-ical":  {},                               // benchmarks only
	"pgregory.net/rapid":             {},
	"github.com/google/go-cmp":       {},
}

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func ourPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "holdfast/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, "holdfast/")
		all = append(all, p)
	}
}

func TestPackagesImportOnlyWhatTheHouseAllows(t *testing.T) {
	for _, p := range ourPackages(t) {
		allowed, known := allowedEdges[p.ImportPath]
		if !known {
			t.Errorf("package %s is none of the house: give it a place in the plan first", p.ImportPath)
			continue
		}
		for _, i := range notAllowed(p, p.Imports, allowed) {
			t.Errorf("%s imports %s, which it may not", p.ImportPath, i)
		}
		inTests := slices.Concat(allowed, allowedInTests[p.ImportPath])
		for _, i := range notAllowed(p, slices.Concat(p.TestImports, p.XTestImports), inTests) {
			t.Errorf("the tests of %s import %s, which they may not", p.ImportPath, i)
		}
	}
}

// notAllowed returns those of imports that are ours, another package and not allowed.
func notAllowed(p goPackage, imports, allowed []string) []string {
	var found []string
	for _, i := range imports {
		ours, isOurs := strings.CutPrefix(i, "holdfast/")
		if isOurs && ours != p.ImportPath && !slices.Contains(allowed, ours) {
			found = append(found, ours)
		}
	}
	return found
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for _, p := range ourPackages(t) {
		for _, i := range p.Imports {
			for library, rooms := range allowedUses {
				if strings.HasPrefix(i, library) && !slices.Contains(rooms, p.ImportPath) {
					t.Errorf("%s uses %s, which belongs in %v", p.ImportPath, i, rooms)
				}
			}
		}
	}
}

// What is made for tests stays out of the program.
func TestTheProgramLinksNothingMadeForTests(t *testing.T) {
	for _, p := range ourPackages(t) {
		for _, made := range []string{"holdfast/integrations/ics/icstest", "holdfast/scheduler/store/storetest"} {
			if slices.Contains(p.Imports, made) {
				t.Errorf("%s imports %s outside its tests", p.ImportPath, made)
			}
		}
	}
}

// The domain reads no clock, no file and no network, and starts nothing.
func TestTheDomainIsPure(t *testing.T) {
	for _, p := range ourPackages(t) {
		if p.ImportPath != "scheduler" {
			continue
		}
		for _, i := range p.Imports {
			if i == "os" || i == "net" || i == "net/http" || i == "sync" || i == "context" || strings.HasPrefix(i, "os/") || i == "log" || i == "log/slog" {
				t.Errorf("scheduler imports %s", i)
			}
		}
	}
}

// The clock is read in one place; everything else is given the time.
func TestTheClockIsReadInOnePlace(t *testing.T) {
	var found []string
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for range strings.Count(string(content), "time.Now") + strings.Count(string(content), "time.Local") {
			found = append(found, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"../../cmd/holdfast/main.go"}, found); diff != "" {
		t.Errorf("places that read the clock (-want +got):\n%s", diff)
	}
}
