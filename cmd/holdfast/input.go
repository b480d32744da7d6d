package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// input is what was read from all files named on the command line.
type input struct {
	files      []string // their names; "-" is standard input
	name       string   // of the first calendar that has one
	calendars  []*ics.Calendar
	warnings   []scheduler.Warning
	incomplete string // why a file was not read to its end; "" when all were
}

// files lists the files that args name: files, folders with all the .ics files
// in them, and - for standard input.
func files(args []string) ([]string, error) {
	var all []string
	for _, arg := range args {
		if arg == "-" {
			all = append(all, arg)
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: check the name", arg, cause(err))
		}
		if !info.IsDir() {
			all = append(all, arg)
			continue
		}
		inside, err := calendarsIn(arg)
		if err != nil {
			return nil, err
		}
		all = append(all, inside...)
	}
	return all, nil
}

// calendarsIn lists the .ics files in a folder and its subfolders, by name.
func calendarsIn(folder string) ([]string, error) {
	var found []string
	root, err := filepath.EvalSymlinks(folder) // WalkDir does not follow its root
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", folder, cause(err))
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.EqualFold(filepath.Ext(path), ".ics") {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", folder, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no .ics file in this folder: export a calendar into it", folder)
	}
	return found, nil
}

// cause returns what went wrong without the path, which the message names already.
func cause(err error) error {
	if pathError := new(fs.PathError); errors.As(err, &pathError) {
		return pathError.Err
	}
	if linkError := new(os.LinkError); errors.As(err, &linkError) {
		return linkError.Err
	}
	return err
}

// read reads all calendars that args name.
func (w *world) read(args []string) (*input, error) {
	names, err := files(args)
	if err != nil {
		return nil, err
	}
	progress := w.newProgress(names)
	defer progress.finish()
	in := &input{files: names}
	for _, name := range names {
		calendar, err := w.readFile(name, progress)
		if err != nil {
			return nil, err
		}
		in.add(calendar)
	}
	return in, nil
}

func (in *input) add(c *ics.Calendar) {
	in.calendars = append(in.calendars, c)
	in.warnings = append(in.warnings, c.Warnings...)
	if in.name == "" {
		in.name = c.Name
	}
	if in.incomplete == "" {
		in.incomplete = c.Incomplete
	}
}

func (w *world) readFile(name string, progress *progress) (*ics.Calendar, error) {
	if name == "-" {
		return ics.Read(progress.watch(w.stdin), "-")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	defer f.Close()
	return ics.Read(progress.watch(f), name)
}

// events returns the events of all calendars.
func (in *input) events() []scheduler.Event {
	if len(in.calendars) == 1 {
		return in.calendars[0].Events
	}
	var all []scheduler.Event
	for _, c := range in.calendars {
		all = append(all, c.Events...)
	}
	return all
}

// count returns how many events were read.
func (in *input) count() int {
	n := 0
	for _, c := range in.calendars {
		n += c.Read
	}
	return n
}
