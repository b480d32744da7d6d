package emulator

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// checkQuery says what the discovery document has against query parameters, or "".
func (d *discovery) checkQuery(m *method, query url.Values) string {
	for name, values := range query {
		p, known := m.Parameters[name]
		if !known {
			p, known = d.Parameters[name]
		}
		switch {
		case !known:
			return fmt.Sprintf("unknown query parameter %q", name)
		case name == "key" || name == "oauth_token":
			return fmt.Sprintf("a credential in the address, where logs keep it: %q", name)
		case len(values) > 1 && !p.Repeated:
			return fmt.Sprintf("query parameter %q given %d times", name, len(values))
		}
		for _, v := range values {
			if !p.accepts(v) {
				return fmt.Sprintf("query parameter %s=%q is no %s", name, v, p.kind())
			}
		}
	}
	return ""
}

func (s schema) kind() string {
	switch {
	case len(s.Enum) > 0:
		return fmt.Sprintf("one of %v", s.Enum)
	case s.Format != "":
		return s.Format
	}
	return s.Type
}

// accepts says whether a query parameter's text is of its type.
func (s schema) accepts(text string) bool {
	if len(s.Enum) > 0 {
		return slices.Contains(s.Enum, text)
	}
	switch s.Type {
	case "boolean":
		return text == "true" || text == "false"
	case "integer":
		n, err := strconv.ParseInt(text, 10, 32)
		return err == nil && s.bounds(n)
	}
	if s.Format == "date-time" {
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	return true
}

// bounds says whether an integer lies between minimum and maximum.
func (s schema) bounds(n int64) bool {
	least, err := strconv.ParseInt(s.Minimum, 10, 64)
	if err == nil && n < least {
		return false
	}
	most, err := strconv.ParseInt(s.Maximum, 10, 64)
	return err != nil || n <= most
}

// checkBody says what the discovery document has against a JSON value as a request
// body of the schema, or "". Fields that can only be read are refused in it.
func (d *discovery) checkBody(s schema, value any, path string) string {
	s = d.resolve(s)
	if value == nil {
		return "" // null clears a field
	}
	switch v := value.(type) {
	case map[string]any:
		return d.checkObject(s, v, path)
	case []any:
		if s.Type != "array" {
			return fmt.Sprintf("%s is an array, not %s", path, s.Type)
		}
		for i, item := range v {
			if wrong := d.checkBody(*s.Items, item, fmt.Sprintf("%s[%d]", path, i)); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	return s.checkScalar(value, path)
}

func (d *discovery) checkObject(s schema, object map[string]any, path string) string {
	if s.Type != "object" {
		return fmt.Sprintf("%s is an object, not %s", path, s.Type)
	}
	for name, value := range object {
		field, known := s.Fields[name]
		if !known && s.Values != nil {
			field, known = *s.Values, true
		}
		at := path + "." + name
		switch {
		case !known:
			return "unknown field " + at
		case field.ReadOnly, name == "etag", name == "kind":
			return at + " can only be read"
		}
		if wrong := d.checkBody(field, value, at); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (s schema) checkScalar(value any, path string) string {
	var fits bool
	switch v := value.(type) {
	case bool:
		fits = s.Type == "boolean"
	case json.Number:
		_, err := v.Int64()
		fits = s.Type == "number" || s.Type == "integer" && err == nil
	case string:
		fits = s.Type == "string" && s.fitsFormat(v)
	}
	if !fits {
		return fmt.Sprintf("%s is %#v, not %s", path, value, s.kind())
	}
	return ""
}

// fitsFormat leaves date-times to the methods: with a timeZone beside them they may
// be without an offset.
func (s schema) fitsFormat(text string) bool {
	switch s.Format {
	case "int64":
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	}
	return true
}
