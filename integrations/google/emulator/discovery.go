package emulator

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:generate go run ./gen discovery.json

//go:embed discovery.json
var discoveryJSON []byte

// discovery is what Google's discovery document says that Calendar v3 accepts and
// answers.
type discovery struct {
	Revision   string
	Parameters map[string]schema // of every method
	Methods    map[string]*method
	Schemas    map[string]schema
}

type method struct {
	ID                string `json:"-"`
	Verb, Path        string
	Parameters        map[string]schema
	Request, Response string
	Scopes            []string

	segments []string // of Path
}

type schema struct {
	Type, Format, Ref  string
	Minimum, Maximum   string // of an integer; empty where unbounded
	Enum               []string
	Repeated, ReadOnly bool
	Fields             map[string]schema
	Items, Values      *schema
}

// document is read once: it is the same for every Server.
var document = sync.OnceValue(func() *discovery {
	d := &discovery{}
	if err := json.Unmarshal(discoveryJSON, d); err != nil {
		panic("emulator: discovery.json is linked in and must be readable: " + err.Error())
	}
	for id, m := range d.Methods {
		m.ID, m.segments = id, strings.Split(m.Path, "/")
	}
	return d
})

// match finds the method for a verb and an escaped path below the API's root, and
// the values of its path parameters, still escaped.
func (d *discovery) match(verb, path string) (*method, map[string]string) {
	segments := strings.Split(path, "/")
	var found *method
	for _, m := range d.Methods {
		// A literal segment wins over a parameter: events/import over events/{eventId}.
		if m.Verb == verb && m.matches(segments) && (found == nil || m.literals() > found.literals()) {
			found = m
		}
	}
	if found == nil {
		return nil, nil
	}
	values := map[string]string{}
	for i, s := range found.segments {
		if name, isParameter := parameterName(s); isParameter {
			values[name] = segments[i]
		}
	}
	return found, values
}

func (m *method) matches(segments []string) bool {
	if len(segments) != len(m.segments) {
		return false
	}
	for i, s := range m.segments {
		if _, isParameter := parameterName(s); isParameter && segments[i] == "" || !isParameter && s != segments[i] {
			return false
		}
	}
	return true
}

func (m *method) literals() int {
	n := 0
	for _, s := range m.segments {
		if _, isParameter := parameterName(s); !isParameter {
			n++
		}
	}
	return n
}

func parameterName(segment string) (string, bool) {
	if name, found := strings.CutPrefix(segment, "{"); found {
		return strings.TrimSuffix(name, "}"), true
	}
	return "", false
}

// resolve follows a reference to a named schema.
func (d *discovery) resolve(s schema) schema {
	if s.Ref != "" {
		return d.Schemas[s.Ref]
	}
	return s
}
