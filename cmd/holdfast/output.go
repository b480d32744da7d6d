package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"holdfast/scheduler"
)

// write sends what print produces to standard output, or to the file asked for. A
// file is replaced only once the whole result is there.
func (w *world) write(path string, print func(io.Writer, painter) error) error {
	if path == "" {
		out := bufio.NewWriter(w.stdout)
		if err := print(out, w.painterFor(w.stdout)); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
		return out.Flush()
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".holdfast-*")
	if err != nil {
		return fmt.Errorf("--out %s: %w: choose a folder that exists and can be written to", path, cause(err))
	}
	defer os.Remove(temporary.Name()) // fails once it was renamed, as it should
	out := bufio.NewWriter(temporary)
	if err := print(out, false); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := finishFile(temporary, out, path); err != nil {
		return fmt.Errorf("--out %s: %w", path, cause(err))
	}
	return nil
}

func finishFile(f *os.File, out *bufio.Writer, path string) error {
	if err := out.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// jsonWarning is a warning as the JSON formats print it.
type jsonWarning struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

func jsonWarnings(warnings []scheduler.Warning) []jsonWarning {
	all := make([]jsonWarning, len(warnings))
	for i, w := range warnings {
		all[i] = jsonWarning{w.File, w.Line, w.Message}
	}
	return all
}

// warn prints warnings to standard error, a line each.
func (w *world) warn(warnings []scheduler.Warning) {
	for _, warning := range warnings {
		fmt.Fprintf(w.stderr, "holdfast: warning: %s%s\n", position(warning.Source), plain(warning.Message))
	}
}

// position formats where a warning is about: "a.ics:17: ", or nothing where it is
// about no place.
func position(s scheduler.Source) string {
	switch {
	case s.File == "":
		return ""
	case s.Line == 0:
		return s.File + ": "
	}
	return fmt.Sprintf("%s:%d: ", s.File, s.Line)
}

// incompleteError says that a calendar was not read to its end, and what follows.
func incompleteError(in *input, what string) error {
	if in.incomplete == "" {
		return nil
	}
	return fmt.Errorf("%s: %s; export the calendar again", in.incomplete, what)
}

// when formats t in zone as a rep reads it: "Thu 20 Nov 10:15", with the year where
// it is not that of now.
func when(t, now time.Time, zone *time.Location) string {
	t = t.In(zone)
	if t.Year() != now.In(zone).Year() {
		return t.Format("Mon _2 Jan 2006 15:04")
	}
	return t.Format("Mon _2 Jan 15:04")
}
