// Command gen derives discovery.json, the emulator's table of what Google's
// Calendar API accepts and answers, from the discovery document that the Go client
// was generated from. Run it with `go generate` after that module's version changed.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: gen FILE")
	}
	path, err := documentPath()
	if err != nil {
		return err
	}
	document, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the discovery document: %w", err)
	}
	table, err := derive(document)
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[0], table, 0o644); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// documentPath finds the discovery document in the module that go.mod pins.
func documentPath() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return "", fmt.Errorf("find google.golang.org/api: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "calendar", "v3", "calendar-api.json"), nil
}

// derive turns the discovery document into the table.
func derive(document []byte) ([]byte, error) {
	var d discovery
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, fmt.Errorf("read the discovery document: %w", err)
	}
	t := table{Revision: d.Revision, Parameters: fields(d.Parameters), Methods: map[string]method{}, Schemas: map[string]field{}}
	for _, r := range d.Resources {
		for _, m := range r.Methods {
			t.Methods[m.ID] = m.compact()
		}
	}
	for name, s := range d.Schemas {
		t.Schemas[name] = s.compact()
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(t); err != nil {
		return nil, fmt.Errorf("write the table: %w", err)
	}
	return out.Bytes(), nil
}
