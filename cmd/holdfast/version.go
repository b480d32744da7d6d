package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"holdfast/scheduler/store"
)

// version is set at release: -ldflags "-X main.version=1.2.3".
var version = "development"

// versionCommand is `holdfast version`.
type versionCommand struct{}

// Help is shown below the flags of version --help.
func (versionCommand) Help() string { return "Example:\n  holdfast version" }

// Run carries out the command.
func (versionCommand) Run(w *world) error {
	fmt.Fprintf(w.stdout, "holdfast   %s\n", version)
	fmt.Fprintf(w.stdout, "commit     %s\n", commit())
	fmt.Fprintf(w.stdout, "go         %s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	_, err := fmt.Fprintf(w.stdout, "databases  %s\n", strings.Join(store.Dialects(), ", "))
	return err
}

// commit returns the commit that the program was built from.
func commit() string {
	revision, modified := "unknown", ""
	info, _ := debug.ReadBuildInfo() // nil without module support: nothing is known
	if info == nil {
		return revision
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = " (modified)"
		}
	}
	return revision + modified
}
