package main

import (
	"slices"
	"strings"
)

// The discovery document, as far as the table needs it.
type discovery struct {
	Revision   string
	Parameters map[string]schema
	Resources  map[string]struct{ Methods map[string]documentMethod }
	Schemas    map[string]schema
}

type documentMethod struct {
	ID, HTTPMethod, Path string
	Parameters           map[string]schema
	Request, Response    schema
	Scopes               []string
}

type schema struct {
	Type, Format, Location, Description string
	Ref                                 string `json:"$ref"`
	Enum                                []string
	Minimum, Maximum                    string
	Repeated                            bool
	Properties                          map[string]schema
	Items, AdditionalProperties         *schema
}

// The table.
type table struct {
	Revision   string            `json:"revision"`
	Parameters map[string]field  `json:"parameters"`
	Methods    map[string]method `json:"methods"`
	Schemas    map[string]field  `json:"schemas"`
}

type method struct {
	Verb       string           `json:"verb"`
	Path       string           `json:"path"`
	Parameters map[string]field `json:"parameters,omitempty"`
	Request    string           `json:"request,omitempty"`
	Response   string           `json:"response,omitempty"`
	Scopes     []string         `json:"scopes"`
}

type field struct {
	Type     string           `json:"type,omitempty"`
	Format   string           `json:"format,omitempty"`
	Ref      string           `json:"ref,omitempty"`
	Enum     []string         `json:"enum,omitempty"`
	Minimum  string           `json:"minimum,omitempty"`
	Maximum  string           `json:"maximum,omitempty"`
	Repeated bool             `json:"repeated,omitempty"`
	ReadOnly bool             `json:"readOnly,omitempty"`
	Fields   map[string]field `json:"fields,omitempty"`
	Items    *field           `json:"items,omitempty"`
	Values   *field           `json:"values,omitempty"`
}

func (m documentMethod) compact() method {
	c := method{
		Verb: m.HTTPMethod, Path: m.Path, Parameters: map[string]field{},
		Request: m.Request.Ref, Response: m.Response.Ref, Scopes: slices.Sorted(slices.Values(m.Scopes)),
	}
	for name, p := range m.Parameters {
		if p.Location == "query" {
			c.Parameters[name] = p.compact()
		}
	}
	return c
}

// compact keeps what can be checked. That a field may only be read is said nowhere
// but in its description.
func (s schema) compact() field {
	f := field{
		Type: s.Type, Format: s.Format, Ref: s.Ref, Enum: s.Enum, Repeated: s.Repeated, Fields: fields(s.Properties),
		Minimum: s.Minimum, Maximum: s.Maximum,
		ReadOnly: strings.Contains(strings.ToLower(s.Description), "read-only"),
	}
	if s.Items != nil {
		items := s.Items.compact()
		f.Items = &items
	}
	if s.AdditionalProperties != nil {
		values := s.AdditionalProperties.compact()
		f.Values = &values
	}
	return f
}

func fields(of map[string]schema) map[string]field {
	if len(of) == 0 {
		return nil
	}
	compact := make(map[string]field, len(of))
	for name, s := range of {
		compact[name] = s.compact()
	}
	return compact
}
