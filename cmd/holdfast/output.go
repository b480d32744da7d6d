package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// printable is what a command found, in the forms it can be printed in.
type printable interface {
	table(io.Writer, painter) error
	json(io.Writer) error
	entries() []ics.Entry
}

// printer returns what prints r as f; name is that of the calendar it becomes.
func printer(f outputFormat, name string, r printable) func(io.Writer, painter) error {
	switch f {
	case "json":
		return func(out io.Writer, _ painter) error { return r.json(out) }
	case "ics":
		return func(out io.Writer, _ painter) error { return ics.Write(out, name, r.entries()) }
	}
	return r.table
}

// write sends what print produces to standard output, or to the file asked for. A
// file is replaced only once the whole result is there, and never one that was read.
func (w *world) write(path string, inputs []string, print func(io.Writer, painter) error) error {
	if path == "" {
		if err := buffered(w.stdout, w.painterFor(w.stdout), print); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
		return nil
	}
	toOut := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("--out %s: %w: choose a file that can be written, in a folder that exists", path, cause(err))
	}
	target, mode, err := outputFile(path, inputs)
	switch {
	case err != nil:
		return toOut(err)
	case !mode.IsRegular(): // a pipe or a device: there is nothing to replace
		return toOut(writeTo(target, print))
	}
	return toOut(replace(target, mode, print))
}

// outputFile returns the file that path means, through links, and its mode. A new
// one is for its owner only: it has customers' names in it.
func outputFile(path string, inputs []string) (target string, mode os.FileMode, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, 0o600, nil
	}
	if err != nil {
		return "", 0, err
	}
	for _, input := range inputs {
		if other, err := os.Stat(input); err == nil && os.SameFile(info, other) {
			return "", 0, usagef("is the calendar that was read")
		}
	}
	if info.IsDir() {
		return "", 0, errors.New("is a folder")
	}
	target, err = filepath.EvalSymlinks(path)
	return target, info.Mode(), err
}

func writeTo(path string, print func(io.Writer, painter) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return buffered(f, false, print)
}

// buffered prints to out through a buffer.
func buffered(out io.Writer, p painter, print func(io.Writer, painter) error) error {
	buffer := bufio.NewWriter(out)
	if err := print(buffer, p); err != nil {
		return err
	}
	return buffer.Flush()
}

// replace writes a file beside path and, when it is whole, puts it in its place.
func replace(path string, mode os.FileMode, print func(io.Writer, painter) error) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".holdfast-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // fails once it was renamed, as it should
	defer temporary.Close()
	if err := buffered(temporary, false, print); err != nil {
		return err
	}
	if err := temporary.Chmod(mode.Perm()); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// jsonObject writes a JSON object a field and an array's item at a time, so that a
// long result needs no more memory than its largest item.
type jsonObject struct {
	out    io.Writer
	fields int // so far
	err    error
}

// field writes one field.
func (j *jsonObject) field(name string, value any) {
	j.key(name)
	j.value(value, "  ")
}

// array writes a field that is an array of the n items that item returns.
func (j *jsonObject) array(name string, n int, item func(i int) any) {
	j.key(name)
	j.text("[")
	for i := range n {
		if i > 0 {
			j.text(",")
		}
		j.text("\n    ")
		j.value(item(i), "    ")
	}
	if n > 0 {
		j.text("\n  ")
	}
	j.text("]")
}

func (j *jsonObject) key(name string) {
	before := ",\n  "
	if j.fields == 0 {
		before = "{\n  "
	}
	j.fields++
	j.text(before)
	j.value(name, "")
	j.text(": ")
}

func (j *jsonObject) value(value any, indent string) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(indent, "  ")
	if err := encoder.Encode(value); err != nil && j.err == nil {
		j.err = err
	}
	j.text(strings.TrimSuffix(text.String(), "\n"))
}

func (j *jsonObject) text(text string) {
	if j.err == nil {
		_, j.err = io.WriteString(j.out, text)
	}
}

// end closes the object and returns the first error.
func (j *jsonObject) end() error {
	j.text("\n}\n")
	return j.err
}

// jsonWarning is a warning as the JSON formats print it.
type jsonWarning struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
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
		return plain(s.File) + ": "
	}
	return fmt.Sprintf("%s:%d: ", plain(s.File), s.Line)
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
