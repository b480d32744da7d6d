package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A mask is a partial response's fields parameter: a name to what is wanted below
// it, nil for all of it.
type mask map[string]mask

// readMask reads fields such as "nextPageToken,items(id,start/dateTime)".
func readMask(text string) (mask, error) {
	m, rest, err := maskList(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("unexpected %q", rest)
	}
	return m, err
}

func maskList(text string) (mask, string, error) {
	m := mask{}
	for {
		end := strings.IndexAny(text, ",()/")
		if end < 0 {
			end = len(text)
		}
		name := text[:end]
		if name == "" {
			return nil, "", fmt.Errorf("a name is missing before %q", text)
		}
		below, rest, err := maskBelow(text[end:])
		if err != nil {
			return nil, "", err
		}
		m.add(name, below)
		if !strings.HasPrefix(rest, ",") {
			return m, rest, nil
		}
		text = rest[1:]
	}
}

// maskBelow reads what follows a name: "(a,b)", "/a", or nothing.
func maskBelow(text string) (mask, string, error) {
	switch {
	case strings.HasPrefix(text, "("):
		below, rest, err := maskList(text[1:])
		if err != nil {
			return nil, "", err
		}
		if !strings.HasPrefix(rest, ")") {
			return nil, "", fmt.Errorf("a parenthesis is not closed")
		}
		return below, rest[1:], nil
	case strings.HasPrefix(text, "/"):
		end := strings.IndexAny(text, ",)")
		if end < 0 {
			end = len(text)
		}
		below, rest, err := maskList(text[1:end])
		if err == nil && rest != "" {
			err = fmt.Errorf("unexpected %q", rest)
		}
		return below, text[end:], err
	}
	return nil, text, nil
}

func (m mask) add(name string, below mask) {
	before, seen := m[name]
	switch {
	case !seen:
		m[name] = below
	case before == nil || below == nil:
		m[name] = nil
	default:
		for n, b := range below {
			before.add(n, b)
		}
	}
}

// checkMask says which name of a mask the schema lacks, or "".
func (d *discovery) checkMask(m mask, s schema) string {
	s = d.resolve(s)
	for s.Items != nil {
		s = d.resolve(*s.Items)
	}
	for name, below := range m {
		field, known := s.Fields[name]
		if !known && s.Values != nil {
			field, known = *s.Values, true
		}
		if name == "*" {
			continue
		}
		if !known {
			return name
		}
		if wrong := d.checkMask(below, field); wrong != "" {
			return name + "/" + wrong
		}
	}
	return ""
}

// apply keeps of a JSON value what the mask names.
func (m mask) apply(value json.RawMessage) (json.RawMessage, error) {
	if m == nil {
		return value, nil
	}
	if bytes.HasPrefix(value, []byte("[")) {
		var items []json.RawMessage
		if err := json.Unmarshal(value, &items); err != nil {
			return nil, fmt.Errorf("mask a list: %w", err)
		}
		for i := range items {
			kept, err := m.apply(items[i])
			if err != nil {
				return nil, err
			}
			items[i] = kept
		}
		return json.Marshal(items)
	}
	if !bytes.HasPrefix(value, []byte("{")) {
		return value, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(value, &object); err != nil {
		return nil, fmt.Errorf("mask an object: %w", err)
	}
	return m.applyObject(object)
}

func (m mask) applyObject(object map[string]json.RawMessage) (json.RawMessage, error) {
	below, all := m["*"]
	for name, value := range object {
		wanted, named := m[name]
		if !named {
			wanted, named = below, all
		}
		if !named {
			delete(object, name)
			continue
		}
		kept, err := wanted.apply(value)
		if err != nil {
			return nil, err
		}
		object[name] = kept
	}
	return json.Marshal(object)
}
