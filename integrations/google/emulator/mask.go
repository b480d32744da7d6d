package emulator

import (
	"errors"
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
		name, below, rest, err := maskItem(text)
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

// maskItem reads a name and what is wanted below it: "a", "a(b,c)" or "a/b".
func maskItem(text string) (name string, below mask, rest string, err error) {
	end := strings.IndexAny(text, ",()/")
	if end < 0 {
		end = len(text)
	}
	name, rest = text[:end], text[end:]
	if name == "" {
		return "", nil, "", fmt.Errorf("a name is missing before %q", text)
	}
	switch {
	case strings.HasPrefix(rest, "/"):
		deeper, under, after, err := maskItem(rest[1:])
		return name, mask{deeper: under}, after, err
	case strings.HasPrefix(rest, "("):
		below, rest, err = maskList(rest[1:])
		if err == nil && !strings.HasPrefix(rest, ")") {
			err = errors.New("a parenthesis is not closed")
		}
		return name, below, strings.TrimPrefix(rest, ")"), err
	}
	return name, nil, rest, nil
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
